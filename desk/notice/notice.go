// Package notice tells agents: it makes the notices of a ticket, or of none,
// within the limits of what a person reads, with the frame that says who will
// hear an answer. A frame is kept as its facts, and drawn when the notice goes.
package notice

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"aside"
	"aside/desk/ticket"
	"aside/reply"
	"aside/store"
	"aside/templates"
	"aside/threading"
	"aside/threading/mark"
)

// Notice is a notice about to be made, for one agent or for several.
type Notice struct {
	Kind         aside.NoticeKind
	Conversation aside.Conversation // where an answer goes
	Message      *aside.Message     // whose words it shows
	Sender       *Sender            // what is to be said of who wrote that; nil for nothing
	AlsoTo       []string           // other desks that it was written to
	Words        templates.Words    // its own words, without a message
	Subject      string             // its own; else the conversation's
	From         string             // display name of From
	Important    bool
	Facts        []string
	About        store.About
	Bare         bool // without the frame's facts and links: a receipt
	Deciding     bool // the word "send" in answer to it sends what waits
}

// Sender is what a frame says of who wrote a mail, and of who has it.
type Sender struct {
	Stranger string // the address of somebody who takes no part there
	Unproven string // a sentence, where the sender is not verified
	Offers   []Offer
	WhoHas   string // a sentence, where somebody has not got it
	Facts    []string
}

// Teller tells agents, within one transaction.
type Teller struct {
	Tx        *store.Tx
	Dir       *aside.Directory
	Templates *templates.Set
	Keys      *mark.KeyRing
	Rand      io.Reader
	Log       *slog.Logger
}

// Address is the agent's reply address for a conversation.
func (t *Teller) Address(d *aside.Desk, c aside.Conversation, agent string) (string, error) {
	holder, err := t.Tx.HolderIn(c.ID, agent)
	if err != nil {
		return "", err
	}
	return d.Sub(replyToken(t.Keys, c.Token, holder)), nil
}

// Notice queues one notice about a ticket to some agents.
func (t *Teller) Notice(v *ticket.View, n Notice, agents ...*aside.Agent) error {
	told, last, err := t.told(v, n, agents)
	if err != nil || len(told) == 0 {
		return err
	}
	all, err := t.common(v, n)
	if err != nil {
		return err
	}
	tokens, err := mark.RandomIDs(t.Rand, len(told))
	if err != nil {
		return err
	}
	var to []store.NoticeTo
	for i, a := range told {
		f, err := t.frame(v, a, n, all)
		if err != nil {
			return err
		}
		if last[a] {
			f.Facts = append(f.Facts, fmt.Sprintf("So much came here within the hour that what follows is not sent to you until it has passed; /show %d has it all.", v.Ticket.Number))
		}
		one, err := t.noticeTo(a, tokens[i], f)
		if err != nil {
			return err
		}
		to = append(to, one)
	}
	row := aside.Notice{Kind: n.Kind, Desk: v.Desk.Address, Ticket: v.Ticket.Number, Conversation: n.Conversation.ID, From: aside.Address{Name: n.From},
		ReplyName: cue(v, n.Conversation), Subject: n.Subject, Important: n.Important, Text: n.Words.Text, HTML: n.Words.HTML, AudienceAt: v.Ticket.AudienceCount}
	if row.Subject == "" {
		row.Subject = threading.NoticeSubject(n.Conversation, v.Ticket.Subject)
	}
	if row.From.Name == "" {
		row.From.Name = v.Desk.Name
	}
	if n.Message != nil {
		row.MessageRow = n.Message.ID
	}
	if err := t.Tx.AddNotices(row, n.About, to...); err != nil {
		return err
	}
	// The words of an event are known when they are quoted back; the frame's
	// are from when it is drawn. A hold shows the agent's own passage, which
	// must not be taken for a quotation when it is sent again.
	if n.Kind == aside.NoticeEvent || n.Kind == aside.NoticeUnreached {
		return t.Tx.AddLines(v.Ticket.Number, v.Notes().ID, 0, reply.Hashes(t.Keys.LineKey(), row.Text))
	}
	return nil
}

// told are the agents who may get a notice, and those for whom it is the last
// of its sort for now.
func (t *Teller) told(v *ticket.View, n Notice, agents []*aside.Agent) (told []*aside.Agent, last map[*aside.Agent]bool, err error) {
	if len(agents) == 0 {
		return nil, nil, nil
	}
	if all, err := t.mayTellAll(v, agents, n.Conversation.ID); err != nil || all {
		return agents, nil, err
	}
	last = map[*aside.Agent]bool{}
	for _, a := range agents {
		ok, isLast, err := t.mayTell(v, a, n.Kind, n.Conversation.ID)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			told, last[a] = append(told, a), isLast
		}
	}
	return told, last, nil
}

// noticeTo is what is an agent's own in a notice.
func (t *Teller) noticeTo(a *aside.Agent, token uint64, f facts) (store.NoticeTo, error) {
	marker, err := mark.RandomID(t.Rand)
	if err != nil {
		return store.NoticeTo{}, err
	}
	f.Marker = t.Keys.Marker(marker)
	facts, err := json.Marshal(f)
	if err != nil {
		return store.NoticeTo{}, fmt.Errorf("write down what a frame shows: %w", err)
	}
	return store.NoticeTo{Token: token, Agent: a.Handle, Address: a.Address(), Facts: facts}, nil
}

// Event tells agents of something that happened, in the ticket's notes
// thread.
func (t *Teller) Event(v *ticket.View, agents []*aside.Agent, lines ...string) error {
	words, err := t.Templates.Event(templates.KeyOf(v.Desk), templates.Event{Lines: lines})
	if err != nil {
		return err
	}
	return t.Notice(v, Notice{Kind: aside.NoticeEvent, Conversation: *v.Notes(), Words: words}, agents...)
}

// Apart queues a notice that belongs to no ticket.
func (t *Teller) Apart(d *aside.Desk, a *aside.Agent, kind aside.NoticeKind, m templates.Mail, about store.About) error {
	ok, last, err := t.mayTell(nil, a, kind, 0)
	if err != nil || !ok {
		return err
	}
	var f facts
	if last {
		f.Facts = []string{"So much was sent to you within the hour that what you ask next gets no answer until it has passed."}
	}
	token, err := mark.RandomID(t.Rand)
	if err != nil {
		return err
	}
	to, err := t.noticeTo(a, token, f)
	if err != nil {
		return err
	}
	return t.Tx.AddNotices(aside.Notice{Kind: kind, Desk: d.Address, From: aside.Address{Name: d.Name}, ReplyName: d.Name, Subject: m.Subject,
		Text: m.Text, HTML: m.HTML}, about, to)
}
