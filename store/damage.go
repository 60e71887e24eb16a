package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrDamaged says that the database file is not as it was written: a disk, a
// cable or a copy lost some of it. Going on would lose more.
var ErrDamaged = errors.New("the database is damaged")

// damaged adds ErrDamaged to what SQLite says of a file that is not whole.
func damaged(err error) error {
	var e *sqlite.Error
	if err == nil || errors.Is(err, ErrDamaged) || !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// CheckPages reads every page of a SQLite database and says ErrDamaged if one
// does not fit the others. It takes about a second for 200 MB; the daemon may
// work meanwhile. PostgreSQL checks its own pages, and CheckPages nothing.
func (s *Store) CheckPages(ctx context.Context) error {
	if s.d.name == "postgres" {
		return nil
	}
	var tables []string
	err := s.View(ctx, func(tx *Tx) error {
		return tx.each(func(r scanner) error {
			var name string
			err := r.Scan(&name)
			tables = append(tables, name)
			return err
		}, `SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY rootpage`)
	})
	for _, t := range tables {
		if err != nil {
			break
		}
		// Each in a look of its own: while one lasts, the log cannot be carried
		// into the file.
		err = s.View(ctx, func(tx *Tx) error { return tx.checkTable(t) })
	}
	if ctx.Err() != nil {
		return nil // the daemon ends, and nothing was found until then
	}
	return damaged(err)
}

func (tx *Tx) checkTable(name string) error {
	return tx.each(func(r scanner) error {
		var line string
		if err := r.Scan(&line); err != nil || line == "ok" {
			return err
		}
		return fmt.Errorf("%w: %s", ErrDamaged, plainly(line, func(int) string { return name }))
	}, `PRAGMA quick_check('`+name+`')`)
}

var (
	badPage = regexp.MustCompile(`^Tree (\d+) page (\d+)`)
	badRow  = regexp.MustCompile(`^row (\d+) missing from index (\S+)`)
)

// plainly says in words what a line of SQLite's check means. root names the
// table or index that begins at a page.
func plainly(line string, root func(page int) string) string {
	line = strings.TrimPrefix(line, "*** in database main ***\n")
	said := strings.Join(strings.Fields(line), " ")
	var tree, page int
	if n, _ := fmt.Sscanf(said, "Tree %d page %d", &tree, &page); n == 2 && badPage.MatchString(said) {
		if name := root(tree); name != "" {
			return fmt.Sprintf("page %d, which holds rows of %s, cannot be read (SQLite: %s)", page, name, said)
		}
		return fmt.Sprintf("page %d cannot be read (SQLite: %s)", page, said)
	}
	if m := badRow.FindStringSubmatch(said); m != nil {
		return fmt.Sprintf("row %s of a table is not in its index %s, or the row is not what it was (SQLite: %s)", m[1], m[2], said)
	}
	return "SQLite: " + said
}

// roots are the tables and indexes by the page where they begin.
func (tx *Tx) roots() (map[int]string, error) {
	out := map[int]string{}
	err := tx.each(func(r scanner) error {
		var page int
		var name, table string
		if err := r.Scan(&page, &name, &table); err != nil {
			return err
		}
		out[page] = "table " + table
		if name != table {
			out[page] = "the index " + name + " of table " + table
		}
		return nil
	}, `SELECT rootpage, name, tbl_name FROM sqlite_schema WHERE rootpage > 0`)
	return out, err
}
