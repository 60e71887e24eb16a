package leak

import (
	"errors"
	"fmt"
	"strings"

	"aside/test/harness"
)

// phrases are how people in the simulation begin, with the canary in the place
// of %s; words are what they go on with, so that no two say the same and a
// passage that is found again was copied.
var phrases = []string{
	"The kettle with the number %s leaks",
	"I looked up %s",
	"Could you please say what became of %s",
	"We have had %s here since Tuesday",
	"As far as I can see %s was signed for",
	"It would be a great help to have %s",
	"The price of %s went up",
	"Please look into %s once more",
	"Größe und Farbe von %s stimmen nicht",
	"Nobody here knows anything of %s",
}

var words = strings.Fields(`yard morning Friday neighbour list photographs telephone engaged weekend handle invoice blue crate ladder window garden
	bridge winter careful driver pallet cover label broken shelf corner second third usual colleague paper stamp customs harbour train station
	bakery green yellow spare screw bolt washer cable adapter socket voltage warm cold wet dry heavy light narrow wide early late twice again
	never always perhaps certainly without beside under above between through across toward around against during before after while because
	although unless until whether either neither both several many few little much enough quite rather almost hardly nearly simply clearly
	größer schöner Straße Mühle café naïve façade piñata jalapeño smörgås fjord árbol žluťoučký kůň größte weiß heiß süß`)

// write makes some sentences around a canary.
func (u *universe) write(c *canary) string {
	n := 1 + u.rng.IntN(4)
	lines := make([]string, n)
	for i := range lines {
		lines[i] = u.sentence(c)
		if u.chance(20) {
			lines[i] += "\n"
		}
	}
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	if c.in != nil {
		c.in.words += text + "\n"
	}
	return text
}

// sentence is one line that carries the canary.
func (u *universe) sentence(c *canary) string {
	if u.chance(8) {
		return c.id
	}
	said := []string{fmt.Sprintf(pick(u, phrases), c.id)}
	for range u.rng.IntN(18) {
		said = append(said, pick(u, words))
	}
	return strings.Join(said, " ") + pick(u, []string{".", ".", "?", "!", ""})
}

func (u *universe) chance(percent int) bool { return u.rng.IntN(100) < percent }

func pick[T any](u *universe, list []T) T { return list[u.rng.IntN(len(list))] }

// begin starts a mail of somebody: its text canary may be seen by the given
// addresses and belongs to one of the conversations.
func (u *universe) begin(by *person, did string, convs []*conv, may ...string) *sent {
	u.begun++
	s := &sent{by: by, number: u.begun, did: did, inbound: !by.agent}
	if len(convs) == 1 {
		s.conv = convs[0]
	}
	u.carry(s, "text of "+did, convs, may...)
	return s
}

// carry makes one more canary for a mail.
func (u *universe) carry(s *sent, what string, convs []*conv, may ...string) *canary {
	c := u.reg.add(u.rng, what, may...)
	c.in, c.convs = s, convs
	s.canaries = append(s.canaries, c)
	if len(convs) > 0 {
		c.ticket = convs[0].ticket
		c.ticket.canaries = append(c.ticket.canaries, c)
	}
	return c
}

// dress gives the draft a Message-ID with a canary and, now and then, a file
// with canaries in its name and in itself.
func (u *universe) dress(s *sent, d *harness.Draft, files bool) {
	s.draft = d
	may, convs := u.maySee(s.text()), s.text().convs
	// A contact's Message-ID stands in the References of what answers it; an
	// agent's own is nobody's business.
	var idMay []string
	if !s.by.agent {
		idMay = may
		for _, c := range convs {
			idMay = append(idMay, c.heardBy()...)
		}
	}
	id := u.carry(s, "Message-ID of "+s.did, convs, idMay...)
	id.alive = !s.by.agent
	d.MessageID = id.id + "@client.example"
	d.Date = u.wire.now()
	if files && u.chance(20) {
		name := u.carry(s, "name of a file of "+s.did, convs, may...)
		body := u.carry(s, "file of "+s.did, convs, may...)
		f := harness.File{Name: "scan-" + name.id + ".txt", Type: "text/plain", Data: []byte("Lines of a file\nwith " + body.id + " in it\n")}
		if u.chance(40) {
			f = harness.File{Name: "Foto größer " + name.id + ".jpg", Type: "image/jpeg", Data: []byte("\xff\xd8\xff\xe0 " + body.id)}
		}
		d.Files = append(d.Files, f)
	}
}

// picture lets an HTML mail show a picture with a canary in it.
func (u *universe) picture(s *sent, d *harness.Draft) {
	if d.HTML == "" || !u.chance(8) {
		return
	}
	c := u.carry(s, "picture of "+s.did, s.text().convs, u.maySee(s.text())...)
	id := fmt.Sprintf("%x@client.example", u.rng.Uint64())
	tag := `<div><img src="cid:` + id + `" alt="picture"></div>`
	if at := strings.Index(d.HTML, "<blockquote"); at >= 0 {
		d.HTML = d.HTML[:at] + tag + d.HTML[at:]
	} else if at := strings.Index(d.HTML, "</body>"); at >= 0 {
		d.HTML = d.HTML[:at] + tag + d.HTML[at:]
	} else {
		d.HTML += tag
	}
	d.Files = append(d.Files, harness.File{Name: "picture.png", Type: "image/png", ContentID: id, Inline: true, Data: []byte("\x89PNG\r\n\x1a\n" + c.id)})
}

// quotePictures takes the pictures of a quoted mail along, as clients do that
// write HTML.
func (u *universe) quotePictures(d *harness.Draft, m *harness.Mail) {
	if d.HTML == "" || !u.chance(80) {
		return
	}
	for _, f := range m.Files {
		if f.ContentID != "" {
			f.Inline = true
			d.Files = append(d.Files, f)
		}
	}
}

func (u *universe) maySee(c *canary) []string {
	u.reg.mu.Lock()
	defer u.reg.mu.Unlock()
	var out []string
	for a := range c.may {
		out = append(out, a)
	}
	return out
}

// distort does to a draft what gateways and people do, and reports whether the
// proof of where it belongs is gone.
func (u *universe) distort(d *harness.Draft, percent int) (lost bool) {
	if !u.chance(percent) {
		return false
	}
	all := harness.Distortions()
	id := d.MessageID
	for range 1 + u.rng.IntN(2) {
		all[u.rng.IntN(len(all))].Apply(d)
	}
	if d.MessageID == "" && u.chance(50) {
		d.MessageID = id
	}
	return !strings.Contains(d.To[0].Address, "+")
}

// post hands a mail over and keeps the books.
func (u *universe) post(s *sent) error {
	d := s.draft
	rcpts := d.Ours()
	if len(rcpts) == 0 {
		return nil
	}
	s.raw = d.Bytes()
	for _, c := range s.text().convs {
		s.then = append(s.then, c.heardBy()...)
	}
	signed := u.signs(s)
	if s.by.agent && u.wire.dmarc && !signed {
		s.expect = nil // it waits for a code
	}
	id, err := u.hand(s, letter{d.MailFrom(), rcpts, s.raw, signed})
	u.stats.did[strings.SplitN(s.did, ",", 2)[0]]++
	if err != nil {
		u.stats.refused++
		if !permanent(err) {
			return fmt.Errorf("%s: %w", s.did, err)
		}
	}
	s.id = id
	if s.by.agent && !s.stranger {
		s.by.last = s
	}
	if d.MessageID != "" {
		u.sent[d.MessageID] = s
	}
	u.checks = append(u.checks, s)
	if s.inbound && id != "" {
		u.unheard = append(u.unheard, s)
	}
	for _, c := range s.text().convs {
		c.mails = append(c.mails, s)
		c.ticket.steps++
		c.ticket.tell("%s: %s to %v (250 %s)\n%s", s.by.Address, s.did, rcpts, id, s.shown())
	}
	return nil
}

// signs reports whether a mail arrives signed by the domain of its From: a
// forger's never does, and others' mostly. Where tokens prove agents their
// domain signs nothing.
func (u *universe) signs(s *sent) bool {
	if s.claims != "" || s.forged || s.by.agent && !u.wire.dmarc {
		return false
	}
	return u.chance(90)
}

// hand gives a mail to the installation, and looks at what it wrote down.
func (u *universe) hand(s *sent, l letter) (string, error) {
	s.proved = u.proof(s, l)
	id, err := u.wire.send(l)
	u.stats.mails++
	if err == nil && u.wire.did != nil {
		acts, err := u.wire.did()
		if err != nil {
			return id, err
		}
		u.stats.acts += len(acts)
		for _, a := range acts {
			if a.table == "hold" && s.onHold != nil {
				s.onHold()
				s.onHold = nil
			}
			if a.table == "participant" {
				u.joins(s, a)
			}
			if a.table != "event" {
				continue
			}
			if s.by.agent && a.what == "held" && a.actor == s.by.handle && !s.held {
				s.held = true
				u.stats.held++
			}
			if f := s.onAct[a.what]; f != nil && a.actor == s.by.handle {
				f()
			}
			if r := s.releases; r != nil && r.onAct[a.what] != nil && a.actor == r.by.handle {
				r.onAct[a.what]()
			}
		}
		u.found = append(u.found, u.audit(s, acts)...)
	}
	return id, err
}

// shown is a mail as its writer sees it.
func (s *sent) shown() string {
	d := s.draft
	text := d.Text
	if text == "" {
		text = d.HTML
	}
	files := ""
	for _, f := range d.Files {
		files += " [" + f.Name + "]"
	}
	return indent(fmt.Appendf(nil, "From: %s Cc: %v Date: %s\nSubject: %s\nMessage-ID: %s In-Reply-To: %s\n\n%s%s", d.From.Address, d.Cc,
		d.Date.Format("01-02 15:04:05"), d.Subject, d.MessageID, d.InReplyTo, text, files))
}

func indent(raw []byte) string {
	if len(raw) > 9000 {
		raw = append(raw[:9000:9000], "…"...)
	}
	return "    | " + strings.ReplaceAll(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n", "\n    | ")
}

func permanent(err error) bool {
	var e *harness.SMTPError
	return errors.As(err, &e) && e.Code >= 500
}
