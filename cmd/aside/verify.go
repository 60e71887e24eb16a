package main

import (
	"context"
	"fmt"

	"aside/store"
)

// verifyCmd checks what is stored.
type verifyCmd struct {
	configFlag
	jsonFlag
}

// Help is shown by --help.
func (verifyCmd) Help() string {
	return "Example:\n  aside verify --config aside.toml\n\nThe daemon may go on working meanwhile. Every stored mail is read, so it takes its time."
}

// Run fails when something is wrong.
func (c verifyCmd) Run(ctx context.Context, o output) error {
	var f *store.Findings
	err := withStore(ctx, c.Config, func(s *store.Store) (err error) { f, err = s.Verify(ctx); return err })
	if err != nil {
		return err
	}
	f.Problems = list(f.Problems)
	if c.JSON {
		err = printJSON(o.out, f)
	} else {
		for _, p := range f.Problems {
			fmt.Fprintln(o.out, plainLine(p))
		}
		_, err = fmt.Fprintf(o.out, "%d tickets, %d messages, %d events and %d stored pieces of mail were checked.\n", f.Tickets, f.Messages, f.Events, f.Blobs)
	}
	if err == nil && len(f.Problems) > 0 {
		err = fmt.Errorf("%d problems. Leave the files as they are and put the latest backup in their place: docs/admin.md, \"A damaged database\", has the steps", len(f.Problems))
	}
	return err
}
