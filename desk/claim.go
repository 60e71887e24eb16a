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
// relay that is away: who is no agent any more gets nothing, who left the team
// nothing of its tickets, and an address that was taken from one neither. What
// nobody else was told colleagues hear of; for another address new codes are made.
func (w *work) toAgents(notices []aside.Notice) (kept []aside.Notice, err error) {
	for _, n := range notices {
		a := w.dir.AgentByHandle(n.Agent)
		gone := "no agent any more"
		if a != nil {
			if gone, err = w.leftTeam(a, n); err != nil {
				return nil, err
			}
			if n.Kind == aside.NoticeCode && n.To.Address != a.Address() { // its codes count for that address alone
				gone = "the agent's address is another one by now"
				if err := w.tx.WithdrawCodes(n.Agent, n.To.Address); err != nil {
					return nil, err
				}
			}
		}
		if gone != "" {
			if err := w.cancel(n, gone); err != nil {
				return nil, err
			}
			continue
		}
		n.To.Address = a.Address()
		kept = append(kept, n)
	}
	return kept, nil
}

// leftTeam says of an agent by which team a ticket was theirs to see when they
// were told of it, and is not any more; empty where it is.
func (w *work) leftTeam(a *aside.Agent, n aside.Notice) (why string, err error) {
	team := notice.TeamOf(n)
	if team == "" || a.InTeam(team) {
		return "", nil
	}
	v, err := w.tickets.Open(n.Ticket)
	if err != nil || v.SeenBy(a) {
		return "", err
	}
	return "not in the team " + team + " any more", nil
}

// cancel gives up a notice that its agent may not have any more.
func (w *work) cancel(n aside.Notice, why string) error {
	if err := w.tx.FinishAttempt(store.Attempt{Notice: n.ID, State: aside.DeliveryCancelled, Detail: why}); err != nil {
		return err
	}
	of, err := w.tx.NoticeByID(n.ID)
	if err != nil {
		return err
	}
	return w.unheard(of, why)
}
