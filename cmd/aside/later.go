package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// laterCmd is a command of a version to come, however it will be called.
type laterCmd struct {
	Config string   `placeholder:"FILE" help:"The config file, such as /etc/aside/aside.toml."`
	Args   []string `arg:"" optional:"" passthrough:"" hidden:""`
}

// Run says so.
func (laterCmd) Run(k *kong.Context) error {
	return usageError{fmt.Errorf("%s: not in this version", strings.TrimPrefix(k.Selected().FullPath(), k.Model.Name+" "))}
}

// laterHelp is what --help says of one.
func laterHelp(example, does string) string {
	return "Example, of a later version:\n  " + example + "\n\nNot in this version. It will " + does
}

// reportCmd is about figures.
type reportCmd struct{ laterCmd }

// Help is shown by --help.
func (reportCmd) Help() string {
	return laterHelp("aside report --config aside.toml", "print how many tickets came and how soon they were answered. Until then aside ticket list --json has what can be counted.")
}

// eventsCmd is about the histories of tickets.
type eventsCmd struct{ laterCmd }

// Help is shown by --help.
func (eventsCmd) Help() string {
	return laterHelp("aside events --config aside.toml", "print the histories of all tickets. Until then aside ticket show prints that of one.")
}

// exportCmd and eraseCmd are about a person's data.
type exportCmd struct{ laterCmd }

// Help is shown by --help.
func (exportCmd) Help() string {
	return laterHelp("aside export jane@customer.example --config aside.toml", "write down what is kept about a person.")
}

type eraseCmd struct{ laterCmd }

// Help is shown by --help.
func (eraseCmd) Help() string {
	return laterHelp("aside erase jane@customer.example --config aside.toml", "erase what is kept about a person.")
}

// dkimCmd is about the keys that sign mail.
type dkimCmd struct {
	New dkimNewCmd `cmd:"" default:"withargs" help:"Make a key and print its DNS record (not in this version)."`
}

// Help is shown by --help.
func (dkimCmd) Help() string { return dkimNewCmd{}.Help() }

type dkimNewCmd struct{ laterCmd }

// Help is shown by --help.
func (dkimNewCmd) Help() string {
	return laterHelp("aside dkim new --config aside.toml", "make a key and print its DNS record. Until then docs/admin.md has the steps.")
}
