package desk_test

import (
	"context"
	rand2 "crypto/rand"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"aside"
	"aside/store"
	"aside/threading/mark"
)

// BenchmarkPassageGuard is the guard alone over a reply of 150 words, in
// tickets that are longer and longer. The cost must not follow the length.
func BenchmarkPassageGuard(b *testing.B) {
	s := benchService(b)
	ctx := context.Background()
	r := rand.New(rand.NewPCG(3, 3))
	words := func(n int) string {
		var out []string
		for range n {
			out = append(out, fmt.Sprintf("w%d", r.IntN(5000)))
		}
		return strings.Join(out, " ")
	}
	for _, n := range []int{10, 100, 1000} {
		ticket := longTicket(b, s.Store, n, words)
		if _, err := s.Passages(ctx, ticket, "dana", words(150)); err != nil {
			b.Fatal(err) // what is learnt once
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if found, err := s.Passages(ctx, ticket, "dana", words(150)); err != nil || found > 0 {
					b.Fatal(found, err)
				}
			}
		})
	}
}

// longTicket is a ticket with that many messages, half of them notes.
func longTicket(b *testing.B, st *store.Store, n int, words func(int) string) int64 {
	b.Helper()
	var number int64
	err := st.Update(context.Background(), func(tx *store.Tx) error {
		t := &aside.Ticket{Desk: "support@example.com", Requester: "jane@customer.example", Status: aside.StatusOpen, Turn: aside.TurnTeam, Team: "support"}
		if err := tx.AddTicket(t, 0); err != nil {
			return err
		}
		number = t.Number
		var convs []aside.Conversation
		for _, kind := range []aside.ConversationKind{aside.Customer, aside.Notes} {
			token, err := mark.RandomID(rand2.Reader)
			if err != nil {
				return err
			}
			c := aside.Conversation{Ticket: number, Kind: kind, Token: token}
			if err := tx.AddConversation(&c); err != nil {
				return err
			}
			convs = append(convs, c)
		}
		for i := range n {
			token, err := mark.RandomID(rand2.Reader)
			if err != nil {
				return err
			}
			kinds := []aside.MessageKind{aside.MessageInbound, aside.MessageNote}
			if err := tx.AddMessage(&aside.Message{Conversation: convs[i%2].ID, Token: token, Kind: kinds[i%2], Text: words(150)}, true); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return number
}
