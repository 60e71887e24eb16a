package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Schema tells which schema a database file has and which is the newest that
// this program knows, without changing the file: have < newest is brought up
// by Open, have > newest is refused by it. A missing file is an error.
func Schema(ctx context.Context, path string) (have, newest int, err error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, 0, fmt.Errorf("list the schemas: %w", err)
	}
	if _, err := os.Stat(path); err != nil { // SQLite would make it
		return 0, 0, fmt.Errorf("read the schema: %w", err)
	}
	db, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		return 0, 0, fmt.Errorf("open %s: %w", path, err)
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM migration`).Scan(&have); err != nil {
		return 0, 0, fmt.Errorf("read the schema of %s: %w", path, err)
	}
	last := files[len(files)-1].Name() // sorted by name, which begins with the number
	if newest, err = strconv.Atoi(last[:strings.IndexByte(last, '_')]); err != nil {
		return 0, 0, fmt.Errorf("schema %s has no number: %w", last, err)
	}
	return have, newest, nil
}
