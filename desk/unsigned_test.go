package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// signature is what Outlook puts below a text, with nothing that marks it.
const signature = "\n\nDana Reyes\nHead of Support\nExample Ltd.\nTel. 0800 123 456 | www.example.com"

// A mail of commands alone says nothing to anybody, also where the agent's
// client adds a signature; and a command right above it counts as the last line.
func TestCommandsAboveASignature(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/tag sales"+signature).only("dana: tags: sales")[0]
	contains(t, m, "your signature went to nobody")
	for _, closing := range []string{"Mit freundlichen Grüßen / Kind regards\n\nDana Reyes", "Kind regards,\n\nDana M. Reyes, MSc", "Best,\nDana", "Viele Grüße\nReyes, Dana\nExample Ltd"} {
		w.says(dana, n, "/tag more\n\n"+closing).only("dana: your signature went to nobody")
	}
	w.says(dana, n, "/tag sales\n\n/note"+signature).none("omar")
	w.says(dana, n, "/sidde max"+signature).only("dana: NOT DONE")
	w.says(dana, n, "It comes tomorrow.\n\n/pending"+signature).only("jane: It comes tomorrow.", "omar: It comes", "dana: pending")
	// A command below the name is one, in each form that a command has.
	for _, note := range []string{"/note", "／note", "\u200b/note", "\u200e/note"} {
		w.says(dana, n, "I think she broke it.\n\nDana Reyes\n"+note).none("jane")
	}
	// What may be meant for somebody is text.
	for _, text := range []string{"\n\nThanks!\n\nDana Reyes", "\n\nThe blue one is best\n\nDana Reyes", "\n\nDana Reyes\nwill call you", "\n\nDana Reyes\nPlease call her at nine.", "\n\nDana\nHead of Support", "\n\nOmar Haddad\nHead of Sales"} {
		w.says(dana, n, "/open"+text).find("jane", text[2:6])
	}
}

// So does a line of an answer to a list.
func TestListLineAboveASignature(t *testing.T) {
	w := open(t)
	list := w.says(dana, w.opens(jane, "Kettle", "It leaks."), "/list").only("dana: #1 Kettle")[0]
	w.says(dana, list, "1 /take"+signature).find("dana", "#1 assigned to Dana")
}

// One word above a signature answers a held mail.
func TestOneWordAboveASignature(t *testing.T) {
	for word, want := range map[string]string{"send": "jane: Ask @omar", "note": "omar: Ask @omar", "discard": ""} {
		t.Run(word, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			held := w.says(dana, n, "Ask @omar about it."+signature).only("dana: NOT SENT")[0]
			got := w.says(dana, held, word+signature)
			if who, words, ok := strings.Cut(want, ": "); ok {
				got.find(who, words)
			}
			for _, m := range got.mails {
				lacks(t, m, "still waits")
			}
		})
	}
	w := open(t)
	held := w.says(dana, w.opens(jane, "Kettle", "It leaks."), "Ask @omar about it.").only("dana: NOT SENT")[0]
	w.post(h.Gmail().Reply(dana, held, "send\n\nDana Reyes\nPlease hurry.")).find("dana", "still waits")
}
