package templates

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"aside"
)

// maxCopied is how many copied people a frame names one by one.
const maxCopied = 12

// Frame is what stands below the words of every notice: who will hear a reply,
// who will not, what the agent needs to know, the links and the marker.
type Frame struct {
	// Audience is the conversation that a reply goes to. Empty means that a
	// reply is read for commands only, as with a list.
	Audience aside.ConversationKind
	// CustomerCopied tells that the customer takes part in this side
	// conversation; Customer is the customer's name, and is left out of Hear.
	CustomerCopied bool
	Customer       string

	// Deciding marks the notice of a hold: the one word send, in answer, sends
	// what waits, and the frame must not say otherwise.
	Deciding bool

	Hear     []string     // names of all who will hear a reply; empty for team only
	Unproven string       // a ready sentence: "Sender not verified: jane@example.org"
	Stranger string       // the real sender when it is not the token's holder: an address
	NotHear  []NotHearing // copied by somebody, and not taking part
	// WhoHas is a ready sentence such as "Not sent on to: Karl Lind (Relay)";
	// "(Relay)" becomes a link to RelayLink where that is set.
	WhoHas    string
	RelayLink string

	// Status, Owner, Due and Mails make the sentences "Open, Omar's." (or "Open,
	// nobody's yet."), "Answer due 11:40." and whatever Mails says; each may be
	// empty where Facts says it. Owner is a first name.
	Status, Owner, Due, Mails string
	Facts                     []string // ready sentences: "Also open: #1038 Refund"
	Links                     []Link   // mailto links Resolve, Snooze, Take, Note, Ask someone, Spam

	Ticket int64  // 0 if none
	Tag    string // two letters of a side conversation
	Marker string // "aside-k3f9q2m7xd"
}

// NotHearing is somebody whom a mail names and who will not get a reply.
type NotHearing struct {
	By      string // first name of who copied them
	Writer  bool   // who wrote the mail, not somebody it was copied to
	ReplyTo bool   // where the mail asks to be answered
	Address string
	AddLink string // mailto link of /add; empty for none
}

// Link is a mailto link with its label.
type Link struct{ Label, URL string }

// frameView is what audience.txt, facts.txt, frame.txt and frame.html see.
type frameView struct {
	Frame
	Line      string   // what audience.txt made
	FactLines []string // the sentences of facts.txt, whole ones a line
	More      int      // how many copied people are not named
}

// Mailto makes a link by RFC 6068: blanks as %20, lines as CRLF.
func Mailto(to, subject, body string) string {
	enc := func(s string) string {
		return strings.ReplaceAll(url.QueryEscape(strings.ReplaceAll(s, "\n", "\r\n")), "+", "%20")
	}
	// A plus in the local part must be escaped: some clients read it as a blank.
	s := "mailto:" + strings.ReplaceAll(url.PathEscape(to), "+", "%2B") + "?subject=" + enc(subject)
	if body != "" {
		s += "&body=" + enc(body)
	}
	return s
}

// Look is "customer", "side", "both" (a side conversation that the customer
// hears), "notes", or "none".
func (f frameView) Look() string {
	switch {
	case f.Audience == aside.Side && f.CustomerCopied:
		return "both"
	case f.Audience == aside.Customer, f.Audience == aside.Side, f.Audience == aside.Notes:
		return string(f.Audience)
	}
	return "none"
}

// LastLine is the links' labels with the marker at the line's end, or the
// marker below where both do not fit into a line.
func (f frameView) LastLine() string {
	labels := make([]string, len(f.Links))
	for i, l := range f.Links {
		labels[i] = l.Label
	}
	line := strings.Join(labels, " | ")
	if line == "" || f.Marker == "" {
		return line + f.Marker
	}
	if gap := width - utf8.RuneCountInString(line) - utf8.RuneCountInString(f.Marker); gap >= 2 {
		return line + strings.Repeat(" ", gap) + f.Marker
	}
	return line + "\n" + f.Marker
}

// Number is "#1042", "#1042-kx" or nothing.
func (f frameView) Number() string {
	if f.Ticket == 0 {
		return ""
	}
	n := "#" + strconv.FormatInt(f.Ticket, 10)
	if f.Tag != "" {
		n += "-" + f.Tag
	}
	return n
}

// WhoHasBefore is the sentence up to its "(Relay)".
func (f frameView) WhoHasBefore() string {
	return strings.TrimSpace(strings.TrimSuffix(f.WhoHas, "(Relay)"))
}

func (f Frame) view() frameView {
	f.Customer = cleanName(f.Customer)
	v := frameView{}
	var hear []string
	named := f.CustomerCopied && f.Customer != "" // once, by the line's own words
	for _, n := range cleanLines(f.Hear, cleanName) {
		if named && n == f.Customer {
			named = false // somebody else may have the same name
			continue
		}
		hear = append(hear, n)
	}
	f.Hear = hear
	f.Unproven, f.Stranger, f.WhoHas = oneLine(f.Unproven), oneLine(f.Stranger), oneLine(f.WhoHas)
	f.Status, f.Owner = cleanLine(f.Status, maxName), cleanName(f.Owner)
	f.Due, f.Mails = cleanLine(f.Due, maxName), oneLine(f.Mails)
	f.Facts = cleanLines(f.Facts, oneLine)
	f.Tag, f.Marker = oneLine(f.Tag), oneLine(f.Marker)
	var links []Link
	for _, l := range f.Links {
		links = append(links, Link{Label: cleanName(l.Label), URL: l.URL})
	}
	f.Links = links
	var copied []NotHearing
	for i, n := range f.NotHear {
		if i == maxCopied {
			v.More = len(f.NotHear) - maxCopied
			break
		}
		copied = append(copied, NotHearing{By: cleanName(n.By), Writer: n.Writer, ReplyTo: n.ReplyTo, Address: oneLine(n.Address), AddLink: n.AddLink})
	}
	f.NotHear = copied
	v.Frame = f
	return v
}

// Frame renders what stands below the words of a notice. Each line of the text
// stands for itself, is rarely longer than 72 characters, and a line that had
// to be wrapped goes on with two blanks, so nobody's name can begin a line; the
// marker ends the last line.
func (s *Set) Frame(k Key, f Frame) (Words, error) {
	v := f.view()
	line, _, err := s.renderText(k, "audience.txt", v)
	if err != nil {
		return Words{}, err
	}
	// Not bounded: whoever hears a reply is named.
	v.Line = strings.Join(strings.Fields(line), " ")
	facts, _, err := s.renderText(k, "facts.txt", v)
	if err != nil {
		return Words{}, err
	}
	v.FactLines = pack(cleanLines(strings.Split(facts, "\n"), oneLine))
	raw, rank, err := s.renderText(k, "frame.txt", v)
	if err != nil {
		return Words{}, err
	}
	var lines []string
	for _, l := range strings.Split(raw, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, wrapLine(l, "  ")...)
		}
	}
	text := strings.Join(lines, "\n")
	html, err := s.renderHTML(k, "frame", v, rank, text)
	return Words{Text: text, HTML: html}, err
}
