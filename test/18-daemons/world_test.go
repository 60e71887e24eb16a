package daemons

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	. "aside/test/harness"
)

// world is everybody's mail server: where the daemons hand in what leaves.
type world struct {
	t *testing.T

	mu       sync.Mutex
	arrivals map[letter][]arrival
	first    map[string]*Mail         // by address and first line
	waiting  map[string]chan struct{} // closed when that comes
	stalls   map[string]*stall
}

// stall keeps everybody who hands a mail in waiting for the answer.
type stall struct {
	came chan int        // which daemon
	pass []chan struct{} // closed when that daemon may have its answer
}

// stall begins one for mails to an address that begin with those words.
func (w *world) stall(to, words string) *stall {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &stall{came: make(chan int, 100)}
	for range names {
		s.pass = append(s.pass, make(chan struct{}))
	}
	w.stalls[key(to, words)] = s
	return s
}

// letter is one mail to one recipient, however often it is handed in.
type letter struct{ to, messageID string }

// arrival is one time that it was handed in.
type arrival struct {
	by    int // which daemon
	began time.Time
	at    time.Time // when all of it was here
}

func newWorld(t *testing.T) *world {
	return &world{t: t, arrivals: map[letter][]arrival{}, first: map[string]*Mail{}, waiting: map[string]chan struct{}{}, stalls: map[string]*stall{}}
}

// relay listens for one daemon's mail until the test ends, and returns its
// address.
func (w *world) relay(daemon int) string {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &handover{w: w, by: daemon}, nil }))
	s.Domain = "world.example"
	go func() { _ = s.Serve(l) }()
	w.t.Cleanup(func() { _ = s.Close() })
	return l.Addr().String()
}

type handover struct {
	w     *world
	by    int
	began time.Time
	to    []string
}

func (h *handover) Reset()        { h.to = nil }
func (h *handover) Logout() error { return nil }

// Mail begins a mail. The daemon that was killed while it was on its way was
// alive here: what it had handed in is read even so.
func (h *handover) Mail(string, *smtp.MailOptions) error {
	h.began = time.Now()
	return nil
}

func (h *handover) Rcpt(to string, _ *smtp.RcptOptions) error {
	h.to = append(h.to, strings.ToLower(to))
	return nil
}

// Data takes a mail. It is noted before the daemon hears 250: what a kill
// falls behind was here.
func (h *handover) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := ParseMail(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")))
	if err != nil {
		h.w.t.Errorf("what left cannot be read: %v", err)
		return err
	}
	for _, to := range h.to {
		if s := h.w.take(arrival{h.by, h.began, time.Now()}, to, m); s != nil {
			s.came <- h.by
			<-s.pass[h.by]
		}
	}
	return nil
}

func (w *world) take(a arrival, to string, m *Mail) *stall {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := letter{to, m.MessageID}
	w.arrivals[l] = append(w.arrivals[l], a)
	k := key(to, m.Text)
	if w.first[k] == nil {
		w.first[k] = m
		if c := w.waiting[k]; c != nil {
			close(c)
		}
	}
	return w.stalls[k]
}

func key(to, text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return to + "\n" + strings.TrimSpace(line)
}

// await returns the mail to an address that begins with those words, or nil if
// ctx ends before it comes.
func (w *world) await(ctx context.Context, to, words string) *Mail {
	k := key(to, words)
	w.mu.Lock()
	m := w.first[k]
	if m == nil && w.waiting[k] == nil {
		w.waiting[k] = make(chan struct{})
	}
	come := w.waiting[k]
	w.mu.Unlock()
	if m != nil {
		return m
	}
	select {
	case <-come:
	case <-ctx.Done():
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.first[k]
}

// letters counts the different mails that each address got.
func (w *world) letters() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[string]int{}
	for l := range w.arrivals {
		out[l.to]++
	}
	return out
}

// repeats are the mails that came more than once.
func (w *world) repeats() map[letter][]arrival {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[letter][]arrival{}
	for l, a := range w.arrivals {
		if len(a) > 1 {
			out[l] = a
		}
	}
	return out
}
