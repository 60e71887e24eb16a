package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// asideOfALead is a ticket that Omar leads, with a side conversation that Dana
// opened by a command: her notice of Max's answer there.
func asideOfALead(t *testing.T, side string) (w *town, back *h.Mail) {
	w = open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, side+"\n\nWhen can you come?").find("max", "come")
	back = w.says(max, asked, "At noon.").to("dana")
	w.says(omar, w.lastTo("omar", "It leaks"), "/lead omar")
	return w, back
}

const withJane = "/side max@repairs.example cc-customer"

// A lead answers the customer: that holds where the customer is copied in a side
// conversation, too.
func TestLeadWhereTheCustomerIsCopied(t *testing.T) {
	w, back := asideOfALead(t, withJane)
	w.says(dana, back, "I think she broke it herself; at noon, then.").none("jane")
}

// And where the very mail would let the customer hear it.
func TestLeadWhereTheMailCopiesTheCustomer(t *testing.T) {
	for _, commands := range []string{
		"/cc-customer on",
		"/requester max@repairs.example",
		"/requester kim@customer.example\n/add kim@customer.example",
		"/side dhl, jane@customer.example",
	} {
		w, back := asideOfALead(t, "/side max@repairs.example")
		w.says(dana, back, commands+"\n\nI think she broke it herself; at noon, then.").
			none("jane").none("max").none("kim").none("dhl").find("omar", "broke it herself")
	}
}

// The mail that takes the customer out again is for the others.
func TestLeadWhereTheMailTakesTheCustomerOut(t *testing.T) {
	for _, command := range []string{"/cc-customer off", "/remove jane@customer.example"} {
		w, back := asideOfALead(t, withJane)
		w.says(dana, back, command+"\n\nAt noon, then.").none("jane").find("max", "At noon, then.")
	}
}

// What a vendor wrote is sent on to the customer by the lead alone.
func TestLeadAndRelay(t *testing.T) {
	w, back := asideOfALead(t, withJane)
	w.says(dana, back, "/relay").none("jane").find("dana", "Omar leads this ticket")
	w.says(omar, w.lastTo("omar", "At noon."), "/relay").find("jane", "At noon.")
}
