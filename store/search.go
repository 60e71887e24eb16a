package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
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

// entry is what the index takes of a message.
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
		var e entry
		var subject, text, author, name string
		err := r.Scan(&e.id, &subject, &text, &author, &name)
		e.body = strings.Join([]string{subject, author, name, text}, "\n")
		e.body = strings.ToValidUTF8(e.body[:min(len(e.body), searchOctets)], "")
		octets += len(e.body)
		batch = append(batch, e)
		return err
	}, query, args...)
	return batch, more, err
}

func (s *Store) indexBatch(ctx context.Context) (more bool, err error) {
	if s.d.name == "postgres" {
		return s.indexTodo(ctx)
	}
	var batch []entry
	err = s.View(ctx, func(tx *Tx) error {
		batch, more, err = tx.entries(`SELECT id, subject, text, author, author_name FROM message
			WHERE id > coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'search_upto'), 0) ORDER BY id LIMIT ` + atMost(searchBatch))
		return err
	})
	if err != nil || len(batch) == 0 {
		return false, err
	}
	err = s.Update(ctx, func(tx *Tx) error {
		for _, e := range batch {
			if err := tx.exec(`INSERT OR REPLACE INTO search (rowid, body) VALUES ($1, $2)`, e.id, e.body); err != nil {
				return fmt.Errorf("index message %d: %w", e.id, err)
			}
		}
		return tx.SetMeta("search_upto", fmt.Sprint(batch[len(batch)-1].id))
	})
	return err == nil && (more || len(batch) == searchBatch), err
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
		for _, e := range batch {
			err := tx.exec(`INSERT INTO search (message, words) VALUES ($1, CAST($2 AS tsvector))
				ON CONFLICT (message) DO UPDATE SET words = excluded.words`, e.id, tsvector(e.body))
			if err != nil {
				return fmt.Errorf("index message %d: %w", e.id, err)
			}
			if err := tx.exec(`DELETE FROM search_todo WHERE message = $1`, e.id); err != nil {
				return fmt.Errorf("index message %d: %w", e.id, err)
			}
		}
		return nil
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
// are in sight, all of them if that is nil; the newest first. Of words that more
// than 10,000 messages have (2,000 in PostgreSQL), the newest so many count.
// Whatever is written in words, it is no syntax and no error.
func (tx *Tx) Search(words string, sight *Sight, limit int) ([]Hit, error) {
	d := tx.q.d
	terms := strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(words, " "), "\x00", " "))
	terms = terms[:min(len(terms), searchWords)]
	expression := d.words(terms)
	if expression == "" {
		return nil, nil
	}
	args, where := []any{expression}, d.matches
	if sight != nil {
		teams, err := json.Marshal(append([]string{}, sight.Teams...))
		if err != nil {
			return nil, err
		}
		args = append(args, string(teams), sight.Agent)
		where += ` AND ` + d.bounded + ` AND (t.team IN (SELECT value FROM ` + d.texts("$2") + ` e) OR $3 <> '' AND (t.assignee = $3 OR t.lead = $3
			OR EXISTS (SELECT 1 FROM room r WHERE r.ticket = t.number AND r.handle = $3 AND r.why <> 'unfollowed')))`
	}
	var out []Hit
	err := tx.each(func(r scanner) error {
		var h Hit
		var at int64
		err := r.Scan(&h.Ticket, &h.Subject, &h.Status, &h.Team, &h.Conversation, &h.Author, &h.Excerpt, &at)
		h.At, h.Excerpt = instant(at), d.excerpt(h.Excerpt, terms)
		out = append(out, h)
		return err
	}, `SELECT t.number, t.subject, t.status, t.team, c.kind, m.author, `+d.shown+`, m.created_at
		FROM `+d.found+`JOIN conversation c ON c.id = m.conversation JOIN ticket t ON t.number = c.ticket
		WHERE `+where+` ORDER BY `+d.newest+` DESC LIMIT `+atMost(limit), args...)
	if err != nil {
		return nil, fmt.Errorf("search %q: %w", words, err)
	}
	return out, nil
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
