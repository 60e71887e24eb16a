// Command aside is a helpdesk that lives in the mail client: customers, agents
// and vendors all write mail, and this daemon in between decides who hears
// what.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"aside/store"
)

// Exit statuses, which docs/contract.md promises.
const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2
	exitDamaged = 3
)

// commands are what aside can do, one file each.
type commands struct {
	Serve   serveCmd   `cmd:"" help:"Run the daemon."`
	Demo    demoCmd    `cmd:"" help:"Play a customer, an agent and a vendor, and show their mailboxes."`
	Read    readCmd    `cmd:"" help:"Say what aside reads in mails."`
	Check   checkCmd   `cmd:"" help:"Check the config and what it depends on."`
	Agent   agentCmd   `cmd:"" help:"The agents."`
	Ticket  ticketCmd  `cmd:"" help:"The tickets."`
	Search  searchCmd  `cmd:"" help:"Search the messages."`
	Queue   queueCmd   `cmd:"" help:"What waits to be sent."`
	Why     whyCmd     `cmd:"" help:"Say where a mail ended, and why."`
	Verify  verifyCmd  `cmd:"" help:"Check the database, the histories and the stored mail."`
	Backup  backupCmd  `cmd:"" help:"Write a copy of database and keys."`
	Key     keyCmd     `cmd:"" help:"The keys that sign reply addresses."`
	Store   storeCmd   `cmd:"" help:"The database as a whole."`
	Version versionCmd `cmd:"" help:"Print the version."`

	Report reportCmd `cmd:"" hidden:"" help:"The figures (not in this version)."`
	Events eventsCmd `cmd:"" hidden:"" help:"The histories of all tickets (not in this version)."`
	Export exportCmd `cmd:"" hidden:"" help:"What is kept about a person (not in this version)."`
	Erase  eraseCmd  `cmd:"" hidden:"" help:"Erase what is kept about a person (not in this version)."`
	Dkim   dkimCmd   `cmd:"" hidden:"" help:"The keys that sign mail (not in this version)."`
}

// output is where a command writes.
type output struct {
	out, err io.Writer
}

// usageError is a mistake in how a command was called.
type usageError struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], output{os.Stdout, os.Stderr}))
}

// run is main with its surroundings given, and returns the exit status.
func run(ctx context.Context, args []string, o output) (status int) {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("aside"), kong.Description("A helpdesk that lives in the mail client."),
		kong.Writers(o.out, o.err), kong.Exit(func(code int) { exited = code }), kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(o))
	if err != nil {
		fmt.Fprintln(o.err, "aside:", err)
		return exitFailed
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help has answered
	}
	if err != nil {
		fmt.Fprintf(o.err, "aside: %v\nTry: aside --help\n", err)
		return exitUsage
	}
	if name := k.Selected().Name; name != "read" && name != "demo" { // these show a mail as it is
		out, errs := &redacting{w: o.out}, &redacting{w: o.err}
		defer func() { _ = errors.Join(out.Close(), errs.Close()) }()
		o = output{out, errs}
		k.Bind(o)
	}
	err = k.Run()
	var usage usageError
	switch {
	case errors.As(err, &usage):
		fmt.Fprintln(o.err, "aside:", err)
		return exitUsage
	case err != nil:
		fmt.Fprintln(o.err, "aside:", err)
		if errors.Is(err, store.ErrDamaged) {
			fmt.Fprintln(o.err, "Leave the files as they are and put the latest backup in their place: docs/admin.md, \"A damaged database\", has the steps. aside verify says what is wrong.")
		}
		if name := k.Selected().Name; name == "serve" && errors.Is(err, store.ErrDamaged) {
			return exitDamaged
		}
		if store.Full(err) {
			fmt.Fprintln(o.err, "Make room on the disk that holds state_dir, then call it again. What was accepted is safe.")
		}
		return exitFailed
	}
	return exitOK
}
