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

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the database to the newest schema, one numbered file a
// transaction. A database newer than this program is refused: an old program
// must not write into rows that it does not understand.
func migrate(ctx context.Context, db *sql.DB, now time.Time) error {
	const table = `CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT`
	if _, err := db.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	var have int
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM migration`).Scan(&have); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if have > len(files) {
		return fmt.Errorf("the database has schema %d and this program knows %d: it was written by a newer aside", have, len(files))
	}
	for n, f := range files {
		number, err := strconv.Atoi(f.Name()[:strings.IndexByte(f.Name(), '_')])
		if err != nil {
			return fmt.Errorf("migration %s has no number: %w", f.Name(), err)
		}
		if number != n+1 {
			return fmt.Errorf("migration %s should have number %d", f.Name(), n+1)
		}
		if number <= have {
			continue
		}
		if err := apply(ctx, db, f.Name(), number, now); err != nil {
			return fmt.Errorf("migration %s: %w", f.Name(), err)
		}
	}
	return nil
}

func apply(ctx context.Context, db *sql.DB, name string, number int, now time.Time) error {
	text, err := migrations.ReadFile("migrations/" + name)
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
