package daemons

import (
	"net"
	"sync"
	"testing"
)

// weather is what a network does.
type weather int

const (
	fair weather = iota
	cut          // connections break, and new ones are refused
	dead         // connections stay, and nothing comes through any more
)

// network lies between one daemon and the database.
type network struct {
	listener net.Listener
	target   string // a socket's path

	mu    sync.Mutex
	now   weather
	fair  chan struct{} // closed while nothing is dead
	links map[net.Conn]bool
}

// lay makes a network to a database's socket. It ends with the test.
func lay(t *testing.T, target string) *network {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{listener: l, target: target, fair: make(chan struct{}), links: map[net.Conn]bool{}}
	close(n.fair)
	t.Cleanup(func() {
		_ = l.Close()
		n.turn(cut)
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

// port is where the daemon finds the database.
func (n *network) port() int { return n.listener.Addr().(*net.TCPAddr).Port }

// turn changes the weather.
func (n *network) turn(w weather) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if w == dead && n.now != dead {
		n.fair = make(chan struct{})
	}
	if w != dead && n.now == dead {
		close(n.fair)
	}
	n.now = w
	for c := range n.links {
		if w == cut {
			_ = c.Close()
		}
	}
}

// hold adds a connection that the weather may break, unless it is cut already.
func (n *network) hold(conns ...net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range conns {
		n.links[c] = true
	}
	return n.now != cut
}

func (n *network) carry(client net.Conn) {
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
func (n *network) pump(to, from net.Conn, end func()) {
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
