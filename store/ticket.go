package store

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"aside"
)

const ticketColumns = `number, desk, subject, requester, requester_name, status, turn, assignee, team, lead, priority,
	snoozed_until, resolved_at, merged_into, successor, version, audience_count, created_at, updated_at`

func scanTicket(scan func(...any) error) (*aside.Ticket, error) {
	t := &aside.Ticket{Fields: map[string]string{}}
	var snoozed, resolved, created, updated int64
	err := scan(&t.Number, &t.Desk, &t.Subject, &t.Requester, &t.RequesterName, &t.Status, &t.Turn, &t.Assignee, &t.Team, &t.Lead, &t.Priority,
		&snoozed, &resolved, &t.MergedInto, &t.Successor, &t.Version, &t.AudienceCount, &created, &updated)
	t.SnoozedUntil, t.ResolvedAt, t.CreatedAt, t.UpdatedAt = instant(snoozed), instant(resolved), instant(created), instant(updated)
	return t, err
}

// AddTicket writes a new ticket and gives it its number. Its audience count
// begins at 1; joining is how many take part at once, who are added next, so
// that the row need not be written again for them.
func (tx *Tx) AddTicket(t *aside.Ticket, joining int) error {
	t.CreatedAt, t.UpdatedAt = tx.now, tx.now
	t.Version, t.AudienceCount = 1, 1
	var err error
	t.Number, err = tx.insert("ticket", "number", `desk, subject, requester, requester_name, status, turn, assignee, team, created_at, updated_at, audience_count`,
		t.Desk, t.Subject, t.Requester, t.RequesterName, t.Status, t.Turn, t.Assignee, t.Team, micros(tx.now), micros(tx.now), 1+joining)
	if err != nil {
		return fmt.Errorf("add a ticket at %s: %w", t.Desk, err)
	}
	tx.isHeld(t.Number) // nobody else sees it yet
	tx.follows(t.Number, link{})
	return nil
}

// Ticket reads a ticket with its tags and fields.
func (tx *Tx) Ticket(number int64) (*aside.Ticket, error) {
	t := &aside.Ticket{}
	if err := tx.ticketWith(number, t, map[string]string{}); err != nil {
		return nil, err
	}
	return t, nil
}

// ticketWith reads a ticket, who is in its room, and what else is asked of it.
func (tx *Tx) ticketWith(number int64, t *aside.Ticket, room map[string]string, more ...question) error {
	one := question{func(r scanner) error {
		got, err := scanTicket(r.Scan)
		*t = *got
		return err
	}, `SELECT ` + ticketColumns + ` FROM ticket WHERE number = $1`, []any{number}}
	if tx.unheld(number) {
		var last question
		one, last = tx.askHeld(number, t)
		more = append(more, last)
	}
	lists := question{func(r scanner) error {
		var what int
		var name, value string
		err := r.Scan(&what, &name, &value)
		switch what {
		case 0:
			t.Tags = append(t.Tags, name)
		case 1:
			t.Fields[name] = value
		case 2:
			room[name] = value
		}
		return err
	}, `SELECT 0, name, '' FROM tag WHERE ticket = $1 UNION ALL SELECT 1, name, value FROM field WHERE ticket = $1
		UNION ALL SELECT 2, handle, why FROM room WHERE ticket = $1`, []any{number}}
	err := tx.answer(append([]question{one, lists}, more...)...)
	if err == nil && t.Number == 0 { // no row was read
		err = sql.ErrNoRows
	}
	if err != nil {
		return notFound(err, "ticket", number)
	}
	tx.isHeld(number)
	slices.Sort(t.Tags)
	return nil
}

// SaveTicket writes every column of a ticket that may change, and raises its
// version. That it would resolve itself is taken back.
func (tx *Tx) SaveTicket(t *aside.Ticket) error {
	t.Version++
	t.UpdatedAt = tx.now
	save := tx.affected
	if tx.held[t.Number] { // it is there: nobody need wait to hear so
		save = func(query string, args ...any) (int64, error) { return 1, tx.exec(query, args...) }
	}
	n, err := save(`UPDATE ticket SET subject = $2, requester = $3, requester_name = $4, status = $5, turn = $6, assignee = $7, team = $8,
		lead = $9, priority = $10, snoozed_until = $11, resolved_at = $12, merged_into = $13, successor = $14, version = $15,
		audience_count = $16, updated_at = $17, resolves_at = 0 WHERE number = $1`,
		t.Number, t.Subject, t.Requester, t.RequesterName, t.Status, t.Turn, t.Assignee, t.Team, t.Lead, t.Priority,
		micros(t.SnoozedUntil), micros(t.ResolvedAt), t.MergedInto, t.Successor, t.Version, t.AudienceCount, micros(tx.now))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("save ticket %d: %w", t.Number, err)
	}
	return nil
}

// SetTag adds a tag to a ticket or takes it away.
func (tx *Tx) SetTag(ticket int64, name string, on bool) error {
	if !on {
		return tx.exec(`DELETE FROM tag WHERE ticket = $1 AND name = $2`, ticket, name)
	}
	return tx.exec(`INSERT INTO tag (ticket, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`, ticket, name)
}

// SetField gives a ticket's field a value; an empty one takes it away.
func (tx *Tx) SetField(ticket int64, name, value string) error {
	if value == "" {
		return tx.exec(`DELETE FROM field WHERE ticket = $1 AND name = $2`, ticket, name)
	}
	return tx.exec(`INSERT INTO field (ticket, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (ticket, name) DO UPDATE SET value = excluded.value`, ticket, name, value)
}

// SetResolvesAt has a ticket resolve itself at a time; zero takes it back.
func (tx *Tx) SetResolvesAt(ticket int64, at time.Time) error {
	return tx.exec(`UPDATE ticket SET resolves_at = $2 WHERE number = $1`, ticket, micros(at))
}

// ResolvesAt is when a ticket resolves itself; zero if it does not.
func (tx *Tx) ResolvesAt(ticket int64) (time.Time, error) {
	var at int64
	err := tx.row(`SELECT resolves_at FROM ticket WHERE number = $1`, ticket).Scan(&at)
	return instant(at), notFound(err, "ticket", ticket)
}

// Join puts an agent into a ticket's room; why is "follower", "invited",
// "mentioned" or "unfollowed".
func (tx *Tx) Join(ticket int64, handle, why string) error {
	return tx.exec(`INSERT INTO room (ticket, handle, why, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (ticket, handle) DO UPDATE SET why = excluded.why`, ticket, handle, why, micros(tx.now))
}

// Leave takes an agent out of a ticket's room.
func (tx *Tx) Leave(ticket int64, handle string) error {
	return tx.exec(`DELETE FROM room WHERE ticket = $1 AND handle = $2`, ticket, handle)
}

// Room reads who is in a ticket's room besides its assignee, and why.
func (tx *Tx) Room(ticket int64) (map[string]string, error) {
	room := map[string]string{}
	err := tx.each(func(r scanner) error {
		var handle, why string
		err := r.Scan(&handle, &why)
		room[handle] = why
		return err
	}, `SELECT handle, why FROM room WHERE ticket = $1`, ticket)
	return room, err
}

// tickets runs a query whose columns are ticketColumns.
func (tx *Tx) tickets(where string, args ...any) ([]*aside.Ticket, error) {
	var out []*aside.Ticket
	err := tx.each(func(r scanner) error {
		t, err := scanTicket(r.Scan)
		out = append(out, t)
		return err
	}, `SELECT `+ticketColumns+` FROM ticket WHERE `+where, args...)
	return out, err
}

// OpenTicketsOf are the requester's tickets that are not closed, newest first.
func (tx *Tx) OpenTicketsOf(requester string, limit int) ([]*aside.Ticket, error) {
	return tx.tickets(`requester = $1 AND status IN ('open', 'pending', 'snoozed') ORDER BY number DESC LIMIT `+atMost(limit), requester)
}

// SnoozedUntil are the tickets whose snooze has ended.
func (tx *Tx) SnoozedUntil(now time.Time, limit int) ([]*aside.Ticket, error) {
	return tx.tickets(`status = 'snoozed' AND snoozed_until <= $1 ORDER BY snoozed_until LIMIT `+atMost(limit), micros(now))
}

// ResolvingAt are the tickets that a bare "thanks" opened and nobody touched.
func (tx *Tx) ResolvingAt(now time.Time, limit int) ([]*aside.Ticket, error) {
	return tx.tickets(`resolves_at > 0 AND resolves_at <= $1 ORDER BY resolves_at LIMIT `+atMost(limit), micros(now))
}

// OpenTickets counts the open tickets of each desk, by its address, and of each
// assignee, by the handle.
func (tx *Tx) OpenTickets() (desks, assignees map[string]int, err error) {
	desks, assignees = map[string]int{}, map[string]int{}
	err = tx.each(func(r scanner) error {
		var desk, assignee string
		var n int
		err := r.Scan(&desk, &assignee, &n)
		desks[desk] += n
		if assignee != "" {
			assignees[assignee] += n
		}
		return err
	}, `SELECT desk, assignee, count(*) FROM ticket WHERE status IN ('open', 'pending', 'snoozed') GROUP BY desk, assignee`)
	if err != nil {
		return nil, nil, fmt.Errorf("count the open tickets of each desk and assignee: %w", err)
	}
	return desks, assignees, nil
}

// TicketFilter selects tickets for a list. Empty fields do not restrict.
type TicketFilter struct {
	Statuses []aside.Status
	Assignee string   // a handle
	Free     bool     // unassigned only
	Agents   []string // with Free: whom alone a ticket can be assigned to; nil for anybody
	Overdue  bool     // with an overdue side conversation
	Teams    []string
	Also     string // tickets whose room has this handle are shown whatever their team
	Limit    int
}

// Tickets lists tickets, the newest change first, without their tags and fields.
func (tx *Tx) Tickets(f TicketFilter) ([]*aside.Ticket, error) {
	var args []any
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	list := func(n int, at func(int) any) string {
		s := ""
		for i := range n {
			if i > 0 {
				s += ", "
			}
			s += arg(at(i))
		}
		return "(" + s + ")"
	}
	where := "1 = 1"
	if len(f.Statuses) > 0 {
		where += " AND status IN " + list(len(f.Statuses), func(i int) any { return string(f.Statuses[i]) })
	}
	if f.Assignee != "" {
		where += " AND assignee = " + arg(f.Assignee)
	}
	if f.Free {
		where += " AND (assignee = ''"
		if len(f.Agents) > 0 {
			where += " OR assignee NOT IN " + list(len(f.Agents), func(i int) any { return f.Agents[i] })
		}
		where += ")"
	}
	if f.Overdue {
		where += " AND EXISTS (SELECT 1 FROM conversation c WHERE c.ticket = number AND c.state = 'overdue')"
	}
	if f.Teams != nil {
		where += " AND (1 = 0"
		if len(f.Teams) > 0 {
			where += " OR team IN " + list(len(f.Teams), func(i int) any { return f.Teams[i] })
		}
		if f.Also != "" { // else everything unassigned would be theirs
			where += " OR assignee = " + arg(f.Also) + " OR EXISTS (SELECT 1 FROM room r WHERE r.ticket = number AND r.handle = " + arg(f.Also) + " AND r.why <> 'unfollowed')"
		}
		where += ")"
	}
	return tx.tickets(where+" ORDER BY updated_at DESC LIMIT "+atMost(f.Limit), args...)
}

// TagsAndFields reads those of some tickets, which Tickets leaves out.
func (tx *Tx) TagsAndFields(tickets ...*aside.Ticket) error {
	byNumber := map[int64]*aside.Ticket{}
	var numbers []int64
	for _, t := range tickets {
		t.Tags, t.Fields = nil, map[string]string{}
		byNumber[t.Number], numbers = t, append(numbers, t.Number)
	}
	err := tx.each(func(r scanner) error {
		var number int64
		var isTag bool
		var name, value string
		if err := r.Scan(&number, &isTag, &name, &value); err != nil {
			return err
		}
		if t := byNumber[number]; isTag {
			t.Tags = append(t.Tags, name)
		} else {
			t.Fields[name] = value
		}
		return nil
	}, `SELECT ticket, 1 = 1, name, ''`+tx.q.d.byInteger("$1", "tag", "ticket")+`
		UNION ALL SELECT ticket, 1 = 0, name, f.value`+tx.q.d.byInteger("$1", "field f", "ticket"), jsonIDs(numbers))
	if err != nil {
		return fmt.Errorf("read the tags and fields of %d tickets: %w", len(numbers), err)
	}
	for _, t := range tickets {
		slices.Sort(t.Tags)
	}
	return nil
}
