package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations
var migrations embed.FS

// schemas are the numbered files of an engine, in their order.
func schemas(d *dialect) ([]string, error) {
	entries, err := migrations.ReadDir(d.migrations)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// session is a database, or one connection to it.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

// migrate brings the database to the newest schema, one numbered file a
// transaction. A database newer than this program is refused: an old program
// must not write into rows that it does not understand.
func migrate(ctx context.Context, db session, d *dialect, now time.Time) error {
	if _, err := db.ExecContext(ctx, d.registry); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	var have int
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM migration`).Scan(&have); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	files, err := schemas(d)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if have > len(files) {
		return fmt.Errorf("the database has schema %d and this program knows %d: it was written by a newer aside", have, len(files))
	}
	for n, f := range files {
		number, err := strconv.Atoi(f[:strings.IndexByte(f, '_')])
		if err != nil {
			return fmt.Errorf("migration %s has no number: %w", f, err)
		}
		if number != n+1 {
			return fmt.Errorf("migration %s should have number %d", f, n+1)
		}
		if number <= have {
			continue
		}
		if err := apply(ctx, db, d.migrations+"/"+f, f, number, now); err != nil {
			return fmt.Errorf("migration %s: %w", f, err)
		}
	}
	return nil
}

func apply(ctx context.Context, db session, file, name string, number int, now time.Time) error {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// Looked at again within the transaction: two programs may have been
	// started on a new file at once.
	var done bool
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM migration WHERE number = $1)`, number).Scan(&done)
	if err != nil || done {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO migration VALUES ($1, $2, $3)`, number, name, now.UnixMicro()); err != nil {
		return err
	}
	return tx.Commit()
}
