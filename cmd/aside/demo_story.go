package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"
)

// The players, and the desk they write to.
const (
	janeAddress    = "jane@customer.example"
	danaAddress    = "dana@example.com"
	omarAddress    = "omar@example.com"
	courierAddress = "courier@vendor.example"
	deskAddress    = "support@example.com"
	courierName    = "Vic Courier"
)

// What they say.
const (
	complaint   = "My kettle arrived in three pieces. Can you send another one? The order is 7731."
	question    = "Parcel 7731 reached our customer in pieces. What happened to it?"
	confession  = "Between us: it got lost in the depot, and on Friday a forklift found it. Please keep that quiet, it is embarrassing."
	opinion     = "The third one this month. I would drop this courier."
	answer      = "I am sorry, Jane. A new kettle leaves today and reaches you on Tuesday."
	thanks      = "Thank you, that was quick!"
	sideCommand = "/side " + courierAddress
)

// scene is one step of the story: what somebody did, and what it brought to
// the mailboxes.
type scene struct {
	title string
	mails map[string][]*letter // by the mailbox's address, oldest first
}

// play is the story while it is played.
type play struct {
	stage  *stage
	scenes []scene
	seen   map[string]bool // files of mailboxes
}

// story plays all of it.
func (p *play) story(ctx context.Context) error {
	jane := mail.Address{Name: "Jane Doe", Address: janeAddress}
	dana := mail.Address{Name: "Dana Reyes", Address: danaAddress}
	omar := mail.Address{Name: "Omar Haddad", Address: omarAddress}
	courier := mail.Address{Name: courierName, Address: courierAddress}
	desk := mail.Address{Address: deskAddress}
	p.seen = map[string]bool{}

	first := draft{from: jane, to: desk, subject: "Kettle arrived broken", text: complaint}
	asked, err := p.scene(ctx, "Jane, a customer, writes to "+deskAddress, first, danaAddress, complaint)
	if err != nil {
		return err
	}
	aside, err := p.scene(ctx, "Dana asks the courier aside: a reply with one line above it", answerTo(dana, sideCommand+"\n\n"+question, asked), courierAddress, question)
	if err != nil {
		return err
	}
	confessed, err := p.scene(ctx, "The courier just hits Reply: the team hears it, Jane does not", answerTo(courier, confession, aside), omarAddress, confession)
	if err != nil {
		return err
	}
	if _, err = p.scene(ctx, "Omar, Dana's colleague, writes /note above his reply: the team alone hears it", answerTo(omar, "/note\n\n"+opinion, confessed), danaAddress, opinion); err != nil {
		return err
	}
	helped, err := p.scene(ctx, "Dana answers Jane: a plain reply to Jane's mail", answerTo(dana, answer, asked), janeAddress, answer)
	if err != nil {
		return err
	}
	_, err = p.scene(ctx, "Jane answers, and the team hears her", answerTo(jane, thanks, helped), danaAddress, thanks)
	return err
}

// scene has a player send a mail, waits until everything it causes has
// arrived, and returns the mail with those words in a mailbox.
func (p *play) scene(ctx context.Context, title string, d draft, address, words string) (*letter, error) {
	now := time.Now()
	raw, err := d.bytes(now)
	if err != nil {
		return nil, fmt.Errorf("%s: write the mail: %w", title, err)
	}
	if err := p.stage.send(ctx, d.from.Address, d.to.Address, raw); err != nil {
		return nil, fmt.Errorf("%s: send the mail: %w", title, err)
	}
	if err := p.stage.quiet(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", title, err)
	}
	s := scene{title: title, mails: map[string][]*letter{}}
	writer := d.from.Address
	if writer == omarAddress {
		writer = "" // his mailbox is not shown
	}
	s.mails[writer] = []*letter{{from: d.from, replyTo: d.to, subject: d.subject, text: d.text, at: now, written: true}}
	var found *letter
	for _, box := range []string{janeAddress, danaAddress, omarAddress, courierAddress} {
		all, err := p.stage.mailbox(box)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", title, err)
		}
		for _, l := range all {
			if p.seen[l.file] {
				continue
			}
			p.seen[l.file] = true
			s.mails[box] = append(s.mails[box], l)
			if box == address && strings.Contains(folded(l.text), folded(words)) {
				found = l
			}
		}
	}
	p.scenes = append(p.scenes, s)
	if found == nil {
		return nil, fmt.Errorf("%s: nothing arrived in %s's mailbox with the words %q", title, address, words)
	}
	return found, nil
}
