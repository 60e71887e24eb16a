package threading_test

import (
	"fmt"
	"time"

	"aside"
	"aside/threading"
	"aside/threading/mark"
)

// A customer answers our mail from another address: the token still says where
// the answer belongs, and the placement says that a stranger wrote it.
func Example() {
	key, err := mark.ParseKey([]byte("aside-key-1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))
	if err != nil {
		panic(err)
	}
	keys := mark.NewKeyRing(key)
	desk := &aside.Desk{Address: "support@example.com", Separator: "+"}
	dir := aside.NewDirectory([]*aside.Desk{desk}, nil, nil, nil)
	replyTo := desk.Sub(keys.Sign(mark.Token{Purpose: mark.Reply, Conversation: 7, Holder: 8}))

	facts := threading.Extract(keys, dir, &aside.Inbound{Recipients: []string{replyTo}, Mail: &aside.Mail{
		FromAll: []aside.Address{{Address: "jane@work.example"}}, Subject: "Re: Kettle"}})
	fmt.Println(facts.Needs().Conversations, facts.Needs().Holders)

	jane := aside.Participant{ID: 3, Conversation: 1, Address: "jane@home.example", Holder: 8}
	rows := threading.Candidates{
		Tickets: map[int64]threading.TicketRow{1042: {
			Ticket: aside.Ticket{Number: 1042, Desk: desk.Address, Status: aside.StatusOpen},
			Conversations: []threading.ConversationRow{{
				Conversation: aside.Conversation{ID: 1, Ticket: 1042, Kind: aside.Customer, Token: 7},
				Participants: []aside.Participant{jane},
			}}}},
		Holders: map[uint64]threading.Holder{8: {Participant: &jane}},
	}
	speaker := threading.Speaking(facts, rows, dir, threading.TrustToken)
	p := threading.Place(facts, rows, speaker, threading.Rules{Now: time.Now()})
	fmt.Println(p.Ticket.Number, p.Conversation.Kind, p.Stranger)
	fmt.Println(p.Reason)
	// Output:
	// [7] [8]
	// 1042 customer true
	// The token in the envelope names the customer conversation of #1042. jane@work.example takes no part in that conversation.
}
