package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"aside/store"
	"aside/threading"
)

// whyCmd says where a mail ended.
type whyCmd struct {
	configFlag
	jsonFlag
	ID string `arg:"" help:"The id that the 250 told, or a Message-ID."`
}

// Help is shown by --help.
func (whyCmd) Help() string {
	return "Examples:\n  aside why --config aside.toml k3f9q2m7xdk3f9q2\n  aside why --config aside.toml '<CAF3b@mail.example>'"
}

// fate is a mail as `aside why` prints it.
type fate struct {
	ID           string   `json:"id"`
	Session      string   `json:"session"`
	Channel      string   `json:"channel"`
	MailFrom     string   `json:"mail_from"`
	Recipients   []string `json:"recipients"`
	From         string   `json:"from"`
	Subject      string   `json:"subject"`
	MessageID    string   `json:"message_id"`
	Raw          string   `json:"raw_sha256"`
	ReceivedAt   stamp    `json:"received_at"`
	Outcome      string   `json:"outcome"`
	Acted        bool     `json:"acted"`
	Ticket       int64    `json:"ticket"`
	Conversation string   `json:"conversation"` // customer, side, notes or none
	Message      int64    `json:"message"`
	Signal       string   `json:"signal"`
	Reason       string   `json:"reason"`
	Sender       string   `json:"sender"` // who speaks in it, and what proves it
}

// Run prints every mail that the id means; several may share a Message-ID.
func (c whyCmd) Run(ctx context.Context, o output) error {
	var fates []fate
	err := view(ctx, c.Config, func(tx *store.Tx) error {
		records, err := recordsOf(tx, c.ID)
		for _, r := range records {
			f, err := fateOf(tx, r)
			if err != nil {
				return err
			}
			fates = append(fates, f)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(fates) == 0 {
		return fmt.Errorf("%s: no mail with this id was accepted here; look for it in the daemon's log, where refused mail stands with its reason", c.ID)
	}
	if c.JSON {
		return printList(o.out, fates)
	}
	for i, f := range fates {
		if i > 0 {
			fmt.Fprintln(o.out)
		}
		f.print(o)
	}
	return nil
}

func recordsOf(tx *store.Tx, id string) ([]*store.Record, error) {
	id = strings.TrimSpace(id)
	r, err := tx.Record(strings.ToLower(id))
	if err == nil {
		return []*store.Record{r}, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	messageID := strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
	if messageID == "" {
		return nil, nil // what has no Message-ID is not found by its lack
	}
	return tx.Records(messageID)
}

func fateOf(tx *store.Tx, r *store.Record) (fate, error) {
	f := fate{ID: r.ID, Session: r.Session, Channel: r.Channel, MailFrom: r.MailFrom, Recipients: list(r.Recipients), From: r.From,
		Subject: r.Subject, MessageID: r.MessageID, Raw: r.Raw, ReceivedAt: stamp{r.ReceivedAt}, Outcome: string(r.Outcome), Acted: r.Acted,
		Ticket: r.Ticket, Message: r.Message, Signal: r.Signal, Reason: r.Reason, Sender: r.Sender}
	if r.Conversation == 0 {
		return f, nil
	}
	c, err := tx.Conversation(r.Conversation)
	if err != nil {
		return f, fmt.Errorf("the conversation of mail %s: %w", r.ID, err)
	}
	f.Conversation = string(c.Kind)
	return f, nil
}

// outcomeWords are what became of a mail, in words.
func outcomeWords(outcome string) string {
	switch store.Outcome(outcome) {
	case store.OutcomeFiled:
		return "filed as a message"
	case store.OutcomeDone:
		return "carried out"
	case store.OutcomeHeld:
		return "held: it waits for a word of the agent"
	case store.OutcomeEvent:
		return "recorded; automatic mail is heard by nobody else"
	case store.OutcomeIgnored:
		return "kept, and nothing was done"
	}
	return outcome
}

// signalWords are what decided where a mail belongs, in words.
func signalWords(signal string) string {
	switch threading.Signal(signal) {
	case threading.SignalBounce:
		return "bounce: the return path or the returned mail names what came back"
	case threading.SignalToken:
		return "token: the signed address it was sent to"
	case threading.SignalInReplyTo:
		return "in-reply-to: it answers a mail of ours"
	case threading.SignalReferences:
		return "references: a mail of ours stands in its thread"
	case threading.SignalMessageID:
		return "message-id: it answers a mail that came in here"
	case threading.SignalCase:
		return "case: the sender's own case number"
	case threading.SignalTag:
		return "tag: the number in the subject"
	case threading.SignalNew:
		return "new: nothing in the mail names a conversation, so it is a new ticket or for the desk itself"
	}
	return orDash(signal)
}

func (f fate) print(o output) {
	line := func(name, value string) { fmt.Fprintf(o.out, "%-10s %s\n", name, plainLine(value)) }
	line("mail", f.ID)
	line("message-id", orDash(f.MessageID))
	line("received", f.ReceivedAt.text()+" by "+f.Channel+", session "+f.Session)
	line("envelope", "<"+f.MailFrom+"> to "+strings.Join(f.Recipients, ", "))
	line("from", orDash(f.From))
	line("subject", orDash(f.Subject))
	where := "no ticket"
	if f.Ticket != 0 {
		where = fmt.Sprintf("ticket #%d", f.Ticket)
	}
	if f.Conversation != "" {
		where += ", " + f.Conversation + " conversation"
	}
	line("ended in", where)
	line("outcome", outcomeWords(f.Outcome))
	line("signal", signalWords(f.Signal))
	line("reason", orDash(f.Reason))
	line("sender", orDash(f.Sender))
}
