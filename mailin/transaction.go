package mailin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"aside"
	"aside/mailin/read"

	"github.com/emersion/go-smtp"
)

// maxInMemory is the largest mail that is not streamed into the store.
const maxInMemory = 64 << 10

// largeMail is the size, in octets, from which mails are read one at a time:
// reading takes several times their size in memory.
const largeMail = 1 << 20

// maxHops is how many Received fields a mail may carry; RFC 5321 section 6.3
// asks for at least 100 where nothing else stops loops. Mail for a helpdesk
// passes a dozen at most.
const maxHops = 50

// transaction is one mail on its way in.
type transaction struct {
	run  *run
	in   *aside.Inbound
	with string // the protocol that Received names
}

// take reads the mail to its end, has it stored, and says the answer.
func (t *transaction) take(ctx context.Context, r io.Reader) *smtp.SMTPError {
	watched := &watchedReader{r: r}
	raw, err := t.keepRaw(ctx, watched)
	if watched.err != nil {
		return t.log(brokenReply(watched.err), "", watched.err)
	}
	if err != nil {
		return t.log(errTryAgain, "", fmt.Errorf("keeping the raw mail: %w", err))
	}
	if err := t.read(ctx, raw); err != nil {
		var e *smtp.SMTPError
		if errors.As(err, &e) {
			return t.log(e, "", err)
		}
		return t.log(errTryAgain, "", err)
	}
	if err := t.verify(ctx); err != nil {
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

// keepRaw reads the mail, our Received field on top. Small mails stay in
// memory and are returned; larger ones stream into the store.
func (t *transaction) keepRaw(ctx context.Context, r io.Reader) ([]byte, error) {
	head := bytes.NewBuffer(t.received())
	keep := t.run.server.KeepRaw
	if keep == nil {
		if _, err := io.Copy(head, r); err != nil {
			return nil, err
		}
	} else if _, err := io.CopyN(head, r, int64(maxInMemory-head.Len()+1)); err != nil && err != io.EOF {
		return nil, err
	}
	if keep == nil || head.Len() <= maxInMemory {
		t.in.Raw = contentOf(head.Bytes())
		return head.Bytes(), nil
	}
	var err error
	t.in.Raw, err = keep(ctx, io.MultiReader(head, r))
	return nil, err
}

// contentOf is content that is still in memory.
func contentOf(b []byte) aside.Content {
	sum := sha256.Sum256(b)
	return aside.Content{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(b)), Data: b}
}

// received is our trace field (RFC 5321 section 4.4). It names no recipient:
// others would learn of blind copies.
func (t *transaction) received() []byte {
	remote := t.in.Remote
	if ip, err := netip.ParseAddr(remote); err == nil && ip.Unmap().Is6() {
		remote = "IPv6:" + remote
	}
	return fmt.Appendf(nil, "Received: from %s ([%s])\r\n\tby %s with %s id %s;\r\n\t%s\r\n",
		t.in.Helo, remote, t.run.server.Hostname, t.with, t.in.Session, t.in.ReceivedAt.Format(time.RFC1123Z))
}

// place waits for a place among the mails that are read at the same time.
func (t *transaction) place(ctx context.Context) (free func(), err error) {
	freeLarge := func() {}
	if t.in.Raw.Size > largeMail {
		select {
		case t.run.large <- struct{}{}:
			freeLarge = func() { <-t.run.large }
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	select {
	case t.run.readers <- struct{}{}:
	case <-ctx.Done():
		freeLarge()
		return nil, ctx.Err()
	}
	return func() { <-t.run.readers; freeLarge() }, nil
}

// read makes facts of the raw mail. A mail that cannot be read is no error:
// it arrives with ReadError and without facts.
func (t *transaction) read(ctx context.Context, raw []byte) error {
	free, err := t.place(ctx)
	if err != nil {
		return fmt.Errorf("waiting to read the mail: %w", err)
	}
	reading := false // whoever reads gives the place back
	defer func() {
		if !reading {
			free()
		}
	}()
	if raw == nil {
		if raw, err = t.readBack(ctx); err != nil {
			return fmt.Errorf("reading the raw mail back: %w", err)
		}
	}
	if hops(raw) > maxHops {
		return errHops
	}
	reading = true
	mail, err := t.factsInTime(ctx, raw, free)
	var keep *read.KeepError
	if errors.As(err, &keep) {
		return err
	}
	t.in.Mail = mail
	if err != nil {
		t.in.ReadError = err.Error()
	}
	return nil
}

// errTooSlow says that a mail was not read in time. It is filed raw.
var errTooSlow = errors.New("reading took too long")

// factsInTime reads the mail, or gives up after the time for it: then reading
// goes on by itself until it notices, and keeps its place so long, but the
// client is answered.
func (t *transaction) factsInTime(ctx context.Context, raw []byte, release func()) (*aside.Mail, error) {
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
		m, err := t.facts(ctx, raw, session, mailFrom)
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

func (t *transaction) readBack(ctx context.Context) ([]byte, error) {
	r, err := t.run.server.Open(ctx, t.in.Raw.SHA256)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := bytes.NewBuffer(make([]byte, 0, t.in.Raw.Size+bytes.MinRead))
	_, err = b.ReadFrom(r)
	return b.Bytes(), err
}

// facts reads the mail and survives the reader.
func (t *transaction) facts(ctx context.Context, raw []byte, session, mailFrom string) (m *aside.Mail, err error) {
	defer func() {
		if p := recover(); p != nil {
			t.run.server.Log.Error("panic", "session", session, "in", "read", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			m, err = nil, fmt.Errorf("reading panicked: %v", p)
		}
	}()
	return read.Mail(ctx, raw, read.Options{
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
	t.in.Verdict, err = check(ctx, t.in, func() (io.ReadCloser, error) {
		if t.in.Raw.Data != nil {
			return io.NopCloser(bytes.NewReader(t.in.Raw.Data)), nil
		}
		return t.run.server.Open(ctx, t.in.Raw.SHA256)
	})
	if err != nil {
		return fmt.Errorf("checking the sender: %w", err)
	}
	return nil
}

// hops counts Received fields.
func hops(raw []byte) int {
	n := 0
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		if len(bytes.TrimRight(line, "\r")) == 0 {
			break
		}
		if len(line) > 9 && strings.EqualFold(string(line[:9]), "received:") {
			n++
		}
		raw = rest
	}
	return n
}

// log writes the one line of a mail's fate and passes the answer on.
func (t *transaction) log(e *smtp.SMTPError, id string, cause error) *smtp.SMTPError {
	fate := "received"
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
	t.run.server.Log.Info(fate, args...)
	return e
}
