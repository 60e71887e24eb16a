package mailin

import (
	"errors"
	"io"
	"net"
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

// minRate is how many octets a second a client sends at least on average, once
// its patience (Server.Patience) is used up. Mail over the slowest of modems
// came ten times as fast.
const minRate = 100

// timed is a connection whose every Read and Write must come to something in
// time, and whose octets are counted. A mail, and the commands between two
// mails, are a stage each: without a bound on a stage's time, a client that
// sends an octet every few minutes would keep its place for hours.
type timed struct {
	net.Conn
	idle, write, patience time.Duration
	until                 time.Time // end of the session, whatever happens
	budget                atomic.Int64
	halted                atomic.Bool // reading ends at once

	began atomic.Int64 // the stage, in Unix nanoseconds
	got   atomic.Int64 // octets of it
}

// stage begins a stage in which at most so many octets may come.
func (c *timed) stage(budget int64) {
	c.budget.Store(budget)
	c.got.Store(0)
	c.began.Store(time.Now().UnixNano())
}

// deadline is when the next octet must have come.
func (c *timed) deadline() time.Time {
	d := time.Now().Add(c.idle)
	earned := time.Duration(c.got.Load()) * time.Second / minRate
	if slow := time.Unix(0, c.began.Load()).Add(c.patience + earned); slow.Before(d) {
		d = slow
	}
	if c.until.Before(d) {
		d = c.until
	}
	return d
}

// Read implements io.Reader.
func (c *timed) Read(p []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(c.deadline()); err != nil {
		return 0, err
	}
	if c.halted.Load() { // looked at after the deadline was set, see halt
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(p)
	c.got.Add(int64(n))
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
