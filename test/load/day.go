package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // reads the daemon's database at the end

	"aside/test/harness"
)

// dayCmd plays a day.
type dayCmd struct {
	Rate       float64       `default:"5" help:"Mails a second, at random moments. 0 sends as fast as it takes, over --conns connections."`
	For        time.Duration `default:"1m" help:"How long mails are sent."`
	Mails      int           `help:"How many mails at most; 0 for as many as the time has."`
	Conns      int           `default:"20" help:"Connections at once, where there is no rate."`
	OneAddress bool          `help:"All clients have one address, as behind a relay: beyond 20 connections they hear 421."`
	Largest    float64       `default:"20e6" help:"The largest attachment, in octets."`
	SendDelay  string        `default:"0s" help:"send_delay of the config."`
	Seed       uint64        `default:"1" help:"Of people, words and moments."`
	Patience   time.Duration `default:"2m" help:"How long after the last mail everything must have been heard."`
	Report     string        `default:"load.html" help:"The report to write."`
}

// Help is shown by --help.
func (dayCmd) Help() string {
	return `Starts aside serve with a store of its own, as in production: SQLite FULL, DKIM, SPF and DMARC asked of a DNS server on loopback, three agents, mail out
by SMTP to a sink. 2000 customers, 40 vendors and three agents write; every mail is signed and comes over a connection of its own, from an address of its own:

  28 % customers' first mails         22 % agents' replies to customers
  30 % customers' answers              6 % agents' notes
   8 % vendors' answers                6 % agents' questions to vendors (/side)

(what has nothing to answer yet is a first mail instead). Of what comes from outside 70 % have no file, 15 % one of 2-50 kB, 10 % of 50-500 kB, 4 % of 0.5-3 MB,
1 % of 3-20 MB. Answers quote what they answer as ten mail programs do.

Measured is, for each mail, the time from the connection to the 250, and to the first mail at the sink that brings its words to who should hear them. A 421, another
4xx or a broken connection is tried again after 1, 2, 4 … 30 seconds, as MTAs do, only sooner. At the end every accepted mail must be in the store once, and heard:
else the exit status is 1. The report is one HTML page with plots.`
}

// outcome is what a day brought.
type outcome struct {
	cmd     dayCmd
	began   time.Time
	sending time.Duration
	mails   []*mail
	memory  []sample
	cpu     time.Duration
	refused map[string]int // replies of the kind 4xx, by code
	lost    []string       // what must not be, in words
	held    int
	retried int
}

// sample is the daemon's memory at a moment.
type sample struct {
	at    time.Duration
	bytes int64
}

// Run plays the day, writes the report and prints its figures.
func (c dayCmd) Run(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "aside-load-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o, err := c.play(ctx, dir)
	if err != nil {
		return err
	}
	fmt.Fprint(out, o.text())
	if c.Report != "" {
		if err := os.WriteFile(c.Report, o.page(), 0o644); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		fmt.Fprintln(out, "report:", c.Report)
	}
	if len(o.lost) > 0 {
		return fmt.Errorf("%d mails were not as they should be", len(o.lost))
	}
	return nil
}

// play is the day in a folder.
func (c dayCmd) play(ctx context.Context, dir string) (*outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := newWorld(c.Seed, c.Largest)
	dns, err := startDNS(ctx, g.w.public())
	if err != nil {
		return nil, err
	}
	to, err := startSink(ctx, g.arrived)
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
	d := &installation{dir: dir, addr: addr, binary: binary}
	if err := configure(dir, addr, dns, "smtp://"+to.addr, c.SendDelay); err != nil {
		return nil, err
	}
	if _, err := d.launch(ctx); err != nil {
		return nil, err
	}
	defer func() { _ = d.stop() }()
	o := &outcome{cmd: c, began: time.Now(), refused: map[string]int{}}
	stopSampling := o.sample(ctx, d)
	err = c.send(ctx, g, d, o)
	o.sending = time.Since(o.began)
	if err == nil {
		err = c.settle(ctx, g)
	}
	o.cpu = d.cpu()
	stopSampling()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, d.logTail())
	}
	if err := d.stop(); err != nil {
		return nil, err
	}
	return o, o.check(ctx, g, filepath.Join(dir, "state", "aside.db"))
}

// sample reads the daemon's memory four times a second.
func (o *outcome) sample(ctx context.Context, d *installation) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			o.memory = append(o.memory, sample{time.Since(o.began), d.resident()})
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}

// send writes mails at the rate, and delivers each in its own time.
func (c dayCmd) send(ctx context.Context, g *world, d *installation, o *outcome) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	var mu sync.Mutex // of o.refused
	places := make(chan struct{}, max(c.Conns, 1))
	pauses := newWriter(c.Seed + 1).rng
	end, due := o.began.Add(c.For), o.began
	for n := 0; (c.Mails == 0 || n < c.Mails) && time.Now().Before(end) && ctx.Err() == nil; n++ {
		if c.Rate > 0 {
			due = due.Add(time.Duration(pauses.ExpFloat64() / c.Rate * float64(time.Second)))
			if err := until(ctx, due); err != nil {
				break
			}
		} else {
			select {
			case places <- struct{}{}:
			case <-ctx.Done():
			}
		}
		m, err := g.next()
		if err != nil {
			cancel(err)
			break
		}
		wg.Go(func() {
			if c.Rate == 0 {
				defer func() { <-places }()
			}
			c.deliver(ctx, g, d, m, func(code string) { mu.Lock(); o.refused[code]++; mu.Unlock() })
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// until waits for a moment.
func until(ctx context.Context, at time.Time) error {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deliver tries until the mail is taken or refused for good.
func (c dayCmd) deliver(ctx context.Context, g *world, d *installation, m *mail, refusal func(code string)) {
	address := 1 + m.serial
	if c.OneAddress {
		address = 1
	}
	began, pause := time.Now(), time.Second
	for attempt := 1; ; attempt++ {
		id, err := attemptOnce(d.addr, address, m)
		now := time.Now()
		g.mu.Lock()
		m.connect, m.attempts = began, attempt
		if err == nil {
			m.id, m.accepted = id, now
		} else if !temporary(err) {
			m.failed = err
		}
		g.mu.Unlock()
		if err == nil || !temporary(err) {
			m.raw = nil
			return
		}
		refusal(codeOf(err))
		if until(ctx, now.Add(pause)) != nil {
			return
		}
		pause = min(2*pause, 30*time.Second)
	}
}

func attemptOnce(addr string, address int, m *mail) (string, error) {
	s, err := dial(addr, address)
	if err != nil {
		return "", err
	}
	defer s.quit()
	return s.send(m.from, m.rcpts, m.raw)
}

func codeOf(err error) string {
	var r *refused
	if errors.As(err, &r) {
		return fmt.Sprint(r.code)
	}
	return "broken connection"
}

// settle waits until all that was accepted is heard, at most for the patience.
func (c dayCmd) settle(ctx context.Context, g *world) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	end := time.Now().Add(c.Patience)
	for g.waiting() > 0 && time.Now().Before(end) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// check holds what was accepted against the store and the sink.
func (o *outcome) check(ctx context.Context, g *world, database string) error {
	db, err := sql.Open("sqlite", "file:"+database+"?mode=ro")
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	defer func() { _ = db.Close() }()
	g.mu.Lock()
	defer g.mu.Unlock()
	for serial := range g.serial {
		m := g.mails[serial]
		if m == nil {
			continue
		}
		o.mails = append(o.mails, m)
		o.retried += max(0, m.attempts-1)
		if m.held {
			o.held++
		}
		wrong, err := verdict(ctx, db, m)
		if err != nil {
			return err
		}
		if wrong != "" {
			o.lost = append(o.lost, fmt.Sprintf("mail %d (%s, %s): %s", m.serial, m.kind, m.id, wrong))
		}
	}
	return nil
}

// verdict says what is wrong with a mail's fate; nothing, usually.
func verdict(ctx context.Context, db *sql.DB, m *mail) (string, error) {
	if m.accepted.IsZero() {
		if m.failed != nil {
			return "refused for good: " + m.failed.Error(), nil
		}
		return "", nil // still trying when the time was over: its sender has it
	}
	var rows, ticket, words int
	err := db.QueryRowContext(ctx, `SELECT count(*), coalesce(max(ticket), 0) FROM inbound WHERE id = $1`, m.id).Scan(&rows, &ticket)
	if err != nil {
		return "", fmt.Errorf("look for mail %s: %w", m.id, err)
	}
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM message WHERE inbound = $1 AND text LIKE '%' || $2 || '%'`, m.id, fmt.Sprintf("lm%07dx", m.serial)).Scan(&words)
	if err != nil {
		return "", fmt.Errorf("look for the words of mail %s: %w", m.id, err)
	}
	var twice []string
	for who, n := range m.hearers {
		if n > 1 {
			twice = append(twice, fmt.Sprintf("%s %d times", who, n))
		}
	}
	switch {
	case rows != 1:
		return fmt.Sprintf("%d records in the store", rows), nil
	case m.held:
		return "", nil // kept, and its writer asked
	case words != 1:
		return fmt.Sprintf("its words stand in %d messages", words), nil
	case m.heard.IsZero() && m.kind != kindNote:
		return "nobody has heard it", nil
	case len(twice) > 0:
		return "heard more than once: " + strings.Join(twice, ", "), nil
	}
	return "", nil
}
