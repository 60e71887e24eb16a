// Package bench measures one mail's whole way: over SMTP into the running
// daemon, with the discarding listener beside it.
package bench

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"aside"
	"aside/mailin"
	"aside/test/harness"
)

const (
	connections = 20
	mailSize    = 10_000
)

// BenchmarkServe sends customers' first mails of 10 kB over 20 connections to
// `aside serve`: each is a ticket, two notices and an acknowledgement, and is
// answered after the commit.
func BenchmarkServe(b *testing.B) {
	d := harness.Start(b)
	run(b, d.Addr)
	b.StopTimer()
	began := time.Now()
	d.SettleWithin(10 * time.Minute)
	b.ReportMetric(time.Since(began).Seconds(), "s-to-deliver-the-rest")
}

// BenchmarkServeAnswers is the same with mails that answer the first of their
// customer.
func BenchmarkServeAnswers(b *testing.B) {
	d := harness.Start(b)
	first := make([]*harness.Draft, connections)
	for i := range first {
		first[i] = letter(i, 0)
		first[i].MessageID = fmt.Sprintf("first%d@customer.example", i)
		d.Post(first[i])
	}
	load(b, d.Addr, func(conn, n int) *harness.Draft {
		m := letter(conn, n)
		m.From, m.InReplyTo = first[conn].From, first[conn].MessageID
		return m
	})
}

// BenchmarkDiscard is the same listener with a Receive that throws everything
// away: what SMTP and reading alone cost.
func BenchmarkDiscard(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &mailin.Server{
		Settings: func() mailin.Settings {
			return mailin.Settings{Hostname: "desk.example.com", Limits: mailin.Limits{PerIP: connections + 1}}
		},
		Recipient: func(string) bool { return true },
		Receive:   func(context.Context, *aside.Inbound) (string, error) { return "discarded", nil },
		Log:       slog.New(slog.DiscardHandler),
		Now:       time.Now,
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Serve(ctx, l) }()
	b.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
	run(b, l.Addr().String())
}

func run(b *testing.B, addr string) { load(b, addr, letter) }

// letter is a customer's mail of mailSize octets, unlike every other.
func letter(conn, n int) *harness.Draft {
	who := harness.Who("Jane Doe", fmt.Sprintf("jane%d.%d@customer.example", conn, n))
	var text strings.Builder
	for i := 0; text.Len() < mailSize-500; i++ {
		fmt.Fprintf(&text, "Line %d of mail %d on connection %d says that the kettle leaks.\n", i, n, conn)
	}
	return harness.Write(who, harness.Support, "Kettle", text.String())
}

func load(b *testing.B, addr string, next func(conn, n int) *harness.Draft) {
	b.Helper()
	var (
		mu   sync.Mutex
		took []time.Duration
		wg   sync.WaitGroup
	)
	work := make(chan int)
	b.SetBytes(mailSize)
	b.ResetTimer()
	for c := range connections {
		s, err := harness.Dial(addr)
		if err != nil {
			b.Fatal(err)
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer s.Close()
			for n := range work {
				m := next(c, n+1)
				raw, began := m.Bytes(), time.Now()
				if _, err := s.Send(m.From.Address, m.Ours(), raw); err != nil {
					b.Error(err)
				}
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
			}
		}()
	}
	for n := range b.N {
		work <- n
	}
	close(work)
	wg.Wait()
	b.StopTimer()
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
