package harness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // decodes what is not UTF-8
	gomail "github.com/emersion/go-message/mail"
	"github.com/inbucket/html2text"
)

// Person is a name with an address.
type Person struct{ Name, Address string }

// File is an attachment or an inline picture.
type File struct {
	Name, Type string
	ContentID  string // without angle brackets
	Inline     bool
	Data       []byte
}

// Mail is a mail that aside delivered, read as a mail client reads it.
type Mail struct {
	File        string // where it was found
	At          time.Time
	Raw         []byte
	Header      gomail.Header
	From        Person
	ReplyTo     Person
	To, Cc      []Person
	Subject     string
	MessageID   string
	InReplyTo   []string
	References  []string
	ReturnPath  string
	DeliveredTo string
	Text, HTML  string
	Files       []File
}

// ParseMail reads a mail. What no client could read is an error: aside has no
// excuse for sending it.
func ParseMail(raw []byte) (*Mail, error) {
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("reading a delivered mail: %w\n%s", err, raw)
	}
	m := &Mail{Raw: raw, Header: gomail.Header{Header: e.Header}}
	if err := m.readHeader(); err != nil {
		return nil, fmt.Errorf("%w in the header of\n%s", err, raw)
	}
	if err := m.readPart(e); err != nil {
		return nil, fmt.Errorf("%w in\n%s", err, raw)
	}
	return m, nil
}

func (m *Mail) readHeader() error {
	var errs []error
	list := func(key string) []Person {
		addrs, err := m.Header.AddressList(key)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
		var out []Person
		for _, a := range addrs {
			out = append(out, Person{a.Name, a.Address})
		}
		return out
	}
	first := func(key string) Person {
		if l := list(key); len(l) > 0 {
			return l[0]
		}
		return Person{}
	}
	ids := func(key string) []string {
		l, err := m.Header.MsgIDList(key)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
		return l
	}
	m.From, m.ReplyTo, m.To, m.Cc = first("From"), first("Reply-To"), list("To"), list("Cc")
	m.InReplyTo, m.References = ids("In-Reply-To"), ids("References")
	if id := ids("Message-Id"); len(id) > 0 {
		m.MessageID = id[0]
	}
	var err error
	if m.Subject, err = m.Header.Subject(); err != nil {
		errs = append(errs, err)
	}
	m.ReturnPath = strings.Trim(m.Header.Get("Return-Path"), "<>")
	m.DeliveredTo = strings.Trim(m.Header.Get("Delivered-To"), "<>")
	return errors.Join(errs...)
}

func (m *Mail) readPart(e *message.Entity) error {
	if mr := e.MultipartReader(); mr != nil {
		for {
			p, err := mr.NextPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("next part: %w", err)
			}
			if err := m.readPart(p); err != nil {
				return err
			}
		}
	}
	body, err := io.ReadAll(e.Body)
	if err != nil {
		return fmt.Errorf("reading a part: %w", err)
	}
	kind, params, _ := e.Header.ContentType()
	disposition, dparams, _ := e.Header.ContentDisposition()
	name := dparams["filename"]
	if name == "" {
		name = params["name"]
	}
	switch {
	case kind == "text/plain" && disposition != "attachment" && name == "":
		m.Text += strings.ReplaceAll(string(body), "\r\n", "\n")
	case kind == "text/html" && disposition != "attachment" && name == "":
		m.HTML += strings.ReplaceAll(string(body), "\r\n", "\n")
	default:
		m.Files = append(m.Files, File{Name: name, Type: kind, Inline: disposition == "inline",
			ContentID: strings.Trim(e.Header.Get("Content-Id"), "<>"), Data: body})
	}
	return nil
}

// Plain is the text that a client without HTML shows and quotes.
func (m *Mail) Plain() string {
	if m.Text != "" {
		return m.Text
	}
	t, err := html2text.FromString(m.HTML)
	if err != nil {
		return m.HTML
	}
	return t
}

var (
	frameLine = regexp.MustCompile(`(?m)^(?:YOUR REPLY |Resolve \| Snooze)`)
	marker    = regexp.MustCompile(`(?i)aside-[a-z0-9]{10}`)
	token     = regexp.MustCompile(`(?i)[+]([a-z2-7]{40})@`)
)

// Words is what a person said in the mail: the text above a notice's frame.
func (m *Mail) Words() string {
	text := m.Plain()
	if at := frameLine.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	return strings.TrimSpace(text)
}

// Fresh is what a person said without lines that are marked as quoted.
func (m *Mail) Fresh() string {
	var out []string
	for _, line := range strings.Split(m.Words(), "\n") {
		if !strings.HasPrefix(line, ">") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// Markers returns the markers in anything a person or a search would find in
// the mail: header, text, HTML and files, decoded, and the raw bytes.
func (m *Mail) Markers() []string { return marker.FindAllString(m.Everything(), -1) }

// Tokens returns the different tokens in addresses anywhere in the mail,
// lower-case.
func (m *Mail) Tokens() []string {
	var out []string
	seen := map[string]bool{}
	for _, t := range token.FindAllStringSubmatch(m.Everything(), -1) {
		if w := strings.ToLower(t[1]); !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// Token is the token of the Reply-To, lower-case, or "".
func (m *Mail) Token() string {
	if t := token.FindStringSubmatch(m.ReplyTo.Address); t != nil {
		return strings.ToLower(t[1])
	}
	return ""
}

// Everything is the raw mail and every part of it decoded: what a search for
// something that must not be there has to look through.
func (m *Mail) Everything() string {
	var b strings.Builder
	b.Write(m.Raw)
	for _, s := range []string{m.Subject, m.From.Name, m.ReplyTo.Name, m.Text, m.HTML} {
		b.WriteString("\n")
		b.WriteString(s)
	}
	for _, l := range [][]Person{m.To, m.Cc} {
		for _, p := range l {
			b.WriteString("\n" + p.Name)
		}
	}
	for _, f := range m.Files {
		b.WriteString("\n" + f.Name + "\n")
		b.Write(f.Data)
	}
	return b.String()
}

// Leaks reports whether any of the mail's bytes, raw or decoded, holds s.
func (m *Mail) Leaks(s string) bool {
	return strings.Contains(strings.ToLower(m.Everything()), strings.ToLower(s))
}

// HasFile returns the file of that name, or nil.
func (m *Mail) HasFile(name string) *File {
	for i := range m.Files {
		if m.Files[i].Name == name {
			return &m.Files[i]
		}
	}
	return nil
}

// Summary shows mails in a line each, for a failing test.
func Summary(mails []*Mail) string {
	var b strings.Builder
	for _, m := range mails {
		text := strings.Join(strings.Fields(m.Plain()), " ")
		fmt.Fprintf(&b, "  from %q, reply to %q, subject %q: %.300s\n", m.From.Name, m.ReplyTo.Name, m.Subject, text)
	}
	return b.String()
}
