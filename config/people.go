package config

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"aside"
)

var (
	// wordForm is a name that can be written in a command and after @. It ends
	// in a letter or digit, so that "ask @dana." names dana.
	wordForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$`)
	// cardForm is a name in the address book: one word, in any script.
	cardForm = regexp.MustCompile(`^[\p{L}\p{N}]([\p{L}\p{M}\p{N}._-]*[\p{L}\p{M}\p{N}])?$`)
	// dueForm takes less than a command's WHEN does, and nothing that it would
	// refuse: a mistake shows at load, not when an agent writes /side.
	dueForm = regexp.MustCompile(`^(?i:([1-9][0-9]{0,2}) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?)|` +
		`(until )?(tomorrow|(mon|tues?|wed|thu|fri|sat|sun)|(mon|tues|wednes|thurs|fri|satur|sun)day)` +
		`( ((0?[1-9]|1[0-2])(:[0-5][0-9])? ?(am|pm)|([01]?[0-9]|2[0-3]):[0-5][0-9]))?)$`)
)

// maxName is how many octets a display name or word may have: it has to leave
// room for other words in a header line (RFC 5322 section 2.1.1).
const maxName = 128

const wordHint = "one word of letters a to z, digits, and . _ - inside"

// agentEntry is an agent while it is checked, with the table that it stands
// in.
type agentEntry struct {
	*aside.Agent
	t *table
}

// deskEntry is the same for a desk.
type deskEntry struct {
	*aside.Desk
	t *table
}

// directory reads [[team]], [[agent]], [[desk]] and [[contact]], and checks
// them against each other.
func (l *loader) directory(top *table) *aside.Directory {
	teams, words := l.teams(top.subs("team"))
	desks := l.desks(top.subs("desk"), teams)
	agents := l.agents(top.subs("agent"), teams, words, desks)
	cards := l.cards(top.subs("contact"), words)
	if !top.has("desk") || isEmpty(top.values["desk"]) {
		top.problem("desk", `write [[desk]] with address = "support@example.com"`, "there is none, and no mail would be for aside")
	}
	var d []*aside.Desk
	for _, k := range desks {
		d = append(d, k.Desk)
	}
	var a []*aside.Agent
	for _, g := range agents {
		a = append(a, g.Agent)
	}
	dir := aside.NewDirectory(d, teams, a, cards)
	l.crewed(desks, dir)
	l.outsideDesks(agents, dir)
	return dir
}

// teams reads [[team]]. The words it returns are those that handles and names
// in the address book cannot be, each with what it is.
func (l *loader) teams(tables []*table) ([]*aside.Team, map[string]string) {
	words := map[string]string{}
	for _, w := range []string{"me", "none", "aside"} {
		words[w] = "a word of the commands"
	}
	var out []*aside.Team
	for _, t := range tables {
		if name, ok := t.word("name", "support", words); ok {
			words[name] = fmt.Sprintf("the team of line %d", t.lineOf("name"))
			out = append(out, &aside.Team{Name: name})
		}
	}
	return out, words
}

// word reads a name that commands use, lower-cased, and takes care that no two
// things share one.
func (t *table) word(key, example string, words map[string]string) (string, bool) {
	s, ok := t.required(key, example)
	if !ok {
		return "", false
	}
	word := strings.ToLower(s)
	if !wordForm.MatchString(word) || len(word) > maxName {
		t.problem(key, wordHint, "%s cannot be used in commands", quote(s))
		return "", false
	}
	if what, taken := words[word]; taken {
		t.problem(key, "choose another", "%s is %s", quote(s), what)
		return "", false
	}
	return word, true
}

// displayName reads a name that mail headers show.
func (t *table) displayName(key, otherwise string) string {
	s := t.text(key, otherwise)
	if len(s) > maxName {
		t.problem(key, "", "is longer than %d bytes", maxName)
	}
	if s == "" {
		return otherwise
	}
	return s
}

// agents reads [[agent]].
func (l *loader) agents(tables []*table, teams []*aside.Team, words map[string]string, desks []deskEntry) []agentEntry {
	var out []agentEntry
	addresses, names := map[string]int{}, map[string]int{}
	for _, t := range tables {
		handle, ok := t.word("handle", "dana", words)
		if ok {
			words[handle] = fmt.Sprintf("the handle of line %d", t.lineOf("handle"))
		}
		a := &aside.Agent{
			Handle:        handle,
			Name:          t.displayName("name", handle),
			Role:          aside.Role(t.choice("role", "agent", "agent", "manager")),
			Notify:        aside.Notify(t.choice("notify", "room", "room", "all", "mentions")),
			OwnSignatures: compact(t.list("own_signatures", nil)),
		}
		if a.Name != "" {
			t.unique("name", strings.ToLower(a.Name), names)
		}
		a.Addresses = l.agentAddresses(t, addresses)
		a.Teams = l.agentTeams(t, teams)
		a.Location = t.zone("timezone", zoneOf(a, desks))
		// A broken one is reported, and counts as its team's member all the same.
		out = append(out, agentEntry{a, t})
	}
	return out
}

// zoneOf is the time zone of the first desk that one of the agent's teams
// serves, or UTC.
func zoneOf(a *aside.Agent, desks []deskEntry) *time.Location {
	for _, k := range desks {
		if a.InTeam(k.Team) {
			return k.Location
		}
	}
	return time.UTC
}

func (l *loader) agentAddresses(t *table, taken map[string]int) []string {
	problems := len(l.problems)
	given := t.list("addresses", nil)
	if len(given) == 0 && len(l.problems) == problems {
		t.problem("addresses", `write addresses = ["dana@example.com"]`, "is missing")
	}
	var out []string
	for i, s := range given {
		if s == "" {
			continue // reported already
		}
		folded, c := checkAddress(s)
		if c.text != "" {
			t.problemIn("addresses", i, c.hint, "%s", c.text)
			continue
		}
		if line, ok := taken[folded]; ok {
			t.problemIn("addresses", i, "an address belongs to one agent", "%s is taken by line %d", quote(folded), line)
			continue
		}
		taken[folded] = t.lineOf("addresses")
		out = append(out, folded)
	}
	return out
}

func (l *loader) agentTeams(t *table, teams []*aside.Team) []string {
	var out []string
	given := t.list("teams", nil)
	for i, s := range given {
		if s == "" {
			continue // reported already
		}
		name, hint := findTeam(s, teams)
		if name == "" {
			t.problemIn("teams", i, hint, "there is no team %s", quote(s))
			continue
		}
		out = append(out, name)
	}
	t.repeated("teams", given)
	return out
}

// findTeam returns the team's name as it is kept, or what to do about a name
// that no team has.
func findTeam(s string, teams []*aside.Team) (name, hint string) {
	s = strings.ToLower(s)
	var names []string
	for _, t := range teams {
		if t.Name == s {
			return s, ""
		}
		names = append(names, t.Name)
	}
	if n := nearest(s, names); n != "" {
		return "", fmt.Sprintf("did you mean %q?", n)
	}
	return "", fmt.Sprintf("write [[team]] with name = %s", quote(s))
}

// desks reads [[desk]].
func (l *loader) desks(tables []*table, teams []*aside.Team) []deskEntry {
	var out []deskEntry
	taken, replies := map[string]int{}, map[string]int{}
	for _, t := range tables {
		address, ok := l.deskAddress(t)
		d := &aside.Desk{
			Address:     address,
			Team:        l.deskTeam(t, teams),
			Location:    t.zone("timezone", time.UTC),
			Language:    t.language("language"),
			Acknowledge: t.flag("acknowledge", true),
			SubjectTag:  aside.SubjectTag(t.choice("subject_tag", "side", "side", "all", "none")),
			Separator:   t.choice("separator", "+", strings.Split(aside.Separators, "")...),
			ReplyDomain: t.domain("reply_domain"),
			LeakGuard:   aside.LeakGuard(t.choice("leak_guard", "hold", "hold", "off")),
		}
		d.Signature, _ = t.block("signature")
		if _, ok := t.required("name", "Example Support"); ok {
			d.Name = t.displayName("name", "")
		}
		if !ok || !t.unique("address", address, taken) {
			continue
		}
		replyTo := d.Local() + "@" + d.TokenDomain()
		if line, ok := replies[replyTo]; ok {
			t.problem("reply_domain", "give one of them another reply_domain", "replies would go to %s, as those of the desk of line %d", replyTo, line)
		}
		replies[replyTo] = t.lineOf("address")
		out = append(out, deskEntry{d, t})
	}
	return out
}

func (l *loader) deskAddress(t *table) (string, bool) {
	address, ok := t.address("address", "support@example.com")
	if !ok {
		return "", false
	}
	if local := address[:strings.LastIndexByte(address, '@')]; len(local) > aside.MaxDeskLocal {
		t.problem("address", "a reply address has to hold this name and a token",
			"%s has %d characters before the @, at most %d fit", quote(address), len(local), aside.MaxDeskLocal)
		return "", false
	}
	return address, true
}

func (l *loader) deskTeam(t *table, teams []*aside.Team) string {
	s, ok := t.required("team", "support")
	if !ok {
		return ""
	}
	name, hint := findTeam(s, teams)
	if name == "" {
		t.problem("team", hint, "there is no team %s", quote(s))
	}
	return name
}

// language reads a language tag (RFC 5646); "en" by default.
func (t *table) language(key string) string {
	s := t.text(key, "en")
	if !languageForm.MatchString(s) || len(s) > 35 {
		t.problem(key, `a language is written "en", "de" or "pt-BR"`, "%s is no language tag", quote(s))
	}
	return s
}

// crewed finds desks whose mail nobody would read.
func (l *loader) crewed(desks []deskEntry, d *aside.Directory) {
	for _, k := range desks {
		if k.Team != "" && len(d.TeamAgents(k.Team)) == 0 {
			k.t.problem("team", fmt.Sprintf("add teams = [%q] to an [[agent]]", k.Team),
				"no agent is in team %q, and nobody would hear of this desk's mail", k.Team)
		}
	}
}

// outsideDesks finds agents whose own mail would come back as tickets.
func (l *loader) outsideDesks(agents []agentEntry, d *aside.Directory) {
	for _, a := range agents {
		given, _ := a.t.values["addresses"].([]any)
		for i, v := range given {
			s, _ := v.(string)
			if k, _, ok := d.Resolve(s); ok && strings.Contains(s, "@") {
				a.t.problemIn("addresses", i, "use the agent's own address",
					"%s reaches the desk %s, so it cannot be an agent's", quote(s), k.Address)
			}
		}
	}
}

// cards reads [[contact]]. A name in the address book is no agent's handle and
// no team: /add must not reach an outsider where a colleague was meant.
func (l *loader) cards(tables []*table, words map[string]string) []*aside.Card {
	var out []*aside.Card
	taken := map[string]int{}
	for _, t := range tables {
		c := &aside.Card{}
		if name, ok := t.required("name", "courier"); ok && t.cardName(name, words) && t.unique("name", strings.ToLower(name), taken) {
			c.Name = name
		}
		c.Address, _ = t.address("address", "business@courier.example")
		c.Due = t.text("due", "")
		if c.Due != "" && !dueForm.MatchString(c.Due) {
			t.problem("due", `write "4h", "1d", "tomorrow" or "monday 9am"`, "%s is no time to answer in", quote(c.Due))
		}
		out = append(out, c)
	}
	return out
}

// cardName judges a name for /side: it must not read as another of its words.
func (t *table) cardName(name string, words map[string]string) bool {
	folded := strings.ToLower(name)
	if !cardForm.MatchString(name) || len(name) > maxName {
		t.problem("name", "one word of letters, digits, and . _ - inside", "%s cannot be used in /side", quote(name))
		return false
	}
	switch folded {
	case "cc-customer", "due", "share", "subject":
		t.problem("name", "choose another", "%s is a word of /side itself", quote(name))
		return false
	}
	if what, taken := words[folded]; taken {
		t.problem("name", "choose another", "%s is %s", quote(name), what)
		return false
	}
	return true
}

// compact leaves out the elements that were reported as no text.
func compact(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
