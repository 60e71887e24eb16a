package html

import (
	"bytes"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	. "aside/test/harness"
)

// room is a browser with some tabs, for many pages.
type room struct {
	g    *gallery
	tabs chan *tab
}

const tabs = 2

func openRoom(t *testing.T) *room {
	t.Helper()
	g := openGallery(t)
	b := startBrowser(t, g.sink)
	r := &room{g: g, tabs: make(chan *tab, tabs)}
	for range tabs {
		r.tabs <- openTab(t, b, g)
	}
	return r
}

// each does something with every index below n, as many at once as there are
// tabs.
func (r *room) each(n int, do func(t *tab, i int)) {
	var wg sync.WaitGroup
	for i := range n {
		p := <-r.tabs
		wg.Go(func() {
			do(p, i)
			r.tabs <- p
		})
	}
	wg.Wait()
}

// TestProbe gives the browser the attacks as they are, in a notice whose words
// nobody sanitised. The probe has to see what each of them does, else its
// silence in the other tests says nothing.
func TestProbe(t *testing.T) {
	t.Parallel()
	r := openRoom(t)
	notice := harmlessNotice(t)
	p := <-r.tabs
	harmless := map[view]sight{}
	for _, v := range views() {
		if did, err := p.open(notice); err != nil || len(did) > 0 {
			t.Fatalf("a harmless notice did %q: %v", did, err)
		}
		s, err := p.look(v)
		if err != nil {
			t.Fatal(err)
		}
		harmless[v] = s
	}
	r.tabs <- p
	own, known := attacks(), some(corpus(t))
	own = some(slices.DeleteFunc(own, func(a attack) bool { return a.harm == none }))
	all := append(own, known...)
	var mu sync.Mutex
	ran := map[string]int{}
	r.each(len(all), func(p *tab, i int) {
		a := all[i]
		did, err := p.open(strings.Replace(notice, harmlessWords, a.html, 1))
		if err != nil {
			t.Errorf("%s: %v", a.name, err)
			return
		}
		found := kinds(did)
		if i < len(own) && a.harm != covers && !found[string(a.harm)] {
			found[string(a.harm)] = p.sees(a.harm)
		}
		for _, v := range views() {
			if a.harm != covers || found["cover"] {
				break
			}
			s, err := p.look(v)
			if err != nil {
				t.Errorf("%s: %v", a.name, err)
				return
			}
			found["cover"] = s.differs(harmless[v]) != "" || len(s.Fakes) > 0
		}
		mu.Lock()
		defer mu.Unlock()
		if i >= len(own) {
			for k := range found {
				ran[k]++
			}
		} else if !found[string(a.harm)] {
			t.Errorf("%s: no %s was seen, only %q", a.name, a.harm, did)
		}
	})
	t.Logf("%d attacks of our own, %d of DOMPurify's, of which did: %v", len(own), len(known), ran)
	// What today's Chromium does with that collection: 64 ran a script, 48 asked for something.
	if len(known) > 0 && !testing.Short() && (ran["script"] < 50 || ran["request"] < 35) {
		t.Errorf("of DOMPurify's payloads, only these did something: %v", ran)
	}
}

// some is all of a list, or with -short every eighth.
func some(all []attack) []attack {
	if !testing.Short() {
		return all
	}
	return slices.Collect(func(yield func(attack) bool) {
		for i := 0; i < len(all) && yield(all[i]); i += 8 {
		}
	})
}

const harmlessWords = `<p>Harmless words.</p>`

// harmlessNotice is a notice's HTML as the daemon makes it.
func harmlessNotice(t *testing.T) string {
	t.Helper()
	d := Start(t, alone)
	m := Write(Jane, Support, "Harmless", "")
	m.HTML = harmlessWords
	d.Post(m)
	page := d.Await(Dana.Address, "a notice", Titled("Harmless")).HTML
	if !strings.Contains(page, harmlessWords) {
		t.Fatalf("the words are not in the notice as they were written:\n%s", page)
	}
	return page
}

// alone is an installation with one agent, whose notices are looked at.
func alone(c *Config) {
	c.Agents = c.Agents[:1]
	c.Desks = c.Desks[:1]
	c.Desks[0].NoAcknowledge = true
}

// outside sends every attack on each of the ways that HTML takes through the
// daemon: as a first mail, as an answer, and as what an agent's client sends.
func outside(t *testing.T, d *Daemon, all []attack) {
	t.Helper()
	notice := d.Opens(Jane, "Harmless", "Harmless words.")
	d.Answers(Gmail(), Dana, notice, "An answer.")
	asked := d.Await(Jane.Address, "an answer", Has("An answer."))
	var wg sync.WaitGroup
	work := make(chan int)
	for range 4 {
		wg.Go(func() {
			for i := range work {
				first := Write(Who("Jane Doe", fmt.Sprintf("p%d@customer.example", i)), Support, fmt.Sprintf("attack %dx", i), "")
				first.HTML, first.Encoding = all[i].html, Base64
				if len(all[i].html)%2 == 1 {
					first.Text = fmt.Sprintf("words %dx\x1b[2J\rYOUR REPLY STAYS IN THE TEAM", i)
				}
				d.Post(first)
				for _, m := range []*Draft{Gmail().Reply(Jane, asked, ""), Gmail().Reply(Dana, notice, "")} {
					m.Text, m.HTML, m.Encoding = "", fmt.Sprintf("<p>canary%dx</p>", i)+all[i].html, Base64
					d.Post(m)
				}
			}
		})
	}
	for i := range all {
		work <- i
	}
	close(work)
	wg.Wait()
	d.SettleWithin(time.Minute)
}

var (
	attackNumber = regexp.MustCompile(`(?:attack |canary)(\d+)x`)
	canary       = regexp.MustCompile(`<p>canary\d+x</p>|attack \d+x|\+[a-z2-7]{40}`)
	said         = regexp.MustCompile(`(?s)<div class="as-said"[^>]*>(.*)</div>\s*</div>\s*<table role`)
	told         = regexp.MustCompile(`(?s)<div dir="auto">(.*)</body>`)
)

// page is a mail to be opened, and what stood in it.
type page struct {
	name, html string
	notice     bool // of a person's words, with a frame
	own        bool // one of our own attacks, that is looked at in every way
}

// pages are the different mails that came of the attacks. What was sanitised to
// the same words is opened once.
func pages(t *testing.T, d *Daemon, all []attack, own int) []page {
	t.Helper()
	var out []page
	seen := map[string]bool{}
	came := map[int]int{}
	for _, box := range append([]string{Dana.Address}, d.Everyone()...) {
		for _, m := range d.Mailbox(box) {
			n := attackNumber.FindStringSubmatch(m.Subject + m.HTML)
			if n == nil {
				continue
			}
			i, err := strconv.Atoi(n[1])
			if err != nil || i >= len(all) {
				t.Fatal(n, err)
			}
			came[i]++
			words := m.HTML
			for _, form := range []*regexp.Regexp{said, told} {
				if w := form.FindStringSubmatch(words); w != nil {
					words = w[1]
					break
				}
			}
			key := strings.Join(strings.Fields(canary.ReplaceAllString(words, "")), " ")
			if seen[key] {
				continue
			}
			seen[key] = true
			out = append(out, page{name: all[i].name + ", to " + box, html: m.HTML, notice: Cue("CUSTOMER Jane Doe #")(m), own: i < own})
		}
	}
	for i := range all {
		if came[i] < 2 { // of what an agent's client sent, some is rightly held
			t.Errorf("%s: %d mails came of it", all[i].name, came[i])
		}
	}
	return out
}

var only = flag.String("only", "", "send only the attacks whose name holds this")

// TestMailFromOutside opens what becomes of the attacks in the daemon: nothing
// runs, nothing is fetched, every link says where it goes, and the frame is the
// same to the pixel as below harmless words.
func TestMailFromOutside(t *testing.T) {
	t.Parallel()
	r := openRoom(t)
	own, known := attacks(), corpus(t)
	own, known = some(own), some(known)
	if *only != "" {
		other := func(a attack) bool { return !strings.Contains(a.name, *only) }
		own, known = slices.DeleteFunc(own, other), slices.DeleteFunc(known, other)
	}
	all := append(own, known...)
	d := Start(t, alone)
	outside(t, d, all)
	mails := pages(t, d, all, len(own))
	harmless, bands := measured(t, r, harmlessNotice(t))
	var mu sync.Mutex
	furthest, far, looks := 0.0, "", 0
	r.each(len(mails), func(p *tab, i int) {
		m := mails[i]
		did, err := p.write(m.html)
		if err != nil || len(did) > 0 {
			t.Errorf("%s: it did %q, %v:\n%s", m.name, did, err, m.html)
		}
		if !m.notice {
			return
		}
		for n, v := range views() {
			if !m.own && n != i%len(views()) {
				continue // of the others, one view each
			}
			s, err := p.look(v)
			if err != nil {
				t.Errorf("%s at %v: %v", m.name, v, err)
				return
			}
			check(t, m, v, s, harmless[v])
			if n%3 == 0 { // at both widths, by day and by night
				if band, err := p.shot(&s.Band); err != nil || !bytes.Equal(band, bands[v]) {
					t.Errorf("%s at %v: the frame's line looks different at %+v, %v", m.name, v, s.Band, err)
				}
			}
			mu.Lock()
			looks++
			if s.Top > furthest {
				furthest, far = s.Top, m.name
			}
			mu.Unlock()
		}
	})
	if n := r.g.calls(); n > 0 {
		t.Errorf("%d connections were made to other hosts", n)
	}
	t.Logf("%d attacks became %d different mails, looked at %d times; the frame stood lowest, at %.0f, below %q", len(all), len(mails), looks, furthest, far)
}

// TestWrite gives the quick way of opening pages some that do harm.
func TestWrite(t *testing.T) {
	t.Parallel()
	p := <-openRoom(t).tabs
	if did, err := p.open("<p>x"); err != nil || len(did) > 0 {
		t.Fatal(did, err)
	}
	n := 0
	for _, a := range attacks() {
		if a.harm != runs && a.harm != calls || n > 40 || strings.Contains(a.html, "refresh") || strings.Contains(a.html, "submit") {
			continue // what leads away from the page takes the probe along
		}
		n++
		// What one page of a document asked for, the next may have by heart.
		did, err := p.write("<!DOCTYPE html><html><body>" + strings.ReplaceAll(a.html, "evil.example/x", fmt.Sprintf("evil.example/%d", n)) + "</body></html>")
		if err != nil || !kinds(did)[string(a.harm)] && !p.sees(a.harm) {
			t.Errorf("%s: no %s was seen, only %q, %v", a.name, a.harm, did, err)
		}
	}
}

// measured is how the frame below harmless words looks.
func measured(t *testing.T, r *room, notice string) (map[view]sight, map[view][]byte) {
	t.Helper()
	p := <-r.tabs
	defer func() { r.tabs <- p }()
	harmless, bands := map[view]sight{}, map[view][]byte{}
	for _, v := range views() {
		if did, err := p.write(notice); err != nil || len(did) > 0 {
			t.Fatalf("a harmless notice did %q: %v", did, err)
		}
		s, err := p.look(v)
		if err != nil {
			t.Fatal(err)
		}
		if bands[v], err = p.shot(&s.Band); err != nil {
			t.Fatal(err)
		}
		harmless[v] = s
	}
	return harmless, bands
}

// check holds one sight of a notice against that of a harmless one.
func check(t *testing.T, m page, v view, s, harmless sight) {
	t.Helper()
	if d := s.differs(harmless); d != "" {
		t.Errorf("%s at %v: the frame differs: %s\n%s", m.name, v, d, m.html)
	}
	if len(s.Foreign) > 0 {
		t.Errorf("%s at %v: the notice has %q", m.name, v, s.Foreign)
	}
	if len(s.Fakes) > 0 {
		t.Errorf("%s at %v: the words imitate the frame: %q", m.name, v, s.Fakes)
	}
	for _, l := range s.Links {
		if lie := l.lies(); lie != "" {
			t.Errorf("%s: the link %+v %s", m.name, l, lie)
		}
	}
}
