// Package daemons tells what several daemons on one PostgreSQL database go
// through: they are killed, the database falls, the network to it breaks. No
// mail is lost, none is heard twice, and each hour strikes once.
package daemons

import (
	"flag"
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	. "aside/test/harness"
	"aside/test/postgres"
)

var (
	blows = flag.Int("daemons.blows", 0, "how many blows fall; 0: nine, or three with -short")
	seed  = flag.Uint64("daemons.seed", 18, "which fall upon whom, and when; 0 draws one")
)

// people is how many matters are open at once.
const people = 12

func TestThreeDaemons(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	n := *blows
	switch {
	case n == 0 && testing.Short():
		n = 3
	case n == 0:
		n = 9
	}
	t.Logf("seed %d, %d blows", *seed, n)
	s := newSite(t, *seed)
	hours := s.clocks(min(2*n, 40))
	c := newCrowd(t, s, Patience+time.Duration(n)*10*time.Second)
	began := time.Now()
	c.open(people, *seed)
	for _, blow := range s.blows(n) {
		c.after(5+s.rng.IntN(20), 4*time.Second)
		hours.strike(2)
		t.Logf("%5.1f s: %s", time.Since(began).Seconds(), blow.name)
		blow.fall(c)
	}
	c.close()
	took := time.Since(began)
	s.settle(c)

	s.check(c)
	hours.check()
	s.whyDeferred()
	t.Logf("%d matters, %d mails answered 250 in %.1f s (the slowest after %.1f s), %d times 451, %d connections broken by kills; %d mails left, %d of them twice or more",
		c.matters, len(c.posted), took.Seconds(), c.slowest.Seconds(), c.deferred, c.broken, len(s.world.arrivals), len(s.world.repeats()))
}

var (
	deferredFor = regexp.MustCompile(`msg=deferred session=.*code=451 reason="?([^"\n]*)`)
	varying     = regexp.MustCompile(`/tmp/\S+|127\.0\.0\.1:\d+|\d+`)
)

// whyDeferred logs what the daemons' logs say of their 451s.
func (s *site) whyDeferred() {
	s.t.Helper()
	reasons := map[string]int{}
	for _, d := range s.daemons {
		for _, m := range deferredFor.FindAllStringSubmatch(d.Log(), -1) {
			r := varying.ReplaceAllString(m[1], "…")
			reasons[r[:min(len(r), 110)]]++
		}
	}
	for r, n := range reasons {
		s.t.Logf("%5d times 451: %s", n, r)
	}
}

// blow is one thing that goes wrong.
type blow struct {
	name string
	fall func(*crowd)
}

// blows draws so many: kills for the most part, and of every nine the database
// falls once, a network is cut once, and another is dead once. While a network
// is away, another daemon is killed.
func (s *site) blows(n int) (out []blow) {
	for len(out) < n {
		nine := []blow{{"the database falls and is started again", func(*crowd) { s.server.Restart(s.t) }}, s.away(postgres.Cut), s.away(postgres.Dead)}
		for len(nine) < 9 {
			nine = append(nine, s.killing())
		}
		if n-len(out) < 9 { // what is left of them has each kind, as far as it goes
			nine = append(nine[:0:0], nine[1], nine[3], nine[0], nine[2], nine[4], nine[5], nine[6], nine[7], nine[8])[:n-len(out)]
		}
		s.rng.Shuffle(len(nine), func(i, j int) { nine[i], nine[j] = nine[j], nine[i] })
		out = append(out, nine...)
	}
	return out
}

var names = []string{"north", "east", "south"}

func (s *site) killing() blow {
	i := s.rng.IntN(len(s.daemons))
	return blow{names[i] + " is killed and started again", func(*crowd) { s.kill(i) }}
}

func (s *site) away(w postgres.Weather) blow {
	i, time1, time2 := s.rng.IntN(len(s.daemons)), s.stretch(), s.stretch()
	other := (i + 1 + s.rng.IntN(2)) % len(s.daemons)
	what := "the network of " + names[i] + " is cut"
	if w == postgres.Dead {
		what = "the network of " + names[i] + " is dead"
	}
	return blow{what + ", " + names[other] + " is killed and started again, and the network is back", func(c *crowd) {
		s.nets[i].Turn(w)
		c.after(1000, time1)
		s.kill(other)
		c.after(1000, time2)
		s.nets[i].Turn(postgres.Fair)
	}}
}

// stretch is how long a network is away, in two parts.
func (s *site) stretch() time.Duration { return time.Duration(300+s.rng.IntN(1200)) * time.Millisecond }

// settle waits until no clock is still to strike and nothing is queued.
func (s *site) settle(c *crowd) {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		left := s.number(`SELECT (SELECT count(*) FROM delivery WHERE state = 'queued') + (SELECT count(*) FROM notice WHERE state = 'queued')
			+ (SELECT count(*) FROM ticket WHERE status = 'snoozed') + (SELECT count(*) FROM conversation WHERE state = 'waiting' AND due_at > 0)`)
		if left == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			s.t.Fatalf("%d mails never left, or clocks never struck", left)
		}
	}
}
