package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"aside"
	"aside/mailin/read"
	replies "aside/reply"
)

// readCmd says what aside reads in mails.
type readCmd struct {
	Config string   `hidden:""`
	JSON   bool     `name:"json" hidden:"" help:"It is JSON anyway."`
	File   []string `arg:"" help:"Mails, mboxes, folders of them, or - for standard input."`
	in     io.Reader
}

// Help is shown by --help.
func (readCmd) Help() string {
	return "Examples:\n  aside read strange.eml\n  aside read ~/old-mail | jq .text\n  aside read - < strange.eml\n\n" +
		"Needs no config and stores nothing. Prints one JSON object a mail and line, in order;\nthe keys stand in docs/contract.md. Folders are read with all that is in them."
}

// readRow is a mail as `aside read` prints it.
type readRow struct {
	File        string                  `json:"file"`
	Kind        aside.MailKind          `json:"kind"`
	From        aside.Address           `json:"from"`
	To          []aside.Address         `json:"to"`
	Cc          []aside.Address         `json:"cc"`
	Subject     string                  `json:"subject"`
	Date        *string                 `json:"date"` // RFC 3339, in the writer's zone
	MessageID   string                  `json:"message_id"`
	Text        string                  `json:"text"`
	Elided      string                  `json:"elided"`
	HTML        string                  `json:"html"`
	Forwarded   *forwardedRow           `json:"forwarded"`
	Attachments []attachmentRow         `json:"attachments"`
	Failed      []aside.FailedRecipient `json:"failed"`
	Until       *string                 `json:"until"`
	Problems    []string                `json:"problems"`
}

type forwardedRow struct {
	From    aside.Address `json:"from"`
	Subject string        `json:"subject"`
	Text    string        `json:"text"`
}

// attachmentRow is a file of a mail or message.
type attachmentRow struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Inline bool   `json:"inline"`
}

func attachmentRows(attachments []aside.Attachment) []attachmentRow {
	rows := []attachmentRow{}
	for _, a := range attachments {
		rows = append(rows, attachmentRow{Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256, Inline: a.Inline})
	}
	return rows
}

// Run reads them all, several at once, and prints them in order. What cannot
// be read does not keep the others from being read.
func (c readCmd) Run(ctx context.Context, o output) error {
	if c.in == nil {
		c.in = os.Stdin
	}
	p := startReading(ctx, o.out)
	missing := 0
	for _, name := range c.File {
		missing += p.add(name, c.in, o.err)
	}
	unread, err := p.wait()
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case missing > 0 || unread > 0:
		return fmt.Errorf("%d files could not be opened, %d mails could not be read", missing, unread)
	}
	return nil
}

// readJob is one mail on its way through the readers; line has room for the
// answer.
type readJob struct {
	file string
	raw  []byte
	long bool // raw is not all of it
	line chan readLine
}

type readLine struct {
	json   []byte
	unread bool
}

// reading hands mails to readers and prints what comes back in the order of
// the mails. A mail is held while it is read and no longer: a folder may be
// large, and a mail, too.
type reading struct {
	ctx    context.Context
	jobs   chan readJob
	order  chan chan readLine
	done   chan struct{}
	unread int
	err    error
}

func startReading(ctx context.Context, out io.Writer) *reading {
	n := runtime.GOMAXPROCS(0)
	r := &reading{ctx: ctx, jobs: make(chan readJob), order: make(chan chan readLine, 4*n), done: make(chan struct{})}
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for j := range r.jobs {
				j.line <- j.read(ctx)
			}
		})
	}
	go func() {
		defer close(r.done)
		for next := range r.order {
			line := <-next
			if line.unread {
				r.unread++
			}
			if r.err == nil {
				_, r.err = out.Write(line.json)
			}
		}
		wg.Wait()
	}()
	return r
}

// mail takes one more mail; false when it is no use to go on.
func (r *reading) mail(file string, raw []byte, long bool) bool {
	if r.ctx.Err() != nil {
		return false
	}
	j := readJob{file: file, raw: raw, long: long, line: make(chan readLine, 1)}
	r.jobs <- j
	r.order <- j.line
	return true
}

// wait returns how many mails could not be read, and what went wrong in
// printing.
func (r *reading) wait() (int, error) {
	close(r.jobs)
	close(r.order)
	<-r.done
	return r.unread, r.err
}

// read makes a line of a mail, and survives the readers: a mail that breaks
// them is what an admin most wants to see named.
func (j readJob) read(ctx context.Context) (line readLine) {
	row := emptyRow(j.file)
	defer func() {
		if p := recover(); p != nil {
			row = emptyRow(j.file)
			row.Problems = append(row.Problems, fmt.Sprintf("reading it panicked: %v", p))
			line = readLine{row.line(), true}
		}
	}()
	m, err := read.Mail(ctx, j.raw, read.Options{})
	if errors.Is(err, read.ErrEmpty) {
		// Folders of mail hold empty files; there is nothing to read in them.
		row.Problems = append(row.Problems, err.Error())
		return readLine{row.line(), false}
	}
	if err != nil {
		row.Problems = append(row.Problems, err.Error())
		return readLine{row.line(), true}
	}
	row.fill(m)
	if j.long {
		row.Problems = append(row.Problems, fmt.Sprintf("longer than %d MB, the rest was left out", maxRead>>20))
	}
	return readLine{row.line(), false}
}

func emptyRow(file string) *readRow {
	return &readRow{File: file, Kind: aside.KindMail, To: []aside.Address{}, Cc: []aside.Address{}, Attachments: []attachmentRow{},
		Failed: []aside.FailedRecipient{}, Problems: []string{}}
}

// fill takes the facts over, and divides the text as a helpdesk would that
// knows nothing of the mail before.
func (r *readRow) fill(m *aside.Mail) {
	r.Kind, r.From, r.To, r.Cc = m.Kind, m.From, list(m.To), list(m.Cc)
	r.Subject, r.Date, r.MessageID = m.Subject, written(m.Date), m.MessageID
	r.Attachments, r.Failed, r.Until, r.Problems = attachmentRows(m.Attachments), list(m.Failed), written(m.Until), list(m.Problems)
	doc := replies.Read(m, replies.Held{CutSignature: true})
	r.Text, r.HTML = doc.Text(), doc.HTML()
	if r.HTML == "" && m.HTML != "" && r.Text != "" {
		r.HTML = replies.TextToHTML(r.Text)
	}
	// The signature is cut like a quotation, and like it not lost.
	r.Elided = strings.TrimSpace(doc.Signature() + "\n\n" + doc.Elided())
	if left := doc.Left(); left != "" {
		r.Problems = append(r.Problems, "text and HTML differ, and only the other one says: "+left)
	}
	if doc.Truncated() {
		r.Problems = append(r.Problems, "the text is longer than is read")
	}
	f := doc.Forwarded()
	if f == nil {
		f = m.Forwarded
	}
	if f != nil {
		r.Forwarded = &forwardedRow{From: f.From, Subject: f.Subject, Text: f.Text}
	}
}

func (r *readRow) line() []byte {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil { // strings and numbers alone: cannot fail
		panic(errors.Join(errors.New("encoding a mail"), err))
	}
	return []byte(b.String())
}

// written is a time as its writer gave it.
func written(t time.Time) *string {
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return nil
	}
	s := t.Format(time.RFC3339)
	return &s
}
