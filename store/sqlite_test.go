package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aside"
)

// inOneBatch runs changes so that they share one commit: they come while the
// writer is busy. It returns what each was told, and the order of what
// happened.
func inOneBatch(t *testing.T, s *Store, changes ...func(*Tx) error) (told []error, order []string) {
	told = make([]error, len(changes))
	var mu sync.Mutex
	note := func(what string) { mu.Lock(); order = append(order, what); mu.Unlock() }
	busy, let := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Update(context.Background(), func(*Tx) error { close(busy); <-let; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-busy
	for i, change := range changes {
		wg.Go(func() {
			told[i] = s.Update(context.Background(), func(tx *Tx) error { note("ran"); return change(tx) })
			note("told")
		})
	}
	synctest.Wait() // all of them stand in line now
	close(let)
	wg.Wait()
	return told, order
}

// Changes that wait share a commit; what becomes of one is not the others'.
func TestGroupCommit(t *testing.T) {
	broken := errors.New("broken")
	deferred := func(tx *Tx) error { // fails when the transaction commits, not before
		return errors.Join(tx.exec(`PRAGMA defer_foreign_keys = 1`), tx.exec(`INSERT INTO tag (ticket, name) VALUES (424242, 'x')`))
	}
	gone := func(tx *Tx) error { // as SQLite itself does on a full disk, together with an error
		return errors.Join(tx.exec(`ROLLBACK`), errors.New("disk full"))
	}
	for _, tt := range []struct {
		name   string
		last   func(*Tx) error
		want   string // what the last is told
		least  int    // runs of all members together: from a failure on they run again
		shared bool   // one commit in the end
	}{
		{"all well", func(*Tx) error { return nil }, "", 9, true},
		{"one fails", func(*Tx) error { return broken }, "broken", 10, true},
		{"one panics", func(*Tx) error { panic("a bug") }, "a change panicked", 10, true},
		{"the commit fails", deferred, "commit: ", 18, false},
		{"the transaction goes", gone, "disk full", 10, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := openSQLite(t, newClock())
				var changes []func(*Tx) error
				for i := range 8 {
					changes = append(changes, ticketNamed(fmt.Sprint(i)))
				}
				changes = append(changes, func(tx *Tx) error {
					if err := ticketNamed("last")(tx); err != nil {
						return err
					}
					return tt.last(tx)
				})
				told, order := inOneBatch(t, s, changes...)
				runs := len(order) - len(told)
				if first := slices.Index(order, "told"); tt.shared && first != runs {
					t.Errorf("the first was told after %d runs of %d: no shared commit", first, runs)
				}
				if runs < tt.least || tt.least == 9 && runs != 9 {
					t.Errorf("members ran %d times, want %d", runs, tt.least)
				}
				for i, err := range told[:8] {
					if n := count(t, s, ofSubject, fmt.Sprint(i)); err != nil || n != 1 {
						t.Errorf("member %d: %d rows, told %v", i, n, err)
					}
				}
				err, want := told[8], 0
				if tt.want == "" {
					want = 1
				}
				if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("the last was told %v, want %q", err, tt.want)
				}
				if n := count(t, s, ofSubject, "last"); n != want {
					t.Errorf("the last left %d rows, want %d", n, want)
				}
				update(t, s, ticketNamed("after"))
			})
		})
	}
}

// Close lets what has begun end, and sends the rest away.
func TestCloseWhileOthersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openSQLite(t, newClock())
		busy, let := make(chan bool), make(chan bool)
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := s.Update(context.Background(), func(*Tx) error { close(busy); <-let; return nil }); err != nil {
				t.Errorf("what had begun: %v", err)
			}
		})
		<-busy
		wg.Go(func() {
			if err := s.Update(context.Background(), func(*Tx) error { t.Error("ran after Close"); return nil }); !errors.Is(err, ErrClosed) {
				t.Errorf("what waited: %v", err)
			}
		})
		ctx, cancel := context.WithCancel(context.Background())
		wg.Go(func() {
			if err := s.Update(ctx, func(*Tx) error { t.Error("ran although cancelled"); return nil }); !errors.Is(err, context.Canceled) {
				t.Errorf("what was cancelled while it waited: %v", err)
			}
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		wg.Go(func() {
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		synctest.Wait()
		close(let)
		wg.Wait()
	})
}

// A change that ends its goroutine, as a failing test does, takes the writer
// with it: nobody waits for ever.
func TestChangeThatEndsItsGoroutine(t *testing.T) {
	s := openSQLite(t, newClock())
	for range 2 {
		if err := s.Update(context.Background(), func(*Tx) error { runtime.Goexit(); return nil }); !errors.Is(err, ErrClosed) {
			t.Errorf("told %v", err)
		}
	}
}

// Another process that holds the file makes changes fail after a while, all
// of a batch at once.
func TestBusyFile(t *testing.T) {
	s := openSQLite(t, newClock())
	if err := s.conn.do(`PRAGMA busy_timeout = 10`); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", dsn(s.path, false))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	hold, err := other.Begin() // immediate, as the DSN says
	if err != nil {
		t.Fatal(err)
	}
	batch := []*job{}
	for range 3 {
		batch = append(batch, &job{ctx: context.Background(), done: make(chan struct{}), fn: func(*Tx) error { t.Error("ran"); return nil }})
	}
	s.commit(batch) // the writer has nothing to do meanwhile
	for _, j := range batch {
		if <-j.done; !errors.Is(j.err, errNotBegun) {
			t.Errorf("told %v", j.err)
		}
	}
	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
	update(t, s, ticketNamed("after"))
}

// Foreign keys, WAL and FULL are on for every connection there is; readers
// cannot write.
func TestPragmas(t *testing.T) {
	s := openSQLite(t, newClock())
	check := func(what string, q interface {
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}, queryOnly string) {
		t.Helper()
		for pragma, want := range map[string]string{"foreign_keys": "1", "journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "temp_store": "2", "query_only": queryOnly, "ignore_check_constraints": "0"} {
			var got string
			if err := q.QueryRowContext(context.Background(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %q (%v), want %q", what, pragma, got, err, want)
			}
		}
	}
	check("writer", s.conn.conn, "0")
	for i, r := range s.readers.free {
		if err := r.open(context.Background()); err != nil {
			t.Fatal(err)
		}
		check(fmt.Sprintf("reader %d", i), r.conn, "1")
	}
	for i := range blobReaders {
		c, err := s.reader.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		check(fmt.Sprintf("blob reader %d", i), c, "1")
	}
}

// Any name is a file's name, and the file is its owner's alone.
func TestPaths(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"plain.db", "a b.db", "what?.db", "#1.db", "100%.db", "%41.db", "é.db", "a&b=c.db", "file:x.db", "a+b.db"} {
		s := openAt(t, filepath.Join(dir, name), newClock())
		update(t, s, ticketNamed(name))
		for _, suffix := range []string{"", "-wal"} {
			info, err := os.Stat(filepath.Join(dir, name+suffix))
			if err != nil || info.Size() == 0 || info.Mode().Perm() != 0o600 {
				t.Errorf("%s%s: %v (%v)", name, suffix, info, err)
			}
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) != 30 {
		t.Errorf("%d files, want three for each of ten: %q", len(files), files)
	}
	if _, err := Open(context.Background(), Options{Path: filepath.Join(dir, "no", "such.db"), Now: time.Now, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("opened a file in a folder that is not there")
	}
	junk := filepath.Join(dir, "junk")
	if err := os.WriteFile(junk, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), Options{Path: junk, Now: time.Now, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("opened a file that is no database")
	}
}

// frozen are the sums of the migrations as they were released: a database out
// there was made by exactly these, so a change goes into a new file. None is
// released yet: until then 0001_core.sql may change, and with it its sum here.
var frozen = map[string]string{
	"0001_core.sql": "300c23cb400b139391e009b5d8df89fe66f7bc5d85eef79e765bb48208da6aa0",
}

func TestMigrationsAreFrozen(t *testing.T) {
	files, err := schemas(sqliteDialect())
	if err != nil || len(files) != len(frozen) {
		t.Fatalf("%d migrations, %d sums (%v)", len(files), len(frozen), err)
	}
	for _, f := range files {
		text, err := migrations.ReadFile("migrations/" + f)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if got := hex.EncodeToString(sum[:]); got != frozen[f] {
			t.Errorf("%s was changed: a released migration never is, write a new one. Before the first release, put its sum here: %s", f, got)
		}
	}
}

// A fresh file, the same again, several at once, and one from the future.
func TestMigrate(t *testing.T) {
	c := newClock()
	path := filepath.Join(t.TempDir(), "aside.db")
	empty, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		t.Fatal(err)
	}
	// SQLite does not wait where two want to make a file a WAL one; that is
	// done here, so that the race is for the schema.
	if err := errors.Join(empty.Ping(), empty.Close()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := Open(context.Background(), Options{Path: path, Now: c.Now, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Errorf("one of several at once: %v", err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s := openAt(t, path, c)
	if n := count(t, s, `SELECT count(*) FROM migration`); n != len(frozen) {
		t.Errorf("%d migrations were applied, want %d", n, len(frozen))
	}
	update(t, s, func(tx *Tx) error { return tx.exec(`INSERT INTO migration VALUES (9999, 'future', 0, '')`) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(context.Background(), Options{Path: path, Now: c.Now, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "newer aside") {
		t.Errorf("a database from the future: %v", err)
	}
}

// A backup made while mail comes in is whole, and works as a store.
func TestBackup(t *testing.T) {
	c := newClock()
	s := openSQLite(t, c)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			update(t, s, func(tx *Tx) error {
				var sc scene
				if err := sc.write(tx); err != nil {
					return err
				}
				return errors.Join(tx.AddEvent(sc.ticket.Number, "dana", "made", nil), tx.AddDelivery(sc.answer.Token, sc.answer, sc.jane, c.Now(), false))
			})
		}
	})
	content, err := s.KeepStream(ctx, bytes.NewReader(octets(3*chunkSize, 1)))
	if err != nil {
		t.Fatal(err)
	}
	for count(t, s, `SELECT count(*) FROM ticket`) < 20 {
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "copy of.db")
	if err := s.Backup(ctx, path); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(ctx, path); err == nil {
		t.Error("a backup overwrote another")
	}
	cancel()
	wg.Wait()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v (%v)", info.Mode(), err)
	}
	if err := s.Backup(ctx, filepath.Join(dir, "cancelled.db")); err == nil {
		t.Error("a cancelled backup succeeded")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "cancelled*")); len(left) > 0 {
		t.Errorf("a cancelled backup left %q", left)
	}
	restored := openAt(t, path, c)
	f, err := restored.Verify(context.Background())
	if err != nil || len(f.Problems) > 0 || f.Tickets < 20 || f.Events != f.Tickets || f.Messages != 3*f.Tickets || f.Blobs != 1 {
		t.Errorf("the copy holds %+v (%v)", f, err)
	}
	readBlob(t, restored, content.SHA256)
	if n := len(claim(t, restored)); n != 10 {
		t.Errorf("claimed %d from the copy", n)
	}
	makeScene(t, restored)
}

// Verify says what is damaged, and goes on: pages, references, sums.
func TestVerifyDamage(t *testing.T) {
	c := newClock()
	s := openSQLite(t, c)
	sc := makeScene(t, s)
	content, err := s.KeepStream(context.Background(), bytes.NewReader(octets(2*chunkSize, 1)))
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error {
		for range 300 {
			if err := tx.AddEvent(sc.ticket.Number, "dana", "something", map[string]string{"x": strings.Repeat("y", 100)}); err != nil {
				return err
			}
		}
		return nil
	})
	found := func(s *Store, want string) {
		t.Helper()
		f, err := s.Verify(context.Background())
		if err != nil || !strings.Contains(strings.Join(f.Problems, "\n"), want) {
			t.Errorf("found %q (%v), want %q", f.Problems, err, want)
		}
	}
	if f, err := s.Verify(context.Background()); err != nil || len(f.Problems) > 0 || f.Events != 300 {
		t.Fatalf("undamaged: %+v (%v)", f, err)
	}
	update(t, s, func(tx *Tx) error {
		return tx.exec(`UPDATE blob_chunk SET data = zeroblob(length(data)) WHERE n = 1`)
	})
	found(s, "its bytes have the sum")
	update(t, s, func(tx *Tx) error { return tx.exec(`DELETE FROM blob_chunk WHERE n = 1`) })
	found(s, "blob "+content.SHA256+": chunk 1 is missing")
	if err := errors.Join(s.conn.do(`PRAGMA foreign_keys = 0`), s.conn.do(`DELETE FROM ticket`)); err != nil {
		t.Fatal(err)
	}
	found(s, "of conversation refers to a missing row of ticket")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte(`"yyyyyyyy`))
	page := at &^ 4095
	copy(b[page:], bytes.Repeat([]byte{0xff}, 4096))
	if err := os.WriteFile(s.path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := openAt(t, s.path, c)
	found(damaged, "database: ")
	found(damaged, "history")
	found(damaged, "chunk 1 is missing") // what came after was looked at
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := damaged.Verify(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled verify: %v", err)
	}
}

// The bytes of a token survive SQLite's signed integers.
func TestTokensOverAllBits(t *testing.T) {
	s := openSQLite(t, newClock())
	sc := makeScene(t, s)
	for _, token := range []uint64{1<<56 - 1, 1 << 63, 1<<64 - 1} {
		c := aside.Conversation{Ticket: sc.ticket.Number, Kind: aside.Side, Token: token}
		update(t, s, func(tx *Tx) error { return tx.AddConversation(&c) })
		view(t, s, func(tx *Tx) error {
			f, err := tx.Candidates(Needs{Conversations: []uint64{token}})
			if len(f.Tickets) != 1 {
				t.Errorf("token %x is not found", token)
			}
			got, err2 := tx.Conversation(c.ID)
			if got.Token != token {
				t.Errorf("token %x came back as %x", token, got.Token)
			}
			return errors.Join(err, err2)
		})
	}
}
