// Package aside holds the words of the helpdesk as types, and the rules that
// hold between them: who hears a message, which contact is spoken to in which
// role, what a mail is. It does no I/O and imports nothing else of the house.
//
// The one promise everything bends to: a message is heard by the audience of
// its conversation, and by nobody else.
package aside
