package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"aside"
	"aside/reply"
	"aside/store"
	"aside/templates"
	"aside/threading"
)

// frameFacts are what a notice's frame shows, as the transaction that made the
// notice knew it. It is kept with the notice and drawn once the notice was
// claimed: drawing takes longer than all else that a mail's transaction does.
// Reply addresses are signed when it is drawn, so that none is of a token that
// ended meanwhile.
type frameFacts struct {
	Marker   string                 `json:"marker"`
	Audience aside.ConversationKind `json:"audience,omitempty"`
	Ticket   int64                  `json:"ticket,omitempty"`
	Tag      string                 `json:"tag,omitempty"`
	Deciding bool                   `json:"deciding,omitempty"`
	Hear     []string               `json:"hear,omitempty"`
	Customer *string                `json:"customer,omitempty"` // who is copied in this side conversation
	Unproven string                 `json:"unproven,omitempty"`
	Stranger string                 `json:"stranger,omitempty"`
	Offers   []offer                `json:"offers,omitempty"`
	WhoHas   string                 `json:"who_has,omitempty"`
	Status   string                 `json:"status,omitempty"`
	Owner    string                 `json:"owner,omitempty"`
	Due      string                 `json:"due,omitempty"`
	Mails    string                 `json:"mails,omitempty"`
	Facts    []string               `json:"facts,omitempty"`
	Subject  string                 `json:"subject,omitempty"` // of mail that the offers write
	Notes    string                 `json:"notes,omitempty"`   // of mail that the links write; without it there are none
}

// offer is somebody who was copied and will not hear an answer.
type offer struct {
	By      string `json:"by"`
	Address string `json:"address"`
	Writer  bool   `json:"writer,omitempty"`
	Add     bool   `json:"add,omitempty"` // may be added
}

// Claim takes at most n deliveries and notices that are due, for as long as the
// lease, and reads all that is needed to write them. What the frames of the
// notices say is known to their tickets, durably, when it returns: nobody can
// quote a frame back that is not known.
func (s *Service) Claim(ctx context.Context, lease time.Duration, n int) (out []aside.Outgoing, notices []aside.Notice, err error) {
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		out, notices = nil, nil
		if out, err = tx.ClaimDeliveries(lease, n); err != nil || len(out) == n {
			return err
		}
		notices, err = tx.ClaimNotices(lease, n-len(out))
		return err
	})
	if err != nil || len(out)+len(notices) == 0 {
		return nil, nil, err
	}
	if err := s.Store.View(ctx, func(tx *store.Tx) error { return tx.Load(out, notices) }); err != nil {
		return nil, nil, fmt.Errorf("read what was claimed: %w", err)
	}
	lines := s.drawFrames(notices)
	if len(lines) == 0 {
		return out, notices, nil
	}
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		for _, l := range lines {
			if err := l.know(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("make the frames of notices known: %w", err)
	}
	return out, notices, nil
}

// frameLines are what the frames of some notices add to what a ticket knows.
type frameLines struct {
	ticket int64
	hashes []uint64
	again  bool // one of them was drawn before: most of it is known
}

func (l *frameLines) know(tx *store.Tx) error {
	hashes := l.hashes
	if l.again {
		known := map[uint64]bool{}
		err := tx.Lines(l.ticket, 0, nil, func(h uint64, conversation int64, _ string) {
			if conversation == 0 {
				known[h] = true
			}
		})
		if err != nil {
			return fmt.Errorf("read the lines of ticket %d: %w", l.ticket, err)
		}
		hashes = nil
		for _, h := range l.hashes {
			if !known[h] {
				hashes = append(hashes, h)
			}
		}
	}
	return tx.KnowFrame(l.ticket, hashes)
}

// drawing is a frame as it was drawn for the first of several agents. Those of
// the others are mostly the same but for the marker and the reply addresses, so
// they are made of it: drawing one takes ten times as long.
type drawing struct {
	own   []string // what is one agent's alone: the marker, reply addresses
	words templates.Words
}

// drawFrames draws the frames of notices and returns what their tickets are to
// know. A notice whose frame cannot be drawn stays without, and is not sent.
func (s *Service) drawFrames(notices []aside.Notice) []*frameLines {
	set, key := s.settings.Load(), s.Keys.LineKey()
	drawn, above := map[string]drawing{}, map[aboveOf]templates.Words{}
	lines := map[int64]*frameLines{}
	known := map[int64]map[uint64]bool{}
	var out []*frameLines
	for i := range notices {
		n := &notices[i]
		var words templates.Words
		var own []string
		var fresh bool
		err := guarded(func() (err error) {
			if words, own, fresh, err = s.drawFrame(set, *n, drawn); err == nil {
				n.AboveText, n.AboveHTML = aboveFrame(*n, words, above)
			}
			return err
		})
		if err != nil {
			s.Log.Error("a notice's frame cannot be drawn", "notice", n.ID, "ticket", n.Ticket, "err", err)
			continue
		}
		n.FrameText, n.FrameHTML = words.Text, words.HTML
		if n.Ticket == 0 {
			continue
		}
		l := lines[n.Ticket]
		if l == nil {
			l = &frameLines{ticket: n.Ticket}
			lines[n.Ticket], known[n.Ticket], out = l, map[uint64]bool{}, append(out, l)
		}
		l.again = l.again || n.Attempts > 0
		text := words.Text
		if !fresh {
			text = linesWith(text, own)
		}
		for _, h := range reply.Hashes(key, text) {
			if !known[n.Ticket][h] {
				known[n.Ticket][h] = true
				l.hashes = append(l.hashes, h)
			}
		}
	}
	// In one order everywhere: daemons that hold several tickets at once would
	// else wait for each other.
	slices.SortFunc(out, func(a, b *frameLines) int { return cmp.Compare(a.ticket, b.ticket) })
	return out
}

// guarded makes an error of a panic: a notice that cannot be drawn must not keep
// all others.
func guarded(draw func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return draw()
}

// aboveOf is what the words above a frame are made of.
type aboveOf struct {
	message           int64
	text, html, first string
}

// aboveFrame is what stands above a frame: for several agents it is mostly the
// same.
func aboveFrame(n aside.Notice, frame templates.Words, made map[aboveOf]templates.Words) (text, html string) {
	of := aboveOf{message: n.MessageRow, text: n.Text, html: n.HTML}
	of.first, _, _ = strings.Cut(frame.Text, "\n")
	w, ok := made[of]
	if !ok {
		w = templates.Words{Text: n.Text, HTML: n.HTML}
		if n.Message != nil {
			w = templates.Said(wordsOf(*n.Message))
		}
		w = templates.Above(w, frame)
		made[of] = w
	}
	return w.Text, w.HTML
}

// drawFrame draws one frame, of one drawn before where it is the same but for
// what is the agent's own.
func (s *Service) drawFrame(set *Settings, n aside.Notice, drawn map[string]drawing) (words templates.Words, own []string, fresh bool, err error) {
	d := set.Directory.DeskOrFirst(n.Desk)
	var f frameFacts
	if err := json.Unmarshal([]byte(n.Facts), &f); err != nil {
		return words, nil, false, fmt.Errorf("what it shows was not kept well: %w", err)
	}
	reply, notes := s.replyToken(n.ConvToken, n.Holder), s.replyToken(n.NotesToken, n.NotesHolder)
	own = []string{f.Marker, reply, notes}
	key := fmt.Sprintf("%s %s %d %s", d.Address, d.Language, n.Ticket, strings.Replace(n.Facts, f.Marker, "", 1))
	if first, ok := drawn[key]; ok {
		words = first.words
		for i, was := range first.own {
			words.Text, words.HTML = strings.ReplaceAll(words.Text, was, own[i]), strings.ReplaceAll(words.HTML, was, own[i])
		}
		return words, own, false, nil
	}
	words, err = set.Templates.Frame(keyOf(d), f.frame(d.Sub(reply), d.Sub(notes)))
	if err != nil {
		return words, nil, false, err
	}
	drawn[key] = drawing{own: own, words: words}
	return words, own, true, nil
}

// replyToken is the detail of an agent's reply address for a conversation.
func (s *Service) replyToken(conversation, holder uint64) string {
	return s.Keys.Sign(threading.Token{Purpose: threading.Reply, Conversation: conversation, Holder: holder})
}

// frame is what the templates draw.
func (f frameFacts) frame(reply, notes string) templates.Frame {
	out := templates.Frame{Audience: f.Audience, Ticket: f.Ticket, Tag: f.Tag, Marker: f.Marker, Deciding: f.Deciding, Hear: f.Hear, Unproven: f.Unproven,
		Stranger: f.Stranger, WhoHas: f.WhoHas, Status: f.Status, Owner: f.Owner, Due: f.Due, Mails: f.Mails, Facts: f.Facts}
	if f.Customer != nil {
		out.CustomerCopied, out.Customer = true, *f.Customer
	}
	for _, o := range f.Offers {
		hears := templates.NotHearing{By: o.By, Address: o.Address, Writer: o.Writer}
		if o.Add {
			hears.AddLink = mailto(reply, f.Subject, "/add "+o.Address+"\n--\n")
		}
		out.NotHear = append(out.NotHear, hears)
	}
	if f.WhoHas != "" {
		out.RelayLink = mailto(reply, f.Subject, "/relay\n--\n")
	}
	if f.Notes != "" {
		out.Links = links(notes, f.Notes, f.Audience)
	}
	return out
}

// links end every notice. Their bodies are commands above a line "--", and
// they go to the notes, so that a slip is never public.
func links(to, subject string, audience aside.ConversationKind) []templates.Link {
	link := func(label, body string) templates.Link {
		return templates.Link{Label: label, URL: mailto(to, subject, body)}
	}
	l := []templates.Link{link("Resolve", "/resolve\n--\n"), link("Snooze", "/snooze tomorrow 9am\n--\n"), link("Take", "/take\n--\n"),
		link("Note", ""), link("Ask someone", "/side ")}
	if audience == aside.Customer {
		l = append(l, link("Spam", "/spam\n--\n"))
	}
	return l
}

// linesWith are the lines of a text in which one of some words stands.
func linesWith(text string, words []string) string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		for _, w := range words {
			if strings.Contains(l, w) {
				out = append(out, l)
				break
			}
		}
	}
	return strings.Join(out, "\n")
}
