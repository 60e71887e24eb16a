package leak

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"aside/test/harness"
)

const vendor = "vic@vendor.example"

// outgoing is a mail to a contact with nothing wrong in it.
func outgoing() *harness.Draft {
	d := harness.Write(harness.Person{Name: "Dana at Example Support", Address: "support0@example.com"}, vendor, "Your question", "All is well.")
	d.Headers = [][2]string{{"Reply-To", "<support0+" + strings.Repeat("v2", 20) + "@example.com>"}}
	return d
}

func parsed(t *testing.T, d *harness.Draft) *harness.Mail {
	t.Helper()
	m, err := harness.ParseMail(d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestEveryWayOutIsWatched puts a canary, or what else must not leave, into
// every place of a mail that a daemon could put it in.
func TestEveryWayOutIsWatched(t *testing.T) {
	const agentToken = "a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2"
	ways := []struct {
		name string
		leak func(d *harness.Draft, word string)
	}{
		{"text", func(d *harness.Draft, w string) { d.Text += w }},
		{"text in base64", func(d *harness.Draft, w string) { d.Text, d.Encoding = d.Text+w, harness.Base64 }},
		{"text in quoted-printable", func(d *harness.Draft, w string) {
			d.Text, d.Encoding = strings.Repeat("ü", 20)+w, harness.QuotedPrintable
		}},
		{"capitals", func(d *harness.Draft, w string) { d.Text += strings.ToUpper(w) }},
		{"HTML", func(d *harness.Draft, w string) { d.HTML = "<p>" + w + "</p>" }},
		{"HTML attribute", func(d *harness.Draft, w string) { d.HTML = "<a href=\"mailto:x@" + w + "\">x</a>" }},
		{"subject", func(d *harness.Draft, w string) { d.Subject = "größer " + w }},
		{"file name", func(d *harness.Draft, w string) {
			d.Files = []harness.File{{Name: "größer " + w + ".txt", Type: "text/plain"}}
		}},
		{"file", func(d *harness.Draft, w string) {
			d.Files = []harness.File{{Name: "a.bin", Type: "image/png", Data: []byte("\xff" + w)}}
		}},
		{"References", func(d *harness.Draft, w string) { d.References = []string{w + "@client.example"} }},
		{"display name in Cc", func(d *harness.Draft, w string) {
			d.Cc = []harness.Person{{Name: "Größe " + w, Address: "x@y.example"}}
		}},
		{"another header", func(d *harness.Draft, w string) { d.Headers = append(d.Headers, [2]string{"X-Tag", w}) }},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			reg := newRegistry()
			c := reg.add(rand.New(rand.NewPCG(1, 2)), "a note")
			d := outgoing()
			way.leak(d, c.id)
			if got := reg.checkOutside(vendor, parsed(t, d)); len(got) != 1 || got[0].canary != c {
				t.Errorf("found %v", got)
			}
			reg.allow(c, vendor)
			if got := reg.checkOutside(vendor, parsed(t, d)); len(got) != 0 {
				t.Errorf("found %v though %s may see it", got, vendor)
			}
		})
	}
	others := []struct {
		name string
		leak func(d *harness.Draft)
	}{
		{"marker", func(d *harness.Draft) { d.Text, d.Encoding = "x aside-k3f4q2m7xd", harness.Base64 }},
		{"agent's token", func(d *harness.Draft) { d.HTML = "<a href='mailto:support0+" + agentToken + "@example.com'>x</a>" }},
		{"notice's Message-ID", func(d *harness.Draft) { d.References = []string{"notice@example.com"} }},
		{"frame", func(d *harness.Draft) { d.Text = "> YOUR REPLY GOES TO: Jane" }},
		{"another contact's token", func(d *harness.Draft) { d.Text = "support0+" + strings.Repeat("b7", 20) + "@example.com" }},
		{"unknown canary", func(d *harness.Draft) { d.Text = "cnraaaaaaaaaaaa" }},
	}
	for _, o := range others {
		t.Run(o.name, func(t *testing.T) {
			reg := newRegistry()
			reg.agentToken.put(agentToken, "dana")
			reg.noticeID.put("notice@example.com", "dana")
			reg.outToken.put(strings.Repeat("b7", 20), "jane@customer.example")
			d := outgoing()
			if got := reg.checkOutside(vendor, parsed(t, d)); len(got) != 0 {
				t.Fatalf("found %v in a clean mail", got)
			}
			o.leak(d)
			if got := reg.checkOutside(vendor, parsed(t, d)); len(got) != 1 {
				t.Errorf("found %v", got)
			}
		})
	}
}

// TestTheModelWritesWhatItMay plays without a daemon: everything is taken and
// nothing is answered, and no mail may be malformed.
func TestTheModelWritesWhatItMay(t *testing.T) {
	reg := newRegistry()
	u := newUniverse(0, 7, reg)
	n := 0
	u.wire = wire{
		now: time.Now,
		send: func(l letter) (string, error) {
			n++
			if _, err := harness.ParseMail(l.raw); err != nil {
				t.Errorf("a malformed mail: %v", err)
			}
			return "id", nil
		},
		collect: func(string) ([]*harness.Mail, error) { return nil, nil },
	}
	for range liveTickets {
		if err := u.customerOpens(pick(u, u.customers)); err != nil {
			t.Fatal(err)
		}
	}
	notice := outgoing()
	notice.Text = "words\n\nYOUR REPLY GOES TO: Jane\n"
	for range 500 {
		c := pick(u, u.tickets).customer
		if c.ticket.number == "" {
			c.ticket.number = "1"
		}
		a, o := pick(u, u.agents), pick(u, append(append([]*person(nil), u.vendors...), u.customers...))
		g := &got{m: parsed(t, notice), conv: c}
		if len(c.mails) > 0 {
			g.about = c.mails[0].text()
		}
		if len(c.ticket.sides) > 0 && u.chance(50) {
			g.conv = pick(u, c.ticket.sides)
		}
		a.keep(g)
		o.keep(g)
		if err := u.agentActs(a); err != nil {
			t.Fatal(err)
		}
		if err := u.outsiderActs(o); err != nil {
			t.Fatal(err)
		}
	}
	if n < 500 || len(u.stats.did) < 15 {
		t.Errorf("%d mails of %d kinds were written: %v", n, len(u.stats.did), u.stats.did)
	}
}
