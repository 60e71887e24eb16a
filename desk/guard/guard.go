// Package guard finds in an agent's mail what contradicts itself or surprises:
// a destination that its signs do not agree on, somebody who would hear it and
// was not there, what is not meant for those who would get it (signs of our own
// notices, words, files and addresses of conversations that they do not hear,
// a greeting of somebody else), and what cannot be read. It takes the mail and
// its ticket and gives findings; what becomes of the mail is the desk's to
// decide.
package guard

import (
	"aside"
	"aside/desk/reading"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/store"
	"aside/templates"
	"aside/threading"
	"aside/threading/mark"
)

// Finding is why a mail is held.
type Finding struct {
	Guard  string // stable name, kept with the hold: what a release waives
	Reason templates.Reason
	Never  bool // no release lets it leave
	Cannot bool // a command that cannot be carried out, now or after a release
}

// Guards of which more must be known than their names, because their findings
// are never released.
const (
	Marker = "marker" // signs of our own notices, which never leave
	Long   = "long"   // quoted words that are too many to be shown: what an agent has not seen is not released
	Empty  = "empty"  // a mail that says nothing
	// Forwards is a mail that says nothing, and forwards another one: a note can
	// keep that.
	Forwards = "forwards"
)

// Mail is an agent's mail within the transaction that carries it out, and what
// it would do.
type Mail struct {
	Tx      *store.Tx
	Dir     *aside.Directory
	Keys    *mark.KeyRing
	Tickets *ticket.Book

	In       *aside.Mail // as it came
	Reading  *reading.Reading
	Commands []command.Command
	Silent   bool // it says nothing, and that is told already

	Agent    *aside.Agent        // who wrote it
	Place    threading.Placement // where it belongs
	Answered *store.NoticeOf     // the notice that it answers; nil for none
	View     *ticket.View        // nil where it belongs to no ticket yet

	Kind        aside.ConversationKind // where the text goes; "" for no text
	To          *aside.Conversation    // nil where it is to be opened
	Copies      bool                   // the customer is to hear it in a side conversation
	Directed    bool                   // a command says where the text goes
	Hearers     []string               // the addresses that would get it, once its commands are carried out
	Named       []aside.Address        // whom its commands let hear it
	NewAudience bool                   // others would hear it than those who heard what it quotes

	Texts []Text // all that would leave as text; none where it stays inside
	Files []File // those that would leave
	Meant []Text // of files that /attach names: no sign of ours leaves with them either
}

// File is an attachment and what it holds.
type File struct {
	aside.Attachment
	Content Text
}

// found is a finding that a release may waive.
func found(guard, line, why string) Finding {
	return Finding{Guard: guard, Reason: templates.Reason{Line: line, Why: why}}
}
