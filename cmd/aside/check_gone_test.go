package main

import (
	"os"
	"strings"
	"testing"
)

// TestCheckAgentsGone: who has open tickets and is taken out of the config, or
// gets another handle, is told of; who is there is not.
func TestCheckAgentsGone(t *testing.T) {
	in := serveForTest(t, toFolders)
	in.post(t, "jane@customer.example", firstMail)
	to := in.token(t)
	if answer, err := post(in.addr, "dana@example.com", to, []byte(strings.ReplaceAll(agentMail("take", to, "/take"), "\n", "\r\n"))); err != nil {
		t.Fatalf("%v after %q", err, answer)
	}
	if said := in.aside(t, 0, "check"); strings.Contains(said, "who is no agent") {
		t.Fatalf("nobody has left, and the check says\n%s", said)
	}
	if listed := in.aside(t, 0, "ticket", "list", "--assignee", "dana"); !strings.Contains(listed, "#1") {
		t.Fatalf("the ticket is not Dana's: this tests nothing\n%s", listed)
	}
	text, err := os.ReadFile(in.config)
	if err == nil {
		err = os.WriteFile(in.config, []byte(strings.Replace(string(text), `handle = "dana"`, `handle = "dreyes"`, 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	said := in.aside(t, 0, "check")
	for _, words := range []string{"warning  database  open tickets of dana, who is no agent in the config: 1\n", "aside ticket list --assignee dana"} {
		if !strings.Contains(said, words) {
			t.Errorf("the check does not say %q:\n%s", words, said)
		}
	}
}
