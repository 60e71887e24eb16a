package store

import (
	"strings"
	"testing"
)

// TestExcerpt holds that an excerpt shows the words around what was looked for, and
// no code of /confirm without the command by which whoever prints it knows the code.
func TestExcerpt(t *testing.T) {
	long := strings.Repeat("word ", 20)
	for _, c := range []struct{ text, asked, want string }{
		{"The kettle leaks.", "kettle", "The kettle leaks"},
		{"The kettle leaks.", "courier", ""},
		{long + "kettle " + long, "kettle", " … word word word word kettle word word word word word word word word word word word … "},
		{"/confirm ABCD2345 please", "confirm", "/confirm ABCD2345 please"},
		{long + "\n/ confirm ABCD2345 a b c kettle", "kettle", " … / confirm ABCD2345 a b c kettle"},
		{"one two/confirm ABCD2345 a b kettle", "kettle", " … /confirm ABCD2345 a b kettle"},
		{long + "confirm confirm ABCD2345 a b c kettle", "kettle", " … confirm confirm ABCD2345 a b c kettle"},
	} {
		got, found := excerpt(c.text, phrases([]string{c.asked}))
		if found != (c.want != "") || found && got != c.want {
			t.Errorf("excerpt(%q, %q) = %q, %v, want %q", c.text, c.asked, got, found, c.want)
		}
	}
}
