package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// twoAsked is a town in which Max has answered a question to him and the courier.
func twoAsked(t *testing.T) (w *town, n *h.Mail, answered *news) {
	t.Helper()
	w = open(t)
	n = w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side max@repairs.example, courier@vendor.example\n\nWhen can you come?").find("max", "come")
	return w, n, w.says(max, asked, "At noon.")
}

// What stands twice in one mail is done once.
func TestCommandsThatStandTwice(t *testing.T) {
	w, n, answered := twoAsked(t)
	w.says(dana, answered.find("dana", "At noon"), "/relay\n/relay").only("vic: At noon", "dana: sent on to")
	told := w.says(dana, n, "/split\n/split").find("dana", "was started with this mail")
	if strings.Count(all(told), "was started") > 1 || len(w.conversations(2)) == 0 {
		t.Errorf("split twice:\n%s", all(told))
	}
}

// Two agents who both send a mail on do it once.
func TestRelayByTwo(t *testing.T) {
	w, _, answered := twoAsked(t)
	w.says(dana, answered.find("dana", "At noon"), "/relay").to("vic")
	w.says(omar, answered.find("omar", "At noon"), "/relay").only("omar: sent on already")
}
