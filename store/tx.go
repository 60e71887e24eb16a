package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrNotFound says that no such row exists.
var ErrNotFound = errors.New("not found")

// Tx is one transaction of Update or View. It belongs to the function that it
// is given to, and ends with it.
type Tx struct {
	ctx     context.Context
	q       *statements
	now     time.Time
	daemon  string // who claims
	effects effects
	last    map[int64]link // of the histories that this transaction wrote
	held    map[int64]bool // tickets that nobody else changes until this ends
}

// Now is the transaction's time.
func (tx *Tx) Now() time.Time { return tx.now }

// Context is the transaction's context: that of View's caller, or of the
// writer, who is not interrupted.
func (tx *Tx) Context() context.Context { return tx.ctx }

func (tx *Tx) exec(query string, args ...any) error {
	_, err := tx.q.ExecContext(tx.ctx, query, args...)
	return err
}

// insert runs an INSERT of one row and returns its id, the column of that name;
// 0 where ON CONFLICT DO NOTHING kept the row out. SQLite tells the id without
// being asked: RETURNING would collect it in a table of its own first, made for
// this one statement.
func (tx *Tx) insert(id, query string, args ...any) (int64, error) {
	if tx.q.d.returning {
		var n int64
		err := tx.row(query+" RETURNING "+id, args...).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return n, err
	}
	r, err := tx.q.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return 0, err
	}
	return r.LastInsertId()
}

// affected runs a change and returns how many rows it changed.
func (tx *Tx) affected(query string, args ...any) (int64, error) {
	r, err := tx.q.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// scanner is a row to be read.
type scanner interface{ Scan(to ...any) error }

func (tx *Tx) row(query string, args ...any) scanner {
	return tx.q.QueryRowContext(tx.ctx, query, args...)
}

// each runs a query and calls scan for every row. scan must not run the same
// query: there is one prepared statement of it.
func (tx *Tx) each(scan func(scanner) error, query string, args ...any) error {
	rows, err := tx.q.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return tx.q.fail(rows.Err())
}

// atMost writes a limit into a query. As an argument it would count for the
// plan, and SQLite would prepare the statement anew whenever it is given.
func atMost(n int) string { return strconv.Itoa(n) }

func notFound(err error, what string, id any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s %v: %w", what, id, ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("read %s %v: %w", what, id, err)
	}
	return nil
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// statements is one connection with its statements kept prepared: preparing
// costs more than running most of them. One goroutine at a time has it.
type statements struct {
	db       *sql.DB
	d        *dialect
	conn     *sql.Conn     // nil until open
	patience time.Duration // for what nobody interrupts; 0 is endless
	byQ      map[string]*sql.Stmt
	trace    func(query string)
	refused  error // the first statement that failed since it was last cleared
}

// fail remembers that the database refused something.
func (s *statements) fail(err error) error {
	if err != nil && s.refused == nil && !errors.Is(err, sql.ErrNoRows) {
		s.refused = err
	}
	return err
}

// maxStatements bounds what is kept; only lists with filters vary in text.
const maxStatements = 512

// open takes the connection, unless it is there already.
func (s *statements) open(ctx context.Context) (err error) {
	if s.conn == nil {
		s.byQ = map[string]*sql.Stmt{}
		s.conn, err = s.db.Conn(ctx)
	}
	return err
}

func (s *statements) close() error {
	if s.conn == nil {
		return nil
	}
	s.forget()
	err := s.conn.Close()
	s.conn = nil
	return err
}

// drop throws a connection away of which nobody knows what state it is in.
func (s *statements) drop() error {
	if s.conn == nil {
		return nil
	}
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // not back into the pool
	err := s.close()
	if errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) {
		return nil
	}
	return err
}

func (s *statements) forget() {
	for _, st := range s.byQ {
		_ = st.Close()
	}
	clear(s.byQ)
}

// begin starts a transaction.
func (s *statements) begin(query string) error {
	if len(s.byQ) > maxStatements {
		s.forget() // here, where none of them is in use
	}
	return s.do(query)
}

// do runs a statement that nobody may interrupt: the bounds of transactions. In
// PostgreSQL it is given up after the store's patience.
func (s *statements) do(query string) error {
	ctx := context.Background()
	if s.patience > 0 {
		bound, cancel := context.WithTimeout(ctx, s.patience)
		defer cancel()
		ctx = bound
	}
	_, err := s.ExecContext(ctx, query)
	return err
}

// rollback takes a transaction back. SQLite has done so by itself where the
// disk failed: then there is nothing to take back.
func (s *statements) rollback() error {
	if err := s.do("ROLLBACK"); err != nil && !strings.Contains(err.Error(), "no transaction is active") {
		return errors.Join(errTransactionGone, err)
	}
	return nil
}

func (s *statements) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s.trace != nil {
		s.trace(query)
	}
	if st := s.byQ[query]; st != nil {
		return st, nil
	}
	st, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, s.fail(err)
	}
	s.byQ[query] = st
	return st, nil
}

// fit makes texts such that the engine takes them. PostgreSQL refuses an octet
// 0 and what is no UTF-8; a mail must not fail by one that was overlooked above.
func (s *statements) fit(args []any) []any {
	if s.d.name != "postgres" {
		return args
	}
	for i, a := range args {
		text, ok := a.(string)
		if ok && (strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)) {
			args = slices.Clone(args)
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}

// ExecContext runs a change by its prepared statement.
func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := st.ExecContext(ctx, s.fit(args)...)
	return r, s.fail(err)
}

// QueryContext runs a query by its prepared statement.
func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(ctx, s.fit(args)...)
	return rows, s.fail(err)
}

// QueryRowContext runs a query for one row by its prepared statement.
func (s *statements) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := s.stmt(ctx, query)
	if err != nil {
		// A row carries its error to Scan; asking the connection again gives
		// the same one.
		return s.conn.QueryRowContext(ctx, query, args...)
	}
	row := st.QueryRowContext(ctx, s.fit(args)...)
	_ = s.fail(row.Err())
	return row
}
