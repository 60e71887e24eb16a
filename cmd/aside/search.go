package main

import (
	"context"
	"fmt"
	"strings"

	"aside/store"
)

// searchCmd searches the messages.
type searchCmd struct {
	configFlag
	jsonFlag
	Limit int      `default:"50" help:"How many messages at most, the newest first."`
	Words []string `arg:"" help:"Words that must all occur; one with signs in it, such as 4-711, is a phrase."`
}

// Help is shown by --help.
func (searchCmd) Help() string {
	return "Example:\n  aside search --config aside.toml kettle 4-711\n\nA message can be found as soon as it was taken."
}

// hit is a message as `aside search` prints it.
type hit struct {
	Ticket       int64  `json:"ticket"`
	Subject      string `json:"subject"`
	Status       string `json:"status"`
	Team         string `json:"team"`
	Conversation string `json:"conversation"`
	Author       string `json:"author"`
	Excerpt      string `json:"excerpt"`
	At           stamp  `json:"at"`
}

// Run prints what was found; nothing found is no failure.
func (c searchCmd) Run(ctx context.Context, o output) error {
	if err := positive(c.Limit); err != nil {
		return err
	}
	var found *store.Results
	err := view(ctx, c.Config, func(tx *store.Tx) (err error) {
		found, err = tx.Search(strings.Join(c.Words, " "), nil, c.Limit, c.Limit)
		return err
	})
	if err != nil {
		return err
	}
	var hits []hit
	for _, f := range found.Hits {
		hits = append(hits, hit{Ticket: f.Ticket, Subject: f.Subject, Status: f.Status, Team: f.Team,
			Conversation: f.Conversation, Author: f.Author, Excerpt: f.Excerpt, At: stamp{f.At}})
	}
	if found.Behind {
		fmt.Fprintln(o.err, "The search has not got to older mail yet. Try again in a few minutes to find that, too.")
	}
	if c.JSON {
		return printList(o.out, hits)
	}
	for _, h := range hits {
		fmt.Fprintf(o.out, "#%d %s\n    %s, %s, %s: %s\n", h.Ticket, plainLine(h.Subject), h.At.text(), h.Conversation, plainLine(h.Author), plainLine(h.Excerpt))
	}
	if len(hits) == 0 {
		fmt.Fprintln(o.err, "Nothing found.")
	}
	return nil
}

// positive refuses a limit that would show nothing, or everything.
func positive(limit int) error {
	if limit < 1 {
		return usageError{fmt.Errorf("--limit %d: give a number from 1", limit)}
	}
	return nil
}
