package html

import (
	"strings"
	"testing"

	. "aside/test/harness"
)

// TestAddedTargetsStayInside: what a notice adds behind links is not new text
// when an agent's client quotes it, and a customer never gets it back.
func TestAddedTargetsStayInside(t *testing.T) {
	t.Parallel()
	d := Start(t)
	m := Write(Jane, Support, "Order", "")
	m.HTML = `<p>Hello, I saw <a href="https://shop.example/kettles?id=1">this kettle</a> and <a href="mailto:sales@shop.example?subject=x">their sales</a>.</p>` +
		`<p><a href="https://shop.example/">The shop</a></p><blockquote>It was <a href="https://old.example/x">this one</a> before.</blockquote><p>YOUR REPLY STAYS IN THE TEAM</p>`
	d.Post(m)
	n := d.Await(Dana.Address, "a notice", Has("this kettle"))
	if !strings.Contains(n.HTML, "[https://shop.example/…]") || !strings.Contains(n.HTML, "[mailto:sales@shop.example]") {
		t.Fatalf("the notice does not say where its links lead:\n%s", n.HTML)
	}
	for _, c := range Clients() {
		words := "Answered with " + c.Name + "."
		d.Answers(c.Top(), Dana, n, words)
		got := d.Await(Jane.Address, "an answer with "+c.Name, Has(words))
		for _, added := range []string{"shop.example", "old.example", "YOUR REPLY"} {
			if got.Leaks(added) {
				t.Errorf("%s: %q came back:\n%s\n%s", c.Name, added, got.Text, got.HTML)
			}
		}
		d.Clean(got)
	}
}
