package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrDamaged says that the database file is not as it was written: a disk, a
// cable or a copy lost some of it. Going on would lose more.
var ErrDamaged = errors.New("the database is damaged")

// damaged adds ErrDamaged to what an engine says of pages that are not whole.
func damaged(err error) error {
	if err == nil || errors.Is(err, ErrDamaged) {
		return err
	}
	var p *pgconn.PgError
	if errors.As(err, &p) && (p.Code == "XX001" || p.Code == "XX002") { // data, index corrupted
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// Full reports whether an error says that there is no room left: on the disk, or
// in what a user may take of it.
func Full(err error) bool {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code == "53100" // disk_full
	}
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()&0xff == sqlite3.SQLITE_FULL
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// AnySize has CheckPages look at a database however large it is.
const AnySize = math.MaxInt64

// CheckPages reads every page of a SQLite database of at most so many octets,
// and reports whether it did. The error is ErrDamaged if a page does not fit the
// others. It takes about a second for 200 MB; the daemon may work meanwhile. Of
// a PostgreSQL database it reads every row but those of raw mail and files;
// one of more than a gigabyte is the server's to check.
func (s *Store) CheckPages(ctx context.Context, most int64) (done bool, err error) {
	size, err := s.size(ctx)
	switch {
	case err != nil || size > most || s.d.name == "postgres" && size > checkedOctets:
		return false, err
	case s.d.name != "postgres":
		if err = s.checkTables(ctx); err != nil {
			break
		}
		if bad := s.viewAll(ctx, func(tx *Tx) error { return s.index.check(tx) }); bad != nil && ctx.Err() == nil {
			s.log.Warn("search index", "err", bad) // no fault of the database
		}
	default:
		err = s.readTables(ctx, func(table string, err error) error { return fmt.Errorf("table %s: %w", table, err) })
	}
	if ctx.Err() != nil {
		return false, nil // the daemon ends, and nothing was found until then
	}
	return true, damaged(err)
}

// size is how large the database is, in octets.
func (s *Store) size(ctx context.Context) (n int64, err error) {
	if s.d.name != "postgres" {
		info, err := os.Stat(s.path)
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}
	err = s.View(ctx, func(tx *Tx) error { return tx.row(`SELECT pg_database_size(current_database())`).Scan(&n) })
	return n, err
}

func (s *Store) checkTables(ctx context.Context) error {
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
	return err
}

// checkedOctets is how large a PostgreSQL database may be that each of its
// daemons reads at its start.
const checkedOctets = 1 << 30

// readTables reads every row of PostgreSQL's tables whole, each table in a look
// of its own: an error ends the one that it is met in. Raw mail and files are
// left out, whose sums tell more. failed is told of a table that cannot be read,
// and goes on by returning nil.
func (s *Store) readTables(ctx context.Context, failed func(table string, err error) error) error {
	for _, t := range tables() {
		if t.name == "blob_chunk" {
			continue
		}
		err := s.viewAll(ctx, func(tx *Tx) error {
			var none int64
			err := tx.row(`SELECT count(*) FROM ` + t.name + ` r WHERE octet_length(CAST(r AS text)) < 0`).Scan(&none)
			if err != nil {
				err = failed(t.name, err)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
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
