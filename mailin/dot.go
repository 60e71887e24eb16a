package mailin

import (
	"bufio"
	"bytes"
)

// dataLines reads what a client sends after DATA, up to its end: CR LF, a dot,
// CR LF, and nothing else (RFC 5321 section 4.1.1.4). Lines ended otherwise
// (a bare LF, a bare CR) never end a mail, so that what one system takes for
// content is no second mail here.
//
// go-smtp looks for the end once more. It overlooks one after CR CR LF, and
// would take the client's next mails for content, or wait for ever. Every run of
// CR is one CR here, therefore; a line of a dot and two CR is an empty line.
type dataLines struct {
	at  int // where in a line
	cr  int // withheld CR: 0, 1, or 2 for more
	buf []byte
}

// Where in a line the reader stands.
const (
	lineBegins = iota
	afterDot   // which begins the line, and is withheld
	withinLine
)

// take returns what has come, waiting for it if need be. The slice is valid
// until the next call.
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
				d.buf = append(d.buf, came[n:n+plain]...)
				n += plain
			}
			if n < len(came) {
				ended = d.next(came[n])
				n++
			}
		}
		in.Discard(n)
	}
	return d.buf, ended, nil
}

// next takes one octet and reports whether it ends the mail.
func (d *dataLines) next(c byte) (ended bool) {
	if c == '\r' {
		d.cr = min(d.cr+1, 2)
		return false
	}
	if d.cr > 0 && c == '\n' {
		ended = d.at == afterDot && d.cr == 1
		if ended {
			d.buf = append(d.buf, '.')
		}
		d.buf = append(d.buf, '\r', '\n')
		d.at, d.cr = lineBegins, 0
		return ended
	}
	if d.at == afterDot {
		d.buf = append(d.buf, '.')
		d.at = withinLine
	}
	if d.cr > 0 {
		d.buf = append(d.buf, '\r')
		d.at, d.cr = withinLine, 0
	}
	if c == '.' && d.at == lineBegins {
		d.at = afterDot
		return false
	}
	d.buf = append(d.buf, c)
	d.at = withinLine
	return false
}
