package leak

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"aside/test/harness"
	"aside/test/postgres"
)

var (
	inProcess = flag.Int("leak.inprocess", 1500, "mails that the simulated people send in process")
	chunkSize = flag.Int("leak.chunk", 10_000, "mails of one chunk in process: one store, one seed")
	parallel  = flag.Int("leak.parallel", 2, "chunks that run side by side")
	results   = flag.String("leak.results", "", "file to which a line a chunk is added")
)

// chunk is a part of a run that stands alone: its seed repeats it.
type chunk struct {
	seed  uint64
	mails int
	dsn   string // of its PostgreSQL; empty for SQLite
	sum   stats
	took  time.Duration
	leaks []leak
	err   error
}

// play runs the chunk: two universes in one installation of their own.
func (c *chunk) play(ctx context.Context) {
	began := time.Now()
	defer func() { c.took = time.Since(began) }()
	c.sum.did = map[string]int{}
	reg := newRegistry()
	conf := &harness.Config{}
	var all []*universe
	for i := range 2 {
		u := newUniverse(i, c.seed, reg)
		u.config(conf)
		all = append(all, u)
	}
	t, err := openTown(ctx, c.dsn, c.seed, c.seed%2 == 1, conf)
	if err != nil {
		c.err = err
		return
	}
	defer func() { c.err = errors.Join(c.err, t.close()) }()
	for _, u := range all {
		u.wire = t.wire()
	}
	rng := rand.New(rand.NewPCG(c.seed, 7))
	for n := 0; n < c.mails && ctx.Err() == nil; {
		u := all[rng.IntN(len(all))]
		before := u.stats.mails
		if c.leaks, c.err = u.turn(); len(c.leaks) > 0 || c.err != nil {
			break
		}
		n += u.stats.mails - before
	}
	if len(c.leaks) == 0 && c.err == nil {
		c.err = t.pass(time.Hour)
	}
	for _, u := range all {
		if len(c.leaks) == 0 && c.err == nil {
			c.leaks, c.err = u.finish()
		}
		c.sum.add(u.stats)
	}
}

// line is the chunk in the file of results.
func (c *chunk) line() string {
	s := c.sum
	end := "nothing leaked"
	if len(c.leaks) > 0 {
		end = "LEAK: " + c.leaks[0].what
	} else if c.err != nil {
		end = "ERROR: " + strings.SplitN(c.err.Error(), "\n", 2)[0]
	}
	return fmt.Sprintf("seed %d: %d mails in, %d out to contacts, %d notices, %d held, %d released, %d acts audited, %d of %d answers arrived, %d of %d contacts' mails heard, %.0f s (%.0f/s in), %s: %s",
		c.seed, s.mails, s.toOutside, s.toAgents, s.held, s.released, s.acts, s.arrived, s.expected, s.contactHeard, s.contactMails,
		c.took.Seconds(), float64(s.mails)/c.took.Seconds(), time.Now().UTC().Format("15:04:05"), end)
}

// TestNothingLeaksInProcess is the simulation without the network, the daemon's
// process, and the clock on the wall.
func TestNothingLeaksInProcess(t *testing.T) {
	seed := *leakSeed
	if seed == 0 {
		seed = rand.Uint64() >> 16
	}
	chunks := make(chan *chunk)
	var mu sync.Mutex
	var wg sync.WaitGroup
	sum := stats{did: map[string]int{}}
	began := time.Now()
	for range *parallel {
		wg.Go(func() {
			for c := range chunks {
				c.play(t.Context())
				mu.Lock()
				tell(t, c)
				sum.add(c.sum)
				mu.Unlock()
			}
		})
	}
	for left := *inProcess; left > 0 && !t.Failed(); left -= *chunkSize {
		chunks <- &chunk{seed: seed, mails: min(left, *chunkSize), dsn: postgres.Chosen(t)}
		seed++
	}
	close(chunks)
	wg.Wait()
	took := time.Since(began)
	t.Logf("%d mails in %.1f s, %.0f mails/s in, %.0f mails/s out\n%s", sum.mails, took.Seconds(),
		float64(sum.mails)/took.Seconds(), float64(sum.toAgents+sum.toOutside)/took.Seconds(), sum)
	if !t.Failed() {
		alive(t, sum)
	}
}

// tell reports a chunk that has ended.
func tell(t *testing.T, c *chunk) {
	t.Helper()
	if *results != "" {
		f, err := os.OpenFile(*results, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = fmt.Fprintln(f, c.line())
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			t.Error(err)
		}
	}
	t.Log(c.line())
	for i, l := range c.leaks {
		if i == 3 {
			t.Errorf("and %d more", len(c.leaks)-i)
			break
		}
		t.Errorf("seed %d: %s", c.seed, l.story())
	}
	if c.err != nil {
		t.Errorf("seed %d: %v", c.seed, c.err)
	}
}
