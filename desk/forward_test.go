package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// A customer's mail that an agent forwards without a word of their own becomes
// the customer's ticket, from every client.
func TestAForwardWithoutWords(t *testing.T) {
	for _, c := range h.Clients() {
		t.Run(c.Name, func(t *testing.T) {
			w := open(t, bySignature)
			w.signing = true
			got := w.post(c.Forward(dana, forwardOf(t), support, ""))
			if n := got.find("omar", "it leaks"); n.ReplyTo.Name != "CUSTOMER Jane Doe #1" {
				t.Errorf("cue %q", n.ReplyTo.Name)
			}
			contains(t, got.find("dana", "opened for Jane Doe"), "/requester")
			got.only("omar: it leaks", "dana: it leaks", "dana: opened for")
		})
	}
}

// A forward that does not say whose mail it is opens a ticket that shows it.
func TestAForwardOfNobodysMail(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	d := h.Write(dana, support, "Fwd: Kettle", "---------- Forwarded message ---------\nFrom: Jane Doe\nDate: Mon, 2 Mar 2026\nSubject: Kettle\nTo: Dana Reyes\n\nIt leaks.\n")
	contains(t, w.post(d).find("omar", "It leaks."), "/requester names the customer", "NOBODY AT THE MOMENT")
}

// Whose mail was forwarded takes part, and is not offered to be added.
func TestForwardedCustomerIsNotOffered(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	d := h.Gmail().Forward(dana, forwardOf(t), support, "See below.")
	d.Cc = []h.Person{kim}
	n := w.post(d).find("omar", "it leaks")
	lacks(t, n, "jane@customer.example (Add)")
	contains(t, n, "Copied by Dana, will not get it: kim@customer.example")
}

var margins = h.File{Name: "margins.pdf", Type: "application/pdf", Data: []byte("%PDF margins")}

// Nothing tells whether a file beside a forward is the agent's or the
// customer's: the team sees it among the notes, and it does not go to her without
// a question.
func TestFileBesideAForward(t *testing.T) {
	for _, above := range []string{"Between us, see our margins in the file.", ""} {
		w := open(t, bySignature)
		w.signing = true
		d := h.Gmail().Forward(dana, forwardOf(t), support, above)
		d.Files = []h.File{margins}
		got := w.post(d)
		n := got.find("omar", "it leaks")
		contains(t, n, "Files that came with the forward are among the notes.")
		if n.HasFile("margins.pdf") != nil {
			t.Error("the file is shown as the customer's")
		}
		note := got.find("omar", "Dana Reyes (note)")
		if note.HasFile("margins.pdf") == nil {
			t.Error("the team does not see the file")
		}
		r := h.Gmail().Reply(omar, n, "Dear Jane, here.")
		r.Files = []h.File{margins}
		contains(t, w.post(r).none("jane").find("omar", "NOT SENT"), "margins.pdf")
	}
}

// A mail that is forwarded as a file is the customer's whole; a file beside it is
// the agent's.
func TestFileBesideAnAttachedMail(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	inner := "From: Jane Doe <jane@customer.example>\r\nTo: dana@example.com\r\nSubject: Kettle\r\nMessage-ID: <a@b.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nMy kettle leaks.\r\n--b\r\nContent-Type: image/jpeg; name=photo.jpg\r\nContent-Disposition: attachment; filename=photo.jpg\r\n\r\njpeg\r\n--b--\r\n"
	d := h.Write(dana, support, "Fwd: Kettle", "")
	d.Files = []h.File{{Name: "Kettle.eml", Type: "message/rfc822", Data: []byte(inner)}, margins}
	got := w.post(d)
	n := got.find("omar", "My kettle leaks.")
	if n.HasFile("Kettle.eml") == nil || n.HasFile("margins.pdf") != nil {
		t.Errorf("the customer's files: %v", n.Files)
	}
	note := got.find("omar", "Dana Reyes (note)")
	if note.HasFile("margins.pdf") == nil || note.HasFile("Kettle.eml") != nil {
		t.Errorf("the note's files: %v", note.Files)
	}
}

// Pictures that the forwarded words show are the customer's, one that the
// agent's own show is not.
func TestPicturesOfAForward(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	d := h.Gmail().Forward(dana, forwardOf(t), support, "Our prices:")
	d.HTML = strings.Replace(d.HTML, "Our prices:", `Our prices:<br><img src="cid:prices@x">`, 1)
	d.HTML = strings.Replace(d.HTML, "it leaks.", `it leaks.<br><img src="cid:photo@x">`, 1)
	d.Files = []h.File{{Name: "prices.png", Type: "image/png", ContentID: "prices@x", Inline: true, Data: []byte("prices")},
		{Name: "photo.png", Type: "image/png", ContentID: "photo@x", Inline: true, Data: []byte("photo")}}
	got := w.post(d)
	n, note := got.find("omar", "it leaks"), got.find("omar", "Our prices:")
	if n.HasFile("photo.png") == nil || n.HasFile("prices.png") != nil {
		t.Errorf("the customer's pictures: %v", n.Files)
	}
	if note.HasFile("prices.png") == nil || note.HasFile("photo.png") != nil {
		t.Errorf("the note's pictures: %v", note.Files)
	}
}

// A forward that is held for a line above it is not lost: it can be sent as it
// stands.
func TestAHeldForwardIsReleased(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	hold := w.post(h.Gmail().Forward(dana, forwardOf(t), support, "/tak")).find("dana", "Did you mean: /take")
	got := w.says(dana, hold, "send")
	got.find("omar", "it leaks")
	got.find("omar", "/tak")
	got.none("jane")
}
