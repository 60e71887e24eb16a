package answer

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"aside"
	"aside/desk/ticket"
	"aside/store"
)

// What the house writes into a ticket's history has a sentence, every kind of it.
func TestEveryKindHasASentence(t *testing.T) {
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	written := regexp.MustCompile(`(?:\.Event\([^,()]*(?:\([^()]*\))?[^,()]*, |\.log\()"([^"]+)"`)
	kinds := map[string]bool{"approved": true, "declined": true, "asked": true, "message": true, "automatic mail": true,
		string(aside.MessageOutbound): true, string(aside.MessageNote): true} // written by a name
	for _, name := range append(files, rooms...) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range written.FindAllStringSubmatch(string(src), -1) {
			kinds[m[1]] = true
		}
	}
	if len(kinds) < 30 {
		t.Fatalf("found only %v", kinds)
	}
	h := &history{a: &Asker{Tx: &store.Tx{}, Dir: aside.NewDirectory(nil, nil, []*aside.Agent{{Handle: "dana", Name: "Dana Reyes"}}, nil), Agent: &aside.Agent{Location: time.UTC}},
		v: &ticket.View{Ticket: &aside.Ticket{Number: 7}}}
	for kind := range kinds {
		if told := h.sentence(aside.Event{Actor: "dana", Kind: kind, Data: []byte(`{}`)}); told == "Dana: "+kind {
			t.Errorf("%q has no sentence", kind)
		}
	}
}
