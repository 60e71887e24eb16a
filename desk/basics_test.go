package desk_test

import (
	"strings"
	"testing"

	"aside"
	h "aside/test/harness"
)

func TestCustomerWrites(t *testing.T) {
	w := open(t)
	got := w.writes(jane, "Kettle arrived broken", "It leaks.").only("dana: It leaks.", "omar: It leaks.", "jane: has arrived")
	notice, ack := got[0], got[2]
	if notice.From.Name != "Jane Doe (customer)" || notice.From.Address != "support+notice@example.com" {
		t.Errorf("From %v", notice.From)
	}
	if notice.ReplyTo.Name != "CUSTOMER Jane Doe #1" || notice.Subject != "[#1] Kettle arrived broken" {
		t.Errorf("cue %q, subject %q", notice.ReplyTo.Name, notice.Subject)
	}
	if len(notice.To)+len(notice.Cc) != 1 || notice.To[0].Address != dana.Address {
		t.Errorf("To %v Cc %v", notice.To, notice.Cc)
	}
	contains(t, notice, "YOUR REPLY GOES TO: Jane Doe", "Open, nobody's yet.", "Resolve | Snooze | Take | Note | Ask someone | Spam")
	if len(notice.Markers()) == 0 {
		t.Error("a notice without a marker")
	}
	if !strings.HasPrefix(notice.Words(), "It leaks.") {
		t.Errorf("the words do not come first: %q", notice.Text)
	}
	if ack.Header.Get("Auto-Submitted") != "auto-replied" || ack.Header.Get("X-Auto-Response-Suppress") != "All" {
		t.Errorf("the acknowledgement's header:\n%s", ack.Raw)
	}
	if ack.From.Name != "Example Support" || ack.From.Address != support {
		t.Errorf("From %v", ack.From)
	}
	lacks(t, ack, "leaks", "Kettle arrived") // not verified: no word of theirs
	if tick := w.ticket(1); tick.Requester != jane.Address || tick.Status != aside.StatusOpen || tick.Turn != aside.TurnTeam || tick.Assignee != "" {
		t.Errorf("%+v", tick)
	}
}

func TestAgentAnswersFromEveryClient(t *testing.T) {
	for _, c := range h.Clients() {
		t.Run(c.Name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle arrived broken", "It leaks.\n\nAnd it hisses.")
			got := w.post(c.Reply(dana, n, "We send a new one.")).only("jane: We send a new one.", "omar: We send a new one.")
			m := got[0]
			if !strings.HasPrefix(c.Name, "neomutt-inter") {
				exactly(t, m, "We send a new one.")
			}
			if m.From.Name != "Dana at Example Support" || m.From.Address != support {
				t.Errorf("From %v", m.From)
			}
			contains(t, m, "Example Support, Mon-Fri 9-17")
			if m.Subject != "Re: Kettle arrived broken" {
				t.Errorf("subject %q", m.Subject)
			}
			lacks(t, m, "Sent from", "kind regards", "[#1", "K-9")
			if len(m.InReplyTo) != 1 || !strings.HasSuffix(m.InReplyTo[0], "@client.example") {
				t.Errorf("In-Reply-To %v does not name the customer's own mail", m.InReplyTo)
			}
			if m.Header.Get("Auto-Submitted") != "" {
				t.Error("a person's words are marked as automatic")
			}
			if tick := w.ticket(1); tick.Turn != aside.TurnCustomer || tick.Status != aside.StatusOpen {
				t.Errorf("%+v", tick)
			}
			// The customer goes on, and hears nothing by it.
			back := w.post(c.Reply(jane, m, "Thank you, when?")).only("dana: Thank you, when?", "omar: Thank you, when?")
			if back[0].Subject != n.Subject {
				t.Errorf("the notice's subject changed to %q", back[0].Subject)
			}
			if !strings.Contains(strings.Join(back[0].References, " "), n.MessageID) {
				t.Error("the notices make no thread")
			}
			if w.ticket(1).Turn != aside.TurnTeam {
				t.Error("it is the team's turn")
			}
		})
	}
}

// Whoever writes a victim's address into From chooses the display name as well:
// an acknowledgement carries neither to the victim.
func TestAcknowledgementHasNoWordsOfAStranger(t *testing.T) {
	w := open(t)
	bait := h.Who("You have won: http://casino.example", "victim@customer.example")
	got := w.writes(bait, "Claim http://casino.example", "It leaks. http://casino.example").mails
	acks := 0
	for _, m := range got {
		if m.To[0].Address != bait.Address {
			continue
		}
		acks++
		if strings.Contains(string(m.Raw), "casino") {
			t.Errorf("the acknowledgement says what a stranger wrote:\n%s", m.Raw)
		}
	}
	if acks != 1 {
		t.Errorf("%d acknowledgements", acks)
	}
}
