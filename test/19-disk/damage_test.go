// Package disk tells what aside does when the disk fails it: a damaged page, no
// room, no right to write. It says so in plain words, accepts nothing that it
// cannot keep, and goes on from a backup or once there is room.
package disk

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"

	. "aside/test/harness"
)

var (
	flips = flag.Int("disk.flips", 12, "how many random damages are tried; a quarter with -short")
	seed  = flag.Uint64("disk.seed", 19, "where they are")
)

// lived is an installation that was used, stopped, and backed up before its
// last mail came.
type lived struct {
	*Daemon
	notice *Mail
	backup string
}

// photo is a file whose bytes are found again in the database.
var photo = []byte(strings.Repeat("the picture of a kettle, line after line\n", 5000))

func live(t *testing.T) lived {
	t.Helper()
	d := Start(t, func(c *Config) { c.SQLite = true })
	n := d.Opens(Jane, "Kettle arrived broken", "It leaks at the handle.")
	large := Write(Kim, Support, "A pot", "Look at this.")
	large.Files = []File{{Name: "pot.txt", Type: "application/octet-stream", Data: photo}}
	d.Post(large)
	for i := range 20 {
		d.Post(Write(Who("Kim", fmt.Sprintf("kim%d@customer.example", i)), Support, "A lid", fmt.Sprintf("Lid %d does not fit.", i)))
	}
	backup := filepath.Join(d.Dir, "backup.tar")
	d.Must("backup", backup)
	d.Opens(Max, "Too late", "This came after the backup.")
	d.Settle()
	d.Stop()
	return lived{d, n, backup}
}

func (l lived) database() string { return filepath.Join(l.Dir, "state", "aside.db") }

// page is the offset of the page where a table or index begins.
func (l lived) page(t *testing.T, name string) int64 {
	t.Helper()
	db, err := sql.Open("sqlite", l.database())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var root, size int64
	if err := errors.Join(db.QueryRow(`SELECT rootpage FROM sqlite_schema WHERE name = $1`, name).Scan(&root), db.QueryRow(`PRAGMA page_size`).Scan(&size)); err != nil {
		t.Fatal(err)
	}
	return (root - 1) * size
}

// ending runs a command and returns what it said once it has ended by itself;
// a daemon that goes on is stopped when it greets, and reported as such.
func (l lived) ending(t *testing.T, args ...string) (out string, exit int, greeted bool) {
	t.Helper()
	bin, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, append(args, "--config", l.Config)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			if ctx.Err() != nil {
				t.Fatalf("aside %s goes on for ever", args[0])
			}
			return said.String(), cmd.ProcessState.ExitCode(), greeted
		case <-tick.C:
		}
		if s, err := Dial(l.Addr); args[0] == "serve" && !greeted && err == nil {
			s.Close()
			greeted = true
			_ = cmd.Process.Signal(os.Interrupt)
		}
	}
}

// damage changes bytes of the database, and gives back what undoes it.
func (l lived) damage(t *testing.T, at int64, with []byte) (undo func()) {
	t.Helper()
	whole, err := os.ReadFile(l.database())
	if err != nil {
		t.Fatal(err)
	}
	torn := bytes.Clone(whole)
	copy(torn[at:], with)
	if err := os.WriteFile(l.database(), torn, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		for _, side := range []string{"-wal", "-shm"} {
			_ = os.Remove(l.database() + side)
		}
		if err := os.WriteFile(l.database(), whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDamagedPages: the daemon does not start on a database whose pages do not
// fit each other, and aside verify says which table it is.
func TestDamagedPages(t *testing.T) {
	l := live(t)
	noise := bytes.Repeat([]byte{0xA5, 0x13, 0x7F}, 200)
	for name, tt := range map[string]struct {
		at    int64
		names string // what verify must name
	}{
		"the file's beginning":  {0, "damaged"},
		"the schema":            {100, "damaged"},
		"messages":              {l.page(t, "message"), "table message"},
		"tickets":               {l.page(t, "ticket"), "table ticket"},
		"raw mail":              {l.page(t, "blob_chunk"), "table blob_chunk"},
		"an index":              {l.page(t, "inbound_once"), "index inbound_once"},
		"the history of events": {l.page(t, "event"), "table event"},
	} {
		undo := l.damage(t, tt.at, noise)
		said, exit, greeted := l.ending(t, "serve")
		if greeted || exit != 3 || !strings.Contains(said, "the database is damaged") || !strings.Contains(said, "A damaged database") || strings.Contains(said, "panic") {
			t.Errorf("with %s damaged the daemon greeted: %v, and ended with status %d:\n%s", name, greeted, exit, said)
		}
		said, exit, _ = l.ending(t, "verify")
		if exit != 1 || !strings.Contains(said, tt.names) || !strings.Contains(said, "A damaged database") || strings.Contains(said, "panic") {
			t.Errorf("with %s damaged aside verify ends with status %d and says:\n%s", name, exit, said)
		}
		undo()
	}
	if said, exit, _ := l.ending(t, "verify"); exit != 0 {
		t.Errorf("undone, aside verify says:\n%s", said)
	}
}

// TestChangedContent: what fits SQLite and is not what was stored, aside verify
// finds by its own sums.
func TestChangedContent(t *testing.T) {
	l := live(t)
	db, err := sql.Open("sqlite", l.database())
	if err != nil {
		t.Fatal(err)
	}
	var event string
	if err := errors.Join(db.QueryRow(`SELECT data FROM event WHERE length(data) > 30 LIMIT 1`).Scan(&event), db.Close()); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(l.database())
	if err != nil {
		t.Fatal(err)
	}
	for what, tt := range map[string]struct{ words, says string }{
		"a stored file": {"the picture of a kettle", "is not what was stored"},
		"an event":      {event, "history"},
		"shown words":   {"It leaks at the handle.", "of ticket 1 is not what was stored"},
	} {
		changed := bytes.ReplaceAll(file, []byte(tt.words), []byte("Q"+tt.words[1:]))
		if bytes.Equal(file, changed) {
			t.Fatalf("%q does not stand in the file", tt.words)
		}
		undo := l.damage(t, 0, changed)
		if said, exit, _ := l.ending(t, "verify"); exit != 1 || !strings.Contains(said, tt.says) {
			t.Errorf("with %s changed aside verify ends with status %d and says:\n%s", what, exit, said)
		}
		undo()
	}
}

// TestAnyDamage changes bytes anywhere: whatever comes of it, nothing panics,
// and the daemon either works or says in plain words that it does not.
func TestAnyDamage(t *testing.T) {
	l := live(t)
	info, err := os.Stat(l.database())
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(*seed, 19))
	t.Logf("seed %d", *seed)
	n, started, found := *flips, 0, 0
	if testing.Short() {
		n /= 4
	}
	for range n {
		at := rng.Int64N(info.Size() - 64)
		noise := make([]byte, 1+rng.IntN(64))
		for i := range noise {
			noise[i] = byte(rng.Uint32())
		}
		undo := l.damage(t, at, noise)
		verified, bad, _ := l.ending(t, "verify")
		said, exit, greeted := l.ending(t, "serve")
		if greeted {
			started++
		}
		if bad == 1 {
			found++
		}
		if strings.Contains(said+verified, "panic") || bad > 1 || !greeted && (exit != 3 || !strings.Contains(said, "the database is damaged")) {
			t.Errorf("with %d bytes changed at %d verify ends with status %d:\n%s\nand the daemon, which greeted: %v, with %d:\n%s", len(noise), at, bad, verified, greeted, exit, said)
		}
		undo()
	}
	t.Logf("of %d damages aside verify found %d, and the daemon refused to start on %d", n, found, n-started)
}

// TestRestoring follows the guide: the backup in the place of the damaged
// database, verify, start. Conversations from before it go on.
func TestRestoring(t *testing.T) {
	l := live(t)
	l.damage(t, l.page(t, "message"), bytes.Repeat([]byte{0xA5}, 600))
	if out := l.Must("ticket", "list"); !strings.Contains(out, "Too late") {
		t.Errorf("what can still be read does not show:\n%s", out)
	}
	state := filepath.Join(l.Dir, "state")
	if err := errors.Join(os.Rename(state, state+"-damaged"), os.Mkdir(state, 0o700)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("tar", "-xf", l.backup, "-C", state).CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, out)
	}
	l.Must("verify")
	l.Launch()
	l.Answers(Gmail(), Dana, l.notice, "A new one is on its way.")
	answer := l.Await(Jane.Address, "the answer", Has("A new one is on its way."))
	l.Answers(AppleMail(), Jane, answer, "It came on Tuesday.")
	if again := l.Await(Dana.Address, "Jane's answer", Has("It came on Tuesday.")); again.Number(t) != l.notice.Number(t) {
		t.Errorf("the answer is in ticket %s, the question in %s", again.Number(t), l.notice.Number(t))
	}
	// What came after the backup is in the folder that was put aside.
	lost, err := os.ReadFile(filepath.Join(state+"-damaged", "aside.db"))
	if err != nil || !bytes.Contains(lost, []byte("This came after the backup.")) {
		t.Errorf("the damaged files do not hold what came after the backup (%v)", err)
	}
}
