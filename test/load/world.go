package main

import (
	"encoding/base64"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"aside/test/harness"
)

// kind is what a mail of the day is.
type kind string

// The kinds, and of a hundred mails how many are of each: sixty are replies.
const (
	kindNew    kind = "new"    // a customer's first mail
	kindAnswer kind = "answer" // a customer answers what an agent wrote
	kindReply  kind = "reply"  // an agent replies to the customer
	kindVendor kind = "vendor" // a vendor answers in a side conversation
	kindNote   kind = "note"   // an agent's note
	kindSide   kind = "side"   // an agent asks a vendor
)

// share is how often a kind comes.
type share struct {
	kind kind
	of   int // of a hundred
}

func mixture() []share {
	return []share{{kindNew, 28}, {kindAnswer, 30}, {kindReply, 22}, {kindVendor, 8}, {kindNote, 6}, {kindSide, 6}}
}

// band is a range of attachment sizes; within it the logarithm is even.
type band struct {
	of       int // of a hundred mails by customers and vendors
	from, to float64
}

// bands are the attachments: of a hundred mails 70 have none.
func bands() []band {
	return []band{{15, 2e3, 50e3}, {10, 50e3, 500e3}, {4, 500e3, 3e6}, {1, 3e6, 20e6}}
}

// mail is one mail of the day, and what became of it.
type mail struct {
	serial   int
	kind     kind
	size     int
	connect  time.Time // of its first attempt
	accepted time.Time
	id       string
	attempts int
	heard    time.Time // when the first of those who should hear it did
	hearers  map[string]int
	held     bool // its agent was asked first
	failed   error
	from     string
	rcpts    []string
	raw      []byte
}

// world is everybody's mail: who can answer what, and what was heard.
type world struct {
	w       *writer
	largest float64
	filler  string // base64, in lines, that attachments are cut from
	serial  int

	mu      sync.Mutex
	mails   map[int]*mail
	notices []arrival // agents' notices of customers' mails that wait for an answer
	answers []arrival // agents' mails that customers have not answered
	asked   []arrival // agents' mails that vendors have not answered
	strange int       // arrivals that name no mail of ours: acknowledgements, receipts
}

const poolSize = 400 // unanswered mails kept of each sort

var (
	reference = regexp.MustCompile(`lm(\d{7})x`)
	ticketTag = regexp.MustCompile(`(?i)\nSubject:[^\n]*\[#(\d+)`)
)

func newWorld(seed uint64, largest float64) *world {
	g := &world{w: newWriter(seed), largest: largest, mails: map[int]*mail{}}
	chunk := make([]byte, 57)
	var b strings.Builder
	for b.Len() < int(largest*1.4)+100 {
		for i := range chunk {
			chunk[i] = byte(g.w.rng.Uint32())
		}
		b.WriteString(base64.StdEncoding.EncodeToString(chunk))
		b.WriteString("\r\n")
	}
	g.filler = b.String()
	return g
}

// next draws a kind and writes such a mail. Where there is nothing to answer
// yet, it is a customer's first mail.
func (g *world) next() (*mail, error) {
	n, k := g.w.rng.IntN(100), kindNew
	for _, s := range mixture() {
		if n -= s.of; n < 0 {
			k = s.kind
			break
		}
	}
	m := &mail{serial: g.serial, kind: k, hearers: map[string]int{}}
	g.serial++
	var answered *harness.Mail
	var err error
	switch k {
	case kindAnswer:
		answered, err = g.take(&g.answers)
	case kindVendor:
		answered, err = g.take(&g.asked)
	case kindReply, kindNote, kindSide:
		answered, err = g.take(&g.notices)
	}
	if err != nil {
		return nil, err
	}
	if answered == nil {
		m.kind = kindNew
	}
	if err := g.compose(m, answered); err != nil {
		return nil, err
	}
	g.mu.Lock()
	g.mails[m.serial] = m
	g.mu.Unlock()
	return m, nil
}

// take draws one of the mails that wait for an answer.
func (g *world) take(pool *[]arrival) (*harness.Mail, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(*pool) == 0 {
		return nil, nil
	}
	i := g.w.rng.IntN(len(*pool))
	a := (*pool)[i]
	(*pool)[i] = (*pool)[len(*pool)-1]
	*pool = (*pool)[:len(*pool)-1]
	m, err := harness.ParseMail(a.head)
	if err == nil {
		m.DeliveredTo, m.At = a.to, a.at
	}
	return m, err
}

// compose writes the mail and signs it.
func (g *world) compose(m *mail, answered *harness.Mail) error {
	words := fmt.Sprintf("Reference lm%07dx\n%s", m.serial, g.w.prose(200+int(g.w.rng.ExpFloat64()*900)))
	var d *harness.Draft
	if answered == nil {
		n := g.w.rng.IntN(2000)
		who := harness.Who("Jane Doe", fmt.Sprintf("jane%d@customer%d.example", n, n%300))
		d = harness.Write(who, support, words[18:50], words)
	} else {
		clients := harness.Clients()
		c := clients[g.w.rng.IntN(len(clients))].Top()
		me := harness.Who("Jane Doe", answered.DeliveredTo)
		for _, a := range agents() {
			if a.Address == answered.DeliveredTo {
				me = a
			}
		}
		switch m.kind {
		case kindNote:
			words = "/note\n\n" + words
		case kindSide:
			words = fmt.Sprintf("/side office@vendor%d.example\n\n%s", g.w.rng.IntN(40), words)
		}
		d = c.Reply(me, answered, words)
	}
	d.MessageID = fmt.Sprintf("%d.%x@client.example", m.serial, g.w.rng.Uint64())
	g.attach(m, d)
	raw, err := g.w.sign(d.From.Address, d.Bytes())
	m.from, m.rcpts, m.raw, m.size = d.MailFrom(), d.Ours(), raw, len(raw)
	if err == nil && len(m.rcpts) == 0 {
		err = fmt.Errorf("mail %d goes nowhere: to %v", m.serial, d.To)
	}
	return err
}

// attach adds a file to some of the mails that come from outside.
func (g *world) attach(m *mail, d *harness.Draft) {
	if m.kind != kindNew && m.kind != kindAnswer && m.kind != kindVendor {
		return
	}
	n := g.w.rng.IntN(100)
	for _, b := range bands() {
		if n -= b.of; n >= 0 {
			continue
		}
		size := min(b.from*math.Pow(b.to/b.from, g.w.rng.Float64()), g.largest)
		lines := int(size)/57 + 1
		at := g.w.rng.IntN(max(1, len(g.filler)/78-lines)) * 78
		data := []byte(fmt.Sprintf("%d ", m.serial) + g.filler[at:min(len(g.filler), at+lines*57)])
		d.Files = append(d.Files, harness.File{Name: fmt.Sprintf("photo-%d.jpg", m.serial), Type: "image/jpeg", Data: data})
		return
	}
}

// arrived takes note of a mail at the sink.
func (g *world) arrived(a arrival) {
	found := reference.FindSubmatch(a.head)
	g.mu.Lock()
	defer g.mu.Unlock()
	if found == nil {
		g.strange++
		return
	}
	serial, _ := strconv.Atoi(string(found[1]))
	m := g.mails[serial]
	if m == nil {
		g.strange++
		return
	}
	agent := isAgent(a.to)
	if agent && (m.kind == kindReply || m.kind == kindSide || m.kind == kindNote) && a.to == m.from {
		m.held = true // the receipt shows the words to their writer
		if m.heard.IsZero() {
			m.heard = a.at
		}
		return
	}
	m.hearers[a.to]++
	fromOutside := m.kind == kindNew || m.kind == kindAnswer || m.kind == kindVendor
	if m.heard.IsZero() && (agent == fromOutside || m.kind == kindNote) {
		m.heard = a.at
	}
	g.offer(m, a, agent)
}

// offer keeps a mail that somebody may answer. Of a ticket's three readers one
// answers, as one would in a team.
func (g *world) offer(m *mail, a arrival, agent bool) {
	if !a.all {
		return
	}
	add := func(pool *[]arrival) {
		if len(*pool) < poolSize {
			*pool = append(*pool, a)
		} else {
			(*pool)[m.serial%poolSize] = a
		}
	}
	switch {
	case agent && (m.kind == kindNew || m.kind == kindAnswer):
		tag := ticketTag.FindSubmatch(a.head)
		if tag == nil {
			return
		}
		n, _ := strconv.Atoi(string(tag[1]))
		if agents()[n%len(agents())].Address == a.to {
			add(&g.notices)
		}
	case !agent && m.kind == kindReply:
		add(&g.answers)
	case !agent && m.kind == kindSide:
		add(&g.asked)
	}
}

func isAgent(addr string) bool {
	for _, a := range agents() {
		if a.Address == addr {
			return true
		}
	}
	return false
}

// waiting is how many accepted mails nobody has heard yet who should. A note
// in an assigned ticket may have no other reader than its writer.
func (g *world) waiting() (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.mails {
		if !m.accepted.IsZero() && m.heard.IsZero() && m.kind != kindNote {
			n++
		}
	}
	return n
}
