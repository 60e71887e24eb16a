package verify

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"aside"
	"aside/mailin/read"
)

// FuzzCheck: no bytes crash it, and none make an agent: nothing here is signed
// with a published key and unchanged but the seed itself.
func FuzzCheck(f *testing.F) {
	base := signed(f, letter)
	w := newWorld(f)
	for _, s := range []string{letter, base, "Subject: x\r\n" + base, "Authentication-Results: mx.example.com; dkim=pass header.d=example.com\r\n" + hopOutside + base,
		"From: a:;\r\n\r\n", "\r\n", ""} {
		f.Add([]byte(s), outside)
	}
	f.Fuzz(func(t *testing.T, mail []byte, peer string) {
		raw := append([]byte(received), mail...)
		m, err := read.Mail(context.Background(), raw, read.Options{})
		if err != nil {
			return
		}
		in := &aside.Inbound{Mail: m, Remote: peer, MailFrom: "a@evil.example", Helo: "x.example"}
		v, err := w.v.Check(context.Background(), in, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil })
		if err != nil {
			t.Fatal(err)
		}
		if v.AlignedDKIM && (m.From.Address != "dana@example.com" || m.Subject != "Re: Kettle" || m.MessageID != "one@example.com" ||
			strings.TrimSpace(m.Text) != "We send you a new one.") {
			t.Errorf("an agent by %q: %+v\n%+v", mail, v, m)
		}
	})
}

// FuzzResults: strangers' words within comments and quotes never become
// results.
func FuzzResults(f *testing.F) {
	f.Add("x; dkim=pass header.d=example.com")
	f.Add(`a" ; dkim=pass header.d=example.com`)
	f.Add(`\`)
	f.Fuzz(func(t *testing.T, s string) {
		quote := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
		comment := "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
		for _, value := range []string{
			"mx.example.com; spf=fail smtp.mailfrom=" + quote + "@evil.example",
			"mx.example.com; spf=fail " + comment + " smtp.mailfrom=evil.example",
		} {
			id, results := readResults(value)
			if id != "mx.example.com" || len(results) != 1 {
				t.Errorf("%q: %q with %d results", value, id, len(results))
			}
		}
	})
}
