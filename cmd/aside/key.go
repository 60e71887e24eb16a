package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aside/config"
	"aside/store"
)

// keyCmd is about the keys that sign reply addresses.
type keyCmd struct {
	Rotate keyRotateCmd `cmd:"" help:"Make a new key that signs from now on."`
}

// Help is shown by --help.
func (keyCmd) Help() string { return "Example:\n  aside key rotate --config aside.toml" }

// keyRotateCmd makes a new key and lets it sign once every daemon verifies it.
type keyRotateCmd struct {
	configFlag
	jsonFlag
	Wait time.Duration `default:"15s" help:"How long a running daemon may take to answer before it counts as ended."`
}

// Help is shown by --help.
func (keyRotateCmd) Help() string {
	return "Example:\n  aside key rotate --config aside.toml\n\n" +
		"The daemon may run or not. The new key is written into the key folder, running daemons read it, and only then it signs.\n" +
		"Old keys stay and go on verifying: what left before is still answered where it belongs. Never delete one.\n" +
		"Interrupted at any point, nothing is lost: call it again, and it goes on with the key that it made.\n" +
		"Take a backup afterwards: one from before lacks the new key."
}

// rotated is what `aside key rotate --json` prints.
type rotated struct {
	Key     string   `json:"key"`     // fingerprint of the key that signs now
	File    string   `json:"file"`    // where it lies
	Former  string   `json:"former"`  // fingerprint of the key that signed before
	Made    bool     `json:"made"`    // false where it was there already, of a rotation that did not end
	Daemons []string `json:"daemons"` // running ones, which have it
	Silent  []string `json:"silent"`  // those that did not answer and count as ended
}

// Run rotates the key. Each step can be the last: the key is on disk before the
// database knows it, known before it is asked for, and everywhere before it
// signs.
func (c keyRotateCmd) Run(ctx context.Context, o output) error {
	conf, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	s, err := existingStore(ctx, conf)
	if err != nil {
		return err
	}
	r, err := c.rotate(ctx, s, conf.StateDir)
	if err := errors.Join(err, s.Close()); err != nil {
		return fmt.Errorf("key rotate: %w", err)
	}
	if c.JSON {
		return printJSON(o.out, r)
	}
	return r.tell(o)
}

func (c keyRotateCmd) rotate(ctx context.Context, s *store.Store, stateDir string) (rotated, error) {
	r := rotated{Daemons: []string{}, Silent: []string{}}
	if err := allKeys(ctx, s, stateDir); err != nil {
		return r, err
	}
	next, err := nextKey(ctx, s, stateDir, &r)
	if err != nil {
		return r, err
	}
	question, err := ask(ctx, s, stateDir)
	if err != nil {
		return r, err
	}
	if err := c.await(ctx, s, question, next, &r); err != nil {
		return r, err
	}
	return r, s.Update(ctx, func(tx *store.Tx) error {
		rows, err := readDaemons(tx)
		if err != nil {
			return err
		}
		for _, name := range r.Silent {
			delete(rows, name)
		}
		if known, err := readKnown(tx); err != nil || known.signing != r.Former {
			return err // another rotation came first, perhaps further
		}
		return errors.Join(writeDaemons(tx, rows), tx.SetMeta(signingKey, next.fingerprint()))
	})
}

// nextKey finds the key that a rotation before did not bring to signing, or
// makes one.
func nextKey(ctx context.Context, s *store.Store, stateDir string, r *rotated) (keyFile, error) {
	var known knownKeys
	if err := s.View(ctx, func(tx *store.Tx) (err error) { known, err = readKnown(tx); return err }); err != nil {
		return keyFile{}, err
	}
	for {
		files, err := readKeys(stateDir)
		if err != nil {
			return keyFile{}, err
		}
		signs := known.signs(files)
		next := files[len(files)-1]
		r.Former = files[signs].fingerprint()
		if signs == len(files)-1 {
			next, err = makeKey(stateDir, nameAfter(next.path))
			if errors.Is(err, fs.ErrExist) {
				continue // another rotation made it just now: both go on with that one
			}
			r.Made = err == nil
		}
		if err != nil {
			return keyFile{}, err
		}
		r.Key, r.File = next.fingerprint(), next.path
		return next, nil
	}
}

// nameAfter counts on: 0002.key after 0001.key. After a name that is no number
// comes the same with a number, so that it sorts behind it.
func nameAfter(path string) string {
	base := strings.TrimSuffix(filepath.Base(path), ".key")
	var n int
	if _, err := fmt.Sscanf(base, "%d", &n); err == nil && fmt.Sprintf("%04d", n) == base {
		return fmt.Sprintf("%04d.key", n+1)
	}
	return base + "-1.key"
}

// ask makes the database know the keys, and puts a question to all daemons.
func ask(ctx context.Context, s *store.Store, stateDir string) (question string, err error) {
	question = rand.Text()
	files, err := readKeys(stateDir)
	if err != nil {
		return "", err
	}
	return question, s.Update(ctx, func(tx *store.Tx) error {
		known, err := readKnown(tx)
		if err != nil {
			return err
		}
		if err := known.complete(files); err != nil {
			return err
		}
		return errors.Join(record(tx, known, files), tx.SetMeta(rotationKey, question))
	})
}

// await waits until every daemon has answered, and fails where one lacks the
// key. One that does not answer within the time counts as ended: on its next
// start it reads all keys.
func (c keyRotateCmd) await(ctx context.Context, s *store.Store, question string, next keyFile, r *rotated) error {
	ctx, cancel := context.WithTimeout(ctx, c.Wait)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		var rows map[string]daemonRow
		err := s.View(context.WithoutCancel(ctx), func(tx *store.Tx) (err error) { rows, err = readDaemons(tx); return err })
		if err != nil {
			return err
		}
		r.Daemons, r.Silent = []string{}, []string{}
		for _, name := range slices.Sorted(maps.Keys(rows)) {
			switch row := rows[name]; {
			case slices.Contains(row.Keys, next.fingerprint()):
				r.Daemons = append(r.Daemons, name)
			case row.Answered != question:
				r.Silent = append(r.Silent, name)
			default:
				return fmt.Errorf("the daemon at %s could not read the new key %s, and the old one signs as before: its log says why; "+
					"on a machine with a key folder of its own copy the file there; then call this again", name, next.path)
			}
		}
		if len(r.Silent) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return errors.New("interrupted; the old key signs as before. Call this again to go on")
			}
			return nil
		case <-tick.C:
		}
	}
}

// tell says what was done.
func (r rotated) tell(o output) error {
	made := "was made and"
	if !r.Made {
		made = "was left by a rotation that did not end; it"
	}
	lines := []string{fmt.Sprintf("%s %s signs from now on (%s).", r.File, made, r.Key),
		"The keys before it stay and go on verifying: never delete one."}
	switch n := len(r.Daemons); {
	case n > 0:
		lines = append(lines, "Read by the daemon at "+strings.Join(r.Daemons, ", and at ")+".")
	default:
		lines = append(lines, "No daemon runs; it takes effect with the next start.")
	}
	if len(r.Silent) > 0 {
		lines = append(lines, "No answer from the daemon at "+strings.Join(r.Silent, ", and at ")+": taken for ended. If it runs after all, restart it.")
	}
	lines = append(lines, "Take a backup now: one from before lacks this key.")
	_, err := fmt.Fprintln(o.out, strings.Join(lines, "\n"))
	return err
}
