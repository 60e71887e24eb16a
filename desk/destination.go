package desk

import (
	"slices"
	"strings"

	"aside"
	"aside/desk/action"
	"aside/reply/command"
)

// destination is where an agent's text goes.
type destination struct {
	kind  aside.ConversationKind // "" while there is no text
	conv  *aside.Conversation    // nil for a side conversation that is to be opened
	open  *command.Command       // /side
	ask   *command.Command       // /ask
	named bool                   // a command names it
	why   string                 // why the text became a note, for the receipt
}

// place is the destination as a hold keeps it; empty without a text.
func (dest destination) place() string {
	if dest.open != nil {
		return newSide
	}
	return string(dest.kind)
}

// newSide is the place of a text that opens a side conversation.
const newSide = "new side"

// hasText reports whether anything is there to be said. A line that was meant
// as a command is nothing to say.
func (d *deed) hasText() bool {
	said := d.r.Text != ""
	if len(d.r.Result.Problems) > 0 {
		said = d.r.Result.Text(d.r.Lines) != ""
	}
	return said || d.keepsForward() || len(d.files()) > 0
}

// choose finds the text's destination from the notice that is answered and the
// commands.
func (d *deed) choose() {
	c := d.v.Conversation(d.w.place.Conversation.ID)
	d.dest = destination{kind: c.Kind, conv: c, why: d.keptInside()}
	note := func(why string) { d.dest = destination{kind: aside.Notes, conv: d.v.Notes(), why: why} }
	replies := false
	var inward *command.Command
	for i := range d.commands {
		cmd := &d.commands[i]
		switch cmd.Verb {
		case command.Note:
			d.dest = destination{kind: aside.Notes, conv: d.v.Notes(), named: true}
		case command.Ask:
			d.dest = destination{kind: aside.Notes, conv: d.v.Notes(), named: true, ask: cmd}
		case command.Reply:
			replies = true
			d.dest = destination{kind: aside.Customer, conv: d.v.Customer(), named: true}
		case command.Side:
			d.dest = destination{kind: aside.Side, open: cmd, named: true}
		case command.Invite, command.Lead:
			inward = cmd
		case command.Assign:
			if len(cmd.Args) > 0 && cmd.Args[0] != "me" && cmd.Args[0] != "none" && !strings.EqualFold(cmd.Args[0], d.a.Handle) {
				inward = cmd
			}
		}
	}
	leaves := d.dest.kind != aside.Notes && d.dest.open == nil
	switch {
	case d.waived[asNote]:
		note("")
		d.dest.named = true
	case d.w.place.Ended && d.dest.kind != aside.Notes:
		note("your reply address of that conversation no longer counts")
	case !leaves || replies:
	case inward != nil:
		note("a text with " + inward.Source + " is for colleagues; write /reply to send it")
	case command.LeadingMention(d.r.Text):
		note("a text that begins with @ is for colleagues; write /reply to send it")
	}
	if lead := d.lead(); lead != nil && d.customerHears() {
		note(lead.FirstName() + " leads this ticket and answers the customer")
	}
	if !d.hasText() && d.dest.open == nil && d.dest.ask == nil {
		d.dest.kind = ""
	}
}

// keptInside is why a mail stands in the notes that went to a reply address of
// another conversation, where the frame said that others would hear it.
func (d *deed) keptInside() string {
	if d.w.place.Conversation.Kind != aside.Notes || d.w.place.Right {
		return ""
	}
	for _, t := range d.w.facts.Tokens {
		for _, c := range d.w.rows.Conversations {
			switch {
			case c.Token != t.Conversation || c.Kind == aside.Notes:
			case d.w.place.Ended:
				return "your reply address of that conversation no longer counts"
			default:
				return "that reply address is a colleague's; answer by your own notice"
			}
		}
	}
	return ""
}

// lead is the colleague who answers the customer in the writer's place; nil where
// nobody does.
func (d *deed) lead() *aside.Agent {
	if a := d.w.dir.AgentByHandle(d.v.Ticket.Lead); a != d.a {
		return a
	}
	return nil
}

// customerHears reports whether the customer would hear the text once the mail's
// commands are carried out, be it in a side conversation.
func (d *deed) customerHears() bool {
	if d.dest.kind != aside.Side {
		return d.dest.kind == aside.Customer
	}
	customer := d.customer().Address
	if d.dest.conv != nil {
		if p := d.v.Participant(d.dest.conv.ID, customer); p != nil && !d.leaves(*p) {
			return true
		}
	}
	return slices.ContainsFunc(d.commands, func(c command.Command) bool {
		return copiesCustomer(c) || (c.Verb == command.Side || c.Verb == command.Add) && slices.ContainsFunc(c.Args, func(who string) bool {
			t, _ := action.Whom(d.w.dir, d.v, who)
			return t.Contact.Address == customer && customer != ""
		})
	})
}

// reread reads the mail again where its text goes to another conversation than
// the one it answers: quoted lines may stay only where they were heard.
func (d *deed) reread() error {
	var to int64
	adds := slices.ContainsFunc(d.commands, func(c command.Command) bool { return c.Verb == command.Add })
	if d.dest.conv != nil && !d.newAudience() && !adds {
		to = d.dest.conv.ID // who is added heard none of it
	}
	if to == d.r.Addressed {
		return nil
	}
	r, err := d.w.reader().Read(d.w.in.Mail, to, d.w.asText(d))
	if err != nil {
		return err
	}
	if d.waived[asNote] {
		r = r.AsNote()
	}
	d.r, d.commands = r, r.Result.Commands
	return nil
}

// newAudience reports commands after which others hear the text than those who
// heard what it quotes.
func (d *deed) newAudience() bool {
	return slices.ContainsFunc(d.commands, func(c command.Command) bool {
		return c.Verb == command.Requester || c.Verb == command.CcCustomer && c.Switch == "on"
	})
}
