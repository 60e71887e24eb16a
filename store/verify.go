package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
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
// chain, and every blob against its sum.
func (s *Store) Verify(ctx context.Context) (*Findings, error) {
	f := &Findings{Problems: []string{}}
	report := func(p string) {
		if len(f.Problems) < 1000 {
			f.Problems = append(f.Problems, p)
		}
	}
	var sums []string
	err := s.View(ctx, func(tx *Tx) (err error) {
		if err := tx.verifyDatabase(report); err != nil {
			return err
		}
		for query, n := range map[string]*int64{`SELECT count(*) FROM ticket`: &f.Tickets, `SELECT count(*) FROM message`: &f.Messages} {
			if err := tx.row(query).Scan(n); err != nil {
				return err
			}
		}
		if f.Events, err = tx.verifyHistory(report); err != nil {
			return err
		}
		return tx.each(func(r *sql.Rows) error {
			var sum string
			err := r.Scan(&sum)
			sums = append(sums, sum)
			return err
		}, `SELECT sha256 FROM blob WHERE sha256 IS NOT NULL`)
	})
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", s.path, err)
	}
	for _, sum := range sums {
		f.Blobs++
		if err := s.verifyBlob(ctx, sum); err != nil {
			report(err.Error())
		}
	}
	return f, nil
}

func (tx *Tx) verifyDatabase(report func(string)) error {
	err := tx.each(func(r *sql.Rows) error {
		var line string
		err := r.Scan(&line)
		if line != "ok" {
			report("database: " + line)
		}
		return err
	}, `PRAGMA integrity_check(100)`)
	if err != nil {
		return err
	}
	return tx.each(func(r *sql.Rows) error {
		var table, parent string
		var row sql.NullInt64
		var key int
		err := r.Scan(&table, &row, &parent, &key)
		report(fmt.Sprintf("database: row %d of %s refers to a missing row of %s", row.Int64, table, parent))
		return err
	}, `PRAGMA foreign_key_check`)
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
		return fmt.Errorf("blob %s: its bytes have the sum %s", sum, got)
	}
	return nil
}

// Backup writes a consistent copy of the database to a file that must not
// exist yet. The daemon may go on working meanwhile.
func (s *Store) Backup(ctx context.Context, path string) error {
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
