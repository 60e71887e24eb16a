package desk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aside"
	"aside/desk"
	"aside/mailin/read"
	"aside/store"
	"aside/templates"
	"aside/test/postgres"
	"aside/threading"
	"aside/threading/mark"
)

// BenchmarkReceive is a 10 kB mail from facts to commit: locating, trimming,
// filing, and the notices to three agents. "new" opens tickets, "reply" is the
// customer answering in one of many. By 20 at once the commits are shared.
func BenchmarkReceive(b *testing.B) {
	for _, clients := range []int{1, 20} {
		for _, kind := range []string{"new", "reply"} {
			b.Run(fmt.Sprintf("%s/%d", kind, clients), func(b *testing.B) { benchReceive(b, kind, clients) })
		}
	}
}

// arrived is a mail as the receiver hands it over.
func arrived(b *testing.B, raw string) *aside.Inbound {
	m, err := read.Mail(b.Context(), []byte(raw), read.Options{})
	if err != nil {
		b.Fatal(err)
	}
	content, err := read.Hash(strings.NewReader(raw))
	if err != nil {
		b.Fatal(err)
	}
	content.Data = []byte(raw)
	return &aside.Inbound{Session: "bench", Channel: aside.ChannelSMTP, MailFrom: m.From.Address, Recipients: []string{"support@example.com"},
		ReceivedAt: time.Now(), Raw: content, Mail: m}
}

func benchReceive(b *testing.B, kind string, clients int) {
	s := benchService(b)
	ctx := context.Background()
	var serial atomic.Int64
	mail := func(refs string) *aside.Inbound {
		n := serial.Add(1)
		raw := fmt.Sprintf("From: Jane Doe <jane%d@customer.example>\r\nTo: support@example.com\r\nSubject: Kettle %d\r\nDate: Mon, 02 Nov 2026 09:00:00 +0000\r\n"+
			"Message-ID: <%d@customer.example>\r\n%s\r\n", n%1000, n, n, refs) + strings.Repeat("The kettle leaks, and nobody has called me about it so far.\r\n", 170)
		return arrived(b, raw)
	}
	refs := make([]string, 200)
	if kind == "reply" {
		for i := range refs {
			in := mail("")
			if _, err := s.Receive(ctx, in); err != nil {
				b.Fatal(err)
			}
			refs[i] = "In-Reply-To: <" + in.Mail.MessageID + ">\r\n"
		}
	}
	mails := make([]*aside.Inbound, b.N)
	for i := range mails {
		mails[i] = mail(refs[i%len(refs)])
		if kind == "reply" {
			mails[i].Mail.From.Address = fmt.Sprintf("jane%d@customer.example", i%len(refs)+1)
			mails[i].Mail.FromAll[0].Address = mails[i].Mail.From.Address
		}
	}
	b.ResetTimer()
	var wg sync.WaitGroup
	next := atomic.Int64{}
	for range clients {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				if _, err := s.Receive(ctx, mails[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

func benchService(b *testing.B) *desk.Service {
	ctx := context.Background()
	key, err := mark.GenerateKey(seeded())
	if err != nil {
		b.Fatal(err)
	}
	keys := mark.NewKeyRing(key)
	st, err := store.Open(ctx, store.Options{Path: filepath.Join(b.TempDir(), "aside.db"), DSN: postgres.Chosen(b), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { st.Close() })
	set, err := templates.Load("")
	if err != nil {
		b.Fatal(err)
	}
	var agents []*aside.Agent
	for _, h := range []string{"dana", "omar", "lea"} {
		agents = append(agents, &aside.Agent{Handle: h, Name: h, Addresses: []string{h + "@example.com"}, Teams: []string{"support"}, Location: time.UTC})
	}
	dir := aside.NewDirectory([]*aside.Desk{{Address: "support@example.com", Name: "Example Support", Team: "support", Location: time.UTC, Separator: "+",
		Language: "en", Acknowledge: true}}, []*aside.Team{{Name: "support"}}, agents, nil)
	s := &desk.Service{Store: st, Keys: keys, Log: slog.New(slog.DiscardHandler), Now: time.Now, Rand: rand.Reader}
	if err := s.Configure(ctx, desk.Settings{Trust: threading.TrustToken, Directory: dir, Templates: set, ReopenFor: 14 * 24 * time.Hour}); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkLongTicket is a customer's answer of a few lines in a ticket of so
// many messages, each told to three agents.
func BenchmarkLongTicket(b *testing.B) {
	for _, messages := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(messages), func(b *testing.B) { benchLongTicket(b, messages) })
	}
}

func benchLongTicket(b *testing.B, messages int) {
	s := benchService(b)
	ctx := context.Background()
	first, n := "", 0
	answer := func() *aside.Inbound {
		n++
		var text strings.Builder
		for i := range 12 {
			fmt.Fprintf(&text, "Line %d of %d says that the kettle number %d leaks into the %dth pan.\r\n", i, n, n*i, n+i)
		}
		refs := ""
		if first != "" {
			refs = "In-Reply-To: <" + first + ">\r\n"
		}
		raw := fmt.Sprintf("From: Jane Doe <jane@customer.example>\r\nTo: support@example.com\r\nSubject: Kettle\r\nDate: Mon, 02 Nov 2026 09:00:00 +0000\r\n"+
			"Message-ID: <%d@customer.example>\r\n%s\r\n%s", n, refs, text.String())
		return arrived(b, raw)
	}
	receive := func(in *aside.Inbound) {
		if _, err := s.Receive(ctx, in); err != nil {
			b.Fatal(err)
		}
	}
	for range messages {
		in := answer()
		receive(in)
		if first == "" {
			first = in.Mail.MessageID
		}
	}
	// The notices leave, so that their frames are known.
	for {
		_, notices, err := s.Claim(ctx, time.Hour, 256)
		if err != nil {
			b.Fatal(err)
		}
		if len(notices) == 0 {
			break
		}
	}
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		in := answer()
		b.StartTimer()
		receive(in)
	}
}
