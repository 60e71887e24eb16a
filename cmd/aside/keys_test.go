package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aside/store"
	"aside/threading/mark"
)

// keptKeys is a database and a key folder, and the keeper of a daemon there.
func keptKeys(t *testing.T) (*store.Store, *keeper) {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, databaseName), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ring, err := openKeys(t.Context(), s, dir)
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{store: s, dir: dir, ring: ring, name: "test", log: slog.New(slog.DiscardHandler)}
	if err := k.look(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	return s, k
}

// TestKeysAfterAPause: a daemon that was stopped while others rotated the key
// reads no mail with the keys from before.
func TestKeysAfterAPause(t *testing.T) {
	s, k := keptKeys(t)
	// It does not answer, and is counted as ended.
	r, err := keyRotateCmd{Wait: time.Millisecond}.rotate(t.Context(), s, k.dir)
	if err != nil || len(r.Silent) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	now, err := openKeys(t.Context(), s, k.dir)
	if err != nil {
		t.Fatal(err)
	}
	token := now.Sign(mark.Token{Purpose: mark.Reply, Conversation: 1, Holder: 2})
	if _, ok := k.ring.Parse(token); ok {
		t.Fatal("the stopped daemon knows the new key: this tests nothing")
	}
	if err := k.current(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok := k.ring.Parse(token); ok {
		t.Fatal("the keys were read though the daemon had looked a moment ago")
	}
	k.looked = time.Now().Round(0).Add(-keyStale - time.Second)
	if err := k.current(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok := k.ring.Parse(token); !ok {
		t.Error("after the pause the new key does not verify")
	}
}

// TestKeysThatAreMissingAfterAPause: where the new key is not to be had, mail
// waits until it is.
func TestKeysThatAreMissingAfterAPause(t *testing.T) {
	s, k := keptKeys(t)
	r, err := keyRotateCmd{Wait: time.Millisecond}.rotate(t.Context(), s, k.dir)
	if err != nil {
		t.Fatal(err)
	}
	away := r.File + ".away"
	if err := os.Rename(r.File, away); err != nil {
		t.Fatal(err)
	}
	for range 3 { // also when the keeper has looked in between
		if err := k.look(context.Background(), false); err == nil {
			t.Error("a look without the key that signs is no error")
		}
		k.looked = time.Time{}
		if err := k.current(t.Context()); err == nil {
			t.Fatal("mail would be read without the key that signs")
		}
	}
	if err := os.Rename(away, r.File); err != nil {
		t.Fatal(err)
	}
	if err := k.current(t.Context()); err != nil {
		t.Errorf("the key is back: %v", err)
	}
	if k.ring.Fingerprints()[0] != r.Key {
		t.Error("the new key does not sign")
	}
}
