package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aside/store"
	h "aside/test/harness"
)

// A stranger's mail with very many codes is held like any other, at once: it
// is looked at inside the one transaction that all mail waits for.
func TestManyCodes(t *testing.T) {
	w := open(t)
	var codes strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&codes, "/confirm AAAA%04d\n", i)
	}
	m := h.Write(dana, support, "Mine", codes.String())
	m.Envelope = "eve@evil.example"
	start := time.Now()
	w.post(m).only("dana: 1 mail waits for your word")
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// What strangers send in an agent's name is not read again with each mail of
// the agent's own.
func TestForgeriesWaitApart(t *testing.T) {
	w := open(t)
	d := w.opens(jane, "Kettle", "It leaks.")
	for _, words := range []string{"One.", "Two."} {
		m := h.Write(dana, support, "Mine", words)
		m.Envelope = "eve@evil.example"
		w.send(m)
	}
	w.says(dana, d, "Hello @omar.").find("dana", "NOT SENT")
	err := w.store.View(w.ctx, func(tx *store.Tx) error {
		waiting, err := tx.WaitingHolds("dana")
		if len(waiting) != 1 {
			t.Errorf("%d held mails are read, not the one of Dana's own", len(waiting))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.wait(2*time.Hour).find("dana", "Two.")
}

// Who writes more than the code hears what is wrong with that; a signature is
// nothing more.
func TestCodeBesideWords(t *testing.T) {
	w := open(t, bySignature)
	m := w.says(dana, w.opens(jane, "Kettle", "It leaks."), "A new one comes, Jane.").to("dana")
	w.signing = true
	contains(t, w.says(dana, m, "/confirm "+code(t, m)+"\n\nYes, that was me.").none("jane").to("dana"), "Send this line alone")
	w.says(dana, m, "/confirm "+code(t, m)+signature).find("jane", "A new one")
}
