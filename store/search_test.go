package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aside"
)

// fill indexes what waits, as the worker does, and returns how many batches
// it took.
func fill(t *testing.T, s *Store) (batches int) {
	t.Helper()
	for more := true; more; batches++ {
		var err error
		if more, err = s.indexBatch(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	return batches
}

func testSearch(t *testing.T, open opener) {
	s := open(t, newClock())
	sc := makeScene(t, s)
	token := uint64(30000)
	add := func(text string) {
		token++
		update(t, s, func(tx *Tx) error {
			return tx.AddMessage(&aside.Message{Conversation: sc.notes.ID, Token: token, Kind: aside.MessageNote, Author: "omar", Text: text}, true)
		})
	}
	find := func(words string) (n int) {
		view(t, s, func(tx *Tx) error {
			found, err := tx.Search(words, nil, 500, 0)
			n = len(found.Hits)
			return err
		})
		return n
	}
	add("Die Straße nach Łódź, crème brûlée, order 4-711 of today")
	add("order 711 of 4 days; NEAR the AND OR NOT; 快递在哪里")
	for range 2 { // by the texts alone, then by the index
		for words, want := range map[string]int{
			"order": 2, "ORDER": 2, "order today": 1, "4-711": 1, "creme brulee": 1, "Łódź": 1, "omar": 3, "nothing": 0, "today order": 1,
			"NEAR": 1, "AND": 1, "": 0, "   ": 0, "快递在哪里": 1, "order\x00today": 1, "VIP": 1, "711-of-4": 1, "711-of-5": 0, "4.711 Straße/nach": 1,
		} {
			if n := find(words); n != want {
				t.Errorf("%q finds %d, want %d", words, n, want)
			}
		}
		if n := fill(t, s); n > 2 {
			t.Errorf("%d batches for a few messages", n)
		}
	}
	for _, odd := range []string{`"`, `""`, `"""`, `*`, `or*`, `^order`, `(`, `)`, `a AND (`, `{body}: order`, `body:order`, `-order`, `NEAR(`, `'`, `';--`, `\`, `%`, `+`,
		"\xff\xfe", "\x00", "\x1b[31m", "🙂", "order 🙂 \"", "order\u19b0today", "\u19b0", strings.Repeat("word ", 5000), strings.Repeat("x", 1<<20), strings.Repeat(`"`, 4001), strings.Repeat("( ", 300)} {
		find(odd) // fails the test if it is an error
	}
	view(t, s, func(tx *Tx) error {
		found, err := tx.Search("VIP", nil, 10, 10)
		hits := found.Hits
		if len(hits) != 1 || hits[0].Ticket != sc.ticket.Number || hits[0].Conversation != "notes" || hits[0].Team != "support" || hits[0].Author != "omar" || !strings.Contains(hits[0].Excerpt, "VIP") || strings.Contains(hits[0].Excerpt, "omar") {
			t.Errorf("hits %+v", hits)
		}
		return err
	})
	view(t, s, func(tx *Tx) error {
		found, err := tx.Search("of", nil, 10, 1)
		hits := found.Hits
		if len(hits) != 2 || !strings.Contains(hits[0].Excerpt, "of 4 days") || hits[1].Excerpt != "" {
			t.Errorf("hits with one excerpt: %+v", hits)
		}
		return err
	})
	testIndexResumes(t, s, add, find)
}

// indexed counts the messages in the index.
func indexed(t *testing.T, s *Store) (n int) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		const count = `SELECT count(*) FROM search`
		if s.index == nil {
			return tx.row(count).Scan(&n)
		}
		_, err := s.index.use(tx, func(db *sql.DB) error { return db.QueryRow(count).Scan(&n) })
		return err
	})
	return n
}

// The index goes on where it stopped: nothing twice, nothing left out, and a
// batch has bounds.
func testIndexResumes(t *testing.T, s *Store, add func(string), find func(string) int) {
	for range 2*s.d.batch + 3 {
		add("resumed")
	}
	before := indexed(t, s)
	if more, err := s.indexBatch(context.Background()); !more || err != nil {
		t.Fatalf("more %v: %v", more, err)
	}
	if n := indexed(t, s) - before; n != s.d.batch {
		t.Errorf("one batch holds %d", n)
	}
	if n := find("resumed"); n != 2*s.d.batch+3 {
		t.Errorf("%d found of which %d are indexed", n, s.d.batch)
	}
	if n := fill(t, s); n > 3 {
		t.Errorf("%d batches for what fits into two", n)
	}
	if n, again := find("resumed"), fill(t, s); n != 2*s.d.batch+3 || again != 1 || indexed(t, s)-before != n {
		t.Errorf("found %d, %d indexed, and %d batches more", n, indexed(t, s)-before, again)
	}
	const long = 9
	for i := range long {
		add(fmt.Sprintf("long %d ", i) + strings.Repeat("é lorem ipsum ", searchOctets/10))
	}
	if n := fill(t, s); n < long*searchOctets/s.d.batchOctets {
		t.Errorf("long texts came in %d batches", n)
	}
	if n := find("long"); n != long {
		t.Errorf("found %d long texts", n)
	}
	// The worker is woken by a commit, and ends with its context.
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Index(ctx) }()
	before = indexed(t, s)
	add("woken")
	for indexed(t, s) == before {
		select {
		case err := <-ended:
			t.Fatalf("the worker ended: %v", err)
		default:
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the worker: %v", err)
	}
}

// FuzzSearch: whatever an agent searches for is never an error.
func FuzzSearch(f *testing.F) {
	for _, words := range []string{"order", "a\U0001E900b", `"`, "a AND (b", "NEAR(x y, 2)", "\x00", "\xff", "é*", "{body} : ^x"} {
		f.Add(words)
	}
	s, err := Open(context.Background(), Options{Path: filepath.Join(f.TempDir(), "aside.db"), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	if _, err := s.indexBatch(context.Background()); err != nil { // makes the index, so that it is asked
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, words string) {
		view(t, s, func(tx *Tx) error { _, err := tx.Search(words, nil, 5, 5); return err })
	})
}

// An agent finds what is in sight, however much newer mail of others has the
// same words.
func testSearchSight(t *testing.T, open opener) {
	s := open(t, newClock())
	mine, other, led, entered, left := makeScene(t, s), makeScene(t, s), makeScene(t, s), makeScene(t, s), makeScene(t, s)
	token := uint64(30000)
	say := func(sc *scene, n int) {
		update(t, s, func(tx *Tx) error {
			for range n {
				token++
				if err := tx.AddMessage(&aside.Message{Conversation: sc.customer.ID, Token: token, Kind: aside.MessageInbound, Author: "jane", Text: "zebra"}, true); err != nil {
					return err
				}
			}
			return nil
		})
	}
	update(t, s, func(tx *Tx) error {
		for _, sc := range []*scene{other, led, entered, left} {
			sc.ticket.Team = "billing"
		}
		led.ticket.Lead = "dana"
		return errors.Join(tx.SaveTicket(other.ticket), tx.SaveTicket(led.ticket), tx.SaveTicket(entered.ticket), tx.SaveTicket(left.ticket),
			tx.Join(entered.ticket.Number, "dana", "invited"), tx.Join(left.ticket.Number, "dana", "unfollowed"))
	})
	for _, sc := range []*scene{mine, led, entered, left} {
		say(sc, 1)
	}
	say(other, 300)
	fill(t, s)
	for _, tt := range []struct {
		sight *Sight
		want  []int64
	}{
		{&Sight{Agent: "dana", Teams: []string{"support"}}, []int64{entered.ticket.Number, led.ticket.Number, mine.ticket.Number}},
		{&Sight{Agent: "dana"}, []int64{entered.ticket.Number, led.ticket.Number}},
		{&Sight{Agent: "eve", Teams: []string{"sales", "sup'port"}}, nil},
		{&Sight{Teams: []string{"support"}}, []int64{mine.ticket.Number}},
	} {
		var got []int64
		view(t, s, func(tx *Tx) error {
			found, err := tx.Search("zebra", tt.sight, 10, 0)
			for _, h := range found.Hits {
				got = append(got, h.Ticket)
			}
			return err
		})
		if !slices.Equal(got, tt.want) {
			t.Errorf("%+v finds %v, want %v", *tt.sight, got, tt.want)
		}
	}
}

// A search says when there is too much that is not indexed for it to read.
func testSearchBehind(t *testing.T, open opener) {
	s := open(t, newClock())
	sc := makeScene(t, s)
	update(t, s, func(tx *Tx) error {
		for i := range freshMessages + 1 {
			m := &aside.Message{Conversation: sc.customer.ID, Token: 30000 + uint64(i), Kind: aside.MessageInbound, Author: "jane", Text: fmt.Sprintf("zebra %d", i)}
			if err := tx.AddMessage(m, true); err != nil {
				return err
			}
		}
		return nil
	})
	search := func(words string, hits int, behind bool) {
		t.Helper()
		view(t, s, func(tx *Tx) error {
			found, err := tx.Search(words, nil, 2*freshMessages, 0)
			if len(found.Hits) != hits || found.Behind != behind {
				t.Errorf("%q finds %d messages, and is behind: %v; want %d, %v", words, len(found.Hits), found.Behind, hits, behind)
			}
			return err
		})
	}
	search("zebra", freshMessages, true)
	search("zebra 0", 0, true)
	fill(t, s)
	search("zebra", freshMessages+1, false)
	search("zebra 0", 1, false)
}
