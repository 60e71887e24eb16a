package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// searchBatch is how many messages the index takes in one transaction: little
// enough that mail does not wait for it.
const searchBatch = 50

// searchOctets bounds a batch, and what is indexed of one message, in the same
// way: a pasted log of megabytes would keep the writer for seconds.
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

// searched is what the index takes of a message m.
const searched = `m.subject || char(10) || m.author || char(10) || m.author_name || char(10) || m.text`

func (s *Store) indexBatch(ctx context.Context) (more bool, err error) {
	if s.d.name == "postgres" {
		return s.indexTodo(ctx)
	}
	var upto, last int64
	err = s.View(ctx, func(tx *Tx) error {
		upto, last, more, err = tx.searchable()
		return err
	})
	if err != nil || last == 0 {
		return false, err
	}
	err = s.Update(ctx, func(tx *Tx) error {
		// One statement for all: before each one FTS5 writes down what it has
		// gathered, and every such piece of the index is merged with others later.
		err := tx.exec(`INSERT OR REPLACE INTO search (rowid, body) SELECT m.id, substr(`+searched+`, 1, `+atMost(searchOctets)+`)
			FROM message m WHERE m.id > $1 AND m.id <= $2 ORDER BY m.id`, upto, last)
		if err != nil {
			return fmt.Errorf("index the messages %d to %d: %w", upto+1, last, err)
		}
		return tx.SetMeta("search_upto", fmt.Sprint(last))
	})
	return err == nil && more, err
}

// searchable is where the index stopped, the last message of the next batch,
// 0 if there is none, and whether more will be left.
func (tx *Tx) searchable() (upto, last int64, more bool, err error) {
	at, err := tx.Meta("search_upto")
	if err != nil {
		return 0, 0, false, err
	}
	if at != "" {
		if upto, err = strconv.ParseInt(at, 10, 64); err != nil {
			return 0, 0, false, fmt.Errorf("where the search index stopped: %w", err)
		}
	}
	n, octets := 0, 0
	err = tx.each(func(r scanner) error {
		var id int64
		var size int
		if err := r.Scan(&id, &size); err != nil {
			return err
		}
		if more = octets >= searchOctets; !more {
			n, octets, last = n+1, octets+min(size, searchOctets), id
		}
		return nil
	}, `SELECT id, octet_length(text) FROM message WHERE id > $1 ORDER BY id LIMIT `+atMost(searchBatch), upto)
	return upto, last, more || n == searchBatch, err
}

// entry is what the index takes of a message, where its words are told apart
// here.
type entry struct {
	id   int64
	body string
}

// entries reads messages for the index until there are octets enough, and
// tells whether some were left out.
func (tx *Tx) entries(query string, args ...any) (batch []entry, more bool, err error) {
	octets := 0
	err = tx.each(func(r scanner) error {
		if octets >= searchOctets {
			more = true
			return nil
		}
		e, err := scanEntry(r)
		octets += len(e.body)
		batch = append(batch, e)
		return err
	}, query, args...)
	return batch, more, err
}

// scanEntry reads id, subject, text, author and author_name.
func scanEntry(r scanner) (e entry, err error) {
	var subject, text, author, name string
	err = r.Scan(&e.id, &subject, &text, &author, &name)
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
		var full bool
		batch, full, err := tx.entries(`SELECT id, subject, text, author, author_name FROM message
			WHERE id = ANY (ARRAY(SELECT message FROM search_todo ORDER BY message LIMIT ` + atMost(searchBatch) + tx.q.d.unclaimed("search_todo") + `)) ORDER BY id`)
		if err != nil {
			return err
		}
		more = full || len(batch) == searchBatch
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
// Of words that more than 10,000 messages have (2,000 in PostgreSQL), the newest
// so many count. Whatever is written in words, it is no syntax and no error.
func (tx *Tx) Search(words string, sight *Sight, limit, excerpts int) ([]Hit, error) {
	d := tx.q.d
	terms := strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(words, " "), "\x00", " "))
	terms = terms[:min(len(terms), searchWords)]
	expression := d.words(terms)
	if expression == "" {
		return nil, nil
	}
	out, err := tx.searchFresh(terms, sight, limit)
	if err == nil && len(out) < limit {
		where := d.matches
		if sight != nil {
			where += ` AND ` + d.bounded
		}
		var found []Hit
		found, err = tx.hits(d.found, where, d.newest, sight, limit-len(out), expression)
		// One that was indexed since then is there twice.
		out = append(out, slices.DeleteFunc(found, func(h Hit) bool {
			return slices.ContainsFunc(out, func(o Hit) bool { return o.message == h.message })
		})...)
	}
	if err == nil {
		err = tx.excerpts(out[:min(excerpts, len(out))], terms)
	}
	if err != nil {
		return nil, fmt.Errorf("search %q: %w", words, err)
	}
	return out, nil
}

// hits are the messages m of a FROM and WHERE that are in sight; what stands for
// $1 is an argument.
func (tx *Tx) hits(from, where, newest string, sight *Sight, limit int, argument string) (out []Hit, err error) {
	args := []any{argument}
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
		FROM `+from+`JOIN conversation c ON c.id = m.conversation JOIN ticket t ON t.number = c.ticket
		WHERE `+where+` ORDER BY `+newest+` DESC LIMIT `+atMost(limit), args...)
	return out, err
}

const (
	// freshMessages and freshOctets bound how much that is not indexed yet is
	// read by a search: the index is behind by so much only after a restore.
	freshMessages = 1000
	freshOctets   = 2 << 20
)

// errEnough ends the reading of rows.
var errEnough = errors.New("enough")

// searchFresh finds what the index does not know yet.
func (tx *Tx) searchFresh(terms []string, sight *Sight, limit int) ([]Hit, error) {
	asked, ids, octets := phrases(terms), []int64{}, 0
	err := tx.each(func(r scanner) error {
		e, err := scanEntry(r)
		if err == nil && occur(asked, e.body) {
			ids = append(ids, e.id)
		}
		if octets += len(e.body); err == nil && octets >= freshOctets {
			err = errEnough
		}
		return err
	}, `SELECT m.id, m.subject, m.text, m.author, m.author_name FROM message m WHERE `+tx.q.d.fresh+` ORDER BY m.id DESC LIMIT `+atMost(freshMessages))
	if err != nil && err != errEnough || len(ids) == 0 {
		return nil, err
	}
	return tx.hits(`message m `, `m.id IN (SELECT value FROM `+tx.q.d.integers("$1")+` e)`, `m.id`, sight, limit, jsonIDs(ids))
}

// excerptOctets is how much of a message is looked through for an excerpt.
const excerptOctets = 64 << 10

// excerpts gives hits theirs.
func (tx *Tx) excerpts(hits []Hit, terms []string) error {
	ids, of := []int64{}, map[int64]*Hit{}
	for i := range hits {
		ids, of[hits[i].message] = append(ids, hits[i].message), &hits[i]
	}
	if len(ids) == 0 {
		return nil
	}
	return tx.each(func(r scanner) error {
		var id int64
		var text string
		err := r.Scan(&id, &text)
		if h := of[id]; h != nil {
			h.Excerpt = excerpt(text, terms)
		}
		return err
	}, `SELECT m.id, substr(m.subject || ' ' || m.author || ' ' || m.author_name || ' ' || m.text, 1, `+atMost(excerptOctets)+`)
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
