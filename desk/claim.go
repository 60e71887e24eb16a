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
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		out, notices = nil, nil
		if out, err = tx.ClaimDeliveries(lease, n); err != nil || len(out) == n {
			return err
		}
		notices, err = tx.ClaimNotices(lease, n-len(out))
		return err
	})
	if err != nil || len(out)+len(notices) == 0 {
		return nil, nil, err
	}
	if err := s.Store.View(ctx, func(tx *store.Tx) error { return tx.Load(out, notices) }); err != nil {
		return nil, nil, fmt.Errorf("read what was claimed: %w", err)
	}
	set := s.settings.Load()
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
