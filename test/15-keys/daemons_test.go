package keys

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "aside/test/harness"
)

// beside prepares a second daemon on the database of the first, as on another
// machine: with a state folder and a key folder of its own.
func beside(t *testing.T, first *Daemon) *Daemon {
	t.Helper()
	d := Prepare(t)
	state, theirs := filepath.Join(d.Dir, "state"), filepath.Join(first.Dir, "state")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(theirs, "aside.db"), filepath.Join(state, "aside.db")); err != nil {
		t.Fatal(err)
	}
	copyKeys(t, first, d)
	return d
}

func copyKeys(t *testing.T, from, to *Daemon) {
	t.Helper()
	dir := filepath.Join(to.Dir, "state", "keys")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(from.Dir, "state", "keys", "*.key"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRotationWithADaemonThatLacksTheKey: the new key signs nowhere before it
// verifies everywhere.
func TestRotationWithADaemonThatLacksTheKey(t *testing.T) {
	t.Parallel()
	a := Start(t)
	b := beside(t, a)
	b.Launch()
	t.Cleanup(func() { b.Stop() })
	out := a.CLI("key", "rotate")
	if out.Exit != 1 || !strings.Contains(out.Stderr, b.Addr) || !strings.Contains(out.Stderr, "the old one signs as before") {
		t.Fatalf("a daemon lacks the key, and the rotation says: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
	if log := b.Log(); !strings.Contains(log, "the keys were not read again") {
		t.Errorf("the log of the daemon that lacks it says nothing:\n%s", log)
	}
	first := key(t, a, "0001.key")
	if n := a.Opens(Jane, "Kettle", "It leaks."); !signedBy(n, first) {
		t.Error("the new key signs although a daemon lacks it")
	}
	if out := a.CLI("check"); !strings.Contains(out.Stdout, "run aside key rotate once more") {
		t.Errorf("aside check does not tell of the rotation that did not end:\n%s", out.Stdout)
	}
	copyKeys(t, a, b)
	r := rotate(t, a)
	if r.Made || filepath.Base(r.File) != "0002.key" || len(r.Daemons) != 2 {
		t.Errorf("the second call says %+v", r)
	}
}

// TestRotationAfterADaemonWasKilled does not wait for it for ever.
func TestRotationAfterADaemonWasKilled(t *testing.T) {
	t.Parallel()
	d := Start(t)
	s := before(d)
	d.Settle()
	d.Kill9()
	var r struct{ Silent, Daemons []string }
	if err := json.Unmarshal([]byte(d.Must("key", "rotate", "--wait", "300ms", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Silent) != 1 || len(r.Daemons) != 0 || !strings.Contains(r.Silent[0], d.Addr) {
		t.Errorf("the rotation says %+v", r)
	}
	d.Launch()
	if n := d.Opens(Kim, "Pot", "The pot leaks, too."); !signedBy(n, key(t, d, "0002.key")) {
		t.Error("the new key does not sign after the start")
	}
	s.after(t, d, "killed")
	if again := rotate(t, d); len(again.Silent) != 0 || len(again.Daemons) != 1 {
		t.Errorf("the next rotation says %+v", again)
	}
}

// TestRotationsAtOnce make one key or several, and one of them signs.
func TestRotationsAtOnce(t *testing.T) {
	t.Parallel()
	d := Start(t)
	s := before(d)
	bin, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan Output)
	for range 4 {
		go func() {
			out, err := Run(bin, d.Dir, "", "key", "rotate", "--config", d.Config)
			if err != nil {
				out = Output{Exit: -1, Stderr: err.Error()}
			}
			done <- out
		}()
	}
	for range 4 {
		if out := <-done; out.Exit != 0 || strings.Contains(out.Stdout, "No answer from") {
			t.Errorf("exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
		}
	}
	if out := d.CLI("check"); strings.Contains(out.Stdout, "did not end") || !strings.Contains(out.Stdout, "keys are there") {
		t.Errorf("aside check says\n%s", out.Stdout)
	}
	s.after(t, d, "atonce")
}
