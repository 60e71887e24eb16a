package desk

import (
	"context"
	"fmt"
	"runtime/debug"

	"aside"
	"aside/desk/guard"
	"aside/desk/reading"
	"aside/store"
)

// preparation is what was made of a mail before its transaction. It is never
// changed, so that a transaction may run again with it.
type preparation struct {
	*reading.Reading
	unlearnt bool                  // many of the ticket's passages are not known yet
	scans    map[string]guard.Text // of the mail's files, by content
	ahead    *ahead
}

// prepare reads the mail against what the store knows, on a snapshot, so that
// the transaction that files it has little left to do.
func (s *Service) prepare(ctx context.Context, set *Settings, in *aside.Inbound) (p *preparation, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("reading the mail panicked: %v\n%s", v, debug.Stack())
		}
	}()
	if in.Mail == nil {
		return nil, nil
	}
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		w := s.work(tx, set, in, "")
		if err := w.locate(); err != nil {
			return err
		}
		if err := w.undecided(); err != nil {
			return err
		}
		r, err := w.reader().Read(in.Mail, w.place.Conversation.ID, nil)
		if err != nil {
			return err
		}
		p = &preparation{Reading: r}
		if p.ahead, err = w.makeAhead(r); err != nil || r.Agent == "" || r.Ticket == 0 {
			return err
		}
		if p.unlearnt, err = guard.Behind(tx, r.Ticket); err != nil {
			return err
		}
		p.scans = map[string]guard.Text{}
		for _, f := range in.Mail.Attachments {
			if p.scans[f.SHA256], err = w.scanned(f); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

// learnBefore does for an agent's mail what would keep the writer long: a long
// ticket's passages, a few messages a transaction.
func (s *Service) learnBefore(ctx context.Context, set *Settings, ticket int64) error {
	for more := true; more; {
		err := s.Store.Update(ctx, func(tx *store.Tx) (err error) {
			more, err = guard.Learn(tx, s.Keys, s.work(tx, set, nil, "").tickets, ticket)
			return err
		})
		if err != nil {
			return fmt.Errorf("learn the passages of ticket %d: %w", ticket, err)
		}
	}
	return nil
}

// reader reads what the mail at hand brings.
func (w *work) reader() *reading.Reader {
	return &reading.Reader{Tx: w.tx, Dir: w.dir, Keys: w.s.Keys, Signatures: w.set.signatures, Who: w.who, Place: w.place}
}

// prepared gives the reading that was made before the transaction, as long as
// the ticket is still the one it was made against; else it reads again.
func (w *work) prepared() (*reading.Reading, error) {
	if r := w.ready; r != nil && r.Ticket == w.place.Ticket.Number && r.Version == w.place.Ticket.Version && r.Addressed == w.place.Conversation.ID &&
		(r.Agent != "") == w.who.IsAgent() {
		return r.Reading, nil
	}
	return w.reader().Read(w.in.Mail, w.place.Conversation.ID, nil)
}

// remember has a message's lines known when somebody quotes them.
func (w *work) remember(ticket int64, m aside.Message) error {
	if err := w.tx.KnowLines(ticket, m.Conversation, m.ID); err != nil {
		return err
	}
	if w.kept || w.ready == nil || w.ready.Ticket != ticket {
		return nil
	}
	w.kept = true
	n := 0
	for _, hashes := range w.ready.Made {
		n += len(hashes)
	}
	if n < keptLines {
		return nil
	}
	return w.tx.KeepLines(ticket, w.ready.Made)
}

// keptLines is how many hashes must have been made for a mail before they are
// kept for the next one: making fewer takes no longer than writing them.
const keptLines = 256
