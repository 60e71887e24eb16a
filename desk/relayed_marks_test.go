package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A file that /relay takes along carries no sign of our notices either.
func TestRelayedFileWithAMarker(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side max@repairs.example cc-customer\n\nWhen can you come?").find("max", "come")
	d := h.Gmail().Reply(max, asked, "Somebody of yours sent me this.")
	d.Files = []h.File{{Name: "log.txt", Type: "text/plain", Data: []byte("the whole notice:\r\n" + n.Text + "\r\nreply: " + n.ReplyTo.Address)}}
	w.says(dana, w.post(d).to("dana"), "/relay").none("jane").find("dana", "a sign of our own notices")
}
