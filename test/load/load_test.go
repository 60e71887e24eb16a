package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

// day plays a short one and demands that nothing is lost.
func day(t *testing.T, c dayCmd) *outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	c.Patience, c.SendDelay, c.Seed = 2*time.Minute, "0s", 7
	o, err := c.play(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range o.lost {
		t.Error(l)
	}
	if n, _ := o.accepted(); n != c.Mails {
		t.Errorf("%d of %d mails were accepted", n, c.Mails)
	}
	if t.Failed() {
		t.Log(o.text())
	}
	return o
}

// TestNothingIsLost plays customers, agents and vendors against the daemon.
func TestNothingIsLost(t *testing.T) {
	o := day(t, dayCmd{Mails: 120, Rate: 20, For: time.Minute, Largest: 2e6})
	kinds := map[kind]int{}
	for _, m := range o.mails {
		kinds[m.kind]++
	}
	for _, s := range mixture() {
		if kinds[s.kind] == 0 {
			t.Errorf("nobody wrote a mail of the kind %q: %v", s.kind, kinds)
		}
	}
	for _, want := range []string{"<svg", "was heard", "to the reader"} {
		if !strings.Contains(string(o.page()), want) {
			t.Errorf("the report has no %q", want)
		}
	}
}

// TestRefusedForNowComesAgain has more clients at one address than may connect.
func TestRefusedForNowComesAgain(t *testing.T) {
	o := day(t, dayCmd{Mails: 80, Conns: 60, OneAddress: true, For: time.Minute, Largest: 2e4})
	if o.refused["421"] == 0 {
		t.Errorf("nobody heard 421: %v", o.refused)
	}
}

// TestVerdictSeesLosses tells the check of things that did not happen.
func TestVerdictSeesLosses(t *testing.T) {
	g := newWorld(1, 1e3)
	m, err := g.next()
	if err != nil {
		t.Fatal(err)
	}
	m.accepted, m.id = time.Now(), "never"
	o := &outcome{}
	dir := t.TempDir()
	played, err := dayCmd{Mails: 1, Conns: 1, For: time.Minute, Largest: 1e3, Patience: time.Minute, SendDelay: "0s"}.play(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	database := dir + "/state/aside.db"
	if err := o.check(t.Context(), g, database); err != nil {
		t.Fatal(err)
	}
	if len(o.lost) != 1 || !strings.Contains(o.lost[0], "0 records") {
		t.Errorf("a mail that is not in the store: %q", o.lost)
	}
	here := played.mails[0]
	for name, change := range map[string]func(*mail){
		"nobody has heard":  func(m *mail) { m.heard = time.Time{} },
		"more than once":    func(m *mail) { m.hearers = map[string]int{"dana@example.com": 2} },
		"stand in 0":        func(m *mail) { m.serial = 99 },
		"refused for good:": func(m *mail) { m.accepted, m.failed = time.Time{}, &refused{554, "no"} },
	} {
		m := *here
		change(&m)
		o := &outcome{}
		if err := o.check(t.Context(), &world{serial: 100, mails: map[int]*mail{m.serial: &m}}, database); err != nil {
			t.Fatal(err)
		}
		if len(o.lost) != 1 || !strings.Contains(o.lost[0], name) {
			t.Errorf("%s: %q", name, o.lost)
		}
	}
}

// TestQuantiles reads the figures off known durations.
func TestQuantiles(t *testing.T) {
	var d []time.Duration
	for i := range 100 {
		d = append(d, time.Duration(100-i)*time.Millisecond)
	}
	if q := quantilesOf(d); q.N != 100 || q.P50 != 51*time.Millisecond || q.P99 != 100*time.Millisecond || q.Max != 100*time.Millisecond {
		t.Errorf("of 1..100 ms: %+v", q)
	}
}

// TestProfileParts gives stacks to the parts they belong to.
func TestProfileParts(t *testing.T) {
	text := strings.Join([]string{"-----------+-----", "     30ms   aside/mailin/read.Mail", "            aside/mailin.(*session).Data",
		"-----------+-----", "     20ms   modernc.org/sqlite/lib.step", "            aside/store.(*Store).run",
		"-----------+-----", "     50ms   runtime.futex", ""}, "\n")
	sum, total := sumOf([]byte(text))
	if total != 100 || sum["parse: MIME into facts"] != 30 || sum["write rows: SQLite, in the transaction"] != 20 {
		t.Errorf("of 100 ms: %v, in all %g", sum, total)
	}
}
