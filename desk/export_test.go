package desk

import (
	"context"

	"aside"
	"aside/desk/reading"
	"aside/store"
)

// Passages runs the guard on passages alone, over words on their way to the
// customer of a ticket, and reports what it found.
func (s *Service) Passages(ctx context.Context, ticket int64, agent, text string) (found int, err error) {
	set := s.settings.Load()
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		w := s.work(tx, set, nil, "")
		w.in = &aside.Inbound{Mail: &aside.Mail{}}
		v, err := w.tickets.Open(ticket)
		if err != nil {
			return err
		}
		d := &deed{w: w, a: w.dir.AgentByHandle(agent), v: v, r: &reading.Reading{Text: text}, dest: destination{kind: aside.Customer, conv: v.Customer()}}
		m, err := d.judged()
		if err != nil {
			return err
		}
		findings, err := m.Passages()
		found = len(findings)
		return err
	})
	return found, err
}
