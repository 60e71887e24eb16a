package answer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"aside"
	"aside/desk/naming"
	"aside/desk/ticket"
	"aside/templates"
)

// history tells a ticket's events in sentences.
type history struct {
	a        *Asker
	v        *ticket.View
	messages map[int64]aside.Message // those at hand
}

// event is one of them, with its data as words.
type event struct {
	aside.Event
	me   string // who did it
	data map[string]any
}

// sentence tells what happened; it is empty where the ticket's story tells it as
// a message.
func (h *history) sentence(e aside.Event) string {
	it := event{Event: e, me: naming.Agent(h.a.Dir, e.Actor)}
	d := json.NewDecoder(bytes.NewReader(e.Data))
	d.UseNumber()
	_ = d.Decode(&it.data) // erased content leaves nothing to tell
	for _, tell := range []func(event) (string, bool){h.ofTicket, h.ofTeam, h.ofPeople, h.ofMail, h.ofTickets} {
		if told, known := tell(it); known {
			return strings.Join(strings.Fields(told), " ")
		}
	}
	return it.me + ": " + e.Kind // of a newer version
}

// at is a value of the event's data; empty where there is none.
func (e event) at(key string) string {
	if x, ok := e.data[key]; ok && x != nil {
		return fmt.Sprint(x)
	}
	return ""
}

// ofTicket tells what the ticket is.
func (h *history) ofTicket(e event) (string, bool) {
	to := e.at("to")
	switch e.Kind {
	case "ticket opened":
		return "Opened for " + h.person(e.at("requester")) + " at " + e.at("desk") + ".", true
	case "opened":
		return "Open again by " + e.at("by") + "; it was " + e.at("was") + ".", true
	case "status":
		return h.status(e), true
	case "overdue":
		return "No answer came in time in " + h.side(e) + ".", true
	case "due":
		if at, err := time.Parse(time.RFC3339Nano, to); err == nil {
			return e.me + " set the answer in " + h.side(e) + " due " + h.time(at) + ".", true
		}
		return e.me + " set that no answer is due any more in " + h.side(e) + ".", true
	case "priority":
		return e.me + " set the priority to " + to + ".", true
	case "tags":
		return e.me + " set the tags " + to + ".", true
	case "field":
		if to == "" {
			return e.me + " emptied " + e.at("what") + ".", true
		}
		return e.me + " set " + e.at("what") + " to " + to + ".", true
	case "subject":
		return fmt.Sprintf("%s named it \u201c%s\u201d inside the team; it was \u201c%s\u201d.", e.me, to, e.at("was")), true
	}
	return "", false
}

func (h *history) status(e event) string {
	reason := e.at("reason")
	switch to := aside.Status(e.at("to")); {
	case to == aside.StatusOpen && reason != "":
		return "Open again: " + reason + "."
	case to == aside.StatusOpen:
		return e.me + " opened it."
	case to == aside.StatusPending:
		return e.me + " set it pending, waiting for the customer."
	case to == aside.StatusSnoozed:
		until, _ := time.Parse(time.RFC3339Nano, e.at("until"))
		return e.me + " snoozed it until " + h.time(until) + "."
	case reason == "spam":
		return e.me + " marked it as spam and resolved it."
	case reason != "":
		return "Resolved: " + reason + "."
	default:
		return e.me + " resolved it."
	}
}

// ofTeam tells whose the ticket is, and who of the team takes part.
func (h *history) ofTeam(e event) (string, bool) {
	to := e.at("to")
	who := naming.Agent(h.a.Dir, to)
	switch e.Kind {
	case "assigned":
		switch {
		case to == "none":
			return e.me + " made it nobody's.", true
		case to == e.Actor:
			return e.me + " took it.", true
		case h.a.Dir.AgentByHandle(to) == nil && h.a.Dir.Team(to) != nil:
			return e.me + " gave it to the team " + to + ".", true
		}
		return e.me + " assigned it to " + who + ".", true
	case "lead":
		switch to {
		case "none":
			return e.me + " ended the lead.", true
		case e.Actor:
			return e.me + " leads it.", true
		}
		return e.me + " let " + who + " lead it.", true
	case "room":
		switch e.at("what") {
		case "followed":
			return e.me + " follows it.", true
		case "unfollowed":
			return e.me + " no longer follows it.", true
		case "left":
			return e.me + " left it.", true
		}
		return e.me + " invited " + who + ".", true
	case "notices stopped":
		return "Notices to " + who + " stopped for an hour: " + e.at("reason") + ".", true
	case "notice trouble":
		return e.at("reason"), true
	}
	return "", false
}

// ofPeople tells who outside hears what.
func (h *history) ofPeople(e event) (string, bool) {
	who := h.person(e.at("to"))
	where := "the customer conversation"
	if e.at("conversation") == string(aside.Side) {
		where = "a side conversation"
	}
	switch e.Kind {
	case "side conversation opened":
		return e.me + " opened the side conversation " + h.side(e) + ".", true
	case "added":
		return e.me + " let " + who + " hear " + where + ".", true
	case "removed":
		return e.me + " took " + who + " out of " + where + ".", true
	case "customer copied":
		return e.me + " let the customer hear " + h.side(e) + ".", true
	case "customer uncopied":
		return e.me + " took the customer out of " + h.side(e) + ".", true
	case "requester":
		return e.me + " made " + who + " the customer; it was " + h.person(e.at("was")) + ".", true
	case "copied by the agent's client":
		return e.me + "'s mail program sent a mail to " + e.at("to") + " as well.", true
	case "delivery trouble":
		return e.at("reason"), true
	}
	return "", false
}

// ofMail tells what became of mails. Those that are messages are shown as such.
func (h *history) ofMail(e event) (string, bool) {
	switch e.Kind {
	case "message", string(aside.MessageOutbound), string(aside.MessageNote):
		return "", true
	case "automatic mail":
		until, err := time.Parse(time.DateOnly, e.at("until"))
		if err != nil {
			return "", true
		}
		return h.person(e.Actor) + " is away until " + until.Format("Mon 2 Jan 2006") + ", as an automatic answer says.", true
	case "held":
		return "A mail of " + e.me + "'s was held as " + e.at("what") + "; nothing in it happened then.", true
	case "discarded":
		return e.me + " threw away the held mail " + e.at("what") + ".", true
	case "undone":
		return e.me + " took back a mail before it left" + h.said(e), true
	case "relayed":
		return e.me + " sent a mail on to the others of its conversation" + h.said(e), true
	case "asked":
		return e.me + " asked " + naming.Agent(h.a.Dir, e.at("to")) + " to decide" + h.said(e), true
	case "approved", "declined":
		return e.me + " " + e.Kind + ": \u201c" + templates.Excerpt(e.at("value")) + "\u201d", true
	}
	return "", false
}

// ofTickets tells what other tickets this one has to do with.
func (h *history) ofTickets(e event) (string, bool) {
	to := "#" + e.at("to")
	switch e.Kind {
	case "linked":
		return e.me + " linked it with " + to + ".", true
	case "merged":
		return e.me + " merged it into " + to + ".", true
	case "took in":
		return fmt.Sprintf("%s merged #%s into it. What was said there: /show %[2]s.", e.me, e.at("what")), true
	case "split":
		if was := e.at("was"); was != "" {
			return e.me + " started it with a mail of #" + was + ".", true
		}
		return e.me + " started " + to + " with a mail of this ticket.", true
	case "continued":
		return "It goes on in #" + e.at("by") + ".", true
	}
	return "", false
}

// person is how somebody outside is called, by the address.
func (h *history) person(address string) string {
	for _, p := range h.v.Participants {
		if p.Address == address {
			return h.v.Name(p)
		}
	}
	return naming.Inside(h.a.Dir, "", address)
}

// side names the side conversation that an event is about.
func (h *history) side(e event) string {
	return fmt.Sprintf("#%d-%s", h.v.Ticket.Number, e.at("what"))
}

func (h *history) time(at time.Time) string {
	return templates.DayTime(at, h.a.Tx.Now(), h.a.Agent.Location)
}

// said ends a sentence with the beginning of the message that it is about, where
// that is at hand.
func (h *history) said(e event) string {
	id, err := strconv.ParseInt(e.at("what"), 10, 64)
	if m, there := h.messages[id]; err == nil && there {
		return ": \u201c" + templates.Excerpt(m.Text) + "\u201d"
	}
	return "."
}
