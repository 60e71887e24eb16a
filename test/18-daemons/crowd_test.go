package daemons

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	. "aside/test/harness"
)

// crowd are the people: customers with their matters, Dana who answers, and a
// courier who is asked. They go on until the end of day.
type crowd struct {
	t      *testing.T
	s      *site
	ctx    context.Context // the end of all patience
	closed chan struct{}   // the end of day: nobody begins another matter
	people sync.WaitGroup

	mu       sync.Mutex
	posted   []posted
	accepted chan struct{} // closed and made anew with every 250
	deferred int           // answered with 451
	broken   int           // cut off by a kill
	slowest  time.Duration // from the first try to the 250
	matters  int
	file     int // octets of what comes with each mail; 0 for nothing
}

// posted is a mail that was answered with 250.
type posted struct {
	messageID, id string
	from          string
}

func newCrowd(t *testing.T, s *site, patience time.Duration) *crowd {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return &crowd{t: t, s: s, ctx: ctx, closed: make(chan struct{}), accepted: make(chan struct{})}
}

// open lets so many people come, one matter after the other each.
func (c *crowd) open(people int, seed uint64) {
	for i := range people {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		c.people.Go(func() {
			for c.matter(rng) {
			}
		})
	}
}

// close ends the day and waits for the open matters.
func (c *crowd) close() {
	close(c.closed)
	c.people.Wait()
}

// matter is a customer's question, what Dana does about it, and the answer
// that comes back. It reports whether there is time for another one.
func (c *crowd) matter(rng *rand.Rand) bool {
	select {
	case <-c.closed:
		return false
	case <-c.ctx.Done():
		return false
	default:
	}
	c.mu.Lock()
	c.matters++
	n := c.matters
	c.mu.Unlock()
	say := func(what string) string { return fmt.Sprintf("Matter %d, %s.", n, what) }
	jane := Who("Jane Doe", fmt.Sprintf("jane%d@customer.example", n))
	if !c.post(rng, c.attach(Write(jane, Support, fmt.Sprintf("Kettle %d", n), say("the question")))) {
		return false
	}
	notice := c.await(Dana.Address, say("the question"))
	if notice == nil || c.await(Omar.Address, say("the question")) == nil {
		return false
	}
	asked, text := jane, say("the answer")
	if n%3 == 0 {
		asked, text = Vic, "/side courier\n\n"+text
	}
	if !c.post(rng, Gmail().Reply(Dana, notice, text)) {
		return false
	}
	answer := c.await(asked.Address, say("the answer"))
	return answer != nil && c.post(rng, c.attach(AppleMail().Reply(asked, answer, say("what came back")))) && c.await(Dana.Address, say("what came back")) != nil
}

func (c *crowd) await(to, words string) *Mail {
	m := c.s.world.await(c.ctx, to, words)
	if m == nil {
		c.t.Errorf("%s never got %q", to, words)
	}
	return m
}

// post hands a mail in as a mail server does: to another daemon when one does
// not take it, and again until one answers 250.
func (c *crowd) post(rng *rand.Rand, m *Draft) bool {
	raw, began := m.Bytes(), time.Now()
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for {
		daemon, from := rng.IntN(len(c.s.daemons)), time.Now()
		id, err := c.s.daemons[daemon].TrySend(m.MailFrom(), m.Ours(), raw)
		if err == nil {
			c.note(posted{m.MessageID, id, m.From.Address}, time.Since(began))
			return true
		}
		if !c.mayFail(daemon, from, err) {
			return false
		}
		select {
		case <-pause.C:
		case <-c.ctx.Done():
			c.t.Errorf("no daemon ever took the mail of %s: %v", m.From.Address, err)
			return false
		}
	}
}

func (c *crowd) note(p posted, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.posted = append(c.posted, p)
	c.slowest = max(c.slowest, took)
	close(c.accepted)
	c.accepted = make(chan struct{})
}

// mayFail counts a mail that was not taken: 451 from a daemon that lost its
// database, a broken connection from one that was killed, and nothing else.
func (c *crowd) mayFail(daemon int, from time.Time, err error) bool {
	var said *SMTPError
	ok := false
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case errors.As(err, &said):
		c.deferred++
		ok = said.Code == 451
	default:
		c.broken++
		ok = c.s.wasDown(daemon, from, time.Now())
	}
	if !ok {
		c.t.Errorf("daemon %d, which nobody killed, said: %v", daemon, err)
	}
	return ok
}

// after waits for so many more mails to be accepted, or a time at most.
func (c *crowd) after(mails int, atMost time.Duration) {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	for range mails {
		c.mu.Lock()
		accepted := c.accepted
		c.mu.Unlock()
		select {
		case <-accepted:
		case <-timer.C:
			return
		}
	}
}
