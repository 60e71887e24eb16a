package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// A number in a customer's subject is no vendor's case: what she writes anew
// under it does not land where a vendor hears the answer.
func TestNoCaseOfTheCustomer(t *testing.T) {
	w := open(t)
	w.verdict = verified
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side max@repairs.example cc-customer\n\nWhen can you come?").find("jane", "When can you come?")
	d := h.Gmail().Reply(jane, asked, "On Monday.")
	d.Subject = "Re: " + asked.Subject + " [ORD-4711]"
	w.post(d)
	n = w.writes(jane, "My invoice [ORD-4711]", "Between you and me: I cannot pay this month.").to("dana")
	if strings.Contains(n.ReplyTo.Name, "SIDE") {
		t.Errorf("the customer's new mail is in the vendor's conversation: %s", n.ReplyTo.Name)
	}
	w.says(dana, n, "Dear Jane, you need not pay this month.").none("max")
}
