package templates

import (
	"strings"
	"time"
	"unicode"

	"aside"
)

// Acknowledgement tells a customer that the mail arrived. The desk's
// signature is appended by the caller.
type Acknowledgement struct {
	Name      string // the customer's; left out of the greeting when it looks like no name
	Desk      string // the desk's name
	Subject   string // only of a verified sender, else empty: then not mentioned
	Answering string // the subject of an answer to that, as the team's will have it
	Number    int64  // the ticket, where the desk shows it; 0: not mentioned
}

// Acknowledgement renders it in the key's language; built in are en, da, de,
// es, fr, it, nl, pl, pt and sv. The subject is that of an answer where the
// customer's is given: with another one it would be a thread of its own.
func (s *Set) Acknowledgement(k Key, a Acknowledgement) (Mail, error) {
	a.Name, a.Desk = greetable(a.Name), cleanName(a.Desk)
	a.Subject, a.Answering = cleanLine(a.Subject, maxSubject), cleanLine(a.Answering, maxSubject)
	return s.renderMail(k, "ack", a)
}

// neutral is what a subject may name that tells nothing of the ticket.
type neutral struct {
	Desk string // the desk's name
}

// QuestionSubject is the subject of a side conversation that was given none.
func (s *Set) QuestionSubject(d *aside.Desk) (string, error) { return s.neutralSubject(d, "question") }

// RequestSubject is the subject outside of a ticket that an agent began in the
// team's own words.
func (s *Set) RequestSubject(d *aside.Desk) (string, error) { return s.neutralSubject(d, "request") }

// MessageSubject is the subject of a ticket that we begin, where its writer gave it
// none.
func (s *Set) MessageSubject(d *aside.Desk) (string, error) { return s.neutralSubject(d, "message") }

func (s *Set) neutralSubject(d *aside.Desk, name string) (string, error) {
	subject, _, err := s.renderText(KeyOf(d), name+".subject", neutral{Desk: cleanName(d.Name)})
	return cleanLine(subject, maxSubject), err
}

// Sender is whom a mail names in From that an agent wrote.
type Sender struct {
	Agent string // the agent's first name
	Desk  string // the desk's name
}

// Sender renders it, in one line.
func (s *Set) Sender(k Key, v Sender) (string, error) {
	name, _, err := s.renderText(k, "sender.txt", v)
	return cleanLine(name, maxLine), err
}

// greetable returns a name that may stand in a mail to an address nobody has
// proved: a forger must not be able to have us deliver an advertisement in the
// greeting. Letters, blanks and a few marks, at most 40 characters.
func greetable(s string) string {
	s = cleanLine(s, maxName)
	if len([]rune(s)) > 40 || strings.Contains(strings.ToLower(s), "www.") {
		return ""
	}
	letters := false
	for i, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters = true
		case unicode.Is(unicode.M, r), r == ' ', r == '-', r == '\'', r == '’', r == 0x200C, r == 0x200D:
		case r == '.' && (i+1 == len(s) || s[i+1] == ' '): // "J. Doe", and no domain
		default:
			return ""
		}
	}
	if !letters {
		return ""
	}
	return s
}

// Share is the block below the text that opens a side conversation: what the
// customer wrote, as far as the agent shares it.
type Share struct{ Messages []Shared }

// Shared is one message of the customer conversation.
type Shared struct {
	Name string    // empty: "the customer"
	At   time.Time // in the desk's time zone
	Text string
}

// Share renders the block. It leaves the team: nothing but the given messages
// stands in it.
func (s *Set) Share(k Key, v Share) (Words, error) {
	var out []Shared
	for _, m := range v.Messages {
		out = append(out, Shared{Name: cleanName(m.Name), At: m.At, Text: cleanText(m.Text, maxText)})
	}
	v.Messages = out
	return s.render(k, "share", v)
}
