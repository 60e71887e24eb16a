package guard

import (
	"slices"

	"aside"
	"aside/desk/ticket"
	"aside/reply"
	"aside/store"
	"aside/threading/mark"
)

// learnAtOnce is how many messages of a ticket one transaction learns; an
// agent's mail does so before its own.
const learnAtOnce = 20

// learn makes the passages of a ticket's next messages known. What a contact's
// mail quoted counts as said by them, and so does its subject.
func learn(tx *store.Tx, keys *mark.KeyRing, v *ticket.View) (more bool, err error) {
	key := keys.LineKey()
	list, err := tx.WithoutPassages(v.Ticket.Number, learnAtOnce)
	if err != nil || len(list) == 0 {
		return false, err
	}
	had, err := tx.HadBy(list...)
	if err != nil {
		return false, err
	}
	for _, m := range list {
		if v.Conversation(m.Conversation) == nil {
			m.Conversation = m.Origin // what was split off is still known to whom it was said
		}
		contact := m.Kind == aside.MessageInbound || m.Kind == aside.MessageAuto
		text := m.Text
		if contact {
			text = m.Subject + "\n" + text + "\n" + m.Elided
		}
		hashes := hashesOf(reply.Passages(key, text))
		for _, a := range reply.Addresses(text) {
			hashes = append(hashes, reply.AddressHash(key, a))
		}
		var heard store.Heard
		switch {
		case contact && v.TookPart(m.Conversation, m.Author):
			heard = store.Theirs | hadBy(v, m.Conversation, m.Author)
		case m.Kind == aside.MessageOutbound || m.Kind == aside.MessageSystem:
			heard = store.Ours | hadBy(v, m.Conversation, had[m.ID]...)
		}
		if err := tx.AddPassages(v.Ticket.Number, m.Conversation, heard, hashes); err != nil {
			return false, err
		}
	}
	return len(list) == learnAtOnce, tx.PassagesUpto(v.Ticket.Number, list[len(list)-1].ID)
}

// Behind reports whether so much of a ticket is still to be learnt that a
// transaction of its own is worth it.
func Behind(tx *store.Tx, ticket int64) (bool, error) {
	behind, err := tx.WithoutPassages(ticket, learnAtOnce)
	return len(behind) == learnAtOnce, err
}

// Learn makes some more of what a ticket, and those that were merged into it,
// have heard known by its passages, and reports whether there is more. Where
// nothing is internal nothing is learnt.
func Learn(tx *store.Tx, keys *mark.KeyRing, tickets *ticket.Book, number int64) (more bool, err error) {
	family, inside, err := family(tx, number)
	if err != nil || !inside {
		return false, err
	}
	for _, n := range family {
		v, err := tickets.Open(n)
		if err != nil {
			return false, err
		}
		left, err := learn(tx, keys, v)
		if err != nil {
			return false, err
		}
		more = more || left
	}
	return more, nil
}

// hadBy says of a passage of a conversation who has had it.
func hadBy(v *ticket.View, conversation int64, people ...string) (heard store.Heard) {
	for n, address := range v.Contacts(conversation) {
		if slices.Contains(people, address) {
			heard |= store.HadBy(n)
		}
	}
	return heard
}

// KeepInside makes the passages of a text known for good as the team's.
func KeepInside(tx *store.Tx, keys *mark.KeyRing, v *ticket.View, text string) error {
	return tx.KeepPassages(v.Ticket.Number, v.Notes().ID, 0, hashesOf(reply.Passages(keys.LineKey(), text)))
}

// LetGo makes the passages of a note known for good as what those may have who
// heard a conversation when it was written.
func LetGo(tx *store.Tx, keys *mark.KeyRing, v *ticket.View, conversation int64, note aside.Message) error {
	var people []string
	for _, p := range v.Hearers(conversation) {
		if !p.Since.After(note.CreatedAt) {
			people = append(people, p.Address)
		}
	}
	return tx.KeepPassages(v.Ticket.Number, conversation, store.Ours|hadBy(v, conversation, people...), hashesOf(reply.Passages(keys.LineKey(), note.Text)))
}

// KeepBack takes LetGo back.
func KeepBack(tx *store.Tx, keys *mark.KeyRing, v *ticket.View, conversation int64, note aside.Message) error {
	return tx.ForgetKept(v.Ticket.Number, conversation, hashesOf(reply.Passages(keys.LineKey(), note.Text)))
}
