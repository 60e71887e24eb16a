package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aside/test/harness"
)

// growCmd measures what depends on the size of the store.
type growCmd struct {
	Sizes  []int  `default:"1000,100000,1000000" help:"How many tickets, one size after the other."`
	Each   int    `default:"100" help:"How often each thing is measured."`
	Seed   uint64 `default:"1" help:"Of everything."`
	Folder string `help:"Where to make the stores; the system's temporary folder else. A million tickets take some 10 GB."`
}

// Help is shown by --help.
func (growCmd) Help() string {
	return `For each size a store is filled (see load fill -h) and a daemon started on it. Then, over one connection, one mail after the other:

  start-up      from the start of the process to its greeting
  new           customers' first mails of 2 kB, to the 250
  answer        customers' mails of 2 kB that name an open ticket's mail in In-Reply-To
  answer old    the same to a resolved ticket, anywhere in the store: it opens a successor
  /list … /show an agent's question (30 of a kind), to the answer in the mailbox; /show of any ticket, search for two common words, and for one that occurs once

Printed are p50 and p95, and the daemon's CPU time for each. It begins when the daemon is quiet: after a start it reads all pages once.`
}

// sized is what was measured of one size.
type sized struct {
	names   []string
	p50     map[string]time.Duration
	p95     map[string]time.Duration
	cpu     map[string]time.Duration
	filled  time.Duration
	settled time.Duration // until the daemon was quiet after its start
	octets  int64
	memory  int64
}

// Run measures each size and prints the table.
func (c growCmd) Run(ctx context.Context, out io.Writer) error {
	var all []*sized
	for _, n := range c.Sizes {
		s, err := c.measure(ctx, n)
		if err != nil {
			return fmt.Errorf("%d tickets: %w", n, err)
		}
		all = append(all, s)
		fmt.Fprintf(out, "%d tickets: filled in %s, quiet %s after the start, %.0f MB, %.0f MB resident\n", n, s.filled.Round(time.Second), s.settled.Round(time.Second), float64(s.octets)/1e6, float64(s.memory)/(1<<20))
		for _, name := range s.names {
			fmt.Fprintf(out, "  %-12s p50 %-9s p95 %-9s CPU %s\n", name, ms(s.p50[name]), ms(s.p95[name]), ms(s.cpu[name]))
		}
	}
	fmt.Fprint(out, "\n| |")
	for _, n := range c.Sizes {
		fmt.Fprintf(out, " %d: p50 | p95 | CPU |", n)
	}
	fmt.Fprint(out, "\n|---|"+strings.Repeat("---:|", 3*len(all))+"\n")
	for _, name := range all[0].names {
		fmt.Fprintf(out, "| %s |", name)
		for _, s := range all {
			fmt.Fprintf(out, " %s | %s | %s |", ms(s.p50[name]), ms(s.p95[name]), ms(s.cpu[name]))
		}
		fmt.Fprintln(out)
	}
	return nil
}

// growing is the daemon on a filled store, and what is needed to ask it.
type growing struct {
	growCmd
	d      *installation
	w      *writer
	n      int
	serial int
	s      *session
	came   chan arrival // answers to agents
	*sized
}

func (c growCmd) measure(ctx context.Context, n int) (*sized, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dir, err := os.MkdirTemp(c.Folder, "aside-load-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	g := &growing{growCmd: c, w: newWriter(c.Seed), n: n, came: make(chan arrival, 100),
		sized: &sized{p50: map[string]time.Duration{}, p95: map[string]time.Duration{}, cpu: map[string]time.Duration{}}}
	dns, err := startDNS(ctx, g.w.public())
	if err != nil {
		return nil, err
	}
	to, err := startSink(ctx, func(a arrival) {
		if isAgent(a.to) {
			select {
			case g.came <- a:
			default: // nobody waits: a notice
			}
		}
	})
	if err != nil {
		return nil, err
	}
	binary, err := harness.Binary()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	g.d = &installation{dir: dir, addr: addr, binary: binary}
	if err := configure(dir, addr, dns, "smtp://"+to.addr, "0s"); err != nil {
		return nil, err
	}
	if err := g.d.makeStore(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	database := filepath.Join(dir, "state", "aside.db")
	if err := fill(ctx, database, n, c.Seed); err != nil {
		return nil, err
	}
	g.filled = time.Since(began)
	if info, err := os.Stat(database); err == nil {
		g.octets = info.Size()
	}
	return g.sized, g.all(ctx)
}

// settle waits until the daemon has done what follows its start: it reads every
// page of a large database.
func (g *growing) settle(ctx context.Context) error {
	began := time.Now()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for busy := true; busy; {
		before := g.d.cpu()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		busy = g.d.cpu()-before > 30*time.Millisecond
	}
	g.settled = time.Since(began)
	return nil
}

// all measures one thing after the other.
func (g *growing) all(ctx context.Context) error {
	var starts []time.Duration
	for range 3 {
		if err := g.d.stop(); err != nil {
			return err
		}
		took, err := g.d.launch(ctx)
		if err != nil {
			return err
		}
		starts = append(starts, took)
	}
	defer func() { _ = g.d.stop() }()
	g.note("start-up", starts, 0)
	err := g.settle(ctx)
	if err != nil {
		return err
	}
	if g.s, err = dial(g.d.addr, 1); err != nil {
		return err
	}
	defer g.s.quit()
	first := func(i int) (letter, error) { return g.w.plain(g.serial, 2000) }
	answer := func(of func() int) func(int) (letter, error) {
		return func(int) (letter, error) {
			t := of()
			return g.w.answer(letter{requesterOf(t, g.n), []byte(fmt.Sprintf("A: b\r\nMessage-ID: <q%d.0@customer.example>\r\nC: d\r\n\r\n", t))}, g.serial, 2000)
		}
	}
	open := min(mostOpen, g.n/2)
	for _, m := range []struct {
		name string
		make func(int) (letter, error)
	}{{"warm", first}, {"new", first}, {"answer", answer(func() int { return g.n - g.w.rng.IntN(open) })},
		{"answer old", answer(func() int { return 1 + g.w.rng.IntN(g.n-open) })}} {
		if err := g.mails(m.name, m.make); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	list := words()
	for _, q := range []struct {
		name string
		text func() string
	}{{"/list", func() string { return "/list" }}, {"/list mine", func() string { return "/list mine" }},
		{"/show", func() string { return fmt.Sprintf("/show %d", 1+g.w.rng.IntN(g.n)) }},
		{"/search two", func() string { return "/search " + list[g.w.rng.IntN(40)] + " " + list[g.w.rng.IntN(40)] }},
		{"/search one", func() string { return fmt.Sprintf("/search q%d-1", 1+g.w.rng.IntN(g.n)) }}} {
		if err := g.questions(ctx, q.name, q.text); err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
	}
	g.memory = g.d.resident()
	return nil
}

func (g *growing) note(name string, took []time.Duration, cpu time.Duration) {
	if name == "warm" {
		return
	}
	q := quantilesOf(took)
	g.names = append(g.names, name)
	g.p50[name], g.p95[name], g.cpu[name] = q.P50, q.P95, cpu/time.Duration(len(took))
}

// mails sends one after the other, and lets what follows from each end first.
func (g *growing) mails(name string, write func(int) (letter, error)) error {
	var took []time.Duration
	before := g.d.cpu()
	for i := range g.Each {
		g.serial++
		l, err := write(i)
		if err != nil {
			return err
		}
		began := time.Now()
		if _, err := g.s.send(l.from, []string{support}, l.raw); err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	g.note(name, took, g.d.cpu()-before)
	return nil
}

// questions asks as an agent, and waits for the answer.
func (g *growing) questions(ctx context.Context, name string, text func() string) error {
	var took []time.Duration
	var cpu time.Duration
	for range min(g.Each, 30) { // an agent gets 60 answers an hour
		g.serial++
		who := agents()[g.serial%3]
		d := harness.Write(who, support, fmt.Sprintf("question %d", g.serial), text())
		raw, err := g.w.sign(who.Address, d.Bytes())
		if err != nil {
			return err
		}
		if err := g.quiet(ctx); err != nil {
			return err
		}
		before, began := g.d.cpu(), time.Now()
		if _, err := g.s.send(who.Address, []string{support}, raw); err != nil {
			return err
		}
		select {
		case a := <-g.came:
			if a.to != who.Address || bytes.Contains(a.head, []byte("YOUR REPLY GOES TO: Jane")) {
				return fmt.Errorf("another mail came in place of the answer")
			}
			took = append(took, a.at.Sub(began))
		case <-time.After(30 * time.Second):
			return fmt.Errorf("no answer within 30 s")
		}
		cpu += g.d.cpu() - before
	}
	g.note(name, took, cpu)
	return nil
}

// quiet waits until nothing has come for a while: notices of the mails before.
func (g *growing) quiet(ctx context.Context) error {
	pause := 30 * time.Millisecond
	if g.names[len(g.names)-1] == "answer old" {
		pause = time.Second
	}
	for {
		timer := time.NewTimer(pause)
		select {
		case <-g.came:
			timer.Stop()
		case <-timer.C:
			return nil
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
