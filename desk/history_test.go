package desk_test

import (
	"regexp"
	"testing"

	h "aside/test/harness"
)

// A reply that was taken back, or whose reader was taken out, is not shown as one
// that the customer got.
func TestShowTellsWhatWasTakenBack(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.send(h.Gmail().Reply(dana, n, "Wrongwords for you."))
	w.says(dana, n, "/undo")
	w.says(dana, n, "Rightwords for you.").find("jane", "Rightwords")
	contains(t, w.says(omar, w.lastTo("omar", "It leaks."), "/show").find("omar", "It leaks."),
		"Jane Doe, customer conversation: > It leaks.",
		"Dana Reyes, to the customer (stopped before it left: nobody heard it): > Wrongwords for you.",
		"Dana took back a mail before it left: \u201cWrongwords for you.\u201d",
		"Dana Reyes, to the customer: > Rightwords for you.")
}

// What was done to a ticket is told in sentences, without the numbers of rows and
// the words of the guards.
func TestShowTellsWhatHappened(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	mine := w.lastTo("omar", "It leaks.")
	for _, line := range []string{"/take", "/assign omar", "/assign none", "/assign support", "/invite omar", "/follow", "/unfollow", "/lead dana", "/lead none",
		"/priority high", "/tag vip", "/set product=kettle", "/subject Jane's kettle", "/pending", "/snooze 2d", "/open",
		"/add kim@customer.example"} {
		w.says(dana, n, line)
	}
	w.says(jane, w.boxes[jane.Address][0], "It smokes, too.")
	w.says(dana, w.lastTo("dana", "It smokes, too."), "/relay").find("kim", "It smokes, too.")
	w.says(dana, n, "/remove kim@customer.example")
	asked, _ := w.asks(n, "/side courier@vendor.example due 2d", "Where is it, dear people?")
	depot := w.says(vic, asked, "In the depot.").find("dana", "In the depot.")
	w.says(dana, depot, "/due 3d")
	w.says(dana, depot, "/cc-customer on\n\nWe ask together.")
	note := w.says(dana, n, "/ask omar\n\nMay she have a new one?").find("omar", "May she have a new one?")
	w.says(omar, note, "approve")
	w.says(omar, mine, "Ask @dana about it.").find("omar", "NOT SENT")
	w.says(omar, w.lastTo("omar", "NOT SENT"), "discard")
	w.opens(jane, "The same", "It still leaks.")
	w.says(dana, w.lastTo("dana", "It still leaks."), "/merge 1")
	w.says(dana, n, "/resolve")

	got := w.says(dana, n, "/show").find("dana", "Opened for Jane Doe")
	contains(t, got, "Opened for Jane Doe at support@example.com.", "Dana took it.", "Dana assigned it to Omar.", "Dana made it nobody's.",
		"Dana gave it to the team support.", "Dana invited Omar.", "Dana follows it.", "Dana no longer follows it.", "Dana leads it.", "Dana ended the lead.",
		"Dana set the priority to high.", "Dana set the tags vip.", "Dana set product to kettle.", "Dana named it \u201cJane's kettle\u201d inside the team; it was \u201cKettle\u201d.",
		"Dana set it pending, waiting for the customer.", "Dana snoozed it until Wed 4 Mar 10:", "Dana opened it.",
		"Dana let kim@customer.example hear the customer conversation.", "Dana took kim@customer.example out of the customer conversation.",
		"Dana opened the side conversation #1-", "Dana let Courier GmbH hear a side conversation.", "Dana set the answer in #1-", "due Thu 5 Mar 10:", "Dana let the customer hear #1-",
		"Dana sent a mail on to the others of its conversation: \u201cIt smokes, too.\u201d",
		"Dana asked Omar to decide: \u201cMay she have a new one?\u201d", "Omar approved: \u201cMay she have a new one?\u201d",
		"A mail of Omar's was held as H1; nothing in it happened then.", "Omar threw away the held mail H1.",
		"Dana merged #2 into it. What was said there: /show 2.", "Dana resolved it.")
	for _, odd := range []string{`\{`, `"`, `collision|no text|cannot;`, `\dT\d\d:`, `(?m)^.*: (?:room|asked|relayed|status|held|due)\b`} {
		if found := regexp.MustCompile(odd).FindString(got.Text); found != "" {
			t.Errorf("%q is in\n%s", found, got.Text)
		}
	}
}
