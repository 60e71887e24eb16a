package leak

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"aside/test/harness"
)

var (
	leakMails     = flag.Int("leak.mails", 300, "mails that the simulated people send")
	leakSeed      = flag.Uint64("leak.seed", 42, "seed of the simulation; 0 draws a new one")
	leakUniverses = flag.Int("leak.universes", 3, "desks that live side by side in one daemon")
)

// TestNothingLeaks is the simulation against the real daemon.
func TestNothingLeaks(t *testing.T) {
	seed := *leakSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	reg := newRegistry()
	all := make([]*universe, *leakUniverses)
	for i := range all {
		all[i] = newUniverse(i, seed, reg)
	}
	d := harness.Start(t, func(c *harness.Config) {
		*c = harness.Config{SendDelay: "0s"}
		for _, u := range all {
			u.config(c)
		}
	})
	began := time.Now()
	leaks, err := playAll(d, all)
	took := time.Since(began)
	if err == nil && len(leaks) == 0 {
		d.Settle()
		for _, u := range all {
			late, e := u.finish()
			leaks, err = append(leaks, late...), errors.Join(err, e)
		}
	}
	for i, l := range leaks {
		if i == 3 {
			t.Errorf("and %d more", len(leaks)-i)
			break
		}
		t.Errorf("seed %d: %s", seed, l.story())
	}
	if err != nil {
		t.Errorf("seed %d: %v", seed, err)
	}
	sum := stats{did: map[string]int{}}
	for _, u := range all {
		sum.add(u.stats)
	}
	t.Logf("seed %d: %d mails in %.1f s, %.0f mails/s in, %.0f mails/s out\n%s", seed, sum.mails, took.Seconds(),
		float64(sum.mails)/took.Seconds(), float64(sum.toAgents+sum.toOutside)/took.Seconds(), sum)
	if !t.Failed() {
		alive(t, sum)
	}
}

func playAll(d *harness.Daemon, all []*universe) ([]leak, error) {
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		leaks []leak
		errs  []error
	)
	for _, u := range all {
		wg.Add(1)
		go func() {
			defer wg.Done()
			o := &overSMTP{daemon: d}
			defer o.close()
			u.wire = o.wire()
			found, err := u.play(*leakMails / len(all))
			mu.Lock()
			defer mu.Unlock()
			leaks = append(leaks, found...)
			if err != nil {
				errs = append(errs, err)
			}
		}()
	}
	wg.Wait()
	return leaks, errors.Join(errs...)
}

// alive fails when the daemon kept its secrets by saying nothing.
func alive(t *testing.T, s stats) {
	t.Helper()
	missing := func() string {
		var b strings.Builder
		for i, m := range s.missing {
			if i == 3 {
				break
			}
			story := ""
			if m.text().ticket != nil {
				story = strings.Join(m.text().ticket.story, "\n")
			}
			fmt.Fprintf(&b, "\n%s by %s (250 %s, expected at %v) never arrived:\n%s\nits ticket:\n%s\n", m.did, m.by.Address, m.id, m.expect, indent(m.raw), story)
		}
		return b.String()
	}
	if s.contactHeard*100 < s.contactMails*99 {
		t.Errorf("agents heard %d of %d mails of contacts%s", s.contactHeard, s.contactMails, missing())
	}
	if s.arrived*100 < s.expected*95 {
		t.Errorf("%d of %d expected answers arrived%s", s.arrived, s.expected, missing())
	}
	if s.mails > 200 && s.expected*10 < s.mails {
		t.Errorf("only %d answers were expected to arrive among %d mails: most of what agents write is held", s.expected, s.mails)
	}
}

func (s stats) String() string {
	var did []string
	for k, n := range s.did {
		did = append(did, fmt.Sprintf("%s %d", k, n))
	}
	sort.Strings(did)
	return fmt.Sprintf("out: %d to contacts, %d to agents; answers that had to arrive %d, arrived %d; held %d, released %d; mails of contacts %d, heard by agents %d; refused %d\n%s",
		s.toOutside, s.toAgents, s.expected, s.arrived, s.held, s.released, s.contactMails, s.contactHeard, s.refused, strings.Join(did, "; "))
}
