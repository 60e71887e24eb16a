// Package store keeps tickets, conversations, mail and queues in SQLite: one
// file, one writer that commits a batch of waiting transactions with a single
// fsync, and readers beside it.
//
// It enforces by itself that a message is heard by its conversation only: a
// delivery refers to its message and to its participant through composite
// foreign keys that name the same conversation.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"sync"
	"time"

	"modernc.org/sqlite" // the driver named "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Options say where the store is and whose clock it follows.
type Options struct {
	Path    string // the database file; made when missing
	Now     func() time.Time
	Log     *slog.Logger
	Readers int // connections of the reader pool; 4 when 0
}

// Store is an open database. Its methods are safe for concurrent use.
type Store struct {
	path   string
	now    func() time.Time
	log    *slog.Logger
	writer *sql.DB // one connection: SQLite has one writer
	reader *sql.DB

	jobs    chan *job
	closing chan struct{} // closed when no further job is taken
	done    chan struct{} // closed when the writer has ended
	once    sync.Once

	queued  chan struct{} // rung after a commit that queued something to send
	indexed chan struct{} // rung after a commit that wrote messages

	conn       *sql.Conn // the writer's one connection, kept for its prepared statements
	statements statements
}

// Unavailable reports whether an error is the database's rather than the
// change's: it is full, locked, unreadable or closed, and the same change may
// work later.
func Unavailable(err error) bool {
	if errors.Is(err, ErrClosed) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, errTransactionGone) {
		return true
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}

// ErrClosed says that the store no longer takes changes.
var ErrClosed = errors.New("the store is closed")

// Open opens the database, makes it when missing, brings it to the newest
// schema and starts the writer. Close ends it.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Readers == 0 {
		o.Readers = 4
	}
	s := &Store{path: o.Path, now: o.Now, log: o.Log,
		jobs: make(chan *job), closing: make(chan struct{}), done: make(chan struct{}),
		queued: make(chan struct{}, 1), indexed: make(chan struct{}, 1)}
	var err error
	if s.writer, err = sql.Open("sqlite", dsn(o.Path, false)); err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	s.writer.SetMaxOpenConns(1)
	if err := s.prepare(ctx); err != nil {
		s.writer.Close()
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	if s.conn, err = s.writer.Conn(ctx); err != nil {
		s.writer.Close()
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	s.statements = statements{conn: s.conn, byQ: map[string]*sql.Stmt{}}
	if s.reader, err = sql.Open("sqlite", dsn(o.Path, true)); err != nil {
		s.conn.Close()
		s.writer.Close()
		return nil, fmt.Errorf("open %s for reading: %w", o.Path, err)
	}
	s.reader.SetMaxOpenConns(o.Readers)
	s.reader.SetMaxIdleConns(o.Readers)
	go s.write()
	return s, nil
}

// dsn has one text for what every connection must have: WAL so that readers
// do not wait for the writer, FULL so that a 250 survives a power cut, and
// foreign keys, which SQLite leaves off unless asked.
func dsn(path string, readOnly bool) string {
	q := url.Values{}
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"temp_store(MEMORY)", "cache_size(-16000)"} {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Set("_txlock", "immediate")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func (s *Store) prepare(ctx context.Context) error {
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := s.writer.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil {
			return fmt.Errorf("read back %s: %w", pragma, err)
		}
		if got != want {
			return fmt.Errorf("%s is %s where %s is needed; is the file system able to hold a SQLite database?", pragma, got, want)
		}
	}
	return migrate(ctx, s.writer, s.now())
}

// Close takes no further change, waits for the writer and closes the files.
func (s *Store) Close() error {
	s.once.Do(func() { close(s.closing) })
	<-s.done
	s.statements.close()
	return errors.Join(s.reader.Close(), s.conn.Close(), s.writer.Close())
}

// Queued is rung after a commit that queued a delivery or a notice.
func (s *Store) Queued() <-chan struct{} { return s.queued }

// job is one member of a batch: a function waiting for its place in the next
// commit.
type job struct {
	ctx  context.Context
	fn   func(*Tx) error
	err  error
	rang effects
	done chan struct{}
}

// effects are what must be told once the commit is durable.
type effects struct{ queued, messages bool }

// maxBatch bounds how many members share one commit: the point where another
// member no longer saves anything measurable.
const maxBatch = 64

// Update runs fn in a transaction and returns once it is durable. Waiting
// transactions share a commit, each in a savepoint of its own: an error of fn
// undoes only its own changes. fn may run more than once and must have no
// effect but through tx.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	j := &job{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case s.jobs <- j:
	case <-s.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	<-j.done
	return j.err
}

// write is the writer: it takes what waits, commits it together, and answers.
func (s *Store) write() {
	defer close(s.done)
	for {
		var batch []*job
		select {
		case j := <-s.jobs:
			batch = append(batch, j)
		case <-s.closing:
			return
		}
	gather:
		for len(batch) < maxBatch {
			select {
			case j := <-s.jobs:
				batch = append(batch, j)
			default:
				break gather
			}
		}
		s.commit(batch)
	}
}

func (s *Store) commit(batch []*job) {
	if err := s.together(batch); err != nil && len(batch) > 1 {
		// One member's deferred failure, or the disk's, must not be the others'.
		s.log.Warn("commit of a batch failed, repeating its members", "members", len(batch), "err", err)
		for _, j := range batch {
			s.answer(j, s.together([]*job{j}))
		}
		return
	} else {
		for _, j := range batch {
			s.answer(j, err)
		}
	}
}

func (s *Store) answer(j *job, err error) {
	if j.err == nil && err != nil {
		j.err = fmt.Errorf("commit: %w", err)
	}
	if j.err == nil && j.rang.queued {
		ring(s.queued)
	}
	if j.err == nil && j.rang.messages {
		ring(s.indexed)
	}
	close(j.done)
}

func ring(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// together runs the batch in one transaction. The error is the commit's; a
// member's own error stands in the member.
func (s *Store) together(batch []*job) error {
	ctx, conn := context.Background(), s.conn
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for i, j := range batch {
		if j.err = s.member(ctx, conn, j, "m"+strconv.Itoa(i)); errors.Is(j.err, errTransactionGone) {
			// SQLite itself ended the transaction (disk full, I/O error):
			// nothing before it is kept either.
			err := j.err
			_, _ = conn.ExecContext(ctx, "ROLLBACK")
			for _, k := range batch {
				k.err = nil
			}
			return err
		}
	}
	if _, err := conn.ExecContext(ctx, "COMMIT"); err != nil {
		_, _ = conn.ExecContext(ctx, "ROLLBACK")
		return err
	}
	return nil
}

var errTransactionGone = errors.New("the database ended the transaction")

func (s *Store) member(ctx context.Context, conn *sql.Conn, j *job, savepoint string) (err error) {
	if err := j.ctx.Err(); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "SAVEPOINT "+savepoint); err != nil {
		return errors.Join(errTransactionGone, err)
	}
	tx := &Tx{ctx: ctx, q: &s.statements, now: s.now().UTC()}
	err = call(j.fn, tx)
	if err != nil {
		if _, e := conn.ExecContext(ctx, "ROLLBACK TO "+savepoint); e != nil {
			return errors.Join(errTransactionGone, err, e)
		}
	}
	if _, e := conn.ExecContext(ctx, "RELEASE "+savepoint); e != nil {
		return errors.Join(errTransactionGone, err, e)
	}
	j.rang = tx.effects
	return err
}

// call turns a panic of fn into an error: the writer serves everybody.
func call(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a change panicked: %v", p)
		}
	}()
	return fn(tx)
}

// View runs fn on a snapshot. tx must not write.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	t, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	defer t.Rollback()
	return fn(&Tx{ctx: ctx, q: t, now: s.now().UTC()})
}
