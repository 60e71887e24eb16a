package verify

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// portServer is a DNS server on loopback that notes from which address it was
// asked for each name, and is silent about silent.example.
type portServer struct {
	addr string
	mu   sync.Mutex
	from map[string]string
}

func newPortServer(t *testing.T) *portServer {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &portServer{addr: pc.LocalAddr().String(), from: map[string]string{}}
	started := make(chan struct{})
	srv := &dns.Server{PacketConn: pc, Handler: p, NotifyStartedFunc: func() { close(started) }}
	go func() { _ = srv.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = srv.Shutdown() })
	return p
}

// ServeDNS implements dns.Handler.
func (p *portServer) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	name := q.Question[0].Name
	p.mu.Lock()
	p.from[name] = w.RemoteAddr().String()
	p.mu.Unlock()
	if name == "silent.example." {
		return
	}
	m := new(dns.Msg).SetReply(q)
	m.Answer = append(m.Answer, &dns.TXT{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{"about " + name}})
	_ = w.WriteMsg(m)
}

func (p *portServer) askedFrom(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.from[name]
}

// A socket to loopback is used again, unless something went wrong on it.
func TestSocketsAreKept(t *testing.T) {
	p := newPortServer(t)
	r := NewResolver(p.addr)
	ask := func(name string) {
		t.Helper()
		if got, err := r.LookupTXT(context.Background(), name); err != nil || len(got) != 1 || got[0] != "about "+name {
			t.Fatalf("%s: %q, %v", name, got, err)
		}
	}
	ask("one.example.")
	ask("two.example.")
	if one, two := p.askedFrom("one.example."), p.askedFrom("two.example."); one != two {
		t.Errorf("asked from %s and then from %s", one, two)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if got, err := r.LookupTXT(ctx, "silent.example."); err == nil {
		t.Fatalf("an answer from nowhere: %q", got)
	}
	ask("three.example.")
	if silent, three := p.askedFrom("silent.example."), p.askedFrom("three.example."); silent == three {
		t.Errorf("asked from %s again, where an answer may still come", three)
	}
}

// Many questions at the same time each have their own answer.
func TestSocketsAtTheSameTime(t *testing.T) {
	r := NewResolver(newPortServer(t).addr)
	var wg sync.WaitGroup
	for n := range 2 * maxKept {
		wg.Go(func() {
			for i := range 20 {
				name := string(rune('a'+n%26)) + string(rune('a'+i)) + ".example."
				if got, err := r.LookupTXT(context.Background(), name); err != nil || len(got) != 1 || got[0] != "about "+name {
					t.Errorf("%s: %q, %v", name, got, err)
				}
			}
		})
	}
	wg.Wait()
}
