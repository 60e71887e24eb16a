package desk_test

import "testing"

// A lead answers the customer: that holds where the customer is copied in a side
// conversation, too.
func TestLeadWhereTheCustomerIsCopied(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side max@repairs.example cc-customer\n\nWhen can you come?").find("max", "come")
	back := w.says(max, asked, "At noon.").to("dana")
	w.says(omar, w.lastTo("omar", "It leaks"), "/lead omar")
	w.says(dana, back, "I think she broke it herself; at noon, then.").none("jane")
}
