package store

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"time"

	"aside"
)

const messageColumns = `m.id, m.conversation, m.token, m.kind, m.author, m.author_name, m.verified, m.message_id, m.subject, m.text, m.html,
	m.elided, m.inbound, m.reply_to, m.relayed, m.origin, m.created_at`

func scanMessage(scan func(...any) error) (aside.Message, error) {
	var m aside.Message
	var token, created int64
	err := scan(&m.ID, &m.Conversation, &token, &m.Kind, &m.Author, &m.AuthorName, &m.Verified, &m.MessageID, &m.Subject, &m.Text, &m.HTML,
		&m.Elided, &m.InboundID, &m.ReplyTo, &m.Relayed, &m.Origin, &created)
	m.Token, m.CreatedAt = uint64(token), instant(created)
	return m, err
}

// AddMessage writes a message with its attachments and gives it its id. Token
// is drawn by the caller; listed says whether its foreign Message-ID may stand
// in References of this conversation.
func (tx *Tx) AddMessage(m *aside.Message, listed bool) error {
	m.CreatedAt = tx.now
	leaves := m.Kind == aside.MessageOutbound || m.Kind == aside.MessageSystem
	var err error
	m.ID, err = tx.insert("message", "id", `conversation, token, kind, leaves, author, author_name, verified, listed, message_id, subject,
		text, html, elided, inbound, reply_to, created_at, sum`,
		m.Conversation, int64(m.Token), m.Kind, flag(leaves), m.Author, m.AuthorName, flag(m.Verified), flag(listed), m.MessageID, m.Subject,
		m.Text, m.HTML, m.Elided, m.InboundID, m.ReplyTo, micros(tx.now), messageSum(m))
	if err != nil {
		return fmt.Errorf("add a message to conversation %d: %w", m.Conversation, err)
	}
	for n, a := range m.Attachments {
		if err := tx.PutContent(a.Content); err != nil {
			return fmt.Errorf("store attachment %q: %w", a.Name, err)
		}
		err := tx.exec(`INSERT INTO attachment (message, n, name, type, content_id, inline, sha256, size) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			m.ID, n, a.Name, a.Type, a.ContentID, flag(a.Inline), a.SHA256, a.Size)
		if err != nil {
			return fmt.Errorf("add attachment %q: %w", a.Name, err)
		}
	}
	tx.effects.messages = true
	return nil
}

// messageSum is the sum of what a message says and of who says it, by which
// Verify sees that a disk changed a row. It proves nothing against a forger.
func messageSum(m *aside.Message) int64 {
	table, sum := crc32.MakeTable(crc32.Castagnoli), uint32(0)
	for _, part := range []string{string(m.Kind), m.Author, m.AuthorName, m.MessageID, m.Subject, m.Text, m.HTML, m.Elided} {
		sum = crc32.Update(sum, table, []byte(fitting(part)))
		sum = crc32.Update(sum, table, []byte{0})
	}
	return int64(sum)
}

// Message reads a message with its attachments.
func (tx *Tx) Message(id int64) (aside.Message, error) {
	m, err := scanMessage(tx.row(`SELECT `+messageColumns+` FROM message m WHERE m.id = $1`, id).Scan)
	if err != nil {
		return m, notFound(err, "message", id)
	}
	m.Attachments, err = tx.attachments(id)
	return m, err
}

func (tx *Tx) attachments(message int64) ([]aside.Attachment, error) {
	var out []aside.Attachment
	err := tx.each(func(r scanner) error {
		var a aside.Attachment
		err := r.Scan(&a.Name, &a.Type, &a.ContentID, &a.Inline, &a.SHA256, &a.Size)
		out = append(out, a)
		return err
	}, `SELECT name, type, content_id, inline, sha256, size FROM attachment WHERE message = $1 ORDER BY n`, message)
	if err != nil {
		return nil, fmt.Errorf("read the attachments of message %d: %w", message, err)
	}
	return out, nil
}

// Messages are the newest of a conversation, the oldest of them first, with
// their attachments.
func (tx *Tx) Messages(conversation int64, limit int) ([]aside.Message, error) {
	return tx.messages(`m.conversation = $1 ORDER BY m.id DESC LIMIT `+atMost(limit), conversation)
}

// TicketMessages are the newest of a ticket over all its conversations, the
// oldest of them first, with their attachments.
func (tx *Tx) TicketMessages(ticket int64, limit int) ([]aside.Message, error) {
	return tx.messages(`m.conversation IN (SELECT id FROM conversation WHERE ticket = $1) ORDER BY m.id DESC LIMIT `+atMost(limit), ticket)
}

func (tx *Tx) messages(where string, args ...any) ([]aside.Message, error) {
	var out []aside.Message
	err := tx.each(func(r scanner) error {
		m, err := scanMessage(r.Scan)
		out = append(out, m)
		return err
	}, `SELECT `+messageColumns+` FROM message m WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	for i := range out {
		if out[i].Attachments, err = tx.attachments(out[i].ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// MarkRelayed records that a contact's message was sent on to the others, and by
// which message.
func (tx *Tx) MarkRelayed(message, by int64) error {
	return tx.exec(`UPDATE message SET relayed = 1 WHERE id IN ($1, $2)`, message, by)
}

// RepliedSince reports the agents other than one whose words to the
// conversation's contacts were accepted after a time and not undone.
func (tx *Tx) RepliedSince(conversation int64, since time.Time, except string) (authors []string, err error) {
	err = tx.each(func(r scanner) error {
		var a string
		err := r.Scan(&a)
		authors = append(authors, a)
		return err
	}, `SELECT DISTINCT m.author FROM message m WHERE m.conversation = $1 AND m.created_at > $2 AND m.kind = 'outbound' AND m.author <> $3
		AND NOT `+isStopped("m.id"), conversation, micros(since), except)
	return authors, err
}

// isStopped is the condition that the message of this id was to leave and never
// did. Of the few deliveries that were cancelled there is an index.
func isStopped(id string) string {
	return `(EXISTS (SELECT 1 FROM delivery d WHERE d.message = ` + id + ` AND d.state = 'cancelled')
		AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message = ` + id + ` AND d.state <> 'cancelled'))`
}

// Stopped tells which of some messages were to leave and never did.
func (tx *Tx) Stopped(messages ...aside.Message) (map[int64]bool, error) {
	stopped := map[int64]bool{}
	err := tx.each(func(r scanner) error {
		var id int64
		err := r.Scan(&id)
		stopped[id] = true
		return err
	}, `SELECT e.value FROM `+tx.q.d.integers("$1")+` e WHERE `+isStopped("e.value"), jsonIDs(idsOf(messages)))
	if err != nil {
		return nil, fmt.Errorf("read which messages were stopped: %w", err)
	}
	return stopped, nil
}

// HadBy tells of messages who has had each: the addresses that it was sent to,
// but for what was taken back before it left.
func (tx *Tx) HadBy(messages ...aside.Message) (map[int64][]string, error) {
	return tx.hadBy(idsOf(messages))
}

func idsOf(messages []aside.Message) []int64 {
	ids := make([]int64, len(messages))
	for i, m := range messages {
		ids[i] = m.ID
	}
	return ids
}

func (tx *Tx) hadBy(messages []int64) (map[int64][]string, error) {
	had := map[int64][]string{}
	err := tx.each(func(r scanner) error {
		var id int64
		var address string
		err := r.Scan(&id, &address)
		had[id] = append(had[id], address)
		return err
	}, `SELECT d.message, p.address FROM `+tx.q.d.integers("$1")+` e CROSS JOIN delivery d CROSS JOIN participant p
		WHERE d.message = e.value AND d.state <> 'cancelled' AND p.id = d.participant`, jsonIDs(messages))
	if err != nil {
		return nil, fmt.Errorf("read who has had messages: %w", err)
	}
	return had, nil
}

// InboundCount is how many mails a ticket's requester sent since a time.
func (tx *Tx) InboundCount(ticket int64, author string, since time.Time) (n int, err error) {
	err = tx.row(`SELECT count(*) FROM message WHERE conversation IN (SELECT id FROM conversation WHERE ticket = $1)
		AND kind = 'inbound' AND author = $2 AND created_at >= $3`, ticket, author, micros(since)).Scan(&n)
	return n, err
}

// NoteCount is how many notes a conversation holds.
func (tx *Tx) NoteCount(conversation int64) (n int, err error) {
	err = tx.row(`SELECT count(*) FROM message WHERE conversation = $1 AND kind = 'note'`, conversation).Scan(&n)
	return n, err
}

// AddLines keeps the keyed hashes of lines that were sent or received in a
// ticket; conversation is 0 for the frame of a notice.
func (tx *Tx) AddLines(ticket, conversation, message int64, hashes []uint64) error {
	if len(hashes) == 0 {
		return nil
	}
	return tx.addLines(ticket, conversation, message, lineSet(hashes))
}

// KnowLines has the lines of a message's text known in its ticket. They are
// hashed when somebody asks for them: of most mails nobody does, and the hashes
// take more room than the text.
func (tx *Tx) KnowLines(ticket, conversation, message int64) error {
	return tx.addLines(ticket, conversation, message, []byte{})
}

func (tx *Tx) addLines(ticket, conversation, message int64, set []byte) error {
	return tx.exec(`INSERT INTO line_set (ticket, conversation, message, hashes) VALUES ($1, $2, $3, $4)`, ticket, conversation, message, set)
}

// KeepLines writes down the hashes that were made of the texts of a ticket's
// messages, so that they need not be made again as long as it is open.
func (tx *Tx) KeepLines(ticket int64, made map[int64][]uint64) error {
	for _, message := range slices.Sorted(maps.Keys(made)) {
		err := tx.exec(`UPDATE line_set SET hashes = $3 WHERE message = $2 AND message > 0 AND ticket = $1 AND length(hashes) = 0`, ticket, message, lineSet(made[message]))
		if err != nil {
			return fmt.Errorf("keep the lines of message %d: %w", message, err)
		}
	}
	return nil
}

// lineSet is a list of hashes as a row holds it.
func lineSet(hashes []uint64) []byte {
	b := make([]byte, 0, 8*len(hashes))
	for _, h := range hashes {
		b = binary.LittleEndian.AppendUint64(b, h)
	}
	return b
}

// LineSet are the line hashes of a message, or of a notice's frame.
type LineSet struct {
	Hashes       []uint64
	Conversation int64  // that they were heard in, 0 for frames
	Author       string // who wrote them
	Missed       bool   // somebody who hears that conversation has not had them: of ours, or who came after a contact wrote
}

// Lines gives every known line hash of a ticket, those of each message or frame
// together. Author and Missed are told of the conversation authors, of all if
// that is -1. Those of a message that are not kept are made of its text by
// hashes; without it they are left out. add must not keep the slice.
func (tx *Tx) Lines(ticket, authors int64, hashes func(message int64, text string) []uint64, add func(LineSet)) error {
	const told = `(l.conversation = $2 OR $2 < 0)`
	text := `''`
	if hashes != nil {
		text = `CASE WHEN length(l.hashes) = 0 THEN coalesce((SELECT m.text FROM message m WHERE m.id = l.message), '') ELSE '' END`
	}
	var kept []uint64
	return tx.each(func(r scanner) error {
		var set LineSet
		var message int64
		var text string
		var b sql.RawBytes
		if err := r.Scan(&set.Conversation, &message, &set.Author, &set.Missed, &text, &b); err != nil {
			return err
		}
		if text != "" {
			set.Hashes = hashes(message, text)
			add(set)
		}
		kept = kept[:0]
		for rest := b; len(rest) >= 8; rest = rest[8:] {
			kept = append(kept, binary.LittleEndian.Uint64(rest))
		}
		if len(kept) > 0 {
			set.Hashes = kept
			add(set)
		}
		return nil
	}, `SELECT l.conversation, l.message, CASE WHEN `+told+` THEN coalesce((SELECT m.author FROM message m WHERE m.id = l.message), '') ELSE '' END,
		`+told+` AND EXISTS (SELECT 1 FROM message m JOIN participant p ON p.conversation = l.conversation
			WHERE m.id = l.message AND p.until = 0 AND p.address <> m.author AND NOT CASE m.leaves
				WHEN 1 THEN EXISTS (SELECT 1 FROM delivery d JOIN participant q ON q.id = d.participant
					WHERE d.message = m.id AND d.state <> 'cancelled' AND q.address = p.address)
				ELSE EXISTS (SELECT 1 FROM participant q WHERE q.conversation = m.conversation AND q.address = p.address
					AND q.since <= m.created_at AND (q.until = 0 OR q.until > m.created_at)) END), `+text+`, l.hashes
		FROM line_set l WHERE l.ticket = $1 ORDER BY l.id`, ticket, authors)
}

// MoveMessage takes a contact's message, with its line hashes, into another
// conversation. What left to contacts cannot be moved, for its deliveries refer
// to where it was heard; nor can a note, for others would hear it.
func (tx *Tx) MoveMessage(id int64, to aside.Conversation) error {
	var from, at, origin int64
	err := tx.row(`SELECT c.ticket, c.id, m.origin FROM message m JOIN conversation c ON c.id = m.conversation WHERE m.id = $1`, id).Scan(&from, &at, &origin)
	if err != nil {
		return notFound(err, "message", id)
	}
	if origin == 0 && from != to.Ticket {
		origin = at // and stays so, wherever in its new ticket the message is moved
	}
	n, err := tx.affected(`UPDATE message SET conversation = $2, origin = $3 WHERE id = $1 AND kind IN ('inbound', 'auto')`, id, to.ID, origin)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err == nil {
		err = tx.exec(`UPDATE line_set SET conversation = $2, ticket = $3 WHERE message = $1 AND message > 0`, id, to.ID, to.Ticket)
	}
	if err != nil {
		return fmt.Errorf("move message %d: %w", id, err)
	}
	// Who has heard its passages is another matter now.
	if err := tx.ForgetPassages(from); err != nil || from == to.Ticket {
		return err
	}
	return tx.ForgetPassages(to.Ticket)
}

// CopyLines makes the lines of a merged ticket known in the one that it was
// merged into. What was heard in its customer conversation was heard in the
// other one's.
func (tx *Tx) CopyLines(from, into, customer, oldCustomer int64) error {
	err := tx.exec(`INSERT INTO line_set (ticket, conversation, message, hashes)
		SELECT $2, CASE conversation WHEN $4 THEN $3 ELSE conversation END, message, hashes FROM line_set WHERE ticket = $1`,
		from, into, customer, oldCustomer)
	if err != nil {
		return fmt.Errorf("copy the lines of ticket %d: %w", from, err)
	}
	return nil
}
