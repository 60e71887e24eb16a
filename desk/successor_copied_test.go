package desk_test

import (
	"testing"
	"time"

	h "aside/test/harness"
)

// Somebody copied who writes to a closed ticket first does not take the
// customer's place in it: what the customer writes is answered to the customer.
func TestCopiedPersonBeginsNoSuccessor(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Cc = []h.Person{kim}
	n := w.post(d).to("dana")
	got := w.says(dana, n, "Dear Jane and Kim, we look at it.")
	kims, janes := got.find("kim", "we look"), got.find("jane", "we look")
	w.says(dana, n, "/resolve")
	w.wait(30 * 24 * time.Hour)
	w.says(kim, kims, "One more question of mine, what does a new one cost?")
	n = w.says(jane, janes, "It leaks again.").find("dana", "It leaks again")
	w.says(dana, n, "I am sorry to hear that.").none("kim").find("jane", "I am sorry")
}
