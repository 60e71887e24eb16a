package disk

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	. "aside/test/harness"
	"aside/test/postgres"
)

// mount puts a small file system of its own in the place of a folder, until the
// test ends. Where that is not allowed the test is skipped.
func mount(t *testing.T, dir string, megabytes int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=700", megabytes)); err != nil {
		t.Skipf("mounting takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// TestFullDisk: while there is no room, each mail is answered 451 or was kept,
// the daemon lives on, and once there is room it takes mail by itself.
func TestFullDisk(t *testing.T) {
	for name, fill := range map[string]func(t *testing.T, d *Daemon) (free func()){
		"a file system without room": fillMounted,
		"a file that may not grow":   fillLimited,
	} {
		t.Run(name, func(t *testing.T) {
			d := Prepare(t, func(c *Config) { c.SQLite = true })
			if name == "a file system without room" {
				mount(t, filepath.Join(d.Dir, "state"), 24)
			}
			d.Launch()
			t.Cleanup(func() { d.Stop() })
			d.Opens(Jane, "Kettle", "There was room for this.")
			free := fill(t, d)
			kept, refused := squeeze(t, d, 10)
			if out := d.CLI("verify"); out.Exit != 0 {
				t.Errorf("on a full disk aside verify says: %s%s", out.Stdout, out.Stderr)
			}
			alive(t, d)
			free()
			keptAll(t, d, kept, refused)
		})
	}
}

// alive demands that the daemon has not ended.
func alive(t *testing.T, d *Daemon) {
	t.Helper()
	if !d.Alive() {
		t.Fatalf("the daemon ended: %s", d.Log()[max(0, len(d.Log())-3000):])
	}
}

// keptAll demands, once there is room again, that mail is taken, that what was
// accepted was heard once, and what was refused not at all.
func keptAll(t *testing.T, d *Daemon, kept []string, refused []*Draft) {
	t.Helper()
	d.Post(Write(Kim, Support, "Pot", "There is room again."))
	for _, w := range append(kept, "There was room for this.", "There is room again.") {
		if n := d.Count(Dana.Address, Has(w)); n != 1 {
			t.Errorf("Dana heard %q %d times", w, n)
		}
	}
	for _, m := range refused {
		if n := d.Count(Dana.Address, Has(m.Text)); n != 0 {
			t.Errorf("Dana heard %q %d times, and its sender was told to come again", m.Text, n)
		}
	}
	d.Must("verify")
	t.Logf("%d mails fitted in, %d were answered 451", len(kept), len(refused))
}

// fillMounted leaves room for a few mails.
func fillMounted(t *testing.T, d *Daemon) (free func()) {
	t.Helper()
	return fillFolder(t, filepath.Join(d.Dir, "state"))
}

func fillFolder(t *testing.T, folder string) (free func()) {
	t.Helper()
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(folder, "ballast")
	if err := os.WriteFile(ballast, make([]byte, int64(fs.Bavail)*fs.Bsize-2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}
}

// fillLimited forbids the running daemon to make any file larger than the
// largest that it has, and a little.
func fillLimited(t *testing.T, d *Daemon) (free func()) {
	t.Helper()
	largest := int64(0)
	for _, side := range []string{"", "-wal"} {
		info, err := os.Stat(filepath.Join(d.Dir, "state", "aside.db"+side))
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, info.Size())
	}
	limit := func(n uint64) {
		t.Helper()
		if err := unix.Prlimit(d.PID(), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: n, Max: math.MaxUint64}, nil); err != nil {
			t.Fatal(err)
		}
	}
	limit(uint64(largest + 2<<20))
	return func() { limit(math.MaxUint64) }
}

// squeeze sends mails until so many were refused one after the other, and returns
// the words of those that were kept, and those that were not.
func squeeze(t *testing.T, d *Daemon, inARow int) (kept []string, refused []*Draft) {
	t.Helper()
	for i, row := 0, 0; row < inARow; i++ {
		words := fmt.Sprintf("Mail %d of many.", i)
		m := Write(Who("Kim", fmt.Sprintf("kim%d@customer.example", i)), Support, "Pot", words)
		m.Files = []File{{Name: "pot.bin", Type: "application/octet-stream", Data: []byte(strings.Repeat(words, 6000))}}
		_, err := d.TrySend(m.MailFrom(), m.Ours(), m.Bytes())
		var said *SMTPError
		switch {
		case err == nil:
			kept, row = append(kept, words), 0
		case errors.As(err, &said) && said.Code == 451:
			refused, row = append(refused, m), row+1
		default:
			t.Fatalf("a mail that does not fit is answered %v\n%s", err, d.Log()[max(0, len(d.Log())-3000):])
		}
		if i > 500 {
			t.Fatal("the disk never fills")
		}
	}
	if len(kept) == 0 {
		t.Error("nothing fitted in at first")
	}
	return kept, refused
}

// TestFullDiskOfPostgres: PostgreSQL may end when it has no room for its log,
// and has to be started again then. The daemon goes on by itself.
func TestFullDiskOfPostgres(t *testing.T) {
	folder, err := os.MkdirTemp("/tmp", "aside-disk-") // a socket's path has little room
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(folder) })
	mount(t, folder, 256)
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	server, dsn := postgres.NewIn(t, folder)
	d := Start(t, func(c *Config) { c.DSN = dsn })
	d.Opens(Jane, "Kettle", "There was room for this.")
	free := fillFolder(t, folder)
	kept, refused := squeeze(t, d, 4)
	alive(t, d)
	free()
	server.Restart(t)
	keptAll(t, d, kept, refused)
}

// TestKilledOnAFullDisk: killed while there is no room, and started while there
// is none: it says what is wrong, or works as far as it goes. What was accepted
// is there.
func TestKilledOnAFullDisk(t *testing.T) {
	d := Prepare(t, func(c *Config) { c.SQLite = true })
	mount(t, filepath.Join(d.Dir, "state"), 24)
	d.Launch()
	t.Cleanup(func() { d.Stop() })
	d.Opens(Jane, "Kettle", "There was room for this.")
	free := fillMounted(t, d)
	kept, _ := squeeze(t, d, 10)
	ballast, err := os.OpenFile(filepath.Join(d.Dir, "state", "more"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for b := make([]byte, 4096); err == nil; {
		_, err = ballast.Write(b)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	d.Kill9()
	said, exit, greeted := lived{Daemon: d}.ending(t, "serve")
	if !greeted && (exit != 1 || !strings.Contains(said, "full")) || strings.Contains(said, "panic") {
		t.Errorf("without any room the daemon, which greeted: %v, ends with status %d and says:\n%s", greeted, exit, said)
	}
	t.Logf("without any room it greeted: %v; %s", greeted, said[max(0, len(said)-300):])
	free()
	if err := errors.Join(ballast.Close(), os.Remove(ballast.Name())); err != nil {
		t.Fatal(err)
	}
	d.Launch()
	for _, w := range append(kept, "There was room for this.") {
		if n := d.Count(Dana.Address, Has(w)); n != 1 {
			t.Errorf("Dana heard %q %d times", w, n)
		}
	}
	d.Must("verify")
}

// TestReadOnlyDisk: on a file system that takes no writes the daemon does not
// start, and says why; once it takes writes again, the daemon goes on.
func TestReadOnlyDisk(t *testing.T) {
	d := Prepare(t, func(c *Config) { c.SQLite = true })
	state := filepath.Join(d.Dir, "state")
	mount(t, state, 24)
	d.Launch()
	d.Opens(Jane, "Kettle", "It could be written.")
	d.Settle()
	d.Stop()
	readOnly := func(flag uintptr) {
		t.Helper()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(Patience); ; <-tick.C {
			err := syscall.Mount("", state, "", syscall.MS_REMOUNT|flag, "")
			if err == nil {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal(err)
			}
		}
	}
	readOnly(syscall.MS_RDONLY)
	said, exit, greeted := lived{Daemon: d}.ending(t, "serve")
	if greeted || exit != 1 || !strings.Contains(said, "read-only") || strings.Contains(said, "panic") {
		t.Errorf("on a read-only disk the daemon, which greeted: %v, ends with status %d and says:\n%s", greeted, exit, said)
	}
	t.Logf("on a read-only disk: %s", said)
	readOnly(0)
	d.Launch()
	t.Cleanup(func() { d.Stop() })
	d.Post(Write(Kim, Support, "Pot", "It can be written again."))
	d.Await(Dana.Address, "the notice", Has("It can be written again."))
	d.Must("verify")
}
