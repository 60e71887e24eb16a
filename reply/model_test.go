package reply_test

import (
	"flag"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"aside"
	"aside/reply"
)

var (
	modelMails = flag.Int("reply.mails", 2000, "how many random replies TestModel makes")
	modelSeed  = flag.Uint64("reply.seed", 0, "seed of TestModel; 0 draws one")
)

// composer makes random replies of which it knows every newly written word.
type composer struct {
	*rand.Rand
	n     int
	known map[uint64]reply.Origin
}

var modelKey = []byte("model")

// text is some lines of words that nobody ever wrote before, each word with
// the sign that tells whose it is.
func (c *composer) text(sign string, lines, words int) string {
	var out []string
	for range 1 + c.IntN(lines) {
		var w []string
		for range 1 + c.IntN(words) {
			c.n++
			w = append(w, fmt.Sprintf("%s%x", sign, c.n*7919%1000003))
		}
		out = append(out, strings.Join(w, " ")+[]string{"", ".", "!", ","}[c.IntN(4)])
		if c.IntN(4) == 0 {
			out = append(out, "")
		}
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

func (c *composer) heard(text string, o reply.Origin) string {
	for _, h := range reply.Hashes(modelKey, text) {
		c.known[h] = max(c.known[h], o)
	}
	return text
}

// noise writes a text as some client might: with other blanks and quotation
// marks, or with emphasis.
func (c *composer) noise(text string) string {
	switch c.IntN(5) {
	case 0:
		return strings.ReplaceAll(text, " ", "\u00a0")
	case 1:
		return strings.NewReplacer("'", "’", "-", "‑", ": ", ":\u200b ").Replace(text)
	case 2:
		return wrapped(text, 30+c.IntN(50))
	}
	return text
}

// mail is one random reply: its parts, and the new lines it is made of.
func (c *composer) mail() (m *aside.Mail, fresh []string) {
	said := c.heard(c.text("addressed", 5, 14)+"\nand ten more addressed words to make it a longer mail", reply.Addressed)
	vendor := c.heard(c.text("vendor", 5, 14), reply.Elsewhere)
	c.heard(frame, reply.Frame)
	var text, page strings.Builder
	write := func() {
		s := c.text("new", 4, 12)
		fresh = append(fresh, strings.Fields(s)...)
		text.WriteString(s + "\n\n")
		page.WriteString(paragraphs(s, "<div>", "</div>", "<div><br></div>"))
	}
	if c.IntN(5) > 0 {
		write()
	}
	intro := introductions[c.IntN(len(introductions))]
	switch c.IntN(4) {
	case 0: // below an introduction without any mark
		bare := c.noise(said + "\n\n" + frame)
		text.WriteString(intro + "\n\n" + bare + "\n\n")
		page.WriteString(`<hr id="stopSpelling"><b>From:</b> Jane &lt;jane@example.com&gt;<br><b>Subject:</b> x<br><br>` + paragraphs(bare, "<div>", "</div>", "<br>"))
		if c.IntN(2) == 0 {
			write()
		}
	case 1: // without any mark at all
		bare := c.noise(said + "\n\n" + frame)
		text.WriteString(bare + "\n\n")
		page.WriteString("<br>" + paragraphs(bare, "<div>", "</div>", "<br>"))
		if c.IntN(2) == 0 {
			write()
		}
	default: // prefixed, with answers in between
		open, end := `<blockquote type="cite">`, `</blockquote>`
		if c.IntN(3) == 0 {
			open, end = `<div style="border-left: 2px solid #729fcf; padding-left: 1ex">`, `</div>`
		}
		for i := range 1 + c.IntN(4) {
			matter := []string{said, vendor, frame, c.text("other", 4, 10), said + "\n" + frame, said + "\n" + vendor}[c.IntN(6)]
			if c.IntN(2) == 0 || i == 0 {
				text.WriteString(intro + "\n")
				page.WriteString(`<div class="moz-cite-prefix">` + html.EscapeString(intro) + `</div>`)
			}
			matter = c.noise(matter)
			text.WriteString(prefixed(matter) + "\n\n")
			page.WriteString(open + paragraphs(matter, "<p>", "</p>", "") + end)
			if c.IntN(3) > 0 {
				write()
			}
		}
	}
	m = &aside.Mail{Subject: "Re: x"}
	parts := c.IntN(3)
	if parts != 1 {
		m.Text = text.String()
	}
	if parts != 0 {
		m.HTML = page.String()
	}
	return m, fresh
}

// TestModel makes random replies and expects of each that all that is new
// stays, in order, and that nothing of a frame, of another conversation or of
// unknown quoted matter does.
func TestModel(t *testing.T) {
	seed := *modelSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	c := &composer{Rand: rand.New(rand.NewPCG(seed, 1))}
	withHTML, shown := 0, 0
	for i := range *modelMails {
		c.known = map[uint64]reply.Origin{}
		m, fresh := c.mail()
		d := reply.Read(m, reply.Held{Key: modelKey, Known: func(h uint64) reply.Origin { return c.known[h] }, CutSignature: true})
		var got []string
		for _, l := range d.Lines() {
			if !strings.HasPrefix(l, "> ") && l != ">" {
				got = append(got, strings.Fields(l)...)
			}
		}
		problem := ""
		if strings.Join(got, " ") != strings.Join(fresh, " ") {
			problem = fmt.Sprintf("new words read\n%q\nwritten\n%q", got, fresh)
		}
		for _, sign := range []string{"vendor", "other", "YOUR REPLY", "Omar", "Resolve", "k.lind", "aside-"} {
			if strings.Contains(d.Text()+d.HTML(), sign) {
				problem += "\nleft: " + sign
			}
		}
		if m.HTML != "" && len(fresh) > 0 {
			withHTML++
			if d.HTML() != "" {
				shown++
			}
		}
		if problem != "" {
			t.Fatalf("seed %d, mail %d: %s\n--- text\n%s\n--- HTML\n%s\n--- read\n%s", seed, i, problem, m.Text, m.HTML, d.Text())
		}
	}
	if shown*10 < withHTML*9 {
		t.Errorf("seed %d: HTML kept its form in %d of %d mails", seed, shown, withHTML)
	}
	t.Logf("seed %d: %d mails, HTML kept its form in %d of %d", seed, *modelMails, shown, withHTML)
}
