package store

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside"
)

// open makes a store in a temporary folder whose clock the test moves.
func open(t *testing.T) (*Store, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	s, err := Open(context.Background(), Options{Path: filepath.Join(t.TempDir(), "aside.db"), Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, &now
}

// scene is a ticket with its three kinds of conversation, the customer in one
// and a vendor in the other, and a message in each.
type scene struct {
	ticket                   *aside.Ticket
	customer, side, notes    aside.Conversation
	jane, courier            aside.Participant
	answer, question, secret aside.Message
}

func makeScene(t *testing.T, s *Store) *scene {
	t.Helper()
	sc := &scene{}
	err := s.Update(context.Background(), func(tx *Tx) error {
		*sc = scene{ticket: &aside.Ticket{Desk: "support@example.com", Subject: "Kettle", Requester: "jane@customer.example",
			Status: aside.StatusOpen, Turn: aside.TurnTeam, Team: "support"}}
		if err := tx.AddTicket(sc.ticket); err != nil {
			return err
		}
		n := sc.ticket.Number
		sc.customer = aside.Conversation{Ticket: n, Kind: aside.Customer, Token: uint64(100*n + 1), Subject: "Kettle"}
		sc.side = aside.Conversation{Ticket: n, Kind: aside.Side, Token: uint64(100*n + 2), Subject: "A question", Tag: "kx", State: aside.SideWaiting}
		sc.notes = aside.Conversation{Ticket: n, Kind: aside.Notes, Token: uint64(100*n + 3)}
		for _, c := range []*aside.Conversation{&sc.customer, &sc.side, &sc.notes} {
			if err := tx.AddConversation(c); err != nil {
				return err
			}
		}
		sc.jane = aside.Participant{Conversation: sc.customer.ID, Address: "jane@customer.example", Role: aside.RoleTo, Holder: uint64(100*n + 4)}
		sc.courier = aside.Participant{Conversation: sc.side.ID, Address: "c@courier.example", Role: aside.RoleTo, Holder: uint64(100*n + 5)}
		if err := tx.AddParticipant(&sc.jane, aside.Customer); err != nil {
			return err
		}
		if err := tx.AddParticipant(&sc.courier, aside.Side); err != nil {
			return err
		}
		sc.answer = aside.Message{Conversation: sc.customer.ID, Token: uint64(100*n + 6), Kind: aside.MessageOutbound, Author: "dana", Text: "We look into it."}
		sc.question = aside.Message{Conversation: sc.side.ID, Token: uint64(100*n + 7), Kind: aside.MessageOutbound, Author: "dana", Text: "Where is it?"}
		sc.secret = aside.Message{Conversation: sc.notes.ID, Token: uint64(100*n + 8), Kind: aside.MessageNote, Author: "omar", Text: "She is a VIP."}
		for _, m := range []*aside.Message{&sc.answer, &sc.question, &sc.secret} {
			if err := tx.AddMessage(m, true); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// Whatever the code above the store does, plain SQL cannot send a message
// outside its conversation, a note anywhere, or a contact's own mail on.
func TestDeliveryOutsideItsConversationCannotBeWritten(t *testing.T) {
	s, _ := open(t)
	sc, other := makeScene(t, s), makeScene(t, s)
	var inbound aside.Message
	if err := s.Update(context.Background(), func(tx *Tx) error {
		inbound = aside.Message{Conversation: sc.side.ID, Token: 9999, Kind: aside.MessageInbound, Author: "c@courier.example", Text: "Lost it."}
		return tx.AddMessage(&inbound, true)
	}); err != nil {
		t.Fatal(err)
	}
	const insert = `INSERT INTO delivery (token, conversation, message, leaves, participant, state, next_at, created_at) VALUES (abs(random()), ?, ?, ?, ?, 'queued', 0, 0)`
	tests := []struct {
		name                               string
		conversation, message, participant int64
		leaves                             int
		refused                            bool
	}{
		{"the answer to the customer", sc.customer.ID, sc.answer.ID, sc.jane.ID, 1, false},
		{"the question to the vendor", sc.side.ID, sc.question.ID, sc.courier.ID, 1, false},
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
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.conn.ExecContext(context.Background(), insert, tt.conversation, tt.message, tt.leaves, tt.participant)
			if (err != nil) != tt.refused {
				t.Errorf("refused: %v (%v), want %v", err != nil, err, tt.refused)
			}
		})
	}
	for name, q := range map[string]string{
		"a participant of the notes":          `INSERT INTO participant (conversation, kind, address, name, role, holder, since, audience_at) SELECT id, 'notes', 'x@y.example', '', 'to', 7, 0, 0 FROM conversation WHERE kind = 'notes' LIMIT 1`,
		"a participant of the notes as side":  `INSERT INTO participant (conversation, kind, address, name, role, holder, since, audience_at) SELECT id, 'side', 'x@y.example', '', 'to', 7, 0, 0 FROM conversation WHERE kind = 'notes' LIMIT 1`,
		"notes made a side conversation":      `UPDATE conversation SET kind = 'notes' WHERE kind = 'side'`,
		"a delivery's message moved":          `UPDATE delivery SET message = (SELECT id FROM message WHERE kind = 'note' LIMIT 1)`,
		"a message moved to the customer":     `UPDATE message SET conversation = 1 WHERE kind = 'outbound' AND conversation <> 1`,
		"an inbound mail that says it leaves": `UPDATE message SET leaves = 1 WHERE kind = 'inbound'`,
		"a second customer conversation":      `INSERT INTO conversation (ticket, kind, token, subject, created_at) VALUES (1, 'customer', 31337, '', 0)`,
	} {
		if _, err := s.conn.ExecContext(context.Background(), q); err == nil {
			t.Errorf("%s: accepted", name)
		} else if !strings.Contains(err.Error(), "constraint failed") {
			t.Errorf("%s: refused for another reason: %v", name, err)
		}
	}
}

// Who leaves hears nothing more, not even what was queued before.
func TestEndedParticipantGetsNothing(t *testing.T) {
	s, now := open(t)
	sc := makeScene(t, s)
	ctx := context.Background()
	err := s.Update(ctx, func(tx *Tx) error {
		if err := tx.AddDelivery(1, sc.question, sc.courier, *now, false); err != nil {
			return err
		}
		return tx.EndParticipant(sc.courier.ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(ctx, func(tx *Tx) error {
		out, err := tx.ClaimDeliveries(time.Minute, 10)
		if len(out) != 0 {
			t.Errorf("claimed %d deliveries to somebody who left", len(out))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// A claim carries the audience of that moment and the thread before it.
func TestClaim(t *testing.T) {
	s, now := open(t)
	sc := makeScene(t, s)
	ctx := context.Background()
	claim := func() (out []aside.Outgoing) {
		if err := s.Update(ctx, func(tx *Tx) (err error) { out, err = tx.ClaimDeliveries(time.Minute, 10); return err }); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if err := s.Update(ctx, func(tx *Tx) error { return tx.AddDelivery(1, sc.answer, sc.jane, now.Add(30*time.Second), false) }); err != nil {
		t.Fatal(err)
	}
	if n := len(claim()); n != 0 {
		t.Fatalf("claimed %d before its time", n)
	}
	*now = now.Add(time.Minute)
	out := claim()
	if len(out) != 1 || out[0].Recipient.Address != "jane@customer.example" || out[0].Message.Text != "We look into it." {
		t.Fatalf("claimed %+v", out)
	}
	if n := len(claim()); n != 0 {
		t.Fatalf("claimed %d again within the lease", n)
	}
	if err := s.Update(ctx, func(tx *Tx) error {
		return tx.FinishAttempt(Attempt{Delivery: out[0].Delivery, State: aside.DeliverySent})
	}); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Hour)
	if n := len(claim()); n != 0 {
		t.Fatalf("claimed %d after it was sent", n)
	}
	f, err := s.Verify(ctx)
	if err != nil || len(f.Problems) > 0 {
		t.Fatalf("verify: %v %v", f, err)
	}
	if err := s.Backup(ctx, filepath.Join(t.TempDir(), "copy.db")); err != nil {
		t.Fatal(err)
	}
}
