package desk

import (
	"strings"
	"unicode"

	"aside"
	"aside/templates"
	"aside/threading"
)

// acknowledgement shows the sender's subject only where the sender is
// verified, and no other word of theirs: it must not carry a forger's text to
// somebody who never wrote.
func acknowledgement(d *aside.Desk, number int64, m aside.Message) templates.Acknowledgement {
	a := templates.Acknowledgement{Name: m.AuthorName, Desk: d.Name}
	if m.Verified {
		a.Subject = threading.BaseSubject(m.Subject)
		a.Answering = threading.ExternalSubject(aside.Conversation{Kind: aside.Customer, Ticket: number, Subject: m.Subject}, d.SubjectTag, true)
	} else {
		a.Name = ""
	}
	if d.SubjectTag == aside.TagAll {
		a.Number = number
	}
	return a
}

// The words of a message that only says thanks: one of the first at least, and
// none that is in neither list, very short ones excepted. A name below makes
// it an ordinary message, which is the safe side.
const (
	thanksWords = " thank thanks thx ty danke dank merci gracias obrigado obrigada grazie tack takk dzięki dziękuję bedankt kiitos děkuji спасибо "
	politeWords = " you so much very a lot many again for your the help all quick great perfect works it now that hi hello dear best regards cheers " +
		"sehr schön vielen herzlichen für die hilfe schnelle antwort beaucoup mille muchas mil per tante hartelijk mooi bien "
)

// bareThanks reports whether a message only says thanks.
func bareThanks(m aside.Message) bool {
	if len(m.Text) > 120 || len(m.Attachments) > 0 {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(m.Text), func(r rune) bool { return !unicode.IsLetter(r) })
	said := false
	for _, word := range words {
		if strings.Contains(thanksWords, " "+word+" ") {
			said = true
			continue
		}
		if !strings.Contains(politeWords, " "+word+" ") && len(word) > 2 {
			return false
		}
	}
	return said && len(words) <= 12
}
