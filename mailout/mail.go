package mailout

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"aside"
)

// Envelope is what a transport needs to know beside the bytes.
type Envelope struct {
	From string // return path
	To   string // the one recipient
	Size int64  // octets, of the signed mail
	// UTF8 says that the recipient or an address in the header has a local part
	// beyond ASCII (RFC 6531).
	UTF8 bool
	// Name is unique to this delivery and the same on every attempt; letters,
	// digits, dots.
	Name string
	// Again says that an earlier attempt was made, and may have come further
	// than is known.
	Again bool
}

// Mail is one composed mail: its header is made, its parts are arranged, its
// attachments not yet opened.
type Mail struct {
	Envelope Envelope // without Size and Again, which the attempt knows
	header   string
	body     *part
	domain   string // of From, which a signature must match
}

// Compose makes the mail of one delivery. Its readers are the audience made at
// the claim and nobody else, whatever the identity says. Errors that no retry
// can mend are ErrMalformed.
func Compose(o aside.Outgoing, id aside.Identity, text, html string) (*Mail, error) {
	if !o.Audience.Hears(o.Recipient.ID) {
		return nil, fmt.Errorf("delivery %d: its recipient does not hear the conversation: %w", o.Delivery, ErrMalformed)
	}
	to, cc := o.Audience.Addressed()
	d := draft{
		id: id, to: to, cc: cc, recipient: o.Recipient.Address,
		date: o.Message.CreatedAt, name: mailName("d", o.Token, o.Message.CreatedAt),
		text: text, html: html, files: o.Message.Attachments,
	}
	if o.Automatic {
		// RFC 3834 section 5: an answer to one message is a reply, anything
		// else that no person wrote is generated.
		d.automatic = "auto-generated"
		if o.Message.ReplyTo != 0 {
			d.automatic = "auto-replied"
		}
		d.suppress = true
		// It is for its one reader (RFC 3834 section 3.1.3): who else takes
		// part gets no copy, or one of their own. A display name is what
		// somebody wrote who need not be whose address it is: what no person
		// sends carries such words to nobody.
		d.to, d.cc = []aside.Address{{Address: o.Recipient.Address}}, nil
	}
	m, err := d.compose()
	if err != nil {
		return nil, fmt.Errorf("composing delivery %d: %w", o.Delivery, err)
	}
	return m, nil
}

// ComposeNotice makes the mail of one notice, to its one agent. Display names
// in its header lose their "@": a contact's address that stands where a name
// should be must not become somewhere to send to in a client that guesses.
func ComposeNotice(n aside.Notice, id aside.Identity, text, html string) (*Mail, error) {
	id.From.Name, id.ReplyTo.Name = noAt(id.From.Name), noAt(id.ReplyTo.Name)
	d := draft{
		id: id, to: []aside.Address{{Name: noAt(n.To.Name), Address: n.To.Address}}, recipient: n.To.Address,
		date: n.CreatedAt, name: mailName("n", n.Token, n.CreatedAt),
		text: text, html: html, important: n.Important, inert: true,
		// Agents' vacation responders must not answer notices, not even those
		// that show a person's words (RFC 3834 section 2).
		automatic: "auto-generated", suppress: true,
	}
	if n.Kind == aside.NoticeReceipt || n.Kind == aside.NoticeHold {
		d.automatic = "auto-replied"
	}
	if n.Message != nil {
		d.files = n.Message.Attachments
	}
	m, err := d.compose()
	if err != nil {
		return nil, fmt.Errorf("composing notice %d: %w", n.ID, err)
	}
	return m, nil
}

func noAt(name string) string { return strings.ReplaceAll(name, "@", " at ") }

// mailName is the name by which a maildir knows the mail.
func mailName(kind string, token uint64, date time.Time) string {
	return strconv.FormatInt(date.Unix(), 10) + "." + kind + strconv.FormatUint(token, 36) + ".aside"
}

// draft is what Compose and ComposeNotice have in common.
type draft struct {
	id         aside.Identity
	to, cc     []aside.Address
	recipient  string
	date       time.Time
	name       string
	text, html string
	files      []aside.Attachment
	automatic  string // value of Auto-Submitted; none when empty
	suppress   bool
	important  bool
	inert      bool
}

func (d draft) compose() (*Mail, error) {
	m := &Mail{Envelope: Envelope{Name: d.name}}
	var err error
	if m.Envelope.To, err = addrSpec(d.recipient); err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	if d.id.EnvelopeFrom != "" {
		if m.Envelope.From, err = addrSpec(d.id.EnvelopeFrom); err != nil {
			return nil, fmt.Errorf("return path: %w", err)
		}
	}
	from, err := addrSpec(d.id.From.Address)
	if err != nil {
		return nil, fmt.Errorf("address in From: %w", err)
	}
	m.domain = strings.ToLower(from[strings.LastIndexByte(from, '@')+1:])
	header, err := d.header()
	if err != nil {
		return nil, err
	}
	m.body = content{text: d.text, html: d.html, files: d.files, seed: d.name, domain: m.domain, inert: d.inert}.build()
	m.header = header + "MIME-Version: 1.0\r\n" + m.body.header
	m.Envelope.UTF8 = !isASCII(m.header) || !isASCII(m.Envelope.To)
	return m, nil
}

// header writes every field but those of MIME.
func (d draft) header() (string, error) {
	if !validID(d.id.MessageID) {
		return "", fmt.Errorf("Message-ID %q: %w", cut(d.id.MessageID, maxID), ErrMalformed)
	}
	var h headerBlock
	h.field("Date", d.date.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	lists := []struct {
		name string
		list []aside.Address
	}{{"From", []aside.Address{d.id.From}}, {"Reply-To", []aside.Address{d.id.ReplyTo}}, {"To", d.to}, {"Cc", d.cc}}
	for _, l := range lists {
		if l.name == "Reply-To" && d.id.ReplyTo.Address == "" {
			continue
		}
		if err := h.addresses(l.name, l.list); err != nil {
			return "", err
		}
	}
	h.text("Subject", d.id.Subject)
	h.ids("Message-ID", []string{d.id.MessageID})
	if answered, refs := thread(d.id); answered != "" {
		h.ids("In-Reply-To", []string{answered})
		if len(refs) > 0 {
			h.ids("References", refs)
		}
	}
	if d.automatic != "" {
		h.field("Auto-Submitted", d.automatic)
	}
	if d.suppress {
		h.field("X-Auto-Response-Suppress", "All")
	}
	if d.important {
		h.field("Importance", "high")
		h.field("X-Priority", "1")
	}
	return h.b.String(), nil
}

// Write writes the mail without a signature, CRLF line ends throughout. Every
// call writes the same bytes.
func (m *Mail) Write(ctx context.Context, w io.Writer, open OpenFunc) error {
	bw := bufio.NewWriterSize(w, 32<<10)
	bw.WriteString(m.header)
	bw.WriteString("\r\n")
	if err := m.body.write(ctx, bw, open); err != nil {
		return err
	}
	return bw.Flush()
}
