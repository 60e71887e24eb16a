package mailout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aside"
)

// queue is a store as far as a Sender sees one.
type queue struct {
	mu       sync.Mutex
	rows     []*queued
	wake     chan struct{}
	claims   int
	finishes int
	fail     int // how many times Finish fails before it works
	renews   int
	lost     bool // Renew says that the lease was lost
}

type queued struct {
	out      aside.Outgoing
	due      time.Time
	lease    time.Time
	state    aside.DeliveryState
	attempts int
	untried  int
	results  []Result
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// add queues a mail to jane, due now, and rings.
func (q *queue) add(t *testing.T, body string) *queued {
	q.mu.Lock()
	defer q.mu.Unlock()
	o := outgoing(t, aside.Message{Text: body}, jane)
	o.Session = "s1"
	o.Delivery, o.Token, o.QueuedAt = int64(len(q.rows)+1), uint64(len(q.rows)+1), time.Now()
	row := &queued{out: o, due: time.Now(), state: aside.DeliveryQueued}
	q.rows = append(q.rows, row)
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return row
}

func (q *queue) claim(_ context.Context, now time.Time, lease time.Duration, n int) (out []aside.Outgoing, _ []aside.Notice, _ error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.claims++
	for _, r := range q.rows {
		if len(out) == n {
			break
		}
		if r.state == aside.DeliveryQueued && !r.due.After(now) && !r.lease.After(now) {
			o := r.out
			o.Attempts, o.Untried = r.attempts, r.untried
			r.attempts++
			r.lease = now.Add(lease)
			out = append(out, o)
		}
	}
	return out, nil, nil
}

func (q *queue) renew(_ context.Context, ref Ref, until time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.renews++
	if q.lost {
		return ErrLeaseLost
	}
	q.rows[ref.Delivery-1].lease = until
	return nil
}

func (q *queue) finish(_ context.Context, results []Result) ([]Ref, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.finishes++
	if q.fail > 0 {
		q.fail--
		return nil, errors.New("the disk is full")
	}
	for _, r := range results {
		row := q.rows[r.Delivery-1]
		row.state, row.due, row.lease = r.State, r.Next, time.Time{}
		row.results = append(row.results, r)
		if r.Untried {
			row.untried++
		}
	}
	return nil, nil
}

func (q *queue) nextDue(context.Context) (next time.Time, _ error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range q.rows {
		due := r.due
		if r.lease.After(due) {
			due = r.lease
		}
		if r.state == aside.DeliveryQueued && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next, nil
}

// allSent reports whether nothing waits.
func (q *queue) allSent() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !slices.ContainsFunc(q.rows, func(r *queued) bool { return r.state != aside.DeliverySent })
}

// deliverFunc is a Transport.
type deliverFunc func(ctx context.Context, e Envelope, write func(io.Writer) error) (Answer, error)

func (f deliverFunc) Deliver(ctx context.Context, e Envelope, write func(io.Writer) error) (Answer, error) {
	return f(ctx, e, write)
}
func (f deliverFunc) Close() error { return nil }

func (q *queue) sender(f deliverFunc) *Sender {
	return &Sender{
		Claim: q.claim, Renew: q.renew, Finish: q.finish, NextDue: q.nextDue, Wake: q.wake,
		Identify: func(aside.Outgoing) (aside.Identity, error) { return deskIdentity(), nil },
		Body:     func(o aside.Outgoing) (string, string, error) { return o.Message.Text, "", nil },
		Open:     shelf{}.open, Transport: f, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
}

// pass lets time go by on the bubble's clock, and all settle that it brings.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// run starts s in the bubble; the returned function ends it and waits.
func run(t *testing.T, s *Sender) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	}
}

var errLater = &Failure{Code: 451, Detail: "4.7.1 try later"}

// TestRetrySchedule follows one mail that is never accepted: pauses grow from
// a minute to hours, the agents hear at four hours and at five days, and every
// attempt carries the same bytes.
func TestRetrySchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		start := time.Now()
		var tries []time.Duration
		bodies := map[string]bool{}
		stop := run(t, q.sender(func(_ context.Context, e Envelope, write func(io.Writer) error) (Answer, error) {
			tries = append(tries, time.Since(start))
			var b bytes.Buffer
			if err := write(&b); err != nil {
				return Answer{}, err
			}
			bodies[b.String()] = true
			if e.Again != (len(tries) > 1) || e.Size != int64(b.Len()) {
				t.Errorf("attempt %d: %+v", len(tries), e)
			}
			return Answer{}, errLater
		}))
		row := q.add(t, "hello")
		<-time.After(6 * 24 * time.Hour)
		stop()
		if len(bodies) != 1 {
			t.Errorf("%d different mails were sent", len(bodies))
		}
		if len(tries) < 30 || len(tries) > 50 {
			t.Errorf("%d attempts: %v", len(tries), tries)
		}
		for i, base := range []time.Duration{1, 2, 5, 10, 20, 40} {
			if gap := tries[i+1] - tries[i]; gap < base*time.Minute || gap > base*time.Minute*5/4+2*time.Second {
				t.Errorf("pause %d is %v", i+1, gap)
			}
		}
		checkTold(t, row, start)
	})
}

func checkTold(t *testing.T, row *queued, start time.Time) {
	t.Helper()
	last := row.results[len(row.results)-1]
	if row.state != aside.DeliveryFailed || last.Tell != TellFailed || last.Code != 451 {
		t.Errorf("ended as %+v", last)
	}
	if age := last.At.Sub(start); age < GiveUpAfter || age > GiveUpAfter+2*time.Second {
		t.Errorf("gave up after %v", age)
	}
	for _, r := range row.results[:len(row.results)-1] {
		if told := r.Tell == TellDelayed; told != (r.At.Sub(start) >= DelayedAfter) {
			t.Errorf("at %v told %v", r.At.Sub(start), r.Tell)
		}
	}
	first := slices.IndexFunc(row.results, func(r Result) bool { return r.Tell == TellDelayed })
	if age := row.results[first].At.Sub(start); age > DelayedAfter+2*time.Second {
		t.Errorf("told of the delay after %v", age)
	}
}

// TestFates: what one attempt's end means.
func TestFates(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		state aside.DeliveryState
		tell  Tell
		code  int
	}{
		{"accepted", nil, aside.DeliverySent, TellNothing, 250},
		{"refused", &Failure{Code: 550, Detail: "no such user", Permanent: true}, aside.DeliveryFailed, TellFailed, 550},
		{"not now", errLater, aside.DeliveryQueued, TellNothing, 451},
		{"no relay", &Failure{Detail: "connection refused", Relay: true}, aside.DeliveryQueued, TellNothing, 0},
		{"unreadable", errors.New("blob is gone"), aside.DeliveryQueued, TellNothing, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newQueue()
				stop := run(t, q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) {
					return Answer{Code: 250, Detail: "queued"}, tt.err
				}))
				row := q.add(t, "hello")
				synctest.Wait()
				stop()
				if len(row.results) != 1 {
					t.Fatalf("%d results", len(row.results))
				}
				r := row.results[0]
				if r.State != tt.state || r.Tell != tt.tell || r.Code != tt.code || r.Attempt != 1 || r.Ticket != 1042 || r.To != jane.Address {
					t.Errorf("%+v", r)
				}
			})
		})
	}
}

// TestWhatCannotBeComposed fails at once where trying again is useless, waits
// where it is not, and never keeps other mails.
func TestWhatCannotBeComposed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		s := q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) { return Answer{Code: 250}, nil })
		s.Identify = func(o aside.Outgoing) (aside.Identity, error) {
			id := deskIdentity()
			switch o.Message.Text {
			case "panic":
				panic("a bug")
			case "malformed":
				id.MessageID = "a\r\nb"
			case "no template":
				return id, errors.New("template: no such file")
			}
			return id, nil
		}
		stop := run(t, s)
		want := map[string]aside.DeliveryState{"panic": aside.DeliveryQueued, "malformed": aside.DeliveryFailed,
			"no template": aside.DeliveryQueued, "good": aside.DeliverySent}
		rows := map[string]*queued{}
		for text := range want {
			rows[text] = q.add(t, text)
		}
		synctest.Wait()
		stop()
		for text, state := range want {
			if rows[text].state != state {
				t.Errorf("%s ended as %s", text, rows[text].state)
			}
		}
	})
}

// TestDeadRelay: a relay that is not there is tried ever more rarely, whatever
// waits, and everything leaves soon after it is back.
func TestDeadRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		dead, tries := true, 0
		var mu sync.Mutex
		s := q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) {
			mu.Lock()
			defer mu.Unlock()
			tries++
			if dead {
				return Answer{}, &Failure{Detail: "connection refused", Relay: true}
			}
			return Answer{Code: 250}, nil
		})
		stop := run(t, s)
		defer stop()
		for range 200 {
			q.add(t, "hello")
		}
		pass(3 * time.Hour)
		mu.Lock()
		if tries > 4*50 {
			t.Errorf("%d attempts, %d claims in three hours", tries, q.claims)
		}
		dead = false
		mu.Unlock()
		pass(maxRest + 2*time.Second)
		for _, row := range q.rows {
			if row.state != aside.DeliverySent {
				t.Fatalf("still %s: %+v", row.state, row.results)
			}
		}
	})
}

// TestNotSentTwice: when the store cannot record at first, it is asked again,
// and the lease is kept so that nobody else sends the mail meanwhile.
func TestNotSentTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		q.fail = 9
		sent := 0
		s := q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) {
			sent++
			return Answer{Code: 250}, nil
		})
		s.Lease = 6 * time.Second
		stop := run(t, s)
		defer stop()
		row := q.add(t, "hello")
		pass(time.Minute)
		if sent != 1 || row.state != aside.DeliverySent || q.renews < 3 {
			t.Errorf("sent %d times, %s, renewed %d times", sent, row.state, q.renews)
		}
	})
}

// TestLease: a slow relay keeps its mail, because the lease is renewed; a lost
// lease stops the sending, and what became of it is not ours to record.
func TestLease(t *testing.T) {
	for _, lost := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			q := newQueue()
			q.lost = lost
			tries := 0
			start := time.Now()
			var stopped time.Duration
			s := q.sender(func(ctx context.Context, _ Envelope, _ func(io.Writer) error) (Answer, error) {
				tries++
				select {
				case <-ctx.Done():
					stopped = time.Since(start)
					return Answer{}, &Failure{Err: ctx.Err()}
				case <-time.After(9 * time.Minute):
					return Answer{Code: 250}, nil
				}
			})
			stop := run(t, s)
			row := q.add(t, "hello")
			pass(time.Minute)
			// A third of the two minutes is when the lease is first renewed.
			if lost && (len(row.results) != 0 || stopped != 40*time.Second) {
				t.Errorf("stopped after %v, recorded %+v", stopped, row.results)
			}
			if !lost {
				pass(9 * time.Minute)
				if tries != 1 || row.state != aside.DeliverySent {
					t.Errorf("%d attempts, %s", tries, row.state)
				}
			}
			stop()
		})
	}
}

// TestStop: when the context ends nothing more is begun, what is running may
// end within the grace, and what may not, or was not begun, is queued again.
func TestStop(t *testing.T) {
	for takes, want := range map[time.Duration]aside.DeliveryState{
		10 * time.Second: aside.DeliverySent, time.Hour: aside.DeliveryQueued,
	} {
		synctest.Test(t, func(t *testing.T) {
			q, begun := newQueue(), 0
			s := q.sender(func(ctx context.Context, _ Envelope, _ func(io.Writer) error) (Answer, error) {
				begun++
				select {
				case <-ctx.Done():
					return Answer{}, &Failure{Err: ctx.Err()}
				case <-time.After(takes):
					return Answer{Code: 250}, nil
				}
			})
			s.Workers = 1
			stop := run(t, s)
			first, second := q.add(t, "one"), q.add(t, "two")
			synctest.Wait()
			start := time.Now()
			stop()
			if first.state != want || len(first.results) != 1 || second.state != aside.DeliveryQueued || !second.lease.IsZero() || begun != 1 {
				t.Errorf("%s %+v, the second %s until %v, %d begun", first.state, first.results, second.state, second.lease, begun)
			}
			if took := time.Since(start); took != min(takes, 20*time.Second) {
				t.Errorf("took %v to stop", took)
			}
		})
	}
}

// TestWorkers bounds how many mails are under way.
func TestWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		var mu sync.Mutex
		running, most := 0, 0
		s := q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			<-time.After(time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return Answer{Code: 250}, nil
		})
		s.Workers = 3
		stop := run(t, s)
		for range 12 {
			q.add(t, "hello")
		}
		pass(4*time.Second + time.Millisecond)
		stop()
		if most != 3 || slices.ContainsFunc(q.rows, func(r *queued) bool { return r.state != aside.DeliverySent }) {
			t.Errorf("%d at once", most)
		}
	})
}

// TestQuietWhenIdle: with nothing to send the store is asked every two
// seconds, and not more than once a second when NextDue names the past.
func TestQuietWhenIdle(t *testing.T) {
	for _, past := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			q := newQueue()
			s := q.sender(nil)
			most := 1801
			if past {
				s.NextDue = func(context.Context) (time.Time, error) { return time.Now().Add(-time.Hour), nil }
				most = 3601
			}
			stop := run(t, s)
			<-time.After(time.Hour)
			stop()
			if q.claims > most {
				t.Errorf("%d claims in an hour", q.claims)
			}
		})
	}
}

// TestWake: what is queued while nothing is under way leaves at once, without a
// tick of the clock.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		stop := run(t, q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) { return Answer{Code: 250}, nil }))
		defer stop()
		synctest.Wait() // it has looked and found nothing
		start := time.Now()
		row := q.add(t, "hello")
		synctest.Wait()
		if row.state != aside.DeliverySent || time.Since(start) != 0 {
			t.Errorf("%s after %v", row.state, time.Since(start))
		}
	})
}

// TestLogLines holds the one line of each fate.
func TestLogLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		var log bytes.Buffer
		answers := []error{errLater, nil}
		s := q.sender(func(context.Context, Envelope, func(io.Writer) error) (Answer, error) {
			err := answers[0]
			answers = answers[1:]
			return Answer{Code: 250, Detail: "2.0.0 taken"}, err
		})
		s.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "next" {
				return slog.Attr{}
			}
			return a
		}}))
		stop := run(t, s)
		q.add(t, "hello")
		<-time.After(2 * time.Minute)
		stop()
		want := []string{
			`level=INFO msg=deferred delivery=1 ticket=1042 session=s1 to=jane@customer.example code=451 attempt=1 detail="4.7.1 try later"`,
			`level=INFO msg=sent delivery=1 ticket=1042 session=s1 to=jane@customer.example code=250 attempt=2 detail="2.0.0 taken"`,
		}
		if got := strings.TrimSpace(log.String()); got != strings.Join(want, "\n") {
			t.Error(got)
		}
	})
}

// TestCrashBeforeRecording: a daemon that dies after the mail was written and
// before that was recorded leaves one mail in the maildir, not two.
func TestCrashBeforeRecording(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		q.fail = 1 << 30
		s := q.sender(nil)
		s.Transport = &Maildir{Dir: dir}
		stop := run(t, s)
		row := q.add(t, "hello")
		synctest.Wait()
		stop()
		if row.state != aside.DeliveryQueued || len(newMails(t, dir, "*")) != 1 {
			t.Fatalf("%s, %v", row.state, newMails(t, dir, "*"))
		}
		q.fail = 0
		<-time.After(3 * time.Minute) // the lease lapses
		s = q.sender(nil)
		s.Transport = &Maildir{Dir: dir}
		stop = run(t, s)
		synctest.Wait()
		stop()
		if got := newMails(t, dir, "*"); row.state != aside.DeliverySent || row.attempts != 2 || len(got) != 1 {
			t.Errorf("%s after %d attempts: %v", row.state, row.attempts, got)
		}
	})
}

// TestNoticesAreSent beside deliveries, with names and words of their own.
func TestNoticesAreSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		claimed := false
		results := make(chan Result, 1)
		var mail bytes.Buffer
		s := newQueue().sender(func(_ context.Context, e Envelope, write func(io.Writer) error) (Answer, error) {
			if e.To != "dana@example.com" || e.From != "" {
				t.Errorf("%+v", e)
			}
			return Answer{Code: 250}, write(&mail)
		})
		s.Claim = func(context.Context, time.Time, time.Duration, int) ([]aside.Outgoing, []aside.Notice, error) {
			if claimed {
				return nil, nil, nil
			}
			claimed = true
			return nil, []aside.Notice{{ID: 9, Kind: aside.NoticeReceipt, To: aside.Address{Address: "dana@example.com"}, CreatedAt: time.Now()}}, nil
		}
		s.Finish = func(_ context.Context, r []Result) ([]Ref, error) { results <- r[0]; return nil, nil }
		s.IdentifyNotice = func(n aside.Notice) (aside.Identity, error) {
			return aside.Identity{From: aside.Address{Address: "support+notice@example.com"}, MessageID: fmt.Sprint("n", n.ID, "@example.com")}, nil
		}
		s.NoticeBody = func(aside.Notice) (string, string, error) { return "Done.", "", nil }
		stop := run(t, s)
		r := <-results
		stop()
		if r.Notice != 9 || r.Delivery != 0 || r.State != aside.DeliverySent {
			t.Errorf("%+v", r)
		}
		if got := mail.String(); !strings.Contains(got, "\r\nAuto-Submitted: auto-replied\r\n") || !strings.HasSuffix(got, "\r\n\r\nDone.\r\n") {
			t.Error(got)
		}
	})
}
