package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// A picture among the words of a mail that is sent on goes along, as a file; one
// in what it quotes does not.
func TestRelayTakesPicturesAlong(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, w.lastTo("dana", "It leaks."), "/add kim@customer.example\n\nDear both, hello.")
	d := h.Gmail().Reply(kim, w.lastTo("kim", "hello"), "So it looks:")
	d.HTML = `<p>So it looks: <img src="cid:new@kim"></p><blockquote type="cite"><p>Dear both, hello. <img src="cid:old@kim"></p></blockquote>`
	for _, name := range []string{"new", "old"} {
		d.Files = append(d.Files, h.File{Name: name + ".png", Type: "image/png", Inline: true, ContentID: name + "@kim", Data: []byte("\x89PNG " + name)})
	}
	got := w.says(dana, w.post(d).to("dana"), "/relay").to("jane")
	var names []string
	for _, f := range got.Files {
		names = append(names, f.Name)
	}
	if strings.Join(names, " ") != "new.png" {
		t.Errorf("Jane has %q", names)
	}
	// What was sent on stands once in what is shared.
	m := w.says(dana, w.lastTo("dana", "It leaks."), "/side max@repairs.example share all\n\nCan you repair it?").to("max")
	lacks(t, m, "wrote ():")
	if n := strings.Count(m.Text, "wrote ("); n != 3 || strings.Count(m.Text, "So it looks") != 1 {
		t.Errorf("%d messages are shared:\n%s", n, m.Text)
	}
}
