package mailin

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"aside"
	"aside/mailin/read"

	"github.com/emersion/go-smtp"
)

// maxInMemory is the largest mail, in octets, that does not wait in a file while
// it is taken.
const maxInMemory = 64 << 10

// largeMail is how much of a mail must be held at least, in octets, for it to be
// read and received alone: both take many times the size of a mail's words. What
// is attached does not count, for it is never held.
const largeMail = 256 << 10

// maxHops is how many Received fields a mail may carry; RFC 5321 section 6.3
// asks for at least 100 where nothing else stops loops. Mail for a helpdesk
// passes a dozen at most.
const maxHops = 50

// transaction is one mail on its way in.
type transaction struct {
	run      *run
	in       *aside.Inbound
	raw      *spooled
	hostname string // ours, that Received names
	with     string // the protocol that it names
	size     int64  // as the client declares it, 0 if it does not
}

// take reads the mail to its end, has it stored, and says the answer.
func (t *transaction) take(ctx context.Context, r io.Reader) *smtp.SMTPError {
	watched := &watchedReader{r: r}
	raw, err := spool(t.run.server.SpoolDir, bytes.NewBuffer(t.received()), watched)
	if watched.err != nil {
		return t.log(brokenReply(watched.err), "", watched.err)
	}
	if err != nil {
		return t.log(errTryAgain, "", fmt.Errorf("taking the mail: %w", err))
	}
	defer raw.close()
	t.raw, t.in.Raw.Size = raw, raw.size
	free, err := t.read(ctx)
	defer free()
	if err == nil {
		err = t.verify(ctx)
	}
	if err == nil {
		err = t.keepRaw(ctx)
	}
	if err != nil {
		var e *smtp.SMTPError
		if errors.As(err, &e) {
			return t.log(e, "", err)
		}
		return t.log(errTryAgain, "", err)
	}
	id, err := t.receive(ctx)
	if err == nil {
		t.run.senders.count(aside.FoldAddress(t.in.MailFrom), t.in.ReceivedAt)
	}
	return t.log(replyTo(id, err), id, err)
}

// receive calls Receive and turns its panic into an error: the client tries
// again, the daemon lives on.
func (t *transaction) receive(ctx context.Context) (id string, err error) {
	defer func() {
		if p := recover(); p != nil {
			t.run.server.Log.Error("panic", "session", t.in.Session, "in", "receive", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("receiving: panic: %v", p)
		}
	}()
	return t.run.server.Receive(ctx, t.in)
}

// brokenReply is the answer to a mail that did not arrive whole.
func brokenReply(err error) *smtp.SMTPError {
	switch {
	case errors.Is(err, smtp.ErrTooLongLine):
		return errLine
	case errors.Is(err, smtp.ErrDataTooLarge):
		return smtp.ErrDataTooLarge
	}
	return errBroken
}

// watchedReader remembers whether reading from the client failed, to tell it
// from a failing store.
type watchedReader struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// keepRaw stores the mail as it came, our Received field on top. A small one
// travels in memory.
func (t *transaction) keepRaw(ctx context.Context) (err error) {
	keep := t.run.server.KeepRaw
	switch {
	case t.raw.data != nil:
		t.in.Raw = contentOf(t.raw.data)
	case keep == nil:
		var b []byte
		b, err = io.ReadAll(t.raw.open())
		t.in.Raw = contentOf(b)
	default:
		t.in.Raw, err = keep(ctx, t.raw.open())
	}
	if err != nil {
		return fmt.Errorf("keeping the raw mail: %w", err)
	}
	return nil
}

// contentOf is content that is still in memory.
func contentOf(b []byte) aside.Content {
	sum := sha256.Sum256(b)
	return aside.Content{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(b)), Data: b}
}

// usualMail is the room, in octets, that a mail is read into at first where its
// size is not known.
const usualMail = 16 << 10

// received is our trace field (RFC 5321 section 4.4). It names no recipient:
// others would learn of blind copies.
func (t *transaction) received() []byte {
	remote := t.in.Remote
	if ip, err := netip.ParseAddr(remote); err == nil && ip.Unmap().Is6() {
		remote = "IPv6:" + remote
	}
	room := int64(usualMail)
	if t.size > 0 {
		room = min(t.size, maxInMemory) + 1500 // this field, and what is free when the end is found
	}
	return fmt.Appendf(make([]byte, 0, room), "Received: from %s ([%s])\r\n\tby %s with %s id %s;\r\n\t%s\r\n",
		t.in.Helo, remote, t.hostname, t.with, t.in.Session, t.in.ReceivedAt.Format(time.RFC1123Z))
}

// place waits for a place among the mails that are read at the same time.
func (t *transaction) place(ctx context.Context, places chan struct{}) (free func(), err error) {
	select {
	case places <- struct{}{}: // nearly always
		return func() { <-places }, nil
	default:
	}
	limit := time.NewTimer(t.run.server.PlaceTimeout)
	defer limit.Stop()
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-limit.C:
		return nil, errBusy
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to read the mail: %w", ctx.Err())
	}
}

// read makes facts of the raw mail. A mail that cannot be read is no error:
// it arrives with ReadError and without facts. A large one keeps others out
// until free is called, and until reading has ended.
func (t *transaction) read(ctx context.Context) (free func(), err error) {
	free = func() {}
	done, err := t.place(ctx, t.run.readers) // whoever reads gives the place back
	if err != nil {
		return free, err
	}
	reading := false
	defer func() {
		if !reading {
			done()
		}
	}()
	if n, err := t.hops(); err != nil || n > maxHops {
		return free, cmp.Or(err, error(errHops))
	}
	mail, err := t.scan()
	if errors.Is(err, read.ErrEmpty) {
		t.in.ReadError = err.Error()
		return free, nil
	}
	if err != nil {
		return free, err
	}
	if mail.Held() > largeMail {
		done() // others may read while this one waits
		done = func() {}
		alone, err := t.place(ctx, t.run.large)
		if err != nil {
			return free, err
		}
		both := &shared{free: alone}
		both.left.Store(2)
		free = both.done
		reader, err := t.place(ctx, t.run.readers)
		if err != nil {
			both.done()
			return free, err
		}
		done = func() { reader(); both.done() }
	}
	reading = true
	facts, err := t.factsInTime(ctx, mail, done)
	if err != nil && worthAnotherTry(err) {
		return free, err
	}
	t.in.Mail = facts
	if err != nil {
		t.in.ReadError = err.Error()
	}
	return free, nil
}

// scan looks through the raw mail for its parts.
func (t *transaction) scan() (*read.Large, error) {
	if t.raw.data != nil {
		return read.ScanBytes(t.raw.data)
	}
	return read.Scan(t.raw, t.raw.size)
}

// shared is given back by the last of those who hold it.
type shared struct {
	left atomic.Int32
	free func()
}

func (s *shared) done() {
	if s.left.Add(-1) == 0 {
		s.free()
	}
}

// worthAnotherTry tells the store's and the disk's faults from the mail's.
func worthAnotherTry(err error) bool {
	var keep *read.KeepError
	var source *read.SourceError
	return errors.As(err, &keep) || errors.As(err, &source)
}

// errTooSlow says that a mail was not read in time. It is filed raw.
var errTooSlow = errors.New("reading took too long")

// factsInTime reads the mail, or gives up after the time for it: then reading
// goes on by itself until it notices, and keeps its place so long, but the
// client is answered.
func (t *transaction) factsInTime(ctx context.Context, mail *read.Large, release func()) (*aside.Mail, error) {
	type facts struct {
		mail *aside.Mail
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan facts, 1)
	session, mailFrom := t.in.Session, t.in.MailFrom
	go func() {
		defer release()
		m, err := t.facts(ctx, mail, session, mailFrom)
		done <- facts{m, err}
	}()
	limit := time.NewTimer(t.run.server.ReadTimeout)
	defer limit.Stop()
	select {
	case f := <-done:
		return f.mail, f.err
	case <-limit.C:
		return nil, errTooSlow
	}
}

// facts reads the mail and survives the reader.
func (t *transaction) facts(ctx context.Context, mail *read.Large, session, mailFrom string) (m *aside.Mail, err error) {
	defer func() {
		if p := recover(); p != nil {
			t.run.server.Log.Error("panic", "session", session, "in", "read", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			m, err = nil, fmt.Errorf("reading panicked: %v", p)
		}
	}()
	return mail.Mail(ctx, read.Options{
		Keep:     func(r io.Reader) (aside.Content, error) { return t.run.server.KeepPart(ctx, r) },
		MailFrom: &mailFrom,
	})
}

// verify finds out what proves the sender. What panics on a stranger's bytes
// has proved nothing.
func (t *transaction) verify(ctx context.Context) (err error) {
	check := t.run.server.Verify
	if check == nil {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			t.run.server.Log.Error("panic", "session", t.in.Session, "in", "verify", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			t.in.Verdict, err = aside.Verdict{Reason: "The sender could not be checked."}, nil
		}
	}()
	t.in.Verdict, err = check(ctx, t.in, func() (io.ReadCloser, error) { return t.raw.open(), nil })
	if err != nil {
		return fmt.Errorf("checking the sender: %w", err)
	}
	return nil
}

// maxHopOctets bounds the header in which Received fields are counted.
const maxHopOctets = 1 << 20

// hops counts Received fields.
func (t *transaction) hops() (n int, err error) {
	r := bufio.NewReaderSize(io.NewSectionReader(t.raw, 0, maxHopOctets), maxCommand)
	for begins := true; ; {
		line, rest, err := r.ReadLine()
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("reading the raw mail: %w", err)
		}
		if begins && len(line) == 0 {
			return n, nil
		}
		if begins && len(line) > 9 && strings.EqualFold(string(line[:9]), "received:") {
			n++
		}
		begins = !rest
	}
}

// log writes the one line of a mail's fate and passes the answer on.
func (t *transaction) log(e *smtp.SMTPError, id string, cause error) *smtp.SMTPError {
	fate, level := "received", slog.LevelInfo
	// What no client did: the store or the disk fails, or the daemon ends.
	failed := e == errTryAgain && !errors.Is(cause, context.Canceled)
	if failed {
		level = slog.LevelError
	}
	if tell := t.run.server.Kept; tell != nil && (failed || e.Code == 250) {
		tell(!failed)
	}
	switch e.Code / 100 {
	case 4:
		fate = "deferred"
	case 5:
		fate = "refused"
	}
	args := []any{"session", t.in.Session}
	if id != "" {
		args = append(args, "id", id)
	}
	args = append(args, "from", t.in.MailFrom, "rcpts", t.in.Recipients, "bytes", t.in.Raw.Size, "remote", t.in.Remote)
	if fate != "received" {
		args = append(args, "code", e.Code)
	}
	if cause != nil {
		args = append(args, "reason", cause.Error())
	}
	if t.in.ReadError != "" {
		args = append(args, "unreadable", t.in.ReadError)
	}
	if v := t.in.Verdict; v.DMARC != "" {
		args = append(args, "dmarc", v.DMARC)
	}
	t.run.server.Log.Log(context.Background(), level, fate, args...)
	return e
}
