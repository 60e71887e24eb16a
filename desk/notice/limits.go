package notice

import (
	"fmt"
	"time"

	"aside"
	"aside/desk/ticket"
)

// The limits of what one agent is told. They end loops with machines that say
// nowhere what they are, and stop nothing that comes in.
const (
	wordsAnHour    = 60 // receipts, holds, events and lists to one agent in one conversation
	messagesAnHour = 60 // copies of messages to one agent in one conversation
)

// mayTellAll reports that none of some agents is near the limit.
func (t *Teller) mayTellAll(v *ticket.View, agents []*aside.Agent, conversation int64) (bool, error) {
	if v.First {
		return true, nil
	}
	var handles []string
	for _, a := range agents {
		handles = append(handles, a.Handle)
	}
	return t.Tx.FewNoticesSince(handles, conversation, t.Tx.Now().Add(-time.Hour), min(wordsAnHour, messagesAnHour)-1)
}

// mayTell reports whether one more notice may go to an agent, and whether it is
// the last of its sort for now. An agent's responder that does not say what it
// is answers each notice, and what answers that would be answered again:
// without a limit for ever.
func (t *Teller) mayTell(v *ticket.View, a *aside.Agent, kind aside.NoticeKind, conversation int64) (ok, last bool, err error) {
	messages, others, err := t.Tx.NoticesSince(a.Handle, conversation, t.Tx.Now().Add(-time.Hour), wordsAnHour+messagesAnHour)
	if err != nil {
		return false, false, err
	}
	left := wordsAnHour - others
	if kind == aside.NoticeMessage {
		left = messagesAnHour - messages
	}
	if left > 0 {
		return true, left == 1, nil
	}
	return false, false, t.untold(v, a, conversation)
}

// untold records, once an hour, that notices stopped.
func (t *Teller) untold(v *ticket.View, a *aside.Agent, conversation int64) error {
	if first, err := t.Tx.Allow("untold", fmt.Sprintf("%s %d", a.Handle, conversation), time.Hour); err != nil || !first {
		return err
	}
	t.Log.Warn("notices stopped for an hour", "agent", a.Handle, "conversation", conversation)
	if v == nil {
		return nil
	}
	return v.Event("aside", "notices stopped", map[string]any{"to": a.Handle,
		"reason": "more notices in an hour than a person reads; a mailbox may be answering by itself"})
}
