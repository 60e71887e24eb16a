package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestDemo runs the command as a newcomer does, with its output in a pipe.
func TestDemo(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	var out, errs bytes.Buffer
	if status := run(t.Context(), []string{"demo"}, output{&out, &errs}); status != exitOK {
		t.Fatalf("exit status %d\n%s%s", status, out.String(), errs.String())
	}
	shown, _, _ := strings.Cut(out.String(), "Jane never heard the courier.")
	boxes := strings.Split(shown, "=== The mailbox of ")
	if len(boxes) != 4 {
		t.Fatalf("%d mailboxes, not 3:\n%s", len(boxes)-1, out.String())
	}
	jane, dana, courier := folded(boxes[1]), folded(boxes[2]), folded(boxes[3])
	if strings.Contains(jane, "depot") || !strings.Contains(jane, folded(answer)) {
		t.Errorf("Jane's mailbox:\n%s", boxes[1])
	}
	for _, words := range []string{complaint, confession, opinion, thanks, "YOUR REPLY GOES TO: Jane Doe", "YOUR REPLY STAYS IN THE TEAM", "side conversation, not the customer"} {
		if !strings.Contains(dana, folded(words)) {
			t.Errorf("Dana's mailbox lacks %q:\n%s", words, boxes[2])
		}
	}
	if !strings.Contains(courier, folded(question)) || strings.Contains(courier, "jane") || strings.Contains(courier, folded(opinion)) {
		t.Errorf("the courier's mailbox:\n%s", boxes[3])
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("colours in what is not a terminal")
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// until is a writer that ends something when a text was written.
type until struct {
	bytes.Buffer
	text string
	end  func()
}

func (u *until) Write(p []byte) (int, error) {
	n, err := u.Buffer.Write(p)
	if strings.Contains(u.String(), u.text) {
		u.end()
	}
	return n, err
}

// TestDemoKeeps presses Ctrl-C after the last line of how to play on.
func TestDemoKeeps(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &until{text: "Look inside:", end: cancel}
	var errs bytes.Buffer
	if status := run(ctx, []string{"demo", "--keep"}, output{out, &errs}); status != exitOK {
		t.Fatalf("exit status %d\n%s%s", status, out.String(), errs.String())
	}
	_, more, _ := strings.Cut(out.String(), "The daemon runs on until Ctrl-C.")
	if n := strings.Count(more, "swaks --server 127.0.0.1:"); n != 4 {
		t.Errorf("%d swaks commands, not 4:\n%s", n, more)
	}
	for _, want := range []string{"--from dana@example.com --to 'support+c", "--from courier@vendor.example --to 'support+c", "neomutt", filepath.Join(tmp, "aside-demo-")} {
		if !strings.Contains(more, want) {
			t.Errorf("%q is missing:\n%s", want, more)
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestDemoNoticesALeak plants one mail in the customer's mailbox.
func TestDemoNoticesALeak(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	planted := func(boxes string) error {
		raw := "From: support@example.com\r\nSubject: Kettle\r\n\r\nWe hear that it\r\ngot lost in the depot.\r\n"
		return os.WriteFile(filepath.Join(boxes, janeAddress, "new", "planted"), []byte(raw), 0o600)
	}
	var out, errs bytes.Buffer
	err := demo{planted: planted}.run(t.Context(), output{&out, &errs})
	var usage usageError
	if !errors.Is(err, errLeak) || errors.As(err, &usage) { // every error but a usageError is exit status 1
		t.Fatalf("the demo ended with %v\n%s", err, out.String())
	}
	if !strings.Contains(out.String(), `LEAK: "Kettle" in Jane's mailbox has the vendor's words`) {
		t.Errorf("the leak is not named:\n%s", out.String())
	}
	if !strings.Contains(errs.String(), "listening") {
		t.Errorf("the daemon's log is not shown:\n%s", errs.String())
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestDemoFails is the demo on a machine without room for its folder.
func TestDemoFails(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	var out, errs bytes.Buffer
	if status := run(t.Context(), []string{"demo"}, output{&out, &errs}); status != exitFailed {
		t.Errorf("exit status %d\n%s", status, out.String())
	}
	if !strings.Contains(errs.String(), "temporary directory") {
		t.Errorf("the error is %q", errs.String())
	}
}

func TestDemoColumns(t *testing.T) {
	scenes := []scene{
		{title: "first", mails: map[string][]*letter{
			danaAddress: {readLetter([]byte("From: Jane Doe <x@y.example>\r\nReply-To: CUSTOMER Jane <support@example.com>\r\nSubject: Kettle\r\n\r\n" +
				strings.Repeat("Grüße ", 40) + strings.Repeat("x", 200) + "\n\nYOUR REPLY GOES TO: Jane (a\n  friend)\nOpen, yours.\n"))},
		}},
	}
	for _, width := range []int{leastWidth, 100, 150} {
		var b bytes.Buffer
		showMailboxes(&b, screen{width: width, columns: true}, scenes)
		for l := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(l, "\n")); n > width {
				t.Errorf("at %d columns a line has %d: %q", width, n, l)
			}
		}
		if strings.Contains(b.String(), "Open, yours") || !strings.Contains(b.String(), "YOUR REPLY GOES TO") {
			t.Errorf("the frame is not cut:\n%s", b.String())
		}
	}
}

func TestDemoAudienceColours(t *testing.T) {
	for cue, want := range map[string]style{
		"CUSTOMER Jane Doe #1042":               red,
		"CUSTOMER + SIDE Courier GmbH #1042-kx": red,
		"SIDE Courier GmbH #1042-kx":            amber,
		"TEAM ONLY #1042":                       green,
	} {
		raw := fmt.Sprintf("From: a@b.example\r\nReply-To: %q <support@example.com>\r\n\r\nWords.\n\nYOUR REPLY GOES somewhere\n", cue)
		var b bytes.Buffer
		colours := screen{width: 120, columns: true, colour: true}
		showMailboxes(&b, colours, []scene{{mails: map[string][]*letter{danaAddress: {readLetter([]byte(raw))}}}})
		if !strings.Contains(b.String(), colours.paint(line{want, "YOUR REPLY GOES somewhere"})) {
			t.Errorf("%s is not in its colour:\n%q", cue, b.String())
		}
	}
}

// TestDemoOverhears plants leaks in every place and coding where words can
// hide, beside mails that are clean.
func TestDemoOverhears(t *testing.T) {
	head := "From: Dana at Example Support <support@example.com>\r\nTo: jane@customer.example\r\n"
	mime := head + "MIME-Version: 1.0\r\n"
	for _, c := range []struct{ name, raw, want string }{
		{"clean", head + "Subject: Re: Kettle\r\n\r\n" + answer + "\r\n", ""},
		{"clean, and quoting the customer", head + "\r\n" + answer + "\r\n\r\n> " + complaint + "\r\n", ""},
		{"three words of the vendor", head + "\r\nIt seems it GOT\r\n> lost  in.\r\n", "the vendor's words"},
		{"the note", head + "\r\ndrop this courier\r\n", "the words of the note"},
		{"the question", head + "\r\nPARCEL 7731 REACHED our customer\r\n", "the question to the vendor"},
		{"the address in Cc", head + "Cc: Courier@Vendor.example\r\n\r\nHello\r\n", "the vendor's address"},
		{"the domain in References", head + "References: <1@mail.vendor.example>\r\n\r\nHello\r\n", "the vendor's domain"},
		{"the vendor's name", head + "\r\nAs Vic Courier wrote\r\n", "the vendor's name"},
		{"a marker", head + "\r\n> aside-k3f9q2m7xd\r\n", "the marker"},
		{"a notice's address", head + "\r\n> From: <support+notice@example.com>\r\n", "the marker"},
		{"a frame", head + "\r\n> YOUR REPLY STAYS\r\n> IN THE TEAM\r\n", "a line of a notice's frame"},
		{"a command", head + "\r\n/side dhl\r\n", "a command"},
		{"an encoded subject", head + "Subject: =?utf-8?B?Z290IGxvc3QgaW4gdGhlIGRlcG90?=\r\n\r\nHello\r\n", "the vendor's words"},
		{"base64", mime + "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nZ290IGxvc3QgaW4g\r\ndGhlIGRlcG90\r\n", "the vendor's words"},
		{"quoted-printable", mime + "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ngot lo=\r\nst in t=68e depot\r\n", "the vendor's words"},
		{"HTML, parted by tags and entities", mime + "Content-Type: text/html\r\n\r\n<p>got <b>lo</b>st&nbsp;<i>i&#110;</i></p>\r\n", "the vendor's words"},
		{"HTML, in a comment", mime + "Content-Type: text/html\r\n\r\n<!-- got lost in --><p>Hello</p>\r\n", "the vendor's words"},
		{"a second part", mime + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ngot lost in the depot\r\n--b--\r\n", "the vendor's words"},
		{"a file's name", mime + "Content-Type: text/plain; name=\"got lost in the depot.txt\"\r\n\r\nHello\r\n", "the vendor's words"},
		{"a coding that cannot be read", mime + "Content-Type: text/plain\r\nContent-Transfer-Encoding: x-secret\r\n\r\nHello\r\n", "something that cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := overheard(readLetter([]byte(c.raw)), customersSecrets())
			if c.want == "" && len(found) > 0 {
				t.Errorf("a clean mail has %q", found)
			}
			if c.want != "" && !strings.Contains(strings.Join(found, "; "), c.want) {
				t.Errorf("found %q, not %q", found, c.want)
			}
		})
	}
}

// TestDemoMissesTheAnswer is a customer's mailbox that is clean because it is
// empty: no proof of anything.
func TestDemoMissesTheAnswer(t *testing.T) {
	if _, answered := judge(nil); answered {
		t.Error("an empty mailbox has Dana's answer")
	}
	if _, answered := judge([]*letter{readLetter([]byte("Subject: x\r\n\r\n" + answer))}); !answered {
		t.Error("Dana's answer is not seen")
	}
}
