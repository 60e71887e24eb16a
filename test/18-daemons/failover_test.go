package daemons

import (
	"testing"
	"time"

	. "aside/test/harness"
	"aside/test/postgres"
)

// TestFailover: the server with the database is lost for good, and its
// synchronous standby takes its place. Nothing that was answered 250 is lost,
// and the daemons, which know both, find the new one by themselves.
func TestFailover(t *testing.T) {
	first, dsn := postgres.New(t)
	second := first.Standby(t)
	either := postgres.Either(t, dsn, second)
	s := newSiteOn(t, *seed, either, func(int) string { return either })
	c := newCrowd(t, s, Patience)
	c.open(people, *seed)
	c.after(30, Patience)
	first.Stop(t)
	lost := time.Now()
	c.mu.Lock()
	before, deferred := len(c.posted), c.deferred
	c.mu.Unlock()
	second.Promote(t)
	promoted := time.Since(lost)
	c.after(1, Patience)
	back := time.Since(lost)
	c.after(30, Patience)
	c.close()
	s.settle(c)
	s.check(c)
	t.Logf("%d mails before, the standby took over after %.1f s, the first mail after %.1f s, %d mails in all, %d times 451 meanwhile",
		before, promoted.Seconds(), back.Seconds(), len(c.posted), c.deferred-deferred)
}
