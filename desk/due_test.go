package desk_test

import (
	"testing"
	"time"

	"aside/desk"
	h "aside/test/harness"
)

// A due time is for an answer to what was asked last: set after a first answer
// it counts, and once over it says nothing of the next question.
func TestDueIsForTheNextAnswer(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	side := w.says(dana, n, "/take\n/side max@repairs.example due 2h\n\nWhere is it?").to("max")
	answer := w.says(max, side, "We will look into it.").to("dana")
	w.says(dana, answer, "/due 1h").only("dana: an answer is due Mon 2 Mar 11:00")
	w.wait(time.Hour).only("dana: No answer yet in the side conversation with Max Repair")

	// Asked again, nothing is late yet.
	w.says(dana, answer, "Did you look?").only("max: Did you look?")
	w.wait(time.Minute).only()
	w.says(max, side, "It is with the neighbour.")
	w.wait(3 * time.Hour).only()
	w.says(dana, answer, "With which one?").only("max: With which one?")
	w.wait(48 * time.Hour).only()
	w.says(dana, answer, "/due 1h\n\nPlease answer.").find("max", "Please answer")
	w.wait(2 * time.Hour).only("dana: No answer yet")
}

// Where the address book says when somebody answers, that counts for each
// question, and in a fresh conversation as well.
func TestDueOfTheAddressBookAnew(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	side := w.says(dana, n, "/take\n/side dhl\n\nWhere is it?").to("dhl")
	w.wait(25 * time.Hour).only("dana: No answer yet")
	answer := w.post(h.Outlook().Reply(dhl, side, "With the neighbour.")).to("dana")
	w.says(dana, answer, "With which one?").only("dhl: With which one?")
	w.wait(23 * time.Hour).only()
	w.wait(2 * time.Hour).only("dana: No answer yet")
	w.says(dana, answer, "/cc-customer on").find("dana", "YOUR REPLY GOES TO: dhl + the customer")
	w.wait(23 * time.Hour).only()
	w.wait(2 * time.Hour).only("dana: No answer yet")
}

// Each reads the times of the desk in their own zone.
func TestOverdueInTheReadersZone(t *testing.T) {
	w := open(t, func(s *desk.Settings) {
		s.Directory.AgentByHandle("omar").Location = time.FixedZone("elsewhere", -5*60*60)
	})
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/side max@repairs.example due 2h\n\nWhere is it?")
	got := w.wait(2*time.Hour+time.Minute).only("dana: it was due 12:00", "omar: it was due 06:00")
	contains(t, got[0], "Inside: 1 side, overdue")
}
