package command

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var staff = []string{"dana", "Dana Reyes", "omar", "billing", "kim.lee", "José", "dana-marie"}

func TestMentions(t *testing.T) {
	for _, c := range []struct{ text, known, unknown string }{
		{"@dana please look", "dana", ""},
		{"@Dana please look", "dana", ""},
		{"@Dana Reyes please look", "Dana Reyes", ""},
		{"@dana  reyes: please", "Dana Reyes", ""},
		{"@Dana\u00a0Reyes", "Dana Reyes", ""},
		{"@Dana\nReyes", "Dana Reyes", ""},
		{"@Dana Reyesx", "dana", ""},
		{"＠dana", "dana", ""},
		{"@\u200bda\u200bna\u200b, look", "dana", ""},
		{"see @billing, @omar.", "billing omar", ""},
		{"(@dana) \"@omar\" *@billing*", "dana omar billing", ""},
		{"@dana's kettle, @dana’s lid", "dana dana", ""},
		{"@omar/@dana", "omar", ""},
		{"cc:@dana", "dana", ""},
		{"—@dana", "dana", ""},
		{"@JOSÉ", "José", ""},
		{"@kim.lee knows", "kim.lee", ""},
		{"@dana-marie", "dana-marie", ""},
		{"@dana- look", "dana", ""},
		{"@dana.", "dana", ""},
		{"@dana.please look", "", "dana.please"},
		{"@danaa", "", "danaa"},
		{"@dana_x", "", "dana_x"},
		{"@media is code", "", "media"},
		{"@jane and @dana", "dana", "jane"},
		{"@Dana Reyes<mailto:dana@example.com>", "Dana Reyes", ""},
		{"@dana@example.com", "", "dana@example.com"},
		{"dana@example.com", "", ""},
		{"<dana@example.com>", "", ""},
		{"x.@dana +@dana x@dana", "", ""},
		{"https://m.example/@dana", "", ""},
		{"https://m.example/?to=,@dana now", "", ""},
		{"www.m.example,@dana", "", ""},
		{"(https://m.example/@x) @dana", "dana", ""},
		{"mail from @example.com is fine", "", ""},
		{"meet @5pm @ noon @", "", ""},
		{"@@dana", "", ""},
		{"", "", ""},
	} {
		known, unknown := Mentions(c.text, staff)
		if k, u := namesOf(known), namesOf(unknown); k != c.known || u != c.unknown {
			t.Errorf("%q: known %q unknown %q, want %q and %q", c.text, k, u, c.known, c.unknown)
		}
	}
}

func namesOf(ms []Mention) string {
	var s []string
	for _, m := range ms {
		s = append(s, m.Name)
	}
	return strings.Join(s, " ")
}

func TestMentionPlace(t *testing.T) {
	text := "Hello\n\nask @Dana\nReyes, or @omar\n@nobody"
	known, unknown := Mentions(text, staff)
	var got []string
	for _, m := range append(known, unknown...) {
		got = append(got, fmt.Sprintf("%d %q", m.Line, text[m.Start:m.End]))
	}
	if s := strings.Join(got, "; "); s != `2 "@Dana\nReyes"; 3 "@omar"; 4 "@nobody"` {
		t.Error(s)
	}
}

func TestLeadingMention(t *testing.T) {
	for text, want := range map[string]bool{
		"@dana look": true, "  \n\u200b@nobody": true, "＠dana": true, "\"@dana\"": true, "*@dana*": true,
		"": false, "dana": false, "@": false, "@ dana": false, "@5pm": false, "Hi @dana": false, "a@b.example": false,
	} {
		if got := LeadingMention(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestMentionProperty: a name set into words is found where it stands, in any
// case, whatever harmless things surround it.
func TestMentionProperty(t *testing.T) {
	around := rapid.SampledFrom([]string{"", " ", "hello ", "(", "a@b.example ", "https://x.example/@y ", "\n", "@5 "})
	behind := rapid.SampledFrom([]string{"", " ", ".", ", please", "'s", ")", "\n", "!", ": x@dana"})
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(staff).Draw(t, "name")
		before, after := around.Draw(t, "before"), behind.Draw(t, "after")
		written := name
		if rapid.Bool().Draw(t, "upper") {
			written = strings.ToUpper(name)
		}
		text := before + "@" + written + after
		known, unknown := Mentions(text, staff)
		if len(known) != 1 || known[0].Name != name || known[0].Start != len(before) || len(unknown) != 0 {
			t.Fatalf("%q: %v %v", text, known, unknown)
		}
		if known[0].End != len(before)+1+len(written) {
			t.Fatalf("%q: ends at %d", text, known[0].End)
		}
	})
}

func FuzzMentions(f *testing.F) {
	f.Add("@dana, @Dana Reyes\n<dana@example.com> https://x/@y")
	f.Add("@\u200b@\xff@")
	f.Fuzz(func(t *testing.T, text string) {
		known, unknown := Mentions(text, staff)
		for _, m := range append(known, unknown...) {
			if m.Start >= m.End || m.End > len(text) || m.Line != strings.Count(text[:m.Start], "\n") {
				t.Fatalf("%q: %+v", text, m)
			}
			if r, _ := utf8.DecodeRuneInString(text[m.Start:]); r != '@' && r != '＠' && r != '﹫' {
				t.Fatalf("%q: %+v", text, m)
			}
		}
		LeadingMention(text)
	})
}
