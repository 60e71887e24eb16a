// Package guard finds in an agent's mail what those who would get it must not
// have, and what only looks as if it were meant for them: signs of our own
// notices, words, files and addresses of conversations that they do not hear,
// greetings of somebody else, what cannot be read. It takes the mail and its
// ticket and gives findings; what becomes of the mail is the desk's to decide.
package guard

import (
	"aside"
	"aside/desk/ticket"
	"aside/store"
	"aside/templates"
	"aside/threading"
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
)

// Mail is an agent's mail within the transaction that carries it out, and what
// it would do.
type Mail struct {
	Tx      *store.Tx
	Dir     *aside.Directory
	Keys    *threading.KeyRing
	Tickets *ticket.Book

	In     *aside.Mail // as it came
	Agent  *aside.Agent
	View   *ticket.View // nil where it belongs to none yet
	Shown  int64        // the message that the notice shows which is answered; 0 for none
	Silent bool         // nothing was found in it, and that is told already

	Kind         aside.ConversationKind // where the text goes; "" for no text
	To           *aside.Conversation    // nil where it is to be opened
	Hearers      []string               // the addresses that would get it; nil where its commands change that
	Named        []aside.Address        // whom its commands let hear it
	NewAudience  bool                   // others would hear it than those who heard what it quotes
	NewRequester bool                   // somebody else becomes the customer

	Lines      []string // what is newly written, commands included
	Text, HTML string   // without the commands
	Texts      []Text   // all that would leave as text; none where it stays inside
	Files      []File   // those that would leave
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
