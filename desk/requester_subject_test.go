package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// What an agent wrote to the desk becomes notes once a customer is named, and so
// does its subject.
func TestSubjectOfAnAgentsMailStaysInside(t *testing.T) {
	w := open(t)
	w.signing = true
	w.secret("cheatwords")
	n := w.post(h.Write(dana, support, "Refund, fraud suspected, cheatwords", "He asks for his money back, but I think he cheats.")).find("omar", "cheats")
	w.says(omar, n, "/requester joe@elsewhere.example")
	asked := w.says(omar, n, "/reply\n\nDear Joe, we look into it.").to("omar")
	w.says(omar, asked, "send").find("joe", "Dear Joe")
}

// Who named the customer needs no telling that the customer gets the answer, where
// the mail that is answered named nobody else.
func TestAnswerToTheCustomerOneNamed(t *testing.T) {
	w := open(t)
	w.signing = true
	told := w.writes(dana, "Call from Joe", "Joe called.").to("dana")
	w.says(dana, told, "/requester joe@elsewhere.example")
	w.says(dana, told, "/reply\n\nDear Joe.").find("joe", "Dear Joe.")
	// A mail of the former customer's names that one, and a colleague knows of neither.
	n := w.opens(jane, "Kettle", "It leaks.")
	o := w.says(omar, w.lastTo("omar", "It leaks"), "/tag x").to("omar")
	w.says(dana, n, "/requester joe@elsewhere.example")
	w.says(dana, n, "Dear Jane.").find("dana", "NOT SENT")
	w.says(omar, o, "/reply\n\nDear Jane.").find("omar", "NOT SENT")
}
