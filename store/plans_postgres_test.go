package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// node is a step of PostgreSQL's plan.
type node struct {
	Type     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Cond     string `json:"Index Cond"`
	Plans    []node `json:"Plans"`
}

// bounded are what reading the whole of costs little: tables that do not grow
// with the mail, and indexes of what waits or went wrong. message_stranger is
// read whole while it is as good as empty, and by its key once the statistics
// say that it is not.
var bounded = regexp.MustCompile(`^(holder|meta|migration|search_todo|search_todo_pkey|message_stranger|(delivery|notice)_(due|leased|failed))$`)

// Every query finds its rows by an index in PostgreSQL, too. What a table of a
// few rows would tempt it to is switched off on every connection: a scan is
// left only where there is no other way.
func TestPostgresPlans(t *testing.T) {
	c := newClock()
	s := openPostgres(t, c)
	stops := tour(makeScene(t, s), c)
	for range 2 {
		for _, name := range slices.Sorted(maps.Keys(stops)) {
			_ = s.Update(background, func(tx *Tx) error { stops[name](tx); return nil })
		}
	}
	fill(t, s)
	if _, err := s.KeepStream(background, bytes.NewReader(octets(chunkSize+1, 1))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SweepBlobs(background); err != nil {
		t.Fatal(err)
	}
	queries := map[string]bool{}
	for _, conn := range slices.Concat(s.readers.free, s.writers.free) {
		if conn.line == nil {
			continue // it was never opened
		}
		for q := range conn.line.known {
			queries[q] = true
		}
	}
	looked := 0
	for q := range queries {
		if first, _, _ := strings.Cut(q, " "); !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE"}, first) {
			continue
		}
		looked++
		for _, step := range explain(t, s, q) {
			if slices.ContainsFunc(knowingly, func(k string) bool { return strings.Contains(strings.Join(strings.Fields(q), " "), k) }) {
				continue
			}
			switch {
			case step.Type == "Seq Scan" && !bounded.MatchString(step.Relation):
				t.Errorf("all of %s is read in %s", step.Relation, q)
			case strings.HasPrefix(step.Type, "Index") && step.Cond == "" && !bounded.MatchString(step.Index) && !bounded.MatchString(step.Relation):
				t.Errorf("all of index %s is read in %s", step.Index, q)
			}
		}
	}
	if looked < 110 {
		t.Errorf("only %d queries were looked at", looked)
	}
}

// explain is how PostgreSQL would run a query whatever it is given.
func explain(t *testing.T, s *Store, query string) (steps []node) {
	t.Helper()
	ctx := context.Background()
	conn, err := s.reader.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	exec := func(q string) {
		t.Helper()
		if _, err := conn.ExecContext(ctx, q); err != nil {
			t.Fatalf("%v: %s", err, q)
		}
	}
	exec(`SET default_transaction_read_only = off`)
	exec(`PREPARE asked AS ` + query)
	defer exec(`DEALLOCATE asked`)
	var n int
	if err := conn.QueryRowContext(ctx, `SELECT coalesce(array_length(parameter_types, 1), 0) FROM pg_prepared_statements WHERE name = 'asked'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	call := `EXPLAIN (FORMAT JSON) EXECUTE asked`
	if n > 0 {
		call += `(` + strings.TrimSuffix(strings.Repeat("NULL, ", n), ", ") + `)`
	}
	var text []byte
	if err := conn.QueryRowContext(ctx, call).Scan(&text); err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal(text, &plans); err != nil {
		t.Fatal(fmt.Errorf("%w: %s", err, text))
	}
	var walk func(node)
	walk = func(n node) {
		steps = append(steps, n)
		for _, p := range n.Plans {
			walk(p)
		}
	}
	for _, p := range plans {
		walk(p.Plan)
	}
	return steps
}
