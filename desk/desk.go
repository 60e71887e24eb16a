// Package desk decides: it receives a mail, finds out who speaks and where it
// belongs, carries out what an agent asks, and holds what a guard finds. It never
// sends; it writes messages, deliveries, notices and events in one transaction,
// and mailout takes them from there.
//
// Its rooms do what needs less than a mail on its way: ticket keeps the tickets
// that a transaction works on, reading reads a mail against one, guard judges what
// would leave, action changes a ticket as commands ask, notice tells agents, answer
// answers their questions, and naming says how people are called.
package desk

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"aside"
	"aside/desk/guard"
	"aside/desk/notice"
	"aside/desk/ticket"
	"aside/reply"
	"aside/store"
	"aside/templates"
	"aside/threading"
	"aside/threading/mark"
)

// Settings are what a reload of the config may change.
type Settings struct {
	Directory *aside.Directory
	Templates *templates.Set
	ReopenFor time.Duration       // how long after its resolution the customer's mail opens a ticket again
	SendDelay time.Duration       // how long /undo can stop a mail
	Fields    map[string][]string // fields of tickets and their values; none means any
	Trust     threading.Trust     // what proves an agent

	signatures []uint64 // hashes of the lines that the desks set below their mail
}

// Service is the desk at work. Its methods are safe for concurrent use.
type Service struct {
	Store *store.Store
	Keys  *mark.KeyRing
	Log   *slog.Logger
	Now   func() time.Time
	Rand  io.Reader // crypto/rand.Reader outside of tests; read by many at once

	settings atomic.Pointer[Settings]
	resting  map[string]time.Time // Tick's: what failed, and until when it waits
}

// Configure takes new settings, and makes a holder id for every agent that has
// none. Mail under way goes on with the settings it began with.
func (s *Service) Configure(ctx context.Context, set Settings) error {
	err := s.Store.Update(ctx, func(tx *store.Tx) error {
		for _, a := range set.Directory.Agents {
			draw, err := mark.RandomID(s.Rand)
			if err != nil {
				return err
			}
			if _, err := tx.Holder(a.Handle, draw); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("configure the desk: %w", err)
	}
	set.Directory = set.Directory.WithTokens(func(addr string) bool { _, ok := s.Keys.TokenIn(addr); return ok })
	for _, d := range set.Directory.Desks {
		set.signatures = append(set.signatures, reply.Hashes(s.Keys.LineKey(), d.Signature)...)
	}
	s.settings.Store(&set)
	return nil
}

// IsOurs reports whether mail to the address is for us.
func (s *Service) IsOurs(addr string) bool { return s.settings.Load().Directory.IsOurs(addr) }

// Receive takes a mail in and returns once everything that follows from it is
// durable. The id is the one that 250 tells; a mail that is here already gets
// the first one's.
func (s *Service) Receive(ctx context.Context, in *aside.Inbound) (id string, err error) {
	set := s.settings.Load()
	ownList(set.Directory, in.Mail)
	ready, err := s.prepare(ctx, set, in)
	if err == nil && ready != nil && ready.unlearnt {
		err = s.learnBefore(ctx, set, ready.Ticket)
	}
	if err == nil {
		id, err = s.take(ctx, set, in, ready)
	}
	var later *Later
	if err == nil || ctx.Err() != nil || store.Unavailable(err) || errors.As(err, &later) {
		return id, err
	}
	// What this program cannot handle is a person's mail all the same: it
	// becomes a ticket with the raw mail attached.
	s.Log.Error("mail could not be handled, filing it raw", "session", in.Session, "err", err)
	raw := *in
	raw.Mail, raw.ReadError = unread(in), "it could not be handled: "+firstLine(err.Error())
	return s.take(ctx, set, &raw, nil)
}

// Later is an error of Receive: the mail was not taken, and is worth another
// try. Its text is for the sender.
type Later struct{ Text string }

// Error gives the text.
func (l *Later) Error() string { return l.Text }

// undecided reports that DNS left open whether an agent wrote the mail: it must
// neither act nor be taken for a forgery.
func (w *work) undecided() error {
	if w.who.Role != threading.RoleClaimed || !w.in.Verdict.TempError || w.in.Mail.Kind.Automatic() {
		return nil
	}
	return &Later{"The signature of this mail cannot be checked just now, because DNS does not answer; please try again"}
}

// unread keeps of a mail what a raw ticket shows: who, when and about what.
func unread(in *aside.Inbound) *aside.Mail {
	if in.Mail == nil {
		return nil
	}
	return &aside.Mail{Kind: in.Mail.Kind, From: in.Mail.From, FromAll: in.Mail.FromAll, Subject: in.Mail.Subject, Date: in.Mail.Date,
		MessageID: in.Mail.MessageID, Digest: in.Mail.Digest}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// take files the mail in one transaction.
func (s *Service) take(ctx context.Context, set *Settings, in *aside.Inbound, ready *preparation) (id string, err error) {
	fresh, err := s.newID()
	if err != nil {
		return "", err
	}
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		tx.CausedBy(in.Session)
		w := s.work(tx, set, in, fresh)
		w.ready = ready
		if ready != nil {
			w.scans = ready.scans
		}
		id, err = w.receive()
		return err
	})
	return id, err
}

// newID draws the id of an accepted mail: five octets of the time in
// milliseconds, which begin anew every 34 years, and five random ones. So the
// ids of one hour stand together in the index. Nothing reads the time in them.
func (s *Service) newID() (string, error) {
	var b [10]byte
	now := uint64(s.Now().UnixMilli())
	for i := range 5 {
		b[i] = byte(now >> (32 - 8*i))
	}
	if _, err := io.ReadFull(s.Rand, b[5:]); err != nil {
		return "", fmt.Errorf("draw the id of a mail: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}

// work is the handling of one mail, or of one thing that time brought, in one
// transaction.
type work struct {
	s   *Service
	set *Settings
	dir *aside.Directory
	tx  *store.Tx
	now time.Time

	tickets *ticket.Book
	tell    *notice.Teller

	in    *aside.Inbound // nil for what time brought
	rec   *store.Record
	facts threading.Facts
	rows  *store.Found
	who   threading.Speaker
	place threading.Placement
	ready *preparation          // what was prepared before the transaction
	scans map[string]guard.Text // of the mail's files, by content
	kept  bool                  // what was hashed for the reading is written down
	cut   bool                  // the message filed leaves out what was not heard here before
}

func (s *Service) work(tx *store.Tx, set *Settings, in *aside.Inbound, id string) *work {
	w := &work{s: s, set: set, dir: set.Directory, tx: tx, now: tx.Now(), in: in, tickets: ticket.NewBook(tx, set.Directory, set.Templates, s.Rand)}
	w.tell = &notice.Teller{Tx: tx, Dir: set.Directory, Templates: set.Templates, Keys: s.Keys, Rand: s.Rand, Log: s.Log}
	if in == nil {
		return w
	}
	w.rec = &store.Record{ID: id, Session: in.Session, Channel: string(in.Channel), MailFrom: in.MailFrom, Recipients: in.Recipients,
		ReceivedAt: in.ReceivedAt, Raw: in.Raw.SHA256, Digest: "raw " + in.Raw.SHA256}
	if w.rec.Recipients == nil {
		w.rec.Recipients = []string{}
	}
	if m := in.Mail; m != nil {
		w.rec.From, w.rec.Subject, w.rec.MessageID = m.From.Address, m.Subject, m.MessageID
		if m.Digest != "" {
			w.rec.Digest = m.Digest
		}
		if m.MessageID == "" {
			// The digest alone decides. Machines send the same words again and
			// again, and each time they mean it: without a date no two are one.
			w.rec.Digest += " " + m.Subject
			if m.Date.IsZero() {
				w.rec.Digest += " " + id
			}
		}
	}
	return w
}

// receive files the mail and records what became of it.
func (w *work) receive() (id string, err error) {
	first, found, err := w.tx.Duplicate(w.rec.MessageID, w.rec.Digest)
	if err != nil {
		return "", fmt.Errorf("look for the same mail: %w", err)
	}
	if found {
		return first, nil
	}
	if err := w.locate(); err != nil {
		return "", err
	}
	if err := w.undecided(); err != nil {
		return "", err
	}
	w.rec.Outcome, w.rec.Signal, w.rec.Reason = store.OutcomeFiled, string(w.place.Signal), w.place.Reason
	w.rec.Sender = strings.TrimSpace(w.who.Reason + " " + w.in.Verdict.Reason)
	if w.simply() {
		// Nothing that follows refers to the record: it is written once, with
		// what became of the mail.
		if err := w.handle(); err != nil {
			return "", err
		}
		return w.rec.ID, w.tx.AddRecord(w.rec, w.in.Raw)
	}
	if err := w.tx.AddRecord(w.rec, w.in.Raw); err != nil {
		return "", err
	}
	if err := w.handle(); err != nil {
		return "", err
	}
	return w.rec.ID, w.tx.SaveRecord(w.rec)
}

// simply reports that a contact wrote, and no machine: such a mail is filed and
// told of, and asks for nothing.
func (w *work) simply() bool {
	return w.in.Mail != nil && w.in.ReadError == "" && !w.in.Mail.Kind.Automatic() && w.who.Role == threading.RoleContact
}

// handle is the one place that tells the ways of a mail apart.
func (w *work) handle() error {
	switch {
	case w.in.Mail == nil || w.in.ReadError != "":
		return w.openRaw()
	case w.in.Mail.Kind.Automatic():
		return w.automatic()
	case w.who.Role == threading.RoleClaimed:
		return w.holdUnproven()
	case w.who.IsAgent():
		return w.fromAgent()
	default:
		return w.fromContact()
	}
}

// locate finds out who speaks and where the mail belongs.
func (w *work) locate() error {
	if err := w.look(); err != nil || !w.onlyTheMatter() {
		return err
	}
	personal(w.in.Mail)
	return w.look()
}

func (w *work) look() error {
	w.facts = threading.Extract(w.s.Keys, w.dir, w.in)
	needs := w.facts.Needs()
	q := store.Needs{Conversations: needs.Conversations, Holders: needs.Holders, Notices: needs.Notices, ForeignIDs: needs.ForeignIDs, Tickets: needs.Tickets}
	for _, tag := range needs.Cases {
		q.Cases = append(q.Cases, store.Case{Tag: tag, Sender: needs.Sender})
	}
	var err error
	if w.rows, err = w.tx.Candidates(q); err != nil {
		return err
	}
	w.tickets.Found(w.rows)
	c := candidates(w.rows, needs)
	w.who = threading.Speaking(w.facts, c, w.dir, w.set.Trust)
	w.place = threading.Place(w.facts, c, w.who, threading.Rules{Now: w.now, ReopenFor: w.set.ReopenFor})
	return nil
}

// candidates arranges the store's rows as threading reads them.
func candidates(f *store.Found, needs threading.Needs) threading.Candidates {
	c := threading.Candidates{Tickets: map[int64]threading.TicketRow{}, Holders: map[uint64]threading.Holder{}, ForeignIDs: f.Foreign, Cases: map[string][]int64{}}
	heard := map[int64][]aside.Participant{}
	for i := range f.Participants {
		p := f.Participants[i]
		heard[p.Conversation] = append(heard[p.Conversation], p)
		c.Holders[p.Holder] = threading.Holder{Participant: &p}
	}
	rows := map[int64][]threading.ConversationRow{}
	for _, v := range f.Conversations {
		rows[v.Ticket] = append(rows[v.Ticket], threading.ConversationRow{Conversation: v, Participants: heard[v.ID]})
	}
	for n, t := range f.Tickets {
		c.Tickets[n] = threading.TicketRow{Ticket: *t, Conversations: rows[n]}
	}
	for id, a := range f.Agents {
		c.Holders[id] = threading.Holder{Agent: a.Handle, Ended: a.Ended}
	}
	for k, ids := range f.Cases {
		if k.Sender == needs.Sender {
			c.Cases[k.Tag] = ids
		}
	}
	return c
}

// draw is a fresh 56-bit id.
func (w *work) draw() (uint64, error) { return mark.RandomID(w.s.Rand) }
