// Package read turns the bytes of a mail into facts. Whatever strangers send
// is read as well as it can be: nothing in a mail makes reading fail, what was
// broken is told in Mail.Problems. Work and memory are bounded by the mail's
// size, the depth of its parts and their number.
package read

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"aside"
)

// Options say how to read. The zero value is good for looking at a mail.
type Options struct {
	// Keep stores the decoded bytes of an attachment and says where they are.
	// nil only hashes them.
	Keep func(r io.Reader) (aside.Content, error)
	// MailFrom is the envelope sender: nil if unknown, "" for the null sender.
	MailFrom *string
	MaxDepth int           // of nested multiparts; 8 when zero, and never more. Twice as many are read in all
	MaxParts int           // in all; 500 when zero
	MaxText  int           // octets of text, and of HTML, kept; 2 MB when zero
	Timeout  time.Duration // of reading, Keep apart, after which the rest is left out; 10 s when zero
}

// ErrEmpty says that there is nothing to read.
var ErrEmpty = errors.New("the mail is empty")

// KeepError says that Options.Keep failed: the mail is readable and should be
// tried again.
type KeepError struct {
	Name string // of the attachment
	Err  error
}

// Error names the attachment and what went wrong.
func (e *KeepError) Error() string { return fmt.Sprintf("keeping attachment %q: %v", e.Name, e.Err) }

// Unwrap gives the error of Keep.
func (e *KeepError) Unwrap() error { return e.Err }

// Mail reads a mail (RFC 5322 with MIME, and what is sent in its place). The
// error is ErrEmpty, a *KeepError, or nil.
func Mail(ctx context.Context, raw []byte, o Options) (*aside.Mail, error) {
	l, err := ScanBytes(raw)
	if err != nil {
		return nil, err
	}
	return l.Mail(ctx, o)
}

// ScanBytes is Scan of a mail that is in memory; it is not copied.
func ScanBytes(raw []byte) (*Large, error) {
	source, size := bytes.NewReader(raw), int64(len(raw))
	if size > outlineFrom {
		return Scan(source, size)
	}
	return notEmpty(&outline{source: source, size: size, raw: trimLead(usualEnds(raw))})
}

// Large is a mail that is read without holding what is attached to it.
type Large struct{ outline *outline }

// Scan reads the raw mail once, and remembers where its parts are: raw must stay
// as it is while the mail is read. The error is ErrEmpty or a *SourceError.
func Scan(raw io.ReaderAt, size int64) (*Large, error) {
	return scan(raw, size, outlineFrom, keptBody)
}

func scan(raw io.ReaderAt, size, from, kept int64) (*Large, error) {
	var o *outline
	var err error
	if size <= from {
		o, err = whole(raw, size)
	} else {
		o, err = newOutline(raw, size, kept)
	}
	if err != nil {
		return nil, err
	}
	return notEmpty(o)
}

func notEmpty(o *outline) (*Large, error) {
	if len(o.raw) == 0 {
		return nil, ErrEmpty
	}
	return &Large{o}, nil
}

// Held is how many octets of the mail are held while it is read, about: its text
// and the headers of its parts.
func (l *Large) Held() int { return len(l.outline.raw) + int(l.outline.words) }

// Mail reads the mail, once. The error is a *KeepError, a *SourceError, or nil.
func (l *Large) Mail(ctx context.Context, o Options) (*aside.Mail, error) {
	o = o.withDefaults()
	s := &tree{ctx: ctx, deadline: time.Now().Add(o.Timeout), outline: l.outline, depth: o.MaxDepth, multiparts: 2 * maxDepth, parts: o.MaxParts}
	root := s.take(l.outline.raw)
	l.outline.raw = nil // the parts are copies
	m := &aside.Mail{Kind: aside.KindMail}
	readHeader(m, &root.header, &s.problems)
	b := &bodyReader{mail: m, opts: o, tree: s, root: root}
	if err := b.read(); err != nil {
		return nil, err
	}
	recognise(m, b)
	m.Problems, m.LeftOut = s.problems.said, s.problems.lost
	m.Digest = digest(m)
	return m, nil
}

func (o Options) withDefaults() Options {
	if o.Keep == nil {
		o.Keep = Hash
	}
	if o.MaxDepth <= 0 || o.MaxDepth > maxDepth {
		o.MaxDepth = maxDepth
	}
	if o.MaxParts <= 0 {
		o.MaxParts = 500
	}
	if o.MaxText <= 0 {
		o.MaxText = 2 << 20
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	return o
}

// Hash reads everything and keeps nothing but its hash and size.
func Hash(r io.Reader) (aside.Content, error) {
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err != nil {
		return aside.Content{}, fmt.Errorf("hashing content: %w", err)
	}
	return aside.Content{SHA256: hex.EncodeToString(h.Sum(nil)), Size: n}, nil
}

// trimLead removes empty lines and an mbox "From " line before the header.
func trimLead(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
	raw = bytes.TrimLeft(raw, "\r\n\t ")
	if mbox, found := bytes.CutPrefix(bytes.TrimPrefix(raw, []byte(">")), []byte("From ")); found {
		if bytes.HasPrefix(bytes.TrimLeft(mbox, " \t"), []byte(":")) {
			return raw // the obsolete form of a field (RFC 5322 section 4.5)
		}
		_, raw = nextLine(raw)
		raw = bytes.TrimLeft(raw, "\r\n")
	}
	return raw
}

// Limits of what is kept of a header's text, in octets.
const (
	maxSubject = 2000
	maxName    = 300
)

// shorten cuts text at a character's end.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// readHeader reads who, when and what about.
func readHeader(m *aside.Mail, h *header, problems *problemList) {
	addresses := func(name string) (out []aside.Address) {
		for _, v := range h.all(name) {
			out = append(out, parseAddresses(v)...)
			if len(out) >= maxAddresses {
				problems.leftOut("%s names more than %d addresses, the rest was left out", name, maxAddresses)
				return out[:maxAddresses]
			}
		}
		return out
	}
	for _, name := range []string{"From", "Subject", "Date", "Message-ID", "Content-Type"} { // RFC 5322 section 3.6
		if len(h.all(name)) > 1 {
			problems.add("%s stands more than once", name)
		}
	}
	m.FromAll = addresses("from")
	if len(m.FromAll) > 0 {
		m.From = m.FromAll[0]
	} else if v := h.get("from"); v != "" {
		m.From.Name = cleanName(v)
		problems.add("From holds no address")
	} else {
		problems.add("From is missing")
	}
	if s := addresses("sender"); len(s) > 0 {
		m.Sender = s[0]
	}
	m.ReplyTo = addresses("reply-to")
	m.To, m.Cc, m.ResentTo = addresses("to"), addresses("cc"), addresses("resent-to")
	for _, name := range []string{"delivered-to", "x-original-to", "envelope-to"} {
		for _, a := range addresses(name) {
			if len(m.DeliveredTo) < maxAddresses {
				m.DeliveredTo = append(m.DeliveredTo, a.Address)
			}
		}
	}
	m.Subject = shorten(decodeHeader(h.get("subject")), maxSubject)
	if v := h.get("date"); v != "" {
		if m.Date = parseDate(v); m.Date.IsZero() {
			problems.add("Date is unreadable: %s", printable(v))
		}
	}
	if v := h.get("message-id"); v != "" {
		if m.MessageID = parseMessageID(v); m.MessageID == "" {
			problems.add("Message-ID is unreadable: %s", printable(v))
		}
	}
	m.InReplyTo = parseIDs(h.all("in-reply-to"))
	m.References = parseIDs(h.all("references"))
}
