package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// searchOctets is how much of one message is indexed: a pasted log of megabytes
// would take seconds.
const searchOctets = 256 << 10

// searchWait is how long the index waits for more after a message came, so that
// several share a transaction and its fsync with mail that comes one by one.
const searchWait = 200 * time.Millisecond

// Index fills the search index after commits, in batches, from where it
// stopped, until ctx ends. Within the accepting transaction it would cost
// several times the rate.
func (s *Store) Index(ctx context.Context) error {
	retry := time.NewTimer(0)
	defer retry.Stop()
	for {
		more, err := s.indexBatch(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			s.log.Warn("search index", "err", err)
			retry.Reset(10 * time.Second)
		case more:
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.indexed:
			gather := time.NewTimer(searchWait)
			select {
			case <-ctx.Done():
			case <-gather.C:
			}
			gather.Stop()
		case <-retry.C:
		}
	}
}

func (s *Store) indexBatch(ctx context.Context) (more bool, err error) {
	if s.d.name == "postgres" {
		return s.indexTodo(ctx)
	}
	var batch []entry
	var known bool
	err = s.View(ctx, func(tx *Tx) error {
		var upto int64
		if upto, known, err = tx.indexed(); err != nil || !known {
			return err
		}
		batch, more, err = tx.entries(`SELECT `+entryColumns()+` FROM message m WHERE m.id > $1 ORDER BY m.id LIMIT `+atMost(tx.q.d.batch), upto)
		return err
	})
	switch {
	case err != nil:
		return false, err
	case !known:
		return true, s.index.renew(ctx)
	case len(batch) == 0:
		return false, nil
	}
	return more, s.index.add(ctx, batch)
}

// entry is what the index takes of a message, where its words are told apart
// here.
type entry struct {
	id, token int64
	body      string
}

// entries reads messages for the index, a batch of them at most, until there are
// octets enough, and tells whether some may be left.
func (tx *Tx) entries(query string, args ...any) (batch []entry, more bool, err error) {
	octets := 0
	err = tx.each(func(r scanner) error {
		e, err := scanEntry(r)
		batch = append(batch, e)
		if octets += len(e.body); err == nil && octets >= tx.q.d.batchOctets {
			err = errEnough
		}
		return err
	}, query, args...)
	if err == errEnough {
		return batch, true, nil
	}
	return batch, len(batch) == tx.q.d.batch, err
}

// entryColumns are what scanEntry reads of a message m.
func entryColumns() string {
	return `m.id, m.token, m.subject, substr(m.text, 1, ` + atMost(searchOctets) + `), m.author, m.author_name`
}

func scanEntry(r scanner) (e entry, err error) {
	var subject, text, author, name string
	err = r.Scan(&e.id, &e.token, &subject, &text, &author, &name)
	e.body = strings.Join([]string{subject, author, name, text}, "\n")
	e.body = strings.ToValidUTF8(e.body[:min(len(e.body), searchOctets)], "")
	return e, err
}

// indexTodo is a batch on an engine with many writers, where ids do not come
// in the order of their commits: each message stands on a list until it is
// indexed. Several daemons share the work.
func (s *Store) indexTodo(ctx context.Context) (more bool, err error) {
	err = s.Update(ctx, func(tx *Tx) error {
		var batch []entry
		batch, more, err = tx.entries(`SELECT ` + entryColumns() + ` FROM message m
			WHERE m.id = ANY (ARRAY(SELECT message FROM search_todo ORDER BY message LIMIT ` + atMost(tx.q.d.batch) + tx.q.d.unclaimed("search_todo") + `)) ORDER BY m.id`)
		if err != nil {
			return err
		}
		var done []int64
		for _, e := range batch {
			err := tx.exec(`INSERT INTO search (message, words) VALUES ($1, $2) ON CONFLICT (message) DO UPDATE SET words = excluded.words`, e.id, tsvector(e.body))
			if err != nil {
				return fmt.Errorf("index message %d: %w", e.id, err)
			}
			done = append(done, e.id)
		}
		if len(done) == 0 {
			return nil
		}
		return tx.exec(`DELETE FROM search_todo WHERE message IN (SELECT value FROM `+tx.q.d.integers("$1")+` e)`, jsonIDs(done))
	})
	return err == nil && more, err
}

// Hit is a message that a search found.
type Hit struct {
	Ticket       int64     `json:"ticket"`
	Subject      string    `json:"subject"`
	Status       string    `json:"status"`
	Team         string    `json:"team"`
	Conversation string    `json:"conversation"`
	Author       string    `json:"author"`
	Excerpt      string    `json:"excerpt"`
	At           time.Time `json:"at"`

	message int64
}

// Results are what a search came to.
type Results struct {
	Hits []Hit
	// Behind says that there is mail that the index has not come to yet, more of
	// it than a search reads by itself: some of what was asked for may be in it.
	Behind bool
}

// searchWords is how many words of a search count; FTS5 refuses expressions
// that grow too deep.
const searchWords = 32

// Sight is what an agent may see: tickets of some teams, and those whose room
// the agent is in.
type Sight struct {
	Agent string // handle
	Teams []string
}

// Search finds messages by words, all of which must occur, in the tickets that
// are in sight, all of them if that is nil; the newest first, the first ones with
// an excerpt. A message is found from its commit on, also before it is indexed.
// Of words that more than 10,000 messages have (2,000 in PostgreSQL, and limit if
// that is more), the newest so many count. Whatever is written in words, it is no syntax and no error.
func (tx *Tx) Search(words string, sight *Sight, limit, excerpts int) (*Results, error) {
	terms := strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(words, " "), "\x00", " "))
	asked := phrases(terms[:min(len(terms), searchWords)])
	if len(asked) == 0 {
		return &Results{}, nil
	}
	ids, behind, err := tx.fresh(asked)
	if err != nil {
		return nil, fmt.Errorf("search %q among what is not indexed: %w", words, err)
	}
	out, err := tx.hits(ids, sight, limit)
	if err == nil && len(out) < limit {
		err = tx.eachFound(asked, limit, phraseOctets, func(found []int64) (enough bool, err error) {
			found = slices.DeleteFunc(found, func(id int64) bool { return slices.Contains(ids, id) }) // was indexed since then
			more, err := tx.hits(found, sight, limit-len(out))
			out = append(out, more...)
			return len(out) == limit, err
		})
	}
	if err == nil {
		err = tx.excerpts(out[:min(excerpts, len(out))], asked)
	}
	if err != nil {
		return nil, fmt.Errorf("search %q: %w", words, err)
	}
	return &Results{out, behind}, nil
}

// eachFound gives the messages in the index that have all of the phrases, the
// newest first, in pieces, until there is enough; as many as are wanted, or the
// engine's bound if that is more. Where their texts have to be read as well, it
// ends behind so many octets.
func (tx *Tx) eachFound(asked []phrase, wanted, octets int, fn func(ids []int64) (enough bool, err error)) error {
	below := int64(math.MaxInt64)
	for n, left := tx.q.d.firstFound, max(wanted, tx.q.d.mostFound); left > 0 && octets > 0; n = min(4*n, left) {
		ids, sure, err := tx.matching(asked, below, n)
		if err != nil || len(ids) == 0 {
			return err
		}
		last, all := ids[len(ids)-1], len(ids) < n
		if below, left = last, left-n; !sure {
			var read int
			if ids, read, err = tx.having(asked, ids, octets); err != nil {
				return err
			}
			octets -= read
		}
		if enough, err := fn(ids); err != nil || enough || all {
			return err
		}
	}
	return nil
}

// having are those of some messages whose texts have all of the phrases, the
// newest first. It reads so many octets at most, and a text.
func (tx *Tx) having(asked []phrase, ids []int64, octets int) (out []int64, read int, err error) {
	err = tx.each(func(r scanner) error {
		if read >= octets {
			return errEnough
		}
		e, err := scanEntry(r)
		if err == nil && occur(asked, e.body) {
			out = append(out, e.id)
		}
		read += len(e.body)
		return err
	}, `SELECT `+entryColumns()+` FROM message m WHERE m.id IN (SELECT value FROM `+tx.q.d.integers("$1")+` e) ORDER BY m.id DESC`, jsonIDs(ids))
	if err == errEnough {
		err = nil
	}
	return out, read, err
}

// phraseOctets bounds how much text a search reads to find a phrase.
const phraseOctets = 16 << 20

// matchingPostgres is matching where the index is in the database. OFFSET 0
// keeps the planner from walking all messages backwards in the hope of soon
// having met enough that match.
func (tx *Tx) matchingPostgres(asked []phrase, below int64, limit int) (ids []int64, err error) {
	err = tx.each(func(r scanner) error {
		var id int64
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT message FROM (SELECT message FROM search WHERE words @@ CAST($1 AS tsquery) AND message < $2 OFFSET 0) AS found ORDER BY message DESC LIMIT `+atMost(limit), tsquery(asked), below)
	return ids, err
}

// hits are those of some messages that are in sight, the newest first.
func (tx *Tx) hits(ids []int64, sight *Sight, limit int) (out []Hit, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args, where := []any{jsonIDs(ids)}, `m.id IN (SELECT value FROM `+tx.q.d.integers("$1")+` e)`
	if sight != nil {
		teams, err := json.Marshal(append([]string{}, sight.Teams...))
		if err != nil {
			return nil, err
		}
		args = append(args, string(teams), sight.Agent)
		where += ` AND (t.team IN (SELECT value FROM ` + tx.q.d.texts("$2") + ` e) OR $3 <> '' AND (t.assignee = $3 OR t.lead = $3
			OR EXISTS (SELECT 1 FROM room r WHERE r.ticket = t.number AND r.handle = $3 AND r.why <> 'unfollowed')))`
	}
	err = tx.each(func(r scanner) error {
		var h Hit
		var at int64
		err := r.Scan(&h.Ticket, &h.Subject, &h.Status, &h.Team, &h.Conversation, &h.Author, &h.message, &at)
		h.At = instant(at)
		out = append(out, h)
		return err
	}, `SELECT t.number, t.subject, t.status, t.team, c.kind, m.author, m.id, m.created_at
		FROM message m JOIN conversation c ON c.id = m.conversation JOIN ticket t ON t.number = c.ticket
		WHERE `+where+` ORDER BY m.id DESC LIMIT `+atMost(limit), args...)
	return out, err
}

const (
	// freshMessages and freshOctets bound how much that is not indexed yet is
	// read by a search: it is more only while the index is made anew.
	freshMessages = 1000
	freshOctets   = 2 << 20
)

// errEnough ends the reading of rows.
var errEnough = errors.New("enough")

// fresh are the messages with all of the words that the index does not know
// yet, the newest first. behind says that some were not looked at.
func (tx *Tx) fresh(asked []phrase) (ids []int64, behind bool, err error) {
	where, args := `m.id = ANY (ARRAY(SELECT message FROM search_todo ORDER BY message DESC LIMIT `+atMost(freshMessages+1)+`))`, []any{}
	if tx.index != nil {
		upto, _, err := tx.indexed()
		if err != nil {
			return nil, false, err
		}
		where, args = `m.id > $1`, []any{upto}
	}
	n, octets := 0, 0
	err = tx.each(func(r scanner) error {
		if n == freshMessages || octets >= freshOctets {
			return errEnough
		}
		e, err := scanEntry(r)
		if err == nil && occur(asked, e.body) {
			ids = append(ids, e.id)
		}
		n, octets = n+1, octets+len(e.body)
		return err
	}, `SELECT `+entryColumns()+` FROM message m WHERE `+where+` ORDER BY m.id DESC LIMIT `+atMost(freshMessages+1), args...)
	if err == errEnough {
		return ids, true, nil
	}
	return ids, false, err
}

// excerptOctets is how much of a message is looked through for an excerpt.
const excerptOctets = 64 << 10

// excerpts gives hits theirs.
func (tx *Tx) excerpts(hits []Hit, asked []phrase) error {
	ids, of := []int64{}, map[int64]*Hit{}
	for i := range hits {
		ids, of[hits[i].message] = append(ids, hits[i].message), &hits[i]
	}
	if len(ids) == 0 {
		return nil
	}
	return tx.each(func(r scanner) error {
		var id int64
		var subject, text string
		err := r.Scan(&id, &subject, &text)
		if h := of[id]; h != nil {
			var found bool
			if h.Excerpt, found = excerpt(text, asked); !found {
				if s, there := excerpt(subject, asked); there {
					h.Excerpt = s
				}
			}
		}
		return err
	}, `SELECT m.id, m.subject, substr(m.text, 1, `+atMost(excerptOctets)+`)
		FROM message m WHERE m.id IN (SELECT value FROM `+tx.q.d.integers("$1")+` e)`, jsonIDs(ids))
}

// Meta reads one of the installation's own values; empty when unset.
func (tx *Tx) Meta(key string) (value string, err error) {
	err = tx.row(`SELECT value FROM meta WHERE key = $1`, key).Scan(&value)
	if err == sql.ErrNoRows {
		return "", nil
	}
	return value, err
}

// SetMeta writes one of the installation's own values.
func (tx *Tx) SetMeta(key, value string) error {
	return tx.exec(`INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
}
