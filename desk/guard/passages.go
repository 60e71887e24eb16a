package guard

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"aside"
	"aside/desk/ticket"
	"aside/reply"
	"aside/reply/command"
	"aside/store"
)

// boilerplate is in how many other tickets a passage or a file must have been
// sent to count as nobody's secret: a form letter, a price list.
const boilerplate = 3

// Passages are words, files and addresses of a conversation that the audience
// does not hear: of a note or a side
// conversation on the way to the customer, of a note or another side
// conversation on the way to a vendor. What the audience has already does not
// count, and the customer's words may go to anybody.
func (m *Mail) Passages() ([]Finding, error) {
	if m.View.Desk.LeakGuard == aside.LeakGuardOff {
		return nil, nil
	}
	within, err := m.internal()
	if err != nil || within == nil {
		return nil, err
	}
	if err := within.learn(); err != nil {
		return nil, err
	}
	leaks := map[int64]*leak{}
	for _, t := range m.Texts {
		if err := within.passages(t.text, t.passages, leaks); err != nil {
			return nil, err
		}
	}
	for _, c := range within.order {
		if l := leaks[c.ID]; l != nil {
			within.find("passage "+within.place(c)+" "+l.sum(), l.shown(), "These words stand in "+within.called(c)+".")
		}
	}
	for _, v := range within.views {
		for _, c := range v.Conversations {
			if l := leaks[c.ID]; l != nil && !within.secret[c.ID] {
				within.find("passage stranger "+l.sum(), l.shown(), "Somebody wrote these words who takes no part in this conversation.")
			}
		}
	}
	if err := within.files(); err != nil {
		return nil, err
	}
	err = within.addresses()
	return within.findings, err
}

// internal is a ticket, and what was merged into it, as somebody outside may
// not see it.
type internal struct {
	m      *Mail
	views  []*ticket.View
	order  []*aside.Conversation   // what the audience does not hear, the notes first
	secret map[int64]bool          // those by id
	open   map[int64]bool          // those of which the audience may know who takes part
	had    map[int64][]store.Heard // of each conversation, what says that a passage was had by the audience's first, second, ...
	asked  int                     // how many passages were looked up elsewhere

	findings []Finding
}

func (in *internal) find(guard, line, why string) {
	in.findings = append(in.findings, found(guard, line, why))
}

// internal sorts the conversations by whether their words may go where this
// mail goes. It is nil when there is nothing internal yet.
func (m *Mail) internal() (*internal, error) {
	family, inside, err := family(m.Tx, m.View.Ticket.Number)
	if err != nil {
		return nil, err
	}
	in := &internal{m: m, secret: map[int64]bool{}, open: map[int64]bool{}, had: map[int64][]store.Heard{}}
	for _, n := range family {
		v, err := m.Tickets.Open(n)
		if err != nil {
			return nil, err
		}
		in.views = append(in.views, v)
		if !inside {
			if inside, err = m.Tx.ShownInside(m.Agent.Handle, v.Notes().ID); err != nil {
				return nil, err
			}
		}
	}
	if !inside {
		return nil, nil
	}
	for _, v := range in.views {
		for _, c := range v.Conversations {
			in.sort(v, c)
		}
	}
	slices.SortStableFunc(in.order, func(a, b *aside.Conversation) int {
		return strings.Compare(string(a.Kind), string(b.Kind)) // notes, side
	})
	return in, nil
}

// sort tells of one conversation whether its words may go there, and who of the
// audience has had some of them. Where the customer is about to change nobody
// takes part yet who has.
func (in *internal) sort(v *ticket.View, c *aside.Conversation) {
	for _, reader := range in.m.Hearers {
		in.had[c.ID] = append(in.had[c.ID], hadBy(v, c.ID, reader))
	}
	switch {
	case c.Kind == aside.Customer:
		in.open[c.ID] = !slices.ContainsFunc(in.m.Commands, func(c command.Command) bool { return c.Verb == command.Requester })
		return
	case in.m.To != nil && c.ID == in.m.To.ID && !in.m.NewAudience:
		in.open[c.ID] = true
		return
	}
	in.open[c.ID] = hearsAll(v, c, in.m.Hearers)
	in.secret[c.ID] = true
	in.order = append(in.order, c)
}

// audience is a part of those who would get the mail, by their places.
type audience uint64

// whole reports whether it is all of them. Of very many nobody can tell, and of
// none nobody asks.
func (in *internal) whole(a audience) bool {
	n := len(in.m.Hearers)
	return n > 0 && n < 64 && a == 1<<n-1
}

// all are those who would get the mail.
func (in *internal) all() audience { return 1<<len(in.m.Hearers) - 1 }

// who of the audience has had a passage, by what is known of it. The customer's
// own words may go to anybody.
func (in *internal) who(k store.KnownPassage) (a audience) {
	if k.Heard&store.Theirs != 0 && in.customers(k.Conversation) {
		return in.all()
	}
	for n, had := range in.had[k.Conversation] {
		if k.Heard&had != 0 {
			a |= 1 << n
		}
	}
	return a
}

// customers reports whether a conversation is one with the customer, who stays it.
func (in *internal) customers(conversation int64) bool {
	return in.open[conversation] && slices.ContainsFunc(in.views, func(v *ticket.View) bool { return v.Customer().ID == conversation })
}

// learn makes the passages known of what was written since the last time.
func (in *internal) learn() error {
	for _, v := range in.views {
		for more := true; more; {
			var err error
			if more, err = learn(in.m.Tx, in.m.Keys, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// family are a ticket and those that were merged into it, and whether any of
// them has a message that is not of its customer conversation.
func family(tx *store.Tx, ticket int64) (numbers []int64, internal bool, err error) {
	if numbers, err = tx.Family(ticket); err != nil {
		return nil, false, err
	}
	for _, n := range numbers {
		has, err := tx.HasInternal(n)
		if err != nil {
			return nil, false, err
		}
		internal = internal || has
	}
	return numbers, internal, nil
}

func hearsAll(v *ticket.View, c *aside.Conversation, hearers []string) bool {
	return len(hearers) > 0 && !slices.ContainsFunc(hearers, func(a string) bool { return v.Participant(c.ID, a) == nil })
}

// place names a conversation within the name of a guard.
func (in *internal) place(c *aside.Conversation) string {
	if c.Kind == aside.Notes {
		return notesGuard
	}
	return "side " + c.Tag
}

// notesGuard stands in the guards that only "send notes" waives.
const notesGuard = "notes"

// called names a conversation to an agent.
func (in *internal) called(c *aside.Conversation) string {
	if c.Kind == aside.Notes {
		return "a note of the team"
	}
	for _, v := range in.views {
		if v.Conversation(c.ID) != nil && len(v.Hearers(c.ID)) > 0 {
			return v.About(*c)
		}
	}
	return fmt.Sprintf("the side conversation #%d-%s", in.m.View.Ticket.Number, c.Tag)
}

// leak is what a text carries of one conversation.
type leak struct {
	texts  []string
	hashes []uint64
}

// sum tells one set of passages from another, so that a release waives only
// those that its receipt showed.
func (l *leak) sum() string {
	slices.Sort(l.hashes)
	h := fnv.New64a()
	for _, x := range slices.Compact(l.hashes) {
		fmt.Fprintf(h, "%x ", x)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// shown is the passage as the receipt shows it.
func (l *leak) shown() string {
	var all []string
	for _, words := range l.texts {
		all = append(all, strings.Join(strings.Fields(words), " "))
	}
	return Excerpt(strings.Join(all, "\n"))
}

// maxPassages bounds how many passages of a mail are looked up in what was
// sent elsewhere; those beyond it count.
const (
	maxPassages = 20
	longPassage = 4000 // octets
)

// passages adds what a text carries to the leaks of its conversations.
func (in *internal) passages(text string, ps []reply.Passage, leaks map[int64]*leak) error {
	if len(ps) == 0 {
		return nil
	}
	stands, had, err := in.stands(hashesOf(ps))
	if err != nil {
		return err
	}
	for i := 0; i < len(ps); {
		from, c := i, stands[ps[i].Hash]
		for i++; i < len(ps) && c.Conversation != 0 && stands[ps[i].Hash].Conversation == c.Conversation && ps[i].From <= ps[i-1].To; i++ {
			c.Heard = lessOpen(c.Heard, stands[ps[i].Hash].Heard)
		}
		if c.Conversation == 0 || reply.Words(without(text, ps[from].From, ps[i-1].To, ps, had)) < ownWords(c.Heard) {
			continue
		}
		words := text[ps[from].From:ps[i-1].To]
		if known, err := in.boilerplate(words); known || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		l := leaks[c.Conversation]
		if l == nil {
			l = &leak{}
			leaks[c.Conversation] = l
		}
		l.texts, l.hashes = append(l.texts, words), append(l.hashes, hashesOf(ps[from:i])...)
	}
	return nil
}

// ownWords is how many words of a passage must not be the audience's own: two
// words before a customer's sentence do not make it a note, and a sentence by
// which we passed it on to one vendor may introduce it to another.
func ownWords(h store.Heard) int {
	if sentOnly(h) {
		return 12
	}
	return 3
}

// sentOnly reports whether a passage is ours alone.
func sentOnly(h store.Heard) bool {
	return h&store.Ours != 0 && h&store.Theirs == 0
}

// lessOpen is which of two is the more private: what agents or a vendor wrote
// before what we sent.
func lessOpen(a, b store.Heard) store.Heard {
	if sentOnly(a) {
		return b
	}
	return a
}

// without is a piece of a text without what the audience has.
func without(text string, from, to int, ps []reply.Passage, had map[uint64]bool) string {
	var b strings.Builder
	for _, p := range ps {
		if !had[p.Hash] || p.To <= from || p.From >= to {
			continue
		}
		if p.From > from {
			b.WriteString(text[from:p.From] + " ")
		}
		from = max(from, p.To)
	}
	if from < to {
		b.WriteString(text[from:to])
	}
	return b.String()
}

// boilerplate reports whether the desk has sent these words in other tickets.
func (in *internal) boilerplate(words string) (bool, error) {
	if in.asked++; in.asked > maxPassages || len(words) > longPassage {
		return false, nil
	}
	n, err := in.m.Tx.SentElsewhere(in.m.View.Ticket.Desk, in.m.View.Ticket.Number, words, boilerplate)
	return n == boilerplate, err
}

func hashesOf(ps []reply.Passage) []uint64 {
	out := make([]uint64, len(ps))
	for i, p := range ps {
		out[i] = p.Hash
	}
	return out
}

// stands tells for each hash in which conversation it stands that the audience
// does not hear, and which of them it has from another all the same.
func (in *internal) stands(hashes []uint64) (stands map[uint64]store.KnownPassage, had map[uint64]bool, err error) {
	stands, had = map[uint64]store.KnownPassage{}, map[uint64]bool{}
	who := map[uint64]audience{}
	for _, v := range in.views {
		known, err := in.m.Tx.Passages(v.Ticket.Number, hashes)
		if err != nil {
			return nil, nil, err
		}
		for _, k := range known {
			who[k.Hash] |= in.who(k)
			before := stands[k.Hash]
			// What stands where the audience is, and is neither ours nor theirs, is of
			// somebody who takes no part there.
			if (in.secret[k.Conversation] || k.Heard == 0) && (before.Conversation == 0 || in.before(k.Conversation, before.Conversation)) {
				stands[k.Hash] = k
			}
		}
	}
	for h, a := range who {
		if in.whole(a) {
			had[h] = true
			delete(stands, h)
		}
	}
	return stands, had, nil
}

func (in *internal) rank(conversation int64) int {
	return slices.IndexFunc(in.order, func(c *aside.Conversation) bool { return c.ID == conversation })
}

// before reports whether words are rather said to stand in one conversation than
// in another: in the notes, then in what else the audience does not hear.
func (in *internal) before(one, other int64) bool {
	a, b := in.rank(one), in.rank(other)
	return a >= 0 && (b < 0 || a < b)
}

// files holds an attachment whose very content stands in what the audience
// does not hear. One that /attach names is meant.
func (in *internal) files() error {
	for _, f := range in.m.Files {
		uses, err := in.m.Tx.FileUses(f.SHA256, 1000)
		if err != nil {
			return err
		}
		var there *aside.Conversation
		var had audience
		stranger, elsewhere := false, map[int64]bool{}
		for _, u := range uses {
			had |= in.whoHas(u)
			stranger = stranger || in.strangers(u)
			_, here := in.open[u.Conversation]
			if i := in.rank(u.Conversation); i >= 0 && (there == nil || i < in.rank(there.ID)) {
				there = in.order[i]
			}
			if !here && len(u.HadBy) > 0 {
				elsewhere[u.Ticket] = true
			}
		}
		switch {
		case in.whole(had) || len(elsewhere) >= boilerplate:
		case there != nil:
			in.find("file "+in.place(there)+" "+f.SHA256, f.Name, "This file stands in "+in.called(there)+".")
		case stranger:
			in.find("file stranger "+f.SHA256, f.Name, "Somebody sent this file who takes no part in this conversation.")
		}
	}
	return nil
}

// strangers reports whether a file stands where the audience is and came from
// somebody outside who takes no part there.
func (in *internal) strangers(u store.FileUse) bool {
	_, here := in.open[u.Conversation]
	ours := in.m.Dir.AgentByHandle(u.Author) != nil || in.m.Dir.AgentByAddress(u.Author) != nil || len(u.HadBy) > 0
	return here && !in.secret[u.Conversation] && !ours && !in.takesPart(u.Conversation, u.Author)
}

// whoHas is who of the audience has had a file where it stands.
func (in *internal) whoHas(u store.FileUse) (a audience) {
	author := in.takesPart(u.Conversation, u.Author)
	if author && in.customers(u.Conversation) {
		return in.all()
	}
	for n, reader := range in.m.Hearers {
		if slices.Contains(u.HadBy, reader) || author && u.Author == reader {
			a |= 1 << n
		}
	}
	return a
}

// takesPart reports whether an author takes part in a conversation, or did.
func (in *internal) takesPart(conversation int64, author string) bool {
	for _, v := range in.views {
		if v.TookPart(conversation, author) {
			return true
		}
	}
	return false
}

// addresses holds the address of somebody who takes part only where the
// audience does not hear.
func (in *internal) addresses() error {
	key := in.m.Keys.LineKey()
	var named []string
	for _, t := range in.m.Texts {
		named = append(named, t.addresses...)
	}
	slices.Sort(named)
	for _, a := range slices.Compact(named) {
		var there *aside.Conversation
		for _, c := range in.order {
			if there == nil && in.takesPart(c.ID, a) {
				there = c
			}
		}
		if there == nil || slices.Contains(in.m.Hearers, a) {
			continue
		}
		_, has, err := in.stands([]uint64{reply.AddressHash(key, a)})
		if err != nil {
			return err
		}
		had := len(has) > 0
		for id, open := range in.open {
			had = had || open && in.takesPart(id, a)
		}
		if !had {
			in.find("address "+a, a, "This is the address of somebody in "+in.called(there)+".")
		}
	}
	return nil
}
