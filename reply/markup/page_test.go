package markup

import (
	"strings"
	"testing"
)

// What shows nothing once lines are taken out goes with them.
func TestDropLeavesNoSkeleton(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nested Gmail quotations", `<div dir="ltr">Fine.</div><div class="gmail_quote"><div class="gmail_attr">x wrote:</div><blockquote class="gmail_quote"><div dir="ltr"><div>x one</div><div class="gmail_quote"><div class="gmail_attr">x wrote:</div>` +
			`<blockquote class="gmail_quote"><div><div></div><span> </span>x two</div><div><img src="https://t.example/p.gif"></div></blockquote></div></div></blockquote></div>`, `<div dir="ltr">Fine.</div>`},
		{"an empty one beside an answer", `<div><div>x one</div><blockquote><div><blockquote><div></div></blockquote></div></blockquote><p>Fine.</p></div>`, `<div><p>Fine.</p></div>`},
		{"a picture of the mail", `<blockquote><div>x one</div><div><img src="cid:a@x"></div></blockquote>`, `<blockquote><div><img src="cid:a@x"/></div></blockquote>`},
		{"cells", `<table><tr><td>x one</td></tr><tr><td></td><td>20</td></tr></table>`, `<table><tbody><tr><td></td><td>20</td></tr></tbody></table>`},
		{"nothing else", `<blockquote><div>x one</div><p>&nbsp;</p></blockquote>`, ``},
	} {
		p, err := Parse(c.in)
		if err != nil {
			t.Fatal(err)
		}
		p.Drop(func(line int) bool { return strings.HasPrefix(p.Lines()[line].Text, "x ") })
		if got := p.HTML(); got != c.want {
			t.Errorf("%s: %s\n  wanted %s", c.name, got, c.want)
		}
	}
}
