// Package mailout makes bytes of what the desk decided, signs them and gets
// them out of the house: to a relay by SMTP or into a maildir.
//
// A mail is composed from one claimed delivery or one notice, and composing is
// deterministic: the same claim gives the same bytes on every attempt (but for
// the time in its signature), so that
// a mail which was sent twice because the answer got lost is recognised as one
// by whoever receives it. Attachments are streamed, twice: once to hash and
// count, once to the wire; no mail is ever held in memory whole.
//
// Nothing here knows tokens or templates. The desk's side of the work (names,
// words, attachment bytes) and the store's side (claims and their outcome) are
// function fields of Sender.
package mailout
