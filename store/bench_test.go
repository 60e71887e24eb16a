package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aside"
	"aside/test/postgres"
)

// benchStore is a store with some tickets in it.
func benchStore(b *testing.B, tickets int) (*Store, []*scene) {
	b.Helper()
	s, err := Open(context.Background(), Options{Path: filepath.Join(b.TempDir(), "aside.db"), DSN: postgres.Chosen(b), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	scenes := make([]*scene, tickets)
	err = s.Update(context.Background(), func(tx *Tx) error {
		for n, agent := range []string{"dana", "omar", "kim"} {
			if _, err := tx.Holder(agent, uint64(1+n)<<50); err != nil {
				return err
			}
		}
		for i := range scenes {
			scenes[i] = &scene{}
			if err := scenes[i].write(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s, scenes
}

// mail is the rows of one customer's mail into a ticket that is there: looked
// up, not seen before, recorded with its raw bytes, filed, two lines of
// history, three notices.
func mail(tx *Tx, sc *scene, n uint64, raw []byte) error {
	f, err := tx.Candidates(Needs{Conversations: []uint64{sc.customer.Token}, Holders: []uint64{sc.jane.Holder}, ForeignIDs: []string{"a@x", "b@x"}})
	if err != nil {
		return err
	}
	id := fmt.Sprint(n)
	if _, found, err := tx.Duplicate(id+"@customer.example", id); err != nil || found {
		return errors.Join(err, errors.New("seen before"))
	}
	content := aside.Content{SHA256: id, Size: int64(len(raw)), Data: raw}
	r := &Record{ID: id, Channel: "smtp", MailFrom: "jane@customer.example", Recipients: []string{"support@example.com"}, MessageID: id + "@customer.example",
		Digest: id, ReceivedAt: tx.Now(), Outcome: OutcomeFiled, Ticket: sc.ticket.Number, Conversation: sc.customer.ID}
	if err := tx.AddRecord(r, content); err != nil {
		return err
	}
	m := aside.Message{Conversation: sc.customer.ID, Token: 1<<55 + n, Kind: aside.MessageInbound, Author: "jane@customer.example", MessageID: r.MessageID,
		InboundID: id, Subject: "Kettle", Text: string(raw[:1000]), HTML: string(raw[:2000])}
	if err := tx.AddMessage(&m, true); err != nil {
		return err
	}
	for i, agent := range []string{"dana", "omar", "kim"} {
		notice := aside.Notice{Token: 1<<60 + 3*n + uint64(i), Agent: agent, Kind: aside.NoticeMessage, Ticket: sc.ticket.Number, Conversation: sc.customer.ID,
			MessageRow: m.ID, Subject: "[#1] Kettle", Facts: `{"hear":["Jane Doe"],"status":"open","facts":["Also open: #1038 Refund","Inside: 1 side"],"notes":"[#1 team] Kettle"}`}
		if err := addNotice(tx, &notice, About{}); err != nil {
			return err
		}
	}
	t := f.Tickets[sc.ticket.Number]
	return errors.Join(tx.AddLines(t.Number, sc.customer.ID, m.ID, make([]uint64, 20)), tx.SaveTicket(t),
		tx.AddEvent(t.Number, "jane@customer.example", "mail", map[string]any{"message": m.ID}), tx.AddEvent(t.Number, "aside", "status", map[string]any{"to": "open"}))
}

func mails(b *testing.B, clients int) {
	s, scenes := benchStore(b, 200)
	raw := []byte(strings.Repeat("Nine days and nobody has called. ", 300)) // 10 kB
	var n atomic.Uint64
	one := func() {
		i := n.Add(1)
		if err := s.Update(context.Background(), func(tx *Tx) error { return mail(tx, scenes[i%uint64(len(scenes))], i, raw) }); err != nil {
			b.Error(err)
		}
	}
	one()
	b.ReportAllocs()
	b.ResetTimer()
	if clients == 1 {
		for b.Loop() {
			one()
		}
	} else {
		b.SetParallelism(clients / 2) // times GOMAXPROCS, which is two or more
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				one()
			}
		})
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// One mail after the other: each waits for its own fsync.
func BenchmarkMailAlone(b *testing.B) { mails(b, 1) }

// Twenty at once: they share commits.
func BenchmarkMailsOfTwenty(b *testing.B) { mails(b, 20) }

// What placing a mail looks up, on a snapshot beside the writer.
func BenchmarkCandidates(b *testing.B) {
	s, scenes := benchStore(b, 200)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		sc := scenes[i%len(scenes)]
		err := s.View(context.Background(), func(tx *Tx) error {
			f, err := tx.Candidates(Needs{Conversations: []uint64{sc.customer.Token}, Holders: []uint64{sc.jane.Holder}, ForeignIDs: []string{"a@x", "b@x"}})
			if len(f.Tickets) != 1 {
				b.Errorf("%d tickets", len(f.Tickets))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// A claim and its end, as for every mail that leaves.
func BenchmarkClaim(b *testing.B) {
	s, scenes := benchStore(b, 200)
	ctx := context.Background()
	n := uint64(0)
	for b.Loop() {
		n++
		sc := scenes[n%uint64(len(scenes))]
		if err := errors.Join(s.Update(ctx, func(tx *Tx) error {
			m := aside.Message{Conversation: sc.customer.ID, Token: 1<<55 + n, Kind: aside.MessageOutbound, Author: "dana", Text: "Yes."}
			return errors.Join(tx.AddMessage(&m, true), tx.AddDelivery(n, m, sc.jane, tx.Now(), false))
		}), s.Update(ctx, func(tx *Tx) error {
			out, err := tx.ClaimDeliveries(time.Minute, 10)
			if len(out) != 1 {
				b.Errorf("claimed %d", len(out))
			}
			return errors.Join(err, tx.FinishAttempt(Attempt{Delivery: out[0].Delivery, State: aside.DeliverySent}))
		})); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIndex takes messages of 10 kB, of which each ninth word is another
// number, into an index that is made anew: an op is a message.
func BenchmarkIndex(b *testing.B) {
	s, scenes := benchStore(b, 1)
	if s.index == nil {
		b.Skip("the index is in the database")
	}
	const messages = 400
	rng := rand.New(rand.NewPCG(1, 2))
	err := s.Update(b.Context(), func(tx *Tx) error {
		for i := range messages {
			var text strings.Builder
			for text.Len() < 10000 {
				if rng.IntN(9) == 0 {
					fmt.Fprintf(&text, "%d ", rng.Uint32())
				} else {
					fmt.Fprintf(&text, "word%d ", rng.IntN(4000))
				}
			}
			m := &aside.Message{Conversation: scenes[0].notes.ID, Token: 70000 + uint64(i), Kind: aside.MessageNote, Author: "omar", Text: text.String()}
			if err := tx.AddMessage(m, true); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for n := 0; n < b.N; n += messages {
		if old := s.index.file(); old != nil {
			if err := s.index.giveUp(old, errors.New("measured again")); err != nil {
				b.Fatal(err)
			}
		}
		for more := true; more; {
			if more, err = s.indexBatch(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
}
