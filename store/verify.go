package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"aside"
)

// Findings are what Verify saw.
type Findings struct {
	Tickets  int64    `json:"tickets"`
	Messages int64    `json:"messages"`
	Events   int64    `json:"events"`
	Blobs    int64    `json:"blobs"`
	Problems []string `json:"problems"`
}

// Verify checks the database's pages and foreign keys, every ticket's history
// chain, and every message and blob against its sum.
func (s *Store) Verify(ctx context.Context) (*Findings, error) {
	f := &Findings{Problems: []string{}}
	report := func(p string) {
		if len(f.Problems) < 1000 {
			f.Problems = append(f.Problems, p)
		}
	}
	var sums []string
	var err error
	// A damaged page fails one check; the others still say what is whole. Each
	// has a look of its own: PostgreSQL ends one in which a check failed.
	for _, check := range []struct {
		what string
		do   func(tx *Tx) error
	}{
		{"pages and references", func(tx *Tx) error { return tx.verifyDatabase(report) }},
		{"tickets", func(tx *Tx) error { return tx.row(`SELECT count(*) FROM ticket`).Scan(&f.Tickets) }},
		{"history", func(tx *Tx) (err error) { f.Events, err = tx.verifyHistory(report); return err }},
		{"blobs", func(tx *Tx) (err error) { sums, err = tx.blobSums(); return err }},
	} {
		err = s.viewAll(ctx, func(tx *Tx) error {
			if err := check.do(tx); err != nil {
				report(fmt.Sprintf("%s cannot be read to the end: %v", check.what, damaged(err)))
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", s.path, err)
		}
	}
	if f.Messages, err = s.verifyMessages(ctx, report); err != nil {
		return nil, fmt.Errorf("verify %s: %w", s.path, err)
	}
	if s.d.name == "postgres" {
		err = s.readTables(ctx, func(table string, err error) error {
			report(fmt.Sprintf("table %s cannot be read to the end: %v", table, damaged(err)))
			return ctx.Err() // the others are read all the same
		})
	}
	for _, sum := range sums {
		if err = errors.Join(err, ctx.Err()); err != nil {
			break
		}
		f.Blobs++
		if err := s.verifyBlob(ctx, sum); err != nil {
			report(err.Error())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", s.path, err)
	}
	return f, nil
}

// verifiedAtOnce is how many messages one look reads: while it lasts, SQLite's
// log cannot be carried into the file.
const verifiedAtOnce = 500

// verifyMessages holds every message against its sum, and counts them.
func (s *Store) verifyMessages(ctx context.Context, report func(string)) (n int64, err error) {
	for last, more := int64(0), true; more; {
		err := s.viewAll(ctx, func(tx *Tx) error {
			more = false
			err := tx.each(func(r scanner) error {
				var ticket, sum int64
				var kind aside.ConversationKind
				m, err := scanMessage(func(to ...any) error { return r.Scan(append(to, &ticket, &kind, &sum)...) })
				if err != nil {
					return err
				}
				more, last, n = true, m.ID, n+1
				if messageSum(&m) != sum {
					report(fmt.Sprintf("message %d of ticket %d is not what was stored: its words, or who wrote them, have another sum", m.ID, ticket))
				}
				if m.Kind == aside.MessageNote && kind != aside.Notes {
					report(fmt.Sprintf("message %d of ticket %d is a note, and stands where others hear it", m.ID, ticket))
				}
				return nil
			}, `SELECT `+messageColumns+`, coalesce(c.ticket, 0), coalesce(c.kind, ''), m.sum FROM message m LEFT JOIN conversation c ON c.id = m.conversation
				WHERE m.id > $1 ORDER BY m.id LIMIT $2`, last, verifiedAtOnce)
			if err != nil {
				report(fmt.Sprintf("messages behind number %d cannot be read to the end: %v", last, damaged(err)))
				more = false
			}
			return ctx.Err()
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (tx *Tx) blobSums() (sums []string, err error) {
	err = tx.each(func(r scanner) error {
		var sum string
		err := r.Scan(&sum)
		sums = append(sums, sum)
		return err
	}, `SELECT sha256 FROM blob WHERE sha256 IS NOT NULL`)
	return sums, err
}

func (tx *Tx) verifyDatabase(report func(string)) error {
	if tx.q.d.name == "postgres" {
		return tx.verifyPostgres(report)
	}
	roots, err := tx.roots()
	if err != nil {
		return err
	}
	err = tx.each(func(r scanner) error {
		var text string
		err := r.Scan(&text)
		for line := range strings.Lines(text) { // one row may hold many
			if line = strings.TrimSpace(line); line != "ok" && line != "" && !strings.HasPrefix(line, "***") {
				report("database: " + plainly(line, func(page int) string { return roots[page] }))
			}
		}
		return err
	}, `PRAGMA integrity_check(100)`)
	if err != nil {
		return err
	}
	return tx.each(func(r scanner) error {
		var table, parent string
		var row sql.NullInt64
		var key int
		err := r.Scan(&table, &row, &parent, &key)
		report(fmt.Sprintf("database: row %d of %s refers to a missing row of %s", row.Int64, table, parent))
		return err
	}, `PRAGMA foreign_key_check`)
}

// verifyPostgres asks for what PostgreSQL itself knows to be unfit. It checks
// foreign keys on every change and pages by its own sums; a restore can leave
// indexes and keys behind that were never checked.
func (tx *Tx) verifyPostgres(report func(string)) error {
	return tx.each(func(r scanner) error {
		var what, name string
		err := r.Scan(&what, &name)
		report(fmt.Sprintf("database: %s %s is not valid", what, name))
		return err
	}, `SELECT 'index', c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
			WHERE NOT i.indisvalid AND pg_table_is_visible(c.oid)
		UNION ALL SELECT 'constraint', c.conname::text FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
			WHERE NOT c.convalidated AND pg_table_is_visible(t.oid)
		UNION ALL SELECT 'trigger', g.tgname::text FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
			WHERE g.tgenabled = 'D' AND pg_table_is_visible(t.oid)`)
}

func (s *Store) verifyBlob(ctx context.Context, sum string) error {
	r, err := s.OpenBlob(ctx, sum)
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return fmt.Errorf("blob %s: %w", sum, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return fmt.Errorf("blob %s (a mail or a file) is not what was stored: its bytes have the sum %s", sum, got)
	}
	return nil
}

// ErrBackup says that the engine has its own way to make a backup.
var ErrBackup = errors.New("a PostgreSQL database is backed up by pg_dump or by what keeps its copies")

// Backup writes a consistent copy of the database to a file that must not
// exist yet, readable by its owner only. The daemon may go on working
// meanwhile.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	if s.d.name == "postgres" {
		return ErrBackup
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // VACUUM INTO takes an empty file
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(path) // half a copy must not pass for one
		}
	}()
	if err := f.Close(); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	// VACUUM INTO counts as a write, which the readers refuse, and must not
	// wait in the writer's line: it has a connection of its own.
	db, err := sql.Open("sqlite", dsn(s.path, false))
	if err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return nil
}
