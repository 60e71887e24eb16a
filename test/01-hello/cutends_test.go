package hello

import (
	"testing"

	. "aside/test/harness"
)

// The last words of an agent's answer leave, whatever a telephone might write.
func TestLastWordsOfAnAgentLeave(t *testing.T) {
	t.Parallel()
	d := Start(t)
	d.Post(Write(Jane, Support, "Kettle arrived broken", "It leaks."))
	n := d.Await(Dana.Address, "a notice", Has("It leaks."))
	for _, answer := range []string{
		"Der neue Kessel ist unterwegs.\nGesendet mit DHL an Ihre Nachbarin, Telefon 0123",
		"Please do this:\n______________________________\nOpen https://shop.example/return and print the label. Then call the courier.",
	} {
		d.Post(Thunderbird().Reply(Dana, n, answer))
	}
	d.Settle()
	for _, words := range []string{"Nachbarin", "call the courier"} {
		found := false
		for _, m := range d.Mailbox(Jane.Address) {
			found = found || Has(words)(m)
		}
		if !found {
			t.Errorf("Jane never gets %q", words)
		}
	}
}
