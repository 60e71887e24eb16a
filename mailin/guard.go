package mailin

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-smtp"
)

// What the client is sending.
const (
	sendingLines = iota // commands
	sendingChunk        // octets of a BDAT
	sendingData         // after DATA
)

// maxCommand is the longest command line read, in octets. RFC 5321 section
// 4.5.3.1.4 has 512, and extensions add some hundred.
const maxCommand = 4096

// maxRefusals is how many commands of a session may be refused, whatever the
// reason, before it ends.
const maxRefusals = 50

// guard is the connection that go-smtp sees. It stands between the network and
// the library and shuts what the library leaves open: idle clients, ends of
// connection taken for ends of mails, endless input, and what RFC 5321 demands
// and the library refuses. What the library would answer in another way than the
// RFCs, the guard answers itself, or with another code. TLS is its own matter, so
// that all this holds for encrypted sessions too. Only the session's goroutine
// reads and writes; halting comes from anywhere.
type guard struct {
	*timed
	settings Settings // of the session, to its end
	release  func()

	rw     net.Conn // timed, or TLS above it
	in     *bufio.Reader
	out    []byte // read but not yet handed on
	mode   int
	chunk  int64     // octets left of a BDAT chunk
	data   dataLines // after DATA
	astray bool      // what follows this command may be content, and is not read
	failed error     // sticky: nothing of a broken mail runs as a command

	verb     string            // of the command that go-smtp has
	last     bool              // it was BDAT with LAST
	chunks   bool              // have come of a mail, and its last one has not
	from     string            // what the last MAIL said, parameters included
	tooLarge func(from string) // logs a mail that go-smtp refuses for its size, and says nothing of
	greeted  bool              // by EHLO or HELO, since STARTTLS if there was one
	refusals int               // replies that were errors

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

func newGuard(c *timed, settings Settings, release func()) *guard {
	return &guard{timed: c, settings: settings, release: release, rw: c, in: bufio.NewReaderSize(c, maxCommand)}
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
	case g.astray:
		g.failed = net.ErrClosed
		return 0, g.failed
	case g.mode == sendingData: // of a mail that was refused
		for g.mode == sendingData {
			if _, _, err := g.take(); err != nil && err != smtp.ErrTooLongLine {
				return 0, err
			}
		}
	case g.mode == sendingChunk:
		n, err = g.in.Read(p[:min(int64(len(p)), g.chunk)])
		if g.chunk -= int64(n); g.chunk == 0 {
			g.mode = sendingLines
		}
		return n, g.check(err)
	default:
		for len(g.out) == 0 && err == nil { // else the guard has answered
			if g.sayGoodbye() {
				err = net.ErrClosed
			} else {
				err = g.readLine()
			}
		}
		if err != nil {
			return 0, g.check(err)
		}
	}
	n = copy(p, g.out)
	g.out = g.out[n:]
	return n, nil
}

// take is what has come of a mail after DATA. Once it has ended, go-smtp reads
// the end.
func (g *guard) take() (text []byte, ended bool, err error) {
	if g.failed != nil {
		return nil, false, g.failed
	}
	text, ended, err = g.data.take(g.in)
	if ended {
		g.mode, g.out = sendingLines, []byte(".\r\n")
	}
	if len(text) > 0 || err == nil {
		return text, ended, nil // an error comes again
	}
	if err == smtp.ErrTooLongLine {
		return nil, ended, err
	}
	return nil, false, g.check(err)
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

// readLine reads a command. One that is cut short is none.
func (g *guard) readLine() error {
	line, err := g.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		io.WriteString(g.rw, "500 5.5.6 The command line is too long, closing the connection\r\n")
		return net.ErrClosed
	}
	if err != nil {
		return err
	}
	g.out = line
	// RFC 5321 section 4.1.1: blanks behind a command are tolerated.
	if bare := bytes.TrimRight(line, " \t\r\n"); len(bare) < len(bytes.TrimRight(line, "\r\n")) {
		g.out = slices.Concat(bare, []byte("\r\n"))
	}
	return g.command(string(bytes.TrimRight(g.out, "\r\n")))
}

var barePostmaster = regexp.MustCompile(`(?i)^RCPT TO:\s*<postmaster>(.*)$`)

// verb is the command of a line as go-smtp reads it: four characters, and a
// blank before what follows. Both must agree on what is a command and what is
// content.
func verb(line string) (name, args string) {
	if len(line) < 4 || len(line) > 4 && line[4] != ' ' {
		return "", ""
	}
	return strings.ToUpper(line[:4]), line[4:]
}

// command looks at a line before go-smtp does.
func (g *guard) command(line string) error {
	g.barePostmaster = false
	name, args := verb(line)
	if g.verb = name; name == "MAIL" {
		g.from = args
	}
	if word, parameters, _ := strings.Cut(line, " "); strings.EqualFold(word, "STARTTLS") {
		return g.startTLS(parameters)
	}
	switch name {
	case "HELO", "EHLO":
		g.plain.Store(name == "HELO")
		g.betweenChunks()
	case "RSET":
		g.betweenChunks()
	case "MAIL", "AUTH": // RFC 3207 section 4.2: go-smtp remembers what was said before
		if !g.greeted {
			return g.answer(errGreetFirst)
		}
	case "DATA":
		g.mode, g.data = sendingData, dataLines{buf: g.data.buf} // unless the reply refuses it, see Write
	case "BDAT":
		fields := strings.Fields(args)
		n, ok := chunkSize(fields)
		g.last = len(fields) > 1
		switch {
		case !ok:
			g.astray = true // go-smtp refuses it, and takes the chunk for commands
		case n > 0:
			g.mode, g.chunk = sendingChunk, n
		}
	case "RCPT": // RFC 5321 section 4.5.1
		if m := barePostmaster.FindStringSubmatch(line); m != nil {
			g.barePostmaster = true
			g.out = []byte("RCPT TO:<postmaster@localhost>" + m[1] + "\r\n")
		}
	case "VRFY", "NOOP", "QUIT", "HELP", "EXPN":
	default: // go-smtp ends the session at the fourth, with 500
		return g.answer(errUnknownCommand)
	}
	return nil
}

// Replies of the guard itself.
var (
	errUnknownCommand = reply(500, 5, 5, 2, "Command not recognized")
	errGreetFirst     = reply(503, 5, 5, 1, "Say EHLO or HELO first")
	errNoParameters   = reply(501, 5, 5, 4, "STARTTLS takes no parameters")
	errEncrypted      = reply(503, 5, 5, 1, "The connection is encrypted already")
)

// answer replies to a command that go-smtp does not see.
func (g *guard) answer(e *smtp.SMTPError) error {
	g.out = nil
	line := []byte(replyLine(e) + "\r\n")
	g.count(line)
	_, err := g.rw.Write(line)
	return err
}

// count ends a session in which too much was refused.
func (g *guard) count(reply []byte) {
	if reply[0] == '5' || bytes.HasPrefix(reply, []byte("454")) {
		if g.refusals++; g.refusals == maxRefusals {
			g.leave(replyLine(errTooManyErrors))
		}
	}
}

// chunkSize reads the arguments of BDAT (RFC 3030 section 2) as go-smtp does.
func chunkSize(args []string) (n int64, ok bool) {
	if len(args) == 0 || len(args) > 2 || len(args) == 2 && !strings.EqualFold(args[1], "LAST") {
		return 0, false
	}
	size, err := strconv.ParseUint(args[0], 10, 32)
	return int64(size), err == nil
}

// startTLS answers STARTTLS (RFC 3207) itself. What go-smtp knows of the
// session is then forgotten by a RSET that the client does not see.
func (g *guard) startTLS(parameters string) error {
	switch {
	case g.settings.TLS == nil:
		return nil // go-smtp refuses it
	case parameters != "":
		return g.answer(errNoParameters)
	case g.secure(): // go-smtp, which does not know, would begin another
		return g.answer(errEncrypted)
	}
	g.out = nil
	if g.in.Buffered() > 0 { // commands smuggled in before the encryption
		io.WriteString(g.rw, "503 5.5.1 Nothing may follow STARTTLS before the handshake\r\n")
		return net.ErrClosed
	}
	if _, err := io.WriteString(g.rw, "220 2.0.0 Ready to start TLS\r\n"); err != nil {
		return err
	}
	conn := tls.Server(g.timed, g.settings.TLS)
	if err := conn.Handshake(); err != nil {
		return errCut{}
	}
	g.betweenChunks()
	g.rw, g.in = conn, bufio.NewReaderSize(conn, maxCommand)
	g.encrypted.Store(conn)
	g.out, g.swallow, g.greeted = []byte("RSET\r\n"), true, false
	return nil
}

// libraryWords are replies in which go-smtp tells an error of ours, or of the
// network, to the client: with addresses of this machine in it, and as a
// refusal for good.
var libraryWords = []byte("554 5.0.0 Error: transaction failed: ")

// librarySize is go-smtp's reply to a size that a client declares, and that is
// over the limit (RFC 1870 section 6.1, RFC 3030 section 2).
const librarySize = "552 5.3.4 Max message size exceeded\r\n"

// mailbox is what stands between the angle brackets of MAIL.
func mailbox(args string) string {
	_, from, _ := strings.Cut(args, "<")
	from, _, _ = strings.Cut(from, ">")
	return from
}

// Write passes go-smtp's lines on and learns from them. In an encrypted
// session STARTTLS is no longer offered (RFC 3207 section 4.2).
func (g *guard) Write(p []byte) (int, error) {
	if g.swallow {
		g.swallow = false
		return len(p), nil
	}
	if g.mode == sendingData && !bytes.HasPrefix(p, []byte("354")) {
		g.mode = sendingLines // DATA was refused
		// RFC 2920 section 3.1: nothing is sent behind DATA before its reply.
		// Who did it sends a mail, and its lines are no commands.
		g.astray = g.in.Buffered() > 0
	}
	if g.secure() && string(p) == "250-STARTTLS\r\n" {
		return len(p), nil
	}
	if g.tooLarge != nil && (g.verb == "MAIL" || g.verb == "BDAT") && string(p) == librarySize {
		g.tooLarge(mailbox(g.from))
	}
	if g.verb == "BDAT" {
		g.chunks = p[0] == '2' && !g.last
	}
	g.count(p)
	if _, err := g.rw.Write(g.corrected(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// corrected is a reply of go-smtp as the RFCs have it.
func (g *guard) corrected(p []byte) []byte {
	if bytes.HasPrefix(p, libraryWords) {
		return []byte(replyLine(errBroken) + "\r\n")
	}
	switch g.verb {
	case "EHLO", "HELO":
		// The server's domain comes first (RFC 5321 section 4.1.1.1), by which a
		// relay knows that it talks to itself, and no status code (RFC 2034
		// section 3).
		for _, code := range []string{"250-", "250 2.0.0 "} {
			if words, ok := bytes.CutPrefix(p, []byte(code+"Hello ")); ok {
				g.greeted = true
				return append([]byte(code[:4]+g.settings.Hostname+" greets "), words...)
			}
		}
	case "MAIL", "RCPT", "DATA", "BDAT":
		if bytes.HasPrefix(p, []byte("502 5.5.1 ")) { // they are known, and out of sequence (RFC 5321 section 4.2.2)
			return slices.Concat([]byte("503"), p[3:])
		}
		// A parameter that is unknown, or known and not ours to take (RFC 5321
		// section 4.1.1.11): who hears 555 can leave it away.
		for _, code := range []string{"500 5.5.4 ", "504 5.5.4 "} {
			if bytes.HasPrefix(p, []byte(code)) {
				return slices.Concat([]byte("555"), p[3:])
			}
		}
	}
	return p
}

// secure reports whether the session is encrypted.
func (g *guard) secure() bool { return g.encrypted.Load() != nil }

// Close ends the connection and frees its place among the limits. The place is
// free before the client can see the end, or who comes again at once would find
// it taken.
func (g *guard) Close() error {
	g.mu.Lock()
	first := !g.closed
	g.closed = true
	g.mu.Unlock()
	if first {
		g.release()
	}
	if conn := g.encrypted.Load(); conn != nil {
		return conn.Close() // says so to the client, then closes
	}
	return g.timed.Close()
}

// begin and end frame the taking of a mail.
func (g *guard) begin(size int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy++
	g.stage(size)
}

func (g *guard) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy--; g.busy == 0 {
		g.stage(commandBudget)
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

// betweenChunks ends the session before its next command where this one breaks
// a mail off whose chunks come: go-smtp would mix up its result and that of the
// next mail.
func (g *guard) betweenChunks() {
	if g.chunks {
		g.chunks = false
		g.mu.Lock()
		defer g.mu.Unlock()
		g.giveUp()
	}
}

// reset is what go-smtp does at the end of a mail, however it ended. One that
// is still being taken ends the session, too.
func (g *guard) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy > 0 {
		g.giveUp()
	}
}

// giveUp ends the session before its next command; g.mu is held.
func (g *guard) giveUp() {
	g.leaving, g.abandon = true, true
	g.farewell = "421 4.3.0 The mail was given up, please connect again"
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
