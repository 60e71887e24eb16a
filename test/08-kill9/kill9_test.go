// Package kill9 pulls the plug under load: what was answered 250 is there
// afterwards, and what was recorded as sent is not sent again.
package kill9

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	. "aside/test/harness"
	"aside/test/postgres"
)

var (
	kills = flag.Int("kill9.times", 4, "how many times the daemon is killed")
	seed  = flag.Uint64("kill9.seed", 0, "seed of the moments; 0 takes a new one")
)

func TestPowerCuts(t *testing.T) {
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("seed %d", s)
	for engine, change := range map[string]func(*testing.T, *Config){
		"SQLite":     func(_ *testing.T, c *Config) { c.SQLite = true },
		"PostgreSQL": func(t *testing.T, c *Config) { c.DSN = postgres.Start(t).Database(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			powerCuts(t, Start(t, func(c *Config) { change(t, c) }), rand.New(rand.NewPCG(s, 1)))
		})
	}
}

func powerCuts(t *testing.T, d *Daemon, rng *rand.Rand) {
	began := time.Now()
	var answered []promise
	for round := range *kills {
		got := load(d, round, time.Duration(20+rng.IntN(300))*time.Millisecond)
		answered = append(answered, got...)
		d.Launch()
	}
	if len(answered) < *kills {
		t.Fatalf("only %d mails were answered 250 before the kills", len(answered))
	}
	d.SettleWithin(Patience + time.Duration(len(answered))*200*time.Millisecond)
	for i, p := range answered {
		if len(answered) > 60 && i%(len(answered)/60) != 0 {
			continue // asking for each takes a process
		}
		if out := d.CLI("why", p.id); out.Exit != 0 {
			t.Errorf("the mail answered %s is not there: %s%s", p.id, out.Stdout, out.Stderr)
		}
	}
	notices, acks := map[string]int{}, map[string]int{}
	for _, m := range d.Mailbox(Dana.Address) {
		notices[m.Words()]++
	}
	for _, p := range answered {
		if notices[p.words] == 0 {
			t.Errorf("nobody ever heard %q, which was answered 250 %s", p.words, p.id)
		}
	}
	// Mail may go out twice where the power fails between handing it over and
	// writing that down; that is one mail a kill and sender at most.
	twice := 0
	for _, n := range notices {
		twice += n - 1
	}
	for _, addr := range d.Everyone() {
		for _, m := range d.Mailbox(addr) {
			acks[addr+m.MessageID]++
		}
	}
	for _, n := range acks {
		twice += n - 1
	}
	if limit := *kills * 32; twice > limit {
		t.Errorf("%d mails went out twice in %d kills", twice, *kills)
	}
	t.Logf("%d mails answered 250 in %d kills within %.0f s, %d sent twice in the gap", len(answered), *kills, time.Since(began).Seconds(), twice)
	d.Must("verify")
}

type promise struct{ id, words string }

// load sends mail over several connections, kills the daemon after a while,
// and returns what was answered.
func load(d *Daemon, round int, after time.Duration) []promise {
	var (
		mu  sync.Mutex
		wg  sync.WaitGroup
		out []promise
	)
	for c := range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s, err := Dial(d.Addr)
			if err != nil {
				return
			}
			for i := 0; ; i++ {
				who := Who("Jane", fmt.Sprintf("jane%d.%d.%d@customer.example", round, c, i))
				words := fmt.Sprintf("It leaks in round %d on line %d for the %d. time.", round, c, i)
				id, err := s.Send(who.Address, []string{Support}, Write(who, Support, "Kettle", words).Bytes())
				if err != nil {
					return
				}
				mu.Lock()
				out = append(out, promise{id, words})
				mu.Unlock()
			}
		}()
	}
	timer := time.NewTimer(after)
	<-timer.C
	d.Kill9()
	wg.Wait()
	return out
}

// TestNothingSentTwice kills an idle daemon again and again: what left stays
// left.
func TestNothingSentTwice(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "On its way, oncewords.")
	d.Await(Jane.Address, "the answer", Has("oncewords"))
	d.Settle()
	before := map[string]int{}
	for _, addr := range d.Everyone() {
		before[addr] = len(d.Mailbox(addr))
	}
	for range 3 {
		d.Kill9()
		d.Launch()
		d.Settle()
	}
	for _, addr := range d.Everyone() {
		if now := len(d.Mailbox(addr)); now != before[addr] {
			t.Errorf("%s had %d mails, and %d after the kills", addr, before[addr], now)
		}
	}
}
