package desk_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"aside/store"
	h "aside/test/harness"
	"aside/test/postgres"
)

// counted are the statements of a store, as they came.
type counted struct {
	mu   sync.Mutex
	list []string
}

func (c *counted) add(query string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, strings.Join(strings.Fields(query), " "))
}

// take gives what came since the last time, those of changes and of views.
func (c *counted) take() (changes, views []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	to := &views
	for _, q := range c.list {
		switch {
		case strings.HasPrefix(q, "BEGIN IMMEDIATE") || q == "BEGIN ISOLATION LEVEL REPEATABLE READ":
			to = &changes
		case strings.HasPrefix(q, "BEGIN"):
			to = &views
		}
		*to = append(*to, q)
	}
	c.list = nil
	return changes, views
}

// begin is what tells one statement from another.
var begin = regexp.MustCompile(`^.{0,150}`)

// What the one writer does for a mail is bounded: each statement more is paid
// for by everybody who waits, and is a round trip in PostgreSQL.
func TestStatementsOfAMail(t *testing.T) {
	var c counted
	w := openStore(t, store.Options{Trace: c.add, Path: filepath.Join(folder(t), "aside.db"), DSN: postgres.Chosen(t)})
	w.opens(jane, "Before", "It is the first of all, and prepares every statement.")
	c.take()
	bound := func(what string, most int) {
		t.Helper()
		changes, _ := c.take()
		if len(changes) <= most {
			return
		}
		t.Errorf("%s takes %d statements of the writer, at most %d are wanted:", what, len(changes), most)
		for _, q := range changes {
			t.Log(begin.FindString(q))
		}
	}
	w.send(h.Write(jane, support, "Kettle", "It leaks."))
	bound("a first mail", 18) // among them one for each agent who is told: one for all of them costs SQLite more
	w.deliver()
	bound("telling two agents of it, and looking whether there is more", 20)
	w.send(h.Gmail().Reply(jane, w.lastTo("jane", "arrived"), "And it hisses."))
	bound("an answer", 22)
	w.deliver()
	c.take()
	w.send(h.Gmail().Reply(dana, w.lastTo("dana", "hisses"), "We send a new one."))
	bound("an agent's reply", 34)
}
