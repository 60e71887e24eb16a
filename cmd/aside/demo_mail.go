package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // reads what is not UTF-8
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"
)

// letter is a mail as it lies in a mailbox of the demo, or as a player wrote
// it.
type letter struct {
	file       string
	at         time.Time
	raw        []byte
	from       mail.Address
	replyTo    mail.Address
	subject    string
	id         string // Message-ID without angle brackets
	text, html string
	decoded    []string // every header field and every part, decoded
	unread     []string // what could not be decoded
	written    bool     // by the mailbox's owner, and not received
}

// readLetter reads a mail whole: what cannot be decoded is noted, since a leak
// could hide there.
func readLetter(raw []byte) *letter {
	l := &letter{raw: raw}
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		l.unread = append(l.unread, err.Error())
	}
	if e == nil {
		return l
	}
	h := mail.Header{Header: e.Header}
	if from, err := h.AddressList("From"); err == nil && len(from) > 0 {
		l.from = *from[0]
	}
	l.replyTo = l.from
	if to, err := h.AddressList("Reply-To"); err == nil && len(to) > 0 {
		l.replyTo = *to[0]
	}
	l.subject, _ = h.Subject()
	l.id, _ = h.MessageID()
	if err := e.Walk(l.part); err != nil {
		l.unread = append(l.unread, err.Error())
	}
	return l
}

// part takes one part of a mail in; it is a message.WalkFunc.
func (l *letter) part(path []int, e *message.Entity, err error) error {
	if err != nil {
		l.unread = append(l.unread, fmt.Sprintf("part %v: %v", path, err))
	}
	if e == nil {
		return nil
	}
	for f := e.Header.Fields(); f.Next(); {
		value, err := f.Text()
		if err != nil {
			value = f.Value()
		}
		l.decoded = append(l.decoded, f.Key()+": "+value)
	}
	kind, _, _ := e.Header.ContentType()
	if strings.HasPrefix(kind, "multipart/") {
		return nil
	}
	body, err := io.ReadAll(e.Body)
	if err != nil {
		l.unread = append(l.unread, fmt.Sprintf("part %v: %v", path, err))
	}
	text := strings.ReplaceAll(string(body), "\r\n", "\n")
	l.decoded = append(l.decoded, text)
	switch {
	case kind == "text/plain" && l.text == "":
		l.text = text
	case kind == "text/html" && l.html == "":
		l.html = text
		l.decoded = append(l.decoded, html.UnescapeString(tags.ReplaceAllString(text, "")), html.UnescapeString(tags.ReplaceAllString(text, " ")))
	}
	return nil
}

// mailbox reads what was delivered to an address, oldest first.
func (s *stage) mailbox(address string) ([]*letter, error) {
	dir := filepath.Join(s.boxes, address, "new")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the mailbox: %w", err)
	}
	var box []*letter
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		info, err := entry.Info()
		if err != nil {
			return nil, fmt.Errorf("read the mailbox: %w", err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the mailbox: %w", err)
		}
		l := readLetter(raw)
		l.file, l.at = path, info.ModTime()
		box = append(box, l)
	}
	slices.SortStableFunc(box, func(a, b *letter) int { return a.at.Compare(b.at) })
	return box, nil
}

// draft is a mail that a player is about to send.
type draft struct {
	from    mail.Address
	to      mail.Address
	subject string
	text    string
	answers *letter // quoted whole below the text; nil for a new mail
}

// answerTo is an answer as mail clients make it: to Reply-To, with everything
// quoted, the frame of a notice included.
func answerTo(from mail.Address, text string, to *letter) draft {
	subject := to.subject
	if !strings.HasPrefix(subject, "Re: ") {
		subject = "Re: " + subject
	}
	return draft{from: from, to: to.replyTo, subject: subject, text: text, answers: to}
}

// bytes writes the draft as a client does, as text and as HTML.
func (d draft) bytes(now time.Time) ([]byte, error) {
	var h mail.Header
	h.SetDate(now)
	h.SetAddressList("From", []*mail.Address{&d.from})
	h.SetAddressList("To", []*mail.Address{&d.to})
	h.SetSubject(d.subject)
	h.SetMessageID(strings.ToLower(rand.Text()) + "@client.example")
	text, page := d.text+"\n", "<div>"+escaped(d.text)+"</div>"
	if a := d.answers; a != nil {
		h.SetMsgIDList("In-Reply-To", []string{a.id})
		h.SetMsgIDList("References", []string{a.id})
		wrote := "On " + now.Format("Mon, 2 Jan 2006 at 15:04") + ", " + a.from.Name + " wrote:"
		text += "\n" + wrote + "\n> " + strings.ReplaceAll(strings.TrimRight(a.text, "\n"), "\n", "\n> ") + "\n"
		quoted := a.html
		if quoted == "" {
			quoted = escaped(a.text)
		}
		page += `<br><div class="gmail_quote"><div class="gmail_attr">` + escaped(wrote) +
			`<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">` + quoted + "</blockquote></div>"
	}
	var b bytes.Buffer
	w, err := mail.CreateInlineWriter(&b, h)
	if err != nil {
		return nil, err
	}
	for _, p := range [][2]string{{"text/plain", text}, {"text/html", page}} {
		var ih mail.InlineHeader
		ih.SetContentType(p[0], map[string]string{"charset": "utf-8"})
		pw, err := w.CreatePart(ih)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(pw, p[1]); err != nil {
			return nil, err
		}
		if err := pw.Close(); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func escaped(text string) string {
	return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n")
}

// send hands a mail to the daemon over SMTP.
func (s *stage) send(ctx context.Context, from, to string, raw []byte) error {
	conn, err := (&net.Dialer{Timeout: demoPatience}).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(demoPatience)); err != nil {
		return err
	}
	c := smtp.NewClient(conn)
	if err := c.Hello("client.example"); err != nil {
		return err
	}
	if err := c.SendMail(from, []string{to}, bytes.NewReader(raw)); err != nil {
		return err
	}
	return c.Quit()
}
