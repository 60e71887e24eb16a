package desk

import (
	"fmt"
	"time"

	"aside"
	"aside/desk/ticket"
)

// The limits of what aside sends of itself. They end loops with machines that
// say nowhere what they are, and stop nothing that comes in.
const (
	answersADay    = 5  // automatic mails to one address; one an hour of them
	answersATicket = 3  // automatic mails to contacts about one ticket, in a day
	wordsAnHour    = 60 // receipts, holds, events and lists to one agent in one conversation
	messagesAnHour = 60 // copies of messages to one agent in one conversation
)

// mayAnswer counts an automatic mail to a contact, if it may go: at most one an
// hour and address, and fewer a day than an hourly loop would want.
func (w *work) mayAnswer(v *ticket.View, address string) (bool, error) {
	ok, err := w.tx.Allow("ack", address, time.Hour)
	if err != nil || !ok {
		return false, err
	}
	if ok, err = w.oneOf("ack a day", address, answersADay, 24*time.Hour); err != nil || !ok {
		return false, err
	}
	return w.oneOf("ack a ticket", fmt.Sprint(v.Ticket.Number), answersATicket, 24*time.Hour)
}

// oneOf takes one of n places that are free again after a time.
func (w *work) oneOf(kind, subject string, n int, every time.Duration) (bool, error) {
	for i := range n {
		ok, err := w.tx.Allow(kind, fmt.Sprintf("%s %d", subject, i), every)
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// mayTellAll reports that none of some agents is near the limit.
func (w *work) mayTellAll(v *ticket.View, agents []*aside.Agent, conversation int64) (bool, error) {
	if v.First {
		return true, nil
	}
	var handles []string
	for _, a := range agents {
		handles = append(handles, a.Handle)
	}
	return w.tx.FewNoticesSince(handles, conversation, w.now.Add(-time.Hour), min(wordsAnHour, messagesAnHour)-1)
}

// mayTell reports whether one more notice may go to an agent, and whether it is
// the last of its sort for now. An agent's responder that does not say what it
// is answers each notice, and what answers that would be answered again:
// without a limit for ever.
func (w *work) mayTell(v *ticket.View, a *aside.Agent, kind aside.NoticeKind, conversation int64) (ok, last bool, err error) {
	messages, others, err := w.tx.NoticesSince(a.Handle, conversation, w.now.Add(-time.Hour), wordsAnHour+messagesAnHour)
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
	return false, false, w.untold(v, a, conversation)
}

// untold records, once an hour, that notices stopped.
func (w *work) untold(v *ticket.View, a *aside.Agent, conversation int64) error {
	if first, err := w.tx.Allow("untold", fmt.Sprintf("%s %d", a.Handle, conversation), time.Hour); err != nil || !first {
		return err
	}
	w.s.Log.Warn("notices stopped for an hour", "agent", a.Handle, "conversation", conversation)
	if v == nil {
		return nil
	}
	return v.Event("aside", "notices stopped", map[string]any{"to": a.Handle,
		"reason": "more notices in an hour than a person reads; a mailbox may be answering by itself"})
}
