package read

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"aside"
	"aside/test/hostile"
)

// outlined reads a mail with the middle of all but the shortest contents left
// out, and as a whole.
func outlined(t *testing.T, raw []byte, kept int64) (holed, plain *aside.Mail, holes int) {
	t.Helper()
	read := func(from, kept int64) *aside.Mail {
		l, err := scan(bytes.NewReader(raw), int64(len(raw)), from, kept)
		if err != nil {
			if !errors.Is(err, ErrEmpty) {
				t.Fatal(err)
			}
			return nil
		}
		holes = len(l.outline.holes)
		m, err := l.Mail(context.Background(), Options{Timeout: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	plain = read(math.MaxInt64, 0)
	return read(0, kept), plain, holes
}

// differ tells in what two readings of a mail are not the same.
func differ(a, b *aside.Mail) string {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if bytes.Equal(x, y) {
		return ""
	}
	at := 0
	for at < min(len(x), len(y)) && x[at] == y[at] {
		at++
	}
	from := max(at-80, 0)
	return fmt.Sprintf("with holes …%s\nand without …%s", x[from:min(at+120, len(x))], y[from:min(at+120, len(y))])
}

// TestOutlineOfShapes holds that a mail is read alike whether or not its long
// parts are held in memory, whatever its shape.
func TestOutlineOfShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	holed := 0
	for _, shape := range hostile.All() {
		a, b, n := outlined(t, []byte(shape.Mail(100<<10)), 512)
		if d := differ(a, b); d != "" {
			t.Errorf("%s is read otherwise\n%s", shape.Name, d)
		}
		if n > 0 {
			holed++
		}
	}
	if holed == 0 {
		t.Error("no mail had a hole")
	}
}

// The same of collected mail, with next to nothing left of each part.
func TestOutlineOfCorpora(t *testing.T) {
	n, holed := 0, 0
	for _, path := range mailFiles(t, corporaDir(t)) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		a, b, holes := outlined(t, raw, 512)
		if d := differ(a, b); d != "" {
			t.Errorf("%s is read otherwise\n%s", path, d)
		}
		n++
		if holes > 0 {
			holed++
		}
	}
	t.Logf("%d readings, %d with holes", n, holed)
}

// TestDecoder holds the decoders that read piece by piece against those that
// have it all.
func TestDecoder(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	pieces := []string{"=", "=\n", "=C3=A4", "  ", "\t\n", " \r\n", "\r", "QUJD", "QQ==", "%", "word ", "begin 644 a\n", "#86)C\n", "end\n", "=3", "D"}
	for range 300 {
		var in []byte
		size, long := r.IntN(200<<10), r.IntN(3) == 0 // some are one line
		few := pieces[:1+r.IntN(len(pieces))]
		for len(in) < size {
			p := few[r.IntN(len(few))]
			if long {
				p = strings.TrimSuffix(p, "\n")
			}
			in = append(in, strings.Repeat(p, 1+r.IntN(1<<r.IntN(14)))...)
		}
		for encoding, all := range map[int]func([]byte) []byte{encodedBase64: decodeBase64, encodedQP: decodeQP, encodedUU: decodeUU} {
			want := all(in)
			for name, source := range map[string]io.Reader{"whole": bytes.NewReader(in), "halves": iotest.HalfReader(bytes.NewReader(in)), "with its end": iotest.DataErrReader(bytes.NewReader(in))} {
				got, err := io.ReadAll(newDecoder(encoding, source))
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("encoding %d, %s: %d octets are %d, and %d in one piece (%v)", encoding, name, len(in), len(got), len(want), err)
				}
			}
		}
	}
}

// A source that fails is no mail that ends early.
func TestSourceFails(t *testing.T) {
	raw := []byte("From: a@b.example\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat("QUJD\n", 100<<10))
	source := &failing{data: raw, until: math.MaxInt}
	l, err := Scan(source, int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if l.Held() > 20<<10 {
		t.Errorf("%d octets are held", l.Held())
	}
	source.until = 100 << 10
	var broken *SourceError
	if _, err := l.Mail(context.Background(), Options{}); !errors.As(err, &broken) {
		t.Errorf("a mail that cannot be read on: %v", err)
	}
	if _, err := Scan(source, int64(len(raw))); !errors.As(err, &broken) {
		t.Errorf("a mail that cannot be looked through: %v", err)
	}
}

// failing is a source that cannot be read from an octet on.
type failing struct {
	data  []byte
	until int
}

// ReadAt implements io.ReaderAt.
func (f *failing) ReadAt(p []byte, at int64) (int, error) {
	if int(at)+len(p) > f.until {
		return 0, errors.New("the disk is gone")
	}
	return bytes.NewReader(f.data).ReadAt(p, at)
}
