package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"

	"aside"
	"aside/mailin/read"
	"aside/reply"
)

// aspect is one thing that a reading can get right or wrong.
type aspect string

// The aspects, in the order of the table.
const (
	kinds    aspect = "kind"
	failed   aspect = "failed addresses"
	headers  aspect = "header"
	files    aspect = "files"
	forwards aspect = "forwarded"
	replies  aspect = "reply text"
	elided   aspect = "signature"
	times    aspect = "time"
)

var aspects = []aspect{kinds, failed, headers, files, forwards, replies, elided, times}

// expectation is what a collection says of one of its mails; what it does not
// say is nil or empty.
type expectation struct {
	Class       string   `json:"class"`
	Failed      []string `json:"failed"`
	Temporary   []string `json:"temporary"`
	FromEmail   string   `json:"from_email"`
	FromName    *string  `json:"from_name"`
	Subject     *string  `json:"subject"`
	MessageID   string   `json:"message_id"`
	InReplyTo   string   `json:"in_reply_to_first"`
	Text        *string  `json:"text"`
	NFiles      *int     `json:"n_attachments"`
	Forwarded   *bool    `json:"forwarded"`
	ReplyText   *string  `json:"reply_text"`
	StartsWith  string   `json:"reply_startswith"`
	Contains    []string `json:"reply_contains"`
	NotContains []string `json:"reply_not_contains"`
	Signature   *string  `json:"signature"`
	MaxSeconds  float64  `json:"max_seconds"`
}

// verdict is one aspect of one mail.
type verdict struct {
	file   string // from the collection's folder
	aspect aspect
	wrong  string // what differs; empty when it is as expected
	why    string // the argument, where we read it so on purpose
}

// key is how a verdict is argued about.
func (v verdict) key(s *set) string { return s.name + "/" + v.file + " " + string(v.aspect) }

// set is one collection.
type set struct {
	name     string
	mails    int
	broken   []string // what could not be read at all
	verdicts []verdict
	// machines counts, among mail of which nothing is said, what is not taken
	// for a person's, by the evidence.
	ordinary int
	machines map[string]int
}

// judgeAll reads every collection below a folder.
func judgeAll(dir string) ([]*set, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []*set
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "dompurify" { // payloads, no mail
			continue
		}
		s, err := judgeSet(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("the collection %s: %w", e.Name(), err)
		}
		out = append(out, s)
	}
	return out, nil
}

func judgeSet(dir string) (*set, error) {
	s := &set{name: filepath.Base(dir), machines: map[string]int{}}
	want := struct{ Files map[string]expectation }{}
	raw, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err == nil {
		err = json.Unmarshal(raw, &want)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	paths, err := mailsIn(dir, want.Files)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return nil, err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		e, said := want.Files[filepath.ToSlash(name)]
		s.judge(filepath.ToSlash(name), raw, e, said)
	}
	return s, nil
}

// mailsIn lists what is mail: by its ending, by its beginning, or because
// something is said of it.
func mailsIn(dir string, said map[string]expectation) (out []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		_, named := said[filepath.ToSlash(name)]
		switch filepath.Ext(path) {
		case ".eml", ".raw", ".mime", ".msg":
			out = append(out, path)
		case ".txt":
			if named || d.Name() != "SOURCE.txt" && beginsLikeMail(path) {
				out = append(out, path)
			}
		default:
			if named {
				out = append(out, path)
			}
		}
		return nil
	})
	sort.Strings(out)
	return out, err
}

func beginsLikeMail(path string) bool {
	raw, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	head, _, _ := bytes.Cut(bytes.ToLower(raw[:min(len(raw), 4000)]), []byte("\n\n"))
	for _, field := range []string{"from:", "subject:", "content-type:"} {
		if bytes.HasPrefix(head, []byte(field)) || bytes.Contains(head, []byte("\n"+field)) {
			return true
		}
	}
	return false
}

// judge reads one mail as `aside read` does, and holds it against what is said.
func (s *set) judge(name string, raw []byte, e expectation, said bool) {
	s.mails++
	start := time.Now()
	m, err := read.Mail(context.Background(), asMail(name, raw), read.Options{})
	if err != nil {
		s.broken = append(s.broken, name+": "+err.Error())
		return
	}
	doc := reply.Read(m, reply.Held{CutSignature: true})
	text, took := doc.Text(), time.Since(start)
	if !said || e.Class == "unspecified" {
		s.ordinary++
		if m.Kind != aside.KindMail {
			s.machines[string(m.Kind)+": "+evidence(m.AutoReason)]++
		}
		if !said {
			return
		}
	}
	add := func(a aspect, wrong string) {
		v := verdict{file: name, aspect: a, wrong: wrong}
		if wrong != "" {
			v.why = argued[v.key(s)]
		}
		s.verdicts = append(s.verdicts, v)
	}
	if e.Class != "unspecified" && (e.Class != "" || strings.HasSuffix(name, ".eml")) {
		add(kinds, kindWrong(m, e.Class))
	}
	if len(e.Failed)+len(e.Temporary) > 0 {
		add(failed, failedWrong(m.Failed, e))
	}
	if w, stated := headerWrong(m, e); stated {
		add(headers, w)
	}
	if e.NFiles != nil {
		add(files, differs("%d files", len(m.Attachments), *e.NFiles))
	}
	if e.Forwarded != nil {
		add(forwards, differs("forwarded: %v", doc.Forwarded() != nil || m.Forwarded != nil, *e.Forwarded))
	}
	if w, stated := replyWrong(text, e); stated {
		add(replies, w)
	}
	if e.Signature != nil {
		add(elided, signatureWrong(doc, *e.Signature))
	}
	if e.MaxSeconds > 0 {
		limit := time.Duration(min(e.MaxSeconds, 1) * float64(time.Second))
		w := ""
		if took > limit {
			w = fmt.Sprintf("more than %v", limit)
		}
		add(times, w)
	}
}

// asMail wraps what is a body alone.
func asMail(name string, raw []byte) []byte {
	switch ext := filepath.Ext(name); {
	case ext == ".html":
		return append([]byte("From: a@x.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"), raw...)
	case ext == ".eml" || ext == ".raw" || ext == ".mime" || ext == ".msg":
		return raw
	case len(raw) > 0 && !bytesLikeMail(raw):
		return append([]byte("From: a@x.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"), raw...)
	}
	return raw
}

// bytesLikeMail reports a header at the very start.
func bytesLikeMail(raw []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(raw, "\r\n"), []byte("\n"))
	field, _, ok := bytes.Cut(line, []byte(":"))
	return mboxLine.Match(line) || ok && len(field) > 0 && !bytes.ContainsAny(field, " \t<>@,.")
}

var mboxLine = regexp.MustCompile(`^From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) `)

// evidence keeps of a reason what does not differ from mail to mail.
func evidence(reason string) string {
	reason, _, _ = strings.Cut(reason, " (")
	return strings.TrimSpace(reason)
}

// kindsOf are the kinds that mean the same as another project's class.
var kindsOf = map[string][]aside.MailKind{
	"bounce":     {aside.KindBounce, aside.KindDelay},
	"delay":      {aside.KindDelay},
	"auto":       {aside.KindAuto, aside.KindList},
	"challenge":  {aside.KindAuto},
	"calendar":   {aside.KindAuto, aside.KindMail},
	"report":     {aside.KindReport},
	"feedback":   {aside.KindReport},
	"delivered":  {aside.KindReceipt},
	"not-bounce": {aside.KindMail, aside.KindAuto, aside.KindList, aside.KindReceipt, aside.KindReport},
	"":           {aside.KindMail, aside.KindList, aside.KindAuto},
}

func kindWrong(m *aside.Mail, class string) string {
	allowed, ok := kindsOf[class]
	if !ok || slices.Contains(allowed, m.Kind) {
		return ""
	}
	return fmt.Sprintf("%s (%s), expected %s", m.Kind, m.AutoReason, class)
}

// failedWrong compares addresses, and whether they are given up or tried again.
func failedWrong(got []aside.FailedRecipient, e expectation) string {
	have := map[string]bool{}
	for _, f := range got {
		have[f.Address] = f.Permanent
	}
	want := map[string]bool{}
	for _, a := range e.Failed {
		want[strings.ToLower(a)] = true
	}
	for _, a := range e.Temporary {
		if _, twice := want[strings.ToLower(a)]; !twice {
			want[strings.ToLower(a)] = false
		}
	}
	wrong := len(have) != len(want)
	for a, permanent := range want {
		p, ok := have[a]
		wrong = wrong || !ok || p != permanent
	}
	if !wrong {
		return ""
	}
	return fmt.Sprintf("%v, expected %v", have, want)
}

func headerWrong(m *aside.Mail, e expectation) (wrong string, said bool) {
	check := func(what, got string, want *string) {
		if want == nil || *want == "" && what != "subject" {
			return
		}
		said = true
		if squeeze(got) != squeeze(*want) {
			wrong += fmt.Sprintf("%s %q, expected %q; ", what, got, *want)
		}
	}
	first := ""
	if len(m.InReplyTo) > 0 {
		first = m.InReplyTo[0]
	}
	from := strings.ToLower(e.FromEmail)
	check("from", m.From.Address, &from)
	check("name", m.From.Name, e.FromName)
	check("subject", m.Subject, e.Subject)
	check("message-id", m.MessageID, &e.MessageID)
	check("in-reply-to", first, &e.InReplyTo)
	check("text", m.Text, e.Text)
	return wrong, said
}

func replyWrong(text string, e expectation) (wrong string, said bool) {
	tell := func(format string, a ...any) { wrong += fmt.Sprintf(format, a...) + "; " }
	if e.ReplyText != nil {
		said = true
		if packed(text) != packed(*e.ReplyText) {
			tell("reads %.200q, expected %.200q", squeeze(text), squeeze(*e.ReplyText))
		}
	}
	if e.StartsWith != "" {
		said = true
		if !strings.HasPrefix(squeeze(text), squeeze(e.StartsWith)) {
			tell("does not begin with %.100q", e.StartsWith)
		}
	}
	for _, c := range e.Contains {
		said = true
		if !strings.Contains(squeeze(text), squeeze(c)) {
			tell("does not hold %.100q", c)
		}
	}
	for _, c := range e.NotContains {
		said = true
		if strings.Contains(squeeze(text), squeeze(c)) {
			tell("holds %.100q", c)
		}
	}
	return wrong, said
}

func signatureWrong(doc *reply.Document, want string) string {
	if packed(doc.Signature()) == packed(want) {
		return ""
	}
	return fmt.Sprintf("%.100q, expected %.100q", squeeze(doc.Signature()), squeeze(want))
}

func differs[T comparable](format string, got, want T) string {
	if got == want {
		return ""
	}
	return fmt.Sprintf(format+", expected "+format, got, want)
}

// squeeze makes all white space one blank; packed leaves none.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func packed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
