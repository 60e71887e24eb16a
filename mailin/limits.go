package mailin

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Limits bound what strangers can take. A zero field means its default.
type Limits struct {
	Connections int // at once; 500
	PerIP       int // at once from one IPv4 address or IPv6 /64; 20
	PerSender   int // mails a minute from one envelope sender; 0 for no limit
	Recipients  int // a mail; 100
	BadCommands int // refused recipients and logins before the session ends; 10
}

func (l Limits) withDefaults() Limits {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	set(&l.Connections, 500)
	set(&l.PerIP, 20)
	set(&l.Recipients, 100)
	set(&l.BadCommands, 10)
	return l
}

// listener admits connections within the limits and guards them.
type listener struct {
	net.Listener
	run  *run
	next net.Conn // accepted, and for the era that begins

	mu    sync.Mutex
	perIP map[netip.Prefix]int
	open  map[*guard]struct{}
}

func newListener(l net.Listener, r *run) *listener {
	return &listener{Listener: l, run: r, perIP: map[netip.Prefix]int{}, open: map[*guard]struct{}{}}
}

// era is a time in which the same settings are in force. go-smtp's server keeps
// those that it began with, so each era has one of its own; sessions go on into
// the next.
type era struct {
	*listener
	settings Settings
}

// errEraOver says that the settings have changed.
var errEraOver = errors.New("the settings have changed")

// Close leaves the listener open for the next era.
func (*era) Close() error { return nil }

// Accept returns the next connection that has a place. The others hear 421
// (RFC 5321 section 3.8) and may come again.
func (l *era) Accept() (net.Conn, error) {
	for {
		c := l.next
		if l.next = nil; c == nil {
			var err error
			if c, err = l.Listener.Accept(); err != nil {
				return nil, err
			}
		}
		if l.run.server.Settings().withDefaults() != l.settings {
			l.next = c
			return nil, errEraOver
		}
		if g := l.admit(c); g != nil {
			return g, nil
		}
		c.SetWriteDeadline(time.Now().Add(time.Second))
		c.Write([]byte("421 4.7.0 Too many connections, please try again later\r\n"))
		c.Close()
		l.run.server.Log.Info("refused", "code", 421, "remote", remoteIP(c.RemoteAddr()), "reason", "connections")
	}
}

func (l *era) admit(c net.Conn) *guard {
	s := l.run.server
	key := network(c.RemoteAddr())
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) >= l.settings.Limits.Connections || l.perIP[key] >= l.settings.Limits.PerIP {
		return nil
	}
	t := &timed{Conn: c, idle: s.IdleTimeout, write: s.WriteTimeout, patience: s.Patience, until: time.Now().Add(s.SessionTimeout)}
	t.stage(commandBudget)
	var g *guard
	g = newGuard(t, l.settings, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, g)
		if l.perIP[key]--; l.perIP[key] <= 0 {
			delete(l.perIP, key)
		}
	})
	l.perIP[key]++
	l.open[g] = struct{}{}
	return g
}

// each calls f with every open connection.
func (l *listener) each(f func(*guard)) {
	l.mu.Lock()
	var all []*guard
	for g := range l.open {
		all = append(all, g)
	}
	l.mu.Unlock()
	for _, g := range all {
		f(g)
	}
}

// network is what shares a place among the limits: an IPv4 address, or an IPv6
// /64, which is what one subscriber gets.
func network(a net.Addr) netip.Prefix {
	ip, err := netip.ParseAddr(remoteIP(a))
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap()
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits)
	return p
}

func remoteIP(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}

// senderRate counts mails of envelope senders in windows of a minute.
type senderRate struct {
	mu    sync.Mutex
	since time.Time
	mails map[string]int
}

// maxSenders bounds the senders counted in one minute.
const maxSenders = 50000

// over reports whether the sender has used up its minute. The null sender has
// no limit: bounces must arrive (RFC 5321 section 4.5.5).
func (r *senderRate) over(sender string, limit int, now time.Time) bool {
	if limit <= 0 || sender == "" {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn(now)
	return r.mails[sender] >= limit
}

// count adds a mail of the sender.
func (r *senderRate) count(sender string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn(now)
	if len(r.mails) < maxSenders {
		r.mails[sender]++
	}
}

func (r *senderRate) turn(now time.Time) {
	if r.mails == nil || now.Sub(r.since) >= time.Minute || now.Before(r.since) {
		r.since, r.mails = now, map[string]int{}
	}
}
