package aside

import (
	"encoding/json"
	"time"
)

// Status is where a ticket stands.
type Status string

// The states of a ticket.
const (
	StatusOpen     Status = "open"
	StatusPending  Status = "pending" // waiting for the customer
	StatusSnoozed  Status = "snoozed"
	StatusResolved Status = "resolved"
	StatusMerged   Status = "merged"
)

// Turn says whose move it is, apart from status.
type Turn string

// Whose turn it is.
const (
	TurnTeam     Turn = "team"
	TurnCustomer Turn = "customer"
)

// Ticket is one customer matter.
type Ticket struct {
	Number        int64
	Desk          string // address
	Subject       string // the ticket's name inside the team
	Requester     string // address
	RequesterName string
	Status        Status
	Turn          Turn
	Assignee      string // handle; empty while unassigned
	Team          string
	Lead          string // handle; with a lead the replies of others become notes
	Priority      string
	Tags          []string
	Fields        map[string]string
	SnoozedUntil  time.Time
	ResolvedAt    time.Time
	MergedInto    int64
	Successor     int64 // the ticket that continues this closed one
	Version       int64 // grows with every change; what a mail was prepared against
	AudienceCount int64 // grows whenever who hears anything changes
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// ConversationKind is the kind of audience a conversation has.
type ConversationKind string

// The kinds of conversation.
const (
	Customer ConversationKind = "customer"
	Side     ConversationKind = "side"
	Notes    ConversationKind = "notes"
)

// Privacy orders kinds: where signals disagree the most private wins.
func (k ConversationKind) Privacy() int {
	switch k {
	case Notes:
		return 2
	case Side:
		return 1
	default:
		return 0
	}
}

// SideState is where a side conversation stands.
type SideState string

// The states of a side conversation.
const (
	SideWaiting  SideState = "waiting"
	SideAnswered SideState = "answered"
	SideOverdue  SideState = "overdue"
	SideDone     SideState = "done"
)

// Conversation is one audience inside a ticket.
type Conversation struct {
	ID       int64
	Ticket   int64
	Kind     ConversationKind
	Token    uint64 // random 56-bit id that tokens carry
	Subject  string // of its first mail; never changes afterwards
	Tag      string // two random letters of a side conversation's subject tag
	State    SideState
	DueAt    time.Time
	ReadOnly bool // of a merged ticket: its tokens lead to the successor's
	// CustomerCopied tells that the customer is a participant of this side
	// conversation because an agent put them there.
	CustomerCopied bool
	CreatedAt      time.Time
}

// ParticipantRole is how a participant is addressed.
type ParticipantRole string

// The roles of a participant.
const (
	RoleTo ParticipantRole = "to"
	RoleCc ParticipantRole = "cc"
)

// Participant is a contact in a conversation, from when until when.
type Participant struct {
	ID           int64
	Conversation int64
	Address      string
	Name         string
	Role         ParticipantRole
	Holder       uint64 // random 56-bit id, drawn once per participation
	Since        time.Time
	Until        time.Time // zero while taking part
	AudienceAt   int64     // the ticket's audience count when they joined
}

// MessageKind is who wrote a message.
type MessageKind string

// The kinds of message.
const (
	MessageInbound  MessageKind = "inbound"  // a contact's mail
	MessageOutbound MessageKind = "outbound" // an agent's words to contacts
	MessageNote     MessageKind = "note"     // an agent's words inside the team
	MessageAuto     MessageKind = "auto"     // automatic mail, kept as an event that can be read
	MessageSystem   MessageKind = "system"   // aside's own words to contacts
)

// Message is one entry of exactly one conversation.
type Message struct {
	ID           int64
	Conversation int64
	Token        uint64 // random 56-bit id that the Message-ID carries
	Kind         MessageKind
	Author       string // agent's handle, or the contact's address
	AuthorName   string
	Verified     bool   // the contact's address was proved
	MessageID    string // foreign Message-ID of inbound mail
	Subject      string
	Text         string // newly written
	HTML         string // newly written and sanitised; empty when there is none
	Elided       string // what was cut as quoted, kept to be asked for
	InboundID    string // the inbound record with raw mail and placement reason
	ReplyTo      int64  // the message this answers; 0 if none
	Relayed      bool   // it was sent on to the others, or sends one on
	Origin       int64  // the conversation of another ticket that it was split off from; 0 if none
	Attachments  []Attachment
	CreatedAt    time.Time
}

// DeliveryState is where a delivery or notice stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryQueued    DeliveryState = "queued"
	DeliverySent      DeliveryState = "sent"
	DeliveryFailed    DeliveryState = "failed"
	DeliveryCancelled DeliveryState = "cancelled" // by /undo, or because the participant left
	DeliveryBounced   DeliveryState = "bounced"
)

// NoticeKind tells what a notice is for.
type NoticeKind string

// The kinds of notice.
const (
	NoticeMessage NoticeKind = "message" // a message's copy
	NoticeEvent   NoticeKind = "event"
	NoticeReceipt NoticeKind = "receipt"
	NoticeHold    NoticeKind = "hold"
	NoticeCode    NoticeKind = "code"
	NoticeList    NoticeKind = "list"
	// NoticeUnreached tells colleagues that an agent got another notice late or not.
	NoticeUnreached NoticeKind = "unreached"
)

// Event is one line of a ticket's history.
type Event struct {
	Ticket int64           `json:"ticket"`
	Seq    int64           `json:"seq"`
	At     time.Time       `json:"at"`
	Actor  string          `json:"actor"` // agent's handle, contact's address, or "aside"
	Kind   string          `json:"kind"`
	Data   json.RawMessage `json:"data"`
}

// Hold is a mail of an agent that waits for a word before anything in it
// happens.
type Hold struct {
	Number    int64 // H7
	Agent     string
	Ticket    int64 // 0 when it belongs to none
	InboundID string
	Kind      HoldKind
	Guards    []string // the guards whose finding the receipt showed
	State     HoldState
	CodeHash  string // of the /confirm code, for HoldUnproven
	Notice    uint64 // token of the notice it answered; 0 if none
	CreatedAt time.Time
}

// HoldKind tells why a mail waits.
type HoldKind string

// The kinds of hold.
const (
	HoldUnproven HoldKind = "unproven" // claims to be an agent's; waits for /confirm
	HoldCommand  HoldKind = "command"  // a command was not understood
	HoldGuard    HoldKind = "guard"    // a guard found something
)

// HoldState is what became of a hold.
type HoldState string

// The states of a hold.
const (
	HoldWaiting   HoldState = "waiting"
	HoldReleased  HoldState = "released"
	HoldDiscarded HoldState = "discarded"
	HoldReplaced  HoldState = "replaced"
	HoldExpired   HoldState = "expired"
)
