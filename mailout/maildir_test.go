package mailout

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

func writes(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func newMails(t *testing.T, dir, box string) map[string]string {
	t.Helper()
	found := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(dir, box, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(p)] = string(b)
	}
	return found
}

var maildirEnvelope = Envelope{From: "support+b@example.com", To: "Jane@customer.example", Name: "1.d2.aside"}

// TestMaildirDelivers with Return-Path and Delivered-To on top.
func TestMaildirDelivers(t *testing.T) {
	m := &Maildir{Dir: filepath.Join(t.TempDir(), "made", "here")}
	if _, err := m.Deliver(t.Context(), maildirEnvelope, writes("Subject: x\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	want := "Return-Path: <support+b@example.com>\nDelivered-To: Jane@customer.example\nSubject: x\n\nhello\n"
	if got := newMails(t, m.Dir, "jane@customer.example"); len(got) != 1 || got["1.d2.aside"] != want {
		t.Errorf("%q", got)
	}
	if left, _ := filepath.Glob(filepath.Join(m.Dir, "*", "tmp", "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestMaildirAfterACrash: the attempt that nobody recorded leaves one mail,
// also when half a file lay there, or a reader had taken the mail over.
func TestMaildirAfterACrash(t *testing.T) {
	dir := t.TempDir()
	m := &Maildir{Dir: dir}
	box := filepath.Join(dir, "jane@customer.example")
	deliver := func(again bool) {
		t.Helper()
		e := maildirEnvelope
		e.Again = again
		if _, err := m.Deliver(t.Context(), e, writes("Subject: x\r\n\r\nhello\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	deliver(false)
	if err := os.WriteFile(filepath.Join(box, "tmp", maildirEnvelope.Name), []byte("half of a longer file than it will be when it is written whole, which must not show"), 0o600); err != nil {
		t.Fatal(err)
	}
	deliver(true)
	if got := newMails(t, dir, "jane@customer.example"); len(got) != 1 || !strings.HasSuffix(got[maildirEnvelope.Name], "\n\nhello\n") {
		t.Errorf("after a second attempt: %q", got)
	}
	if err := os.Rename(filepath.Join(box, "new", maildirEnvelope.Name), filepath.Join(box, "cur", maildirEnvelope.Name+":2,S")); err != nil {
		t.Fatal(err)
	}
	deliver(true)
	if got := newMails(t, dir, "jane@customer.example"); len(got) != 0 {
		t.Errorf("delivered again what was read: %q", got)
	}
}

// TestMaildirFailure: a mail that cannot be read leaves nothing, a disk that
// cannot be written is the disk's trouble.
func TestMaildirFailure(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("blob is gone")
	_, err := (&Maildir{Dir: dir}).Deliver(t.Context(), maildirEnvelope, func(w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) || len(newMails(t, dir, "*")) != 0 {
		t.Errorf("%v, %v", err, newMails(t, dir, "*"))
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = (&Maildir{Dir: file}).Deliver(t.Context(), maildirEnvelope, writes("x"))
	var f *Failure
	if !errors.As(err, &f) || f.Permanent || !f.Relay {
		t.Errorf("%#v", err)
	}
}

// TestFolder: no recipient leads out of the maildir's folder or hides in it.
func TestFolder(t *testing.T) {
	for in, want := range map[string]string{
		"Jane@Customer.example":       "jane@customer.example",
		"../../etc@x.example":         "%2E.%2F..%2Fetc@x.example",
		".hidden@x.example":           "%2Ehidden@x.example",
		"a/b\\c:d@x.example":          "a%2Fb%5Cc%3Ad@x.example",
		"support+tok=1_2-3@x.example": "support+tok=1_2-3@x.example",
		"ü@x.example":                 "%C3%BC@x.example",
	} {
		if got := folder(in); got != want {
			t.Errorf("%q is %q, not %q", in, got, want)
		}
	}
	long := strings.Repeat("ü", 150)
	if a, b := folder(long+"a@x.example"), folder(long+"b@x.example"); len(a) > 255 || a == b {
		t.Errorf("%q, %q", a, b)
	}
}

// TestNewTransport reads the relay setting.
func TestNewTransport(t *testing.T) {
	good := map[string]Security{"smtp://127.0.0.1:25": Opportunistic, "smtp://relay.example": Opportunistic,
		"smtp+starttls://relay.example:587": StartTLS, "smtps://relay.example": ImplicitTLS, "smtp://[::1]:2525": Opportunistic}
	for spec, want := range good {
		tr, err := NewTransport(spec, "u", "p", "desk.example.com")
		r, ok := tr.(*Relay)
		if err != nil || !ok || r.Security != want || r.User != "u" {
			t.Errorf("%s: %#v, %v", spec, tr, err)
		}
	}
	for _, spec := range []string{"", "relay.example", "maildir:", "mx", "http://relay.example", "smtp://", "smtp://user:secret@relay.example"} {
		tr, err := NewTransport(spec, "", "", "")
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, %v", spec, tr, err)
		}
	}
}

// TestFailure judges answers by when they came.
func TestFailure(t *testing.T) {
	tests := []struct {
		at               stage
		code             int
		permanent, relay bool
	}{
		{stageConnect, 554, false, true}, {stageHello, 421, false, true}, {stageAuth, 535, false, true},
		{stageMail, 530, false, true}, {stageMail, 550, true, false}, {stageMail, 451, false, false}, {stageMail, 421, false, true}, {stageMail, 552, true, false},
		{stageRcpt, 550, true, false}, {stageRcpt, 450, false, false}, {stageRcpt, 421, false, false},
		{stageData, 554, true, false}, {stageEnd, 554, true, false}, {stageEnd, 451, false, false}, {stageEnd, 0, false, false},
		{stageConnect, 0, false, true}, {stageEnd, 999, false, false},
	}
	for _, tt := range tests {
		err := error(io.ErrUnexpectedEOF)
		if tt.code != 0 {
			err = &smtp.SMTPError{Code: tt.code, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no\nsuch\tuser " + strings.Repeat("é", 600)}
		}
		f := failure(tt.at, err)
		if f.Permanent != tt.permanent || f.Relay != tt.relay || f.Code != tt.code {
			t.Errorf("%s %d: %+v", tt.at, tt.code, f)
		}
		if len(f.Detail) > maxDetail || strings.ContainsAny(f.Detail, "\n\t") {
			t.Errorf("detail %q", f.Detail)
		}
		if tt.code != 0 && !strings.HasPrefix(f.Detail, "5.1.1 no such user") {
			t.Errorf("detail %q", f.Detail)
		}
	}
}
