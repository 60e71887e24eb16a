package guard

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// An archive that unpacks to very much costs little.
func TestArchivesAreBounded(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for range 40 {
		f, err := z.Create(strings.Repeat("a", 200))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(zeros)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	u := unpack(b.String())
	if len(u.text) > 5<<20 || len(u.names) > 1000 {
		t.Errorf("%d octets of %d files were unpacked", len(u.text), len(u.names))
	}
	// Headers alone, as many as fit.
	u = unpack(strings.Repeat("PK\x03\x04"+strings.Repeat("\x01", 40), 90000))
	if len(u.text) > 5<<20 || len(u.names) > 1000 {
		t.Errorf("%d octets of %d files of nothing", len(u.text), len(u.names))
	}
}

func FuzzUnpack(f *testing.F) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("a.txt")
	_, _ = w.Write([]byte("words"))
	_ = z.Close()
	f.Add(b.String())
	f.Add("\x1f\x8b\x08\x00")
	f.Fuzz(func(t *testing.T, data string) {
		if u := unpack(data); len(u.text) > 5<<20 || len(u.names) > 1001 {
			t.Errorf("%d octets of %d files", len(u.text), len(u.names))
		}
	})
}
