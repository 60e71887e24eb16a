package templates

import (
	"strconv"
	"strings"
	"time"
)

// Receipt answers an agent's commands: what was done, what not and why, each a
// short ready phrase such as "assigned to Omar". Next says what to do now.
type Receipt struct {
	Done    []string
	NotDone []string
	Next    string
}

// Receipt renders the one line that answers commands. It stands in the
// ticket's notes thread; the subject is for a receipt that belongs to no
// ticket.
func (s *Set) Receipt(k Key, r Receipt) (Mail, error) {
	r.Done, r.NotDone, r.Next = cleanLines(r.Done, oneLine), cleanLines(r.NotDone, oneLine), oneLine(r.Next)
	return s.renderMail(k, "receipt", r)
}

// Reason is one finding that held a mail.
type Reason struct {
	Line  string // the line that was not understood, or the passage that a guard found
	Why   string // a sentence: "There is no command /assing."
	Meant string // what was probably meant: "/assign omar"; empty if unknown
}

// Hold tells an agent that a mail waits and that nothing in it happened.
type Hold struct {
	To      []string // names of who would have heard it; empty for a note or commands alone
	Ticket  int64    // 0 if none
	Number  string   // H7
	Reasons []Reason
	Passage string   // the text that waits, or its beginning
	Answers []string // of "send", "send notes", "note", "discard"
	// AnswerLinks are mailto links for the same answers, labelled with the
	// answer; optional.
	AnswerLinks []Link
	// Writer is the first name of who wrote it when somebody else reads this
	// notice; empty when the reader is the writer.
	Writer string
	// Alone is a mail that answered none: there is none to be answered anew.
	Alone bool
	// Waited is how long it has been waiting ("30 minutes") in a recall; empty
	// in the first notice.
	Waited string
}

type holdView struct{ Hold }

// Names lists who would have heard it.
func (h holdView) Names() string { return joinNames(h.To) }

// Whose begins a phrase: "your", or "Dana's".
func (h holdView) Whose() string {
	if h.Writer == "" {
		return "your"
	}
	return h.Writer + "'s"
}

// What is the thing that waits: a reply on a ticket, else a mail.
func (h holdView) What() string {
	if h.Ticket != 0 && len(h.To) > 0 {
		return "reply"
	}
	return "mail"
}

// LinkFor is the link of an answer, or nothing.
func (h holdView) LinkFor(answer string) string {
	for _, l := range h.AnswerLinks {
		if strings.EqualFold(l.Label, answer) {
			return l.URL
		}
	}
	return ""
}

// May tells whether the word is one of the answers.
func (h holdView) May(answer string) bool {
	for _, a := range h.Answers {
		if a == answer {
			return true
		}
	}
	return false
}

func (h Hold) view() holdView {
	h.To, h.Answers = cleanLines(h.To, cleanName), cleanLines(h.Answers, oneLine)
	h.Number, h.Writer, h.Waited = oneLine(h.Number), cleanName(h.Writer), oneLine(h.Waited)
	h.Passage = cleanText(h.Passage, 4000)
	var reasons []Reason
	for _, r := range h.Reasons {
		reasons = append(reasons, Reason{Line: cleanText(r.Line, 4000), Why: oneLine(r.Why), Meant: oneLine(r.Meant)})
	}
	h.Reasons = reasons
	return holdView{h}
}

// Hold renders a hold's notice, or its recall where Waited is set. The subject
// is such as "NOT SENT: your reply to Jane Doe [#1042]".
func (s *Set) Hold(k Key, h Hold) (Mail, error) { return s.renderMail(k, "hold", h.view()) }

// HeldMail is a mail in an agent's name that nothing proved.
type HeldMail struct {
	Subject    string
	FirstLines string
	Code       string
	At         time.Time // in the agent's time zone
}

// Code asks an agent to confirm mails in the agent's name.
type Code struct {
	Desk  string // the desk's name
	Mails []HeldMail
}

// Code renders the confirmation notice.
func (s *Set) Code(k Key, c Code) (Mail, error) {
	c.Desk = cleanName(c.Desk)
	var mails []HeldMail
	for _, m := range c.Mails {
		mails = append(mails, HeldMail{Subject: oneLine(m.Subject), FirstLines: cleanText(m.FirstLines, 600),
			Code: oneLine(m.Code), At: m.At})
	}
	c.Mails = mails
	return s.renderMail(k, "code", c)
}

// Event tells of something that happened, in ready sentences: a ticket was
// assigned to you, a snooze is over, a mail came back.
type Event struct{ Lines []string }

// Event renders an event's notice. Its subject is the ticket's.
func (s *Set) Event(k Key, e Event) (Words, error) {
	var lines []string
	for _, l := range e.Lines {
		if l = cleanText(l, 2000); l != "" {
			lines = append(lines, l)
		}
	}
	e.Lines = lines
	return s.render(k, "event", e)
}

// Ask is a note that wants a decision.
type Ask struct {
	Who                    string // who asks, a first name
	Text                   string // the exact text to decide on
	ApproveURL, DeclineURL string // mailto links
}

// Ask renders a note with its two answers.
func (s *Set) Ask(k Key, a Ask) (Words, error) {
	a.Who, a.Text = cleanName(a.Who), cleanText(a.Text, maxText)
	return s.render(k, "ask", a)
}

// number shows a ticket: "#1042".
func number(n int64) string { return "#" + strconv.FormatInt(n, 10) }
