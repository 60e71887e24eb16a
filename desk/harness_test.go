package desk_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aside"
	"aside/desk"
	"aside/mailin/read"
	"aside/mailout"
	"aside/store"
	"aside/templates"
	h "aside/test/harness"
	"aside/test/postgres"
	"aside/threading"
	"aside/threading/mark"
)

// The people of the stories. Dana manages, Eve is of another team.
var (
	jane = h.Person{Name: "Jane Doe", Address: "jane@customer.example"}
	kim  = h.Person{Name: "Kim Lind", Address: "kim@customer.example"}
	joe  = h.Person{Name: "Joe Park", Address: "joe@elsewhere.example"}
	vic  = h.Person{Name: "Courier GmbH", Address: "courier@vendor.example"}
	max  = h.Person{Name: "Max Repair", Address: "max@repairs.example"}
	dhl  = h.Person{Name: "dhl", Address: "business@dhl.example"}
	dana = h.Person{Name: "Dana Reyes", Address: "dana@example.com"}
	omar = h.Person{Name: "Omar Haddad", Address: "omar@example.com"}
	eve  = h.Person{Name: "Eve Lindgren", Address: "eve@example.com"}
)

var cast = map[string]h.Person{"jane": jane, "kim": kim, "joe": joe, "vic": vic, "max": max, "dhl": dhl, "dana": dana, "omar": omar, "eve": eve}

const (
	support = "support@example.com"
	billing = "billing@example.com"
)

// monday is when the stories begin: ten in the morning in Berlin.
var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// town is an installation in one process: a desk whose mail goes into
// mailboxes that the test reads.
type town struct {
	t       *testing.T
	ctx     context.Context
	now     time.Time
	path    string // of the database, in SQLite
	store   *store.Store
	keys    *mark.KeyRing
	svc     *desk.Service
	set     desk.Settings
	boxes   map[string][]*h.Mail
	log     *watchedLog
	secrets []secret
	watch   func(aside.Outgoing, *h.Mail) // looks at what leaves; nil for nobody
	allowed map[string]bool               // what a test sends out on purpose, and is clean all the same
	verdict aside.Verdict                 // of the mails to come
	signing bool                          // agents' own servers sign what they send
}

// secret is a word that only some may ever read.
type secret struct {
	word string
	may  []string
}

// open starts a town; changes are made to its settings before.
func open(t *testing.T, changes ...func(*desk.Settings)) *town {
	t.Helper()
	return openStore(t, store.Options{Path: filepath.Join(folder(t), "aside.db"), DSN: postgres.Chosen(t)}, changes...)
}

// openStore is open with a store of its own.
func openStore(t *testing.T, o store.Options, changes ...func(*desk.Settings)) *town {
	t.Helper()
	w := &town{t: t, ctx: t.Context(), now: monday, boxes: map[string][]*h.Mail{}, log: &watchedLog{t: t}, allowed: map[string]bool{}}
	w.path = o.Path
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	clock := func() time.Time { return w.now }
	o.Now, o.Log = clock, log
	if w.store, err = store.Open(w.ctx, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	key, err := mark.GenerateKey(seeded())
	if err != nil {
		t.Fatal(err)
	}
	w.keys = mark.NewKeyRing(key)
	w.svc = &desk.Service{Store: w.store, Keys: w.keys, Log: log, Now: clock, Rand: &shared{r: seeded()}}
	w.set = usual(t)
	for _, change := range changes {
		change(&w.set)
	}
	if err := w.svc.Configure(w.ctx, w.set); err != nil {
		t.Fatal(err)
	}
	return w
}

// folder is one in memory where the system has such: these stories are about
// what is decided, and waiting for a disk is most of their time.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "aside")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// seeded is randomness that is the same in every run.
func seeded() io.Reader { return rand.NewChaCha8([32]byte{1}) }

// shared is a reader that many may read at once.
type shared struct {
	mu sync.Mutex
	r  io.Reader
}

func (s *shared) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

// builtIn are the templates, which never change: loading runs each of them.
var builtIn = sync.OnceValues(func() (*templates.Set, error) { return templates.Load("") })

func usual(t *testing.T) desk.Settings {
	t.Helper()
	set, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return desk.Settings{Trust: threading.TrustToken, Templates: set, Directory: people(berlin), ReopenFor: 14 * 24 * time.Hour,
		Fields: map[string][]string{"product": {"kettle", "toaster"}, "order": nil}}
}

func people(loc *time.Location) *aside.Directory {
	return aside.NewDirectory(
		[]*aside.Desk{
			{Address: support, Name: "Example Support", Team: "support", Signature: "Example Support, Mon-Fri 9-17", Location: loc, Language: "en",
				Acknowledge: true, SubjectTag: aside.TagSide, Separator: "+"},
			{Address: billing, Name: "Example Billing", Team: "billing", Location: loc, Language: "en", Acknowledge: true, SubjectTag: aside.TagSide, Separator: "+"},
		},
		[]*aside.Team{{Name: "support"}, {Name: "billing"}},
		[]*aside.Agent{
			{Handle: "dana", Name: dana.Name, Addresses: []string{dana.Address}, Teams: []string{"support"}, Role: aside.RoleManager, Notify: aside.NotifyRoom, Location: loc},
			{Handle: "omar", Name: omar.Name, Addresses: []string{omar.Address, "omar@home.example"}, Teams: []string{"support"}, Role: aside.RoleAgent, Notify: aside.NotifyRoom, Location: loc},
			{Handle: "eve", Name: eve.Name, Addresses: []string{eve.Address}, Teams: []string{"billing"}, Role: aside.RoleAgent, Notify: aside.NotifyRoom, Location: loc},
		},
		[]*aside.Card{{Name: "dhl", Address: dhl.Address, Due: "1d"}})
}

// close checks what must hold at the end of every story.
func (w *town) close() {
	if err := w.store.Close(); err != nil {
		w.t.Error(err)
	}
}

// watchedLog fails the test on every line that it gets: nothing in these
// stories is an error of the program.
type watchedLog struct {
	t     *testing.T
	quiet bool
}

func (l *watchedLog) Write(p []byte) (int, error) {
	if !l.quiet {
		l.t.Errorf("logged: %s", p)
	}
	return len(p), nil
}

// wait lets time pass, and the desk do what is due.
func (w *town) wait(d time.Duration) *news {
	w.t.Helper()
	w.now = w.now.Add(d)
	if err := w.svc.Tick(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	return w.deliver()
}

// receive hands a mail in and returns its id.
func (w *town) receive(from string, rcpts []string, raw []byte) string {
	w.t.Helper()
	id, err := w.tryReceive(from, rcpts, raw)
	if err != nil {
		w.t.Fatalf("receiving failed: %v\n%s", err, raw)
	}
	return id
}

func (w *town) tryReceive(from string, rcpts []string, raw []byte) (string, error) {
	sum := sha256.Sum256(raw)
	in := &aside.Inbound{Session: "s1", Channel: aside.ChannelSMTP, MailFrom: from, Recipients: rcpts, Remote: "192.0.2.1", Helo: "client.example",
		Verdict: w.verdict, ReceivedAt: w.now, Raw: aside.Content{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(raw)), Data: raw}}
	m, err := read.Mail(w.ctx, raw, read.Options{MailFrom: &in.MailFrom,
		Keep: func(r io.Reader) (aside.Content, error) { return w.store.Keep(w.ctx, r) }})
	in.Mail = m
	if err != nil {
		in.ReadError = err.Error()
	}
	if w.signing && m != nil && len(m.FromAll) == 1 && isAgent(m.From.Address) && m.From.Address == from {
		in.Verdict = aside.Verdict{DMARC: "pass", By: "dkim", AlignedDKIM: true, ToSigned: true, Reason: "It is signed by example.com (DKIM)."}
	}
	return w.svc.Receive(w.ctx, in)
}

// post hands a draft in, a little later than what was before, and delivers
// what follows from it.
func (w *town) post(d *h.Draft) *news {
	w.t.Helper()
	w.send(d)
	return w.deliver()
}

// send is post without delivering.
func (w *town) send(d *h.Draft) string {
	w.t.Helper()
	w.now = w.now.Add(10 * time.Second)
	d.Date = w.now
	return w.receive(d.MailFrom(), d.Ours(), d.Bytes())
}

// says posts an answer to a mail, written with Gmail.
func (w *town) says(who h.Person, m *h.Mail, text string) *news {
	w.t.Helper()
	return w.post(h.Gmail().Reply(who, m, text))
}

// writes posts a first mail to the support desk.
func (w *town) writes(who h.Person, subject, text string) *news {
	w.t.Helper()
	return w.post(h.Write(who, support, subject, text))
}

// opens is a customer's first mail: Dana's notice of it.
func (w *town) opens(who h.Person, subject, text string) *h.Mail {
	w.t.Helper()
	return w.writes(who, subject, text).to("dana")
}

// news are the mails that one thing brought about.
type news struct {
	w     *town
	mails []*h.Mail
	told  map[*h.Mail]bool
}

// deliver is the postman: what is due goes into the mailboxes.
func (w *town) deliver() *news {
	w.t.Helper()
	n := &news{w: w, told: map[*h.Mail]bool{}}
	for {
		out, notices, err := w.svc.Claim(w.ctx, time.Minute, 100)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(out)+len(notices) == 0 {
			return n
		}
		for _, o := range out {
			n.mails = append(n.mails, w.outgoing(o))
		}
		for _, o := range notices {
			n.mails = append(n.mails, w.notice(o))
		}
	}
}

func (w *town) outgoing(o aside.Outgoing) *h.Mail {
	w.t.Helper()
	id, err := w.svc.Identify(o)
	if err != nil {
		w.t.Fatal(err)
	}
	text, html, err := w.svc.Body(o)
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := mailout.Compose(o, id, text, html)
	if err != nil {
		w.t.Fatal(err)
	}
	got := w.box(m, store.Attempt{Delivery: o.Delivery, State: aside.DeliverySent})
	w.clean(got)
	if w.watch != nil {
		w.watch(o, got)
	}
	return got
}

func (w *town) notice(o aside.Notice) *h.Mail {
	w.t.Helper()
	w.knowsFrame(o.Ticket, o)
	id, err := w.svc.IdentifyNotice(o)
	if err != nil {
		w.t.Fatal(err)
	}
	text, html, err := w.svc.NoticeBody(o)
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := mailout.ComposeNotice(o, id, text, html)
	if err != nil {
		w.t.Fatal(err)
	}
	got := w.box(m, store.Attempt{Notice: o.ID, State: aside.DeliverySent})
	w.answersInside(got)
	return got
}

// answersInside fails the test when a notice names somebody outside where a
// client could find whom to answer, or is not marked as a machine's.
func (w *town) answersInside(m *h.Mail) {
	w.t.Helper()
	for _, p := range append(append([]h.Person{m.From, m.ReplyTo}, m.To...), m.Cc...) {
		if !isAgent(p.Address) && !strings.HasSuffix(p.Address, "example.com") || strings.Contains(p.Name, "@") {
			w.t.Errorf("a notice names %v in its header:\n%s", p, m.Raw)
		}
	}
	if m.Header.Get("Auto-Submitted") == "" || len(m.Markers()) == 0 {
		w.t.Errorf("a notice without Auto-Submitted or marker:\n%s", m.Raw)
	}
}

// box puts a composed mail into its recipient's mailbox.
func (w *town) box(m *mailout.Mail, a store.Attempt) *h.Mail {
	w.t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", m.Envelope.From, m.Envelope.To)
	if err := m.Write(w.ctx, &b, w.store.OpenBlob); err != nil {
		w.t.Fatal(err)
	}
	if err := w.store.Update(w.ctx, func(tx *store.Tx) error { return tx.FinishAttempt(a) }); err != nil {
		w.t.Fatal(err)
	}
	got, err := h.ParseMail(b.Bytes())
	if err != nil {
		w.t.Fatal(err)
	}
	got.At = w.now
	w.boxes[m.Envelope.To] = append(w.boxes[m.Envelope.To], got)
	w.keepsSecrets(m.Envelope.To, got)
	return got
}

// isAgent reports whether an address is one of the team's.
func isAgent(address string) bool {
	return slices.Contains([]string{dana.Address, omar.Address, "omar@home.example", eve.Address}, address)
}

// secret registers words that nobody but the team and the named may read.
func (w *town) secret(word string, may ...h.Person) string {
	s := secret{word: word}
	for _, p := range may {
		s.may = append(s.may, p.Address)
	}
	w.secrets = append(w.secrets, s)
	return word
}

func (w *town) keepsSecrets(to string, m *h.Mail) {
	w.t.Helper()
	if isAgent(to) {
		return
	}
	for _, s := range w.secrets {
		if !slices.Contains(s.may, to) && m.Leaks(s.word) {
			w.t.Errorf("LEAK: %s heard %q:\n%s", to, s.word, m.Raw)
		}
	}
}

// clean fails the test when a mail to somebody outside shows anything of the
// inside: a marker, a frame, an agent's token or address, a notice's
// Message-ID.
func (w *town) clean(m *h.Mail) {
	w.t.Helper()
	if found := m.Markers(); len(found) > 0 {
		w.t.Errorf("LEAK: markers %v left in\n%s", found, m.Raw)
	}
	for _, word := range []string{"YOUR REPLY", "Resolve |", "TEAM ONLY"} {
		if !w.allowed[word] && m.Leaks(word) {
			w.t.Errorf("LEAK: %q left in\n%s", word, m.Raw)
		}
	}
	for _, address := range []string{dana.Address, omar.Address, eve.Address} {
		// A token may end in "eve" by chance.
		alone := regexp.MustCompile(`(?i)(?:^|[^a-z2-7])` + regexp.QuoteMeta(address))
		if !w.allowed[address] && alone.MatchString(m.Everything()) {
			w.t.Errorf("LEAK: %q left in\n%s", address, m.Raw)
		}
	}
	for address, box := range w.boxes {
		if !isAgent(address) {
			continue
		}
		for _, n := range box {
			if token := n.Token(); token != "" && m.Leaks(token) {
				w.t.Errorf("LEAK: a token of %s left in\n%s", address, m.Raw)
			}
			if m.Leaks(n.MessageID) {
				w.t.Errorf("LEAK: the Message-ID of a notice to %s left in\n%s", address, m.Raw)
			}
		}
	}
}

// all is everything of a mail that a person reads.
func all(m *h.Mail) string {
	return "subject: " + m.Subject + "\nfrom: " + m.From.Name + "\nreply-to: " + m.ReplyTo.Name + "\n" + m.Text
}

// has reports whether the words stand in what a person reads of a mail,
// however it is wrapped.
func has(m *h.Mail, words string) bool {
	return strings.Contains(strings.Join(strings.Fields(all(m)), " "), words)
}

func recipient(name string) string {
	p, ok := cast[name]
	if !ok {
		panic("nobody is called " + name)
	}
	return p.Address
}

// only fails the test unless the news are exactly these: "omar: words", a mail
// to Omar in which the words occur. It returns the mails in the order asked.
func (n *news) only(want ...string) []*h.Mail {
	n.w.t.Helper()
	used := map[*h.Mail]bool{}
	var out []*h.Mail
	for _, s := range want {
		who, words, _ := strings.Cut(s, ": ")
		var found *h.Mail
		for _, m := range n.mails {
			if !used[m] && m.DeliveredTo == recipient(who) && has(m, words) {
				found = m
				break
			}
		}
		if found == nil {
			n.w.t.Fatalf("%s got no mail with %q; there are:\n%s", who, words, n)
		}
		used[found] = true
		out = append(out, found)
	}
	if len(used) != len(n.mails) {
		n.w.t.Fatalf("expected %d mails, there are %d:\n%s", len(want), len(n.mails), n)
	}
	return out
}

// to is the one new mail to somebody.
func (n *news) to(who string) *h.Mail {
	n.w.t.Helper()
	var found []*h.Mail
	for _, m := range n.mails {
		if m.DeliveredTo == recipient(who) {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		n.w.t.Fatalf("%s got %d mails, not one:\n%s", who, len(found), n)
	}
	return found[0]
}

// find is the first new mail to somebody in which the words occur.
func (n *news) find(who, words string) *h.Mail {
	n.w.t.Helper()
	for _, m := range n.mails {
		if m.DeliveredTo == recipient(who) && has(m, words) {
			return m
		}
	}
	n.w.t.Fatalf("%s got no mail with %q; there are:\n%s", who, words, n)
	return nil
}

// none fails the test when somebody got any of the news.
func (n *news) none(who ...string) *news {
	n.w.t.Helper()
	for _, name := range who {
		for _, m := range n.mails {
			if m.DeliveredTo == recipient(name) {
				n.w.t.Errorf("%s got a mail:\n%s", name, m.Raw)
			}
		}
	}
	return n
}

// String shows the news for a failing test.
func (n *news) String() string {
	var b strings.Builder
	for _, m := range n.mails {
		fmt.Fprintf(&b, "--- to %s (cc %v)\n%s\n", m.DeliveredTo, m.Cc, all(m))
	}
	return b.String()
}

// exactly fails the test unless the mail's own words are these.
func exactly(t *testing.T, m *h.Mail, want string) {
	t.Helper()
	if got := m.Says(); got != want {
		t.Errorf("it says\n%q\nnot\n%q", got, want)
	}
}

// contains fails the test unless the mail has all the words.
func contains(t *testing.T, m *h.Mail, words ...string) {
	t.Helper()
	for _, word := range words {
		if !has(m, word) {
			t.Errorf("%q is missing in\n%s", word, all(m))
		}
	}
}

// lacks fails the test when the mail has any of the words, anywhere.
func lacks(t *testing.T, m *h.Mail, words ...string) {
	t.Helper()
	for _, word := range words {
		// Short words occur in tokens by chance: those must stand alone.
		alone := regexp.MustCompile(`(?i)(?:^|[^a-z2-7])` + regexp.QuoteMeta(word) + `(?:$|[^a-z2-7])`)
		if len(word) < 8 && !alone.MatchString(m.Everything()) {
			continue
		}
		if m.Leaks(word) {
			t.Errorf("%q is in\n%s", word, m.Raw)
		}
	}
}

// click is the draft that a link of a notice opens; label is a part of its body.
func (w *town) click(who h.Person, m *h.Mail, label string) *h.Draft {
	w.t.Helper()
	for _, l := range h.Links(m) {
		if strings.Contains(l.Body, label) {
			d := h.Write(who, l.To, l.Subject, l.Body)
			d.To = []h.Person{{Address: l.To}}
			return d
		}
	}
	w.t.Fatalf("no link with %q in\n%s", label, m.HTML)
	return nil
}
