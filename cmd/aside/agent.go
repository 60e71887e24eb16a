package main

import (
	"errors"
	"strings"

	"aside/config"
)

// agentCmd is about the agents.
type agentCmd struct {
	List   agentListCmd   `cmd:"" help:"List the agents of the config."`
	Passwd agentPasswdCmd `cmd:"" help:"Set an agent's password (not in this version)."`
}

// Help is shown by --help.
func (agentCmd) Help() string { return "Example:\n  aside agent list --config aside.toml" }

// agentListCmd lists the agents.
type agentListCmd struct {
	configFlag
	jsonFlag
}

// Help is shown by --help.
func (agentListCmd) Help() string { return "Example:\n  aside agent list --config aside.toml" }

// agentRow is an agent as `aside agent list` prints it.
type agentRow struct {
	Handle    string   `json:"handle"`
	Name      string   `json:"name"`
	Addresses []string `json:"addresses"` // notices go to the first
	Teams     []string `json:"teams"`
	Role      string   `json:"role"`
	Notify    string   `json:"notify"`
	Timezone  string   `json:"timezone"`
}

// Run lists them in the config's order.
func (c agentListCmd) Run(o output) error {
	conf, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	var rows []agentRow
	table := [][]string{{"HANDLE", "NAME", "ROLE", "TEAMS", "NOTIFY", "ADDRESSES"}}
	for _, a := range conf.Directory.Agents {
		r := agentRow{Handle: a.Handle, Name: a.Name, Addresses: list(a.Addresses), Teams: list(a.Teams),
			Role: string(a.Role), Notify: string(a.Notify), Timezone: a.Location.String()}
		rows = append(rows, r)
		table = append(table, []string{r.Handle, r.Name, r.Role, orDash(strings.Join(r.Teams, ", ")), r.Notify, strings.Join(r.Addresses, ", ")})
	}
	if c.JSON {
		return printList(o.out, rows)
	}
	return printTable(o.out, table)
}

// agentPasswdCmd belongs to submission and IMAP, which come later.
type agentPasswdCmd struct {
	configFlag
	Handle string `arg:"" help:"The agent's handle."`
}

// Help is shown by --help.
func (agentPasswdCmd) Help() string {
	return "Example:\n  aside agent passwd dana --config aside.toml\n\nNot in this version: agents prove themselves by their token."
}

// Run says so.
func (agentPasswdCmd) Run() error {
	return usageError{errors.New("agent passwd: not in this version")}
}
