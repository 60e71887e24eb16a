package aside

import (
	"sort"
	"strings"
	"time"
)

// Role is what an agent may do beyond answering.
type Role string

// Roles of an agent.
const (
	RoleAgent   Role = "agent"
	RoleManager Role = "manager"
)

// Notify tells which tickets an agent gets notices of without being named.
type Notify string

// The notify settings: the rooms the agent is in, all tickets of the agent's
// teams, or only what names the agent.
const (
	NotifyRoom     Notify = "room"
	NotifyAll      Notify = "all"
	NotifyMentions Notify = "mentions"
)

// Agent is a member of the team, known by handle.
type Agent struct {
	Handle        string
	Name          string
	Addresses     []string // lower-case; the first is the registered one
	Teams         []string
	Role          Role
	Notify        Notify
	Location      *time.Location
	OwnSignatures []string // lines of the agent's clients to cut
}

// Address is where the agent's notices go.
func (a *Agent) Address() string { return a.Addresses[0] }

// InTeam reports whether the agent belongs to the team.
func (a *Agent) InTeam(team string) bool {
	for _, t := range a.Teams {
		if t == team {
			return true
		}
	}
	return false
}

// FirstName is the name customers see.
func (a *Agent) FirstName() string {
	if f := strings.Fields(a.Name); len(f) > 0 {
		return f[0]
	}
	return a.Handle
}

// Team is a named group of agents.
type Team struct {
	Name string
}

// Card is an entry of the config's address book, so that agents can write
// /side dhl.
type Card struct {
	Name    string
	Address string
	Due     string // a WHEN such as "1d"; empty for none
}

// SubjectTag says in which conversations a desk's subjects carry [#1042].
type SubjectTag string

// The subject_tag settings of a desk.
const (
	TagSide SubjectTag = "side"
	TagAll  SubjectTag = "all"
	TagNone SubjectTag = "none"
)

// Desk is a public address with its name, team, signature and rules.
type Desk struct {
	Address     string // lower-case, support@example.com
	Name        string
	Team        string
	Signature   string
	Location    *time.Location
	Language    string
	Acknowledge bool
	SubjectTag  SubjectTag
	Separator   string // one character, "+" by default
	ReplyDomain string // domain of token addresses; the desk's own when empty
	LeakGuard   LeakGuard
}

// LeakGuard is what happens to an agent's mail that carries a passage, a file
// or an address of a conversation that its audience does not hear.
type LeakGuard string

// The settings of the leak guard. The zero value is LeakGuardHold.
const (
	LeakGuardHold LeakGuard = "hold"
	LeakGuardOff  LeakGuard = "off"
)

// Local is the local part of the desk's address.
func (d *Desk) Local() string { return d.Address[:strings.LastIndexByte(d.Address, '@')] }

// Domain is the domain of the desk's address.
func (d *Desk) Domain() string { return d.Address[strings.LastIndexByte(d.Address, '@')+1:] }

// at reports whether the desk takes mail at the domain.
func (d *Desk) at(domain string) bool { return domain == d.Domain() || domain == d.TokenDomain() }

// TokenDomain is the domain that token addresses and Message-IDs of the desk
// use.
func (d *Desk) TokenDomain() string {
	if d.ReplyDomain != "" {
		return d.ReplyDomain
	}
	return d.Domain()
}

// Sub is the desk's address with a detail: support+detail@example.com.
func (d *Desk) Sub(detail string) string {
	return d.Local() + d.Separator + detail + "@" + d.TokenDomain()
}

// Separators are the characters of which one stands between a desk's name and a
// detail.
const Separators = "+-_.="

// NoticeDetail is the detail of the address that notices come from.
const NoticeDetail = "notice"

// MaxDeskLocal is the longest local part of a desk: 23 octets, the separator
// and a token of 40 fill the 64 of RFC 5321 section 4.5.3.1.1.
const MaxDeskLocal = 23

// Directory is who and what the config names: desks, teams, agents and the
// address book. It is immutable once made; a reload makes another.
type Directory struct {
	Desks  []*Desk
	Teams  []*Team
	Agents []*Agent
	Cards  []*Card

	agentByAddress map[string]*Agent
	agentByHandle  map[string]*Agent
	byLength       []*Desk // longest local part first: the longest desk name wins
	signed         func(address string) bool
}

// NewDirectory indexes the given entries. The slices must not change later.
func NewDirectory(desks []*Desk, teams []*Team, agents []*Agent, cards []*Card) *Directory {
	d := &Directory{Desks: desks, Teams: teams, Agents: agents, Cards: cards,
		agentByAddress: map[string]*Agent{}, agentByHandle: map[string]*Agent{}}
	for _, a := range agents {
		d.agentByHandle[strings.ToLower(a.Handle)] = a
		for _, addr := range a.Addresses {
			d.agentByAddress[FoldAddress(addr)] = a
		}
	}
	d.byLength = append([]*Desk(nil), desks...)
	sort.SliceStable(d.byLength, func(i, j int) bool {
		return len(d.byLength[i].Local()) > len(d.byLength[j].Local())
	})
	return d
}

// WithTokens returns the directory with a test for addresses that carry a token
// of ours. Such an address is ours whatever stands before the token and behind
// the @: mail that left under a former separator, reply domain or name of a
// desk is answered for years. Without the test none is known.
func (d *Directory) WithTokens(signed func(address string) bool) *Directory {
	out := *d
	out.signed = signed
	return &out
}

// AgentByAddress returns the agent with that address, or nil.
func (d *Directory) AgentByAddress(addr string) *Agent { return d.agentByAddress[FoldAddress(addr)] }

// AgentByHandle returns the agent with that handle in any case, or nil.
func (d *Directory) AgentByHandle(h string) *Agent { return d.agentByHandle[strings.ToLower(h)] }

// Handles are those of all agents.
func (d *Directory) Handles() (all []string) {
	for _, a := range d.Agents {
		all = append(all, a.Handle)
	}
	return all
}

// Team returns the team with that name in any case, or nil.
func (d *Directory) Team(name string) *Team {
	for _, t := range d.Teams {
		if strings.EqualFold(t.Name, name) {
			return t
		}
	}
	return nil
}

// TeamAgents returns the members of a team in the config's order.
func (d *Directory) TeamAgents(team string) []*Agent {
	var out []*Agent
	for _, a := range d.Agents {
		if a.InTeam(team) {
			out = append(out, a)
		}
	}
	return out
}

// Card returns the address book's entry with that name in any case, or nil.
func (d *Directory) Card(name string) *Card {
	for _, c := range d.Cards {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// Desk returns the desk with exactly that public address, or nil.
func (d *Directory) Desk(addr string) *Desk {
	addr = FoldAddress(addr)
	for _, k := range d.Desks {
		if k.Address == addr {
			return k
		}
	}
	return nil
}

// DeskOrFirst is Desk; where the config names that desk no longer, it is the
// first one.
func (d *Directory) DeskOrFirst(addr string) *Desk {
	if k := d.Desk(addr); k != nil {
		return k
	}
	return d.Desks[0]
}

// Resolve finds the desk that an address belongs to, and the detail after the
// separator. postmaster and abuse of a desk's domain reach the first desk of
// that domain (RFC 5321 section 4.5.1, RFC 2142), and a bare postmaster the
// first desk of all. The longest desk name wins: help+desk@ is found before
// help@ with the detail "desk". Behind a separator that the desk does not have
// now, only a token and the notices' own "notice" are a detail.
func (d *Directory) Resolve(addr string) (desk *Desk, detail string, ok bool) {
	addr = FoldAddress(addr)
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		if addr == "postmaster" && len(d.Desks) > 0 {
			return d.Desks[0], "", true
		}
		return nil, "", false
	}
	local, domain := strings.Trim(addr[:at], `"`), addr[at+1:]
	for _, k := range d.byLength {
		if !k.at(domain) {
			continue
		}
		if local == k.Local() {
			return k, "", true
		}
		if rest, found := strings.CutPrefix(local, k.Local()+k.Separator); found {
			return k, rest, true
		}
	}
	if local == "postmaster" || local == "abuse" {
		for _, k := range d.Desks {
			if k.at(domain) {
				return k, "", true
			}
		}
	}
	return d.former(addr, local, domain)
}

// former finds the desk of an address that was written with another separator.
func (d *Directory) former(addr, local, domain string) (desk *Desk, detail string, ok bool) {
	signed := d.hasToken(addr)
	for _, k := range d.byLength {
		rest, found := strings.CutPrefix(local, k.Local())
		if !found || !k.at(domain) || rest == "" || !strings.Contains(Separators, rest[:1]) {
			continue
		}
		if detail = rest[1:]; signed || detail == NoticeDetail {
			return k, detail, true
		}
	}
	return nil, "", false
}

func (d *Directory) hasToken(addr string) bool { return d.signed != nil && d.signed(addr) }

// IsOurs reports whether the address is a desk's, with or without a detail, or
// carries a token of ours: such addresses never become participants.
func (d *Directory) IsOurs(addr string) bool {
	_, _, ok := d.Resolve(addr)
	return ok || d.hasToken(addr)
}
