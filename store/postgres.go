package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"aside"
)

const (
	// changeTime bounds one attempt at a change, and one look: longer than any
	// takes, and short enough that a daemon which lost the database lets go of
	// its rows, and the sender hears that it did.
	changeTime = time.Minute
	// changeTries is how often a change is run that others overtake, or whose
	// connection was lost before it was committed.
	changeTries = 12
	// freeTries is how often it runs beside the others before it takes the lock
	// by which the overtaken go one after the other.
	freeTries = 3
	// lostPause is how long a change waits for a lost database, the more the
	// longer it is gone.
	lostPause = 50 * time.Millisecond
	lostTries = 6
	// lostTime is how long a change is tried again on a network that says
	// nothing, where each try takes its time.
	lostTime = 20 * time.Second
)

// connect makes the pool of a PostgreSQL database, without asking it anything
// yet. name is for messages.
func connect(dsn string, readOnly bool) (db *sql.DB, name string, err error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, "", fmt.Errorf("store.dsn: %w", err) // without the password: pgx leaves it out
	}
	name = fmt.Sprintf("PostgreSQL %s at %s", c.Database, c.Host)
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 10 * time.Second
	}
	c.DialFunc = dialDatabase
	set := func(key, value string) {
		if _, given := c.RuntimeParams[key]; !given {
			c.RuntimeParams[key] = value
		}
	}
	set("application_name", "aside")
	// One plan a query, from row to row by indexes: that is what the tests hold
	// every query to. What is cheaper while a table is small would else be kept
	// when it has grown.
	set("plan_cache_mode", "force_generic_plan")
	for _, way := range []string{"enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material", "jit"} {
		set(way, "off")
	}
	if !readOnly {
		// A daemon whose network was cut must not keep its locks.
		set("idle_in_transaction_session_timeout", fmt.Sprint(changeTime.Milliseconds()))
		set("statement_timeout", fmt.Sprint(changeTime.Milliseconds()))
		// What was answered with 250 is durable, whatever the server's default.
		if v := c.RuntimeParams["synchronous_commit"]; v == "off" {
			return nil, "", errors.New("store.dsn: synchronous_commit is off, and mail that was accepted could be lost; leave it out")
		}
		set("synchronous_commit", "on")
	}
	var with []stdlib.OptionOpenDB
	if readOnly {
		// Not as a parameter of the connection: with target_session_attrs=read-write
		// every server would seem to be a standby.
		with = append(with, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "SET default_transaction_read_only = on")
			return err
		}))
	}
	return stdlib.OpenDB(*c, with...), name, nil
}

// silence is how long a connection may be without a word from the other end
// before it counts as cut.
const silence = 20 * time.Second

func dialDatabase(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silence / 2, Interval: silence / 4, Count: 2}}
	if strings.HasPrefix(network, "tcp") {
		d.Control = func(_, _ string, c syscall.RawConn) error { return giveUp(c, silence) }
	}
	return d.DialContext(ctx, network, addr)
}

// openPostgres opens the database, brings it to the newest schema and makes
// the connections for changes.
func (s *Store) openPostgres(ctx context.Context, o Options) (_ *Store, err error) {
	s.d = postgresDialect()
	if s.options.Patience == 0 {
		s.options.Patience = changeTime
	}
	close(s.done) // there is no writer to wait for
	if s.writer, s.path, err = connect(o.DSN, false); err != nil {
		return nil, err
	}
	if s.reader, _, err = connect(o.DSN, true); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	s.conn = &statements{db: s.writer, d: s.d} // never opened: each change takes one of the writers
	if err := s.preparePostgres(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", s.path, err), s.reader.Close(), s.writer.Close())
	}
	if o.Writers == 0 {
		o.Writers = 8
	}
	lent := func(db *sql.DB) func() *statements {
		return func() *statements {
			return &statements{db: db, d: s.d, trace: o.Trace, patience: s.options.Patience}
		}
	}
	s.writers, s.readers = newPool(o.Writers, lent(s.writer)), newPool(o.Readers, lent(s.reader))
	s.writer.SetMaxOpenConns(o.Writers)
	s.writer.SetMaxIdleConns(o.Writers)
	s.reader.SetMaxOpenConns(o.Readers + blobReaders)
	s.reader.SetMaxIdleConns(o.Readers + blobReaders)
	return s, nil
}

// migrationLock is the advisory lock of those who bring the schema up.
const migrationLock = 0x6173696465 // "aside"

func (s *Store) preparePostgres(ctx context.Context) error {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for setting, want := range map[string]string{"server_encoding": "UTF8", "fsync": "on", "full_page_writes": "on"} {
		var got string
		if err := conn.QueryRowContext(ctx, "SHOW "+setting).Scan(&got); err != nil {
			return fmt.Errorf("read %s: %w", setting, err)
		}
		if got != want {
			return fmt.Errorf("%s is %s where %s is needed: mail that was accepted must not be lost or changed", setting, got, want)
		}
	}
	// Daemons that start together bring the schema up one after the other.
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		return err
	}
	err = migrate(ctx, conn, s.d, s.now())
	if err != nil {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
	}
	_, unlock := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrationLock))
	return errors.Join(err, unlock)
}

// transact is Update where many write at once: fn runs on a snapshot, and runs
// again on a newer one where another transaction changed a row that it changes
// too. Which rows stand for a ticket's whole state, Tx.hold says.
func (s *Store) transact(ctx context.Context, fn func(*Tx) error) error {
	conn, err := s.writers.take(ctx, s.closing)
	if err != nil {
		return err
	}
	defer s.writers.put(conn)
	select {
	case <-s.closing: // both were ready
		return ErrClosed
	default:
	}
	n := attempts{began: time.Now()}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n.tries++
		rang, again, err := s.try(conn, fn, n.tries > freeTries)
		if err == nil {
			if rang.queued {
				ring(s.queued)
			}
			if rang.messages {
				ring(s.indexed)
			}
			return nil
		}
		pause, err := s.pause(&n, again, err)
		if err != nil {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
		case <-s.closing:
		}
		timer.Stop()
	}
}

// attempts counts how often a change was tried, and what came in its way.
type attempts struct {
	tries, collided, lost int
	began                 time.Time
}

// pause is how long a change that failed waits before it is tried again, or the
// error to give up with.
func (s *Store) pause(n *attempts, again repeat, err error) (time.Duration, error) {
	switch again {
	case overtaken:
		if n.tries == changeTries {
			return 0, fmt.Errorf("others changed the same all the time: %w", err)
		}
		return time.Duration(rand.Int64N(int64(time.Millisecond) << min(n.tries, 6))), nil
	case collided:
		// Once more, with what the other wrote in sight; a change that still
		// wants to write the same is wrong in itself.
		if n.collided++; n.collided == 3 {
			return 0, err
		}
		return 0, nil
	case disconnected:
		if n.lost++; n.lost == lostTries || time.Since(n.began) > min(lostTime, s.options.Patience) {
			return 0, fmt.Errorf("%s: %w", s.path, err)
		}
		s.log.Warn("the database was not there, trying again", "try", n.lost, "err", err)
		return lostPause << n.lost, nil
	}
	return 0, err
}

// repeat says whether a change that failed may be run again.
type repeat int

const (
	never        repeat = iota
	overtaken           // another transaction was first
	collided            // another has written what may be there once
	disconnected        // the connection was lost, and surely nothing was committed
)

// try runs fn once, in a transaction.
func (s *Store) try(conn *statements, fn func(*Tx) error, alone bool) (effects, repeat, error) {
	ctx, cancel := context.WithTimeout(s.inside, s.options.Patience)
	defer cancel()
	begin := func() error {
		if err := conn.open(ctx); err != nil {
			return err
		}
		if err := conn.begin("BEGIN ISOLATION LEVEL REPEATABLE READ"); err != nil || !alone {
			return err
		}
		// Taken before the first look, so that the snapshot is of after the wait.
		return conn.do("LOCK TABLE overtaken IN EXCLUSIVE MODE")
	}
	conn.refused = nil
	if err := begin(); err != nil {
		_ = conn.drop()
		return effects{}, disconnected, fmt.Errorf("%w: %w", errLost, err)
	}
	tx := &Tx{ctx: ctx, q: conn, now: s.moment(), daemon: s.options.Daemon, held: map[int64]bool{}}
	err := call(fn, tx)
	if err == nil && conn.refused == nil {
		_ = conn.fail(conn.line.settle(ctx))
	}
	refused := conn.refused
	if err == nil {
		err = refused
	}
	if err != nil {
		if e := conn.do("ROLLBACK"); e != nil {
			_ = conn.drop()
		}
		again := judge(refused)
		if again == disconnected {
			err = fmt.Errorf("%w: %w", errLost, err)
		}
		return effects{}, again, err
	}
	if err := conn.do("COMMIT"); err != nil {
		var answer *pgconn.PgError
		if errors.As(err, &answer) {
			_ = conn.do("ROLLBACK")
			return effects{}, judge(err), err
		}
		// Nobody knows whether it was committed: whoever waits must ask again.
		_ = conn.drop()
		return effects{}, never, fmt.Errorf("%w: %w", errLost, err)
	}
	if conn.line.conn.IsClosed() {
		_ = conn.drop()
	}
	return tx.effects, never, nil
}

// errLost says that the connection to the database was lost.
var errLost = errors.New("no connection to the database")

// judge tells what another run of a change would come to, by the first thing
// that the database refused.
func judge(refused error) repeat {
	var answer *pgconn.PgError
	switch {
	case refused == nil:
		return never
	case !errors.As(refused, &answer):
		if gone(refused) {
			return disconnected
		}
		return never
	}
	switch answer.Code {
	case "40001", "40P01": // serialization failure, deadlock
		return overtaken
	case "23505":
		return collided
	}
	switch answer.Code[:2] {
	case "08", "57": // connection, shut down
		return disconnected
	}
	return never
}

// gone reports whether an error is that of a connection, not of a statement.
func gone(err error) bool {
	var network net.Error
	var refused *pgconn.ConnectError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network) || errors.As(err, &refused) || pgconn.SafeToRetry(err)
}

// unavailablePostgres is Unavailable for this engine.
func unavailablePostgres(err error) bool {
	if errors.Is(err, errLost) {
		return true
	}
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		return err != nil && gone(err) && !errors.Is(err, context.Canceled)
	}
	switch answer.Code[:2] {
	case "08", "40", "53", "55", "57", "58", "XX": // connection, conflict, resources, locked, operator, system, internal
		return true
	}
	return answer.Code == "25006" // read only: a standby
}

// noSuchTable reports PostgreSQL's word for a table that is not there.
func noSuchTable(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code == "42P01"
}

// hold makes this transaction the only one that changes a ticket: whoever read
// the ticket before, and holds it later, is overtaken and runs again. All that
// belongs to a ticket, its history too, is changed by holders only.
func (tx *Tx) hold(ticket int64) error {
	if !tx.unheld(ticket) {
		return nil
	}
	if err := tx.exec(tx.q.d.hold, ticket); err != nil {
		return fmt.Errorf("hold ticket %d: %w", ticket, err)
	}
	tx.isHeld(ticket)
	return nil
}

// askHeld is the question for a ticket that is to be held, and that for what
// comes with it: who holds a ticket writes its history most likely, and a
// message.
func (tx *Tx) askHeld(number int64, t *aside.Ticket) (ticket, last question) {
	ticket = question{func(r scanner) error {
		var message int64
		got, err := scanTicket(func(to ...any) error { return r.Scan(append(to, &message)...) })
		*t = *got
		tx.draw("message", message)
		return err
	}, tx.q.d.hold + ` RETURNING ` + ticketColumns + `, nextval('message_id_seq')`, []any{number}}
	tx.follows(number, link{})
	last = question{func(r scanner) error {
		var l link
		err := r.Scan(&l.seq, &l.hash)
		tx.follows(number, l)
		return err
	}, lastEvent, []any{number}}
	return ticket, last
}

// draw keeps an id for the next row of a table.
func (tx *Tx) draw(table string, id int64) {
	if tx.drawn == nil {
		tx.drawn = map[string][]int64{}
	}
	tx.drawn[table] = append(tx.drawn[table], id)
}

// unheld reports whether a ticket is still to be held.
func (tx *Tx) unheld(ticket int64) bool { return tx.held != nil && !tx.held[ticket] }

func (tx *Tx) isHeld(ticket int64) {
	if tx.held != nil {
		tx.held[ticket] = true
	}
}

// expected are the tables that most likely get a row after one of another
// table: a new ticket has two conversations, a requester, a first message, and
// one that says that it arrived.
func expected(table string) []string {
	switch table {
	case "ticket":
		return []string{"conversation", "conversation", "participant", "message", "message"}
	case "conversation":
		return []string{"participant", "message"}
	}
	return nil
}

// insertDrawn is insert where the server draws the ids. Those of the rows that
// are expected next come with the first one's, so that nobody waits for theirs.
// One that is not needed is lost, as that of a transaction that came to nothing.
func (tx *Tx) insertDrawn(table, id, columns string, values []any) (n int64, err error) {
	if ids := tx.drawn[table]; len(ids) > 0 {
		n, tx.drawn[table] = ids[0], ids[1:]
		return n, tx.exec(insertion(table, columns+", "+id, len(values)+1), append(values, n)...)
	}
	query := insertion(table, columns, len(values)) + " RETURNING " + id
	ahead := expected(table)
	ids, places := make([]int64, len(ahead)), []any{&n}
	for i, next := range ahead {
		query += `, nextval('` + next + `_id_seq')`
		places = append(places, &ids[i])
	}
	if err := tx.row(query, values...).Scan(places...); err != nil {
		return 0, err
	}
	for i, next := range ahead {
		tx.draw(next, ids[i])
	}
	return n, nil
}
