package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aside/store"
	"aside/threading/mark"
)

const (
	keysFolder = "keys"
	firstName  = "0001.key"
)

// What the database remembers of the keys. Which of them signs stands there
// and not in the folder, so that all daemons on one database agree and a key
// can be copied to every machine before it is used.
const (
	fingerprintsKey = "key_fingerprints" // of all keys that were ever used, separated by blanks
	signingKey      = "key_signing"      // the fingerprint of the one that signs
)

// keyFile is one key of the state folder.
type keyFile struct {
	path string
	key  mark.Key
}

func (f keyFile) fingerprint() string { return f.key.Fingerprint() }

// readKeys reads the keys of the state folder, the oldest first. A key that
// others may read is refused: whoever has it can make addresses that aside
// takes for its own.
func readKeys(stateDir string) ([]keyFile, error) {
	names, err := filepath.Glob(filepath.Join(stateDir, keysFolder, "*.key"))
	if err != nil {
		return nil, fmt.Errorf("list the keys: %w", err)
	}
	slices.Sort(names)
	var files []keyFile
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("read a key: %w", err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			return nil, fmt.Errorf("other users can read the key %s (mode %04o): chmod 600 %s, then aside key rotate if one of them might have", name, mode, name)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read a key: %w", err)
		}
		key, err := mark.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", name, err)
		}
		files = append(files, keyFile{name, key})
	}
	return files, nil
}

func errNoKeys(stateDir string) error {
	return fmt.Errorf("no keys in %s: without them no reply can be placed; restore them from the backup", filepath.Join(stateDir, keysFolder))
}

// knownKeys are what the database remembers.
type knownKeys struct {
	fingerprints []string
	signing      string
}

func readKnown(tx *store.Tx) (k knownKeys, err error) {
	text, err := tx.Meta(fingerprintsKey)
	if err != nil {
		return k, fmt.Errorf("read the keys' fingerprints: %w", err)
	}
	k.fingerprints = strings.Fields(text)
	if k.signing, err = tx.Meta(signingKey); err != nil {
		return k, fmt.Errorf("read which key signs: %w", err)
	}
	return k, nil
}

// complete refuses keys that lack one the database was used with: replies to
// what that key signed would all be strangers'.
func (k knownKeys) complete(files []keyFile) error {
	for _, f := range k.fingerprints {
		if !slices.ContainsFunc(files, func(have keyFile) bool { return have.fingerprint() == f }) {
			return fmt.Errorf("the key %s, with which this database was used, is missing from the key folder: restore it from the backup", f)
		}
	}
	return nil
}

// signs finds the key that signs. Where the database does not say, it is the
// newest of those that it knows.
func (k knownKeys) signs(files []keyFile) int {
	at := len(files) - 1
	for i, f := range files {
		if f.fingerprint() == k.signing {
			return i
		}
		if slices.Contains(k.fingerprints, f.fingerprint()) {
			at = i
		}
	}
	return at
}

// ring arranges the keys: one signs, older and newer ones verify.
func ring(files []keyFile, signs int) *mark.KeyRing {
	var older []mark.Key
	for _, f := range slices.Backward(files[:signs]) {
		older = append(older, f.key)
	}
	r := mark.NewKeyRing(files[signs].key, older...)
	for _, f := range files[signs+1:] {
		r = r.WithNext(f.key)
	}
	return r
}

// openKeys reads the key ring, holds it against the database and records what
// is new. Only a new installation makes a key: one that lost its keys must not
// go on as if nothing had happened.
func openKeys(ctx context.Context, s *store.Store, stateDir string) (*mark.KeyRing, error) {
	var known knownKeys
	if err := s.View(ctx, func(tx *store.Tx) (err error) { known, err = readKnown(tx); return err }); err != nil {
		return nil, err
	}
	files, err := readKeys(stateDir)
	if err == nil && len(files) == 0 && len(known.fingerprints) == 0 {
		if _, err = makeKey(stateDir, firstName); err == nil {
			files, err = readKeys(stateDir)
		}
	}
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errNoKeys(stateDir)
	}
	signs := 0
	err = s.Update(ctx, func(tx *store.Tx) error {
		known, err := readKnown(tx)
		if err != nil {
			return err
		}
		if err := known.complete(files); err != nil {
			return err
		}
		signs = known.signs(files)
		return errors.Join(record(tx, known, files), tx.SetMeta(signingKey, files[signs].fingerprint()))
	})
	if err != nil {
		return nil, err
	}
	return ring(files, signs), nil
}

// record makes the database know all keys of the folder: from then on a daemon
// without one of them does not start.
func record(tx *store.Tx, known knownKeys, files []keyFile) error {
	for _, f := range files {
		if !slices.Contains(known.fingerprints, f.fingerprint()) {
			known.fingerprints = append(known.fingerprints, f.fingerprint())
		}
	}
	return tx.SetMeta(fingerprintsKey, strings.Join(known.fingerprints, " "))
}

// makeKey makes a key file. It is complete or not there, since a key that was
// used and then lost would make every reply a stranger's; and it never takes
// the place of another: then fs.ErrExist is the error.
func makeKey(stateDir, name string) (keyFile, error) {
	dir := filepath.Join(stateDir, keysFolder)
	key, err := mark.GenerateKey(rand.Reader)
	if err != nil {
		return keyFile{}, fmt.Errorf("make a key: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return keyFile{}, fmt.Errorf("make the key folder: %w", err)
	}
	path := filepath.Join(dir, name)
	if err := writeKey(dir, path, key.Encode()); err != nil {
		return keyFile{}, fmt.Errorf("write the key: %w", err)
	}
	return keyFile{path, key}, nil
}

func writeKey(dir, path string, data []byte) (err error) {
	f, err := os.CreateTemp(dir, ".new-") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if gone := os.Remove(f.Name()); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}()
	_, err = f.Write(data)
	// An admin's command runs as root where the daemon does not.
	if err := errors.Join(err, store.OwnLike(f.Name(), dir), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(dir)
}
