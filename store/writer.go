package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

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

// Update runs fn in a transaction and returns once it is durable. In SQLite
// waiting transactions share a commit, each in a savepoint of its own: an error
// of fn undoes only its own changes. So does a statement that the database
// refused, even where fn goes on. fn may run more than once and must have no
// effect but through tx. Once it has begun it is not interrupted: ctx counts
// while it waits for its turn. An Update inside fn would wait for itself: it
// fails where it has the context of tx, and never returns where it has not.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	if ctx.Value(insideUpdate{}) == s {
		return errNested
	}
	if s.writers != nil {
		return s.transact(ctx, fn)
	}
	j := &job{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case s.jobs <- j:
	case <-s.closing:
		return ErrClosed
	case <-s.done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-j.done:
		return j.err
	case <-s.done:
	}
	select {
	case <-j.done: // its batch was the writer's last
		return j.err
	default:
		return fmt.Errorf("the writer ended in the middle of a change: %w", ErrClosed)
	}
}

// insideUpdate is the context key by which Update knows that it was called by
// a function that Update runs.
type insideUpdate struct{}

var errNested = errors.New("a change within a change: the writer would wait for itself")

// write is the writer: it takes what waits, commits it together, and answers.
func (s *Store) write() {
	defer close(s.done)
	for {
		select {
		case j := <-s.jobs:
			s.commit(s.gather(j))
		case <-s.closing:
			return
		}
	}
}

// gather is a batch: a change with all that wait.
func (s *Store) gather(first *job) []*job {
	batch := []*job{first}
	for len(batch) < maxBatch {
		select {
		case j := <-s.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

func (s *Store) commit(batch []*job) {
	err := s.together(batch)
	if err == nil || len(batch) == 1 || errors.Is(err, errNotBegun) {
		for _, j := range batch {
			s.answer(j, err)
		}
		return
	}
	// One member's deferred failure, or the disk's, must not be the others'.
	s.log.Warn("commit of a batch failed, repeating its members", "members", len(batch), "err", err)
	for _, j := range batch {
		s.answer(j, s.together([]*job{j}))
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

// errNotBegun says that another process held the database for longer than
// anybody should wait. Trying each member again would only wait as often.
var errNotBegun = errors.New("the database is busy")

// errTransactionGone says that SQLite itself ended the transaction (disk full,
// I/O error): nothing of the batch is kept.
var errTransactionGone = errors.New("the database ended the transaction")

// together runs the batch in one transaction. The error is the commit's; a
// member's own error stands in the member.
//
// Members hardly ever fail, and a savepoint for each costs two statements and a
// copy of every page that they change. So they run without: a failure takes
// back the whole transaction, and the batch runs again, each in its savepoint.
func (s *Store) together(batch []*job) error {
	clean, err := s.all(batch, s.bare)
	if clean || err != nil {
		return err
	}
	if len(batch) == 1 {
		return nil // rolled back; its error stands in it
	}
	for _, j := range batch {
		j.err, j.rang = nil, effects{}
	}
	_, err = s.all(batch, s.member)
	return err
}

// all runs every member and commits. Without an error it may be not clean: a
// bare member failed, and nothing was kept.
func (s *Store) all(batch []*job, run func(*job) (clean bool, err error)) (clean bool, err error) {
	if err := s.conn.begin("BEGIN IMMEDIATE"); err != nil {
		return false, errors.Join(errNotBegun, err)
	}
	for _, j := range batch {
		clean, err := run(j)
		if err != nil {
			_ = s.conn.do("ROLLBACK")
			for _, k := range batch {
				k.err = nil // the caller repeats them, or tells each of this error
			}
			return false, err
		}
		if !clean {
			return false, s.conn.rollback()
		}
	}
	if err := s.conn.do("COMMIT"); err != nil {
		_ = s.conn.do("ROLLBACK")
		return false, err
	}
	return true, nil
}

// bare runs one member; it is not clean where what it did must be taken back.
func (s *Store) bare(j *job) (clean bool, err error) {
	if j.err = j.ctx.Err(); j.err != nil {
		return true, nil
	}
	s.run(j)
	return j.err == nil, nil
}

// member runs one member in a savepoint of its own. The error is that the
// transaction is gone; the member's own goes into it.
func (s *Store) member(j *job) (clean bool, err error) {
	if j.err = j.ctx.Err(); j.err != nil {
		return true, nil
	}
	if err := s.conn.do("SAVEPOINT member"); err != nil {
		return false, errors.Join(errTransactionGone, err)
	}
	s.run(j)
	if j.err != nil {
		if err := s.conn.do("ROLLBACK TO member"); err != nil {
			return false, errors.Join(errTransactionGone, j.err, err)
		}
	}
	if err := s.conn.do("RELEASE member"); err != nil {
		return false, errors.Join(errTransactionGone, j.err, err)
	}
	return true, nil
}

// run calls a member's function; what went wrong goes into it.
func (s *Store) run(j *job) {
	tx := &Tx{ctx: s.inside, q: s.conn, index: s.index, now: s.moment(), daemon: s.options.Daemon}
	s.conn.refused = nil
	j.err = call(j.fn, tx)
	j.rang = tx.effects
	if j.err == nil {
		j.err = s.conn.refused
	}
}

// call turns a panic of fn into an error that tells where: the writer serves
// everybody.
func call(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a change panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(tx)
}
