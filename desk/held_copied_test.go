package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// heldAndCopied is a reply of Dana's to Jane that waits, for it calls a colleague
// by name: her client sent it, or a later mail of hers, to Joe as well, which ended
// the reply address that it came by. The receipt is of the reply.
func heldAndCopied(t *testing.T, w *town, later bool) (receipt *h.Mail) {
	w.signing = true
	d := h.Gmail().Reply(dana, w.opens(jane, "Kettle", "It leaks."), "Dear Jane, @omar looks into it.")
	if !later {
		d.Cc = []h.Person{joe}
	}
	receipt = w.post(d).find("dana", "NOT SENT")
	contains(t, receipt, "send it to Jane Doe as it is")
	if later {
		d = h.Gmail().Reply(dana, w.says(jane, w.boxes[jane.Address][0], "One thing more.").to("dana"), "/note\n\nI asked Joe.")
		d.Cc = []h.Person{joe}
		w.post(d).find("dana", "The reply address in that notice no longer counts")
	}
	return receipt
}

// A reply address that ended since a mail came counts for that mail: its receipt
// said who would hear it, and so it is.
func TestHeldAndCopiedToAnOutsider(t *testing.T) {
	for name, later := range map[string]bool{"the mail itself": false, "a later one": true} {
		t.Run(name, func(t *testing.T) {
			w := open(t, bySignature)
			w.says(dana, heldAndCopied(t, w, later), "send").find("jane", "looks into it")
		})
	}
	t.Run("by token", func(t *testing.T) {
		w := open(t)
		w.says(dana, heldAndCopied(t, w, false), "send").find("jane", "looks into it")
	})
}

// So it is for a mail that waits for its code.
func TestUnprovenAndCopiedToAnOutsider(t *testing.T) {
	w := open(t, bySignature)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "Dear Jane, we look into it.").to("dana")
	w.signing = true
	d := h.Gmail().Reply(dana, n, "/note\n\nI asked Joe.")
	d.Cc = []h.Person{joe}
	w.post(d).find("dana", "The reply address in that notice no longer counts")
	w.says(dana, m, "/confirm "+code(t, m)).find("jane", "look into it")
}

// A mail that came by an address that had ended is a note, and stays one when it
// is let go.
func TestHeldAfterTheAddressEnded(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "/note\n\nI asked Joe.")
	d.Cc = []h.Person{joe}
	w.post(d)
	m := w.says(dana, n, "@omra looks into it.").find("dana", "NOT")
	got := w.says(dana, m, "send").none("jane")
	contains(t, got.to("dana"), "kept as a note: your reply address of that conversation no longer counts")
}
