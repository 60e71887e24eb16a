package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"
)

// readAll is what `aside read -` prints for standard input.
func readAll(t testing.TB, in []byte) []readRow {
	t.Helper()
	var out bytes.Buffer
	if err := (readCmd{File: []string{"-"}, in: bytes.NewReader(in)}).Run(context.Background(), output{&out, io.Discard}); err != nil {
		t.Fatal(err)
	}
	var rows []readRow
	dec := json.NewDecoder(&out)
	for dec.More() {
		var r readRow
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

func TestMboxDivides(t *testing.T) {
	const at = "From a@x.example Fri Nov 20 10:00:00 2026\n"
	mail := func(subject, text string) string {
		return "From: a@x.example\nSubject: " + subject + "\n\n" + text + "\n\n"
	}
	long := strings.Repeat("x", 200_000)
	for _, tt := range []struct {
		name, in string
		want     []string // subject: text
	}{
		{"one", at + mail("A", "a"), []string{"A: a"}},
		{"two", at + mail("A", "a") + at + mail("B", "b"), []string{"A: a", "B: b"}},
		{"CRLF", strings.ReplaceAll(at+mail("A", "a")+at+mail("B", "b"), "\n", "\r\n"), []string{"A: a", "B: b"}},
		{"cut short", at + mail("A", "a") + "From b@x.example Fri Nov 20 11:00:00 2026", []string{"A: a", ": "}},
		{"no separator in a paragraph", at + mail("A", "a\n"+strings.TrimSpace(at)), []string{"A: a\n" + strings.TrimSpace(at)}},
		{"no separator without a time", at + mail("A", "a\n\nFrom here on"), []string{"A: a\n\nFrom here on"}},
		{"quoted", at + mail("A", "a\n>From me\nb"), []string{"A: a\nFrom me\nb"}},
		{"long lines", "From " + long + "\n" + mail("A", long) + at + mail("B", "b"), []string{"A: " + long, "B: b"}},
		{"no mbox", mail("A", "a\n\n"+strings.TrimSpace(at)+"\n\nb"), []string{"A: a\n\n" + strings.TrimSpace(at) + "\n\nb"}},
	} {
		var got []string
		for _, r := range readAll(t, []byte(tt.in)) {
			got = append(got, r.Subject+": "+strings.TrimSpace(r.Text))
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: got %d octets, %.300q, want %d, %.300q", tt.name, len(fmt.Sprint(got)), got, len(fmt.Sprint(tt.want)), tt.want)
		}
	}
}

// TestReadInOrder: many readers work at once, and the lines come in the order
// of the mails.
func TestReadInOrder(t *testing.T) {
	dir := t.TempDir()
	for i := range 300 {
		// Longer mails take longer, so that the later overtake the earlier.
		text := fmt.Sprintf("From: a@x.example\nSubject: %04d\n\n%s\n", i, strings.Repeat("words go here\n", (i*7919)%500))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d:2,S", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if status := run(context.Background(), []string{"read", dir}, output{&out, io.Discard}); status != exitOK {
		t.Fatalf("exit status %d", status)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 300 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		if !strings.Contains(line, fmt.Sprintf(`"subject":"%04d"`, i)) {
			t.Fatalf("line %d is %.200s", i, line)
		}
	}
}

// blocked is an output that nobody reads until it is closed.
type blocked chan struct{}

func (b blocked) Write(p []byte) (int, error) { <-b; return len(p), nil }

// TestReadHoldsNoMail: a mail that was read and waits for its turn to be printed
// is not held.
func TestReadHoldsNoMail(t *testing.T) {
	out := make(blocked)
	r := startReading(t.Context(), out)
	var held []weak.Pointer[byte]
	for i := range 4 {
		raw := bytes.Repeat([]byte("From: a@x.example\n"), 10_000)
		held = append(held, weak.Make(&raw[0]))
		r.mail(fmt.Sprint(i), raw, false)
	}
	if !eventually(func() bool {
		runtime.GC()
		return !slices.ContainsFunc(held, func(p weak.Pointer[byte]) bool { return p.Value() != nil })
	}) {
		t.Error("mails that were read are held until they are printed")
	}
	close(out)
	if _, err := r.wait(); err != nil {
		t.Error(err)
	}
}

// TestReadStops: what is left when the context ends is not read, and that is
// no success.
func TestReadStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out bytes.Buffer
	if status := run(ctx, []string{"read", "testdata/mails"}, output{&out, io.Discard}); status != exitFailed || out.Len() > 0 {
		t.Errorf("exit status %d\n%s", status, out.String())
	}
}

// TestReadLosesNothing: every word of a mail is in text, elided or the
// forwarded mail.
func TestReadLosesNothing(t *testing.T) {
	raw, err := os.ReadFile("testdata/mails/plain.eml")
	if err != nil {
		t.Fatal(err)
	}
	r := readAll(t, raw)[0]
	if want := "Nine days now. From here on I shall count.\n\nFrom Monday to Friday I am at home."; r.Text != want {
		t.Errorf("text is %q", r.Text)
	}
	for _, words := range []string{"Jane Doe, Exampleton", "It will be with you tomorrow."} {
		if !strings.Contains(r.Elided, words) {
			t.Errorf("%q is not in what was cut: %q", words, r.Elided)
		}
	}
}

// TestReadOldField: "From :" is a field, and no line of an mbox.
func TestReadOldField(t *testing.T) {
	rows := readAll(t, []byte("From : a@x.example\nSubject : Kettle\n\nHello.\n"))
	if len(rows) != 1 || rows[0].From.Address != "a@x.example" || rows[0].Subject != "Kettle" {
		t.Errorf("%+v", rows)
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/mails/*")
	if err != nil || len(files) == 0 {
		f.Fatal("no mails", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		f.Add(append([]byte("From a@x.example Fri Nov 20 10:00:00 2026\n"), raw...))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows := readAll(t, raw)
		if !bytes.HasPrefix(raw, []byte("From ")) && len(rows) != 1 {
			t.Errorf("one mail gave %d lines", len(rows))
		}
		for _, r := range rows {
			if r.To == nil || r.Cc == nil || r.Attachments == nil || r.Failed == nil || r.Problems == nil || r.Kind == "" {
				t.Errorf("a list is null in %+v", r)
			}
		}
	})
}

func TestPlainSteersNoTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b]0;title\x07b": "a]0;titleb", "line\n\ttab": "line\n\ttab", "abc\u202edef": "abcdef", "größer\u0085": "größer", "\r\n": "\n",
		"\ufeffa\ufff9b\ufffac\ufffb": "abc", "שָׁלוֹם\u200f x\u200d": "שָׁלוֹם\u200f x\u200d",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}
