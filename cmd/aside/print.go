package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"aside"
	"aside/config"
	"aside/store"
)

// jsonFlag is what commands have that list something.
type jsonFlag struct {
	JSON bool `name:"json" help:"Print JSON, as docs/contract.md has it."`
}

// withStore runs a command on the store of a config.
func withStore(ctx context.Context, file string, do func(*store.Store) error) error {
	conf, err := config.Load(file)
	if err != nil {
		return err
	}
	s, err := existingStore(ctx, conf)
	if err != nil {
		return err
	}
	err = do(s)
	if closed := s.Close(); err == nil {
		err = closed
	}
	return err
}

// view is withStore for a command that only looks.
func view(ctx context.Context, file string, look func(*store.Tx) error) error {
	return withStore(ctx, file, func(s *store.Store) error { return s.View(ctx, look) })
}

// stamp is a time in JSON: RFC 3339 in UTC with whole seconds, null when there
// is none.
type stamp struct{ time.Time }

// MarshalJSON implements json.Marshaler.
func (s stamp) MarshalJSON() ([]byte, error) {
	if s.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(s.UTC().Format(time.RFC3339))
}

// text is the time in a listing.
func (s stamp) text() string {
	if s.IsZero() {
		return "-"
	}
	return s.UTC().Format("2006-01-02 15:04:05 UTC")
}

// printJSON prints one value on a line of its own.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// printList prints each value on a line of its own, like `aside read`: a list
// can be read while it is being written, and an empty one is nothing.
func printList[T any](w io.Writer, list []T) error {
	for _, v := range list {
		if err := printJSON(w, v); err != nil {
			return err
		}
	}
	return nil
}

// printTable prints rows in columns; the first row is the heading.
func printTable(w io.Writer, rows [][]string) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = plainLine(cell)
		}
		fmt.Fprintln(tw, strings.Join(row, "\t"))
	}
	return tw.Flush()
}

// plain takes out of strangers' words what would steer a terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if aside.Steers(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// plainLine is plain in one line.
func plainLine(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }

// indent puts the same before each line.
func indent(s, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+by)
}

// shortened cuts a text for a column.
func shortened(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// orDash is the text, or a dash where a column would be empty.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// list is the slice, never nil: lists in JSON are [] and never null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
