package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"aside/config"
	"aside/store"
)

// storeCmd is about the database as a whole.
type storeCmd struct {
	Copy storeCopyCmd `cmd:"" help:"Copy everything into another database, SQLite or PostgreSQL."`
}

// Help is shown by --help.
func (storeCmd) Help() string {
	return "Example:\n  aside store copy --config aside.toml --to aside-postgres.toml"
}

// storeCopyCmd moves an installation to another database.
type storeCopyCmd struct {
	configFlag
	To      string `required:"" placeholder:"FILE" help:"A config file whose [store] is the database to copy into."`
	Stopped bool   `help:"No daemon runs, whatever the database remembers of one that was killed."`
}

// Help is shown by --help.
func (storeCopyCmd) Help() string {
	return "Example:\n  systemctl stop aside\n  aside store copy --config aside.toml --to aside-postgres.toml\n\n" +
		"The second config is a copy of the first with another [store]. Its database must be empty. Both directions work.\n" +
		"No daemon may run on either. Stopped in the middle, even by a power cut, it goes on where it was when called again.\n" +
		"In the end all rows of both are compared. Then start the daemon with the second config, and do not start it with the first any more.\n" +
		"The keys stay where they are: where state_dir differs, copy keys/ along."
}

// Run copies and compares.
func (c storeCopyCmd) Run(ctx context.Context, o output) error {
	from, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	to, err := config.Load(c.To)
	if err != nil {
		return err
	}
	source, err := existingStore(ctx, from)
	if err != nil {
		return err
	}
	target, err := c.target(ctx, source, from, to)
	if err != nil {
		return errors.Join(err, source.Close())
	}
	release, err := occupyBoth(from, to)
	defer release()
	if err != nil {
		return errors.Join(err, target.Close(), source.Close())
	}
	p := &progress{w: o.err}
	if terminal(os.Stderr) {
		p.w, p.line = os.Stderr, true // o.err waits for the end of a line
	}
	done, err := store.Copy(ctx, source, target, p.tell)
	p.end()
	if err := errors.Join(err, target.Close(), source.Close()); err != nil {
		if ctx.Err() != nil {
			return errors.New("interrupted; call it again to go on")
		}
		return err
	}
	fmt.Fprintf(o.out, "%d rows in %d tables were copied and compared: both databases hold the same.\n", done.Rows, done.Tables)
	if from.StateDir != to.StateDir {
		fmt.Fprintf(o.out, "Copy %s to %s as well.\n", filepath.Join(from.StateDir, keysFolder), filepath.Join(to.StateDir, keysFolder))
	}
	_, err = fmt.Fprintf(o.out, "Start the daemon with %s, and with %s no more: mail would leave twice.\n", c.To, c.Config)
	return err
}

// occupyBoth keeps daemons out while it is copied.
func occupyBoth(from, to *config.Config) (release func(), err error) {
	var held []*os.File
	for _, side := range []*config.Config{from, to} {
		f, e := occupy(side, "aside store copy")
		if f != nil {
			held = append(held, f)
		}
		err = errors.Join(err, e)
	}
	return func() {
		for _, f := range held {
			_ = f.Close()
		}
	}, err
}

// target opens the database to copy into, once nobody works with the other.
func (c storeCopyCmd) target(ctx context.Context, source *store.Store, from, to *config.Config) (*store.Store, error) {
	var rows map[string]daemonRow
	if err := source.View(ctx, func(tx *store.Tx) (err error) { rows, err = readDaemons(tx); return err }); err != nil {
		return nil, err
	}
	for name := range rows {
		if !c.Stopped {
			return nil, fmt.Errorf("a daemon works with this database, at %s: stop it first. If it was killed and does not run, say --stopped", name)
		}
	}
	options := storeOptions(to, slog.New(slog.DiscardHandler))
	if there := storeOptions(from, nil); there.DSN == options.DSN && there.Path == options.Path {
		return nil, fmt.Errorf("%s and %s name the same database", c.Config, c.To)
	}
	_, missing := os.Stat(to.StateDir)
	err := os.MkdirAll(to.StateDir, 0o700)
	if err == nil && errors.Is(missing, fs.ErrNotExist) {
		err = store.OwnLike(to.StateDir, from.StateDir)
	}
	if err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	options.Copying = true
	return store.Open(ctx, options)
}

// terminal reports whether somebody watches a line that is written over and
// over.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress shows how far the copy is: one line that changes, or a line a table
// where nobody watches.
type progress struct {
	w     io.Writer
	line  bool
	table string
	shown time.Time
	open  bool
}

func (p *progress) tell(s store.CopyStep) {
	doing := "copying"
	if s.Checking {
		doing = "comparing"
	}
	name := doing + " " + s.Table
	if p.line {
		if name == p.table && time.Since(p.shown) < 100*time.Millisecond && s.Done < s.Total {
			return
		}
		percent := int64(100)
		if s.Total > 0 {
			percent = 100 * s.Done / s.Total
		}
		fmt.Fprintf(p.w, "\r\x1b[K%s: %d of %d rows, %d %%", name, s.Done, s.Total, percent)
		p.open = true
	} else if name != p.table {
		fmt.Fprintf(p.w, "%s: %d rows\n", name, s.Total)
	}
	p.table, p.shown = name, time.Now()
}

// end leaves the line.
func (p *progress) end() {
	if p.open {
		fmt.Fprintln(p.w)
	}
}
