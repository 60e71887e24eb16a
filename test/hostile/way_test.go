package hostile_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside"
	"aside/mailin/read"
	"aside/mailout"
	"aside/reply"
	"aside/reply/command"
	"aside/test/hostile"
	"aside/threading"
	"aside/threading/mark"
)

// bound is what a stage may allocate: octets for each of the mail's, and some
// for any mail.
type bound struct{ perOctet, forAny uint64 }

// stage is one step of a mail's way that a stranger's words go through.
type stage struct {
	name string
	bound
	do func(w *way)
}

// way is a mail on its way, with what each step leaves for the next.
type way struct {
	raw   []byte
	mail  *aside.Mail
	keys  *mark.KeyRing
	dir   *aside.Directory
	known map[uint64]bool
	doc   *reply.Document
	html  string
}

var lineKey = []byte("a key of this test")

func (w *way) held() reply.Held {
	return reply.Held{
		Key: lineKey, CutSignature: true,
		Known: func(h uint64) reply.Origin {
			if w.known[h] {
				return reply.Elsewhere
			}
			return reply.Unknown
		},
		Marker: func(string) bool { return true },
		Ours:   func(a string) bool { return strings.HasPrefix(a, "support") },
	}
}

// The bounds are some twice what the worst shape was measured to take. Behind
// reading they end with the text: 2 MB of each form are kept.
var stages = []stage{
	{"read", bound{16, 32 << 20}, func(w *way) {
		w.mail, _ = read.Mail(context.Background(), w.raw, read.Options{Timeout: time.Hour})
	}},
	{"extract", bound{2, 4 << 20}, func(w *way) {
		threading.Extract(w.keys, w.dir, &aside.Inbound{Mail: w.mail, MailFrom: "mal@stranger.example", Recipients: []string{"support@example.com"}})
	}},
	{"redact", bound{20, 4 << 20}, func(w *way) { mark.Redact(w.mail.Text) }},
	{"trim", bound{600, 16 << 20}, func(w *way) {
		w.doc = reply.Read(w.mail, w.held())
		w.doc.Elided()
	}},
	{"trim what was heard", bound{700, 16 << 20}, func(w *way) {
		for _, h := range reply.Hashes(lineKey, w.mail.Text) {
			w.known[h] = true
		}
		d := reply.Read(w.mail, w.held())
		d.Text()
		d.HTML()
	}},
	{"command", bound{400, 16 << 20}, func(w *way) {
		r := command.Parse(w.doc.Lines(), command.Options{Handles: []string{"dana", "Dana Reyes", "omar"}, Teams: []string{"support"}, Cards: []string{"dhl"}})
		w.doc.Remove(r.Lines...)
		command.ParseList(w.doc.Lines(), command.Options{Handles: []string{"dana"}})
		command.Mentions(w.doc.Text(), []string{"dana", "Dana Reyes", "omar"})
	}},
	{"HTML", bound{300, 16 << 20}, func(w *way) { w.html = w.doc.HTML() }},
	{"sanitise", bound{200, 16 << 20}, func(w *way) { w.html = reply.Sanitise(w.mail.HTML) }},
	{"to text", bound{300, 16 << 20}, func(w *way) { reply.HTMLToText(w.mail.HTML) }},
	{"to HTML", bound{100, 16 << 20}, func(w *way) { reply.TextToHTML(w.doc.Text()) }},
	{"hashes", bound{150, 16 << 20}, func(w *way) { reply.Hashes(lineKey, w.doc.Text()) }},
	{"passages", bound{150, 16 << 20}, func(w *way) { reply.Passages(lineKey, w.doc.Text()) }},
	{"compose", bound{60, 16 << 20}, func(w *way) {
		o, err := aside.NewOutgoing(outgoing(w.doc.Text()))
		if err != nil {
			panic(err)
		}
		m, err := mailout.Compose(o, aside.Identity{From: aside.Address{Address: "support@example.com"}, MessageID: "a@example.com", EnvelopeFrom: "support@example.com", Subject: w.mail.Subject}, w.doc.Text(), w.html)
		if err != nil {
			panic(err)
		}
		if err := m.Write(context.Background(), io.Discard, nil); err != nil {
			panic(err)
		}
	}},
}

func outgoing(text string) aside.Outgoing {
	jane := aside.Participant{ID: 1, Conversation: 1, Address: "jane@customer.example", Role: aside.RoleTo}
	a, err := aside.HeardBy(aside.Conversation{ID: 1, Kind: aside.Customer}, []aside.Participant{jane})
	if err != nil {
		panic(err)
	}
	return aside.Outgoing{Audience: a, Recipient: jane, Desk: "support@example.com", Message: aside.Message{Conversation: 1, Text: text}, QueuedAt: time.Unix(1e9, 0)}
}

// measured is what a stage took of one mail.
type measured struct {
	octets uint64
	cpu    time.Duration
}

// measure runs f alone in this process.
func measure(f func()) measured {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := userTime()
	f()
	cpu := userTime() - start
	runtime.ReadMemStats(&after)
	return measured{after.TotalAlloc - before.TotalAlloc, cpu}
}

func userTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano())
}

// slow is the time, of a processor, from which a stage is told. It is no bound:
// what holds is what is allocated, and the times stand in the log.
const slow = 500 * time.Millisecond

// walk takes one mail all the way and holds each stage's memory.
func walk(t *testing.T, name string, raw []byte) {
	t.Helper()
	key, err := mark.GenerateKey(rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	w := &way{raw: raw, keys: mark.NewKeyRing(key), known: map[uint64]bool{},
		dir: aside.NewDirectory([]*aside.Desk{{Address: "support@example.com", Team: "support", Separator: "+"}}, nil, nil, nil)}
	for _, s := range stages {
		m := measure(func() { s.do(w) })
		if s.name == "read" && w.mail == nil {
			return // nothing to read
		}
		if limit := s.perOctet*uint64(len(raw)) + s.forAny; m.octets > limit {
			t.Errorf("%s: %s took %d MB for %d kB, %d octets for each", name, s.name, m.octets>>20, len(raw)>>10, m.octets/uint64(len(raw)))
		}
		if m.cpu > slow {
			t.Logf("slow: %-40s %-20s %8d octets: %v, %.1f allocated for each", name, s.name, len(raw), m.cpu.Round(time.Millisecond), float64(m.octets)/float64(len(raw)))
		}
	}
}

// TestTheWholeWay takes each shape through everything that reads a stranger's
// mail.
func TestTheWholeWay(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	for _, shape := range hostile.All() {
		if only := os.Getenv("SHAPE"); only != "" && only != shape.Name {
			continue
		}
		walk(t, shape.Name, []byte(shape.Mail(1<<20)))
	}
}

// TestCorporaTheWholeWay takes every collected mail the same way.
func TestCorporaTheWholeWay(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousand mails")
	}
	dir := os.Getenv("ASIDE_CORPORA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpora")
	}
	n := 0
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".enc") {
			return nil
		}
		b, err := os.ReadFile(path)
		if err == nil && len(bytes.TrimSpace(b)) > 0 {
			walk(t, path, b)
			n++
		}
		return nil
	})
	if n == 0 {
		t.Skip("no corpora here")
	}
	t.Log(fmt.Sprint(n, " files"))
}
