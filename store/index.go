package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// index is the full-text index of a SQLite store. It is a file of its own, so
// that words are written beside the mail and not before it; and it may be lost,
// for it is made of the messages again.
type index struct {
	path string
	log  *slog.Logger
	lost chan struct{} // rung for the worker when a reader gave it up

	mu     sync.Mutex
	db     *sql.DB // nil where there is no file that is of these messages
	looked bool    // the file was looked for
	closed bool
}

// indexOf is where the index of a database lies.
func indexOf(path string) string { return path + "-search" }

// indexSchema is the index's number, of user_version: any other is made anew.
const indexSchema = 1

// The words of a message's body, without the body and without their places in
// it: it stands in message, where a phrase is looked for and an excerpt made.
// Eight pieces of the index are merged into one, not four: each word is then
// written again less often. upto is the last message that is in it.
const indexTables = `
CREATE VIRTUAL TABLE search USING fts5 (body, content = '', detail = none, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO search (search, rank) VALUES ('automerge', 8);
CREATE TABLE upto (message INTEGER NOT NULL, token INTEGER NOT NULL) STRICT;
INSERT INTO upto VALUES (0, 0);
PRAGMA user_version = 1;`

// indexFile opens the file, which must be there. What a power cut takes away of
// it is indexed again.
func indexFile(path string) (*sql.DB, error) {
	q := url.Values{"mode": {"rw"}, "_txlock": {"immediate"}}
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "temp_store(MEMORY)",
		"cache_size(-4000)", "wal_autocheckpoint(2000)", "journal_size_limit(16777216)"} {
		q.Add("_pragma", p)
	}
	db, err := sql.Open("sqlite", fileURL(path, q))
	if err == nil {
		db.SetMaxOpenConns(4)
	}
	return db, err
}

// use runs fn on the index. known is false where there is none, or none that
// can be read: then it is given up, and the worker makes it anew.
func (x *index) use(tx *Tx, fn func(db *sql.DB) error) (known bool, err error) {
	db, err := x.look(tx)
	if err != nil || db == nil {
		return false, err
	}
	err = fn(db)
	switch {
	case err == nil:
		return true, nil
	case unreadable(err):
		err = x.giveUp(db, err)
		ring(x.lost)
		return false, err
	case x.file() != db: // somebody else gave it up meanwhile
		return false, nil
	}
	return false, err
}

// file is the index, nil where there is none.
func (x *index) file() *sql.DB {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.db
}

// unreadable tells whether an error of the index is the file's, which will be
// the same tomorrow.
func unreadable(err error) bool {
	if errors.Is(damaged(err), ErrDamaged) || errors.Is(err, sql.ErrNoRows) {
		return true
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY:
		return true
	}
	return strings.Contains(err.Error(), "no such table")
}

// errOther says that an index is not of the messages that it lies beside.
var errOther = errors.New("it is of another database")

// look is the index, opened if nobody has looked for its file yet.
func (x *index) look(tx *Tx) (*sql.DB, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.looked {
		return x.db, nil
	}
	if _, err := os.Stat(x.path); err != nil {
		x.looked = errors.Is(err, os.ErrNotExist)
		return nil, nil
	}
	db, err := indexFile(x.path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", x.path, err)
	}
	switch err = suits(tx, db); {
	case err == nil:
		x.db, x.looked = db, true
		return db, nil
	case tx.ctx.Err() != nil || Unavailable(err) && !unreadable(err):
		return nil, errors.Join(fmt.Errorf("look into %s: %w", x.path, err), db.Close())
	}
	x.looked = true
	x.log.Warn("search index", "err", fmt.Errorf("%s: %w", x.path, err))
	return nil, db.Close()
}

// suits is an error unless an index is of the messages of tx: a database that
// came back from a backup may lie beside one that knows more.
func suits(tx *Tx, db *sql.DB) error {
	var version int
	var upto, token, is int64
	err := db.QueryRowContext(tx.ctx, `SELECT user_version, message, token FROM pragma_user_version, upto`).Scan(&version, &upto, &token)
	if err != nil {
		return err
	}
	if version != indexSchema {
		return fmt.Errorf("it has schema %d and this program makes %d", version, indexSchema)
	}
	if upto == 0 {
		return nil
	}
	err = tx.row(`SELECT token FROM message WHERE id = $1`, upto).Scan(&is)
	if errors.Is(err, sql.ErrNoRows) || err == nil && is != token {
		return errOther
	}
	return err
}

// giveUp closes a file that cannot be read or written.
func (x *index) giveUp(db *sql.DB, why error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.db != db {
		return nil
	}
	x.log.Warn("search index", "err", fmt.Errorf("%s: %w", x.path, why))
	x.db = nil
	return db.Close()
}

// close ends its use.
func (x *index) close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.looked, x.closed = true, true
	if x.db == nil {
		return nil
	}
	db := x.db
	x.db = nil
	return db.Close()
}

// renew makes an empty index in place of whatever there was.
func (x *index) renew(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return ErrClosed
	}
	for _, part := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(x.path + part); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("make the search index anew: %w", err)
		}
	}
	if err := private(x.path); err != nil {
		return fmt.Errorf("make the search index: %w", err)
	}
	db, err := indexFile(x.path)
	if err != nil {
		return fmt.Errorf("make the search index %s: %w", x.path, err)
	}
	if _, err := db.ExecContext(ctx, indexTables); err != nil {
		return errors.Join(fmt.Errorf("make the search index %s: %w", x.path, err), db.Close())
	}
	x.db, x.looked = db, true
	return nil
}

// add writes the words of messages down, and up to which one they are.
func (x *index) add(ctx context.Context, batch []entry) error {
	db := x.file()
	if db == nil {
		return fmt.Errorf("index message %d: the index was given up meanwhile", batch[0].id)
	}
	err := addEntries(ctx, db, batch)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("index the messages %d to %d: %w", batch[0].id, batch[len(batch)-1].id, err)
	if unreadable(err) {
		return errors.Join(err, x.giveUp(db, err))
	}
	return err
}

func addEntries(ctx context.Context, db *sql.DB, batch []entry) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, err := tx.PrepareContext(ctx, `INSERT INTO search (rowid, body) VALUES ($1, $2)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, e := range batch {
		if _, err := insert.ExecContext(ctx, e.id, e.body); err != nil {
			return fmt.Errorf("message %d: %w", e.id, err)
		}
	}
	last := batch[len(batch)-1]
	if _, err := tx.ExecContext(ctx, `UPDATE upto SET message = $1, token = $2`, last.id, last.token); err != nil {
		return err
	}
	return tx.Commit()
}

// check reads every page of the index, and gives it up if it is damaged: that
// is no fault of the database.
func (x *index) check(tx *Tx) error {
	_, err := x.use(tx, func(db *sql.DB) error {
		var line string
		err := db.QueryRowContext(tx.ctx, `PRAGMA quick_check(1)`).Scan(&line)
		if err == nil && line != "ok" {
			err = fmt.Errorf("%w: %s", ErrDamaged, line)
		}
		return err
	})
	return err
}

// indexed is the last message that the index has; known is false where there is
// no index.
func (tx *Tx) indexed() (upto int64, known bool, err error) {
	known, err = tx.index.use(tx, func(db *sql.DB) error {
		return db.QueryRowContext(tx.ctx, `SELECT message FROM upto`).Scan(&upto)
	})
	return upto, known, err
}

// matching are messages that the index has for phrases, the newest first, below
// an id. It is sure of them unless their texts have to be read as well.
func (tx *Tx) matching(asked []phrase, below int64, limit int) (ids []int64, sure bool, err error) {
	if tx.index == nil {
		ids, err = tx.matchingPostgres(asked, below, limit)
		return ids, true, err
	}
	sure = !slices.ContainsFunc(asked, func(p phrase) bool { return len(p.words) > 1 })
	_, err = tx.index.use(tx, func(db *sql.DB) error {
		ids, err = matchingIn(tx.ctx, db, matchExpression(asked, func(string) bool { return true }), below, limit)
		if err != nil && strings.Contains(err.Error(), "phrase queries are not supported") {
			sure = false
			ids, err = matchingIn(tx.ctx, db, matchExpression(asked, isASCII), below, limit)
		}
		return err
	})
	return ids, sure, err
}

func matchingIn(ctx context.Context, db *sql.DB, expression string, below int64, limit int) (ids []int64, err error) {
	if expression == "" {
		return nil, nil
	}
	rows, err := db.QueryContext(ctx, `SELECT rowid FROM search WHERE search MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3`, expression, below, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
