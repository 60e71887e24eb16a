package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// A matter may be called like an absence: what the customer then answers is
// heard. A responder puts its own words before the subject, and is not.
func TestMattersCalledLikeAnAbsence(t *testing.T) {
	for _, c := range []struct{ subject, answer string }{
		{"Urlaub auf Kreta, Buchung 4711", "Vielen Dank für Ihre E-Mail. Bitte stornieren Sie die Buchung."},
		{"Vacation rental 4711", "Thank you for your email. Please cancel my booking."},
		{"Auto: Schaden an der Tür", "Vielen Dank für Ihre Nachricht. Bitte schicken Sie mir einen Termin."},
		{"On holiday our kettle broke", "We were on holiday when it broke. Please send a new one."},
		{"Please confirm your address", "My parcel is held until you do so, see https://track.example/1. Else it will not be delivered."},
	} {
		w := open(t)
		d := w.opens(jane, c.subject, "Hello.")
		answer := w.says(dana, d, "Tell me more, please.").to("jane")
		w.says(jane, answer, c.answer).only("dana: "+first(c.answer), "omar: "+first(c.answer))

		away := h.Gmail().Reply(jane, answer, "I am out of the office until Monday.")
		away.Subject = "Automatic reply: " + c.subject
		w.post(away).none("dana", "omar", "jane")
	}
}

// first is the first sentence.
func first(s string) string {
	s, _, _ = strings.Cut(s, ".")
	return s
}

// What says nowhere in its header that a program sent it is seen by somebody,
// whatever its subject is, and moves nothing. Only a program's word before the
// conversation's own subject is none of a person's.
func TestAnswersAboutAnAbsence(t *testing.T) {
	for _, c := range []struct {
		subject, answer string
		heard           bool
	}{
		{"AW: Abwesenheitsnotiz", "Danke, ich bin wieder da. War im Urlaub. Bitte liefern.", true},
		{"Gelesen: Ihr Angebot", "Ihr Angebot wurde am 3.11. gelesen und wir nehmen an.", true},
		{"Out of office", "I am out of the office until Friday.", true},
		{"Abwesend bei Zustellung", "Ich war bei der Zustellung abwesend. Bitte neu zustellen.", true},
		{"Mail delivery failed", "Diese Nachricht wurde automatisch erstellt. 550 5.1.1 <sales@other.example>: user unknown", true},
		{"Out of office: Kettle", "I am out of the office until Friday.", false},
		{"自動返信：Kettle", "不在です。", false},
	} {
		t.Run(c.subject, func(t *testing.T) {
			w := open(t)
			d := w.opens(jane, "Kettle", "It leaks.")
			asked := w.says(dana, d, "Tell me more, please.").to("jane")
			answer := h.Gmail().Reply(jane, asked, c.answer)
			answer.Subject = c.subject
			if !c.heard {
				w.post(answer).none("dana", "omar", "jane")
				return
			}
			contains(t, w.post(answer).to("dana"), strings.Fields(c.answer)[3])
		})
	}
}
