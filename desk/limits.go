package desk

import (
	"fmt"
	"time"

	"aside/desk/ticket"
)

// The limits of what aside sends contacts of itself. They end loops with
// machines that say nowhere what they are, and stop nothing that comes in.
const (
	answersADay    = 5 // automatic mails to one address; one an hour of them
	answersATicket = 3 // automatic mails to contacts about one ticket, in a day
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
