package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aside/config"
	"aside/test/harness"
)

// TestClockJumps: the machine's clock jumps a month ahead under a running
// daemon, and back. Nothing that was accepted is lost or sent twice, and
// nothing waits for the month to pass.
func TestClockJumps(t *testing.T) {
	const month = 30 * 24 * time.Hour
	dir := t.TempDir()
	path, err := writeConfig(dir, toFolders)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err == nil { // what is queued in the future has a future time to leave at
		err = os.WriteFile(path, bytes.Replace(text, []byte(`send_delay = "0s"`), []byte(`send_delay = "50m"`), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	conf, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var ahead atomic.Int64
	log := &logBuffer{}
	ctx, cancel := context.WithCancel(context.Background())
	d, err := startAt(ctx, conf, slog.New(slog.NewTextHandler(log, nil)), func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- d.run(ctx, nil) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the daemon ended with %v", err)
		}
	}()
	box := func(address string) []*harness.Mail {
		t.Helper()
		mails, err := harness.ReadFolder(filepath.Join(dir, "out", address, "new"), nil)
		if err != nil {
			t.Fatal(err)
		}
		return mails
	}
	await := func(address, words string) *harness.Mail {
		t.Helper()
		var found []*harness.Mail
		eventually(func() bool {
			found = nil
			for _, m := range box(address) {
				if strings.HasPrefix(m.Text, words) {
					found = append(found, m)
				}
			}
			return len(found) > 0
		})
		if len(found) != 1 {
			t.Fatalf("%s got %q %d times; the log:\n%s", address, words, len(found), log)
		}
		return found[0]
	}
	send := func(m *harness.Draft) {
		t.Helper()
		if _, err := post(d.listeners[0].Addr().String(), m.From.Address, m.Ours()[0], m.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	dana := harness.Dana
	send(harness.Write(harness.Jane, harness.Support, "Kettle", "It leaks today."))
	today := await(dana.Address, "It leaks today.")

	ahead.Store(int64(month))
	send(harness.Write(harness.Kim, harness.Support, "Pot", "It leaks in a month."))
	inAMonth := await(dana.Address, "It leaks in a month.")
	late := harness.Gmail().Reply(dana, today, "A new one is on its way.")
	late.Date = late.Date.Add(month) // dated by the same wrong clock
	send(late)

	ahead.Store(0)
	send(harness.Write(harness.Max, harness.Support, "Lid", "It leaks now."))
	await(dana.Address, "It leaks now.")
	answer := await(harness.Jane.Address, "A new one is on its way.") // and not in a month
	send(harness.AppleMail().Reply(harness.Jane, answer, "It came."))
	if again := await(dana.Address, "It came."); again.Number(t) != today.Number(t) {
		t.Errorf("the answer is in ticket %s, the question in %s", again.Number(t), today.Number(t))
	}
	send(harness.Gmail().Reply(dana, inAMonth, "/note\n\nThis one is a note."))
	await(harness.Omar.Address, "This one is a note.")

	ahead.Store(int64(month))
	send(harness.AppleMail().Reply(harness.Jane, answer, "It leaks again."))
	await(dana.Address, "It leaks again.")
	ahead.Store(0)
	if !eventually(func() bool { return strings.Contains(log.String(), `msg="the clock was ahead`) }) {
		t.Error("the log does not say that the clock was wrong")
	}
	for _, address := range []string{dana.Address, harness.Omar.Address, harness.Jane.Address} {
		seen := map[string]bool{}
		for _, m := range box(address) {
			if seen[m.MessageID] {
				t.Errorf("%s has %s twice", address, m.MessageID)
			}
			seen[m.MessageID] = true
		}
	}
	var out, errs bytes.Buffer
	if got := run(context.Background(), []string{"verify", "--config", path}, output{&out, &errs}); got != exitOK {
		t.Errorf("aside verify: %s%s", out.String(), errs.String())
	}
}
