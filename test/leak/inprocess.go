package leak

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"aside"
	"aside/desk"
	"aside/mailin/read"
	"aside/mailout"
	"aside/store"
	"aside/templates"
	"aside/test/harness"
	"aside/threading"
	"aside/threading/mark"
)

// monday is when simulated time begins.
var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// town is an installation in this process: the daemon's own code from reading
// a mail to composing what leaves, with a clock that the simulation sets and a
// store in memory. What lies around it (listeners, the relay) is not there.
type town struct {
	ctx    context.Context
	dir    string
	clock  time.Time
	store  *store.Store
	svc    *desk.Service
	set    desk.Settings
	rng    *rand.Rand
	boxes  map[string][]*harness.Mail
	log    complaints
	acts   *sql.DB
	newest *sql.Stmt
	read   int64 // the last line of the log of acts that was read
	dmarc  bool
}

// complaints are what the code logged as a warning or worse: nothing of what
// happens here may be an error of the program.
type complaints struct {
	mu    sync.Mutex
	lines []string
}

// Write implements io.Writer.
func (c *complaints) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, strings.TrimSpace(string(p)))
	return len(p), nil
}

func (c *complaints) error() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.lines) == 0 {
		return nil
	}
	return errors.New("logged: " + strings.Join(c.lines, "\n"))
}

// builtIn are the templates, which never change.
var builtIn = sync.OnceValues(func() (*templates.Set, error) { return templates.Load("") })

// sendDelay is how long /undo can stop a mail in the simulation.
const sendDelay = 30 * time.Second

// openTown makes an installation: on the PostgreSQL of the dsn, or on SQLite
// where it is empty.
func openTown(ctx context.Context, dsn string, seed uint64, dmarc bool, c *harness.Config) (t *town, err error) {
	parent := "/dev/shm"
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	t = &town{ctx: ctx, clock: monday, rng: rand.New(rand.NewPCG(seed, 99)), boxes: map[string][]*harness.Mail{}, dmarc: dmarc}
	if t.dir, err = os.MkdirTemp(parent, "aside-leak"); err != nil {
		return nil, fmt.Errorf("making a folder for the store: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	log := slog.New(slog.NewTextHandler(&t.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	path := filepath.Join(t.dir, "aside.db")
	if t.store, err = store.Open(ctx, store.Options{Path: path, DSN: dsn, Now: t.now, Log: log}); err != nil {
		return nil, err
	}
	if t.acts, err = watchActs(path, dsn); err != nil {
		return nil, err
	}
	var secret [32]byte
	copy(secret[:], fmt.Sprintf("leak simulation %d", seed))
	key, err := mark.GenerateKey(rand.NewChaCha8(secret))
	if err != nil {
		return nil, err
	}
	t.svc = &desk.Service{Store: t.store, Keys: mark.NewKeyRing(key), Log: log, Now: t.now, Rand: rand.NewChaCha8(secret)}
	set, err := builtIn()
	if err != nil {
		return nil, err
	}
	t.set = settings(c, set, dmarc)
	return t, t.svc.Configure(ctx, t.set)
}

// book is the admin who gives a name of the address book to somebody else.
func (t *town) book(name, addr string) error {
	d := t.set.Directory
	cards := slices.DeleteFunc(slices.Clone(d.Cards), func(c *aside.Card) bool { return c.Name == name })
	t.set.Directory = aside.NewDirectory(d.Desks, d.Teams, d.Agents, append(cards, &aside.Card{Name: name, Address: addr}))
	return t.svc.Configure(t.ctx, t.set)
}

// settings are what the daemon would take of a config file.
func settings(c *harness.Config, set *templates.Set, dmarc bool) desk.Settings {
	var desks []*aside.Desk
	teams := map[string]*aside.Team{}
	for _, d := range c.Desks {
		desks = append(desks, &aside.Desk{Address: d.Address, Name: d.Name, Team: d.Team, Signature: d.Signature, Location: time.UTC, Language: "en",
			Acknowledge: !d.NoAcknowledge, SubjectTag: aside.TagSide, Separator: "+"})
		teams[d.Team] = &aside.Team{Name: d.Team}
	}
	var agents []*aside.Agent
	for _, a := range c.Agents {
		agents = append(agents, &aside.Agent{Handle: a.Handle, Name: a.Name, Addresses: a.Addresses, Teams: a.Teams, Role: aside.Role(a.Role),
			Notify: aside.Notify(a.Notify), Location: time.UTC})
	}
	var list []*aside.Team
	for _, d := range desks {
		list = append(list, teams[d.Team])
	}
	trust := threading.TrustToken
	if dmarc {
		trust = threading.TrustDMARC
	}
	return desk.Settings{Templates: set, Directory: aside.NewDirectory(desks, list, agents, nil), ReopenFor: 14 * 24 * time.Hour, SendDelay: sendDelay, Trust: trust}
}

func (t *town) now() time.Time { return t.clock }

func (t *town) close() error {
	var errs []error
	if t.newest != nil {
		errs = append(errs, t.newest.Close())
	}
	if t.acts != nil {
		errs = append(errs, t.acts.Close())
	}
	if t.store != nil {
		errs = append(errs, t.store.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(t.dir))...)
}

func (t *town) wire() wire {
	return wire{send: t.send, collect: t.collect, now: t.now, pass: t.pass, did: t.did, filed: t.filed, names: t.names, requester: t.requester, book: t.book, dmarc: t.dmarc}
}

// send hands a mail in as the SMTP session does, and delivers what follows.
func (t *town) send(l letter) (string, error) {
	t.clock = t.clock.Add(time.Second) // no two mails come at once
	sum := sha256.Sum256(l.raw)
	in := &aside.Inbound{Session: "s", Channel: aside.ChannelSMTP, MailFrom: l.from, Recipients: l.rcpts, Remote: "192.0.2.1", Helo: "client.example",
		ReceivedAt: t.clock, Raw: aside.Content{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(l.raw)), Data: l.raw}, Verdict: aside.Verdict{DMARC: "fail"}}
	m, err := read.Mail(t.ctx, l.raw, read.Options{MailFrom: &in.MailFrom, Keep: func(r io.Reader) (aside.Content, error) { return t.store.Keep(t.ctx, r) }})
	in.Mail = m
	if err != nil {
		in.ReadError = err.Error()
	}
	if l.signed && m != nil {
		// What verification says of a mail that the domain of From signed.
		_, domain, _ := strings.Cut(m.From.Address, "@")
		in.Verdict = aside.Verdict{DMARC: "pass", Domain: domain, By: "dkim", AlignedDKIM: true, ToSigned: true}
	}
	id, err := t.svc.Receive(t.ctx, in)
	if err != nil {
		return id, fmt.Errorf("receiving: %w", err)
	}
	return id, errors.Join(t.deliver(), t.log.error())
}

// pass lets time go by and what it brings happen.
func (t *town) pass(d time.Duration) error {
	t.clock = t.clock.Add(d)
	return errors.Join(t.svc.Tick(t.ctx), t.deliver(), t.log.error())
}

const (
	lease = 2 * time.Minute
	batch = 100
)

// deliver is the queue and the postman. Now and then a mail does not get
// through at the first attempt and is claimed again later.
func (t *town) deliver() error {
	for {
		var due time.Time
		err := t.store.View(t.ctx, func(tx *store.Tx) (err error) { due, err = tx.NextDue(); return err })
		if err != nil || due.IsZero() || due.After(t.clock) {
			return err
		}
		out, notices, err := t.svc.Claim(t.ctx, lease, batch)
		if err != nil {
			return err
		}
		if len(out)+len(notices) == 0 {
			return nil
		}
		if err := t.post(out, notices); err != nil {
			return err
		}
	}
}

func (t *town) post(out []aside.Outgoing, notices []aside.Notice) error {
	var ends []store.Attempt
	for _, o := range out {
		if t.rng.IntN(50) == 0 {
			ends = append(ends, store.Attempt{Delivery: o.Delivery, State: aside.DeliveryQueued, Next: t.clock.Add(10 * time.Minute), Code: 451, Detail: "later"})
			continue
		}
		m, err := t.compose(o)
		if err == nil {
			err = t.box(m)
		}
		if err != nil {
			return fmt.Errorf("delivery %d: %w", o.Delivery, err)
		}
		ends = append(ends, store.Attempt{Delivery: o.Delivery, State: aside.DeliverySent, Code: 250})
	}
	for _, n := range notices {
		m, err := t.composeNotice(n)
		if err == nil {
			err = t.box(m)
		}
		if err != nil {
			return fmt.Errorf("notice %d: %w", n.ID, err)
		}
		ends = append(ends, store.Attempt{Notice: n.ID, State: aside.DeliverySent, Code: 250})
	}
	return t.store.Update(t.ctx, func(tx *store.Tx) error {
		for _, e := range ends {
			if err := tx.FinishAttempt(e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *town) compose(o aside.Outgoing) (*mailout.Mail, error) {
	id, err := t.svc.Identify(o)
	if err != nil {
		return nil, err
	}
	text, html, err := t.svc.Body(o)
	if err != nil {
		return nil, err
	}
	return mailout.Compose(o, id, text, html)
}

func (t *town) composeNotice(n aside.Notice) (*mailout.Mail, error) {
	id, err := t.svc.IdentifyNotice(n)
	if err != nil {
		return nil, err
	}
	text, html, err := t.svc.NoticeBody(n)
	if err != nil {
		return nil, err
	}
	return mailout.ComposeNotice(n, id, text, html)
}

// box puts a mail into its recipient's mailbox.
func (t *town) box(m *mailout.Mail) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", m.Envelope.From, m.Envelope.To)
	if err := m.Write(t.ctx, &b, t.store.OpenBlob); err != nil {
		return err
	}
	got, err := harness.ParseMail(b.Bytes())
	if err != nil {
		return err
	}
	got.At = t.clock
	to := strings.ToLower(m.Envelope.To)
	t.boxes[to] = append(t.boxes[to], got)
	return nil
}

func (t *town) collect(addr string) ([]*harness.Mail, error) {
	addr = strings.ToLower(addr)
	mails := t.boxes[addr]
	if mails != nil {
		delete(t.boxes, addr)
	}
	return mails, nil
}
