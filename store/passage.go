package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"aside"
)

// Family are a ticket and those that were merged into it, directly or by way
// of others: their notes are its notes.
func (tx *Tx) Family(ticket int64) ([]int64, error) {
	family := []int64{ticket}
	for i := 0; i < len(family); i++ {
		err := tx.each(func(r scanner) error {
			var n int64
			err := r.Scan(&n)
			if !slices.Contains(family, n) { // or a circle had no end
				family = append(family, n)
			}
			return err
		}, `SELECT number FROM ticket WHERE merged_into = $1 AND merged_into > 0`, family[i])
		if err != nil {
			return nil, fmt.Errorf("read what was merged into ticket %d: %w", ticket, err)
		}
	}
	return family, nil
}

// HasInternal reports whether a ticket has any message that the audience of its
// customer conversation does not hear: of another conversation, of somebody who
// takes no part, or split off since.
func (tx *Tx) HasInternal(ticket int64) (has bool, err error) {
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM conversation c WHERE c.ticket = $1 AND EXISTS (
		SELECT 1 FROM message m WHERE m.conversation = c.id AND c.kind <> 'customer')) OR EXISTS (
		SELECT 1 FROM conversation c WHERE c.ticket = $1 AND EXISTS (
		SELECT 1 FROM message m WHERE m.conversation = c.id AND m.listed = 0 AND m.kind = 'inbound')) OR EXISTS (
		SELECT 1 FROM conversation c WHERE c.ticket = $1 AND EXISTS (
		SELECT 1 FROM message m WHERE m.origin = c.id AND m.origin > 0))`, ticket).Scan(&has)
	if err != nil {
		return false, fmt.Errorf("look for internal messages of ticket %d: %w", ticket, err)
	}
	return has, nil
}

// ShownInside reports whether an agent got an answer in a ticket's notes that
// shows more than notes: then there is something internal without any message.
func (tx *Tx) ShownInside(agent string, notes int64) (shown bool, err error) {
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM notice WHERE agent = $1 AND conversation = $2 AND kind = 'list')`, agent, notes).Scan(&shown)
	if err != nil {
		return false, fmt.Errorf("look what was shown to %s: %w", agent, err)
	}
	return shown, nil
}

// WithoutPassages are a ticket's oldest messages whose passages are not known
// yet, without their attachments. What was split off from it is among them: the conversation that heard it
// is its Origin.
func (tx *Tx) WithoutPassages(ticket int64, limit int) ([]aside.Message, error) {
	var out []aside.Message
	err := tx.each(func(r scanner) error {
		m, err := scanMessage(r.Scan)
		out = append(out, m)
		return err
	}, `SELECT `+messageColumns+` FROM message m WHERE m.id IN (
		SELECT k.id FROM message k WHERE k.conversation IN (SELECT id FROM conversation WHERE ticket = $1)
			AND k.id > coalesce((SELECT message FROM passage_upto WHERE ticket = $1), 0)
		UNION ALL SELECT k.id FROM message k WHERE k.origin > 0 AND k.origin IN (SELECT id FROM conversation WHERE ticket = $1)
			AND k.id > coalesce((SELECT message FROM passage_upto WHERE ticket = $1), 0)) ORDER BY m.id LIMIT `+atMost(limit), ticket)
	if err != nil {
		return nil, fmt.Errorf("read the messages of ticket %d whose passages are not known: %w", ticket, err)
	}
	return out, nil
}

// Heard tells whose words a passage of a conversation is, and who of its contacts
// has had it. The zero value is that agents alone can read it there.
type Heard int64

// Whose words a passage is: one or both of these.
const (
	Ours   Heard = 1 << iota // we wrote it to the contacts
	Theirs                   // one of them wrote it
)

// maxContacts is how many of a conversation's contacts are told from each other.
const maxContacts = 60

// HadBy says that a passage was had by the nth of those who ever took part in its
// conversation, from 0 on, in the order in which they came to it. Of who came
// after very many others nothing is said.
func HadBy(n int) Heard {
	if n >= maxContacts {
		return 0
	}
	return Theirs << (1 + n)
}

// AddPassages makes passages of a conversation's messages known.
func (tx *Tx) AddPassages(ticket, conversation int64, heard Heard, hashes []uint64) error {
	return tx.addPassages(ticket, conversation, heard, false, hashes)
}

// KeepPassages makes passages known that stand in no message of the
// conversation, and so could not be made anew: they are not forgotten.
func (tx *Tx) KeepPassages(ticket, conversation int64, heard Heard, hashes []uint64) error {
	return tx.addPassages(ticket, conversation, heard, true, hashes)
}

// ForgetKept takes back that passages of a conversation are known for good.
func (tx *Tx) ForgetKept(ticket, conversation int64, hashes []uint64) error {
	err := tx.exec(`DELETE FROM passage WHERE ticket = $1 AND conversation = $2 AND kept = 1 AND hash IN (SELECT value FROM `+tx.q.d.integers("$3")+` e)`,
		ticket, conversation, jsonInts(hashes))
	if err != nil {
		return fmt.Errorf("take passages of ticket %d back: %w", ticket, err)
	}
	return nil
}

func (tx *Tx) addPassages(ticket, conversation int64, heard Heard, kept bool, hashes []uint64) error {
	if len(hashes) == 0 {
		return nil
	}
	err := tx.exec(`INSERT INTO passage (ticket, hash, conversation, kept, heard) SELECT $1, e.value, $2, $3, $4 FROM `+tx.q.d.integers("$5")+` e WHERE true
		ON CONFLICT (ticket, hash, conversation, kept) DO UPDATE SET heard = passage.heard | excluded.heard`, ticket, conversation, flag(kept), heard, jsonInts(hashes))
	if err != nil {
		return fmt.Errorf("add passages of ticket %d: %w", ticket, err)
	}
	return nil
}

// PassagesUpto records that the passages of all messages up to one are known.
func (tx *Tx) PassagesUpto(ticket, message int64) error {
	return tx.exec(`INSERT INTO passage_upto (ticket, message) VALUES ($1, $2) ON CONFLICT (ticket) DO UPDATE SET message = excluded.message`, ticket, message)
}

// ForgetPassages removes what is known of the passages of a ticket's messages. It
// is made anew when it is next needed.
func (tx *Tx) ForgetPassages(ticket int64) error {
	if err := tx.exec(`DELETE FROM passage_upto WHERE ticket = $1`, ticket); err != nil {
		return fmt.Errorf("forget the passages of ticket %d: %w", ticket, err)
	}
	if err := tx.exec(`DELETE FROM passage WHERE ticket = $1 AND kept = 0`, ticket); err != nil {
		return fmt.Errorf("forget the passages of ticket %d: %w", ticket, err)
	}
	return nil
}

// KnownPassage is where a passage of a ticket stands.
type KnownPassage struct {
	Hash         uint64
	Conversation int64
	Heard        Heard
}

// passagesAsked is how many passages one query looks for.
const passagesAsked = 1000

// Passages are those of a ticket among some hashes.
func (tx *Tx) Passages(ticket int64, hashes []uint64) ([]KnownPassage, error) {
	var out []KnownPassage
	for len(hashes) > 0 {
		n := min(len(hashes), passagesAsked)
		err := tx.each(func(r scanner) error {
			var k KnownPassage
			var hash int64
			err := r.Scan(&hash, &k.Conversation, &k.Heard)
			k.Hash = uint64(hash)
			out = append(out, k)
			return err
		}, `SELECT p.hash, p.conversation, p.heard FROM `+tx.q.d.integers("$2")+` e CROSS JOIN passage p WHERE p.ticket = $1 AND p.hash = e.value`, ticket, jsonInts(hashes[:n]))
		if err != nil {
			return nil, fmt.Errorf("look for passages of ticket %d: %w", ticket, err)
		}
		hashes = hashes[n:]
	}
	return out, nil
}

// jsonInts is a list of hashes as SQLite keeps them, in one argument.
func jsonInts(hashes []uint64) string {
	list := make([]int64, len(hashes))
	for i, h := range hashes {
		list[i] = int64(h)
	}
	b, _ := json.Marshal(list) // integers always can
	return string(b)
}

// jsonIDs is a list of rows, in one argument.
func jsonIDs(ids []int64) string {
	b, _ := json.Marshal(append([]int64{}, ids...)) // integers always can; none are [], for null is no array
	return string(b)
}

// sentOctets bounds how much text one look at what was sent before reads: it is
// made within the change, and nobody else writes meanwhile.
const sentOctets = 1 << 20

// SentElsewhere counts, up to a limit, the other tickets of a desk in which
// these very words, in this order, went to contacts.
func (tx *Tx) SentElsewhere(desk string, ticket int64, words string, limit int) (n int, err error) {
	phrase := phrases([]string{strings.ReplaceAll(strings.ToValidUTF8(words, " "), "\x00", " ")})
	if len(phrase) == 0 || len(phrase[0].words) == phraseWords {
		return 0, nil // nothing, or more than is compared
	}
	tickets := map[int64]bool{}
	err = tx.eachFound(phrase, limit, sentOctets, func(ids []int64) (enough bool, err error) {
		err = tx.each(func(r scanner) error {
			var other int64
			err := r.Scan(&other)
			tickets[other] = true
			return err
		}, `SELECT DISTINCT c.ticket FROM message m JOIN conversation c ON c.id = m.conversation JOIN ticket t ON t.number = c.ticket
			WHERE m.id IN (SELECT value FROM `+tx.q.d.integers("$1")+` e) AND m.leaves = 1 AND NOT `+isStopped("m.id")+` AND t.desk = $2 AND c.ticket <> $3 LIMIT `+atMost(limit), jsonIDs(ids), desk, ticket)
		return len(tickets) >= limit, err
	})
	if err != nil {
		return 0, fmt.Errorf("look where a passage was sent before: %w", err)
	}
	return min(len(tickets), limit), nil
}

// FileUse is where a file stands.
type FileUse struct {
	Ticket       int64
	Conversation int64
	Author       string
	HadBy        []string // the contacts to whom it was sent there
}

// FileUses are the places where a file with this content stands: the newest,
// up to a limit. What was split off stands where it came from as well.
func (tx *Tx) FileUses(sha256 string, limit int) ([]FileUse, error) {
	var out []FileUse
	var messages []int64
	err := tx.each(func(r scanner) error {
		var u FileUse
		var message int64
		err := r.Scan(&u.Ticket, &u.Conversation, &message, &u.Author)
		out, messages = append(out, u), append(messages, message)
		return err
	}, `SELECT c.ticket, c.id, m.id, m.author
		FROM attachment a JOIN message m ON m.id = a.message JOIN conversation c ON c.id IN (m.conversation, m.origin)
		WHERE a.sha256 = $1 ORDER BY a.id DESC LIMIT `+atMost(limit), sha256)
	if err != nil {
		return nil, fmt.Errorf("look where a file stands: %w", err)
	}
	had, err := tx.hadBy(messages)
	for i := range out {
		out[i].HadBy = had[messages[i]]
	}
	return out, err
}
