package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
)

// tags are those of HTML.
var tags = regexp.MustCompile(`(?s)<[^>]*>`)

// markers are aside's own words in the frames of notices, and the sub-address
// of notices.
var markers = regexp.MustCompile(`(?i)aside-[a-z0-9]{10}|\+notice@`)

// secret is something that must not be in a mailbox: words, any three of which
// in a row give it away, or an exact text such as an address.
type secret struct {
	what  string
	words string
	exact string
}

// customersSecrets are what Jane must never hear.
func customersSecrets() []secret {
	return []secret{
		{what: "the vendor's words", words: confession},
		{what: "the question to the vendor", words: question},
		{what: "the words of the note", words: opinion},
		{what: "the vendor's address", exact: courierAddress},
		{what: "the vendor's domain", exact: "vendor.example"},
		{what: "the vendor's name", exact: courierName},
		{what: "a line of a notice's frame", words: "YOUR REPLY GOES TO"},
		{what: "a line of a notice's frame", words: "YOUR REPLY STAYS IN THE TEAM"},
		{what: "a command", exact: "/side"},
		{what: "a command", exact: "/note"},
	}
}

// overheard lists what of the secrets stands in a mail, in its bytes as they
// are or in anything that decodes from them.
func overheard(l *letter, secrets []secret) []string {
	var found []string
	for _, u := range l.unread {
		found = append(found, "something that cannot be read: "+u)
	}
	texts := append([]string{string(l.raw)}, l.decoded...)
	for i, t := range texts {
		texts[i] = strings.ToLower(t)
	}
	for _, s := range secrets {
		if says(texts, s) {
			found = append(found, s.what)
		}
	}
	for _, t := range texts {
		if m := markers.FindString(t); m != "" {
			return append(found, "the marker "+m)
		}
	}
	return found
}

func says(lower []string, s secret) bool {
	for _, t := range lower {
		if s.exact != "" && strings.Contains(t, strings.ToLower(s.exact)) {
			return true
		}
		if s.words != "" && sharesWords(folded(t), folded(s.words)) {
			return true
		}
	}
	return false
}

// sharesWords reports whether three words in a row of one text, both folded,
// stand in another.
func sharesWords(text, secret string) bool {
	words := strings.Fields(secret)
	for i := 0; i+3 <= len(words); i++ {
		if strings.Contains(" "+text+" ", " "+strings.Join(words[i:i+3], " ")+" ") {
			return true
		}
	}
	return false
}

// folded is a text's words, lower-case, with one blank between them: however a
// mail was wrapped or quoted, the same words are the same text.
func folded(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// errLeak is the demo's verdict when the promise is broken.
var errLeak = errors.New("the customer's mailbox is not what it should be")

// verdict judges the customer's mailbox as it lies on disk and says how it is.
func (p *play) verdict(w io.Writer, s screen) error {
	box, err := p.stage.mailbox(janeAddress)
	if err != nil {
		return err
	}
	faults, answered := judge(box)
	for _, f := range faults {
		fmt.Fprintln(w, s.paint(line{red, "LEAK: " + f}))
	}
	if !answered {
		fmt.Fprintln(w, s.paint(line{red, "MISSING: Dana's answer is not in Jane's mailbox"}))
	}
	if len(faults) > 0 || !answered {
		return errLeak
	}
	fmt.Fprintln(w, s.paint(line{green, "Jane never heard the courier."}))
	text := fmt.Sprintf("Checked in the bytes of all %d mails that Jane got: Dana's answer is there; the courier's words, name and address, "+
		"the note, and the lines that aside writes for the team are not.", len(box))
	for _, l := range wrapped(ordinary, text, s.width) {
		fmt.Fprintln(w, l.text)
	}
	return nil
}

// judge lists what a customer's mailbox should not have, and reports whether
// the agent's answer is there.
func judge(box []*letter) (faults []string, answered bool) {
	for _, l := range box {
		for _, what := range overheard(l, customersSecrets()) {
			faults = append(faults, fmt.Sprintf("%q in Jane's mailbox has %s", l.subject, what))
		}
		answered = answered || strings.Contains(folded(l.text), folded(answer))
	}
	return faults, answered
}
