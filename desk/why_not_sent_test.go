package desk_test

import "testing"

// What a hold answers to a "send" that it did not offer is true: nothing in
// such a mail is a sign of our notices.
func TestWhyAMisspelledDestinationIsNotSent(t *testing.T) {
	for _, text := range []string{"/relpy\n\nHello Jane, all is well.", "Hello Jane,\n\nall is well.\n/note to self\n\nDana"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It is broken.")
		hold := w.says(dana, n, text).find("dana", "was not sent")
		got := w.says(dana, hold, "send").find("dana", "Not done: H1")
		contains(t, got, "may be a command", "still waits")
		lacks(t, got, "sign of our own notices")
	}
}
