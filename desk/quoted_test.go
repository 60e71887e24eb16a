package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// What was cut from a mail can be asked for, by those who may see the ticket.
func TestShowQuoted(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "Since when does it, asked by us?").find("jane", "Since when")
	n = w.post(h.Thunderbird().Reply(jane, m, "Since Friday.")).to("dana")
	if has(n, "asked by us") {
		t.Errorf("the quotation was not cut:\n%s", n.Text)
	}
	got := w.says(dana, n, "/show quoted").only("dana: #1 Kettle")[0]
	contains(t, got, "asked by us", "Jane Doe, customer", "[#1 team] Quoted: Kettle", "YOUR REPLY STAYS IN THE TEAM")
	if got.ReplyTo.Name != "TEAM ONLY #1" {
		t.Errorf("cue %q", got.ReplyTo.Name)
	}
	// In answer to anything else of the ticket it is all that was cut.
	contains(t, w.says(omar, w.lastTo("omar", "Since Friday"), "/show quoted 1").only("omar: #1 Kettle")[0], "asked by us")
	// A mail that quoted nothing.
	first := w.writes(joe, "Toaster", "It burns.").to("dana")
	contains(t, w.says(dana, first, "/show quoted").only("dana: Not done:")[0], "nothing was cut")
	// Eve has no part in the ticket.
	other := h.Write(joe, "billing@example.com", "Bill", "Wrong.")
	eves := w.post(other).find("eve", "Wrong.")
	contains(t, w.says(eve, eves, "/show quoted 1").find("eve", "no ticket #1"), "that you can see")
}

// What an agent's mail quoted from elsewhere is the team's, also after it was
// shown: neither a quotation of the answer nor a pasted line of it leaves.
func TestWhatWasShownStaysInside(t *testing.T) {
	margin := "Our margin on the red kettles is forty percent and nobody outside shall ever know of that, marginwords."
	for _, c := range h.Clients() {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.secret("marginwords")
		d := h.Gmail().Reply(dana, n, "We look into it.")
		d.HTML = ""
		d.Text = "We look into it.\n\nOn Mon, 2 Nov 2026 at 10:00, the boss <boss@elsewhere.example> wrote:\n> " + margin + "\n> Yours\n"
		w.post(d).find("jane", "We look into it.")
		got := w.says(dana, n, "/show 1 quoted").only("dana: #1 Kettle")[0]
		contains(t, got, "forty percent")
		for _, m := range w.post(commanded(c, dana, got, "/reply", "It is on its way.")).mails {
			if m.DeliveredTo == jane.Address && m.Says() != "It is on its way." {
				t.Errorf("%s: Jane reads %q", c.Name, m.Says())
			}
		}
		// Pasted into the answer.
		held := w.says(dana, n, "Dear Jane, it is on its way. "+margin+" Yours, Dana").none("jane").find("dana", "NOT SENT")
		contains(t, held, "forty percent")
	}
}

// The customer's own words, shown once more, may be said to her and to a vendor.
func TestWhatWasShownAndHeardBefore(t *testing.T) {
	w := open(t)
	words := "my red kettle lost its handle on Friday when nobody at all was near it in the kitchen"
	n := w.opens(jane, "Kettle", "Hello,\n\n"+words+".")
	d := h.ThunderbirdHTML().Reply(dana, n, "Thank you.")
	w.post(d).find("jane", "Thank you.")
	got := w.says(dana, n, "/show 1 quoted").only("dana: #1 Kettle")[0]
	contains(t, got, "lost its handle")
	w.says(dana, w.lastTo("dana", words), "You wrote that "+words+", is that right?").find("jane", "is that right?")
	w.says(dana, w.lastTo("dana", words), "/side courier@vendor.example\n\nThe customer says that "+words+", what do you say?").find("vic", "what do you say?")
}

// A contact's mail may quote what nobody here has seen: the notice says that
// it was cut.
func TestANoticeTellsOfANewQuotation(t *testing.T) {
	w := open(t)
	long := strings.Repeat("> The shop in Leeds wrote to me in May that such handles never break, which I did not believe then.\n", 4)
	m := w.says(dana, w.opens(jane, "Kettle", "It leaks."), "Where is it from?").find("jane", "Where is it from?")
	d := h.Gmail().Reply(jane, m, "")
	d.HTML, d.Text = "", "Look what they say.\n\nOn Mon, 2 Nov 2026 at 10:00, The Shop <shop@elsewhere.example> wrote:\n"+long
	n := w.post(d).to("dana")
	contains(t, n, "Quotes what was not heard here before: /show quoted.")
	contains(t, w.says(dana, n, "/show quoted").only("dana: #1 Kettle")[0], "shop in Leeds")
	// Our own words, quoted back, are nothing new.
	m = w.says(dana, n, "I see.\n\n"+strings.Repeat("We are sorry for that and will find out what can be done about it this week, I promise. ", 5)).find("jane", "I see.")
	if n = w.post(h.Gmail().Reply(jane, m, "Thanks.")).to("dana"); strings.Contains(n.Text, "/show quoted") {
		t.Errorf("our own words are told as new:\n%s", n.Text)
	}
}
