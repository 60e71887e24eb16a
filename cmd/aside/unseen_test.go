package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// unseenMail is a tiny mail written for these tests, and what `aside read` is
// to say of it. What Want does not name has to be empty, but for the text.
type unseenMail struct {
	Name  string
	Raw   string
	Raw64 string // where it is no UTF-8
	CRLF  bool   // its lines are to end as in mail
	Want  struct {
		Text         *string  // white space aside
		Has, HasNot  []string // in the text
		Elided       []string // in what was cut
		HTMLHas      []string
		HTMLNot      []string
		Kind, Until  string
		Subject      *string
		From         []string // name, address
		Date         *string
		To           [][]string // name, address
		MessageID    *string    `json:"message_id"`
		Fwd          *struct{ A, N, S, T *string }
		Att          [][]any // name, type, inline
		Failed       [][]any // address, status, permanent
		Problems     []string
		AnyProblems  bool
		SomeProblems bool
		AnyAtt       bool
	}
}

// unseen reads the mails of a table and holds what is read against it.
func unseen(t *testing.T, table string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "unseen", table+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		var m unseenMail
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		n++
		for _, wrong := range m.wrong(t) {
			t.Errorf("%s: %s", m.Name, wrong)
		}
	}
	if lines.Err() != nil || n == 0 {
		t.Fatal(n, lines.Err())
	}
}

// wrong says what is read in another way.
func (m *unseenMail) wrong(t *testing.T) (out []string) {
	raw := m.Raw
	if m.Raw64 != "" {
		b, err := base64.StdEncoding.DecodeString(m.Raw64)
		if err != nil {
			t.Fatal(err)
		}
		raw = string(b)
	}
	if m.CRLF {
		raw = strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
	}
	var got readRow
	if err := json.Unmarshal(readJob{file: m.Name, raw: []byte(raw)}.read(context.Background()).json, &got); err != nil {
		t.Fatal(err)
	}
	w := m.Want
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if w.Text != nil && spaced(got.Text) != spaced(*w.Text) {
		say("text %q, want %q", got.Text, *w.Text)
	}
	lacks(say, "text", spaced(got.Text), w.Has, w.HasNot)
	lacks(say, "elided", spaced(got.Elided), w.Elided, nil)
	lacks(say, "html", got.HTML, w.HTMLHas, w.HTMLNot)
	if want := or(w.Kind, "mail"); string(got.Kind) != want {
		say("kind %s, want %s", got.Kind, want)
	}
	if until := first(got.Until, 10); until != w.Until {
		say("until %q, want %q", until, w.Until)
	}
	if w.Subject != nil && got.Subject != *w.Subject {
		say("subject %q, want %q", got.Subject, *w.Subject)
	}
	if w.From != nil && (got.From.Name != w.From[0] || got.From.Address != w.From[1]) {
		say("from %v, want %q", got.From, w.From)
	}
	if w.Date != nil && (got.Date == nil || *got.Date != *w.Date) {
		say("date %s, want %s", first(got.Date, 40), *w.Date)
	}
	if w.MessageID != nil && got.MessageID != *w.MessageID {
		say("Message-ID %q, want %q", got.MessageID, *w.MessageID)
	}
	if w.To != nil {
		to := [][]string{}
		for _, a := range got.To {
			to = append(to, []string{a.Name, a.Address})
		}
		if fmt.Sprint(to) != fmt.Sprint(w.To) {
			say("to %v, want %v", to, w.To)
		}
	}
	m.wrongForward(say, got.Forwarded)
	var att, failed [][]any
	for _, a := range got.Attachments {
		att = append(att, []any{a.Name, a.Type, a.Inline})
	}
	for _, r := range got.Failed {
		failed = append(failed, []any{r.Address, r.Status, r.Permanent})
	}
	if !w.AnyAtt && fmt.Sprint(att) != fmt.Sprint(w.Att) {
		say("attachments %v, want %v", att, w.Att)
	}
	if fmt.Sprint(failed) != fmt.Sprint(w.Failed) {
		say("failed %v, want %v", failed, w.Failed)
	}
	if w.SomeProblems && len(got.Problems) == 0 || !w.SomeProblems && !w.AnyProblems && !slices.Equal(got.Problems, w.Problems) {
		say("problems %q, want %q", got.Problems, w.Problems)
	}
	return out
}

func (m *unseenMail) wrongForward(say func(string, ...any), got *forwardedRow) {
	w := m.Want.Fwd
	if w == nil || got == nil {
		if (w == nil) != (got == nil) {
			say("forwarded %+v, want %v", got, w)
		}
		return
	}
	for what, c := range map[string]struct {
		got  string
		want *string
	}{"address": {got.From.Address, w.A}, "name": {got.From.Name, w.N}, "subject": {got.Subject, w.S}, "text": {spaced(got.Text), w.T}} {
		if c.want != nil && c.got != spaced(*c.want) {
			say("forwarded %s %q, want %q", what, c.got, *c.want)
		}
	}
}

func lacks(say func(string, ...any), what, got string, has, not []string) {
	for _, s := range has {
		if !strings.Contains(got, spaced(s)) {
			say("%s lacks %q: %q", what, s, got)
		}
	}
	for _, s := range not {
		if strings.Contains(got, s) {
			say("%s has %q: %q", what, s, got)
		}
	}
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func first(s *string, n int) string {
	if s == nil {
		return ""
	}
	return (*s)[:min(n, len(*s))]
}

// Mail of some hundred programs in their languages, broken and whole.
func TestUnseenMail(t *testing.T) { unseen(t, "unseen") }

// No words that only one of text and HTML has are lost.
func TestUnseenParts(t *testing.T) { unseen(t, "parts") }

// A last sentence is no telephone's line.
func TestUnseenDevices(t *testing.T) { unseen(t, "devices") }

// A rule drawn in a person's mail begins no list's footer.
func TestUnseenFooters(t *testing.T) { unseen(t, "footers") }

// Lines of further programs are cut.
func TestUnseenSignatures(t *testing.T) { unseen(t, "signatures") }

// What a mail that answers nothing sets off itself is the writer's.
func TestUnseenOwnQuotes(t *testing.T) { unseen(t, "ownquotes") }

// A mail that answers nothing and begins like a header is not quoted as a whole.
func TestUnseenFirstMail(t *testing.T) { unseen(t, "firstmail") }

// Words typed into what a page's form has are words.
func TestUnseenControls(t *testing.T) { unseen(t, "controls") }

// Quotations of further programs are cut.
func TestUnseenQuotedLeft(t *testing.T) { unseen(t, "quotedleft") }
