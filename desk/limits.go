package desk

import (
	"fmt"
	"time"

	"aside/desk/ticket"
	"aside/store"
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
	return w.tx.AllowAll(
		store.Limit{Kind: "ack", Subjects: []string{address}, Every: time.Hour},
		store.Limit{Kind: "ack a day", Subjects: places(address, answersADay), Every: 24 * time.Hour},
		store.Limit{Kind: "ack a ticket", Subjects: places(fmt.Sprint(v.Ticket.Number), answersATicket), Every: 24 * time.Hour})
}

// places are n of a subject, each of which is free again after a time.
func places(subject string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s %d", subject, i)
	}
	return list
}
