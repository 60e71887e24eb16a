// Package threading makes and reads the signed marks of aside's mail, and says
// where a mail belongs. It is pure: no I/O, no clock, no randomness of its own.
//
// # Marks
//
// All marks are made with a KeyRing. Its first key signs, every key verifies.
//
//	reply token     1 version+purpose, 7 conversation, 7 holder,   10 MAC = 25 octets, 40 characters
//	bounce token    1 version+purpose, 7 conversation, 7 delivery, 10 MAC = 25 octets, 40 characters
//	notice bounce   1 version+purpose, 7 conversation, 7 notice,   10 MAC = 25 octets, 40 characters
//	Message-ID      1 version+purpose, 7 conversation, 7 message,  10 MAC = 25 octets, 40 characters
//	notice's ID     1 version+purpose, 7 conversation, 7 holder, 7 notice, 13 MAC = 35 octets, 56 characters
//	marker          20 bits nonce, 30 bits MAC = "aside-" and 10 characters
//
// The characters are lower-case base32 (RFC 4648 section 6) without padding,
// because mail systems change the case of local parts. Lengths are chosen so
// that no bit is left over: two different spellings never mean the same mark,
// case apart. MACs are HMAC-SHA256, cut.
//
// # Where a mail belongs
//
// One mail takes three steps. Extract reads all signals from a mail, and
// Facts.Needs says which rows they refer to. The store fetches these rows as
// Candidates. Speaking then says in which role the sender speaks, and Place
// says where the mail goes, with a sentence that tells why:
//
//	facts := threading.Extract(keys, dir, in)
//	rows := …fetch(facts.Needs())
//	speaker := threading.Speaking(facts, rows, dir, trust)
//	placement := threading.Place(facts, rows, speaker, threading.Rules{Now: now, ReopenFor: week})
//
// Everything is a function of its arguments, so that the placement can be
// repeated inside the accepting transaction and printed again by /why.
package threading
