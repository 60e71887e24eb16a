package store

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aside"
	"aside/test/postgres"
)

// Every table of either engine is copied, or is known to be its own.
func TestCopyKnowsAllTables(t *testing.T) {
	own := []string{"migration", "search", "search_todo", "overtaken", "sqlite_sequence", "search_data", "search_idx", "search_content", "search_docsize", "search_config"}
	for name, open := range map[string]opener{"sqlite": openSQLite, "postgres": openPostgres} {
		t.Run(name, func(t *testing.T) {
			s := open(t, newClock())
			query := `SELECT name FROM sqlite_schema WHERE type = 'table'`
			if name == "postgres" {
				query = `SELECT relname::text FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid) AND relnamespace = current_schema()::regnamespace`
			}
			n := 0
			view(t, s, func(tx *Tx) error {
				rows, err := tx.q.query(tx.ctx, query)
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var name string
					if err := rows.Scan(&name); err != nil {
						return err
					}
					n++
					if !slices.Contains(own, name) && !slices.ContainsFunc(tables(), func(c table) bool { return c.name == name }) {
						t.Errorf("table %s is not copied", name)
					}
				}
				return rows.Err()
			})
			if n < len(tables()) {
				t.Errorf("%d tables", n)
			}
		})
	}
}

// furnish writes something into every table.
func furnish(t *testing.T, s *Store, c *clock) (blob string) {
	t.Helper()
	stops := tour(makeScene(t, s), c)
	for range 2 { // the second time finds what the first wrote
		for _, name := range slices.Sorted(maps.Keys(stops)) {
			_ = s.Update(context.Background(), func(tx *Tx) error { stops[name](tx); return nil })
		}
	}
	for range 5 { // whose numbers would give scenes the tokens of the tour
		update(t, s, ticketNamed("plain"))
	}
	for range 30 {
		makeScene(t, s)
	}
	update(t, s, func(tx *Tx) error {
		odd := []uint64{1 << 63, 1<<64 - 1, 1<<53 + 1, 0}
		hold := &HeldMail{Hold: aside.Hold{InboundID: "r"}, Mail: aside.Inbound{Mail: &aside.Mail{Attachments: []aside.Attachment{{Content: aside.Content{SHA256: "p", Size: 1, Data: []byte("p")}}}}}}
		return errors.Join(tx.AddPassages(1, 1, Theirs, odd), tx.AddLines(2, 0, 0, odd), tx.SetMeta("daemons", "{}"), tx.SetTag(3, "größer", true),
			tx.SetTag(3, "A", true), tx.SetTag(3, "b", true), tx.SetField(3, "f", "x"), tx.AddHold(hold), tx.Join(4, "dana", "invited"), tx.PassagesUpto(1, 7))
	})
	content, err := s.KeepStream(context.Background(), bytes.NewReader(octets(20*chunkSize+17, 1)))
	if err != nil {
		t.Fatal(err)
	}
	view(t, s, func(tx *Tx) error {
		for _, table := range tables() {
			var n int
			if err := tx.row(`SELECT count(*) FROM ` + table.name).Scan(&n); err != nil || n == 0 {
				t.Errorf("nothing is in %s: the copy of it proves nothing (%v)", table.name, err)
			}
		}
		return nil
	})
	return content.SHA256
}

// There and back, stopped at every step on the way.
func TestCopy(t *testing.T) {
	c := newClock()
	first := openSQLite(t, c)
	blob := furnish(t, first, c)
	dsn := postgres.Start(t).Database(t)
	through := func(from *Store, o Options) *Store {
		t.Helper()
		o.Now, o.Log = c.Now, slog.New(slog.DiscardHandler)
		stopped := 0
		for step := 0; ; step++ {
			o.Copying = true
			to, err := Open(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(context.Background())
			steps := 0
			done, err := Copy(ctx, from, to, func(CopyStep) {
				if steps++; steps == 1+step%7 && step < 24 {
					stop()
				}
			})
			stop()
			if e := to.Close(); e != nil {
				t.Fatal(e)
			}
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			o.Copying = false
			again, openErr := Open(context.Background(), o)
			if err == nil {
				if openErr != nil || stopped < 12 || !done.Resumed || done.Tables != len(tables()) || done.Rows < 300 {
					t.Fatalf("done after %d stops: %+v, opened: %v", stopped, done, openErr)
				}
				t.Cleanup(func() { again.Close() })
				return again
			}
			stopped++
			if !errors.Is(openErr, ErrUnfinished) {
				t.Fatalf("half a copy was opened: %v", openErr)
			}
		}
	}
	second := through(first, Options{DSN: dsn})
	third := through(second, Options{Path: filepath.Join(t.TempDir(), "back.db")})
	for _, s := range []*Store{second, third} {
		readBlob(t, s, blob)
		f, err := s.Verify(context.Background())
		if err != nil || slices.ContainsFunc(f.Problems, func(p string) bool { return !strings.HasPrefix(p, "blob ") }) || f.Tickets < 30 {
			t.Errorf("the copy holds %+v (%v)", f, err)
		}
		fill(t, s)
		view(t, s, func(tx *Tx) error {
			found, err := tx.Search("VIP", nil, 100, 100)
			if len(found.Hits) != 31 {
				t.Errorf("%d hits in the copy", len(found.Hits))
			}
			return err
		})
		update(t, s, func(tx *Tx) error {
			n := &aside.Ticket{Status: "open", Turn: "team"}
			if err := tx.AddTicket(n, 0); err != nil {
				return err
			}
			var others int
			return errors.Join(tx.row(`SELECT count(*) FROM ticket WHERE number >= $1`, n.Number).Scan(&others), tx.AddEvent(1, "dana", "later", nil))
		})
	}
}

// A copy is refused where it would mix or miss something.
func TestCopyRefuses(t *testing.T) {
	c := newClock()
	from, to := openSQLite(t, c), openSQLite(t, c)
	makeScene(t, from)
	quiet := func(CopyStep) {}
	ctx, stop := context.WithCancel(context.Background())
	if _, err := Copy(ctx, from, to, func(CopyStep) { stop() }); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	other := openSQLite(t, c)
	if _, err := Copy(context.Background(), other, to, quiet); err == nil || !strings.Contains(err.Error(), "has not ended") {
		t.Errorf("another store was copied into half a copy: %v", err)
	}
	changed := false
	_, err := Copy(context.Background(), from, to, func(s CopyStep) {
		if s.Table == "message" && !changed {
			changed = true
			update(t, to, func(tx *Tx) error { return tx.exec(`UPDATE ticket SET subject = 'changed'`) })
		}
	})
	if !errors.Is(err, errDiffers) || !strings.Contains(err.Error(), "ticket: ") {
		t.Errorf("a row that differs: %v", err)
	}
	makeScene(t, other)
	if _, err := Copy(context.Background(), from, other, quiet); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("two installations were mixed: %v", err)
	}
}
