package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// A gateway that fills lines anew takes the quote sign from the rest of each.
// The rest is quoted matter, also below words that stand in the notice's frame
// as well: in the subject of another ticket.
func TestRestOfALineBelowWordsOfTheFrame(t *testing.T) {
	w := open(t)
	w.opens(jane, "It would be a great help to have the toaster", "It burns.")
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "Hello.\nIt would be a great help to have the kettle here, early and green, quite by the weekend.\n\nHello again.")
	m := w.lastTo("omar", "by the weekend")
	d := h.Gmail().Reply(omar, m, "")
	head, quoted, _ := strings.Cut(d.Text, "\n>")
	d.HTML = ""
	d.Text = "/side courier@vendor.example\n\nWhere is it?\n" + head + "\n>" + strings.Replace(quoted, "help to have the kettle here, early and green, quite by the weekend.",
		"help to have\nthe kettle here, early and green, quite by the\nweekend.", 1)
	if !strings.Contains(d.Text, "\nweekend.") {
		t.Fatalf("nothing was filled anew:\n%s", d.Text)
	}
	exactly(t, w.post(d).find("vic", "Where is it?"), "Where is it?")
}

// An answer below a notice's frame may begin with words that some frame has,
// and keeps them.
func TestAnswerThatBeginsLikeAFrame(t *testing.T) {
	for _, c := range h.Clients() {
		t.Run(c.Name, func(t *testing.T) {
			w := open(t)
			w.opens(jane, "As far as I can see it burns", "It burns.")
			n := w.opens(jane, "Kettle", "It leaks.")
			w.says(dana, n, "/note\n\nShe is right.")
			m := w.lastTo("omar", "She is right")
			said := w.post(c.Reply(omar, m, "As far as I can see nobody asked her.")).to("dana")
			contains(t, said, "As far as I can see nobody asked her.")
		})
	}
}

// Nor is a whole line lost that says what the subject of another ticket says.
func TestALineThatAFrameHas(t *testing.T) {
	for _, c := range h.Clients() {
		t.Run(c.Name, func(t *testing.T) {
			w := open(t)
			w.opens(jane, "It would be a great help to have", "It burns.")
			n := w.opens(jane, "Kettle", "It leaks.\n\nAnd it hisses.")
			d := c.Reply(dana, n, "We look into it.\n\nIt would be a great help to have\nthe bill from you.")
			got := w.post(d).find("jane", "We look into it.")
			contains(t, got, "It would be a great help to have")
		})
	}
}

// What of a mail is too much to be read is told: to the team of a contact's,
// and to an agent before the rest is sent.
func TestTextThatIsTooLong(t *testing.T) {
	w := open(t)
	long := strings.Repeat("The kettle leaks and leaks and leaks.\n", 60_000)
	n := w.opens(jane, "Kettle", long)
	contains(t, n, "Not all of it is shown: the text is longer than", "The whole mail is kept.")
	hold := w.post(h.Neomutt().Top().Reply(dana, w.opens(jane, "Toaster", "It burns."), long)).only("dana: NOT SENT")[0]
	contains(t, hold, "Not all of your mail could be read: the text is longer than")
}

// Whose reply stayed inside because its address no longer counts, or was never
// theirs, hears of it: the notice said that it goes to the customer.
func TestAReplyKeptAsANoteIsTold(t *testing.T) {
	t.Run("ended", func(t *testing.T) {
		w := open(t, bySignature)
		w.signing = true
		n := w.opens(jane, "Kettle", "It leaks.")
		d := h.Gmail().Reply(dana, n, "Hello Jane.")
		d.Cc = []h.Person{joe}
		w.post(d).find("jane", "Hello Jane.")
		w.says(dana, n, "Your refund comes today.").find("dana", "kept as a note")
	})
	t.Run("a colleague's", func(t *testing.T) {
		w := open(t, bySignature)
		w.signing = true
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(omar, n, "Your refund comes today.").find("omar", "kept as a note")
	})
}
