package verify

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aside"
	"aside/mailin/read"
)

// Every mail of the shared sets gets a verdict, and none proves anything: no
// domain publishes a key here. What is too odd to be judged at all is counted.
func TestCorpora(t *testing.T) {
	dir := os.Getenv("ASIDE_CORPORA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpora")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no corpora at %s", dir)
	}
	w := newWorld(t)
	odd := map[string]int{}
	n := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".enc") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		raw := append([]byte(received), crlf(b)...)
		m, err := read.Mail(context.Background(), raw, read.Options{})
		if err != nil || m.From.Address == "" {
			return nil // no mail
		}
		n++
		in := &aside.Inbound{Mail: m, Remote: outside, MailFrom: m.From.Address, Helo: "x.example"}
		v, err := w.v.Check(context.Background(), in, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil })
		if err != nil || v.AlignedDKIM || v.DMARC == "pass" && v.By != "spf" || v.Reason == "" {
			t.Errorf("%s: %+v, %v", path, v, err)
		}
		if v.Domain == "" {
			odd[v.Reason]++
			if testing.Verbose() {
				t.Logf("%s: %s", path, v.Reason)
			}
		}
		return nil
	})
	if err != nil || n < 300 {
		t.Fatalf("%d mails, %v", n, err)
	}
	for _, why := range slices.Sorted(maps.Keys(odd)) {
		t.Logf("%d of %d: %s", odd[why], n, why)
	}
}

func crlf(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	if bytes.HasPrefix(b, []byte("From ")) { // an mbox
		_, b, _ = bytes.Cut(b, []byte("\n"))
	}
	return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
}
