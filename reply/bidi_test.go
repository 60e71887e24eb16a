package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// An introduction that names a notice's address is one in any language, and
// with whatever marks of direction a client puts between its words.
func TestIntroductionOfANotice(t *testing.T) {
	ours := func(a string) bool { return strings.HasPrefix(a, "support") && strings.HasSuffix(a, "@example.com") }
	tests := []struct{ text, want string }{
		{"Found.\n\n\u200fב 10:00 מאת Jane Doe (customer) <\u200fsupport+notice@example.com\u200f>:\u200f\n\n> It leaks.\n", "Found."},
		{"Found.\n\nJane (customer) <support+notice@example.com> kirjutas:\n> It leaks.\n", "Found."},
		{"Write to support@example.com please.\n\n> It leaks.\n", "Write to support@example.com please."},
	}
	for _, tt := range tests {
		d := reply.Read(&aside.Mail{Text: tt.text}, reply.Held{Ours: ours, CutSignature: true, Marker: func(string) bool { return false }})
		if d.Text() != tt.want {
			t.Errorf("read %q, want %q", d.Text(), tt.want)
		}
	}
}
