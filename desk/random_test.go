package desk_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aside"
	"aside/desk"
	"aside/store"
	h "aside/test/harness"
)

var (
	randomSeed  = flag.Uint64("random.seed", 1, "the seed of the random stories")
	randomSteps = flag.Int("random.steps", 200, "how many things happen in each random story")
	randomRuns  = flag.Int("random.runs", 2, "how many random stories are told")
)

var canaryIn = regexp.MustCompile(`cw[0-9]{5}x`)

// crowd is a town in which people do things at random. Every text has a word
// of its own, and in mail that leaves only words of the same conversation may
// stand.
type crowd struct {
	*town
	r       *rand.Rand
	n       int
	mails   map[string]string // canary → id of the mail that brought it
	outside map[string]bool   // canaries of people who took no part where their mail was filed
	shared  map[string]bool   // ids of mails of agents who shared
	last    string            // what happened last, for a failing test
}

// Random people do random things, and no word reaches whom it is not for.
func TestRandomStories(t *testing.T) {
	for i := range *randomRuns {
		if testing.Short() && i > 0 {
			break // one story, where the race detector makes it slow
		}
		seed := *randomSeed + uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			signing := seed%2 == 0 // agents known by signatures, else by tokens
			c := &crowd{town: open(t, func(s *desk.Settings) {
				s.SendDelay = 20e9
				if signing {
					bySignature(s)
				}
			}), r: rand.New(rand.NewPCG(seed, 7)),
				mails: map[string]string{}, outside: map[string]bool{}, shared: map[string]bool{}}
			c.log.quiet, c.signing = false, signing
			c.town.watch = c.check
			for range 3 {
				c.customerWrites()
			}
			for range *randomSteps {
				c.step()
				c.now = c.now.Add(time.Duration(c.r.IntN(60)) * time.Second)
				if err := c.svc.Tick(c.ctx); err != nil {
					t.Fatal(err)
				}
				c.deliver()
				if t.Failed() {
					t.Fatalf("seed %d, after:\n%s", seed, c.last)
				}
			}
			if found, err := c.store.Verify(c.ctx); err != nil || len(found.Problems) > 0 {
				t.Fatalf("seed %d: %v %v", seed, err, found)
			}
		})
	}
}

func one[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// word draws a canary.
func (c *crowd) word() string {
	c.n++
	return fmt.Sprintf("cw%05dx", c.n)
}

var fillers = []string{"the parcel", "a lamp", "seven boxes", "green paint", "our cousin", "an old bill", "two chairs", "the blue door", "her garden", "some rope"}

// text is a text that nobody else writes.
func (c *crowd) text() (string, []string) {
	var words []string
	var parts []string
	for range 1 + c.r.IntN(3) {
		x := c.word()
		words = append(words, x)
		parts = append(parts, fmt.Sprintf("About %s %s there is %s.", one(c.r, fillers...), x, one(c.r, fillers...)))
	}
	return strings.Join(parts, "\n\n"), words
}

func (c *crowd) step() {
	switch n := c.r.IntN(100); {
	case n < 5:
		c.customerWrites()
	case n < 30:
		c.contactAnswers()
	default:
		c.agentAnswers()
	}
}

func (c *crowd) customerWrites() {
	text, words := c.text()
	x := c.word()
	d := h.Write(one(c.r, jane, kim, joe), one(c.r, support, support, billing), "Matter "+x, text)
	if c.r.IntN(4) == 0 {
		d.Cc = []h.Person{one(c.r, jane, kim, joe, vic)}
	}
	c.hand(d, append(words, x))
}

func (c *crowd) contactAnswers() {
	who := one(c.r, jane, kim, joe, vic, max)
	box := c.boxes[who.Address]
	if c.r.IntN(10) == 0 { // a mail that somebody sent on
		box = c.boxes[one(c.r, jane, kim, joe, vic, max, omar).Address]
	}
	if len(box) == 0 {
		return
	}
	text, words := c.text()
	client := one(c.r, h.Clients()...)
	d := client.Reply(who, one(c.r, box...), text)
	if c.r.IntN(4) == 0 {
		d = client.ReplyAll(who, one(c.r, box...), text)
	}
	c.distort(d)
	c.hand(d, words)
}

// distort takes away what clients and relays lose.
func (c *crowd) distort(d *h.Draft) {
	switch c.r.IntN(12) {
	case 0:
		d.InReplyTo, d.References = "", nil
	case 1:
		d.To[0].Address = one(c.r, support, billing)
	case 2:
		d.Cc = append(d.Cc, one(c.r, jane, kim, vic, max))
	case 3:
		d.HTML = ""
	}
}

func (c *crowd) lines() []string {
	who := func() string { return one(c.r, jane, kim, joe, vic, max).Address }
	tickets := int64(0)
	_ = c.store.View(c.ctx, func(tx *store.Tx) error {
		for n := int64(1); ; n++ {
			if _, err := tx.Ticket(n); err != nil {
				return nil
			}
			tickets = n
		}
	})
	number := 1 + c.r.Int64N(max64(tickets, 1))
	all := []string{"/note", "/note", "/reply", "/reply", "/side " + who(), "/side " + who(), "/side " + who() + ", " + who(), "/side " + who() + " cc-customer", "/side dhl due 1h",
		"/side " + who() + " share last", "/side " + who() + " share all", "/add " + who(), "/add " + who(), "/remove " + who(), "/cc-customer on", "/cc-customer on", "/cc-customer off", "/relay",
		"/requester " + who(), fmt.Sprintf("/merge %d", number), "/split", "/take", "/assign omar", "/assign none", "/assign billing", "/invite eve", "/leave", "/lead omar", "/lead none",
		"/follow", "/resolve", "/open", "/pending", "/snooze 1h", "/undo", "/ask omar", "/tag a", "/priority high", "/frobnicate", "/due 2h", "/subject inside " + c.word(), "/show", "/list",
		"/new " + who()}
	var out []string
	for range one(c.r, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3) {
		out = append(out, one(c.r, all...))
	}
	return out
}

func max64(a, b int64) int64 { return map[bool]int64{true: a, false: b}[a > b] }

func (c *crowd) agentAnswers() {
	who := one(c.r, dana, dana, omar, omar, eve)
	box := c.boxes[who.Address]
	if len(box) == 0 {
		return
	}
	recent := box[max64(0, int64(len(box)-30)):]
	m := one(c.r, recent...)
	client := one(c.r, h.Clients()...)
	var d *h.Draft
	var words []string
	shares := false
	if h.IsHold(m) && c.r.IntN(2) == 0 {
		d = client.Reply(who, m, one(c.r, "send", "send", "note", "discard"))
	} else {
		text := ""
		if c.r.IntN(6) > 0 {
			text, words = c.text()
		}
		lines := c.lines()
		d = client.Reply(who, m, text)
		if len(lines) > 0 {
			top := strings.Join(lines, "\n")
			d.Text = top + "\n\n" + d.Text
			if d.HTML != "" {
				d.HTML = "<div>" + strings.ReplaceAll(top, "\n", "</div><div>") + "</div><div><br></div>" + d.HTML
			}
			// What is split off by a mail may stand quoted in that same mail.
			shares = strings.Contains(top, "share") || strings.Contains(top, "/split")
		}
	}
	c.distort(d)
	if id := c.hand(d, words); shares {
		c.shared[id] = true
	}
}

// hand posts a draft and remembers which words it brought.
func (c *crowd) hand(d *h.Draft, words []string) (id string) {
	c.last = fmt.Sprintf("%s to %v\n%s", d.From.Address, d.To, d.Text)
	if c.r.IntN(6) == 0 {
		x := c.word()
		words = append(words, x)
		d.Files = append(d.Files, h.File{Name: x + one(c.r, ".pdf", ".txt"), Type: one(c.r, "application/pdf", "text/plain"), Data: []byte("In the file: " + x)})
	}
	if len(d.Ours()) == 0 {
		return ""
	}
	id = c.send(d)
	rec := c.record(id)
	for _, x := range words {
		c.mails[x] = id
		if rec.Conversation != 0 && !isAgent(d.From.Address) && !c.takesPart(rec.Conversation, d.From.Address) {
			c.outside[x] = true
		}
	}
	return id
}

func (c *crowd) takesPart(conversation int64, address string) (yes bool) {
	_ = c.store.View(c.ctx, func(tx *store.Tx) error {
		parts, err := tx.Participants(conversation)
		yes = slices.ContainsFunc(parts, func(p aside.Participant) bool { return p.Address == address && p.Until.IsZero() })
		return err
	})
	return yes
}

// check looks at the words of a mail that leaves: each is of the conversation,
// or of one that was merged into it.
func (c *crowd) check(o aside.Outgoing, m *h.Mail) {
	c.t.Helper()
	found := canaryIn.FindAllString(m.Everything(), -1)
	slices.Sort(found)
	found = slices.Compact(found)
	if c.shared[o.Message.InboundID] || o.Message.ReplyTo != 0 && c.relayed(o.Message.ReplyTo) {
		return // told on purpose
	}
	for _, id := range append(slices.Clone(m.References), m.InReplyTo...) {
		for _, rec := range c.records(id) {
			if rec.Message != 0 && rec.From != o.Recipient.Address && !c.sameMatter(rec, o.Audience.Conversation()) {
				c.t.Errorf("LEAK: the Message-ID %s of %s's mail to #%d went to %s:\n%s", id, rec.From, rec.Ticket, o.Recipient.Address, m.Raw)
			}
		}
	}
	for _, x := range found {
		if to := o.Audience.Conversation(); to.Kind == aside.Customer && strings.Contains(to.Subject, x) {
			continue // a conversation's own subject never changes
		}
		id, ok := c.mails[x]
		if !ok {
			c.t.Errorf("LEAK: %s of the inside to %s:\n%s", x, o.Recipient.Address, m.Raw)
			continue
		}
		rec := c.record(id)
		if rec.From == o.Recipient.Address {
			continue // one's own words
		}
		if c.outside[x] || !c.sameMatter(rec, o.Audience.Conversation()) {
			c.t.Errorf("LEAK: %s, of %s to #%d (conversation %d, signal %s), to %s in conversation %d (%s):\n%s\n%s", x, rec.From, rec.Ticket, rec.Conversation, rec.Signal,
				o.Recipient.Address, o.Audience.Conversation().ID, o.Audience.Conversation().Kind, m.Raw, strings.Join(c.events(o.Ticket), "\n"))
		}
	}
}

func (c *crowd) records(messageID string) (out []*store.Record) {
	if err := c.store.View(c.ctx, func(tx *store.Tx) (err error) { out, err = tx.Records(messageID); return err }); err != nil {
		c.t.Fatal(err)
	}
	return out
}

func (c *crowd) relayed(message int64) (yes bool) {
	_ = c.store.View(c.ctx, func(tx *store.Tx) error {
		m, err := tx.Message(message)
		yes = m.Relayed
		return err
	})
	return yes
}

// sameMatter reports whether the mail's message is in the conversation, or in
// a customer conversation that was merged into it.
func (c *crowd) sameMatter(rec *store.Record, to aside.Conversation) (yes bool) {
	err := c.store.View(c.ctx, func(tx *store.Tx) error {
		if rec.Message == 0 {
			return nil
		}
		m, err := tx.Message(rec.Message)
		if err != nil {
			return err
		}
		from, err := tx.Conversation(m.Conversation)
		if err != nil {
			return err
		}
		for from.ID != to.ID {
			if from.Kind != aside.Customer || to.Kind != aside.Customer {
				return nil
			}
			t, err := tx.Ticket(from.Ticket)
			if err != nil || t.MergedInto == 0 {
				return err
			}
			list, err := tx.Conversations(t.MergedInto)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(list, func(k aside.Conversation) bool { return k.Kind == aside.Customer })
			from = list[i]
		}
		yes = true
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return yes
}
