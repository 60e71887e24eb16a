package notice

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"aside"
	"aside/reply"
	"aside/store"
	"aside/templates"
	"aside/threading/mark"
)

// facts are what a notice's frame shows, as the transaction that made the
// notice knew it. It is kept with the notice and drawn once the notice was
// claimed: drawing takes longer than all else that a mail's transaction does.
// Reply addresses are signed when it is drawn, so that none is of a token that
// ended meanwhile.
type facts struct {
	Marker   string                 `json:"marker"`
	Audience aside.ConversationKind `json:"audience,omitempty"`
	Ticket   int64                  `json:"ticket,omitempty"`
	Tag      string                 `json:"tag,omitempty"`
	Deciding bool                   `json:"deciding,omitempty"`
	Hear     []string               `json:"hear,omitempty"`
	Customer *string                `json:"customer,omitempty"` // who is copied in this side conversation
	Unproven string                 `json:"unproven,omitempty"`
	Stranger string                 `json:"stranger,omitempty"`
	Offers   []Offer                `json:"offers,omitempty"`
	WhoHas   string                 `json:"who_has,omitempty"`
	Relayed  int64                  `json:"relayed,omitempty"` // the message that the link sends on
	Status   string                 `json:"status,omitempty"`
	Owner    string                 `json:"owner,omitempty"`
	Due      string                 `json:"due,omitempty"`
	Mails    string                 `json:"mails,omitempty"`
	Facts    []string               `json:"facts,omitempty"`
	Subject  string                 `json:"subject,omitempty"`  // of mail that the offers write
	Notes    string                 `json:"notes,omitempty"`    // of mail that the links write; without it there are none
	Fileless bool                   `json:"fileless,omitempty"` // its message's files are left out
	Team     string                 `json:"team,omitempty"`     // by which its agent sees the ticket; not shown
}

// TeamOf is the team by which the agent of a notice saw the ticket that it tells
// of when it was made. It is empty where that was no team's matter, and for what
// tells of the agent's own mail.
func TeamOf(n aside.Notice) string {
	var f facts
	if json.Unmarshal([]byte(n.Facts), &f) != nil {
		return "" // it cannot be drawn either
	}
	return f.Team
}

// WithoutFiles is what the frame of a notice shows that goes once more, without
// files for which it was refused. It is empty where there are none, where it went
// without them, and where nothing can be read of what it showed.
func WithoutFiles(shown string, files []aside.Attachment, why string) (string, error) {
	var f facts
	if len(files) == 0 || json.Unmarshal([]byte(shown), &f) != nil || f.Fileless {
		return "", nil
	}
	var names []string
	for _, a := range files[:min(len(files), mostNamed)] {
		names = append(names, fmt.Sprintf("%s (%d kB)", a.Name, (a.Size+999)/1000))
	}
	if more := len(files) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	f.Fileless = true
	f.Facts = append([]string{"Left out here, as a mail server refused this mail with its files: " + strings.Join(names, ", ") + ". It said: " + why,
		"The ticket keeps them; /attach NAME sends one along."}, f.Facts...)
	again, err := json.Marshal(f)
	return string(again), err
}

// mostNamed is how many files are named that were left out.
const mostNamed = 5

// Offer is somebody whom a mail names and who will not hear an answer.
type Offer struct {
	By      string `json:"by"`
	Address string `json:"address"`
	Writer  bool   `json:"writer,omitempty"`
	ReplyTo bool   `json:"reply_to,omitempty"` // where the mail asks to be answered
	Add     bool   `json:"add,omitempty"`      // may be added
}

// Lines are what the frames of some notices add to what a ticket knows.
type Lines struct {
	ticket int64
	hashes []uint64
	again  bool // one of them was drawn before: most of it is known
}

// Know makes the lines known to their ticket.
func (l *Lines) Know(tx *store.Tx) error {
	hashes := l.hashes
	if l.again {
		known := map[uint64]bool{}
		err := tx.Lines(l.ticket, 0, nil, func(set store.LineSet) {
			if set.Conversation != 0 {
				return
			}
			for _, h := range set.Hashes {
				known[h] = true
			}
		})
		if err != nil {
			return fmt.Errorf("read the lines of ticket %d: %w", l.ticket, err)
		}
		hashes = nil
		for _, h := range l.hashes {
			if !known[h] {
				hashes = append(hashes, h)
			}
		}
	}
	return tx.KnowFrame(l.ticket, hashes)
}

// drawing is a frame as it was drawn for the first of several agents. Those of
// the others are mostly the same but for the marker and the reply addresses, so
// they are made of it: drawing one takes ten times as long.
type drawing struct {
	own   []string // what is one agent's alone: the marker, reply addresses
	words templates.Words
}

// Drawer draws the frames of notices that were claimed.
type Drawer struct {
	Dir       *aside.Directory
	Templates *templates.Set
	Keys      *mark.KeyRing
	Log       *slog.Logger
}

// Draw draws the frames of notices and returns what their tickets are to know
// before one of them is sent. A notice whose frame cannot be drawn stays without,
// and is not sent.
func (d *Drawer) Draw(notices []aside.Notice) []*Lines {
	key := d.Keys.LineKey()
	drawn, above := map[string]drawing{}, map[aboveOf]templates.Words{}
	lines := map[int64]*Lines{}
	known := map[int64]map[uint64]bool{}
	var out []*Lines
	for i := range notices {
		n := &notices[i]
		var words templates.Words
		var own []string
		var fresh bool
		err := guarded(func() (err error) {
			if words, own, fresh, err = d.frame(n, drawn); err == nil {
				n.AboveText, n.AboveHTML = aboveFrame(*n, words, above)
			}
			return err
		})
		if err != nil {
			d.Log.Error("a notice's frame cannot be drawn", "notice", n.ID, "ticket", n.Ticket, "err", err)
			continue
		}
		n.FrameText, n.FrameHTML = words.Text, words.HTML
		if n.Ticket == 0 {
			continue
		}
		l := lines[n.Ticket]
		if l == nil {
			l = &Lines{ticket: n.Ticket}
			lines[n.Ticket], known[n.Ticket], out = l, map[uint64]bool{}, append(out, l)
		}
		l.again = l.again || n.Attempts > 0
		text := words.Text
		if !fresh {
			text = linesWith(text, own)
		}
		for _, h := range reply.Hashes(key, text) {
			if !known[n.Ticket][h] {
				known[n.Ticket][h] = true
				l.hashes = append(l.hashes, h)
			}
		}
	}
	// In one order everywhere: daemons that hold several tickets at once would
	// else wait for each other.
	slices.SortFunc(out, func(a, b *Lines) int { return cmp.Compare(a.ticket, b.ticket) })
	return out
}

// guarded makes an error of a panic: a notice that cannot be drawn must not keep
// all others.
func guarded(draw func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return draw()
}

// aboveOf is what the words above a frame are made of.
type aboveOf struct {
	message           int64
	text, html, first string
}

// aboveFrame is what stands above a frame: for several agents it is mostly the
// same.
func aboveFrame(n aside.Notice, frame templates.Words, made map[aboveOf]templates.Words) (text, html string) {
	of := aboveOf{message: n.MessageRow, text: n.Text, html: n.HTML}
	of.first, _, _ = strings.Cut(frame.Text, "\n")
	w, ok := made[of]
	if !ok {
		w = templates.Words{Text: n.Text, HTML: n.HTML}
		if n.Message != nil {
			w = templates.Said(WordsOf(*n.Message))
		}
		w = templates.Above(w, frame)
		made[of] = w
	}
	return w.Text, w.HTML
}

// frame draws one frame, of one drawn before where it is the same but for
// what is the agent's own.
func (d *Drawer) frame(n *aside.Notice, drawn map[string]drawing) (words templates.Words, own []string, fresh bool, err error) {
	desk := d.Dir.DeskOrFirst(n.Desk)
	var f facts
	if err := json.Unmarshal([]byte(n.Facts), &f); err != nil {
		return words, nil, false, fmt.Errorf("what it shows was not kept well: %w", err)
	}
	if f.Fileless && n.Message != nil {
		bare := *n.Message // other notices show it, too
		bare.Attachments, n.Message = nil, &bare
	}
	reply, notes := replyToken(d.Keys, n.ConvToken, n.Holder), replyToken(d.Keys, n.NotesToken, n.NotesHolder)
	own = []string{f.Marker, reply, notes}
	key := fmt.Sprintf("%s %s %d %s", desk.Address, desk.Language, n.Ticket, strings.Replace(n.Facts, f.Marker, "", 1))
	if first, ok := drawn[key]; ok {
		words = first.words
		for i, was := range first.own {
			words.Text, words.HTML = strings.ReplaceAll(words.Text, was, own[i]), strings.ReplaceAll(words.HTML, was, own[i])
		}
		return words, own, false, nil
	}
	words, err = d.Templates.Frame(templates.KeyOf(desk), f.frame(desk.Sub(reply), desk.Sub(notes)))
	if err != nil {
		return words, nil, false, err
	}
	drawn[key] = drawing{own: own, words: words}
	return words, own, true, nil
}

// replyToken is the detail of an agent's reply address for a conversation.
func replyToken(keys *mark.KeyRing, conversation, holder uint64) string {
	return keys.Sign(mark.Token{Purpose: mark.Reply, Conversation: conversation, Holder: holder})
}

// frame is what the templates draw.
func (f facts) frame(reply, notes string) templates.Frame {
	out := templates.Frame{Audience: f.Audience, Ticket: f.Ticket, Tag: f.Tag, Marker: f.Marker, Deciding: f.Deciding, Hear: f.Hear, Unproven: f.Unproven,
		Stranger: f.Stranger, WhoHas: f.WhoHas, Status: f.Status, Owner: f.Owner, Due: f.Due, Mails: f.Mails, Facts: f.Facts}
	if f.Customer != nil {
		out.CustomerCopied, out.Customer = true, *f.Customer
	}
	for _, o := range f.Offers {
		hears := templates.NotHearing{By: o.By, Address: o.Address, Writer: o.Writer, ReplyTo: o.ReplyTo}
		if o.Add {
			hears.AddLink = templates.Mailto(reply, f.Subject, "/add "+o.Address+"\n--\n")
		}
		out.NotHear = append(out.NotHear, hears)
	}
	if f.WhoHas != "" {
		out.RelayLink = templates.Mailto(reply, f.Subject, fmt.Sprintf("/relay %d\n--\n", f.Relayed))
	}
	if f.Notes != "" {
		out.Links = links(notes, f.Notes, f.Audience)
	}
	return out
}

// links end every notice. Their bodies are commands above a line "--", and
// they go to the notes, so that a slip is never public.
func links(to, subject string, audience aside.ConversationKind) []templates.Link {
	link := func(label, body string) templates.Link {
		return templates.Link{Label: label, URL: templates.Mailto(to, subject, body)}
	}
	l := []templates.Link{link("Resolve", "/resolve\n--\n"), link("Snooze", "/snooze tomorrow 9am\n--\n"), link("Take", "/take\n--\n"),
		link("Note", ""), link("Ask someone", "/side ")}
	if audience == aside.Customer {
		l = append(l, link("Spam", "/spam\n--\n"))
	}
	return l
}

// linesWith are the lines of a text in which one of some words stands.
func linesWith(text string, words []string) string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		for _, w := range words {
			if strings.Contains(l, w) {
				out = append(out, l)
				break
			}
		}
	}
	return strings.Join(out, "\n")
}

// WordsOf are a message's words, as any mail shows them. Where it has no HTML, lines quoted with ">"
// become quotations.
func WordsOf(m aside.Message) templates.Words {
	w := templates.Words{Text: m.Text, HTML: m.HTML}
	if w.HTML == "" {
		w.HTML = reply.TextToHTML(m.Text)
	}
	return w
}
