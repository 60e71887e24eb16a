//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"aside/config"
	"aside/store"
)

// soleDaemon takes a state folder for one daemon, until the file is closed or
// the process ends, in whatever way: on one SQLite database two would both free
// what the other is sending, and mail would leave twice. The lock is not on the
// database, which SQLite locks in a way that ends when anybody in this process
// closes the file.
func soleDaemon(c *config.Config) (*os.File, error) {
	path := filepath.Join(c.StateDir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take the state folder: %w", err)
	}
	if err = store.OwnLike(path, c.StateDir); err == nil {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		who, _ := io.ReadAll(io.LimitReader(f, 1000)) // that somebody has it is certain without
		err = fmt.Errorf("a daemon works in the state folder %s already (%s): stop that one first, or give this one a state_dir of its own", c.StateDir, orDash(strings.TrimSpace(string(who))))
		return nil, errors.Join(err, f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("take the state folder: %w", err), f.Close())
	}
	from, err := filepath.Abs(c.File)
	if err != nil {
		from = c.File
	}
	// A disk that is full keeps the words out, and not the daemon.
	if f.Truncate(0) == nil {
		_, _ = fmt.Fprintf(f, "%s, process %d, config %s\n", daemonName(c), os.Getpid(), from)
	}
	return f, nil
}
