package desk

import (
	"context"
	"fmt"
	"time"

	"aside"
	"aside/desk/notice"
	"aside/store"
)

// Claim takes at most n deliveries and notices that are due, for as long as the
// lease, and reads all that is needed to write them. What the frames of the
// notices say is known to their tickets, durably, when it returns: nobody can
// quote a frame back that is not known.
func (s *Service) Claim(ctx context.Context, lease time.Duration, n int) (out []aside.Outgoing, notices []aside.Notice, err error) {
	set := s.settings.Load()
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		out, notices = nil, nil
		if out, err = tx.ClaimDeliveries(lease, n); err != nil || len(out) == n {
			return err
		}
		if notices, err = tx.ClaimNotices(lease, n-len(out)); err != nil {
			return err
		}
		notices, err = s.work(tx, set, nil, "").toAgents(notices)
		return err
	})
	if err != nil || len(out)+len(notices) == 0 {
		return nil, nil, err
	}
	if err := s.Store.View(ctx, func(tx *store.Tx) error { return tx.Load(out, notices) }); err != nil {
		return nil, nil, fmt.Errorf("read what was claimed: %w", err)
	}
	draw := notice.Drawer{Dir: set.Directory, Templates: set.Templates, Keys: s.Keys, Log: s.Log}
	lines := draw.Draw(notices)
	if len(lines) == 0 {
		return out, notices, nil
	}
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		for _, l := range lines {
			if err := l.Know(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("make the frames of notices known: %w", err)
	}
	return out, notices, nil
}

// toAgents sends notices to agents as they are now. Some wait for days, for a
// relay that is away: who is no agent any more gets nothing, and an address that
// was taken from one neither. What nobody else was told colleagues hear of.
func (w *work) toAgents(notices []aside.Notice) (kept []aside.Notice, err error) {
	for _, n := range notices {
		a := w.dir.AgentByHandle(n.Agent)
		if a == nil {
			gone := store.Attempt{Notice: n.ID, State: aside.DeliveryCancelled, Detail: "no agent any more"}
			if err := w.tx.FinishAttempt(gone); err != nil {
				return nil, err
			}
			of, err := w.tx.NoticeByID(n.ID)
			if err != nil {
				return nil, err
			}
			if err := w.unheard(of); err != nil {
				return nil, err
			}
			continue
		}
		n.To.Address = a.Address()
		kept = append(kept, n)
	}
	return kept, nil
}
