package mailin

import (
	"bufio"
	"bytes"
	"io"

	"github.com/emersion/go-smtp"
)

// dataLines reads what a client sends after DATA, up to its end: CR LF, a dot,
// CR LF, and nothing else (RFC 5321 section 4.1.1.4). Lines ended otherwise
// (a bare LF, a bare CR) never end a mail, so that what one system takes for
// content is no second mail here. The dot before a line that begins with one is
// taken off (section 4.5.2).
//
// Every run of CR is one CR, and a line of a dot and two CR an empty line: some
// servers find an end behind CR CR LF and some do not.
type dataLines struct {
	at   int  // where in a line
	cr   int  // withheld CR: 0, 1, or 2 for more
	long int  // octets of the line, its dot and CR included, and the LF before it
	over bool // a line was longer than maxLineLength
	told bool // and whoever takes was told so
	buf  []byte
}

// Where in a line the reader stands.
const (
	lineBegins = iota
	afterDot   // which begins the line
	withinLine
)

// take returns what has come, waiting for it if need be. The slice is valid
// until the next call. A line over maxLineLength is an error, told once: what
// follows can still be taken, so that a client is answered when it has sent
// everything. One whose connection is closed before that may never see the
// answer, and sends the mail again for days.
func (d *dataLines) take(in *bufio.Reader) (out []byte, ended bool, err error) {
	d.buf = d.buf[:0]
	for !ended && (len(d.buf) == 0 || in.Buffered() > 0) {
		if _, err := in.Peek(1); err != nil {
			return d.buf, false, err
		}
		came, _ := in.Peek(in.Buffered())
		n := 0
		for n < len(came) && !ended {
			if d.at == withinLine && d.cr == 0 { // nothing matters before a CR
				plain := bytes.IndexByte(came[n:], '\r')
				if plain < 0 {
					plain = len(came) - n
				}
				d.add(came[n : n+plain])
				n += plain
			}
			if n < len(came) {
				ended = d.next(came[n])
				n++
			}
		}
		in.Discard(n)
		if d.over && !d.told {
			d.told = true
			return nil, ended, smtp.ErrTooLongLine
		}
	}
	return d.buf, ended, nil
}

// add takes octets that say nothing about lines' ends.
func (d *dataLines) add(plain []byte) {
	d.buf = append(d.buf, plain...)
	for {
		lf := bytes.IndexByte(plain, '\n')
		if lf < 0 {
			d.grow(len(plain))
			return
		}
		d.grow(lf)
		d.long, plain = 1, plain[lf+1:]
	}
}

// grow counts octets of the line.
func (d *dataLines) grow(n int) {
	d.long += n
	d.over = d.over || d.long > maxLineLength
}

// next takes one octet and reports whether it ends the mail.
func (d *dataLines) next(c byte) (ended bool) {
	if c == '\r' {
		d.cr = min(d.cr+1, 2)
		return false
	}
	if d.cr > 0 && c == '\n' {
		if d.at == afterDot && d.cr == 1 {
			return true
		}
		d.grow(1)
		d.buf = append(d.buf, '\r', '\n')
		d.at, d.cr, d.long = lineBegins, 0, 1
		return false
	}
	if d.cr > 0 {
		if d.grow(1); d.at != afterDot { // what go-smtp's reader leaves out, too
			d.buf = append(d.buf, '\r')
		}
		d.at, d.cr = withinLine, 0
	}
	if c == '.' && d.at == lineBegins {
		d.at = afterDot
		d.grow(1)
		return false
	}
	d.at = withinLine
	d.buf = append(d.buf, c)
	if d.grow(1); c == '\n' {
		d.long = 1
	}
	return false
}

// content is the content of a mail after DATA. go-smtp's own reader takes it
// octet by octet, and looks for lines' ends and dots where the guard has looked
// already; it is shown the end alone.
type content struct {
	guard *guard
	ours  io.Reader // go-smtp's
	left  int64     // octets that the mail may still have
	text  []byte    // read but not yet handed on
	ended bool
	wrong error // why nothing more is read; it comes again
}

// Read implements io.Reader. Like go-smtp's it fills p, since what it goes into
// may be a file. A mail of exactly the octets that are allowed is whole
// (RFC 1870 section 3), so only an octet more is one too many.
func (c *content) Read(p []byte) (n int, err error) {
	for n < len(p) && c.wrong == nil {
		if len(c.text) == 0 {
			if c.ended {
				break
			}
			c.text, c.ended, c.wrong = c.guard.take()
		}
		m := copy(p[n:], c.text[:min(int64(len(c.text)), c.left)])
		if c.left == 0 && m == 0 && (len(c.text) > 0 || c.wrong == smtp.ErrTooLongLine) {
			c.wrong = smtp.ErrDataTooLarge // whatever else is wrong with it
		}
		n, c.text, c.left = n+m, c.text[m:], c.left-int64(m)
	}
	switch {
	case n > 0:
		return n, nil
	case c.wrong != nil:
		return 0, c.wrong
	}
	return c.ours.Read(p)
}
