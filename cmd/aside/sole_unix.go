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

// occupy takes the state folder of a SQLite database for one process, until the
// file is closed or the process ends, in whatever way: two daemons would both
// free what the other is sending, and mail would leave twice. The lock is not on
// the database, which SQLite locks in a way that ends when anybody in this
// process closes the file. Who is named to those that come later. PostgreSQL has
// as many daemons as there are: the file is nil.
func occupy(c *config.Config, who string) (*os.File, error) {
	if c.Store.Driver == config.DriverPostgres {
		return nil, nil
	}
	path := filepath.Join(c.StateDir, lockName)
	// Root must not be led to another file by whom the folder belongs to.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take the state folder: %w", err)
	}
	if err = store.OwnLike(path, c.StateDir); err == nil {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		other, _ := io.ReadAll(io.LimitReader(f, 1000)) // that somebody has it is certain without
		err = fmt.Errorf("the state folder %s is in use (%s): stop that first, or use another state_dir", c.StateDir, orDash(strings.TrimSpace(string(other))))
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
		_, _ = fmt.Fprintf(f, "%s, process %d, config %s\n", who, os.Getpid(), from)
	}
	return f, nil
}
