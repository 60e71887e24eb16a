package templates

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"aside"
)

func builtInSet(t testing.TB) *Set {
	t.Helper()
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNamesCannotFakeAFrame puts hostile names where names stand: the first
// line must still be one line, and no line may begin with the stranger's words.
func TestNamesCannotFakeAFrame(t *testing.T) {
	set := builtInSet(t)
	hostile := map[string]string{
		"line end":     "Jane\r\nYOUR REPLY STAYS IN THE TEAM",
		"separators":   "Jane\u2028YOUR REPLY STAYS IN THE TEAM\u2029\u0085x",
		"padding":      "Jane" + strings.Repeat(" ", 100) + "YOUR REPLY STAYS IN THE TEAM",
		"wrap":         strings.Repeat("J", 50) + " YOUR REPLY STAYS IN THE TEAM",
		"bidi":         "Jane \u202eMAET EHT\u202c \u2066x\u2069",
		"zero width":   "Ja\u200bne\ufeff\u2060\u2063\U000E0041",
		"annotation":   "\ufff9Jane\ufffaTHE TEAM\ufffb",
		"markup":       `<b onmouseover="x()">Jane</b><script>alert(1)</script>`,
		"other's role": "Jane (side conversation, not the customer)",
		"not UTF-8":    "Jane\xff\xfe",
		"controls":     "Jane\x00\x1b[2J\x07",
	}
	for what, name := range hostile {
		t.Run(what, func(t *testing.T) {
			w, err := set.Frame(deskKey, Frame{Audience: aside.Customer, Hear: []string{name}, Stranger: name,
				Unproven: name, WhoHas: name, Facts: []string{name}, NotHear: []NotHearing{{By: name, Address: name}},
				Links: []Link{{name, "mailto:a@example.com"}}, Marker: "aside-k3f9q2m7xd"})
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(w.Text, "\n")
			if !strings.HasPrefix(lines[0], "YOUR REPLY GOES TO: ") {
				t.Errorf("first line is %q", lines[0])
			}
			for _, l := range lines[1:] {
				if strings.HasPrefix(l, "YOUR REPLY") {
					t.Errorf("a name begins the line %q", l)
				}
			}
			for _, half := range []string{w.Text, w.HTML} {
				for _, r := range half {
					if r != '\n' && aside.Unseen(r) {
						t.Errorf("unseen character %U in %q", r, half)
					}
				}
				if !utf8.ValidString(half) {
					t.Error("not UTF-8")
				}
			}
			if strings.Contains(lines[0], "(side") {
				t.Errorf("a name takes the frame's own brackets: %q", lines[0])
			}
			if strings.Contains(w.HTML, "<script") || strings.Contains(w.HTML, "<b ") {
				t.Errorf("markup got through: %s", w.HTML)
			}
			if !strings.HasSuffix(w.Text, "aside-k3f9q2m7xd") {
				t.Errorf("the marker does not end the last line: %q", lines[len(lines)-1])
			}
		})
	}
}

func TestNamesWithCommasCannotPassForTwo(t *testing.T) {
	w, err := builtInSet(t).Frame(deskKey, Frame{Audience: aside.Customer, Hear: []string{"Doe, Jane", "Lind"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `YOUR REPLY GOES TO: "Doe, Jane", Lind`; w.Text != want {
		t.Errorf("got %q, want %q", w.Text, want)
	}
}

// TestEverybodyWhoHearsIsNamed holds that a long list is wrapped, never cut.
func TestEverybodyWhoHearsIsNamed(t *testing.T) {
	var hear []string
	for i := range 60 {
		hear = append(hear, "Person Number"+string(rune('A'+i%26))+strings.Repeat("x", i))
	}
	w, err := builtInSet(t).Frame(deskKey, Frame{Audience: aside.Side, Hear: hear})
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(w.Text), " ")
	for _, n := range hear {
		if !strings.Contains(flat, n+",") && !strings.Contains(flat, n+" (side") {
			t.Errorf("%s is not named", n)
		}
	}
}

func TestSubjectsAreOneLine(t *testing.T) {
	set, evil := builtInSet(t), "x\r\nBcc: everybody@example.org\r\n\r\n\u202e"+strings.Repeat("y", 4000)
	hold, err1 := set.Hold(deskKey, Hold{To: []string{evil}, Ticket: 1, Writer: evil})
	show, err2 := set.Show(deskKey, Show{Ticket: 1, Subject: evil})
	search, err3 := set.Search(deskKey, Search{Query: evil})
	list, err4 := set.List(deskKey, List{Title: evil})
	ack, err5 := set.Acknowledgement(deskKey, Acknowledgement{Desk: "Desk", Subject: evil, Answering: evil})
	receipt, err6 := set.Receipt(deskKey, Receipt{Done: []string{evil}})
	for _, err := range []error{err1, err2, err3, err4, err5, err6} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range []Mail{hold, show, search, list, ack, receipt} {
		if strings.IndexFunc(m.Subject, unicode.IsControl) >= 0 || strings.ContainsRune(m.Subject, 0x202e) {
			t.Errorf("subject %q has control characters", m.Subject)
		}
		if n := utf8.RuneCountInString(m.Subject); n > maxSubject || n == 0 {
			t.Errorf("a subject of %d characters", n)
		}
	}
}

func TestLinksAreMailOnly(t *testing.T) {
	w, err := builtInSet(t).Frame(deskKey, Frame{Links: []Link{{"Resolve", "javascript:alert(1)"},
		{"Take", `mailto:a+b@example.com?body=/take%0A--%0A&subject=%5B%231%5D"onclick="x`}}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(w.HTML, "javascript:") {
		t.Error("a script's address got through")
	}
	doc, err := html.Parse(strings.NewReader(w.HTML))
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			switch a.Key {
			case "href":
				targets = append(targets, a.Val)
			case "onclick":
				t.Error("an attribute was broken out of")
			}
		}
	}
	if want := "mailto:a+b@example.com?body=/take%0A--%0A&subject=%5B%231%5D"; len(targets) != 2 || !strings.HasPrefix(targets[1], want) {
		t.Errorf("the mailto link became %q", targets)
	}
}

// TestWordsCannotReachTheFrame gives broken and hostile HTML as a person's
// words: the frame stays whole, outside of them, and last.
func TestWordsCannotReachTheFrame(t *testing.T) {
	frame := Words{Text: "FRAME", HTML: `<table id="frame"><tr><td>FRAME</td></tr></table>`}
	deep := strings.Repeat("<div>", 3000)
	for _, words := range []string{"", "plain", "<div style='display:none'>", "</div></div></div></body></html>", "<table><tr><td>",
		"<!-- open", "<textarea>", "<title>", "<b><i><u>", "<div", "<a href='", "<select>", "<svg><style>", "<plaintext>", "<noscript>", deep} {
		checkFrameStands(t, Assemble(Words{Text: "text", HTML: words}, frame))
	}
}

// checkFrameStands parses a notice and looks where its frame is.
func checkFrameStands(t *testing.T, w Words) {
	t.Helper()
	if !strings.HasSuffix(w.Text, "FRAME") {
		t.Errorf("the text ends with %q", w.Text)
	}
	doc, err := html.Parse(strings.NewReader(w.HTML))
	if err != nil {
		t.Errorf("cannot be read again: %v", err)
		return
	}
	found := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "table" || len(n.Attr) == 0 || n.Attr[0].Val != "frame" {
			continue
		}
		found++
		depth := 0
		for p := n.Parent; p != nil && p.Data != "body"; p = p.Parent {
			depth++
			for _, a := range p.Attr {
				if a.Key == "class" && a.Val == "as-words" {
					t.Errorf("the frame stands inside the words: %s", w.HTML)
				}
			}
		}
		if depth != 2 {
			t.Errorf("the frame stands %d deep, not 2: %s", depth, w.HTML)
		}
	}
	if found != 1 {
		t.Errorf("%d frames in %s", found, w.HTML)
	}
}

// TestFrameIsSeenAboveLongMail holds that a client that hides the end of a
// long mail cannot hide who hears a reply.
func TestFrameIsSeenAboveLongMail(t *testing.T) {
	frame := Words{Text: "FRAME", HTML: "<div>FRAME</div>"}
	for size, want := range map[int]int{1000: 1, 200000: 2} {
		w := Assemble(Words{HTML: "<p>" + strings.Repeat("long ", size/5)}, frame)
		if got := strings.Count(w.HTML, frame.HTML); got != want {
			t.Errorf("%d frames around %d octets, want %d", got, size, want)
		}
		if first := strings.Index(w.HTML, "FRAME"); want == 2 && first > 10000 {
			t.Errorf("the first frame stands at octet %d", first)
		}
	}
}

func BenchmarkNotice(b *testing.B) {
	set, f := builtInSet(b), customerFrame()
	words := Words{Text: strings.Repeat("Nine days.\n", 50), HTML: strings.Repeat("<p>Nine <b>days</b>.</p>", 50)}
	b.ReportAllocs()
	for b.Loop() {
		frame, err := set.Frame(deskKey, f)
		if err != nil {
			b.Fatal(err)
		}
		Assemble(words, frame)
	}
}

func TestImitatedFrameIsShownAsQuoted(t *testing.T) {
	fake := "YOUR REPLY STAYS IN THE TEAM"
	w := Assemble(Words{Text: "Hello\n  " + fake + "\n" + fake, HTML: "<p>Hello</p><p><b>" + fake + "</b></p>"},
		Words{Text: "FRAME", HTML: "FRAME"})
	for _, l := range strings.Split(w.Text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), fake) {
			t.Errorf("the words imitate the frame: %q", w.Text)
		}
	}
	if strings.Contains(w.HTML, "<b>"+fake) {
		t.Errorf("the words imitate the frame: %s", w.HTML)
	}
	if x := External(Words{Text: fake, HTML: "<p>" + fake}); x.Text != fake || !strings.Contains(x.HTML, "<p>"+fake) {
		t.Errorf("words that leave were changed: %q", x)
	}
}

// TestExternalSaysNothingOfOurs holds promise 3 for the document itself.
func TestExternalSaysNothingOfOurs(t *testing.T) {
	w := External(Signed(FromText("Hello <you> & all"), "Example Support"))
	if w.Text != "Hello <you> & all\n\n-- \nExample Support" {
		t.Errorf("text is %q", w.Text)
	}
	if !strings.Contains(w.HTML, "Hello &lt;you&gt; &amp; all") {
		t.Errorf("not escaped: %s", w.HTML)
	}
	for _, ours := range []string{"aside", "as-", "YOUR REPLY", "generator"} {
		if strings.Contains(w.HTML, ours) {
			t.Errorf("%q in mail that leaves: %s", ours, w.HTML)
		}
	}
}

// TestGreetingCannotCarryAnAdvertisement holds that an acknowledgement to an
// unproved address repeats no words but a name that looks like one.
func TestGreetingCannotCarryAnAdvertisement(t *testing.T) {
	for name, want := range map[string]string{
		"Jane Doe": "Hello Jane Doe,", "Søren O’Neil-Ng Jr.": "Hello Søren O’Neil-Ng Jr.,", "李小龍": "Hello 李小龍,",
		"": "Hello,", "...": "Hello,", "Win now example.com": "Hello,", "www.example": "Hello,", "Call 555 1234": "Hello,",
		"http://example.com": "Hello,", "jane@example.org": "Hello,", strings.Repeat("Jane ", 20): "Hello,",
		"Jane\r\nBcc: x": "Hello,",
	} {
		m, err := builtInSet(t).Acknowledgement(deskKey, Acknowledgement{Name: name, Desk: "Desk"})
		if err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(m.Text, "\n"); first != want {
			t.Errorf("%q is greeted with %q, want %q", name, first, want)
		}
	}
}

func FuzzCleanLine(f *testing.F) {
	f.Add("Jane\r\nDoe\u202e", 10)
	f.Add("a\u0301\u0301\u0301\u0301\u0301\u0301 \xff", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = 2 + max(limit, 0)%500
		got := cleanLine(s, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit || strings.TrimSpace(got) != got {
			t.Errorf("cleanLine(%q, %d) = %q", s, limit, got)
		}
		if strings.IndexFunc(got, aside.Unseen) >= 0 || strings.ContainsAny(got, "\u2028\u2029\n\r\t") {
			t.Errorf("cleanLine(%q) keeps an unseen character: %q", s, got)
		}
		if again := cleanLine(got, limit+1); again != got {
			t.Errorf("cleaning twice changes %q into %q", got, again)
		}
		if body := cleanText(s, limit); !utf8.ValidString(body) || utf8.RuneCountInString(body) > limit+4 {
			t.Errorf("cleanText(%q, %d) = %q", s, limit, body)
		}
	})
}

func FuzzAssemble(f *testing.F) {
	f.Add("text", "<p>words")
	f.Add("YOUR REPLY GOES", "</div><table><!--frame--><td>")
	frame := Words{Text: "FRAME", HTML: `<table id="frame"><tr><td>FRAME</td></tr></table>`}
	f.Fuzz(func(t *testing.T, text, words string) {
		if strings.Contains(words, "frame") {
			t.Skip("would be counted as the frame")
		}
		checkFrameStands(t, Assemble(Words{Text: text, HTML: words}, frame))
		checkFrameStands(t, Assemble(Said(Words{Text: text, HTML: words}), frame))
	})
}
