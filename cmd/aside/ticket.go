package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/config"
	"aside/store"
)

// ticketCmd is about the tickets.
type ticketCmd struct {
	List ticketListCmd `cmd:"" help:"List tickets, the latest change first."`
	Show ticketShowCmd `cmd:"" help:"Show everything about a ticket."`
}

// Help is shown by --help.
func (ticketCmd) Help() string {
	return "Examples:\n  aside ticket list --config aside.toml\n  aside ticket show --config aside.toml 1042"
}

// ticketListCmd lists tickets.
type ticketListCmd struct {
	configFlag
	jsonFlag
	Status   []string `help:"open, pending, snoozed, resolved or merged; may be repeated."`
	Assignee string   `placeholder:"HANDLE" help:"Those of an agent; \"none\" for those of nobody."`
	Desk     string   `placeholder:"ADDRESS" help:"Those of a desk."`
	Limit    int      `default:"100" help:"How many at most."`
}

// Help is shown by --help.
func (ticketListCmd) Help() string {
	return "Examples:\n  aside ticket list --config aside.toml --status open --assignee none\n  aside ticket list --config aside.toml --desk support@example.com --json"
}

// ticketRow is a ticket as `aside ticket list` prints it.
type ticketRow struct {
	Number       int64             `json:"number"`
	Desk         string            `json:"desk"`
	Subject      string            `json:"subject"`
	Requester    aside.Address     `json:"requester"`
	Status       string            `json:"status"`
	Turn         string            `json:"turn"`
	Assignee     string            `json:"assignee"`
	Team         string            `json:"team"`
	Lead         string            `json:"lead"`
	Priority     string            `json:"priority"`
	Tags         []string          `json:"tags"`
	Fields       map[string]string `json:"fields"`
	SnoozedUntil stamp             `json:"snoozed_until"`
	ResolvedAt   stamp             `json:"resolved_at"`
	MergedInto   int64             `json:"merged_into"`
	Successor    int64             `json:"successor"`
	CreatedAt    stamp             `json:"created_at"`
	UpdatedAt    stamp             `json:"updated_at"`
}

func ticketRowOf(t *aside.Ticket) ticketRow {
	fields := t.Fields
	if fields == nil {
		fields = map[string]string{}
	}
	return ticketRow{Number: t.Number, Desk: t.Desk, Subject: t.Subject, Requester: aside.Address{Name: t.RequesterName, Address: t.Requester},
		Status: string(t.Status), Turn: string(t.Turn), Assignee: t.Assignee, Team: t.Team, Lead: t.Lead, Priority: t.Priority,
		Tags: list(t.Tags), Fields: fields, SnoozedUntil: stamp{t.SnoozedUntil}, ResolvedAt: stamp{t.ResolvedAt},
		MergedInto: t.MergedInto, Successor: t.Successor, CreatedAt: stamp{t.CreatedAt}, UpdatedAt: stamp{t.UpdatedAt}}
}

// filter is the selection of the flags.
func (c ticketListCmd) filter() (store.TicketFilter, error) {
	f := store.TicketFilter{Assignee: strings.ToLower(c.Assignee), Limit: c.Limit}
	if f.Assignee == "none" {
		f.Assignee, f.Free = "", true
	}
	known := []aside.Status{aside.StatusOpen, aside.StatusPending, aside.StatusSnoozed, aside.StatusResolved, aside.StatusMerged}
	for _, s := range c.Status {
		status := aside.Status(strings.ToLower(s))
		if !slices.Contains(known, status) {
			return f, usageError{fmt.Errorf("--status %s: a status is open, pending, snoozed, resolved or merged", s)}
		}
		f.Statuses = append(f.Statuses, status)
	}
	return f, positive(c.Limit)
}

// unknown tells of a handle or desk that the config does not have. That is no
// error: who has left may have tickets.
func (c ticketListCmd) unknown(o output, d *aside.Directory) {
	if h := c.Assignee; h != "" && !strings.EqualFold(h, "none") && d.AgentByHandle(h) == nil {
		fmt.Fprintf(o.err, "%s is no agent in the config; aside agent list names those who are.\n", plainLine(h))
	}
	if c.Desk != "" && d.Desk(c.Desk) == nil {
		var desks []string
		for _, desk := range d.Desks {
			desks = append(desks, desk.Address)
		}
		fmt.Fprintf(o.err, "%s is no desk in the config, which has %s.\n", plainLine(c.Desk), strings.Join(desks, ", "))
	}
}

// Run lists them.
func (c ticketListCmd) Run(ctx context.Context, o output) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	if c.Desk != "" {
		f.Limit = 1 << 30 // cut below, after the desk's are chosen
	}
	conf, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	c.unknown(o, conf.Directory)
	var chosen []*aside.Ticket
	err = view(ctx, c.Config, func(tx *store.Tx) error {
		tickets, err := tx.Tickets(f)
		if err != nil {
			return err
		}
		chosen = nil
		for _, t := range tickets {
			if (c.Desk == "" || t.Desk == aside.FoldAddress(c.Desk)) && len(chosen) < c.Limit {
				chosen = append(chosen, t)
			}
		}
		return tx.TagsAndFields(chosen...)
	})
	if err != nil {
		return err
	}
	var rows []ticketRow
	for _, t := range chosen {
		rows = append(rows, ticketRowOf(t))
	}
	if c.JSON {
		return printList(o.out, rows)
	}
	if len(rows) == 0 {
		fmt.Fprintln(o.err, "No such tickets.")
		return nil
	}
	table := [][]string{{"TICKET", "STATUS", "TURN", "ASSIGNEE", "REQUESTER", "CHANGED", "SUBJECT"}}
	for _, r := range rows {
		table = append(table, []string{fmt.Sprintf("#%d", r.Number), r.Status, r.Turn, orDash(r.Assignee), r.Requester.Address,
			r.UpdatedAt.text(), shortened(plainLine(r.Subject), 60)})
	}
	return printTable(o.out, table)
}

// ticketShowCmd shows a ticket.
type ticketShowCmd struct {
	configFlag
	jsonFlag
	Messages int    `default:"200" help:"How many messages at most, the newest."`
	Number   string `arg:"" help:"The ticket's number, such as 1042."`
}

// Help is shown by --help.
func (ticketShowCmd) Help() string {
	return "Example:\n  aside ticket show --config aside.toml 1042"
}

// ticketView is a ticket as `aside ticket show` prints it.
type ticketView struct {
	ticketRow
	Room          []roomRow         `json:"room"`
	Conversations []conversationRow `json:"conversations"`
	Messages      []messageRow      `json:"messages"`
	Events        []eventRow        `json:"events"`
}

// roomRow is an agent in a ticket's room.
type roomRow struct {
	Handle string `json:"handle"`
	Why    string `json:"why"`
}

type conversationRow struct {
	ID             int64            `json:"id"`
	Kind           string           `json:"kind"`
	Subject        string           `json:"subject"`
	Tag            string           `json:"tag"`
	State          string           `json:"state"`
	DueAt          stamp            `json:"due_at"`
	ReadOnly       bool             `json:"read_only"`
	CustomerCopied bool             `json:"customer_copied"`
	CreatedAt      stamp            `json:"created_at"`
	Participants   []participantRow `json:"participants"`
}

type participantRow struct {
	Address string `json:"address"`
	Name    string `json:"name"`
	Role    string `json:"role"`
	Since   stamp  `json:"since"`
	Until   stamp  `json:"until"` // null while they hear the conversation
}

type messageRow struct {
	ID           int64           `json:"id"`
	Conversation int64           `json:"conversation"`
	Kind         string          `json:"kind"`
	Author       string          `json:"author"`
	AuthorName   string          `json:"author_name"`
	Verified     bool            `json:"verified"`
	MessageID    string          `json:"message_id"`
	Mail         string          `json:"mail"` // for aside why
	Subject      string          `json:"subject"`
	Text         string          `json:"text"`
	Relayed      bool            `json:"relayed"`
	Attachments  []attachmentRow `json:"attachments"`
	CreatedAt    stamp           `json:"created_at"`
}

type eventRow struct {
	Seq   int64  `json:"seq"`
	At    stamp  `json:"at"`
	Actor string `json:"actor"`
	Kind  string `json:"kind"`
	Data  any    `json:"data"`
}

// Run shows it.
func (c ticketShowCmd) Run(ctx context.Context, o output) error {
	var n int64
	if _, err := fmt.Sscanf(strings.TrimPrefix(c.Number, "#")+"\n", "%d\n", &n); err != nil {
		return usageError{fmt.Errorf("ticket show %s: give a ticket's number, such as 1042", c.Number)}
	}
	if err := positive(c.Messages); err != nil {
		return err
	}
	var v ticketView
	err := view(ctx, c.Config, func(tx *store.Tx) (err error) { v, err = ticketViewOf(tx, n, c.Messages); return err })
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no ticket #%d", n)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(o.out, v)
	}
	v.print(o)
	return nil
}

// ticketViewOf reads everything about a ticket on one snapshot.
func ticketViewOf(tx *store.Tx, n int64, most int) (ticketView, error) {
	t, err := tx.Ticket(n)
	if err != nil {
		return ticketView{}, err
	}
	v := ticketView{ticketRow: ticketRowOf(t), Room: []roomRow{}, Conversations: []conversationRow{}, Messages: []messageRow{}, Events: []eventRow{}}
	room, err := tx.Room(n)
	if err != nil {
		return v, err
	}
	for handle, why := range room {
		v.Room = append(v.Room, roomRow{handle, why})
	}
	slices.SortFunc(v.Room, func(a, b roomRow) int { return strings.Compare(a.Handle, b.Handle) })
	if err := v.readConversations(tx); err != nil {
		return v, err
	}
	messages, err := tx.TicketMessages(n, most)
	if err != nil {
		return v, err
	}
	for _, m := range messages {
		v.Messages = append(v.Messages, messageRow{ID: m.ID, Conversation: m.Conversation, Kind: string(m.Kind), Author: m.Author,
			AuthorName: m.AuthorName, Verified: m.Verified, MessageID: m.MessageID, Mail: m.InboundID, Subject: m.Subject, Text: m.Text,
			Relayed: m.Relayed, Attachments: attachmentRows(m.Attachments), CreatedAt: stamp{m.CreatedAt}})
	}
	events, err := tx.Events(n)
	for _, e := range events {
		v.Events = append(v.Events, eventRow{Seq: e.Seq, At: stamp{e.At}, Actor: e.Actor, Kind: e.Kind, Data: e.Data})
	}
	return v, err
}

func (v *ticketView) readConversations(tx *store.Tx) error {
	conversations, err := tx.Conversations(v.Number)
	if err != nil {
		return err
	}
	for _, c := range conversations {
		row := conversationRow{ID: c.ID, Kind: string(c.Kind), Subject: c.Subject, Tag: c.Tag, State: string(c.State), DueAt: stamp{c.DueAt},
			ReadOnly: c.ReadOnly, CustomerCopied: c.CustomerCopied, CreatedAt: stamp{c.CreatedAt}, Participants: []participantRow{}}
		participants, err := tx.Participants(c.ID)
		if err != nil {
			return err
		}
		for _, p := range participants {
			row.Participants = append(row.Participants, participantRow{Address: p.Address, Name: p.Name, Role: string(p.Role),
				Since: stamp{p.Since}, Until: stamp{p.Until}})
		}
		v.Conversations = append(v.Conversations, row)
	}
	return nil
}

// print writes it for reading.
func (v *ticketView) print(o output) {
	p := func(format string, args ...any) { fmt.Fprintf(o.out, format+"\n", args...) }
	p("#%d %s", v.Number, plainLine(v.Subject))
	p("requester  %s", person(v.Requester.Name, v.Requester.Address))
	p("status     %s, turn of the %s", v.Status, v.Turn)
	p("assignee   %s, team %s, desk %s", orDash(v.Assignee), orDash(v.Team), v.Desk)
	if len(v.Tags) > 0 {
		p("tags       %s", plainLine(strings.Join(v.Tags, ", ")))
	}
	if v.MergedInto != 0 {
		p("merged     into #%d", v.MergedInto)
	}
	if v.Successor != 0 {
		p("goes on    in #%d", v.Successor)
	}
	p("opened     %s, changed %s", v.CreatedAt.text(), v.UpdatedAt.text())
	kinds := map[int64]string{}
	p("\nConversations")
	for _, c := range v.Conversations {
		kinds[c.ID] = strings.TrimSpace(c.Kind + " " + c.Tag)
		p("  %s", strings.TrimRight(strings.Join([]string{kinds[c.ID], c.State, plainLine(c.Subject)}, "  "), " "))
		for _, w := range c.Participants {
			line := w.Role + " " + person(w.Name, w.Address) + " since " + w.Since.text()
			if !w.Until.IsZero() {
				line += " until " + w.Until.text()
			}
			p("      %s", line)
		}
	}
	p("\nMessages")
	for _, m := range v.Messages {
		p("  %s  %s, %s  %s", m.CreatedAt.text(), kinds[m.Conversation], m.Kind, person(m.AuthorName, m.Author))
		p("%s", indent(plain(m.Text), "      "))
		for _, a := range m.Attachments {
			p("      [%s, %d octets]", plainLine(a.Name), a.Size)
		}
	}
	p("\nHistory")
	for _, e := range v.Events {
		p("  %3d  %s  %s  %s  %s", e.Seq, e.At.text(), plainLine(e.Actor), e.Kind, shortened(plainLine(fmt.Sprintf("%s", e.Data)), 200))
	}
}

// person is a name with its address.
func person(name, address string) string {
	if name == "" || name == address {
		return plainLine(address)
	}
	return plainLine(name + " <" + address + ">")
}
