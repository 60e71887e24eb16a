package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// What /show quoted has shown of an agent's mail stays the team's, also after
// the ticket was resolved and reopened, or merged.
func TestWhatWasShownStaysInsideLater(t *testing.T) {
	margin := "Our margin on the red kettles is forty percent and nobody outside shall ever know of that, marginwords."
	for _, between := range []string{"/resolve", "/merge 1"} {
		w := open(t)
		w.opens(jane, "Other", "Otherwords.")
		n := w.opens(jane, "Kettle", "It leaks.")
		w.secret("marginwords")
		d := h.Gmail().Reply(dana, n, "We look into it.")
		d.HTML = ""
		d.Text = "We look into it.\n\nOn Mon, 2 Nov 2026 at 10:00, the boss <boss@elsewhere.example> wrote:\n> " + margin + "\n> Yours\n"
		answer := w.post(d).find("jane", "We look into it.")
		w.says(dana, n, "/show 2 quoted").only("dana: #2 Kettle")
		w.says(dana, n, between)
		n = w.says(jane, answer, "No, it is not over.").to("dana")
		w.says(dana, n, "Dear Jane, it is on its way. "+margin+" Yours, Dana").none("jane").find("dana", "NOT SENT")
	}
}
