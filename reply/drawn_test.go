package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// Clients that draw a quotation with styles instead of marking it: answers
// between what a note said stay, the note goes.
func TestDrawnQuotations(t *testing.T) {
	const first, second, short = "She is a fool who never asks anybody.", "And she never pays for her kettles.", "Never pays, zwq."
	held := heldAgainst()
	known := map[uint64]reply.Origin{}
	for _, h := range reply.Hashes(held.Key, first+"\n\n"+second+"\n\n"+short) {
		known[h] = reply.Elsewhere
	}
	held.Known = func(h uint64) reply.Origin { return known[h] }
	around := func(open, close string) func(string) string { return func(s string) string { return open + s + close } }
	forms := map[string]func(string) string{
		"a bar":                around(`<div style="border-left:1px solid #ccc;padding-left:1ex">`, `</div>`),
		"a bar in points":      around(`<div style='border:none;border-left:solid blue 1.5pt;padding:0cm'><p>`, `</p></div>`),
		"indented, coloured":   around(`<p style="margin-left: 2em; color: #666">`, `</p>`),
		"padded on grey":       around(`<div style="padding-left:12px;background-color:#eee"><div>`, `</div></div>`),
		"a table with a bar":   around(`<table style="border-left: 2px solid gray"><tr><td>`, `</td></tr></table>`),
		"a bar in the other":   around(`<div style="border-inline-start: 2px solid">`, `</div>`),
		"no mark but the text": around(`<p><i>`, `</i></p>`),
	}
	for _, intro := range []string{"On Monday, Dana Reyes wrote:", "On Sat, Nov 21, 2026 at 11:00 AM Dana Reyes <support+notice@example.com> wrote:", ""} {
		for name, quote := range forms {
			third := short
			if name == "no mark but the text" {
				if intro == "" {
					continue
				}
				if !strings.Contains(intro, "2026") {
					third = "" // too short to tell
				}
			}
			src := "<html><body><p>/reply</p><div>" + intro + "</div>" + quote(first) + "<p>It is all <b>fine</b>.</p>" + quote(second) + "<p>We are on it.</p>" + quote(third) + "</body></html>"
			plain := "/reply\n\n" + intro + "\n" + first + "\nIt is all fine.\n" + second + "\nWe are on it.\n" + third
			for _, m := range []*aside.Mail{{HTML: src}, {HTML: src, Text: plain}} {
				if m.Text != "" && intro == "" {
					continue
				}
				d := reply.Read(m, held)
				if got := squeeze(d.Text(), false); got != "/reply It is all fine. We are on it." {
					t.Errorf("%s below %q, text %v: read %q", name, intro, m.Text != "", got)
				}
				if out := d.HTML(); strings.Contains(out, "pays") || strings.Contains(out, "fool") || strings.Contains(out, "Dana") || !strings.Contains(out, "<b>fine</b>") {
					t.Errorf("%s below %q: HTML is %s", name, intro, out)
				}
			}
		}
	}
}

// What is drawn so and is new stays, and so does a line said again where
// nothing is quoted.
func TestDrawnAndNew(t *testing.T) {
	held := heldAgainst()
	for _, c := range []struct{ name, html, want string }{
		{"a box of one's own", `<p>See:</p><div style="border-left:3px solid green">Turn it to the left.</div><p>Dana</p>`, "See: Turn it to the left. Dana"},
		{"a line said again below a quotation", `<div class="moz-cite-prefix">On 21.11.26 11:00, Jane Doe wrote:</div><blockquote type="cite">Where?</blockquote><p>` + vendorSay + `</p><p>So they say.</p>`, vendorSay + " So they say."},
		{"no border", `<p style="border-left:none;margin-left:0;color:red">` + vendorSay + `</p><p>So they say.</p>`, vendorSay + " So they say."},
	} {
		if got := squeeze(reply.Read(&aside.Mail{HTML: c.html}, held).Text(), false); got != c.want {
			t.Errorf("%s: read %q", c.name, got)
		}
	}
	// Where nothing is known, the block below an introduction is quoted.
	m := &aside.Mail{HTML: `<p>Fine.</p><div>On Monday, Jane Doe wrote:</div><div style="border-left:1px solid #ccc">Where is it?</div><p>In Hamburg.</p><div style="border-left:1px solid #ccc">When?</div>`}
	if got := reply.Read(m, reply.Held{CutSignature: true}).Text(); squeeze(got, false) != "Fine. In Hamburg." && !strings.Contains(got, "> Where is it?") {
		t.Errorf("read %q", got)
	}
}
