package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A question by number that has no answer says so.
func TestShowQuotedByNumberSaysNothingWasCut(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	w.signing = true
	w.post(h.Write(dana, support, "hello", "1 /show quoted")).find("dana", "nothing was cut")
}
