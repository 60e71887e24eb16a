package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

// fillCmd makes a store of many tickets.
type fillCmd struct {
	Dir     string `arg:"" help:"The folder of an installation that was started once: with state/aside.db."`
	Tickets int    `default:"100000" help:"How many tickets."`
	Seed    uint64 `default:"1" help:"Of the words."`
}

// Help is shown by --help.
func (fillCmd) Help() string {
	return `Writes by SQL into the database, with the daemon stopped: each ticket has a customer's mail, an agent's reply and the customer's answer, its record, three
agents' sent notices for the mails, a sent delivery, its participants, events and line hashes; all of it is in the search index. 1500 tickets at most are
open, the rest is resolved. Less than real: all records share one raw mail, texts have some 300 octets, the words are drawn from 4000 pieces, history
is not chained (aside verify complains). Tokens are drawn by SQLite and differ from run to run; all else follows from the seed.`
}

// Run fills.
func (c fillCmd) Run(ctx context.Context, out io.Writer) error {
	began := time.Now()
	if err := fill(ctx, filepath.Join(c.Dir, "state", "aside.db"), c.Tickets, c.Seed); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d tickets in %s\n", c.Tickets, time.Since(began).Round(time.Second))
	return nil
}

const (
	pieces    = 4000   // texts that messages are made of
	lot       = 200000 // tickets a transaction
	mostOpen  = 1500
	perPerson = 4 // tickets of one customer
)

// requesterOf is who began ticket n, where there are so many.
func requesterOf(n, tickets int) string {
	return fmt.Sprintf("jane%d@customer%d.example", n%max(tickets/perPerson, 1), n%max(tickets/perPerson, 1)%300)
}

// makeStore starts the daemon, and stops it once its tables are there and those
// of the search index, which it makes beside its work.
func (d *installation) makeStore(ctx context.Context) error {
	if _, err := d.launch(ctx); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(d.dir, "state", "aside.db-search")+"?mode=ro")
	if err != nil {
		return errors.Join(err, d.stop())
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for upto := -1; upto < 0 && ctx.Err() == nil; <-tick.C {
		_ = db.QueryRowContext(ctx, `SELECT message FROM upto`).Scan(&upto)
	}
	return errors.Join(ctx.Err(), db.Close(), d.stop())
}

// fill writes tickets 1 to n into an empty store. A message's id is 3n-2, 3n-1
// and 3n for those of ticket n; its conversations are 2n-1 and 2n.
func fill(ctx context.Context, database string, n int, seed uint64) error {
	db, err := sql.Open("sqlite", "file:"+database+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=foreign_keys(0)&_pragma=cache_size(-6000000)&_pragma=temp_store(MEMORY)")
	if err != nil {
		return fmt.Errorf("open %s: %w", database, err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `ATTACH $1 AS words; PRAGMA words.journal_mode = OFF; PRAGMA words.synchronous = OFF; PRAGMA words.cache_size = -2000000`, database+"-search"); err != nil {
		return fmt.Errorf("open %s-search: %w", database, err)
	}
	if _, err := db.ExecContext(ctx, `CREATE TEMP TABLE piece (id INTEGER PRIMARY KEY, body TEXT, hashes BLOB)`); err != nil {
		return fmt.Errorf("begin to fill: %w", err)
	}
	w := newWriter(seed)
	for i := range pieces {
		text := w.prose(260)
		if _, err := db.ExecContext(ctx, `INSERT INTO piece VALUES ($1, $2, randomblob($3))`, i, text, 8*8*strings.Count(text, "\n")); err != nil {
			return fmt.Errorf("write a piece of text: %w", err)
		}
	}
	raw := "INSERT OR IGNORE INTO blob (id, sha256, size, touched_at) VALUES (1, 'filled', 4, 1); INSERT OR IGNORE INTO blob_chunk VALUES (1, 0, x'6d61696c')"
	if _, err := db.ExecContext(ctx, raw); err != nil {
		return fmt.Errorf("write the raw mail: %w", err)
	}
	for from := 1; from <= n; from += lot {
		to := min(from+lot-1, n)
		if err := fillLot(ctx, db, from, to, n); err != nil {
			return fmt.Errorf("tickets %d to %d: %w", from, to, err)
		}
	}
	for _, q := range []string{`UPDATE words.upto SET (message, token) = (SELECT id, token FROM message ORDER BY id DESC LIMIT 1)`,
		`INSERT INTO words.search (search) VALUES ('optimize')`, `PRAGMA words.journal_mode = WAL`} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("end filling: %w", err)
		}
	}
	return nil
}

// fillLot writes some tickets in one transaction.
func fillLot(ctx context.Context, db *sql.DB, from, to, all int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	at := fmt.Sprintf("(%d - (%d - n) * 60000000)", time.Now().UnixMicro()-60e6, all)
	person := max(all/perPerson, 1)
	jane := fmt.Sprintf("('jane' || (n %% %d) || '@customer' || (n %% %d %% 300) || '.example')", person, person)
	numbers := fmt.Sprintf("WITH RECURSIVE ticket_n (n) AS (VALUES (%d) UNION ALL SELECT n + 1 FROM ticket_n WHERE n < %d) ", from, to)
	open := fmt.Sprintf("(n > %d)", all-min(mostOpen, all/2))
	said := func(k int) string {
		return fmt.Sprintf("(SELECT body FROM piece WHERE id = (n * 7 + %d * 1301) %% %d) || char(10) || 'Case q' || n || '-%d'", k, pieces, k)
	}
	hashes := func(k int) string {
		return fmt.Sprintf("(SELECT hashes FROM piece WHERE id = (n * 7 + %d * 1301) %% %d)", k, pieces)
	}
	const token = "(abs(random()) >> 7)"
	facts := `'{"marker":"aside-k3f9q2m7xd","audience":"customer","ticket":1,"hear":["Jane Doe"],"status":"open","mails":"Second mail today.","facts":["Inside: 1 side."],"notes":"[#1 team] Kettle"}'`
	steps := []string{
		`INSERT INTO ticket (number, desk, subject, requester, requester_name, status, turn, assignee, team, resolved_at, version, created_at, updated_at)
			SELECT n, '` + support + `', 'Kettle ' || n, ` + jane + `, 'Jane Doe', iif(` + open + `, 'open', 'resolved'), 'team', iif(n % 3 = 0, '', iif(n % 3 = 1, 'dana', 'omar')),
			'support', iif(` + open + `, 0, ` + at + `), 4, ` + at + `, ` + at + ` FROM ticket_n`,
		`INSERT INTO conversation (id, ticket, kind, token, subject, created_at) SELECT 2 * n - 1, n, 'customer', ` + token + `, 'Kettle ' || n, ` + at + ` FROM ticket_n`,
		`INSERT INTO conversation (id, ticket, kind, token, subject, created_at) SELECT 2 * n, n, 'notes', ` + token + `, 'Kettle ' || n, ` + at + ` FROM ticket_n`,
		`INSERT INTO participant (id, conversation, kind, address, name, role, holder, since, audience_at) SELECT n, 2 * n - 1, 'customer', ` + jane + `, 'Jane Doe', 'to', ` + token + `, ` + at + `, 1 FROM ticket_n`,
		`INSERT INTO message (id, conversation, token, kind, leaves, verified, author, author_name, created_at, sum, subject, text, html) SELECT 3 * n - 1, 2 * n - 1, ` + token + `, 'outbound', 1, 1, 'dana', 'Dana Reyes', ` + at + `, 0, 'Re: Kettle ' || n, ` + said(1) + `, '' FROM ticket_n`,
		`INSERT INTO delivery (id, token, conversation, message, participant, state, attempts, next_at, created_at, finished_at) SELECT n, ` + token + `, 2 * n - 1, 3 * n - 1, n, 'sent', 1, ` + at + `, ` + at + `, ` + at + ` FROM ticket_n`,
	}
	for _, k := range []int{2, 0} {
		id := fmt.Sprintf("3 * n - %d", k)
		steps = append(steps,
			fmt.Sprintf(`INSERT INTO inbound (id, session, channel, mail_from, recipients, from_address, subject, message_id, digest, raw, received_at, outcome, ticket, conversation, message, signal, reason)
				SELECT 'q' || n || '.%d', 'fill', 'smtp', %s, '["%s"]', %s, 'Kettle ' || n, 'q' || n || '.%d@customer.example', 'd' || n || '.%d', 'filled', %s, 'filed', n, 2 * n - 1, %s, 'new', 'Nothing in it names a conversation.' FROM ticket_n`, k, jane, support, jane, k, k, at, id),
			fmt.Sprintf(`INSERT INTO message (id, conversation, token, kind, leaves, verified, author, author_name, created_at, sum, message_id, inbound, subject, text, html)
				SELECT %s, 2 * n - 1, %s, 'inbound', 0, 1, %s, 'Jane Doe', %s, 0, 'q' || n || '.%d@customer.example', 'q' || n || '.%d', 'Kettle ' || n, %s, '' FROM ticket_n`, id, token, jane, at, k, k, said(k)))
	}
	for k := range 3 {
		steps = append(steps, fmt.Sprintf(`INSERT INTO line_set (ticket, conversation, message, hashes) SELECT n, 2 * n - 1, 3 * n - %d, %s FROM ticket_n`, k, hashes(k)),
			fmt.Sprintf(`INSERT INTO words.search (rowid, body) SELECT 3 * n - %d, 'Kettle ' || n || char(10) || %s FROM ticket_n`, k, said(k)),
			fmt.Sprintf(`INSERT INTO event (ticket, seq, at, actor, kind, data, salt, digest, hash) SELECT n, %d, %s, 'aside', 'filed', '{"message":1}', randomblob(16), randomblob(32), randomblob(32) FROM ticket_n`, k+1, at))
		for _, a := range []string{"dana", "omar", "lea"} {
			if k == 1 {
				continue // an agent's own reply tells nobody
			}
			steps = append(steps, fmt.Sprintf(`INSERT INTO notice (token, agent, holder, kind, desk, ticket, conversation, message, address, from_name, reply_name, subject, state, attempts, next_at, created_at, finished_at, facts)
				SELECT %s, '%s', 1, 'message', '%s', n, 2 * n - 1, 3 * n - %d, '%s@example.com', 'Jane Doe (customer)', 'CUSTOMER Jane Doe #' || n, '[#' || n || '] Kettle ' || n, 'sent', 1, %s, %s, %s, %s FROM ticket_n`,
				token, a, support, k, a, at, at, at, facts))
		}
		steps = append(steps, fmt.Sprintf(`INSERT INTO line_set (ticket, conversation, message, hashes) SELECT n, 0, 0, %s FROM ticket_n`, hashes(k+3)))
	}
	for _, s := range steps {
		if _, err := tx.ExecContext(ctx, numbers+s); err != nil {
			return fmt.Errorf("%.60s…: %w", s, err)
		}
	}
	return tx.Commit()
}
