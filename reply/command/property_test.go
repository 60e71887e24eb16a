package command

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// checkLines fails when a line of the mail is lost or counted twice, or when
// something below the dashes counts.
func checkLines(t interface{ Fatalf(string, ...any) }, lines []string, r Result) {
	seen := map[int]bool{}
	last := -1
	for _, i := range r.Lines {
		if i <= last || i >= len(lines) {
			t.Fatalf("line %d after %d of %d", i, last, len(lines))
		}
		last = i
		seen[i] = true
	}
	for _, p := range r.Problems {
		if p.Line < 0 || p.Line >= len(lines) || seen[p.Line] {
			t.Fatalf("problem on line %d of %q", p.Line, lines)
		}
		seen[p.Line] = true
		if p.Why == "" {
			t.Fatalf("no reason: %+v", p)
		}
	}
	for _, c := range r.Commands {
		if !seen[c.Line] || c.Verb == "" || c.Source == "" {
			t.Fatalf("%+v of %q", c, lines)
		}
	}
	for i, l := range lines {
		if trim(l) == "--" {
			for j := i; j < len(lines); j++ {
				if seen[j] {
					t.Fatalf("line %d below the dashes counts: %q", j, lines)
				}
			}
			break
		}
	}
	kept := 0
	for i, l := range lines {
		if !seen[i] && !blankLine(l) {
			kept++
		}
	}
	got := 0
	for _, l := range strings.Split(r.Text(lines), "\n") {
		if !blankLine(l) {
			got++
		}
	}
	if kept != got {
		t.Fatalf("%d lines of text, %d kept: %q", kept, got, lines)
	}
}

func TestNoLineIsLost(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"/resolve", "/reslove", "/note", "/side a@x.example", "/side a@x.example,", "b@x.example",
		"due", "due 2", "days", "share last", "cc-customer", "cc-", "customer", "subject", "subject Lid", "/usr/bin", "/frob x",
		"Hello Jane", "", " ", "\u00a0", "--", "/", "//", "/set a=\"b", "/tag x -y", "<c@x.example>", "<mailto:a@x.example>", "/note:", "/s!x", "1042", "1042 /resolve",
		"/add", "/invite dana,", "omar", "/subject a long one that goes on until the line is so long as clients make", "wrapped on"})
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(pieces, 1, 3).Draw(t, "pieces"), " ")
		}), 0, 8).Draw(t, "lines")
		checkLines(t, lines, Parse(lines, office))
		_, r := ParseList(lines, office)
		checkLines(t, lines, r)
	})
}

// TestDisguise: however a client writes a command, it means the same.
func TestDisguise(t *testing.T) {
	commands := rapid.SampledFrom([]string{"/resolve", "/assign omar", "/side courier@vendor.example cc-customer due 2 days share last",
		"/tag a -b", "/cc-customer on", "/snooze until 2026-12-01 14:00", "/set color=\"dark red\"", "/merge #1042", "/send h7 notes",
		"/add Karin Lind <k.lind@law.example>, dhl", "/invite @dana, @omar"})
	disguises := []func(string) string{
		strings.ToUpper,
		func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
		func(s string) string { return strings.ReplaceAll(s, " ", " \u200b \t") },
		func(s string) string { return strings.ReplaceAll(s, "/", "／") },
		func(s string) string { return strings.ReplaceAll(s, "/", "/ ") },
		func(s string) string { return strings.ReplaceAll(s, "-", "\u2011") },
		func(s string) string { return strings.ReplaceAll(s, "-", "\u2013") },
		func(s string) string { return strings.ReplaceAll(s, "-", "\u2014") },
		func(s string) string { return strings.ReplaceAll(s, "\"", "\u201d") },
		func(s string) string { return strings.ReplaceAll(s, "e", "e\u200d") },
		func(s string) string { return strings.ReplaceAll(s, ",", "，") },
		func(s string) string { return "\ufeff" + s + " \r" },
		func(s string) string { return s + "." },
		func(s string) string {
			return strings.ReplaceAll(s, "courier@vendor.example", "courier@vendor.example<mailto:courier@vendor.example>")
		},
		func(s string) string {
			return strings.ReplaceAll(s, "<k.lind@law.example>", "<k.lind@law.example<mailto:K.Lind@law.example>>")
		},
		func(s string) string {
			if strings.Contains(s, "mailto:") {
				return s
			}
			return strings.ReplaceAll(s, "courier@vendor.example", "<mailto:courier@vendor.example>")
		},
	}
	fold := func(r Result) any {
		if len(r.Commands) != 1 || len(r.Problems) != 0 {
			return r
		}
		c := r.Commands[0]
		c.Source = ""
		return strings.ToLower(brief(c))
	}
	rapid.Check(t, func(t *rapid.T) {
		s := commands.Draw(t, "command")
		want := fold(Parse([]string{s}, office))
		if _, ok := want.(string); !ok {
			t.Fatalf("%q is not understood: %v", s, want)
		}
		worn := s
		picked := rapid.SliceOfNDistinct(rapid.IntRange(0, len(disguises)-1), 0, 4, rapid.ID[int]).Draw(t, "disguises")
		for i, d := range disguises { // in a fixed order: letters before what is put between them
			for _, p := range picked {
				if p == i {
					worn = d(worn)
				}
			}
		}
		if got := fold(Parse([]string{worn}, office)); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is %v, want %v", worn, got, want)
		}
	})
}

// TestHardWrap: a command that a client broke into lines is still itself, or
// it holds the mail; it is never carried out as something else, and never
// takes words of the text below it.
func TestHardWrap(t *testing.T) {
	who := rapid.SliceOfN(rapid.SampledFrom([]string{"courier@vendor.example", "dhl", "Karin Lind <k.lind@law.example>",
		"billing.department@a-very-long-name.vendor.example", "b@x.example"}), 1, 6)
	clause := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"cc-customer", "due 2 days", "share last", "due: tue 9am", "share all"}), 0, 3, rapid.ID[string])
	subject := rapid.SampledFrom([]string{"", " subject Kettle", " subject Where is the kettle that Jane has been waiting for since May"})
	below := rapid.SampledFrom([]string{"", "\nPlease call Jane", "Please call Jane", "Dear Karin,\nplease call", "Jane,", "dhl has called",
		"We share all costs", "Tomorrow at 9am then", "Kettle"})
	held, same := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		line := "/side " + strings.Join(who.Draw(t, "who"), ", ")
		for _, c := range clause.Draw(t, "clauses") {
			line += " " + c
		}
		line += subject.Draw(t, "subject")
		whole := Parse([]string{line}, office)
		if len(whole.Commands) != 1 {
			return // share or due said twice
		}
		text := below.Draw(t, "below")
		lines := append(wrapAt(line, rapid.IntRange(66, 78).Draw(t, "width")), strings.Split(text, "\n")...)
		r := Parse(lines, office)
		checkLines(t, lines, r)
		if len(r.Problems) > 0 {
			held++
			return
		}
		same++
		if len(r.Commands) != 1 || brief(r.Commands[0]) != brief(whole.Commands[0]) || r.Text(lines) != strings.TrimSpace(text) {
			t.Fatalf("%q is %v with text %q", lines, r.Commands, r.Text(lines))
		}
	})
	t.Logf("%d the same, %d held", same, held)
}

// wrapAt breaks a line at blanks so that no piece is longer than width.
func wrapAt(line string, width int) []string {
	var out []string
	cur := ""
	for _, w := range strings.Fields(line) {
		if cur != "" && len(cur)+1+len(w) > width {
			out = append(out, cur)
			cur = ""
		}
		cur = strings.TrimSpace(cur + " " + w)
	}
	return append(out, cur)
}

// TestOneEdit: a slip of one letter anywhere in a longer command never goes
// out as text and is never carried out as something else.
func TestOneEdit(t *testing.T) {
	p := newParser(office)
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.SampledFrom(p.words).Filter(func(w string) bool { return len(w) >= 5 }).Draw(t, "word")
		at := rapid.IntRange(1, len(w)-2).Draw(t, "at")
		letter := string(rapid.RuneFrom([]rune("abcdefghijklmnopqrstuvwxyz")).Draw(t, "letter"))
		slip := rapid.SampledFrom([]string{w[:at] + w[at+1:], w[:at] + letter + w[at:], w[:at] + letter + w[at+1:],
			w[:at] + w[at+1:at+2] + w[at:at+1] + w[at+2:]}).Draw(t, "slip")
		if p.rules[slip] != nil {
			return
		}
		for _, lines := range [][]string{{"Hello", "/" + slip + " x", "Bye"}, {"/" + slip}, {"Hello", "/" + slip}} {
			r := Parse(lines, office)
			if len(r.Problems) != 1 || r.Problems[0].Meant == "" || len(r.Commands) != 0 {
				t.Fatalf("%q: %+v", lines, r)
			}
		}
	})
}

// TestLongInput: nothing here takes more than a moment for a large mail.
func TestLongInput(t *testing.T) {
	const n = 200_000
	for name, text := range map[string]string{
		"commands":    strings.Repeat("/side a@x.example,\n", n/10),
		"unfinished":  strings.Repeat("/side\nfoo\n", n/10),
		"due":         strings.Repeat("/side a@x.example due\n", n/10),
		"clauses":     "/side a@x.example\n" + strings.Repeat("due\n", n/10),
		"quotes":      "/set a=" + strings.Repeat("\"", 7001),
		"angles":      "/side " + strings.Repeat("<", 7001),
		"mailto":      "/side " + strings.Repeat("<mailto:a@b.c> ", 500),
		"slashes":     strings.Repeat("/", n),
		"zero width":  "/" + strings.Repeat("\u200b", n) + "resolve",
		"one line":    "/resolve " + strings.Repeat("x", n),
		"at":          strings.Repeat("@", n),
		"at dana":     strings.Repeat("@dana ", n),
		"at hidden":   strings.Repeat("@\u200b", n),
		"em blanks":   strings.Repeat("a\u2003", n),
		"dashes":      strings.Repeat("\u2014", n),
		"open links":  strings.Repeat("(", n) + "@dana",
		"long handle": "@" + strings.Repeat("a", n),
	} {
		start := time.Now()
		lines := strings.Split(text, "\n")
		checkLines(t, lines, Parse(lines, office))
		ParseList(lines, office)
		Mentions(text, staff)
		Bare(text)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: %s", name, took)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("/side a@x.example,\nb@x.example cc-\ncustomer due 2\ndays subject Lid\n\nHello\n/resolve\n--\n/note")
	f.Add("／re\u200bsolve.\n/set a=“b c” d=<\n/note: x\n/add <mailto:a@b.c> [x](mailto:y)")
	f.Add("1042 1043 /assign omar\n/\xff\xfe\n/a\xc2")
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		checkLines(t, lines, Parse(lines, office))
		_, r := ParseList(lines, office)
		checkLines(t, lines, r)
		if a, ok := Bare(text); ok && a.Verb != Send && a.Verb != Note && a.Verb != Discard {
			t.Fatalf("%q: %+v", text, a)
		}
		once := Clean(lines[0])
		if strings.TrimSpace(once) != once {
			t.Fatalf("%q is not clean", once)
		}
	})
}
