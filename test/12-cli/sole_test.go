package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "aside/test/harness"
)

// sameFolder prepares a second daemon, with a config and a port of its own, in
// the state folder of the first.
func sameFolder(t *testing.T, first *Daemon) *Daemon {
	t.Helper()
	second := Prepare(t, onSQLite)
	text, err := os.ReadFile(second.Config)
	if err == nil {
		text = []byte(strings.Replace(string(text), filepath.Join(second.Dir, "state"), filepath.Join(first.Dir, "state"), 1))
		err = os.WriteFile(second.Config, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return second
}

func onSQLite(c *Config) { c.SQLite = true }

// TestSecondDaemonInAStateFolder: it would free what the first is sending, and
// mail would leave twice.
func TestSecondDaemonInAStateFolder(t *testing.T) {
	t.Parallel()
	first := Start(t, onSQLite)
	second := sameFolder(t, first)
	out := second.CLI("serve")
	if out.Exit != 1 {
		t.Fatalf("the second daemon ended with %d:\n%s", out.Exit, out.Stderr)
	}
	for _, words := range []string{filepath.Join(first.Dir, "state"), first.Addr, fmt.Sprintf("process %d", first.PID()), first.Config} {
		if !strings.Contains(out.Stderr, words) {
			t.Errorf("who cannot start the second daemon is not told of %q:\n%s", words, out.Stderr)
		}
	}
	for _, command := range [][]string{{"queue", "list"}, {"ticket", "list"}, {"verify"}, {"backup", filepath.Join(second.Dir, "b.tar")}} {
		second.Must(command...) // beside the first
	}
	if out := first.CLI("store", "copy", "--stopped", "--to", Prepare(t, onSQLite).Config); out.Exit != 1 || !strings.Contains(out.Stderr, fmt.Sprintf("process %d", first.PID())) {
		t.Errorf("what a running daemon works with is copied: exit status %d\n%s", out.Exit, out.Stderr)
	}
	first.Opens(Jane, "Kettle", "It leaks.")

	first.Kill9()
	second.Launch()
	if code := second.Stop(); code != 0 {
		t.Errorf("the second daemon ended with %d", code)
	}
	first.Launch()
}
