package harness

import (
	"html"
	"strings"
	"time"
)

// Client is a mail program: how it quotes what it answers, in text and in
// HTML, and what else it does to a mail.
type Client struct {
	Name string

	// text and html lay out an answer with what it answers; html is nil for
	// programs that send text alone.
	text, html func(q quoted, answer string) string
	// forwardText and forwardHTML do the same for a forwarded mail.
	forwardText, forwardHTML func(q quoted, comment string) string

	rePrefix, fwdPrefix string
	flowed              bool
	encoding            Encoding
	forwardThreads      bool   // a forward carries In-Reply-To and References
	agentHeader         string // User-Agent or X-Mailer, as "Name: value"
	signature           string // the program's own last lines
}

// Clients are all mail programs that the harness knows.
func Clients() []Client {
	return []Client{Thunderbird(), ThunderbirdHTML(), Gmail(), Outlook(), OutlookWeb(),
		AppleMail(), IPhone(), Neomutt(), NeomuttInterleaved(), K9()}
}

// Thunderbird writes text below the quotation, format=flowed.
func Thunderbird() Client {
	return Client{Name: "thunderbird", text: thunderbirdText, forwardText: thunderbirdForward,
		rePrefix: "Re: ", fwdPrefix: "Fwd: ", flowed: true, encoding: Plain8Bit, forwardThreads: true,
		agentHeader: "User-Agent: Mozilla Thunderbird", signature: "-- \nkind regards"}
}

// ThunderbirdHTML writes HTML and text above the quotation.
func ThunderbirdHTML() Client {
	c := Thunderbird()
	c.Name, c.text, c.html, c.forwardHTML = "thunderbird-html", topWith(thunderbirdText), thunderbirdHTML, thunderbirdForwardHTML
	return c
}

// Gmail is Gmail in a browser.
func Gmail() Client {
	return Client{Name: "gmail", text: gmailText, html: gmailHTML, forwardText: gmailForward, forwardHTML: gmailForwardHTML,
		rePrefix: "Re: ", fwdPrefix: "Fwd: ", encoding: QuotedPrintable, forwardThreads: true}
}

// Outlook is Outlook on a desktop: a block From:/Sent:, nothing before the
// quoted lines.
func Outlook() Client {
	return Client{Name: "outlook", text: outlookText, html: outlookHTML, forwardText: outlookText, forwardHTML: outlookHTML,
		rePrefix: "RE: ", fwdPrefix: "FW: ", encoding: QuotedPrintable, forwardThreads: true,
		agentHeader: "X-Mailer: Microsoft Outlook 16.0"}
}

// OutlookWeb is Outlook in a browser: a line of underscores, then the block.
func OutlookWeb() Client {
	return Client{Name: "outlook-web", text: outlookWebText, html: outlookWebHTML, forwardText: outlookWebText, forwardHTML: outlookWebHTML,
		rePrefix: "Re: ", fwdPrefix: "Fw: ", encoding: Base64, forwardThreads: true}
}

// AppleMail is Mail on a Mac.
func AppleMail() Client {
	return Client{Name: "apple-mail", text: appleText, html: appleHTML, forwardText: appleForward, forwardHTML: appleForwardHTML,
		rePrefix: "Re: ", fwdPrefix: "Fwd: ", encoding: QuotedPrintable, forwardThreads: true,
		agentHeader: "X-Mailer: Apple Mail (2.3826.400.131)"}
}

// IPhone is Mail on a telephone, with its line of advertisement.
func IPhone() Client {
	return Client{Name: "iphone", text: iphoneText, html: iphoneHTML, forwardText: appleForward, forwardHTML: appleForwardHTML,
		rePrefix: "Re: ", fwdPrefix: "Fwd: ", encoding: Base64, forwardThreads: true,
		agentHeader: "X-Mailer: iPhone Mail (22B91)", signature: "Sent from my iPhone"}
}

// Neomutt answers below what it quotes, in text.
func Neomutt() Client {
	return Client{Name: "neomutt", text: neomuttText, forwardText: neomuttForward,
		rePrefix: "Re: ", fwdPrefix: "Fwd: ", encoding: Plain8Bit, agentHeader: "User-Agent: NeoMutt/20250510"}
}

// NeomuttInterleaved answers after the first paragraph it quotes.
func NeomuttInterleaved() Client {
	c := Neomutt()
	c.Name, c.text = "neomutt-interleaved", neomuttInterleaved
	return c
}

// Top is the program in the hands of somebody who answers above the
// quotation, as commands ask for.
func (c Client) Top() Client {
	switch c.Name {
	case Thunderbird().Name:
		c.Name, c.text = "thunderbird-top", topWith(thunderbirdText)
	case Neomutt().Name, NeomuttInterleaved().Name:
		c.Name, c.text = "neomutt-top", topWith(neomuttText)
	}
	return c
}

// K9 is K-9 Mail on a telephone.
func K9() Client {
	return Client{Name: "k9", text: k9Text, html: k9HTML, forwardText: k9Forward, forwardHTML: k9HTML,
		rePrefix: "Re: ", fwdPrefix: "Fwd: ", encoding: QuotedPrintable, agentHeader: "User-Agent: K-9 Mail for Android",
		signature: "-- \nSent from my Android device with K-9 Mail. Please excuse my brevity."}
}

// Reply answers to Reply-To, or From when there is none.
func (c Client) Reply(me Person, m *Mail, answer string) *Draft {
	to := m.ReplyTo
	if to.Address == "" {
		to = m.From
	}
	return c.answer(me, m, answer, []Person{to}, nil)
}

// ReplyAll answers to everybody whom the mail names, without oneself.
func (c Client) ReplyAll(me Person, m *Mail, answer string) *Draft {
	d := c.Reply(me, m, answer)
	seen := map[string]bool{strings.ToLower(me.Address): true, strings.ToLower(d.To[0].Address): true}
	for _, p := range append(append([]Person(nil), m.To...), m.Cc...) {
		if k := strings.ToLower(p.Address); !seen[k] {
			seen[k] = true
			d.Cc = append(d.Cc, p)
		}
	}
	return d
}

func (c Client) answer(me Person, m *Mail, answer string, to, cc []Person) *Draft {
	q := quoted{m: m, me: me, at: m.date()}
	d := &Draft{From: me, To: to, Cc: cc, Subject: c.prefixed(c.rePrefix, m.Subject), Date: time.Now(),
		MessageID: NewID("client.example"), Flowed: c.flowed, Encoding: c.encoding}
	d.thread(m)
	c.finish(d)
	signed := answer
	if c.signature != "" {
		signed += "\n\n" + c.signature
	}
	d.Text = c.text(q, signed)
	if c.flowed {
		d.Text = flow(d.Text)
	}
	if c.html != nil {
		d.HTML = c.html(q, answer)
	}
	return d
}

// Forward sends a mail on to somebody, with its files.
func (c Client) Forward(me Person, m *Mail, to, comment string) *Draft {
	q := quoted{m: m, me: me, at: m.date()}
	d := &Draft{From: me, To: []Person{{Address: to}}, Subject: c.prefixed(c.fwdPrefix, m.Subject), Date: time.Now(),
		MessageID: NewID("client.example"), Encoding: c.encoding}
	if c.forwardThreads {
		d.thread(m)
	}
	c.finish(d)
	d.Text = c.forwardText(q, comment)
	if c.forwardHTML != nil {
		d.HTML = c.forwardHTML(q, comment)
	}
	d.Files = append(d.Files, m.Files...)
	return d
}

func (c Client) finish(d *Draft) {
	if name, value, ok := strings.Cut(c.agentHeader, ": "); ok {
		d.Headers = append(d.Headers, [2]string{name, value})
	}
}

// prefixed puts the program's prefix before a subject that has none of its
// kind yet.
func (c Client) prefixed(prefix, subject string) string {
	if strings.HasPrefix(strings.ToLower(subject), strings.ToLower(prefix)) {
		return subject
	}
	return prefix + subject
}

// thread sets In-Reply-To and References as RFC 5322 section 3.6.4 says.
func (d *Draft) thread(m *Mail) {
	d.InReplyTo = m.MessageID
	d.References = append([]string(nil), m.References...)
	if len(d.References) == 0 && len(m.InReplyTo) == 1 {
		d.References = append(d.References, m.InReplyTo[0])
	}
	if m.MessageID != "" {
		d.References = append(d.References, m.MessageID)
	}
}

func (m *Mail) date() time.Time {
	t, err := m.Header.Date()
	if err != nil || t.IsZero() {
		return m.At
	}
	return t
}

// flow wraps text as format=flowed (RFC 3676 section 4.2): soft breaks end in
// a blank, and lines that begin with one are stuffed.
func flow(text string) string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " ")
		if line == "--" {
			out = append(out, "-- ")
			continue
		}
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		prefix, rest := line[:depth], line[depth:]
		if depth == 0 && (strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "From ")) {
			rest = " " + rest
		}
		for len(rest) > 72 {
			at := strings.LastIndexByte(rest[:72], ' ')
			if at <= 0 {
				break
			}
			out = append(out, prefix+rest[:at+1])
			rest = rest[at+1:]
			if depth > 0 {
				rest = " " + rest
			}
		}
		out = append(out, prefix+rest)
	}
	return strings.Join(out, "\n")
}

// htmlText is text as HTML with a line break a line.
func htmlText(text, br string) string {
	return strings.ReplaceAll(html.EscapeString(text), "\n", br)
}
