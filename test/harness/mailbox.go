package harness

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// Folder is where the mails to an address arrive.
func (d *Daemon) Folder(addr string) string {
	return filepath.Join(d.Dir, "out", strings.ToLower(addr), "new")
}

// Mailbox reads everything that was delivered to an address, oldest first.
func (d *Daemon) Mailbox(addr string) []*Mail {
	d.tb.Helper()
	mails, err := ReadFolder(d.Folder(addr), nil)
	if err != nil {
		d.tb.Fatal(err)
	}
	return mails
}

// ReadFolder reads the mails of a folder, oldest first, except the files that
// skip names. A folder that does not exist is empty.
func ReadFolder(dir string, skip map[string]bool) ([]*Mail, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []*Mail
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if skip[path] {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		m, err := ParseMail(raw)
		if err != nil {
			return nil, err
		}
		m.File, m.At = path, info.ModTime()
		out = append(out, m)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At.Before(out[j].At) })
	return out, nil
}

// Await returns the first mail in an address's box that is what the test
// waits for, and fails the test when none comes.
func (d *Daemon) Await(addr, what string, is func(*Mail) bool) *Mail {
	d.tb.Helper()
	read := map[string]bool{}
	var seen []*Mail
	deadline := time.Now().Add(Patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		fresh, err := ReadFolder(d.Folder(addr), read)
		if err != nil {
			d.tb.Fatal(err)
		}
		for _, m := range fresh {
			read[m.File] = true
			if is(m) {
				return m
			}
		}
		seen = append(seen, fresh...)
		if time.Now().After(deadline) {
			d.tb.Fatalf("%s never got %s; the box has %d mails:\n%s", addr, what, len(seen), Summary(seen))
		}
		<-tick.C
	}
}

// Settle waits until nothing is queued any more, so that what is not in a
// mailbox by then never comes.
func (d *Daemon) Settle() {
	d.tb.Helper()
	d.SettleWithin(Patience)
}

// SettleWithin is Settle with a patience of its own, after heavy load.
func (d *Daemon) SettleWithin(patience time.Duration) {
	d.tb.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		out := d.CLI("queue", "list", "--json")
		if out.Exit != 0 {
			d.tb.Fatalf("aside queue list: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
		}
		if rest := strings.TrimSpace(out.Stdout); rest == "" || rest == "[]" || rest == "null" {
			return
		}
		if time.Now().After(deadline) {
			d.tb.Fatalf("the queue does not empty:\n%s", out.Stdout)
		}
		<-tick.C
	}
}

// Everyone lists the addresses that ever got mail.
func (d *Daemon) Everyone() []string {
	d.tb.Helper()
	entries, err := os.ReadDir(filepath.Join(d.Dir, "out"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.tb.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// Has is a condition for Await: the mail's own words contain s.
func Has(s string) func(*Mail) bool {
	return func(m *Mail) bool { return strings.Contains(m.Text, s) }
}

// Titled is a condition for Await: the subject contains s.
func Titled(s string) func(*Mail) bool {
	return func(m *Mail) bool { return strings.Contains(m.Subject, s) }
}

// Both is a condition for Await: a and b hold.
func Both(a, b func(*Mail) bool) func(*Mail) bool {
	return func(m *Mail) bool { return a(m) && b(m) }
}

// IsHold is a condition for Await: the mail tells its agent that something of
// theirs waits.
func IsHold(m *Mail) bool {
	subject := strings.TrimPrefix(m.Subject, "STILL ") // the recall of a hold
	return strings.HasPrefix(subject, "NOT SENT: ") || strings.HasPrefix(subject, "NOT DONE: ")
}
