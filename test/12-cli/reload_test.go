package cli

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	. "aside/test/harness"
)

// TestReloadWhileStarting: systemd takes the daemon for started when its process
// is there, so a reload may come before it listens. It must not end it: systemd
// counts an end by SIGHUP as one in good order and would not start it again.
func TestReloadWhileStarting(t *testing.T) {
	t.Parallel()
	d := Start(t)
	d.Stop()
	key := filepath.Join(d.Dir, "state", "keys", "0001.key")
	text, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	// In the place of its key it finds a pipe, and waits.
	if err := errors.Join(os.Rename(key, key+".kept"), syscall.Mkfifo(key, 0o600)); err != nil {
		t.Fatal(err)
	}
	d.Begin()
	pipe := awaitReader(t, key)
	if err := os.Rename(key+".kept", key); err != nil { // the reload reads it again
		t.Fatal(err)
	}
	if err := syscall.Kill(d.PID(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	_, err = pipe.Write(text)
	if err := errors.Join(err, pipe.Close()); err != nil {
		t.Errorf("handing the key to the daemon that starts: %v", err)
	}
	d.AwaitLog("msg=reloaded", 1)
}

// awaitReader opens a pipe for writing as soon as somebody reads from it.
func awaitReader(t *testing.T, path string) *os.File {
	t.Helper()
	deadline := time.After(Patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		// Without waiting: where nobody reads, opening it fails.
		pipe, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			return pipe
		}
		select {
		case <-deadline:
			t.Fatalf("nobody reads %s: %v", path, err)
		case <-tick.C:
		}
	}
}
