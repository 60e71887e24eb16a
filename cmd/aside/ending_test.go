package main

import (
	"encoding/json"
	"io"
	"net/smtp"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestRotationWhileEnding: a daemon that was told to end and still takes a mail
// hears of a new key, and is on the list of daemons until that mail is read and
// no longer.
func TestRotationWhileEnding(t *testing.T) {
	in := serveForTest(t, toFolders)
	c, mail := inData(t, in.addr)
	ended := make(chan error, 1)
	go func() { ended <- in.stop() }()
	if !eventually(func() bool { return strings.Contains(in.log.String(), "msg=ending") }) {
		t.Fatal("the daemon does not end")
	}
	var r rotated
	if err := json.Unmarshal([]byte(in.aside(t, 0, "key", "rotate", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Daemons) != 1 || len(r.Silent) != 0 {
		t.Errorf("a daemon still takes a mail, and the new key is read by %q, not by %q", r.Daemons, r.Silent)
	}
	if _, err := io.WriteString(mail, strings.ReplaceAll(firstMail, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := mail.Close(); err != nil {
		t.Errorf("the mail that was being taken: %v", err)
	}
	c.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(in.aside(t, 0, "key", "rotate", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Daemons) != 0 || len(r.Silent) != 0 {
		t.Errorf("the daemon has ended, and a rotation is answered by %q and waits for %q", r.Daemons, r.Silent)
	}
}

// TestEndsBeforeItIsKilled: systemd waits longer than the daemon needs to end,
// with some seconds for the store.
func TestEndsBeforeItIsKilled(t *testing.T) {
	unit, err := os.ReadFile("../../contrib/aside.service")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^TimeoutStopSec=(.*)$`).FindSubmatch(unit)
	if found == nil {
		t.Fatal("contrib/aside.service does not say how long a stop may take")
	}
	killed, err := time.ParseDuration(string(found[1]))
	if err != nil || killed < endsWithin+10*time.Second {
		t.Errorf("systemd kills the daemon after %s (%v), and ending takes up to %v", found[1], err, endsWithin)
	}
}

// inData is a client that was told to send its mail.
func inData(t *testing.T, addr string) (*smtp.Client, io.WriteCloser) {
	t.Helper()
	c, err := smtp.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	for _, step := range []func() error{
		func() error { return c.Hello("client.example") },
		func() error { return c.Mail("jane@customer.example") },
		func() error { return c.Rcpt("support@example.com") },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	return c, w
}
