package read

import (
	"strings"
	"testing"
)

// A mail whose lines end with CR alone is read alike however large it is.
func TestLinesEndWithCR(t *testing.T) {
	raw := strings.ReplaceAll(person+nest("mixed", "B", "\nThe lid is broken.", "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n"+strings.Repeat("aGVsbG8h\n", 4000)), "\n", "\r")
	holed, plain, holes := outlined(t, []byte(raw), 512)
	if holes == 0 {
		t.Error("nothing was left out")
	}
	if d := differ(holed, plain); d != "" {
		t.Error(d)
	}
	if strings.TrimSpace(plain.Text) != "The lid is broken." || plain.Subject != "Kettle" || len(plain.Attachments) != 1 || plain.Attachments[0].Size != 4000*6 {
		t.Errorf("%q %q %+v", plain.Text, plain.Subject, plain.Attachments)
	}
}

// Enriched text is shown without its markup, where nothing else has its words.
func TestEnriched(t *testing.T) {
	const enriched = "Content-Type: text/enriched\n\n<bold>Hello</bold>,\nthe <color><param>red</param>lid</color> is\nbroken.\n\n\n1 << 2"
	for name, tt := range map[string]struct{ raw, want string }{
		"alone":           {person + enriched, "Hello, the lid is broken.\n\n1 < 2"},
		"beside plain":    {person + nest("alternative", "B", "\nPlain.", enriched), "Plain."},
		"beside a file":   {person + nest("mixed", "B", enriched, "Content-Type: image/png\n\nx"), "Hello, the lid is broken.\n\n1 < 2"},
		"older form":      {person + "Content-Type: text/richtext\n\n<bold>Hello</bold><nl>you", "Hello\nyou"},
		"with a calendar": {person + nest("alternative", "B", enriched, "Content-Type: text/calendar\n\nBEGIN:VCALENDAR"), "Hello, the lid is broken.\n\n1 < 2"},
	} {
		if m := mustRead(t, tt.raw, Options{}); strings.TrimSpace(m.Text) != tt.want {
			t.Errorf("%s: %q, want %q", name, m.Text, tt.want)
		}
	}
}
