package read

import (
	"fmt"
	"strings"
	"testing"
)

// mixed is a mail of parts, each with its header.
func mixed(parts ...string) []byte {
	return []byte("From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\n" + strings.Join(parts, "\r\n--b\r\n") + "\r\n--b--\r\n")
}

// What of a mail is read by nobody is told, however much else is wrong with
// it: an agent's mail waits by that, and a contact's notice says so.
func TestLeftOut(t *testing.T) {
	var charsets, multiparts []string
	for i := range 20 {
		charsets = append(charsets, fmt.Sprintf("Content-Type: text/plain; charset=x-none-%d\r\n\r\nW\xf6rter", i))
		multiparts = append(multiparts, fmt.Sprintf("Content-Type: multipart/alternative; boundary=a%02d\r\n\r\n--a%02d\r\nContent-Type: text/plain\r\n\r\nWord %d.\r\n--a%02d--", i, i, i, i))
	}
	deep := "Content-Type: text/plain\r\n\r\nThe words inside."
	for i := range maxDepth {
		deep = fmt.Sprintf("Content-Type: multipart/mixed; boundary=deep%d\r\n\r\n--deep%d\r\n%s\r\n--deep%d--", i, i, deep, i)
	}
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"nothing":                     {mixed(charsets...), ""},
		"text behind twenty problems": {mixed(append(charsets, "Content-Type: text/plain\r\n\r\n"+strings.Repeat("All these words are the writer's.\r\n", 80_000))...), "the text is longer than"},
		"the seventeenth multipart":   {mixed(multiparts...), tooManyMultiparts},
		"the ninth within each other": {mixed(deep), tooManyMultiparts},
		"the header of a part":        {mixed("X: " + strings.Repeat("y", maxPartHeader) + "\r\nContent-Type: text/plain\r\n\r\nWords."), tooLong},
		"the header":                  {[]byte("From: a@b.example\r\n" + strings.Repeat("X: y\r\n", maxHeaderFields+1) + "\r\nWords.\r\n"), tooLong},
	} {
		m, err := Mail(t.Context(), c.raw, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if c.want == "" && m.LeftOut != "" || !strings.HasPrefix(m.LeftOut, c.want) {
			t.Errorf("%s: %q is told as left out, not %q; %q", name, m.LeftOut, c.want, m.Problems)
		}
	}
}
