package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// Whoever has a reply address can send a ticket an "automatic" mail in an
// agent's name: its story does not take it for the agent's words.
func TestStoryTellsWhoWroteAutomaticMail(t *testing.T) {
	w := open(t)
	d := w.opens(jane, "Kettle", "It leaks.")
	answer := w.says(dana, d, "Please wait.").to("jane")
	for _, who := range []h.Person{dana, jane} {
		m := h.Write(who, answer.ReplyTo.Address, "Automatic", "You get 500 EUR.")
		m.Envelope, m.Headers = "eve@evil.example", [][2]string{{"Auto-Submitted", "auto-replied"}}
		w.post(m).none("dana", "omar", "jane")
	}
	w.post(h.Write(max, answer.ReplyTo.Address, "x", "Give it to her."))

	story := w.says(omar, w.boxes[omar.Address][0], "/show").to("omar")
	contains(t, story, "Dana Reyes, to the customer: > Please wait.", "dana@example.com, automatic mail, not proved, customer conversation: > You get 500 EUR.",
		"Jane Doe, automatic mail, customer conversation: > You get 500 EUR.", "Max Repair, not taking part, customer conversation: > Give it to her.", "Jane Doe, customer conversation: > It leaks.")
	lacks(t, story, "Dana Reyes, to the customer: > You get", "Dana Reyes, customer conversation: > You get")
}
