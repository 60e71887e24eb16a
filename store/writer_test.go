package store

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// traced is a new SQLite store, and what tells how many commits it has made.
func traced(t *testing.T) (s *Store, commits func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	s, err := Open(context.Background(), Options{Path: filepath.Join(t.TempDir(), "aside.db"), Now: newClock().Now, Log: slog.New(slog.DiscardHandler),
		Trace: func(query string) {
			if query == "COMMIT" {
				mu.Lock()
				n++
				mu.Unlock()
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, func() int { mu.Lock(); defer mu.Unlock(); return n }
}

// A change waits for those that were announced, for a moment, and for no others.
func TestExpectedChangesShareACommit(t *testing.T) {
	nothing := func(*Tx) error { return nil }
	for _, tt := range []struct {
		name     string
		expected int                  // changes announced, the first included
		then     func(overs []func()) // what becomes of the others, a millisecond after the first came
		others   int                  // changes that come then
		commits  int
		after    time.Duration // from the first until it is told
	}{
		{"alone", 1, nil, 0, 1, 0},
		{"unannounced", 0, nil, 0, 1, 0},
		{"the other comes", 2, nil, 1, 1, time.Millisecond},
		{"one of two comes", 3, nil, 1, 1, expectFor},
		{"the other never comes", 2, nil, 0, 1, expectFor},
		{"the other was refused", 2, func(overs []func()) { overs[1]() }, 0, 1, time.Millisecond},
		{"refused twice is refused once", 3, func(overs []func()) { overs[1](); overs[1]() }, 0, 1, expectFor},
		{"enough are there", 50, nil, expectUpTo - 1, 1, time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, commits := traced(t)
				overs := make([]func(), tt.expected)
				for i := range overs {
					overs[i] = s.Expect()
				}
				begun, before := time.Now(), commits()
				took := make([]time.Duration, 1+tt.others)
				var errs []error
				var mu sync.Mutex
				var wg sync.WaitGroup
				change := func(i int) {
					wg.Go(func() {
						err := s.Update(context.Background(), nothing)
						mu.Lock()
						defer mu.Unlock()
						errs, took[i] = append(errs, err), time.Since(begun)
					})
				}
				change(0)
				time.Sleep(time.Millisecond)
				if tt.then != nil {
					tt.then(overs)
				}
				for i := range tt.others {
					change(1 + i)
				}
				wg.Wait()
				if err := errors.Join(errs...); err != nil {
					t.Error(err)
				}
				if n := commits() - before; n != tt.commits {
					t.Errorf("%d commits, want %d", n, tt.commits)
				}
				if took[0] != tt.after || slices.Max(took) != tt.after {
					t.Errorf("told after %v, want %v", took, tt.after)
				}
			})
		})
	}
}

// Whoever closes the store does not wait for what was announced.
func TestClosingExpectsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := traced(t)
		s.Expect()
		s.Expect()
		told := make(chan error, 1)
		go func() { told <- s.Update(context.Background(), func(*Tx) error { return nil }) }()
		synctest.Wait() // it waits for the other
		begun := time.Now()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err, took := <-told, time.Since(begun); err != nil || took != 0 {
			t.Errorf("told %v after %v, want nil at once", err, took)
		}
	})
}
