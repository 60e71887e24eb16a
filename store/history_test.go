package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"aside"
)

// Every change to a line of history is found; erasing its content is not one.
func testHistory(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	sc, other := makeScene(t, s), makeScene(t, s)
	for i := range 4 {
		c.Add(time.Minute)
		update(t, s, func(tx *Tx) error {
			if err := tx.AddEvent(other.ticket.Number, "dana", "status", nil); err != nil {
				return err
			}
			return tx.AddEvent(sc.ticket.Number, "dana", "status", map[string]any{"to": "open", "n": i})
		})
	}
	var events []aside.Event
	view(t, s, func(tx *Tx) (err error) { events, err = tx.Events(sc.ticket.Number); return err })
	if len(events) != 4 || events[3].Seq != 4 || string(events[3].Data) != `{"n":3,"to":"open"}` || !events[3].At.Equal(c.Now()) || events[0].Actor != "dana" {
		t.Fatalf("history %+v", events)
	}
	problems := func() []string {
		f, err := s.Verify(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if f.Events < 7 || f.Tickets != 2 || f.Messages != 6 {
			t.Errorf("verified %+v", f)
		}
		return f.Problems
	}
	if p := problems(); len(p) > 0 {
		t.Fatalf("untouched: %q", p)
	}
	for name, change := range map[string]string{
		"at":                  `UPDATE event SET at = at + 1 WHERE ticket = 1 AND seq = 2`,
		"actor":               `UPDATE event SET actor = 'omar' WHERE ticket = 1 AND seq = 2`,
		"kind":                `UPDATE event SET kind = 'assign' WHERE ticket = 1 AND seq = 2`,
		"data":                `UPDATE event SET data = '{}' WHERE ticket = 1 AND seq = 2`,
		"data gone":           `UPDATE event SET data = '' WHERE ticket = 1 AND seq = 2`,
		"salt":                `UPDATE event SET salt = x'00' WHERE ticket = 1 AND seq = 2`,
		"digest":              `UPDATE event SET digest = x'00' WHERE ticket = 1 AND seq = 2`,
		"hash":                `UPDATE event SET hash = x'00' WHERE ticket = 1 AND seq = 2`,
		"hash of the last":    `UPDATE event SET hash = x'00' WHERE ticket = 1 AND seq = 4`,
		"data of the last":    `UPDATE event SET data = '{}' WHERE ticket = 1 AND seq = 4`,
		"seq":                 `UPDATE event SET seq = 9 WHERE ticket = 1 AND seq = 4`,
		"gone":                `DELETE FROM event WHERE ticket = 1 AND seq = 2`,
		"the first gone":      `DELETE FROM event WHERE ticket = 1 AND seq = 1`,
		"moved to another":    `UPDATE event SET ticket = 2, seq = 5 WHERE ticket = 1 AND seq = 4`,
		"copied from another": `UPDATE event SET (at, actor, kind, data, salt, digest, hash) = (SELECT at, actor, kind, data, salt, digest, hash FROM event WHERE ticket = 2 AND seq = 3) WHERE ticket = 1 AND seq = 3`,
		"two swapped":         `UPDATE event SET seq = CASE seq WHEN 2 THEN 12 ELSE 11 END WHERE ticket = 1 AND seq IN (2, 3)`,
	} {
		t.Run(name, func(t *testing.T) {
			saved := `CREATE TABLE saved AS SELECT * FROM event`
			update(t, s, func(tx *Tx) error { return errors.Join(tx.exec(saved), tx.exec(octetsIn(s, change))) })
			p := problems()
			if len(p) == 0 || !strings.Contains(strings.Join(p, "\n"), "history of ticket") {
				t.Errorf("found %q", p)
			}
			update(t, s, func(tx *Tx) error {
				return errors.Join(tx.exec(`DELETE FROM event`), tx.exec(`INSERT INTO event SELECT * FROM saved`), tx.exec(`DROP TABLE saved`))
			})
		})
	}
	update(t, s, func(tx *Tx) error {
		return tx.exec(octetsIn(s, `UPDATE event SET data = '', salt = x'' WHERE ticket = 1 AND seq IN (1, 3, 4)`))
	})
	update(t, s, func(tx *Tx) error { return tx.AddEvent(sc.ticket.Number, "aside", "erased", nil) })
	if p := problems(); len(p) > 0 {
		t.Errorf("erased content: %q", p)
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.AddEvent(sc.ticket.Number, "x", "y", func() {}) }); err == nil {
		t.Error("what has no JSON became an event")
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.AddEvent(424242, "x", "y", nil) }); err == nil {
		t.Error("a ticket that is not there has a history")
	}
}

// octetsIn writes the octets of a statement as the engine has them.
func octetsIn(s *Store, query string) string {
	if s.d.name == "postgres" {
		return strings.NewReplacer("x'00'", `'\x00'`, "x''", "''").Replace(query)
	}
	return query
}

// Verify sees where a message is not what was said, and by whom; what the store
// itself changes of one is no damage.
func testMessageSums(t *testing.T, open opener) {
	s := open(t, newClock())
	sc := makeScene(t, s)
	odd := aside.Message{Conversation: sc.customer.ID, Token: 9001, Kind: aside.MessageInbound, Author: "jane@customer.example", Subject: "a\x00b",
		Text: "caf\xe9\x00", HTML: "<p>caf\xe9", Elided: "> \xff"}
	update(t, s, func(tx *Tx) error { return tx.AddMessage(&odd, true) })
	problems := func() []string {
		t.Helper()
		f, err := s.Verify(context.Background())
		if err != nil || f.Messages != 4 {
			t.Fatalf("%d messages, want 4 (%v)", f.Messages, err)
		}
		return f.Problems
	}
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.MarkRelayed(odd.ID, 0), tx.MoveMessage(odd.ID, sc.notes))
	})
	if p := problems(); len(p) > 0 {
		t.Errorf("problems %q of what was not damaged", p)
	}
	update(t, s, func(tx *Tx) error {
		return tx.exec(`UPDATE message SET conversation = $2 WHERE id = $1`, sc.secret.ID, sc.customer.ID)
	})
	if p := problems(); len(p) != 1 || !strings.Contains(p[0], "is a note, and stands where others hear it") {
		t.Errorf("with a note among the customer's mails: %q", p)
	}
	update(t, s, func(tx *Tx) error {
		return tx.exec(`UPDATE message SET conversation = $2 WHERE id = $1`, sc.secret.ID, sc.notes.ID)
	})
	for _, column := range []string{"author", "author_name", "message_id", "subject", "text", "html", "elided"} {
		update(t, s, func(tx *Tx) error {
			return tx.exec(`UPDATE message SET `+column+` = `+column+` || 'x' WHERE id = $1`, sc.secret.ID)
		})
		want := fmt.Sprintf("message %d of ticket %d is not what was stored", sc.secret.ID, sc.ticket.Number)
		if p := problems(); len(p) != 1 || !strings.HasPrefix(p[0], want) {
			t.Errorf("with another %s: %q, want %q", column, p, want)
		}
		update(t, s, func(tx *Tx) error {
			return tx.exec(`UPDATE message SET `+column+` = substr(`+column+`, 1, length(`+column+`) - 1) WHERE id = $1`, sc.secret.ID)
		})
	}
}
