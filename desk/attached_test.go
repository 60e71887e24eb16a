package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A file that /attach takes along carries no sign of our notices either.
func TestAttachedFileWithAMarker(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(omar, w.lastTo("omar", "It leaks."), "/note\n\nSee what I got.")
	d.Files = append(d.Files, h.File{Name: "log.txt", Type: "text/plain", Data: []byte("the whole notice:\r\n" + n.Text + "\r\nreply: " + n.ReplyTo.Address)})
	w.post(d).to("dana")
	got := w.says(dana, n, "/attach log.txt\n\nDear Jane, the log.")
	got.none("jane")
}

// Of two files of one name in the mail that is answered none is taken.
func TestAttachedFileOfTwo(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks, see both.")
	d.Files = []h.File{{Name: "image.png", Type: "image/png", Data: []byte("one")}, {Name: "image.png", Type: "image/png", Data: []byte("two")}}
	n := w.post(d).to("dana")
	contains(t, w.says(dana, n, "/side max@repairs.example\n/attach image.png\n\nCan you mend this?").none("max").find("dana", "Several files"), "Add the one you mean to your answer yourself")
}
