package guard

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aside"
	"aside/templates"
	"aside/threading/mark"
)

// Marks are what carries a marker or an agent's token. They are ours alone, so
// no release lets them leave.
func (m *Mail) Marks() []Finding {
	page := Text{text: m.Reading.HTML}
	page.scanMarks(m.Keys, page.text)
	for _, t := range slices.Concat(m.Texts, m.Meant, []Text{page}) {
		found := m.internalMark(t)
		if found == "" {
			found = m.internalName(t.text)
		}
		if found == "" {
			found = m.internalName(t.binary)
		}
		if found != "" {
			return []Finding{{Guard: Marker, Never: true, Reason: templates.Reason{Line: found,
				Why: "This is a sign of our own notices, so part of one is still in your mail. Please take it out and answer again."}}}
		}
	}
	return nil
}

// sideTag is the tag of a side conversation or of the notes, as subjects of
// notices have it.
var sideTag = regexp.MustCompile(`(?i)#(\d{1,12})(?:-([a-z]{2})\b| team\])`)

// addressLike finds what may be an address that notices come from.
var addressLike = regexp.MustCompile(`[A-Za-z0-9._%+=-]{3,64}@[A-Za-z0-9.-]{3,255}`)

// internalName finds what only notices name: the address they come from, and
// the tag of another conversation of this ticket. Where a client quotes in a
// way that nobody knows, these stand in what it copies above.
func (m *Mail) internalName(text string) string {
	for _, t := range sideTag.FindAllStringSubmatch(text, 100) {
		own := m.To != nil && strings.EqualFold(t[2], m.To.Tag) && t[2] != ""
		if m.View != nil && t[1] == strconv.FormatInt(m.View.Ticket.Number, 10) && !own && m.hasTag(t[2]) {
			return t[0]
		}
	}
	for _, a := range addressLike.FindAllString(text, 1000) {
		if _, detail, ok := m.Dir.Resolve(a); ok && strings.EqualFold(detail, aside.NoticeDetail) {
			return a
		}
	}
	if strings.Contains(text, "REPLY") || strings.Contains(text, "Snooze") { // files may be long
		if found := frameWords.FindString(text); found != "" {
			return found
		}
	}
	return m.bylineIn(text)
}

// frameWords are what the frame of every notice says, whatever stands between
// its words: where something on the way put words of its own into each quoted
// line, no line is known again and the marker may be gone.
var frameWords = regexp.MustCompile(`YOUR[^\pL]+REPLY[^\pL]+(?:GOES[^\pL]+TO|STAYS[^\pL]+IN[^\pL]+THE[^\pL]+TEAM)|Snooze[^\pL]+Take[^\pL]+Note[^\pL]+Ask[^\pL]+someone`)

// bylineBefore is the rest of an introduction with a notice's sender in it.
var bylineBefore = regexp.MustCompile(`(?m)\((?:customer|copied|side|colleague|not taking part)\)[^\n]{0,80}:[ \t]*$`)

// bylineIn finds the name of a notice's sender as only notices write it. A
// quotation's header that a gateway broke may leave it behind.
func (m *Mail) bylineIn(text string) string {
	if !strings.Contains(text, "(") {
		return ""
	}
	if found := bylineBefore.FindString(text); found != "" {
		return strings.TrimSpace(found)
	}
	line := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, a := range m.Dir.Agents {
		for _, role := range []string{" (to ", " (note)", " (colleague)"} {
			if strings.Contains(line, strings.ToLower(a.Name)+role) {
				return a.Name + role
			}
		}
	}
	return ""
}

// clockTime is how an introduction of quoted words tells when.
var clockTime = regexp.MustCompile(`\d{1,2}[:.h]\d{2}`)

// introduction is what ends with a colleague's full name behind a time
// of day: the first half of "On Monday at 10:30 Dana Reyes (to Jane) wrote",
// which a client broke within the name of a notice's sender.
func (m *Mail) introduction() (out []Finding) {
	lines := strings.Split(strings.TrimSpace(m.Reading.Text), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if !clockTime.MatchString(last) {
		return nil
	}
	for _, a := range m.Dir.Agents {
		if strings.Contains(a.Name, " ") && strings.HasSuffix(strings.ToLower(last), strings.ToLower(a.Name)) {
			out = append(out, found("introduction", last, "This looks like the line by which your mail program introduces quoted words."))
		}
	}
	return out
}

// hasTag reports whether the ticket has such a side conversation; an empty tag
// is the notes'.
func (m *Mail) hasTag(tag string) bool {
	return tag == "" || slices.ContainsFunc(m.View.Conversations, func(c *aside.Conversation) bool { return strings.EqualFold(c.Tag, tag) })
}

// internalMark finds a marker, an agent's token or a notice's Message-ID in a
// text.
func (m *Mail) internalMark(t Text) string {
	if len(t.markers) > 0 {
		return t.markers[0]
	}
	for _, s := range t.signed {
		if s.ID.Purpose == mark.Internal || s.ID.Purpose != mark.External && m.agentToken(s.Token) {
			return s.Text
		}
	}
	return ""
}

// agentToken reports whether a valid token is an agent's: every one that is
// no participant's.
func (m *Mail) agentToken(t mark.Token) bool {
	if t.Purpose != mark.Reply {
		return t.Purpose == mark.NoticeBounce
	}
	agent, err := m.Tx.AgentOfHolder(t.Holder)
	return err != nil || agent != ""
}
