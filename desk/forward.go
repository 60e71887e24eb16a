package desk

import (
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/naming"
	"aside/reply/command"
)

// forwards reports whether the mail brings another one along.
func (d *deed) forwards() bool { return d.r.Forwarded != nil || d.w.in.Mail.Forwarded != nil }

// bringsMail reports whether the mail is for the desk and brings another one,
// which would be lost if only its commands were done.
func (d *deed) bringsMail() bool { return d.w.place.New && d.forwards() }

// passesOn reports whether a mail to a ticket forwards another one. A note keeps
// that, for nobody outside hears it; what leaves the team is the agent's own
// text alone.
func (d *deed) passesOn() bool {
	return d.v != nil && d.r.Forwarded != nil && d.r.Forwarded != d.forwarded
}

// keepsForward reports whether what the mail forwards is part of what it says.
func (d *deed) keepsForward() bool { return d.passesOn() && d.dest.kind == aside.Notes }

// words are what the mail says where its text goes, and what is kept of it for
// /show quoted alone.
func (d *deed) words() (text, html, elided string) {
	switch {
	case d.keepsForward():
		return d.w.withForward(d.r), "", d.r.Elided
	case d.passesOn():
		return d.r.Text, d.r.HTML, strings.TrimSpace(d.r.Elided + "\n\n" + d.w.forwardText(d.r.Forwarded))
	default:
		return d.r.Text, d.r.HTML, d.r.Elided
	}
}

// theForwarded is the customer's mail in an agent's; nil where it is not clear
// whose that is.
func (d *deed) theForwarded() *aside.Forwarded {
	for _, f := range []*aside.Forwarded{d.r.Forwarded, d.w.in.Mail.Forwarded} {
		if f != nil && d.w.contactable(f.From.Address) {
			return f
		}
	}
	return nil
}

// noteAbove has the agent's own words above the forwarded mail, and files beside
// it, stay inside.
func (d *deed) noteAbove() {
	if d.hasNote() {
		d.dest = destination{kind: aside.Notes, named: true}
	}
	for i, c := range d.commands {
		if c.Verb == command.Ask {
			d.dest.ask = &d.commands[i]
		}
	}
}

// hasNote reports whether there is more than the forwarded mail. The signature
// of the agent's own mail is no such thing.
func (d *deed) hasNote() bool {
	sealed := d.w.in.Mail.Opaque == aside.OpaqueNone
	return d.r.Text != "" || slices.ContainsFunc(d.files(), func(f aside.Attachment) bool { return !sealed || !packing(f) })
}

// fromForward opens the ticket of the customer whose mail was forwarded.
func (d *deed) fromForward() error {
	w, f := d.w, d.forwarded
	d.because(fmt.Sprintf("It forwards a mail of %s, whose ticket it opens.", f.From.Address))
	if err := d.open(f.From, f.Subject); err != nil {
		return err
	}
	token, err := w.draw()
	if err != nil {
		return err
	}
	c := d.v.Customer()
	m := aside.Message{Conversation: c.ID, Token: token, Kind: aside.MessageInbound, Author: f.From.Address, AuthorName: f.From.Name, Subject: f.Subject,
		Text: f.Text, InboundID: w.rec.ID, Attachments: slices.DeleteFunc(slices.Clone(w.in.Mail.Attachments), func(f aside.Attachment) bool { return !d.theirs(f) })}
	if err := w.tx.AddMessage(&m, false); err != nil {
		return err
	}
	w.rec.Ticket, w.rec.Conversation = d.v.Ticket.Number, c.ID
	if err := w.remember(d.v.Ticket.Number, m); err != nil {
		return err
	}
	if err := d.v.Event(d.a.Handle, "message", map[string]any{"message": m.ID, "mail": w.rec.ID, "reason": "forwarded by " + d.a.Name}); err != nil {
		return err
	}
	if d.dest.kind == aside.Notes {
		d.dest.conv = d.v.Notes()
	}
	d.done = append(d.done, fmt.Sprintf("#%d opened for %s", d.v.Ticket.Number, naming.Inside(w.dir, f.From.Name, f.From.Address)))
	if !slices.ContainsFunc(d.commands, func(c command.Command) bool { return c.Verb == command.Requester }) {
		d.next = "If the customer is somebody else, answer with /requester and the address."
	}
	facts := []string{"Forwarded by " + d.a.FirstName() + "."}
	if n := len(d.files()); n > 0 && d.dest.kind == aside.Notes {
		facts = append(facts, "Files that came with the forward are among the notes.")
	}
	return d.carryOutOpened(m, func() []string { return facts })
}

// theirs reports whether a file is surely the forwarded mail's own: the mail
// itself, where it is attached whole, or a picture that its HTML shows. Of any
// other nothing tells whether the agent put it there, so it stays inside.
func (d *deed) theirs(f aside.Attachment) bool {
	if d.forwarded != d.r.Forwarded {
		files := d.w.in.Mail.Attachments
		i := slices.IndexFunc(files, func(f aside.Attachment) bool { return f.Type == "message/rfc822" || f.Type == "message/global" })
		return i >= 0 && files[i].SHA256 == f.SHA256
	}
	return f.Inline && d.knowsPictures() && !slices.Contains(d.r.ContentIDs, f.ContentID)
}

// knowsPictures reports whether it is known which pictures the agent's own words
// show.
func (d *deed) knowsPictures() bool { return d.r.HTML != "" || d.r.Text == "" }
