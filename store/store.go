// Package store keeps tickets, conversations, mail and queues in a database.
//
// In SQLite: one file, one writer that commits a batch of waiting transactions
// with a single fsync, and readers beside it. In PostgreSQL: any number of
// daemons on one database, each change a transaction that is run again where
// another overtook it. One suite of tests holds both to the same.
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
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite" // the driver named "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Options say where the store is and whose clock it follows.
type Options struct {
	Path    string // SQLite's file; made when missing
	DSN     string // or PostgreSQL's, a URL or "host=… dbname=…"; Path does not count then
	Now     func() time.Time
	Log     *slog.Logger
	Daemon  string // the name by which this one's claims are known again after a restart
	Readers int    // connections of the reader pool; 4 when 0
	Writers int    // connections for changes, in PostgreSQL; 8 when 0
	// Patience is how long one attempt at a change, or one look, may take in
	// PostgreSQL before its connection counts as lost; a minute when 0.
	Patience time.Duration
	Copying  bool               // it may be one that a copy has not finished
	Trace    func(query string) // is called with every statement of Update and View; nil for nobody
}

// Store is an open database. Its methods are safe for concurrent use.
type Store struct {
	d       *dialect
	options Options
	path    string // of the file; in PostgreSQL a name for messages, without the password
	now     func() time.Time
	log     *slog.Logger
	writer  *sql.DB // one connection: SQLite has one writer
	reader  *sql.DB

	jobs    chan *job
	closing chan struct{} // closed when no further job is taken
	done    chan struct{} // closed when the writer has ended
	once    sync.Once

	latest  atomic.Int64 // the time of the last change, in microseconds since 1970
	setBack atomic.Bool

	queued  chan struct{} // rung after a commit that queued something to send
	indexed chan struct{} // rung after a commit that wrote messages

	index   *index          // the full-text index; nil in PostgreSQL, which has it itself
	conn    *statements     // the writer's one connection
	inside  context.Context // what a member of Update runs with; Update knows it again
	readers *pool           // connections of View
	writers *pool           // those of Update, in PostgreSQL; nil in SQLite
}

// Unavailable reports whether an error is the database's rather than the
// change's: it is full, locked, unreadable or closed, and the same change may
// work later.
func Unavailable(err error) bool {
	if errors.Is(err, ErrClosed) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, errTransactionGone) {
		return true
	}
	if unavailablePostgres(err) {
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
	s, err := open(ctx, o)
	if err != nil || o.Copying {
		return s, err
	}
	var copying string
	err = s.View(ctx, func(tx *Tx) error { copying, err = tx.Meta("copy"); return err })
	if err == nil && copying != "" {
		err = fmt.Errorf("open %s: %w", s.path, ErrUnfinished)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func open(ctx context.Context, o Options) (*Store, error) {
	if o.Readers == 0 {
		o.Readers = 4
	}
	s := &Store{d: sqliteDialect(), options: o, path: o.Path, now: o.Now, log: o.Log,
		jobs: make(chan *job), closing: make(chan struct{}), done: make(chan struct{}),
		queued: make(chan struct{}, 1), indexed: make(chan struct{}, 1)}
	s.inside = context.WithValue(context.Background(), insideUpdate{}, s)
	if o.DSN != "" {
		return s.openPostgres(ctx, o)
	}
	err := private(o.Path)
	if err != nil {
		return nil, err // the file is named in it
	}
	if s.writer, err = sql.Open("sqlite", dsn(o.Path, false)); err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	s.writer.SetMaxOpenConns(1)
	if err := s.prepare(ctx); err != nil {
		s.writer.Close()
		return nil, fmt.Errorf("open %s: %w", o.Path, damaged(err))
	}
	s.index = &index{path: indexOf(o.Path), log: o.Log, lost: s.indexed}
	s.conn = &statements{db: s.writer, d: s.d, trace: o.Trace}
	if err := s.conn.open(ctx); err != nil {
		s.writer.Close()
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	if s.reader, err = sql.Open("sqlite", dsn(o.Path, true)); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", o.Path, err), s.conn.close(), s.writer.Close())
	}
	// Blobs have connections beside those of View: a View that reads a blob
	// would else wait for a connection while it holds one, and with as many
	// such Views as connections all would wait for ever.
	s.reader.SetMaxOpenConns(o.Readers + blobReaders)
	s.reader.SetMaxIdleConns(o.Readers + blobReaders)
	s.readers = newPool(o.Readers, func() *statements { return &statements{db: s.reader, d: s.d, trace: o.Trace} })
	go s.write()
	return s, nil
}

// blobReaders is how many connections read blobs.
const blobReaders = 2

// private makes the file when it is missing, for its owner only: it holds
// other people's mail. Made by root it is the folder's owner's. SQLite gives its
// side files the same rights and owner.
func private(path string) error {
	_, missing := os.Stat(path)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = f.Close()
	if errors.Is(missing, os.ErrNotExist) {
		err = errors.Join(err, OwnLike(path, filepath.Dir(path)))
	}
	return err
}

// dsn has one text for what every connection must have: WAL so that readers
// do not wait for the writer, FULL so that a 250 survives a power cut, and
// foreign keys, which SQLite leaves off unless asked.
func dsn(path string, readOnly bool) string {
	q := url.Values{}
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"temp_store(MEMORY)"} {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
		q.Add("_pragma", "cache_size(-4000)") // in kB, of each of them; more was not faster
	} else {
		q.Add("_pragma", "cache_size(-16000)")
		q.Set("_txlock", "immediate")
		// A mail with its notices is some 25 pages: with SQLite's own 1000 the
		// writer would stop every 40 mails to carry the log into the file.
		q.Add("_pragma", "wal_autocheckpoint(4000)")
		q.Add("_pragma", "journal_size_limit(67108864)") // a log that a long reader let grow shrinks again
	}
	return fileURL(path, q)
}

// fileURL names a file to SQLite, whatever signs its path has.
func fileURL(path string, q url.Values) string {
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
	return migrate(ctx, s.writer, s.d, s.now())
}

// Close takes no further change, waits for the writer and for every View, and
// closes the files. Calling it again does nothing.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		<-s.done
		err = s.readers.close()
		if s.writers != nil {
			err = errors.Join(err, s.writers.close())
		}
		if s.index != nil {
			err = errors.Join(err, s.index.close())
		}
		err = errors.Join(err, s.reader.Close(), s.conn.close(), s.writer.Close())
	})
	return err
}

// Queued is rung after a commit that queued a delivery or a notice.
func (s *Store) Queued() <-chan struct{} { return s.queued }

// View runs fn on a snapshot, taken when fn first reads. tx must not write. A
// View inside fn may wait for ever: each takes one of a few connections.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	if s.writers != nil { // a network that is dead says nothing, ever
		bound, cancel := context.WithTimeout(ctx, s.options.Patience)
		defer cancel()
		ctx = bound
	}
	return s.viewAll(ctx, fn)
}

// viewAll is View for what may take as long as it takes.
func (s *Store) viewAll(ctx context.Context, fn func(*Tx) error) error {
	conn, err := s.readers.take(ctx, s.closing)
	if err != nil {
		return err
	}
	defer s.readers.put(conn)
	if err := s.look(ctx, conn); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	defer func() {
		if err := conn.do("ROLLBACK"); err != nil {
			_ = conn.drop() // the next View opens it anew
		}
	}()
	err = fn(&Tx{ctx: ctx, q: conn, index: s.index, now: s.now().UTC()})
	if err != nil && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		err = fmt.Errorf("%w: %w", ctx.Err(), err) // what the driver says of it differs
	}
	return err
}

// look begins a View. A connection that cannot be made, or was lost, is tried
// once more.
func (s *Store) look(ctx context.Context, conn *statements) error {
	for tries := 2; ; tries-- {
		err := conn.open(ctx)
		if err == nil && s.writers != nil {
			conn.renew = s.readers.size() + blobReaders + 1
		}
		if err == nil {
			err = conn.begin(s.d.view)
		}
		if err == nil {
			return nil
		}
		err = errors.Join(err, conn.drop())
		if tries == 1 || s.writers == nil || ctx.Err() != nil {
			return err
		}
	}
}
