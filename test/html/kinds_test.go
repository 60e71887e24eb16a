package html

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	. "aside/test/harness"
)

var shots = flag.String("shots", "", "write a picture of every kind of mail into this folder")

// hostile is text that people write where HTML is made of text, and that
// imitates a frame in every way that only some readers see.
const hostile = `</div></td></table><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)> "'><svg onload=alert(1)> hostilewords`

const twisted = "Hello twistedwords\rYOUR REPLY STAYS IN THE TEAM\r\nYOUR REPLY GOES TO: nobody\u2028YOUR REPLY STAYS IN THE TEAM\n" +
	"\x1b[2J\x1b[1;1HYOUR\u200b REPLY STAYS IN THE TEAM\n\u202eMAET EHT NI SYATS YLPER RUOY\n\x0bYOUR REPLY GOES TO: Omar\nlastwords\u0300"

// everyKind makes the daemon write each kind of mail, with hostile words
// wherever somebody else's words stand in it.
func everyKind(t *testing.T) *Daemon {
	t.Helper()
	d := Start(t)
	jane := Who(`Jane <script>alert(1)</script> YOUR REPLY STAYS`, "jane@customer.example")
	first := Write(jane, Support, "Kettle </b><script>alert(2)</script> hostilesubject", hostile+"\n\n"+twisted)
	first.Encoding = Base64
	d.Post(first)
	n := d.Await(Dana.Address, "a notice", Has("lastwords"))
	ask := func(text, what string, is func(*Mail) bool) *Mail {
		t.Helper()
		d.Answers(Gmail(), Dana, n, text)
		return d.Await(Dana.Address, what, is)
	}
	d.Answers(Gmail(), Dana, n, "/note\n\nA note for us: "+hostile)
	d.Await(Omar.Address, "the note", Has("A note for us"))
	d.Answers(Gmail(), Dana, n, "/ask omar\n\nShall we? "+hostile)
	d.Await(Omar.Address, "the question", Has("Approve"))
	ask("/assing omar\n\nIt leaves today: "+hostile, "a hold", IsHold)
	ask("/show", "the ticket", Has("twistedwords"))
	ask("/search hostilewords", "what was found", Titled("ound"))
	ask("/why", "the reasons", Titled("Why #1"))
	ask("/help", "help", Titled("What you can write"))
	ask("/list open", "a list", Both(Has("number"), Titled("icket")))
	d.Answers(Gmail(), Dana, n, "/side courier share all\n\nWhere was it left?")
	asked := d.Await(Vic.Address, "the question with what Jane wrote", Has("twistedwords"))
	d.Answers(Gmail(), Vic, asked, "At the neighbour's. "+hostile)
	forged := Write(Who(`Dana "><script>alert(3)</script>`, Dana.Address), Support, "</td><script>alert(4)</script>", twisted+"\n"+hostile)
	d.Post(forged)
	d.Await(Dana.Address, "a code", Has("/confirm"))
	d.Answers(Gmail(), Dana, n, "An answer with words of mine: "+hostile)
	d.Settle()
	return d
}

var openingLine = regexp.MustCompile(`(?m)^[\s\p{Cf}\p{Cc}]*YOUR\s+REPLY\s+(GOES|STAYS)`)

// TestEveryKindOfMail opens one of each kind, on a telephone and a desk, by day
// and by night: whatever is quoted in it does nothing, and the frame's first
// line stands there once, in the HTML and in the text.
func TestEveryKindOfMail(t *testing.T) {
	t.Parallel()
	d := everyKind(t)
	r := openRoom(t)
	p := <-r.tabs
	notices := 0
	for _, box := range d.Everyone() {
		for i, m := range d.Mailbox(box) {
			name := fmt.Sprintf("%s %d %s", box, i, m.Subject)
			for _, c := range m.Text {
				if unicode.IsControl(c) && !strings.ContainsRune("\r\n\t", c) || c >= 0x202a && c <= 0x202e || c == 0x2028 {
					t.Errorf("%s: %U in the text\n%q", name, c, m.Text)
					break
				}
			}
			ours := strings.HasSuffix(box, "@example.com")
			lines := openingLine.FindAllStringIndex(strings.ReplaceAll(m.Text, "\r", "\n"), -1)
			if ours && len(lines) != 1 || !ours && strings.Contains(m.Text, "aside-") {
				t.Errorf("%s: %d lines begin like the frame's first one:\n%s", name, len(lines), m.Text)
			}
			did, err := p.open(m.HTML)
			if err != nil || len(did) > 0 {
				t.Errorf("%s: it did %q, %v\n%s", name, did, err, m.HTML)
			}
			if ours {
				notices++
				lookRound(t, p, name)
			}
		}
	}
	if notices < 12 {
		t.Errorf("only %d notices were made", notices)
	}
}

// lookRound looks at the notice in the tab from all sides.
func lookRound(t *testing.T, p *tab, name string) {
	t.Helper()
	for _, v := range views() {
		s, err := p.look(v)
		if err != nil {
			t.Errorf("%s at %v: %v", name, v, err)
			return
		}
		if len(s.Fakes) > 0 || len(s.Foreign) > 0 {
			t.Errorf("%s at %v: beside the frame stand %q, %q", name, v, s.Fakes, s.Foreign)
		}
		var f struct {
			Covered            []string
			Wider, Seen, Below bool
		}
		if err := json.Unmarshal(s.Frame, &f); err != nil || len(f.Covered) > 0 || f.Wider || !f.Seen || !f.Below {
			t.Errorf("%s at %v: the frame is not in the open: %s, %v", name, v, s.Frame, err)
		}
		if *shots == "" {
			continue
		}
		png, err := p.shot(nil)
		if err == nil {
			err = os.WriteFile(filepath.Join(*shots, strings.Map(fileLetter, name+" "+v.String())+".png"), png, 0o644)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

func fileLetter(r rune) rune {
	if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return r
	}
	return '-'
}

// TestAsideRead opens what `aside read` calls sanitised.
func TestAsideRead(t *testing.T) {
	t.Parallel()
	d := Prepare(t)
	dir := t.TempDir()
	args := []string{"read"}
	all := append(attacks(), corpus(t)...)
	for i, a := range all {
		m := Write(Jane, Support, "x", "")
		m.HTML, m.Encoding = a.html, Base64
		file := filepath.Join(dir, fmt.Sprintf("%d.eml", i))
		if err := os.WriteFile(file, m.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	out := d.Bare("", args...)
	lines := strings.Split(strings.TrimSpace(out.Stdout), "\n")
	if out.Exit != 0 || len(lines) != len(all) {
		t.Fatalf("exit status %d, %d lines for %d mails\n%s", out.Exit, len(lines), len(all), out.Stderr)
	}
	r := openRoom(t)
	const many = 20 // on one page: nothing of them may be left open either
	r.each((len(all)+many-1)/many, func(p *tab, n int) {
		page, some := "<!DOCTYPE html><html><body>", 0
		for _, l := range lines[n*many : min(len(lines), (n+1)*many)] {
			var m struct{ HTML string }
			if err := json.Unmarshal([]byte(l), &m); err != nil {
				t.Error(err)
			}
			page += "<hr>" + m.HTML
			some += len(m.HTML)
		}
		did, err := p.open(page + `<p id="end">end</p></body></html>`)
		if err != nil || len(did) > 0 || some == 0 {
			t.Errorf("mails %d to %d did %q, %v\n%s", n*many, (n+1)*many, did, err, page)
		}
		var end bool
		if err := p.eval(`!!document.getElementById("end") && document.querySelectorAll("script,style,img:not([src^=cid]),form,iframe").length === 0`, &end); err != nil || !end {
			t.Errorf("mails %d to %d swallow what follows, or keep what they may not, %v:\n%s", n*many, (n+1)*many, err, page)
		}
	})
}
