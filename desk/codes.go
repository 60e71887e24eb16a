package desk

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/desk/reading"
	"aside/reply"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
)

// holdUnproven keeps a mail in an agent's name that nothing proves. The
// agent's registered address gets a code for it: at once, or with the next
// hourly notice.
func (w *work) holdUnproven() error {
	a := w.dir.AgentByHandle(w.who.Agent)
	h := &store.HeldMail{Hold: aside.Hold{Agent: a.Handle, InboundID: w.rec.ID, Kind: aside.HoldUnproven}, Mail: *w.in, NextAt: w.now}
	if err := w.confirms(a); err == nil {
		return nil
	} else if !errors.Is(err, errNoCode) {
		return err
	}
	if stop, err := (&deed{w: w, a: a}).replayed(); stop || err != nil {
		return err
	}
	w.rec.Outcome, w.rec.Reason = store.OutcomeHeld, w.who.Reason
	echo := w.in.Mail.LooksAutomatic || w.answersCode(a)
	if echo {
		h.NextAt = w.now.Add(codeLife)
	}
	var err error
	h.Holders = w.counting(a)
	if h.To, h.Meant, err = w.wouldHear(h); err != nil {
		return err
	}
	if err := w.tx.AddHold(h); err != nil || echo {
		return err
	}
	return w.sendCodes(a)
}

// wouldHear are those whom a mail that nothing proves would reach if it were
// carried out now, and whom its commands name. Once its code has come, nobody else
// hears it unasked.
func (w *work) wouldHear(h *store.HeldMail) (hearers, meant []aside.Address, err error) {
	rec := *w.rec
	d, err := w.proven(h, &rec, map[string]bool{})
	if err != nil {
		return nil, nil, err
	}
	d.commands = d.r.Result.Commands
	if d.v != nil {
		if !d.v.SeenBy(d.a) {
			return nil, nil, nil
		}
		d.choose()
	}
	return d.hearers(), d.people(), nil
}

// answersCode reports a mail that answers a request for a code and holds none.
// It waits with the others and asks for nothing itself: a responder would be
// asked about its answers for ever.
func (w *work) answersCode(a *aside.Agent) bool {
	for _, id := range w.facts.SignedIDs {
		if n, ok := w.rows.Notices[id.Notice]; ok && n.Kind == aside.NoticeCode && n.Agent == a.Handle {
			return true
		}
	}
	return false
}

// errNoCode says that a mail confirms nothing.
var errNoCode = errors.New("no code")

// confirms reads /confirm CODE in a mail from the agent's address: the code
// went to the registered address only, so who has it reads that mailbox.
func (w *work) confirms(a *aside.Agent) error {
	doc := reply.Read(w.in.Mail, reply.Held{Key: w.s.Keys.LineKey(), Marker: w.s.Keys.IsMarker, Ours: w.dir.IsOurs, CutSignature: true})
	r := command.Parse(doc.Lines(), reading.Options(w.dir, w.who.Agent))
	if len(r.Commands) == 0 || len(r.Commands) > codesInNotice || len(r.Problems) > 0 || !standsFirst(doc.Lines(), r) ||
		slices.ContainsFunc(r.Commands, func(c command.Command) bool { return c.Verb != command.Confirm }) {
		return errNoCode
	}
	d := &deed{w: w, a: a, waived: map[string]bool{}}
	w.rec.Outcome, w.rec.Acted, w.rec.Reason = store.OutcomeDone, true, "It carries a confirmation code."
	if text := r.Text(doc.Lines()); text != "" {
		d.notDone = append(d.notDone, "the text beside the code (\u201c"+templates.Excerpt(text)+"\u201d): please send it by itself")
	}
	for _, c := range r.Commands {
		ok, err := d.confirm(c)
		if err != nil {
			return err
		}
		if !ok {
			w.rec.Reason = "It carries a confirmation code that is not valid."
			d.notDone = append(d.notDone, "the code is not valid, or its day is over")
		}
	}
	if len(d.done) == 0 {
		// Anybody can send codes that are none, in an agent's name.
		told, err := w.tx.Allow("wrong code", a.Handle, time.Hour)
		if err != nil || !told {
			return err
		}
	}
	return d.receipt()
}

// standsFirst reports that the commands stand above all other text. A responder
// that sends back what it got has the code, too, but never there.
func standsFirst(lines []string, r command.Result) bool {
	isCommand := map[int]bool{}
	for _, i := range r.Lines {
		isCommand[i] = true
	}
	text := false
	for i, line := range lines {
		switch {
		case isCommand[i] && text:
			return false
		case !isCommand[i] && strings.TrimSpace(line) != "":
			text = true
		}
	}
	return true
}

// stepConfirm carries out what a code confirms, next to nothing else.
func (d *deed) stepConfirm(c command.Command) func() error {
	if !standsFirst(d.r.Lines, d.r.Result) {
		d.refuse(c, "A code must stand above everything else in your mail.", "")
		return nil
	}
	return func() error {
		ok, err := d.confirm(c)
		if err == nil && !ok {
			d.notDone = append(d.notDone, "the code is not valid, or its day is over")
		}
		return err
	}
}

// codesInNotice is how many codes one notice brings, and one mail confirms.
const codesInNotice = 50

// maxCodeTries bounds how many wrong codes an hour are looked at: few enough
// that nobody guesses one of 40 bits within its day, and enough that a forger
// does not use up what the agent needs.
const maxCodeTries = 200

// confirm releases the unproven mail of a code. Every wrong code counts.
func (d *deed) confirm(c command.Command) (bool, error) {
	free, err := d.w.codeTry(d.a)
	if err != nil || !free {
		return false, err
	}
	code := strings.ToUpper(strings.Join(c.Args, ""))
	waiting, err := d.w.tx.UnprovenHolds(d.a.Handle, codeHash(code), 1)
	if err != nil {
		return false, fmt.Errorf("read the holds of %s: %w", d.a.Handle, err)
	}
	for _, h := range waiting {
		if d.w.now.Sub(h.ToldAt) > codeLife || !d.w.stillTheirs(d.a, h) {
			continue
		}
		again, err := d.w.acted(h.Mail.Mail)
		if err != nil {
			return false, err
		}
		if again {
			d.notDone = append(d.notDone, "your mail \u201c"+h.Mail.Mail.Subject+"\u201d: "+actedBefore)
			return true, d.w.layAside(h, aside.HoldDiscarded, actedBefore)
		}
		h.State = aside.HoldReleased
		if err := d.w.tx.SaveHold(h); err != nil {
			return false, err
		}
		d.done = append(d.done, "confirmed: \u201c"+h.Mail.Mail.Subject+"\u201d")
		return true, d.w.again(h, map[string]bool{})
	}
	return false, nil
}

// stillTheirs reports whether a mail that waits came from an address that is the
// agent's by now, and its code went to the one that is registered by now: the
// admin takes away what somebody else reads.
func (w *work) stillTheirs(a *aside.Agent, h *store.HeldMail) bool {
	return h.ToldTo == a.Address() && slices.ContainsFunc(h.Mail.Mail.FromAll, func(from aside.Address) bool { return w.dir.AgentByAddress(from.Address) == a })
}

// codeTry counts a look at codes in one of the hour's places.
func (w *work) codeTry(a *aside.Agent) (bool, error) {
	return w.tx.AllowAll(store.Limit{Kind: "confirm", Subjects: places(a.Handle, maxCodeTries), Every: time.Hour})
}

// sendCodes sends the codes of all mails held since the last such notice, at
// most once an hour; the timer sends those that wait.
func (w *work) sendCodes(a *aside.Agent) error {
	ok, err := w.tx.Allow("codes", a.Handle, codesEvery)
	if err != nil || !ok {
		return err
	}
	waiting, err := w.tx.UnprovenHolds(a.Handle, "", codesInNotice)
	if err != nil {
		return fmt.Errorf("read the holds of %s: %w", a.Handle, err)
	}
	desk := w.dir.Desks[0]
	code := templates.Code{Desk: desk.Name}
	for _, h := range waiting {
		secret, err := drawCode(w.s.Rand)
		if err != nil {
			return err
		}
		h.CodeHash, h.ToldTo, h.ToldAt, h.NextAt = codeHash(secret), a.Address(), w.now, w.now.Add(codeLife)
		if err := w.tx.SaveHold(h); err != nil {
			return err
		}
		code.Mails = append(code.Mails, templates.HeldMail{Subject: h.Mail.Mail.Subject, FirstLines: firstLines(h.Mail.Mail), Code: secret,
			At: h.CreatedAt.In(a.Location)})
	}
	if len(code.Mails) == 0 {
		return nil
	}
	m, err := w.set.Templates.Code(templates.KeyOf(desk), code)
	if err != nil {
		return err
	}
	return w.tell.Apart(desk, a, aside.NoticeCode, m, store.About{})
}

func firstLines(m *aside.Mail) string {
	text := m.Text
	if strings.TrimSpace(text) == "" {
		text = reply.HTMLToText(m.HTML)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[:min(3, len(lines))], "\n")
}

// drawCode draws a code of eight characters without those that are misread.
func drawCode(random io.Reader) (string, error) {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	var b strings.Builder
	for range 8 {
		n, err := rand.Int(random, big.NewInt(int64(len(letters))))
		if err != nil {
			return "", err
		}
		b.WriteByte(letters[n.Int64()])
	}
	return b.String(), nil
}

func codeHash(code string) string {
	sum := sha256.Sum256([]byte("aside code " + strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code)))
	return hex.EncodeToString(sum[:])
}
