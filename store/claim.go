package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"aside"
)

// claimOctets bounds the words of what is claimed at once, by which what they
// take in memory is bounded: one mail more than that may be claimed alone.
const claimOctets = 4 << 20

// due is a delivery that wants to leave.
type due struct {
	out         aside.Outgoing
	participant int64
	octets      int
}

// addressees are those of a conversation whom the mail names as its readers. Who
// joined while it waited gets none of it, and an answer to all would bring it
// there.
func (d due) addressees(heard []aside.Participant) (out []aside.Participant) {
	for _, p := range heard {
		if p.ID == d.participant || !p.Since.After(d.out.Message.CreatedAt) {
			out = append(out, p)
		}
	}
	return out
}

// ClaimDeliveries takes at most n due deliveries for as long as the lease. The
// participant is checked in the same transaction, and the audience made: who
// has left gets nothing. What they say is read afterwards, by Load.
func (tx *Tx) ClaimDeliveries(lease time.Duration, n int) ([]aside.Outgoing, error) {
	list, conversations, err := tx.dueDeliveries(n)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	heard, err := tx.heardNow(conversations)
	if err != nil {
		return nil, err
	}
	var out []aside.Outgoing
	var taken, left []int64
	octets := 0
	for _, d := range list {
		if octets += d.octets; octets > claimOctets && len(taken) > 0 {
			break
		}
		c := conversations[d.out.Message.Conversation]
		if d.out.Audience, err = aside.HeardBy(c, d.addressees(heard[c.ID])); err != nil {
			return nil, fmt.Errorf("claim delivery %d: %w", d.out.Delivery, err)
		}
		if !d.out.Audience.Hears(d.participant) {
			left = append(left, d.out.Delivery)
			continue
		}
		for _, p := range heard[c.ID] {
			if p.ID == d.participant {
				d.out.Recipient = p
			}
		}
		o, err := aside.NewOutgoing(d.out)
		if err != nil {
			return nil, fmt.Errorf("claim delivery %d: %w", d.out.Delivery, err)
		}
		out, taken = append(out, o), append(taken, o.Delivery)
	}
	if len(left) > 0 {
		if _, err := tx.cancel(notTakingPart, `d.id IN (SELECT value FROM `+tx.q.d.integers("$1")+` e)`, jsonIDs(left)); err != nil {
			return nil, fmt.Errorf("cancel deliveries to who has left: %w", err)
		}
	}
	return out, tx.lease("delivery", taken, lease)
}

// lease takes rows for a while. Each claim has a number, its attempt.
func (tx *Tx) lease(table string, ids []int64, lease time.Duration) error {
	if len(ids) == 0 {
		return nil
	}
	err := tx.exec(`UPDATE `+table+` SET lease_until = $2, lease_by = $3, attempts = attempts + 1 WHERE id IN (SELECT value FROM `+tx.q.d.integers("$1")+` e)`,
		jsonIDs(ids), micros(tx.now.Add(lease)), tx.daemon)
	if err != nil {
		return fmt.Errorf("claim from %s: %w", table, err)
	}
	return nil
}

// dueDeliveries are the next ones, with their conversations.
func (tx *Tx) dueDeliveries(n int) (list []due, conversations map[int64]aside.Conversation, err error) {
	conversations = map[int64]aside.Conversation{}
	err = tx.each(func(r scanner) error {
		var d due
		var c aside.Conversation
		var token, created, written, convToken, dueAt, convCreated int64
		err := r.Scan(&d.out.Delivery, &token, &d.out.Message.ID, &written, &d.participant, &d.out.Automatic, &d.out.Attempts, &d.out.Untried, &created, &d.out.Session, &d.octets, &d.out.Desk,
			&c.ID, &c.Ticket, &c.Kind, &convToken, &c.Subject, &c.Tag, &c.State, &dueAt, &c.ReadOnly, &c.CustomerCopied, &convCreated)
		c.Token, c.DueAt, c.CreatedAt = uint64(convToken), instant(dueAt), instant(convCreated)
		d.out.Token, d.out.QueuedAt, d.out.Ticket = uint64(token), instant(created), c.Ticket
		d.out.Message.Conversation, d.out.Message.CreatedAt = c.ID, instant(written)
		conversations[c.ID] = c
		list = append(list, d)
		return err
	}, `SELECT d.id, d.token, d.message, m.created_at, d.participant, d.automatic, d.attempts, d.untried, d.created_at, d.session, octet_length(m.text) + octet_length(m.html), t.desk,
		c.id, c.ticket, c.kind, c.token, c.subject, c.tag, c.state, c.due_at, c.read_only, c.customer_copied, c.created_at
		FROM delivery d CROSS JOIN conversation c CROSS JOIN ticket t CROSS JOIN message m
		WHERE d.state = 'queued' AND d.next_at <= $1 AND d.lease_until <= $1 AND c.id = d.conversation AND t.number = c.ticket AND m.id = d.message
		ORDER BY d.next_at LIMIT `+atMost(n)+tx.q.d.unclaimed("d"), micros(tx.now))
	if err != nil {
		return nil, nil, fmt.Errorf("look for deliveries that are due: %w", err)
	}
	return list, conversations, nil
}

// heardNow are those who hear some conversations at this moment.
func (tx *Tx) heardNow(conversations map[int64]aside.Conversation) (map[int64][]aside.Participant, error) {
	var ids []int64
	for id := range conversations {
		ids = append(ids, id)
	}
	ps, err := tx.participants(`conversation IN (SELECT value FROM `+tx.q.d.integers("$1")+` e) AND until = 0 ORDER BY id`, jsonIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read who hears what is to leave: %w", err)
	}
	heard := map[int64][]aside.Participant{}
	for _, p := range ps {
		heard[p.Conversation] = append(heard[p.Conversation], p)
	}
	return heard, nil
}

// ClaimNotices takes at most n due notices for as long as the lease. The
// message that they copy is read afterwards, by Load.
func (tx *Tx) ClaimNotices(lease time.Duration, n int) ([]aside.Notice, error) {
	var out []aside.Notice
	var taken, gone []int64
	octets := 0
	err := tx.each(func(r scanner) error {
		var n aside.Notice
		var token, holder, conv, created, notesToken, notesHolder int64
		var lost bool
		var size int
		err := r.Scan(&n.ID, &token, &n.Agent, &holder, &n.Kind, &n.Desk, &n.Ticket, &n.Conversation, &n.MessageRow, &n.To.Address, &n.From.Name, &n.ReplyName,
			&n.Subject, &n.Important, &n.Text, &n.HTML, &n.Facts, &n.AudienceAt, &n.Attempts, &n.Untried, &created, &n.Session, &conv, &notesToken, &notesHolder, &lost, &size)
		n.Token, n.Holder, n.ConvToken, n.CreatedAt = uint64(token), uint64(holder), uint64(conv), instant(created)
		n.NotesToken, n.NotesHolder = uint64(notesToken), uint64(notesHolder)
		octets += size
		switch {
		case lost: // one that cannot be made whole must not keep the others back
			gone = append(gone, n.ID)
		case octets <= claimOctets || len(taken) == 0:
			out, taken = append(out, n), append(taken, n.ID)
		}
		return err
	}, `SELECT n.id, n.token, n.agent, n.holder, n.kind, n.desk, n.ticket, n.conversation, n.message, n.address, n.from_name, n.reply_name,
		n.subject, n.important, n.text, n.html, n.facts, n.audience_at, n.attempts, n.untried, n.created_at, n.session, coalesce(c.token, 0),
		coalesce(k.token, 0), coalesce(`+holderIn("k.id", "n.agent")+`, 0), n.message <> 0 AND m.id IS NULL, coalesce(octet_length(m.text) + octet_length(m.html), 0)
		FROM notice n LEFT JOIN conversation c ON c.id = n.conversation LEFT JOIN conversation k ON k.ticket = n.ticket AND k.kind = 'notes'
		LEFT JOIN message m ON m.id = n.message
		WHERE n.state = 'queued' AND n.next_at <= $1 AND n.lease_until <= $1 ORDER BY n.next_at LIMIT `+atMost(n)+tx.q.d.unclaimed("n"), micros(tx.now))
	if err != nil {
		return nil, fmt.Errorf("look for notices that are due: %w", err)
	}
	for _, id := range gone {
		if err := tx.FinishAttempt(Attempt{Notice: id, State: aside.DeliveryFailed, Detail: "what it shows is gone"}); err != nil {
			return nil, err
		}
	}
	return out, tx.lease("notice", taken, lease)
}

// Load reads what was claimed carries: messages with their attachments, and
// the threads that it belongs to.
func (tx *Tx) Load(out []aside.Outgoing, notices []aside.Notice) error {
	var ids []int64
	for _, o := range out {
		ids = append(ids, o.Message.ID)
	}
	for _, n := range notices {
		if n.MessageRow != 0 {
			ids = append(ids, n.MessageRow)
		}
	}
	messages, err := tx.messagesByID(ids)
	if err != nil {
		return err
	}
	for i := range out {
		o := &out[i]
		m := messages[o.Message.ID]
		if m == nil {
			return fmt.Errorf("message %d: %w", o.Message.ID, ErrNotFound)
		}
		o.Message = *m
		if o.Thread, err = tx.thread(m.Conversation, m.ID, o.Recipient); err != nil {
			return err
		}
		if *o, err = aside.NewOutgoing(*o); err != nil {
			return err
		}
	}
	for i := range notices {
		n := &notices[i]
		if n.Message = messages[n.MessageRow]; n.MessageRow != 0 && n.Message == nil {
			return fmt.Errorf("message %d: %w", n.MessageRow, ErrNotFound)
		}
		if n.Earlier, err = tx.earlierNotices(*n); err != nil {
			return fmt.Errorf("read what came before notice %d: %w", n.ID, err)
		}
	}
	return nil
}

// messagesByID reads messages with their attachments.
func (tx *Tx) messagesByID(ids []int64) (map[int64]*aside.Message, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out := map[int64]*aside.Message{}
	list := jsonIDs(ids)
	err := tx.each(func(r scanner) error {
		m, err := scanMessage(r.Scan)
		out[m.ID] = &m
		return err
	}, `SELECT `+messageColumns+` FROM message m WHERE m.id IN (SELECT value FROM `+tx.q.d.integers("$1")+` e)`, list)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	err = tx.each(func(r scanner) error {
		var message int64
		var a aside.Attachment
		err := r.Scan(&message, &a.Name, &a.Type, &a.ContentID, &a.Inline, &a.SHA256, &a.Size)
		if m := out[message]; m != nil {
			m.Attachments = append(m.Attachments, a)
		}
		return err
	}, `SELECT message, name, type, content_id, inline, sha256, size FROM attachment WHERE message IN (SELECT value FROM `+tx.q.d.integers("$1")+` e) ORDER BY message, n`, list)
	if err != nil {
		return nil, fmt.Errorf("read attachments: %w", err)
	}
	return out, nil
}

// heardByAll selects the messages of a conversation that may stand in
// References: what left to everybody, and foreign mail that is listed.
const heardByAll = ` AND listed = 1 AND (leaves = 1 OR (kind = 'inbound' AND message_id <> '')) `

// heardBySelf are those that participant $4, who joined at $3, has.
const heardBySelf = ` AND (created_at >= $3 OR author = $4) `

// thread names the messages of a conversation before one that a participant
// has: the first and the newest 50 of those since they joined, and their own.
func (tx *Tx) thread(conversation, before int64, p aside.Participant) ([]aside.Heard, error) {
	var out []aside.Heard
	err := tx.each(func(r scanner) error {
		var h aside.Heard
		var token int64
		err := r.Scan(&h.Message, &h.MessageID, &token)
		h.Token = uint64(token)
		out = append(out, h)
		return err
	}, `SELECT id, message_id, token FROM message WHERE id IN (
			SELECT id FROM (SELECT id FROM message WHERE conversation = $1 AND id < $2`+heardByAll+heardBySelf+`ORDER BY id DESC LIMIT 50) AS newest
			UNION ALL SELECT id FROM (SELECT id FROM message WHERE conversation = $1 AND id < $2`+heardByAll+heardBySelf+`ORDER BY id LIMIT 1) AS first)
		ORDER BY id`, conversation, before, micros(p.Since), p.Address)
	if err != nil {
		return nil, fmt.Errorf("read the thread of conversation %d: %w", conversation, err)
	}
	return out, nil
}

// earlierNotices names the first and the newest few notices of one agent in
// one conversation, so that they are one thread in the agent's client.
func (tx *Tx) earlierNotices(n aside.Notice) (earlier []aside.NoticeRef, err error) {
	if n.Conversation == 0 {
		return nil, nil
	}
	err = tx.each(func(r scanner) error {
		var holder, token int64
		err := r.Scan(&holder, &token)
		earlier = append(earlier, aside.NoticeRef{Holder: uint64(holder), Token: uint64(token)})
		return err
	}, `SELECT holder, token FROM notice WHERE id IN (
			SELECT id FROM (SELECT id FROM notice WHERE agent = $1 AND conversation = $2 AND id < $3 ORDER BY id DESC LIMIT 5) AS newest
			UNION ALL SELECT min(id) FROM notice WHERE agent = $1 AND conversation = $2 AND id < $3) ORDER BY id`, n.Agent, n.Conversation, n.ID)
	return earlier, err
}

// KnowFrame makes the lines of frames known in a ticket, and in those that it
// was merged into, where an answer to them leads by now. It is committed before
// a notice with them is sent: who answers it may quote them.
func (tx *Tx) KnowFrame(ticket int64, hashes []uint64) error {
	if len(hashes) == 0 {
		return nil
	}
	// A merge at this moment would copy what is known without these.
	if err := tx.hold(ticket); err != nil {
		return err
	}
	for range maxMerged {
		if err := tx.AddLines(ticket, 0, 0, hashes); err != nil {
			return fmt.Errorf("make a frame known in ticket %d: %w", ticket, err)
		}
		err := tx.row(`SELECT merged_into FROM ticket WHERE number = $1`, ticket).Scan(&ticket)
		if errors.Is(err, sql.ErrNoRows) || err == nil && ticket == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read what ticket %d was merged into: %w", ticket, err)
		}
	}
	return nil
}

// maxMerged is how many merges are followed.
const maxMerged = 100
