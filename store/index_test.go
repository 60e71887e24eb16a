package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"aside"
)

// TestIndexMadeAnew loses the index's file in all the ways in which a file can
// be lost: what was written is found all the while by its text, and by the
// index again once the worker has been at it.
func TestIndexMadeAnew(t *testing.T) {
	c := newClock()
	path := filepath.Join(t.TempDir(), "aside.db")
	var said strings.Builder
	open := func() *Store {
		t.Helper()
		s, err := Open(context.Background(), Options{Path: path, Now: c.Now, Log: slog.New(slog.NewTextHandler(&said, nil))})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	sc := makeScene(t, s)
	token := uint64(30000)
	note := func(text string) {
		t.Helper()
		token++
		update(t, s, func(tx *Tx) error {
			return tx.AddMessage(&aside.Message{Conversation: sc.notes.ID, Token: token, Kind: aside.MessageNote, Author: "omar", Text: text}, true)
		})
	}
	found := func(words string, want int) {
		t.Helper()
		view(t, s, func(tx *Tx) error {
			got, err := tx.Search(words, nil, 10, 0)
			if len(got.Hits) != want || got.Behind {
				t.Errorf("%q finds %d messages, want %d; behind: %v", words, len(got.Hits), want, got.Behind)
			}
			return err
		})
	}
	onDisk := func(change func(db *sql.DB) error) func() {
		return func() {
			t.Helper()
			db, err := indexFile(indexOf(path))
			if err := errors.Join(err, change(db), db.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	exec := func(query string) func(db *sql.DB) error {
		return func(db *sql.DB) error { _, err := db.Exec(query); return err }
	}
	write := func(text string) func() {
		return func() {
			if err := os.WriteFile(indexOf(path), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func() {
		if err := os.Remove(indexOf(path)); err != nil {
			t.Fatal(err)
		}
	}
	note("before all of it")
	var all int
	view(t, s, func(tx *Tx) error { return tx.row(`SELECT count(*) FROM message`).Scan(&all) })
	for i, tt := range []struct {
		what string
		lose func()
		says string
	}{
		{"nothing", func() {}, ""},
		{"removed", remove, ""},
		{"empty", write(""), "no such table"},
		{"no database", write(strings.Repeat("kettle", 5000)), "not a database"},
		{"half of it was made", onDisk(exec(`PRAGMA user_version = 0; DROP TABLE upto`)), "no such table"},
		{"of another program", onDisk(exec(`PRAGMA user_version = 99`)), "schema 99"},
		{"ahead of the database", onDisk(exec(`UPDATE upto SET message = message + 1`)), "another database"},
		{"of another database", onDisk(exec(`UPDATE upto SET token = token + 1`)), "another database"},
	} {
		note(fmt.Sprintf("lost%d in the box", i))
		fill(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		said.Reset()
		tt.lose()
		s = open()
		for range 2 { // by the texts, then by the index
			found("before", 1)
			found(fmt.Sprintf("lost%d", i), 1)
			fill(t, s)
		}
		if n := indexed(t, s); n != all+i+1 {
			t.Errorf("%s: %d messages are in the index", tt.what, n)
		}
		if tt.says == "" && said.Len() > 0 || !strings.Contains(said.String(), tt.says) {
			t.Errorf("%s: the log says %q", tt.what, said.String())
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestIndexDamagedAtWork breaks pages of the index under an open store: it is
// given up by whoever meets them, and nothing else fails.
func TestIndexDamagedAtWork(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aside.db")
	var said strings.Builder
	s, err := Open(context.Background(), Options{Path: path, Now: newClock().Now, Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sc := makeScene(t, s)
	update(t, s, func(tx *Tx) error {
		for i := range 300 {
			text := fmt.Sprintf("word%d word%d all", i, i*7)
			if err := tx.AddMessage(&aside.Message{Conversation: sc.notes.ID, Token: 40000 + uint64(i), Kind: aside.MessageNote, Author: "omar", Text: text}, true); err != nil {
				return err
			}
		}
		return nil
	})
	fill(t, s)
	before := indexed(t, s)
	breaks := func() (broken *sql.DB) {
		broken = s.index.file()
		if _, err := broken.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
			t.Fatal(err)
		}
		broken.SetMaxIdleConns(0) // the next look reads the file, not what a connection remembers
		file, err := os.ReadFile(indexOf(path))
		if err != nil {
			t.Fatal(err)
		}
		copy(file[4096:], bytes.Repeat([]byte{0xA5}, len(file)))
		if err := os.WriteFile(indexOf(path), file, 0o600); err != nil {
			t.Fatal(err)
		}
		return broken
	}
	breaks()
	for range 2 {
		view(t, s, func(tx *Tx) error {
			found, err := tx.Search("all word7", nil, 10, 0)
			if len(found.Hits) != 2 {
				t.Errorf("found %d", len(found.Hits))
			}
			return err
		})
		fill(t, s)
	}
	again := breaks() // whoever reads all pages meets it, too
	if done, err := s.CheckPages(context.Background(), AnySize); !done || err != nil || s.index.file() != nil {
		t.Errorf("the pages were checked: %v, %v; the index is in use: %v", done, err, s.index.file() == again)
	}
	fill(t, s)
	if n := indexed(t, s); n != before || !strings.Contains(said.String(), "malformed") {
		t.Errorf("%d of %d messages are in the index again; the log says %q", n, before, said.String())
	}
}

// TestIndexLostWhileNothingComes: a search that gives an index up wakes the
// worker, which would else sleep until further mail came.
func TestIndexLostWhileNothingComes(t *testing.T) {
	s := openSQLite(t, newClock())
	makeScene(t, s)
	fill(t, s)
	<-s.indexed // what the scene rang
	if _, err := s.index.file().Exec(`DROP TABLE search`); err != nil {
		t.Fatal(err)
	}
	view(t, s, func(tx *Tx) error { _, err := tx.Search("VIP", nil, 10, 0); return err })
	select {
	case <-s.indexed:
	default:
		t.Error("the worker sleeps on")
	}
}

// TestIndexWithoutItsTables: a file that lacks something is made anew, and fails
// nobody meanwhile.
func TestIndexWithoutItsTables(t *testing.T) {
	for _, lose := range []string{`DROP TABLE search`, `DELETE FROM upto`} {
		s := openSQLite(t, newClock())
		makeScene(t, s)
		fill(t, s)
		before := indexed(t, s)
		if _, err := s.index.file().Exec(lose); err != nil {
			t.Fatal(err)
		}
		update(t, s, func(tx *Tx) error { _, err := tx.SentElsewhere("a", 1, "b c", 3); return err })
		view(t, s, func(tx *Tx) error { _, err := tx.Search("VIP", nil, 10, 0); return err })
		fill(t, s)
		view(t, s, func(tx *Tx) error {
			found, err := tx.Search("VIP", nil, 10, 0)
			if err == nil && len(found.Hits) != 1 {
				t.Errorf("%s: found %+v", lose, found)
			}
			return err
		})
		if n := indexed(t, s); n != before {
			t.Errorf("%s: %d of %d messages are in the index again", lose, n, before)
		}
	}
}

func TestIndexOfAClosedStore(t *testing.T) {
	s := openSQLite(t, newClock())
	fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.index.renew(t.Context()); !errors.Is(err, ErrClosed) || s.index.file() != nil {
		t.Errorf("the index of a closed store was made: %v", err)
	}
}

// TestLettersOfTheIndex: what is inside a word here is so for FTS5, which has no
// places of words to tell a phrase by. Over all letters and digits that there are.
func TestLettersOfTheIndex(t *testing.T) {
	s := openSQLite(t, newClock())
	fill(t, s)
	var text strings.Builder
	words := 0
	for r := range unicode.MaxRune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r) || accent(r) {
			fmt.Fprintf(&text, "x%cy ", r)
			words++
		}
	}
	apart := map[string]bool{}
	for w := range eachWord(text.String(), 2*words) {
		if w.text == "x" || w.text == "y" {
			apart[w.text] = true
		}
	}
	if !apart["x"] || !apart["y"] {
		t.Error("no rune is known that Unicode has for a letter and FTS5 has not")
	}
	var alone strings.Builder // without those
	for w := range strings.FieldsSeq(text.String()) {
		if !newerLetter([]rune(w)[1]) {
			alone.WriteString(w + " ")
		}
	}
	if _, err := s.index.file().Exec(`INSERT INTO search (rowid, body) VALUES (1, $1)`, alone.String()); err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"x", "y"} {
		if ids, _, err := func() (ids []int64, sure bool, err error) {
			view(t, s, func(tx *Tx) error { ids, sure, err = tx.matching(phrases([]string{w}), 2, 1); return err })
			return ids, sure, err
		}(); err != nil || len(ids) > 0 {
			t.Errorf("FTS5 has %q as a word of its own (%v)", w, err)
		}
	}
}
