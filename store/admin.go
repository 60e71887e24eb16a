package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// ErrNoSchema says that a PostgreSQL database has no tables of aside yet.
var ErrNoSchema = errors.New("the database is empty")

// Schema tells which schema a database has and which is the newest that this
// program knows, without changing it: have < newest is brought up by Open,
// have > newest is refused by it. A missing file is an error, and so are an
// empty PostgreSQL database, ErrNoSchema, and ErrOtherSchema.
func Schema(ctx context.Context, o Options) (have, newest int, err error) {
	d, name := sqliteDialect(), o.Path
	var db *sql.DB
	if o.DSN != "" {
		d = postgresDialect()
		db, name, err = connect(o.DSN, true)
	} else if _, err = os.Stat(o.Path); err == nil { // SQLite would make it
		db, err = sql.Open("sqlite", dsn(o.Path, true))
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema: %w", err)
	}
	defer db.Close()
	known, err := readMigrations(d)
	if err != nil {
		return 0, 0, fmt.Errorf("list the schemas: %w", err)
	}
	have, err = applied(ctx, db, known)
	if noSuchTable(err) {
		err = ErrNoSchema
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema of %s: %w", name, err)
	}
	return have, len(known), nil
}
