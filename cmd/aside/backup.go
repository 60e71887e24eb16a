package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aside/config"
	"aside/store"
)

// backupCmd writes a copy of what must not be lost.
type backupCmd struct {
	configFlag
	File string `arg:"" help:"The file to write; it must not exist yet."`
}

// Help is shown by --help.
func (backupCmd) Help() string {
	return "Example:\n  aside backup --config aside.toml /var/backups/aside-2026-11-21.tar\n\n" +
		"The file is a tar with aside.db and keys/. It holds all mail and the secret keys: keep it as safe as the state folder.\n" +
		"The daemon may go on working meanwhile. A PostgreSQL database is backed up with pg_dump instead, and keys/ beside it.\n\n" +
		"To restore, stop the daemon, then unpack it into an empty state_dir:\n  tar -xf aside-2026-11-21.tar -C /var/lib/aside\n  aside verify --config aside.toml"
}

// Run writes the backup. The file appears under its name once it is whole and
// on disk.
func (c backupCmd) Run(ctx context.Context, o output) error {
	if err := absent(c.File); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	conf, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	if conf.Store.Driver == config.DriverPostgres {
		return fmt.Errorf("the database is PostgreSQL: back it up with pg_dump, and %s with it. Without those keys a restored database knows none of its own mail",
			filepath.Join(conf.StateDir, keysFolder))
	}
	s, err := existingStore(ctx, conf)
	if err != nil {
		return err
	}
	if err := allKeys(ctx, s, conf.StateDir); err != nil {
		return errors.Join(err, s.Close()) // a backup without its keys would be found out too late
	}
	if err := removeAbandoned(filepath.Dir(c.File)); err != nil {
		fmt.Fprintln(o.err, "What an interrupted backup left could not be removed, please do it:", err)
	}
	err = backUp(ctx, s, conf.StateDir, c.File)
	if err := errors.Join(err, s.Close()); err != nil {
		return fmt.Errorf("back up to %s: %w", c.File, err)
	}
	_, err = fmt.Fprintf(o.out, "%s holds database and keys. Keep it safe: it can read and answer all mail.\n", c.File)
	return err
}

// absent refuses a file that is there.
func absent(file string) error {
	_, err := os.Lstat(file)
	if err == nil {
		return fmt.Errorf("%s is there already: a backup never overwrites, give another name", file)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// allKeys refuses a key folder that lacks a key the database was used with.
func allKeys(ctx context.Context, s *store.Store, stateDir string) error {
	var known knownKeys
	if err := s.View(ctx, func(tx *store.Tx) (err error) { known, err = readKnown(tx); return err }); err != nil {
		return err
	}
	files, err := readKeys(stateDir)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errNoKeys(stateDir)
	}
	return known.complete(files)
}

// workPrefix begins the name of the folder that a backup is made in. What an
// interrupted one left there is a whole copy of all mail, in nobody's way and
// out of everybody's sight.
const workPrefix = ".aside-backup-"

// abandoned is how old such a folder is that no backup works in any more.
const abandoned = 12 * time.Hour

// removeAbandoned removes what interrupted backups left in a folder.
func removeAbandoned(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // a mistaken path, which the backup itself says
	case err != nil:
		return err
	}
	for _, e := range entries {
		info, infoErr := e.Info()
		if !e.IsDir() || !strings.HasPrefix(e.Name(), workPrefix) || infoErr != nil || time.Since(info.ModTime()) < abandoned {
			continue
		}
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

func backUp(ctx context.Context, s *store.Store, stateDir, file string) (err error) {
	// The copy lies beside the target: the state folder's disk may have no
	// room for a second database.
	work, err := os.MkdirTemp(filepath.Dir(file), workPrefix)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	database := filepath.Join(work, databaseName)
	if err := s.Backup(ctx, database); err != nil {
		return err
	}
	// The keys come after the database: a key made in between is one too many
	// rather than one missing.
	keys, err := filepath.Glob(filepath.Join(stateDir, keysFolder, "*.key"))
	if err != nil {
		return err
	}
	slices.Sort(keys)
	names := map[string]string{database: databaseName}
	for _, k := range keys {
		names[k] = keysFolder + "/" + filepath.Base(k)
	}
	whole := filepath.Join(work, "backup.tar")
	f, err := os.OpenFile(whole, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(writeTar(ctx, f, append([]string{database}, keys...), names), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := absent(file); err != nil { // another backup may have been quicker
		return err
	}
	if err := os.Rename(whole, file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// writeTar writes the files under their names, readable for their owner only.
func writeTar(ctx context.Context, w io.Writer, files []string, names map[string]string) error {
	tw := tar.NewWriter(w)
	for _, path := range files {
		if err := tarFile(ctx, tw, path, names[path]); err != nil {
			return fmt.Errorf("%s: %w", names[path], err)
		}
	}
	return tw.Close()
}

func tarFile(ctx context.Context, tw *tar.Writer, path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime().Truncate(time.Second)}
	if err := tw.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.Copy(tw, &untilDone{ctx, f})
	return err
}

// untilDone stops a long copy when the context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// syncFolder makes sure that a new name in a folder survives a power cut.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
