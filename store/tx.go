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
	index   *index // nil where it is in the database itself
	now     time.Time
	daemon  string // who claims
	session string // of SMTP, whose mail leads to what is queued
	effects effects
	last    map[int64]link     // of the histories that this transaction wrote
	held    map[int64]bool     // tickets that nobody else changes until this ends
	drawn   map[string][]int64 // ids that were drawn for rows to come, by table; in PostgreSQL
}

// Now is the transaction's time.
func (tx *Tx) Now() time.Time { return tx.now }

// CausedBy names the SMTP session whose mail leads to all that is queued from
// here on; empty where none does.
func (tx *Tx) CausedBy(session string) { tx.session = session }

// Context is the transaction's context: that of View's caller, or of the
// writer, who is not interrupted.
func (tx *Tx) Context() context.Context { return tx.ctx }

// exec runs a change that nobody asks more of than that it was made. In
// PostgreSQL it may be carried out later, with the next statement that has an
// answer or with the commit, and its error comes then.
func (tx *Tx) exec(query string, args ...any) error { return tx.q.exec(tx.ctx, query, args...) }

// insert adds a row to a table, with values for some columns, and returns its
// id, the column of that name.
func (tx *Tx) insert(table, id, columns string, values ...any) (int64, error) {
	if tx.q.d.returning {
		return tx.insertDrawn(table, id, columns, values)
	}
	return tx.inserted(insertion(table, columns, len(values)), values...)
}

// insertion is the statement that adds a row.
func insertion(table, columns string, values int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + columns + ") VALUES ($1")
	for n := 2; n <= values; n++ {
		b.WriteString(", $" + strconv.Itoa(n))
	}
	b.WriteByte(')')
	return b.String()
}

// inserted runs an INSERT of one row and returns its id; 0 where ON CONFLICT DO
// NOTHING kept the row out. SQLite tells the id without being asked: RETURNING
// would collect it in a table of its own first, made for this one statement.
func (tx *Tx) inserted(query string, args ...any) (int64, error) {
	r, err := tx.q.change(tx.ctx, query, args...)
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
	r, err := tx.q.change(tx.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// scanner is a row to be read.
type scanner interface{ Scan(to ...any) error }

func (tx *Tx) row(query string, args ...any) scanner {
	return tx.q.row(tx.ctx, query, args...)
}

// each runs a query and calls scan for every row. scan must not run the same
// query: there is one prepared statement of it.
func (tx *Tx) each(scan func(scanner) error, query string, args ...any) error {
	rows, err := tx.q.query(tx.ctx, query, args...)
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

// question is a query with what reads each row of its answer.
type question struct {
	scan  func(scanner) error
	query string
	args  []any
}

// answer has several questions answered in their order; in PostgreSQL in one
// round trip.
func (tx *Tx) answer(list ...question) error {
	s := tx.q
	if s.line != nil {
		return s.fail(s.renewing(tx.ctx, func() (bool, error) { return s.answer(tx.ctx, list) }))
	}
	for _, q := range list {
		if err := tx.each(q.scan, q.query, q.args...); err != nil {
			return err
		}
	}
	return nil
}

// answer is that of Tx on a pipeline, and tells whether a row was read.
func (s *statements) answer(ctx context.Context, list []question) (read bool, err error) {
	for _, q := range list {
		scan := func(r scanner) error {
			read = true
			return q.scan(r)
		}
		s.say(q.query)
		if err := s.line.put(ctx, statement{q.query, s.fit(q.args), scan}); err != nil {
			return read, err
		}
	}
	err = s.line.flush(ctx)
	return read, err
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
	line     *pipeline     // on it, in PostgreSQL
	patience time.Duration // for what nobody interrupts; 0 is endless
	byQ      map[string]*sql.Stmt
	trace    func(query string)
	refused  error // the first statement that failed since it was last cleared
	renew    int   // how many connections may turn out to be lost before a View has read anything
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
	if s.conn != nil {
		return nil
	}
	s.byQ = map[string]*sql.Stmt{}
	if s.conn, err = s.db.Conn(ctx); err != nil || s.d.name != "postgres" {
		return err
	}
	s.line, err = pipelineOn(s.conn)
	return err
}

func (s *statements) close() error {
	if s.conn == nil {
		return nil
	}
	s.forget()
	err := s.conn.Close()
	s.conn, s.line = nil, nil
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

// begin starts a transaction; in PostgreSQL with its first statement.
func (s *statements) begin(query string) error {
	switch {
	case s.line != nil:
		s.line.forgo()
	case len(s.byQ) > maxStatements:
		s.forget() // here, where none of them is in use
	}
	return s.do(query)
}

// do runs a statement that nobody may interrupt: the bounds of transactions. In
// PostgreSQL it is given up after the store's patience.
func (s *statements) do(query string) error {
	ctx := context.Background()
	if s.conn == nil {
		return s.fail(sql.ErrConnDone)
	}
	if s.line == nil {
		_, err := s.change(ctx, query)
		return err
	}
	if s.patience > 0 {
		bound, cancel := context.WithTimeout(ctx, s.patience)
		defer cancel()
		ctx = bound
	}
	s.say(query)
	return s.fail(s.line.bound(ctx, query))
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
	for i, a := range args {
		if text, ok := a.(string); ok && !fits(text) {
			args = slices.Clone(args)
			args[i] = fitting(text)
		}
	}
	return args
}

func fits(text string) bool { return strings.IndexByte(text, 0) < 0 && utf8.ValidString(text) }

// fitting is a text as fit makes it.
func fitting(text string) string {
	if fits(text) {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// exec runs a change, in PostgreSQL with the next statement that is answered.
func (s *statements) exec(ctx context.Context, query string, args ...any) error {
	if s.conn == nil {
		return s.fail(sql.ErrConnDone) // it was lost, and there was no other
	}
	if s.line == nil {
		_, err := s.change(ctx, query, args...)
		return err
	}
	s.say(query)
	return s.fail(s.line.put(ctx, statement{query: query, args: s.fit(args)}))
}

// change runs a change, and says what it came to.
func (s *statements) change(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s.say(query)
	if s.conn == nil {
		return nil, s.fail(sql.ErrConnDone)
	}
	if s.line != nil {
		tag, err := s.line.run(ctx, query, s.fit(args))
		return driver.RowsAffected(tag.RowsAffected()), s.fail(err)
	}
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := st.ExecContext(ctx, args...)
	return r, s.fail(err)
}

// rows are what a query finds, as sql.Rows has them.
type rows interface {
	scanner
	Next() bool
	Columns() ([]string, error)
	Err() error
	Close() error
}

// query runs a query by its prepared statement.
func (s *statements) query(ctx context.Context, query string, args ...any) (rows, error) {
	s.say(query)
	if s.conn == nil {
		return nil, s.fail(sql.ErrConnDone)
	}
	if s.line != nil {
		a, err := s.ask(ctx, query, s.fit(args))
		return a, s.fail(err)
	}
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := st.QueryContext(ctx, args...)
	return r, s.fail(err)
}

// row runs a query for one row.
func (s *statements) row(ctx context.Context, query string, args ...any) scanner {
	r, err := s.query(ctx, query, args...)
	return &single{s, r, err}
}

// single is the first row of an answer, as sql.Row has it.
type single struct {
	s    *statements
	rows rows
	err  error
}

// Scan reads the row; sql.ErrNoRows says that there is none.
func (r *single) Scan(to ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return r.s.fail(err)
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(to...); err != nil {
		return err
	}
	return r.s.fail(r.rows.Close())
}

func (s *statements) say(query string) {
	if s.trace != nil {
		s.trace(query)
	}
}
