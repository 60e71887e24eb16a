package desk

import (
	"aside"
	"aside/desk/answer"
	"aside/desk/reading"
	"aside/reply"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
)

// ahead is what a transaction would have to make of a mail, made before it and
// beside others: the writer has everybody's mail waiting. It is looked up by
// all that it was made of, so what is found is what would be made.
type ahead struct {
	sanitised map[string]string // of HTML
	acks      map[ackOf]templates.Mail
	hits      map[string]*store.Results // what the agent who wrote the mail searches for, by the words
}

// ackOf is what an acknowledgement is made of.
type ackOf struct {
	key  templates.Key
	what templates.Acknowledgement
}

// makeAhead makes what filing the mail will probably need.
func (w *work) makeAhead(r *reading.Reading) (*ahead, error) {
	a := &ahead{sanitised: map[string]string{}, acks: map[ackOf]templates.Mail{}}
	if r.Agent == "" {
		if text, _ := w.filedText(r, aside.MessageInbound); w.showsWhole(text, aside.MessageInbound) {
			a.sanitised[w.in.Mail.HTML] = reply.Sanitise(w.in.Mail.HTML)
		}
	}
	if d := w.dir.DeskOrFirst(w.place.Desk); r.Agent == "" && w.place.New && d.Acknowledge && d.SubjectTag != aside.TagAll { // else it has the number
		of := ackOf{templates.KeyOf(d), acknowledgement(d, 0, aside.Message{AuthorName: w.who.Name, Verified: w.who.Verified, Subject: w.in.Mail.Subject})}
		words, err := w.set.Templates.Acknowledgement(of.key, of.what)
		if err != nil {
			return nil, err
		}
		a.acks[of] = words
	}
	return a, w.searchAhead(r, a)
}

// searchAhead looks for what an agent searches for.
func (w *work) searchAhead(r *reading.Reading, a *ahead) error {
	agent := w.dir.AgentByHandle(r.Agent)
	if agent == nil {
		return nil
	}
	for _, c := range r.Result.Commands {
		if c.Text == "" || c.Verb != command.Search && c.Verb != command.List || len(a.hits) == maxSearches {
			continue
		}
		hits, err := answer.Find(w.tx, agent, c.Text)
		if err != nil {
			return err
		}
		if a.hits == nil {
			a.hits = map[string]*store.Results{}
		}
		a.hits[c.Text] = hits
	}
	return nil
}

// maxSearches is how many searches of one mail are made before its transaction.
const maxSearches = 10

// ahead is what was made before this transaction; empty in one of time's.
func (w *work) ahead() *ahead {
	if w.ready == nil || w.ready.ahead == nil {
		return &ahead{}
	}
	return w.ready.ahead
}

// found is what was searched for before this transaction, for this agent.
func (w *work) found(a *aside.Agent) map[string]*store.Results {
	if w.ready == nil || w.ready.Agent != a.Handle {
		return nil
	}
	return w.ahead().hits
}

func (w *work) sanitise(html string) string {
	if s, ok := w.ahead().sanitised[html]; ok {
		return s
	}
	return reply.Sanitise(html)
}

func (w *work) acknowledgement(of ackOf) (templates.Mail, error) {
	if m, ok := w.ahead().acks[of]; ok {
		return m, nil
	}
	return w.set.Templates.Acknowledgement(of.key, of.what)
}
