package mailin

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// commandBudget is how many octets a client may send between two mails. All
// the recipients of RFC 5321 fit; an endless stream of commands does not.
const commandBudget = 1 << 20

// errCut is the end of a connection. It is never io.EOF: go-smtp would take
// that, within a BDAT chunk, for the end of the mail and accept it cut short.
// As net.ErrClosed it ends a session between mails without a complaint.
type errCut struct{}

// Error implements error.
func (errCut) Error() string { return "the connection was closed" }

// Is reports whether the target is the same error.
func (errCut) Is(target error) bool {
	return target == net.ErrClosed || target == io.ErrUnexpectedEOF
}

// errBudget ends a session that sends without end.
var errBudget = errors.New("too much was sent")

// timed is a connection whose every Read and Write must come to something in
// time, and whose octets are counted.
type timed struct {
	net.Conn
	idle, write time.Duration
	until       time.Time // end of the session, whatever happens
	budget      atomic.Int64
	halted      atomic.Bool // reading ends at once
}

// Read implements io.Reader.
func (c *timed) Read(p []byte) (int, error) {
	deadline := time.Now().Add(c.idle)
	if deadline.After(c.until) {
		deadline = c.until
	}
	if err := c.Conn.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	if c.halted.Load() { // looked at after the deadline was set, see halt
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(p)
	if c.budget.Add(-int64(n)) < 0 {
		return 0, errBudget
	}
	return n, err
}

// halt makes a waiting or coming Read return.
func (c *timed) halt() {
	c.halted.Store(true)
	c.Conn.SetReadDeadline(time.Unix(1, 0))
}

// Write implements io.Writer.
func (c *timed) Write(p []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(c.write)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// What the client is sending.
const (
	sendingLines = iota // commands
	sendingChunk        // octets of a BDAT
	sendingData         // after DATA
)

// guard is the connection that go-smtp sees. It stands between the network and
// the library and shuts what the library leaves open: idle clients, ends of
// connection taken for ends of mails, endless input, and an address that RFC
// 5321 demands and the library's parser refuses. TLS is its own matter, so that
// all this holds for encrypted sessions too. Only the session's goroutine reads
// and writes; halting comes from anywhere.
type guard struct {
	*timed
	tlsConfig *tls.Config
	release   func()

	rw     net.Conn // timed, or TLS above it
	in     *bufio.Reader
	out    []byte // read but not yet handed on
	mode   int
	chunk  int64 // octets left of a BDAT chunk
	inLine bool  // the last line handed on was not complete
	failed error // sticky: nothing of a broken mail runs as a command

	encrypted      atomic.Pointer[tls.Conn] // after STARTTLS
	plain          atomic.Bool              // greeted by HELO
	barePostmaster bool                     // this recipient was written without a domain
	swallow        bool                     // the next reply is to a line of our own

	mu       sync.Mutex
	busy     int    // mails being taken
	leaving  bool   // the session ends when none is
	abandon  bool   // it ends even so
	farewell string // said then, unless empty
	closed   bool
}

func newGuard(c *timed, config *tls.Config, release func()) *guard {
	return &guard{timed: c, tlsConfig: config, release: release, rw: c, in: bufio.NewReader(c)}
}

// Read hands on one command line at a time, so that a line is looked at before
// the next is; the content of mails passes as it comes.
func (g *guard) Read(p []byte) (n int, err error) {
	if g.failed != nil {
		return 0, g.failed
	}
	if g.sayGoodbye() {
		g.failed = net.ErrClosed
		return 0, g.failed
	}
	switch {
	case len(g.out) > 0:
	case g.mode == sendingData:
		n, err = g.in.Read(p)
		return n, g.check(err)
	case g.mode == sendingChunk:
		n, err = g.in.Read(p[:min(int64(len(p)), g.chunk)])
		if g.chunk -= int64(n); g.chunk == 0 {
			g.mode = sendingLines
		}
		return n, g.check(err)
	default:
		if err = g.readLine(); err != nil && len(g.out) == 0 {
			return 0, g.check(err)
		}
	}
	n = copy(p, g.out)
	g.out = g.out[n:]
	return n, nil
}

// check makes an error last.
func (g *guard) check(err error) error {
	if err == nil {
		return nil
	}
	if err == io.EOF {
		err = errCut{}
	}
	if g.sayGoodbye() { // it was us who ended the wait
		err = net.ErrClosed
	}
	g.failed = err
	return err
}

func (g *guard) readLine() error {
	line, err := g.in.ReadSlice('\n')
	begins := !g.inLine
	g.inLine = errors.Is(err, bufio.ErrBufferFull)
	if g.inLine {
		err = nil
	}
	g.out = line
	if begins && err == nil {
		return g.command(strings.TrimRight(string(line), "\r\n"))
	}
	return err
}

var barePostmaster = regexp.MustCompile(`(?i)^RCPT TO:\s*<postmaster>(.*)$`)

// command looks at a line before go-smtp does. Where both must agree on what a
// line is, it is at least as broad as the library.
func (g *guard) command(line string) error {
	g.barePostmaster = false
	if upper := strings.ToUpper(line); strings.HasPrefix(upper, "STARTTLS") {
		return g.startTLS()
	}
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil
	}
	switch strings.ToUpper(words[0]) {
	case "HELO":
		g.plain.Store(true)
	case "EHLO":
		g.plain.Store(false)
	case "DATA":
		g.mode = sendingData // until Write sees the reply
	case "BDAT":
		if len(words) < 2 {
			break
		}
		if n, err := strconv.ParseUint(words[1], 10, 32); err == nil && n > 0 {
			g.mode, g.chunk = sendingChunk, int64(n)
		}
	case "RCPT": // RFC 5321 section 4.5.1
		if m := barePostmaster.FindStringSubmatch(line); m != nil {
			g.barePostmaster = true
			g.out = []byte("RCPT TO:<postmaster@localhost>" + m[1] + "\r\n")
		}
	}
	return nil
}

// startTLS answers STARTTLS (RFC 3207) itself. What go-smtp knows of the
// session is then forgotten by a RSET that the client does not see.
func (g *guard) startTLS() error {
	if g.tlsConfig == nil {
		return nil // go-smtp refuses it
	}
	if g.secure() {
		g.out = []byte("XTLS\r\n") // go-smtp, which does not know, would begin another
		return nil
	}
	g.out = nil
	if g.in.Buffered() > 0 { // commands smuggled in before the encryption
		io.WriteString(g.rw, "503 5.5.1 Nothing may follow STARTTLS before the handshake\r\n")
		return net.ErrClosed
	}
	if _, err := io.WriteString(g.rw, "220 2.0.0 Ready to start TLS\r\n"); err != nil {
		return err
	}
	conn := tls.Server(g.timed, g.tlsConfig)
	if err := conn.Handshake(); err != nil {
		return errCut{}
	}
	g.rw, g.in = conn, bufio.NewReader(conn)
	g.encrypted.Store(conn)
	g.out, g.swallow = []byte("RSET\r\n"), true
	return nil
}

// Write passes go-smtp's lines on and learns from them. In an encrypted
// session STARTTLS is no longer offered (RFC 3207 section 4.2).
func (g *guard) Write(p []byte) (int, error) {
	if g.swallow {
		g.swallow = false
		return len(p), nil
	}
	if g.mode == sendingData && !bytes.HasPrefix(p, []byte("354")) {
		g.mode = sendingLines // the mail is over, or DATA was refused
	}
	if g.secure() && string(p) == "250-STARTTLS\r\n" {
		return len(p), nil
	}
	return g.rw.Write(p)
}

// secure reports whether the session is encrypted.
func (g *guard) secure() bool { return g.encrypted.Load() != nil }

// Close ends the connection and frees its place among the limits.
func (g *guard) Close() error {
	g.mu.Lock()
	first := !g.closed
	g.closed = true
	g.mu.Unlock()
	var err error
	if conn := g.encrypted.Load(); conn != nil {
		err = conn.Close() // says so to the client, then closes
	} else {
		err = g.timed.Close()
	}
	if first {
		g.release()
	}
	return err
}

// begin and end frame the taking of a mail.
func (g *guard) begin(size int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy++
	g.budget.Store(size)
}

func (g *guard) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy--; g.busy == 0 {
		g.budget.Store(commandBudget)
	}
}

// leave ends the session: at once when it is idle, after the mail when one is
// being taken. The client is told text.
func (g *guard) leave(text string) {
	g.mu.Lock()
	g.leaving, g.farewell = true, text
	idle := g.busy == 0
	g.mu.Unlock()
	if idle {
		g.halt()
	}
}

// giveUp ends the session before its next command if a mail is still being
// taken. go-smtp calls Reset then (RSET or EHLO between chunks), and would mix
// up the results of this mail and the next.
func (g *guard) giveUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy > 0 {
		g.leaving, g.abandon = true, true
		g.farewell = "421 4.3.0 The mail was given up, please connect again"
	}
}

// sayGoodbye reports whether the session is to end now, and tells the client.
func (g *guard) sayGoodbye() bool {
	g.mu.Lock()
	now, text := g.leaving && (g.busy == 0 || g.abandon), ""
	if now {
		text, g.farewell = g.farewell, ""
	}
	g.mu.Unlock()
	if now && text != "" {
		io.WriteString(g.rw, text+"\r\n")
	}
	return now
}
