// Command load plays a helpdesk's day against the real daemon, and measures
// it: what each mail takes from the customer's connection to the notice in the
// agent's mailbox, beside Postfix, and with stores of up to a million tickets.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Day     dayCmd     `cmd:"" default:"withargs" help:"Play a day and write a report. This is what runs where no command is named."`
	Peers   peersCmd   `cmd:"" help:"Compare aside with Postfix in one run, as ratios."`
	Grow    growCmd    `cmd:"" help:"Measure with stores of a thousand to a million tickets."`
	Fill    fillCmd    `cmd:"" help:"Fill a store with many tickets."`
	Profile profileCmd `cmd:"" help:"Say where the daemon's CPU time goes, part by part."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	k := kong.Parse(&c, kong.Name("load"), kong.Description("Plays a helpdesk's day against the real daemon, and measures it."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(os.Stdout, (*io.Writer)(nil)), kong.UsageOnError())
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		stop()
		os.Exit(1)
	}
}
