package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"aside/config"
	"aside/store"
	"aside/threading/mark"
)

const (
	daemonsKey  = "daemons"      // who runs on this database, and which keys they have
	rotationKey = "key_rotation" // the question of a rotation that all daemons answer
)

// keyPoll is how often a daemon asks whether the keys changed: two reads.
const keyPoll = 2 * time.Second

// daemonRow is what a running daemon says of itself in the database. A daemon
// that was killed leaves its row behind; the next one with the same name takes
// it over, and a rotation does not wait for it for ever.
type daemonRow struct {
	Keys     []string `json:"keys"`     // fingerprints that it verifies
	Answered string   `json:"answered"` // the last rotation that it has heard of
}

func readDaemons(tx *store.Tx) (map[string]daemonRow, error) {
	text, err := tx.Meta(daemonsKey)
	if err != nil {
		return nil, fmt.Errorf("read which daemons run: %w", err)
	}
	rows := map[string]daemonRow{}
	if text == "" {
		return rows, nil
	}
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, fmt.Errorf("read which daemons run: %w", err)
	}
	return rows, nil
}

func writeDaemons(tx *store.Tx, rows map[string]daemonRow) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	return tx.SetMeta(daemonsKey, string(text))
}

// keeper keeps a daemon's keys equal to the key folder and to what the
// database says of them.
type keeper struct {
	store *store.Store
	dir   string // the state folder
	ring  *mark.KeyRing
	name  string // of this daemon
	log   *slog.Logger

	mu     sync.Mutex
	seen   string    // what the database said when the keys were last read
	looked time.Time // when it was last asked, by the wall clock
}

// keyStale is when a daemon that should have looked no longer trusts its keys:
// it was stopped or its machine slept, and a rotation may have counted it as
// ended.
const keyStale = 4 * keyPoll

// current makes sure that a mail is not read with keys from before a pause:
// what a newer key signed would be a stranger's. The error is temporary.
func (k *keeper) current(ctx context.Context) error {
	k.mu.Lock()
	stale := time.Now().Round(0).Sub(k.looked) > keyStale
	k.mu.Unlock()
	if !stale {
		return nil
	}
	if err := k.look(ctx, true); err != nil {
		return fmt.Errorf("read the keys after a pause: %w", err)
	}
	return nil
}

// daemonName is the same for a daemon and for the one that takes its place:
// two cannot listen at one address of one machine.
func daemonName(c *config.Config) string {
	host, err := os.Hostname()
	if err != nil {
		host = c.Server.Hostname
	}
	return host + " " + strings.Join(c.Server.SMTP, " ")
}

// run looks at the database every now and then until ctx ends, and then takes
// this daemon off its list.
func (k *keeper) run(ctx context.Context) {
	tick := time.NewTicker(keyPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			k.leave(context.WithoutCancel(ctx))
			return
		case <-tick.C:
		}
		if err := k.look(ctx, false); err != nil && ctx.Err() == nil {
			k.log.Error("the keys were not read again; the ones before stay in force", "err", err)
		}
	}
}

// look reads the keys again where the database says that they changed, or
// where it must, and tells the database which this daemon has.
func (k *keeper) look(ctx context.Context, must bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var known knownKeys
	var rotation string
	err := k.store.View(ctx, func(tx *store.Tx) (err error) {
		if known, err = readKnown(tx); err == nil {
			rotation, err = tx.Meta(rotationKey)
		}
		return err
	})
	state := strings.Join(append(known.fingerprints, known.signing, rotation), " ")
	if err != nil {
		return err
	}
	if state == k.seen && !must {
		k.looked = time.Now().Round(0)
		return nil
	}
	failed := k.read(known)
	// The answer is given in any case: it names the keys that are in force.
	err = k.store.Update(ctx, func(tx *store.Tx) error {
		rows, err := readDaemons(tx)
		if err != nil {
			return err
		}
		rows[k.name] = daemonRow{k.ring.Fingerprints(), rotation}
		return writeDaemons(tx, rows)
	})
	// Without the key that signs elsewhere there is no going on: each look tries
	// again, and mail waits meanwhile.
	if err == nil && slices.Contains(k.ring.Fingerprints(), known.signing) {
		k.seen = state
	}
	if err := errors.Join(failed, err); err != nil {
		return err
	}
	k.looked = time.Now().Round(0)
	return nil
}

func (k *keeper) read(known knownKeys) error {
	files, err := readKeys(k.dir)
	if err == nil && len(files) == 0 {
		err = errNoKeys(k.dir)
	}
	if err == nil {
		err = known.complete(files)
	}
	if err == nil {
		err = k.ring.Use(ring(files, known.signs(files)))
	}
	return err
}

// leaveWithin is how long the database may take to hear that a daemon ended.
const leaveWithin = 5 * time.Second

// leave takes this daemon off the list of those that a rotation waits for.
func (k *keeper) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, leaveWithin)
	defer cancel()
	err := k.store.Update(ctx, func(tx *store.Tx) error {
		rows, err := readDaemons(tx)
		if err != nil {
			return err
		}
		delete(rows, k.name)
		return writeDaemons(tx, rows)
	})
	if err != nil {
		k.log.Warn("the database did not hear that this daemon ends", "err", err)
	}
}
