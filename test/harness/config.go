package harness

import (
	"fmt"
	"strings"
)

// Config is the installation under test. The zero value is no good: start
// from Usual.
type Config struct {
	Desks     []Desk
	Agents    []Agent
	Contacts  []Contact
	SendDelay string
	Max       string // server.max_message
	Trust     string // TOML of [trust]; by default agents are known by their tokens and DNS is not asked
	Extra     string // more TOML, put at the end
	DSN       string // of a PostgreSQL database; SQLite when empty, unless the environment says otherwise
	SQLite    bool   // whatever the environment says
	Relay     string // outbound.relay; a maildir in the installation's folder when empty
}

// Desk is one [[desk]].
type Desk struct {
	Address, Name, Team, Signature string
	SubjectTag                     string // "" leaves the default
	NoAcknowledge                  bool
	ReplyDomain                    string
}

// Agent is one [[agent]].
type Agent struct {
	Handle, Name, Role string
	Addresses, Teams   []string
	Notify             string   // "" leaves the default
	Signatures         []string // own_signatures
}

// Contact is one [[contact]] of the address book.
type Contact struct{ Name, Address, Due string }

// Usual is the installation of most scenarios: two desks, two agents at the
// first and one at the second.
func Usual() Config {
	return Config{
		Desks: []Desk{
			{Address: "support@example.com", Name: "Example Support", Team: "support", Signature: "Example Support, Mon-Fri 9-17"},
			{Address: "billing@example.com", Name: "Example Billing", Team: "billing"},
		},
		Agents: []Agent{
			{Handle: "dana", Name: "Dana Reyes", Addresses: []string{"dana@example.com"}, Teams: []string{"support"}, Role: "manager"},
			{Handle: "omar", Name: "Omar Haddad", Addresses: []string{"omar@example.com"}, Teams: []string{"support"}, Role: "agent"},
			{Handle: "eve", Name: "Eve Lindgren", Addresses: []string{"eve@example.com"}, Teams: []string{"billing"}, Role: "agent"},
		},
		Contacts:  []Contact{{Name: "courier", Address: "courier@vendor.example"}},
		SendDelay: "0s",
	}
}

// TOML writes the config file: state and outgoing mail below dir, SMTP at
// listen.
func (c Config) TOML(dir, listen string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "state_dir = %q\n\n[server]\nhostname = \"desk.example.com\"\nsmtp = [%q]\nhttp = \"\"\n", dir+"/state", listen)
	if c.Max != "" {
		fmt.Fprintf(&b, "max_message = %q\n", c.Max)
	}
	b.WriteString("\n" + c.trust())
	if c.DSN != "" {
		fmt.Fprintf(&b, "\n[store]\ndriver = \"postgres\"\ndsn = %q\n", c.DSN)
	}
	relay := c.Relay
	if relay == "" {
		relay = "maildir:" + dir + "/out"
	}
	fmt.Fprintf(&b, "\n[outbound]\nrelay = %q\nsend_delay = %q\n\n", relay, c.SendDelay)
	for _, t := range c.teams() {
		fmt.Fprintf(&b, "[[team]]\nname = %q\n\n", t)
	}
	for _, a := range c.Agents {
		fmt.Fprintf(&b, "[[agent]]\nhandle = %q\nname = %q\naddresses = %s\nteams = %s\nrole = %q\ntimezone = \"UTC\"\n",
			a.Handle, a.Name, tomlList(a.Addresses), tomlList(a.Teams), a.Role)
		if a.Notify != "" {
			fmt.Fprintf(&b, "notify = %q\n", a.Notify)
		}
		if len(a.Signatures) > 0 {
			fmt.Fprintf(&b, "own_signatures = %s\n", tomlList(a.Signatures))
		}
		b.WriteString("\n")
	}
	for _, k := range c.Contacts {
		fmt.Fprintf(&b, "[[contact]]\nname = %q\naddress = %q\n", k.Name, k.Address)
		if k.Due != "" {
			fmt.Fprintf(&b, "due = %q\n", k.Due)
		}
		b.WriteString("\n")
	}
	for _, d := range c.Desks {
		fmt.Fprintf(&b, "[[desk]]\naddress = %q\nname = %q\nteam = %q\nsignature = %q\ntimezone = \"UTC\"\nlanguage = \"en\"\nacknowledge = %v\n",
			d.Address, d.Name, d.Team, d.Signature, !d.NoAcknowledge)
		if d.SubjectTag != "" {
			fmt.Fprintf(&b, "subject_tag = %q\n", d.SubjectTag)
		}
		if d.ReplyDomain != "" {
			fmt.Fprintf(&b, "reply_domain = %q\n", d.ReplyDomain)
		}
		b.WriteString("\n")
	}
	return b.String() + c.Extra
}

func (c Config) trust() string {
	if c.Trust != "" {
		return "[trust]\n" + c.Trust
	}
	return "[trust]\nagents = \"token\"\nresolver = \"none\"\n"
}

func (c Config) teams() []string {
	var out []string
	seen := map[string]bool{}
	add := func(t string) {
		if !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	for _, d := range c.Desks {
		add(d.Team)
	}
	for _, a := range c.Agents {
		for _, t := range a.Teams {
			add(t)
		}
	}
	return out
}

func tomlList(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
