package mailin

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"aside"
)

// BenchmarkServer takes 10 kB mails over 20 connections, reads them and throws
// them away: what the listener can do at best.
func BenchmarkServer(b *testing.B) {
	h := open(b, func(s *setup) {
		s.Receive = func(context.Context, *aside.Inbound) (string, error) { return "x", nil }
		s.Log = slog.New(slog.DiscardHandler)
		s.Limits.PerIP = 100
	})
	mail := strings.TrimSuffix(smallMail, "..\r\n") + strings.Repeat("A line of the mail, as long as lines are.\r\n", 235) + ".\r\n"
	b.SetBytes(int64(len(mail)))
	const connections = 20
	work := make(chan struct{})
	var wg sync.WaitGroup
	for range connections {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := pump(h.addr, mail, work); err != nil {
				b.Error(err)
			}
		}()
	}
	b.ResetTimer()
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// pump delivers a mail for each word of work, over one connection.
func pump(addr, mail string, work <-chan struct{}) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	c := textproto.NewConn(conn)
	if _, _, err := c.ReadResponse(220); err != nil {
		return err
	}
	ask := func(line string, code int) error {
		if _, err := io.WriteString(conn, line); err != nil {
			return err
		}
		_, _, err := c.ReadResponse(code)
		return err
	}
	if err := ask("EHLO bench\r\n", 250); err != nil {
		return err
	}
	for range work {
		for _, step := range []struct {
			line string
			code int
		}{{"MAIL FROM:<a@b.example>\r\n", 250}, {"RCPT TO:<support@example.com>\r\n", 250}, {"DATA\r\n", 354}, {mail, 250}} {
			if err := ask(step.line, step.code); err != nil {
				return fmt.Errorf("%.20q: %w", step.line, err)
			}
		}
	}
	return nil
}
