package leak

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// actsSchema makes the database itself keep a log of everything that decides
// who hears what and what becomes of a ticket, whoever wrote it and by whatever
// way. A right that was used without proof shows here even if no word of it
// ever leaves.
const actsSchema = `
CREATE TABLE act (id INTEGER PRIMARY KEY, tab TEXT NOT NULL, what TEXT NOT NULL, actor TEXT NOT NULL, ticket INTEGER NOT NULL);
CREATE TRIGGER act_event AFTER INSERT ON event BEGIN
	INSERT INTO act (tab, what, actor, ticket) VALUES ('event', new.kind, new.actor, new.ticket); END;
CREATE TRIGGER act_message AFTER INSERT ON message WHEN new.kind IN ('outbound', 'note') BEGIN
	INSERT INTO act (tab, what, actor, ticket) SELECT 'message', new.kind, new.author, ticket FROM conversation WHERE id = new.conversation; END;
CREATE TRIGGER act_delivery AFTER INSERT ON delivery WHEN new.automatic = 0 BEGIN
	INSERT INTO act (tab, what, actor, ticket) SELECT 'delivery', 'queued', m.author, c.ticket FROM message m, conversation c
	WHERE m.id = new.message AND c.id = new.conversation; END;
CREATE TRIGGER act_joined AFTER INSERT ON participant BEGIN
	INSERT INTO act (tab, what, actor, ticket) SELECT 'participant', 'joined ' || kind || ' ' || tag, new.address, ticket FROM conversation WHERE id = new.conversation; END;
CREATE TRIGGER act_left AFTER UPDATE OF until ON participant WHEN new.until <> old.until BEGIN
	INSERT INTO act (tab, what, actor, ticket) SELECT 'participant', 'left', new.address, ticket FROM conversation WHERE id = new.conversation; END;
CREATE TRIGGER act_status AFTER UPDATE OF status ON ticket WHEN new.status <> old.status BEGIN
	INSERT INTO act (tab, what, actor, ticket) VALUES ('ticket', 'status ' || new.status, '', new.number); END;
CREATE TRIGGER act_turn AFTER UPDATE OF turn ON ticket WHEN new.turn <> old.turn BEGIN
	INSERT INTO act (tab, what, actor, ticket) VALUES ('ticket', 'turn ' || new.turn, '', new.number); END;
CREATE TRIGGER act_other AFTER UPDATE OF assignee, team, lead, priority, subject, requester, merged_into ON ticket
	WHEN (new.assignee, new.team, new.lead, new.priority, new.subject, new.requester, new.merged_into) IS NOT
		(old.assignee, old.team, old.lead, old.priority, old.subject, old.requester, old.merged_into) BEGIN
	INSERT INTO act (tab, what, actor, ticket) VALUES ('ticket', 'owner, name, priority or customer', '', new.number); END;
CREATE TRIGGER act_hold AFTER UPDATE OF state ON hold WHEN new.state <> old.state BEGIN
	INSERT INTO act (tab, what, actor, ticket) VALUES ('hold', new.state, new.agent, new.ticket); END;
CREATE TRIGGER act_token AFTER INSERT ON agent_holder BEGIN
	INSERT INTO act (tab, what, actor, ticket) SELECT 'token', 'ended', new.agent, ticket FROM conversation WHERE id = new.conversation; END;
CREATE TRIGGER act_ticket AFTER INSERT ON ticket BEGIN
	INSERT INTO act (tab, what, actor, ticket) VALUES ('ticket', 'opened', new.requester, new.number); END;
CREATE INDEX act_inbound ON message (inbound);
`

// watchActs adds the log to a store's database and opens it for reading.
func watchActs(path, dsn string) (*sql.DB, error) {
	if dsn != "" {
		return watchPostgres(dsn)
	}
	file := (&url.URL{Path: path}).EscapedPath()
	w, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		return nil, fmt.Errorf("opening the log of acts: %w", err)
	}
	if _, err := w.Exec(actsSchema); err != nil {
		_ = w.Close()
		return nil, fmt.Errorf("making the log of acts: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("making the log of acts: %w", err)
	}
	r, err := sql.Open("sqlite", "file:"+file+"?_pragma=query_only(1)")
	if err != nil {
		return nil, fmt.Errorf("opening the log of acts: %w", err)
	}
	r.SetMaxOpenConns(1)
	return r, nil
}

// did reads what was written since the last time.
func (t *town) did() ([]act, error) {
	if t.newest == nil {
		var err error
		if t.newest, err = t.acts.Prepare(`SELECT id, tab, what, actor, ticket FROM act WHERE id > $1 ORDER BY id`); err != nil {
			return nil, fmt.Errorf("reading the log of acts: %w", err)
		}
	}
	rows, err := t.newest.Query(t.read)
	if err != nil {
		return nil, fmt.Errorf("reading the log of acts: %w", err)
	}
	defer rows.Close()
	var out []act
	begun := map[int64]bool{}
	for rows.Next() {
		var a act
		if err := rows.Scan(&t.read, &a.table, &a.what, &a.actor, &a.ticket); err != nil {
			return nil, fmt.Errorf("reading the log of acts: %w", err)
		}
		if a.table == "ticket" && a.what == "opened" {
			begun[a.ticket] = true
		}
		out = append(out, a)
	}
	for i := range out {
		out[i].fresh = begun[out[i].ticket]
	}
	return out, rows.Err()
}

const whereIs = `SELECT c.ticket, c.kind, c.tag FROM conversation c `

// filed reads where the words of an accepted mail stand.
func (t *town) filed(id string) (spot, bool, error) {
	return t.spot(whereIs+`JOIN message m ON c.id = m.conversation WHERE m.inbound = $1 ORDER BY m.id LIMIT 1`, id)
}

// names reads which conversation a token names.
func (t *town) names(token string) (spot, bool, error) {
	k, ok := t.svc.Keys.Parse(token)
	if !ok {
		return spot{}, false, nil // somebody changed it
	}
	return t.spot(whereIs+`WHERE c.token = $1`, int64(k.Conversation))
}

func (t *town) spot(query string, arg any) (s spot, ok bool, err error) {
	var k string
	err = t.acts.QueryRow(query, arg).Scan(&s.ticket, &k, &s.tag)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("looking for the conversation of %v: %w", arg, err)
	}
	s.kind = map[string]kind{"customer": customerKind, "side": sideKind, "notes": notesKind}[k]
	return s, true, nil
}

// requester reads whose a ticket is.
func (t *town) requester(ticket string) (who string, err error) {
	err = t.acts.QueryRow(`SELECT requester FROM ticket WHERE number = $1`, ticket).Scan(&who)
	if err != nil {
		return "", fmt.Errorf("looking whose #%s is: %w", ticket, err)
	}
	return strings.ToLower(who), nil
}

// String is the act in a line of a story.
func (a act) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s #%d", a.table, a.what, a.actor, a.ticket))
}

// proof reports whether a letter carries what proves an agent: the domain's
// signature, or where tokens prove agents, one of the agent's own, or a notice
// of the agent's own that it answers.
func (u *universe) proof(s *sent, l letter) bool {
	if !s.by.agent || l.signed || u.wire.did == nil || s.draft == nil {
		return l.signed
	}
	if u.wire.dmarc {
		return false
	}
	for _, r := range l.rcpts {
		local, _, _ := strings.Cut(strings.ToLower(r), "@")
		if _, token, ok := strings.Cut(local, "+"); ok && u.reg.holder(token) == s.by.Address {
			return true
		}
	}
	u.reg.mu.Lock()
	defer u.reg.mu.Unlock()
	return s.draft.InReplyTo != "" && u.reg.noticeID.get(s.draft.InReplyTo) == s.by.Address
}

// audit holds what an installation wrote down because of a mail against what
// the mail's writer may do. Only a mail that the agent really wrote acts as
// that agent's; s is nil for what time brought.
func (u *universe) audit(s *sent, acts []act) []leak {
	var out []leak
	for _, a := range acts {
		why := u.excess(s, a)
		if why == "" {
			continue
		}
		l := leak{what: fmt.Sprintf("a right without proof: %s (%s)", a, why)}
		if s != nil {
			l.canary, l.mail, l.addr = s.text(), nil, s.by.Address
			l.what += fmt.Sprintf(" by %s of %s", s.did, s.by.Address)
		}
		out = append(out, l)
	}
	return out
}

// excess says why an act is more than the mail may bring about; empty if it
// is not.
func (u *universe) excess(s *sent, a act) string {
	speaker := ""
	switch {
	case s == nil:
		speaker = ""
	case s.by.agent && !s.stranger && (s.proved || s.code):
		speaker = s.by.handle
	}
	writer := ""
	if s != nil && s.releases != nil {
		writer = s.releases.by.handle // who wrote what is released
	}
	switch a.table {
	case "event", "message", "delivery", "token":
		if h := u.handleOf(a.actor); h != "" && h != speaker && h != writer {
			if a.table == "event" && a.what == "held" && s != nil && s.claims == h {
				return ""
			}
			return "it stands under the name of " + h
		}
		if a.table == "delivery" && speaker == "" && s != nil {
			return "nobody's mail is sent on by itself"
		}
	case "participant":
		if speaker == "" && !a.fresh {
			return "only an agent lets people join or leave"
		}
		if speaker != "" && !s.moves && !a.fresh && s.releases == nil {
			return "the agent asked for no such thing"
		}
	case "hold":
		if speaker == "" && a.what != "expired" {
			return "only an agent decides about a hold"
		}
	case "ticket":
		return u.excessTicket(s, a, speaker)
	}
	return ""
}

func (u *universe) excessTicket(s *sent, a act, speaker string) string {
	switch {
	case a.fresh || a.what == "status open" || a.what == "turn team":
		return ""
	case s == nil:
		if a.what == "status resolved" { // it only said thanks
			return ""
		}
		return "time changes no such thing"
	case speaker == "":
		return "only an agent does that"
	case a.what != "turn customer" && !s.moves && s.releases == nil:
		return "the agent asked for no such thing"
	}
	return ""
}

// handleOf is the agent whom an actor is, or empty. An address is none: mail
// that nobody wrote stands under the address that it came from.
func (u *universe) handleOf(actor string) string {
	for _, a := range u.agents {
		if strings.EqualFold(actor, a.handle) {
			return a.handle
		}
	}
	return ""
}
