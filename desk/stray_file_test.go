package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A file of somebody who takes no part is asked about as their words are, unless
// the customer has sent it, too.
func TestAStrangersFile(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "We look at it.").to("jane")
	proof := []h.File{{Name: "proof.pdf", Type: "application/pdf", Data: []byte("%PDF it was never hers")}}
	d := h.Gmail().Reply(joe, m, "I know something of it.")
	d.Files = proof
	stray := w.post(d).find("dana", "I know something")
	answer := h.Gmail().Reply(dana, stray, "Is this yours?")
	answer.Files = proof
	held := w.post(answer).only("dana: Somebody sent this file who takes no part in this conversation.")[0]
	if w.says(dana, held, "send").find("jane", "Is this yours").HasFile("proof.pdf") == nil {
		t.Error("the file that was let go is missing")
	}
	answer = h.Gmail().Reply(dana, n, "Once more.")
	answer.Files = proof
	w.post(answer).find("jane", "Once more")

	w = open(t)
	n = w.opens(jane, "Kettle", "It leaks.")
	m = w.says(dana, n, "We look at it.").to("jane")
	for _, who := range []h.Person{joe, jane} {
		d := h.Gmail().Reply(who, m, "See this.")
		d.Files = proof
		w.post(d)
	}
	answer = h.Gmail().Reply(dana, n, "I have seen it.")
	answer.Files = proof
	w.post(answer).find("jane", "I have seen it")
}
