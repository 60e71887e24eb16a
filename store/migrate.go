package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
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
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

// ErrOtherSchema says that a database was made by other texts of the same
// migrations: by a version on the way to the first release. Nothing can bring
// it to this program's schema.
var ErrOtherSchema = errors.New("the database was made by another development version of aside, whose tables differ from this one's: begin with a new database, or run the aside that made it")

// migration is a numbered file of an engine's schema.
type migration struct {
	name, text, sum string // the sum is the text's SHA-256, in hexadecimal
}

// readMigrations gives an engine's migrations; the first has number 1.
func readMigrations(d *dialect) ([]migration, error) {
	files, err := schemas(d)
	if err != nil {
		return nil, err
	}
	var all []migration
	for n, f := range files {
		number, err := strconv.Atoi(f[:strings.IndexByte(f, '_')])
		if err != nil {
			return nil, fmt.Errorf("migration %s has no number: %w", f, err)
		}
		if number != n+1 {
			return nil, fmt.Errorf("migration %s should have number %d", f, n+1)
		}
		text, err := migrations.ReadFile(d.migrations + "/" + f)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		all = append(all, migration{f, string(text), hex.EncodeToString(sum[:])})
	}
	return all, nil
}

// applied is the number of the newest migration that a database has, 0 for
// none, and ErrOtherSchema where one of them was another text then. A number
// beyond those that are known is no error.
func applied(ctx context.Context, db session, known []migration) (newest int, err error) {
	rows, err := db.QueryContext(ctx, `SELECT * FROM migration ORDER BY number`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		var name, sum string
		var at int64
		to := []any{&newest, &name, &at, &sum}
		if len(columns) < len(to) { // sums were not always kept
			to = to[:len(columns)]
		}
		if err := rows.Scan(to...); err != nil {
			return 0, err
		}
		if newest <= len(known) && known[newest-1].sum != sum {
			return 0, ErrOtherSchema
		}
	}
	return newest, rows.Err()
}

// migrate brings the database to the newest schema, one numbered file a
// transaction. A database newer than this program is refused: an old program
// must not write into rows that it does not understand.
func migrate(ctx context.Context, db session, d *dialect, now time.Time) error {
	known, err := readMigrations(d)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := db.ExecContext(ctx, d.registry); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	have, err := applied(ctx, db, known)
	if errors.Is(err, ErrOtherSchema) {
		return err
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if have > len(known) {
		return fmt.Errorf("the database has schema %d and this program knows %d: it was written by a newer aside", have, len(known))
	}
	for number := have + 1; number <= len(known); number++ {
		if err := apply(ctx, db, known[number-1], number, now); err != nil {
			return fmt.Errorf("migration %s: %w", known[number-1].name, err)
		}
	}
	return nil
}

func apply(ctx context.Context, db session, m migration, number int, now time.Time) error {
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
	if _, err := tx.ExecContext(ctx, m.text); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO migration VALUES ($1, $2, $3, $4)`, number, m.name, now.UnixMicro(), m.sum); err != nil {
		return err
	}
	return tx.Commit()
}
