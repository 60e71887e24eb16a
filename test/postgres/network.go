package postgres

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
)

// Weather is what a network does.
type Weather int

// The kinds of weather.
const (
	Fair Weather = iota
	Cut          // connections break, and new ones are refused
	Dead         // connections stay, and nothing comes through any more
)

// Network lies between a daemon and its database.
type Network struct {
	DSN string // of the database, through the network

	listener net.Listener
	target   string // a socket's path

	mu    sync.Mutex
	now   Weather
	fair  chan struct{} // closed while nothing is dead
	links map[net.Conn]bool
}

// Lay makes a network to a database that Server.Database gave. It ends with the
// test.
func Lay(t testing.TB, dsn string) *Network {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	n := &Network{listener: l, target: filepath.Join(q.Get("host"), ".s.PGSQL.5432"), fair: make(chan struct{}), links: map[net.Conn]bool{}}
	q.Set("host", "127.0.0.1")
	q.Set("port", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	n.DSN = u.String()
	close(n.fair)
	t.Cleanup(func() {
		_ = l.Close()
		n.Turn(Cut)
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go n.carry(c)
		}
	}()
	return n
}

// Turn changes the weather.
func (n *Network) Turn(w Weather) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if w == Dead && n.now != Dead {
		n.fair = make(chan struct{})
	}
	if w != Dead && n.now == Dead {
		close(n.fair)
	}
	n.now = w
	for c := range n.links {
		if w == Cut {
			_ = c.Close()
		}
	}
}

// hold adds a connection that the weather may break, unless it is cut already.
func (n *Network) hold(conns ...net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range conns {
		n.links[c] = true
	}
	return n.now != Cut
}

func (n *Network) carry(client net.Conn) {
	server, err := net.Dial("unix", n.target)
	if err != nil {
		_ = client.Close()
		return
	}
	both := []net.Conn{client, server}
	end := sync.OnceFunc(func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, c := range both {
			_ = c.Close()
			delete(n.links, c)
		}
	})
	if !n.hold(both...) {
		end()
		return
	}
	go n.pump(client, server, end)
	n.pump(server, client, end)
}

// pump carries octets one way. What is on its way while the network is dead
// arrives once it is fair again, as TCP has it.
func (n *Network) pump(to, from net.Conn, end func()) {
	defer end()
	b := make([]byte, 32<<10)
	for {
		k, err := from.Read(b)
		n.mu.Lock()
		fair := n.fair
		n.mu.Unlock()
		<-fair
		if k > 0 {
			if _, err := to.Write(b[:k]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
