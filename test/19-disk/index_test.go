package disk

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "aside/test/harness"
)

// indexed has the daemon index all that there is.
func (l lived) indexed(t *testing.T) {
	t.Helper()
	l.Launch()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	db, err := sql.Open("sqlite", "file:"+l.database()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `ATTACH $1 AS words`, "file:"+l.database()+"-search?mode=ro"); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for missing := 1; missing > 0; <-tick.C {
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM main.message WHERE id > (SELECT message FROM words.upto)`).Scan(&missing); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	l.Stop()
}

// TestLostIndex loses the search index, which is made of the mail: the daemon
// starts, takes mail, finds all of it, and no page of the database is blamed.
func TestLostIndex(t *testing.T) {
	l := live(t)
	l.indexed(t)
	path := l.database() + "-search"
	for i, lose := range []func() error{
		func() error { return os.Remove(path) },
		func() error { return os.WriteFile(path, bytes.Repeat([]byte{0xA5, 0x13, 0x7F}, 9000), 0o600) },
		func() error {
			file, err := os.ReadFile(path)
			if err != nil || len(file) < 3*4096 {
				return fmt.Errorf("the index has %d octets: %w", len(file), err)
			}
			copy(file[4096:], bytes.Repeat([]byte{0xA5}, len(file)))
			return os.WriteFile(path, file, 0o600)
		},
	} {
		for _, side := range []string{"-wal", "-shm"} {
			_ = os.Remove(path + side)
		}
		if err := lose(); err != nil {
			t.Fatal(err)
		}
		l.Must("verify")
		l.Launch()
		l.Opens(Jane, "Another kettle", fmt.Sprintf("Number turn%d leaks as well.", i))
		for words, want := range map[string]int{"Lid 7": 1, "leaks": i + 2, fmt.Sprintf("turn%d", i): 1} {
			if out := l.Must("search", words); strings.Count(out, "#") != want {
				t.Errorf("loss %d: the search for %q shows\n%s", i, words, out)
			}
		}
		l.Stop()
	}
}

// TestNewerIndex unpacks a backup over the newer database and leaves the index
// there: numbers that it gave to mail after the backup are given again.
func TestNewerIndex(t *testing.T) {
	l := live(t)
	l.indexed(t)
	state := filepath.Join(l.Dir, "state")
	for _, side := range []string{"-wal", "-shm"} {
		_ = os.Remove(l.database() + side)
	}
	if err := errors.Join(os.Remove(l.database()), os.RemoveAll(filepath.Join(state, "keys"))); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("tar", "-xf", l.backup, "-C", state).CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, out)
	}
	l.Launch()
	l.Opens(Jane, "A bowl", "It has a crack.")
	for words, finds := range map[string]bool{"crack": true, "Lid 3": true, "after the backup": false} {
		if out := l.CLI("search", words).Stdout; (out != "") != finds {
			t.Errorf("the search for %q shows\n%s", words, out)
		}
	}
}
