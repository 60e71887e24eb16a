package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"aside"
)

// attempt runs one statement as a change of its own that is undone again, and
// returns what the database said.
func attempt(s *Store, query string, args ...any) (refusal error) {
	undo := errors.New("undo")
	for i := len(args); i > 0; i-- { // in the text: PostgreSQL takes no argument that is not used
		query = strings.ReplaceAll(query, fmt.Sprintf("$%d", i), fmt.Sprint(args[i-1]))
	}
	err := s.Update(context.Background(), func(tx *Tx) error {
		n, err := tx.affected(query)
		if err != nil {
			return err
		}
		if n == 0 {
			return errors.New("the statement touched no row: it proves nothing")
		}
		return undo
	})
	if errors.Is(err, undo) {
		return nil
	}
	return err
}

// Whatever the code above the store does, plain SQL cannot send a message
// outside its conversation, a note anywhere, or a contact's own mail on.
func testLeaks(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	sc, other := makeScene(t, s), makeScene(t, s)
	inbound := aside.Message{Conversation: sc.side.ID, Token: 9999, Kind: aside.MessageInbound, Author: "c@courier.example", Text: "Lost it."}
	update(t, s, func(tx *Tx) error {
		if err := tx.AddMessage(&inbound, true); err != nil {
			return err
		}
		if err := tx.AddDelivery(1, sc.question, sc.courier, c.Now(), false); err != nil {
			return err
		}
		return tx.AddDelivery(2, other.answer, other.jane, c.Now(), false)
	})
	t.Run("insert", func(t *testing.T) { testLeakingInserts(t, s, sc, other, inbound) })
	t.Run("update", func(t *testing.T) { testLeakingUpdates(t, s, sc, inbound) })
	t.Run("foreign keys stay on", func(t *testing.T) {
		if s.d.name == "postgres" {
			t.Skip("only a superuser can turn them off, which the daemon need not be")
		}
		err := s.Update(context.Background(), func(tx *Tx) error {
			if err := tx.exec(`PRAGMA foreign_keys = 0`); err != nil {
				return err
			}
			return tx.AddDelivery(77, aside.Message{ID: sc.secret.ID, Conversation: sc.customer.ID}, sc.jane, c.Now(), false)
		})
		if err == nil || !strings.Contains(err.Error(), "constraint failed") {
			t.Errorf("a note was queued to the customer: %v", err)
		}
	})
}

// constraint reports an error by which a rule of the schema refused a change,
// in the words of either engine.
func constraint(err error) bool {
	return strings.Contains(err.Error(), "constraint failed") || strings.Contains(err.Error(), " constraint \"") && strings.Contains(err.Error(), "SQLSTATE 23")
}

func testLeakingInserts(t *testing.T, s *Store, sc, other *scene, inbound aside.Message) {
	const insert = `INSERT INTO delivery (token, conversation, message, leaves, participant, state, next_at, created_at) VALUES (31337, $1, $2, $3, $4, 'queued', 0, 0)`
	for _, tt := range []struct {
		name                               string
		conversation, message, participant int64
		leaves                             int
		refused                            bool
	}{
		{"the answer to the customer", sc.customer.ID, sc.answer.ID, sc.jane.ID, 1, false},
		{"the vendor conversation's message to the customer", sc.side.ID, sc.question.ID, sc.jane.ID, 1, true},
		{"the same, filed under the customer's conversation", sc.customer.ID, sc.question.ID, sc.jane.ID, 1, true},
		{"the customer's message to the vendor", sc.customer.ID, sc.answer.ID, sc.courier.ID, 1, true},
		{"a note to the customer", sc.notes.ID, sc.secret.ID, sc.jane.ID, 1, true},
		{"a note, filed under the customer's conversation", sc.customer.ID, sc.secret.ID, sc.jane.ID, 1, true},
		{"a note that pretends not to leave", sc.notes.ID, sc.secret.ID, sc.jane.ID, 0, true},
		{"the vendor's own mail to the vendor's conversation", sc.side.ID, inbound.ID, sc.courier.ID, 1, true},
		{"the same with leaves forged", sc.side.ID, inbound.ID, sc.courier.ID, 0, true},
		{"another ticket's answer", sc.customer.ID, other.answer.ID, sc.jane.ID, 1, true},
		{"to another ticket's customer", sc.customer.ID, sc.answer.ID, other.jane.ID, 1, true},
		{"of no message", sc.customer.ID, 424242, sc.jane.ID, 1, true},
	} {
		err := attempt(s, insert, tt.conversation, tt.message, tt.leaves, tt.participant)
		if (err != nil) != tt.refused || err != nil && !constraint(err) {
			t.Errorf("%s: %v, refused should be %v", tt.name, err, tt.refused)
		}
	}
	for name, q := range map[string]string{
		"a participant of the notes":         `INSERT INTO participant (conversation, kind, address, name, role, holder, since, audience_at) SELECT id, 'notes', 'x@y.example', '', 'to', 7, 0, 0 FROM conversation WHERE kind = 'notes' LIMIT 1`,
		"a participant of the notes as side": `INSERT INTO participant (conversation, kind, address, name, role, holder, since, audience_at) SELECT id, 'side', 'x@y.example', '', 'to', 7, 0, 0 FROM conversation WHERE kind = 'notes' LIMIT 1`,
		"a second customer conversation":     `INSERT INTO conversation (ticket, kind, token, subject, created_at) VALUES (1, 'customer', 31337, '', 0)`,
		"a second notes conversation":        `INSERT INTO conversation (ticket, kind, token, subject, created_at) VALUES (1, 'notes', 31337, '', 0)`,
		"the same participant twice":         `INSERT INTO participant (conversation, kind, address, name, role, holder, since, audience_at) SELECT conversation, kind, address, '', 'to', 7, 0, 0 FROM participant LIMIT 1`,
		"a note that says it leaves":         `INSERT INTO message (conversation, token, kind, leaves, author, author_name, subject, text, html, created_at, sum) SELECT id, 31337, 'note', 1, '', '', '', '', '', 0, 0 FROM conversation LIMIT 1`,
	} {
		if err := attempt(s, q); err == nil || !constraint(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every column that says who hears what is tried, alone and together with the
// others that would make the lie consistent.
func testLeakingUpdates(t *testing.T, s *Store, sc *scene, inbound aside.Message) {
	for name, q := range map[string]string{
		"a delivery's message":                 `UPDATE delivery SET message = $2 WHERE token = 1`,
		"a delivery's message to a note":       `UPDATE delivery SET message = $3 WHERE token = 1`,
		"a delivery's message to a contact's":  `UPDATE delivery SET message = $4 WHERE token = 1`,
		"a delivery's participant":             `UPDATE delivery SET participant = $5 WHERE token = 1`,
		"a delivery's conversation":            `UPDATE delivery SET conversation = $1 WHERE token = 1`,
		"its conversation and message":         `UPDATE delivery SET conversation = $1, message = $2 WHERE token = 1`,
		"its conversation and participant":     `UPDATE delivery SET conversation = $1, participant = $5 WHERE token = 1`,
		"leaves of a delivery":                 `UPDATE delivery SET leaves = 0 WHERE token = 1`,
		"leaves and message of a delivery":     `UPDATE delivery SET leaves = 0, message = $4 WHERE token = 1`,
		"a queued message's conversation":      `UPDATE message SET conversation = $1 WHERE id = $6`,
		"a contact's mail made to leave":       `UPDATE message SET leaves = 1 WHERE id = $4`,
		"the same with its kind":               `UPDATE message SET leaves = 1, kind = 'outbound' WHERE id = $4`,
		"a note made to leave":                 `UPDATE message SET leaves = 1, kind = 'system', conversation = $1 WHERE id = $3`,
		"a queued message's id":                `UPDATE message SET id = 31337 WHERE id = $6`,
		"a participant's conversation":         `UPDATE participant SET conversation = $1 WHERE id = $7`,
		"a participant's address":              `UPDATE participant SET address = 'x@y.example' WHERE id = $7`,
		"a participant's holder":               `UPDATE participant SET holder = 31337 WHERE id = $7`,
		"a participant's kind":                 `UPDATE participant SET kind = 'customer' WHERE id = $7`,
		"a participant's id":                   `UPDATE participant SET id = 31337 WHERE id = $7`,
		"a side conversation made notes":       `UPDATE conversation SET kind = 'notes' WHERE id = $8`,
		"notes made a side conversation":       `UPDATE conversation SET kind = 'side' WHERE id = $9`,
		"a conversation's id":                  `UPDATE conversation SET id = 31337 WHERE id = $9`,
		"a conversation's token":               `UPDATE conversation SET token = 31337 WHERE id = $9`,
		"notes moved to a ticket with notes":   `UPDATE conversation SET ticket = 2 WHERE id = $9`,
		"a participant with deliveries erased": `DELETE FROM participant WHERE id = $7`,
		"a message with deliveries erased":     `DELETE FROM message WHERE id = $6`,
		"a conversation erased":                `DELETE FROM conversation WHERE id = $9`,
		"a conversation of no ticket":          `UPDATE conversation SET ticket = 424242 WHERE id = $9`,
	} {
		err := attempt(s, q, sc.customer.ID, sc.answer.ID, sc.secret.ID, inbound.ID, sc.jane.ID, sc.question.ID, sc.courier.ID, sc.side.ID, sc.notes.ID)
		if err == nil || !constraint(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	update(t, s, func(tx *Tx) error { _, err := tx.EndParticipant(sc.courier.ID); return err })
	if err := attempt(s, `UPDATE participant SET until = 0 WHERE id = $1`, sc.courier.ID); err == nil {
		t.Error("who had left was brought back")
	}
}
