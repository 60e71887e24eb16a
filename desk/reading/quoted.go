package reading

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"aside"
	"aside/reply"
)

// Unmarked takes the marks of quotation from lines.
func Unmarked(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimLeft(l, "> ")
	}
	return strings.Join(lines, "\n")
}

// cutsUnheard reports whether a mail quoted, and so lost from view, what its
// ticket never heard: enough that it is more than the lines by which mail
// programs introduce a quotation.
func (x *Reader) cutsUnheard(r *Reading, ticket *heard) bool {
	const enough = 40 // words
	if r.Ticket == 0 || len(r.Elided) <= enough*2 {
		return false
	}
	key := x.Keys.LineKey()
	own := map[uint64]bool{}
	for _, h := range reply.Hashes(key, r.Text) {
		own[h] = true
	}
	lines := strings.Split(Unmarked(r.Elided), "\n")
	hashes := make([][]uint64, len(lines))
	var all []uint64
	for i, line := range lines {
		hashes[i] = reply.Hashes(key, line)
		all = append(all, hashes[i]...)
	}
	ticket.asking(all) // a client may have broken them elsewhere
	heard := func(h uint64) bool { return own[h] || ticket.known(h) != reply.Unknown }
	words := 0
	for i, line := range lines {
		if n := len(strings.Fields(line)); n > 0 && !slices.ContainsFunc(hashes[i], heard) {
			words += n
		}
	}
	return words >= enough
}

// Alone is a message's text without what it quotes and what introduces
// that, without lines of a notice's frame, and without any reply address or
// other sign of ours: who gets it sent on hears its writer alone, and must not
// be able to answer in the writer's name or an agent's.
func (x *Reader) Alone(ticket int64, m aside.Message) (string, error) {
	doc, err := x.alone(ticket, m, &aside.Mail{Text: m.Text})
	if err != nil {
		return "", err
	}
	var kept []string
	for _, line := range strings.Split(doc.Text(), "\n") {
		if frameCue.MatchString(line) {
			break // from here on it is a notice, perhaps another ticket's
		}
		if strings.HasPrefix(line, ">") || line == "" && len(kept) > 0 && kept[len(kept)-1] == "" ||
			len(x.Keys.FindMarkers(line))+len(x.Keys.FindSigned(line)) > 0 {
			continue
		}
		kept = append(kept, line)
	}
	return strings.TrimSpace(strings.Join(kept, "\n")), nil
}

// ShownAlone are the Content-IDs of the pictures among a message's own words.
func (x *Reader) ShownAlone(ticket int64, m aside.Message) ([]string, error) {
	doc, err := x.alone(ticket, m, &aside.Mail{Text: m.Text, HTML: m.HTML})
	if err != nil {
		return nil, err
	}
	return doc.ContentIDs(), nil
}

// alone reads what of a message its writer newly wrote.
func (x *Reader) alone(ticket int64, m aside.Message, mail *aside.Mail) (*reply.Document, error) {
	heard := &heard{x: x, ticket: ticket, addressed: m.Conversation}
	frames := func(h uint64) reply.Origin {
		if heard.known(h) == reply.Frame {
			return reply.Frame
		}
		return reply.Unknown // the writer's own words are not taken for quotations
	}
	doc := reply.Read(mail, reply.Held{Key: x.Keys.LineKey(), Known: frames, Asking: heard.asking, Marker: x.Keys.IsMarker,
		Ours: x.Dir.IsOurs, CutSignature: true})
	if heard.err != nil {
		return nil, fmt.Errorf("read the lines of ticket %d: %w", ticket, heard.err)
	}
	return doc, nil
}

// frameCue begins the frame of a notice.
var frameCue = regexp.MustCompile(`(?i)^[\s>|*_]*your reply (?:goes to|stays in)\b`)
