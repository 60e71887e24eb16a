package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"aside"
	"aside/store"
)

// queueCmd is about what waits to be sent.
type queueCmd struct {
	List  queueListCmd  `cmd:"" help:"List what waits to leave."`
	Retry queueRetryCmd `cmd:"" help:"Have mail tried again at once."`
	Drop  queueDropCmd  `cmd:"" help:"Give mail up: it will not leave."`
}

// Help is shown by --help.
func (queueCmd) Help() string {
	return "Examples:\n  aside queue list --config aside.toml\n  aside queue retry d12 --config aside.toml"
}

// queueListCmd lists the queue.
type queueListCmd struct {
	configFlag
	jsonFlag
	All   bool `help:"Also what was given up or came back."`
	Limit int  `default:"1000" help:"How many at most, the oldest first."`
}

// Help is shown by --help.
func (queueListCmd) Help() string {
	return "Examples:\n  aside queue list --config aside.toml\n  aside queue list --all --config aside.toml\n\n" +
		"An id beginning with d is a delivery to a contact, with n a notice to an agent."
}

// queueRow is an entry as `aside queue list` prints it.
type queueRow struct {
	ID       string `json:"id"`   // d12 or n7
	Kind     string `json:"kind"` // delivery or notice
	To       string `json:"to"`
	Ticket   int64  `json:"ticket"`
	State    string `json:"state"`
	Attempts int    `json:"attempts"`
	Next     stamp  `json:"next"`
	Code     int    `json:"code"`
	Detail   string `json:"detail"`
	Created  stamp  `json:"created"`
}

// Run prints them.
func (c queueListCmd) Run(ctx context.Context, o output) error {
	if err := positive(c.Limit); err != nil {
		return err
	}
	var entries []store.QueueEntry
	err := view(ctx, c.Config, func(tx *store.Tx) (err error) {
		entries, err = tx.Queue(c.All, c.Limit)
		return err
	})
	if err != nil {
		return err
	}
	var rows []queueRow
	for _, e := range entries {
		rows = append(rows, rowOf(e))
	}
	if c.JSON {
		return printList(o.out, rows)
	}
	table := [][]string{{"ID", "TO", "TICKET", "STATE", "ATTEMPTS", "NEXT", "CODE", "DETAIL"}}
	for _, r := range rows {
		table = append(table, []string{r.ID, r.To, number(r.Ticket), r.State, strconv.Itoa(r.Attempts), r.Next.text(),
			number(int64(r.Code)), orDash(shortened(plainLine(r.Detail), 80))})
	}
	if len(rows) == 0 {
		fmt.Fprintln(o.err, "Nothing waits.")
		return nil
	}
	return printTable(o.out, table)
}

func rowOf(e store.QueueEntry) queueRow {
	r := queueRow{ID: entryID(e), Kind: e.Kind, To: e.To, Ticket: e.Ticket, State: e.State, Attempts: e.Attempts,
		Code: e.Code, Detail: e.Detail, Created: stamp{e.Created}}
	if e.State == "queued" {
		r.Next = stamp{e.Next}
	}
	return r
}

// entryID names an entry in one word: deliveries and notices are counted apart.
func entryID(e store.QueueEntry) string { return e.Kind[:1] + strconv.FormatInt(e.ID, 10) }

// parseEntryID is the other way round. A word that names nothing is treated as
// an entry that is not there.
func parseEntryID(word string) (kind string, id int64, err error) {
	if len(word) > 1 {
		kind = map[string]string{"d": "delivery", "n": "notice"}[strings.ToLower(word[:1])]
		id, err = strconv.ParseInt(word[1:], 10, 64)
	}
	if kind == "" || err != nil || id < 1 {
		return "", 0, fmt.Errorf("%s: no such entry; ids are like d12 and n7, see aside queue list", word)
	}
	return kind, id, nil
}

// queueRetryCmd has entries tried at once.
type queueRetryCmd struct {
	configFlag
	All bool     `help:"Everything that waits or was given up."`
	ID  []string `arg:"" optional:"" help:"Ids from aside queue list."`
}

// Help is shown by --help.
func (queueRetryCmd) Help() string {
	return "Examples:\n  aside queue retry d12 n7 --config aside.toml\n  aside queue retry --all --config aside.toml\n\n" +
		"A mail that waits for its send_delay leaves at once, too. What came back bounced is retried only by its id."
}

// Run retries all or none.
func (c queueRetryCmd) Run(ctx context.Context, o output) error {
	if c.All == (len(c.ID) > 0) {
		return usageError{errors.New("queue retry: give ids, or --all")}
	}
	return changeQueue(ctx, c.Config, o, "retried", func(tx *store.Tx) ([]string, error) {
		ids := c.ID
		if c.All {
			var err error
			if ids, err = retryable(tx); err != nil {
				return nil, err
			}
		}
		return ids, errors.Join(eachEntry(ids, tx.RetryNow), hurry(tx))
	})
}

// retryable are the ids of what waits or was given up. What bounced was
// delivered once and refused later: that again is for a person to decide.
func retryable(tx *store.Tx) (ids []string, err error) {
	const most = 1 << 20
	entries, err := tx.Queue(true, most)
	for _, e := range entries {
		if e.State != string(aside.DeliveryBounced) {
			ids = append(ids, entryID(e))
		}
	}
	return ids, err
}

// queueDropCmd gives entries up.
type queueDropCmd struct {
	configFlag
	ID []string `arg:"" help:"Ids from aside queue list."`
}

// Help is shown by --help.
func (queueDropCmd) Help() string {
	return "Example:\n  aside queue drop d12 --config aside.toml\n\nThe agents are not told. The message stays on its ticket."
}

// Run drops all or none.
func (c queueDropCmd) Run(ctx context.Context, o output) error {
	return changeQueue(ctx, c.Config, o, "dropped", func(tx *store.Tx) ([]string, error) {
		return c.ID, eachEntry(c.ID, tx.Drop)
	})
}

// changeQueue runs one transaction and says what it did.
func changeQueue(ctx context.Context, file string, o output, done string, change func(*store.Tx) ([]string, error)) error {
	var ids []string
	err := withStore(ctx, file, func(s *store.Store) error {
		return s.Update(ctx, func(tx *store.Tx) (err error) { ids, err = change(tx); return err })
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		fmt.Fprintln(o.out, done, id)
	}
	return nil
}

func eachEntry(ids []string, change func(kind string, id int64) error) error {
	for _, word := range ids {
		kind, id, err := parseEntryID(word)
		if err != nil {
			return err
		}
		if err := change(kind, id); errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s: no such entry that could be changed; see aside queue list --all", word)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// number is a number in a listing; 0 is none.
func number(n int64) string {
	if n == 0 {
		return "-"
	}
	return strconv.FormatInt(n, 10)
}
