package verify

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aside"
)

// silent is DNS that never answers.
type silent struct{}

func (silent) wait(ctx context.Context) error {
	<-ctx.Done()
	return &net.DNSError{Err: ctx.Err().Error(), IsTimeout: true}
}

func (s silent) LookupTXT(ctx context.Context, _ string) ([]string, error)  { return nil, s.wait(ctx) }
func (s silent) LookupMX(ctx context.Context, _ string) ([]*net.MX, error)  { return nil, s.wait(ctx) }
func (s silent) LookupAddr(ctx context.Context, _ string) ([]string, error) { return nil, s.wait(ctx) }
func (s silent) LookupIPAddr(ctx context.Context, _ string) ([]net.IPAddr, error) {
	return nil, s.wait(ctx)
}

// DNS that does not answer costs a mail its time and no more, however much the
// mail asks.
func TestSilentDNS(t *testing.T) {
	mail := strings.Repeat("DKIM-Signature: "+brokenSignature, 4) + signed(t, letter)
	synctest.Test(t, func(t *testing.T) {
		w := &world{tb: t, v: New(Settings{Resolver: silent{}})}
		began := time.Now()
		v := w.check(mail, session{"dana@example.com", "x.example", outside})
		if took := time.Since(began); took > patience || took < lookupTime {
			t.Errorf("it took %s", took)
		}
		if short(v) != "-, temporary" {
			t.Errorf("%s (%s)", short(v), v.Reason)
		}
	})
}

// More mails at a time than there are places wait, and not for ever: what could
// not be checked is not decided.
func TestManyChecksAtATime(t *testing.T) {
	mail := signed(t, letter)
	synctest.Test(t, func(t *testing.T) {
		w := &world{tb: t, v: New(Settings{Resolver: silent{}})}
		for range maxChecks {
			w.v.checks <- struct{}{} // others, that take their time
		}
		began := time.Now()
		var wg sync.WaitGroup
		verdicts := make([]aside.Verdict, 3)
		for i := range verdicts {
			wg.Go(func() { verdicts[i] = w.check(mail, stranger) })
		}
		wg.Wait()
		if took := time.Since(began); took != patience {
			t.Errorf("it took %s", took)
		}
		for _, v := range verdicts {
			if !v.TempError || v.AlignedDKIM || v.DMARC != "" {
				t.Errorf("%+v", v)
			}
		}
	})
}
