package aside

import "time"

// Address is a mailbox with its display name.
type Address struct {
	Name    string `json:"name"`
	Address string `json:"address"` // folded
}

// MailKind is what sort of thing a mail is. Everything but KindMail is
// automatic: it carries no command, moves no status and is never answered.
type MailKind string

// The kinds of mail.
const (
	KindMail     MailKind = "mail"
	KindBounce   MailKind = "bounce"
	KindDelay    MailKind = "delay"
	KindAuto     MailKind = "auto"
	KindList     MailKind = "list"
	KindReport   MailKind = "report"
	KindReceipt  MailKind = "receipt"
	KindReaction MailKind = "reaction"
)

// Automatic reports whether no person wrote the mail for this desk.
func (k MailKind) Automatic() bool { return k != KindMail && k != "" }

// Opaque names content that cannot be read here and so cannot be composed
// anew: an agent's mail that carries it is held.
type Opaque string

// The opaque contents.
const (
	OpaqueNone  Opaque = ""
	OpaqueTNEF  Opaque = "winmail.dat"
	OpaqueSMIME Opaque = "S/MIME"
	OpaquePGP   Opaque = "PGP"
)

// Unmarked is by what unmarked automatic mail was known.
type Unmarked string

// The signs of unmarked automatic mail. The zero value is a mail that is marked,
// or a person's.
const (
	UnmarkedBySubject Unmarked = "subject"
	UnmarkedByWords   Unmarked = "words"
	UnmarkedByProgram Unmarked = "program" // a program sent it, as ticket systems and lists say of what people write
)

// Content refers to bytes by their SHA-256. Data holds them while they are
// small and not yet stored; it is nil once the store has them.
type Content struct {
	SHA256 string // lower-case hex
	Size   int64
	Data   []byte
}

// Attachment is a file that came with a mail.
type Attachment struct {
	Name      string
	Type      string // media type, lower-case, without parameters
	ContentID string // without angle brackets
	Inline    bool   // shown inside the HTML, which refers to ContentID
	Content
}

// FailedRecipient is one address of a bounce or delay (RFC 3464).
type FailedRecipient struct {
	Address   string `json:"address"`
	Status    string `json:"status"` // enhanced status such as 5.1.1; empty if none was said
	Permanent bool   `json:"permanent"`
	// Reason is what the other side said, in one line of at most 300 octets;
	// empty if no Diagnostic-Code said it.
	Reason string `json:"reason"`
}

// Mail is what was read in a mail: facts, not judgements. Every text is valid
// UTF-8 without NUL and with LF line ends.
type Mail struct {
	Kind        MailKind
	From        Address   // the first of From; zero when there is none
	FromAll     []Address // all of From
	Sender      Address
	ReplyTo     []Address
	To, Cc      []Address
	ResentTo    []Address
	DeliveredTo []string // Delivered-To, X-Original-To, Envelope-To, topmost first
	Subject     string
	Date        time.Time // zero when missing or unreadable
	MessageID   string    // without angle brackets; empty when missing or broken
	InReplyTo   []string
	References  []string // oldest first, at most the newest 50

	Text        string // the text part as written, decoded, flowed lines joined
	Flowed      bool   // all of Text came as format=flowed, so its lines are whole (RFC 3676 section 4.1)
	HTML        string // the HTML part as written, decoded, not sanitised
	Attachments []Attachment
	Forwarded   *Forwarded // an attached message/rfc822, read one level deep
	Opaque      Opaque
	Signed      Opaque // readable words that are signed as a whole: OpaqueSMIME or OpaquePGP

	Failed     []FailedRecipient
	Original   *Original // what a bounce says about the mail that came back
	Until      time.Time // a return date that an auto-reply gives
	AutoReason string    // which header or shape made it automatic
	// LooksAutomatic is set for a KindMail whose subject is that of a responder
	// or receipt, with nothing else to prove it: it is heard, and not answered.
	LooksAutomatic bool
	// Unmarked tells by what automatic mail was known whose header leaves open
	// that a person wrote it: such a judgement may be wrong.
	Unmarked Unmarked
	// ListOf is the addresses of the list that a KindList came by. Where one is
	// a desk's own, the list is how its mail reaches it, and the mail is a
	// person's.
	ListOf   []string
	Problems []string // what was broken and how it was read anyway
	// LeftOut is the first thing that was too much, or too broken, to be read;
	// empty if all was read.
	LeftOut string
	Digest  string // hex SHA-256 over From, Date and decoded body
}

// Forwarded is a mail inside a mail.
type Forwarded struct {
	From    Address
	Subject string
	Text    string
}

// Original is the returned mail as far as a bounce quotes it.
type Original struct {
	MessageID string
	To        []Address
}

// Channel is where a mail came in.
type Channel string

// The channels.
const (
	ChannelSMTP       Channel = "smtp"
	ChannelLMTP       Channel = "lmtp"
	ChannelSubmission Channel = "submission"
	ChannelPull       Channel = "pull"
)

// Verdict is what verification found about the sender. The zero value means
// that nothing was proved.
type Verdict struct {
	// DMARC is "pass", "fail", "none" (the domain publishes no policy) or ""
	// (not checked, or DNS did not answer).
	DMARC string
	// Domain is the domain of From that this is about, as A-labels; empty when
	// From names nobody clearly.
	Domain string
	// By is what proved the domain: "dkim", "spf" or "authres"; empty if
	// nothing did.
	By string
	// AlignedDKIM reports a passing, aligned DKIM signature without l= that
	// covers everything an agent's mail acts by.
	AlignedDKIM bool
	// ToSigned reports that this signature covers To and Cc, too: the mail was
	// written to those people.
	ToSigned bool
	// AuthAddress is From's address, folded, if a mail server in front of us
	// says that its sender logged in by it.
	AuthAddress string
	// TempError reports that DNS left open whether AlignedDKIM holds.
	TempError bool
	// Reason are sentences for /why.
	Reason string
}

// Inbound is one mail as it arrived: envelope, bytes, and what was read in it.
type Inbound struct {
	Session    string // id of the SMTP session, for every log line about this mail
	Channel    Channel
	MailFrom   string // "" is the null sender
	Recipients []string
	Remote     string // address of the peer
	Helo       string
	AuthAgent  string // handle proved by AUTH; empty otherwise
	ReceivedAt time.Time
	Raw        Content
	Mail       *Mail // nil when the mail could not be read at all
	ReadError  string
	Verdict    Verdict
}
