// Package threading says where a mail belongs, and in which role its sender
// speaks. It is pure: no I/O, no clock, no randomness of its own. The signed
// marks that it goes by are of threading/mark.
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
