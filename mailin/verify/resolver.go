package verify

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"

	"aside"
)

// Resolver is what is asked of DNS; *net.Resolver has it.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// NewResolver asks the DNS server at host:port; the system's own when addr is
// empty. Of several servers one that fails makes the answer fail: a part of an
// answer must not pass for the whole.
func NewResolver(addr string) *net.Resolver {
	kept := make(chan *keptSocket, maxKept)
	dial := func(ctx context.Context, network, server string) (net.Conn, error) {
		if addr != "" {
			server = addr
		}
		near := network == "udp" && aside.Loopback(server)
		if near {
			select {
			case s := <-kept:
				if s.server == server {
					return s, nil
				}
				_ = s.UDPConn.Close()
			default:
			}
		}
		var d net.Dialer
		c, err := d.DialContext(ctx, network, server)
		if udp, ok := c.(*net.UDPConn); ok && near {
			return &keptSocket{UDPConn: udp, server: server, back: kept}, nil
		}
		return c, err
	}
	return &net.Resolver{PreferGo: true, StrictErrors: true, Dial: dial}
}

// maxKept is how many sockets to a DNS server are kept.
const maxKept = 32

// keptSocket is a socket to a DNS server on this machine that is used again: to
// make one and close it takes longer than to ask. Elsewhere each question leaves
// from a port of its own, so that who cannot see it cannot forge its answer (RFC
// 5452 section 9.2); to loopback nobody else can send. One on which anything went
// wrong, a time-out included, is not used again: its answer may still come.
type keptSocket struct {
	*net.UDPConn
	server string
	back   chan<- *keptSocket
	broken bool
}

// Read implements io.Reader.
func (s *keptSocket) Read(p []byte) (int, error) {
	n, err := s.UDPConn.Read(p)
	s.broken = s.broken || err != nil
	return n, err
}

// Write implements io.Writer.
func (s *keptSocket) Write(p []byte) (int, error) {
	n, err := s.UDPConn.Write(p)
	s.broken = s.broken || err != nil
	return n, err
}

// Close gives the socket back for the next question.
func (s *keptSocket) Close() error {
	if !s.broken {
		select {
		case s.back <- s:
			return nil
		default:
		}
	}
	return s.UDPConn.Close()
}

// maxQuestions is how much one mail may ask of DNS. DKIM and DMARC need at
// most seven questions; RFC 7208 section 4.6.4 allows SPF ten terms, some of
// which ask ten times.
const maxQuestions = 60

// questions are what one mail asks of DNS, bounded in number and time. Names
// are asked as they are, whatever search list the machine has.
type questions struct {
	ctx      context.Context
	resolver Resolver
	mu       sync.Mutex
	left     int
}

// errTooMany counts as a name that does not exist: it is the mail's own fault,
// and asking later would change nothing.
func (q *questions) ask(name string) (context.Context, context.CancelFunc, error) {
	if q.resolver == nil {
		return nil, nil, &net.DNSError{Err: "DNS is not asked", Name: name, IsTemporary: true}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.left--; q.left < 0 {
		return nil, nil, &net.DNSError{Err: "too many questions", Name: name, IsNotFound: true}
	}
	ctx, cancel := context.WithTimeout(q.ctx, lookupTime)
	return ctx, cancel, nil
}

// absolute keeps search lists out.
func absolute(name string) string {
	if strings.HasSuffix(name, ".") {
		return name
	}
	return name + "."
}

// answered makes one error of all: a name that does not exist, or DNS that did
// not answer.
func answered[T any](list []T, err error) ([]T, error) {
	var d *net.DNSError
	switch {
	case err == nil:
		return list, nil
	case errors.As(err, &d) && (d.IsNotFound || d.Temporary()):
		return nil, d
	default:
		return nil, &net.DNSError{Err: err.Error(), IsTemporary: true}
	}
}

// LookupTXT asks for text records.
func (q *questions) LookupTXT(_ context.Context, name string) ([]string, error) {
	ctx, cancel, err := q.ask(name)
	if err != nil {
		return nil, err
	}
	defer cancel()
	return answered(q.resolver.LookupTXT(ctx, absolute(name)))
}

// LookupMX asks for mail exchangers.
func (q *questions) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	ctx, cancel, err := q.ask(name)
	if err != nil {
		return nil, err
	}
	defer cancel()
	return answered(q.resolver.LookupMX(ctx, absolute(name)))
}

// LookupIPAddr asks for addresses.
func (q *questions) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	ctx, cancel, err := q.ask(name)
	if err != nil {
		return nil, err
	}
	defer cancel()
	return answered(q.resolver.LookupIPAddr(ctx, absolute(name)))
}

// LookupAddr asks for the names of an address.
func (q *questions) LookupAddr(_ context.Context, addr string) ([]string, error) {
	ctx, cancel, err := q.ask(addr)
	if err != nil {
		return nil, err
	}
	defer cancel()
	return answered(q.resolver.LookupAddr(ctx, addr))
}

// missing reports that DNS answered, and that there is no such record.
func missing(err error) bool {
	var d *net.DNSError
	return errors.As(err, &d) && d.IsNotFound
}
