package aside

import (
	"errors"
	"fmt"
	"time"
)

// Audience is who hears a conversation at one moment. Its fields are
// unexported so that the only way to have one is HeardBy; nothing is composed
// for a contact without it.
type Audience struct {
	conversation Conversation
	participants []Participant
}

// ErrNoAudience says that a conversation is heard by no contact at all.
var ErrNoAudience = errors.New("notes are heard by no contact")

// HeardBy makes the audience of a conversation from its current rows. A notes
// conversation has none, and a participant of another conversation is an
// error: rows that do not belong together never make an audience.
func HeardBy(c Conversation, participants []Participant) (Audience, error) {
	if c.Kind != Customer && c.Kind != Side {
		return Audience{}, ErrNoAudience
	}
	a := Audience{conversation: c}
	for _, p := range participants {
		if p.Conversation != c.ID {
			return Audience{}, fmt.Errorf("participant %d belongs to conversation %d, not %d", p.ID, p.Conversation, c.ID)
		}
		if p.Until.IsZero() {
			a.participants = append(a.participants, p)
		}
	}
	return a, nil
}

// Conversation is the conversation that is heard.
func (a Audience) Conversation() Conversation { return a.conversation }

// Participants are the contacts who hear it now, in the order they joined.
func (a Audience) Participants() []Participant {
	return append([]Participant(nil), a.participants...)
}

// Hears reports whether the participant is in the audience.
func (a Audience) Hears(participant int64) bool {
	for _, p := range a.participants {
		if p.ID == participant {
			return true
		}
	}
	return false
}

// Addressed returns who stands in To and who in Cc of a mail to this audience.
func (a Audience) Addressed() (to, cc []Address) {
	for _, p := range a.participants {
		addr := Address{Name: p.Name, Address: p.Address}
		if p.Role == RoleCc {
			cc = append(cc, addr)
		} else {
			to = append(to, addr)
		}
	}
	if len(to) == 0 && len(cc) > 0 {
		to, cc = cc[:1], cc[1:]
	}
	return to, cc
}

// Heard names an earlier message of a conversation by its Message-ID.
type Heard struct {
	Message   int64
	MessageID string
	Token     uint64
}

// Outgoing is one claimed delivery: a message on its way to one contact, with
// the audience made at the claim.
type Outgoing struct {
	Delivery  int64
	Token     uint64 // of the delivery; the bounce token carries it
	Audience  Audience
	Recipient Participant
	Ticket    int64
	Desk      string // address
	Message   Message
	Thread    []Heard // what this conversation's audience already has, oldest first
	Automatic bool    // no person wrote it: Auto-Submitted
	Session   string  // of SMTP, whose mail led to it; empty if none did
	Attempts  int     // claims before this one
	Untried   int     // those of them that said nothing of this mail: the relay was away
	QueuedAt  time.Time
}

// Identity is the set of names that one mail goes by. The desk makes it, because
// most of it is signed, and nobody else can; who stands in To and Cc is not part
// of it: that is the audience's, or the notice's one agent.
type Identity struct {
	From         Address
	ReplyTo      Address  // no Reply-To when its Address is empty
	MessageID    string   // without angle brackets, as the others
	EnvelopeFrom string   // the bounce address
	InReplyTo    string   // what is answered; empty for nothing in particular
	References   []string // all that its reader has of the thread, oldest first
	Subject      string
}

// NewOutgoing makes an outgoing mail, and refuses one whose recipient or
// message is not of the audience's conversation.
func NewOutgoing(o Outgoing) (Outgoing, error) {
	if o.Audience.conversation.ID == 0 {
		return Outgoing{}, errors.New("an outgoing mail needs an audience")
	}
	if o.Message.Conversation != o.Audience.conversation.ID {
		return Outgoing{}, fmt.Errorf("message %d is of conversation %d, the audience of %d",
			o.Message.ID, o.Message.Conversation, o.Audience.conversation.ID)
	}
	if !o.Audience.Hears(o.Recipient.ID) {
		return Outgoing{}, fmt.Errorf("participant %d does not hear conversation %d", o.Recipient.ID, o.Audience.conversation.ID)
	}
	return o, nil
}

// NoticeRef is what the Message-ID of a notice is made of beside its
// conversation.
type NoticeRef struct {
	Holder uint64
	Token  uint64
}

// Notice is one mail from aside to one agent.
type Notice struct {
	ID           int64
	Token        uint64 // random 56-bit id that its Message-ID carries
	Agent        string // handle
	Holder       uint64 // the agent's holder id
	To           Address
	Kind         NoticeKind
	Desk         string // address
	Ticket       int64  // 0 if none
	Conversation int64  // where an answer goes; 0 if none
	ConvToken    uint64 // that conversation's token id; 0 if none
	MessageRow   int64  // the message it copies; 0 if none
	From         Address
	ReplyName    string // the cue in the composer: CUSTOMER Jane Doe #1042
	Subject      string
	Important    bool
	Message      *Message // loaded after the claim when MessageRow is set
	Text, HTML   string   // words of its own, when it copies no message
	Facts        string   // what its frame shows, as JSON that the desk wrote
	FrameText    string   // drawn of Facts, once the store knows the frame's lines; never stored
	FrameHTML    string
	AboveText    string // what stands above the frame, as it is shown; never stored
	AboveHTML    string
	NotesToken   uint64      // token id of the ticket's notes; 0 if none
	NotesHolder  uint64      // the agent's holder id there
	Earlier      []NoticeRef // earlier notices in the same thread of the agent's client, oldest first
	AudienceAt   int64       // the ticket's audience count that the frame showed
	Session      string      // of SMTP, whose mail led to it; empty if none did
	Attempts     int         // claims before this one
	Untried      int         // those of them that said nothing of this mail
	CreatedAt    time.Time
}
