package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// Nothing but words makes these a machine's. A customer's subject may speak of
// an absence, and then the answers in that thread are the customer's; whatever
// else looks like a machine's is seen by somebody, and moves nothing.
func TestWordsOfMachinesByPeople(t *testing.T) {
	for _, c := range []struct {
		subject, text string
		moves         bool
	}{
		{"Urlaub auf Kreta, Buchung 4711", "Guten Tag,\n\nvielen Dank für Ihre E-Mail. Bitte stornieren Sie die Buchung.\n\nJane", true},
		{"Vacation rental 4711", "Hello,\n\nThank you for your email. Please cancel my booking and refund the deposit.\n\nJane", true},
		{"Auto: Schaden an der Tür", "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Die Tür ist verkratzt.\n\nJane", true},
		{"Absence of the power cord", "Thanks for your message. The cord is still not there. Send me one.", true},
		{"Please confirm your address", "The courier says my parcel is held until the shop confirms its address, see https://track.example/1, else it will not be delivered.", true},
		{"Problem with your shop", "This is an automated message from your shop:\n\n  \"Order 4711 was cancelled.\"\n\nI did not cancel anything! Please put it back.", false},
	} {
		t.Run(c.subject, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, c.subject, "Hello.")
			w.says(dana, n, "Tell me more, please.").find("jane", "Tell me more")
			asked := w.boxes[jane.Address][len(w.boxes[jane.Address])-1]
			got := w.says(jane, asked, c.text)
			m := got.to("omar")
			contains(t, m, lastWord(c.text))
			if has(m, "looks automatic") == c.moves {
				t.Errorf("moved %v:\n%s", c.moves, all(m))
			}
			got.none("jane")
		})
	}
	// A marked one is an event, and nobody is told.
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "Tell me more, please.").find("jane", "Tell me more")
	d := h.Gmail().Reply(jane, w.boxes[jane.Address][len(w.boxes[jane.Address])-1], "I am out of the office.")
	d.Headers = append(d.Headers, [2]string{"Auto-Submitted", "auto-replied"})
	w.post(d).only()
}

// Ticket systems and groups mark what people write in them as sent by a program.
// The team hears it; an absence that is marked so it need not hear.
func TestWordsOfPeopleByPrograms(t *testing.T) {
	zendesk := [][2]string{{"Auto-Submitted", "auto-generated"}, {"X-Auto-Response-Suppress", "All"}, {"X-Mailer", "Zendesk Mailer"}}
	for name, c := range map[string]struct {
		headers       [][2]string
		subject, text string
		heard         bool
	}{
		"Zendesk":         {zendesk, "", "Hello, thank you for your message. Parcel 7731 is in Leipzig.", true},
		"Request Tracker": {[][2]string{{"Precedence", "bulk"}, {"RT-Ticket", "courier #4711"}}, "", "Parcel 7731 is in Leipzig.", true},
		"a group":         {[][2]string{{"List-Id", "<office.courier.example>"}, {"Precedence", "list"}}, "", "Parcel 7731 is in Leipzig.", true},
		"Exchange":        {zendesk[:2], "Automatic reply: A question", "I am on holiday.", false},
		"a group's guest": {[][2]string{{"Precedence", "bulk"}}, "", "I am out of the office until Friday, 27 November 2026.", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			asked := w.says(dana, n, "/side "+vic.Address+"\n\nWhere is parcel 7731?").find("vic", "7731")
			d := h.Gmail().Reply(vic, asked, c.text)
			d.Headers = append(d.Headers, c.headers...)
			if c.subject != "" {
				d.Subject = c.subject
			}
			got := w.post(d)
			if !c.heard {
				got.only()
				return
			}
			for _, who := range []string{"dana", "omar"} {
				m := got.to(who)
				contains(t, m, "Leipzig")
				contains(t, m, "looks automatic")
			}
			got.none("jane", "vic")
		})
	}
}

// lastWord is a word by which a text is found again.
func lastWord(text string) string {
	from := len(text) - 1
	for from > 0 && text[from-1] != ' ' && text[from-1] != '\n' {
		from--
	}
	return text[from:]
}
