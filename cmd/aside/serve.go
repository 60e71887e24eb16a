package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"aside/config"
	"aside/desk"
	"aside/mailin"
	"aside/mailin/verify"
	"aside/mailout"
	"aside/store"
)

// serveCmd runs the daemon.
type serveCmd struct {
	configFlag
	Verbose bool `help:"Log what is of use to find an error only."`
}

// Help is shown by --help.
func (serveCmd) Help() string {
	return "Example:\n  aside serve --config aside.toml\n\nSIGHUP reloads the config, all but the listeners, and the keys; SIGTERM ends in good order."
}

// Run is the daemon's story: load, check, open, listen, serve, end.
func (c serveCmd) Run(ctx context.Context, o output) error {
	// First of all: systemd may have it reload as soon as the process is there.
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	level := slog.LevelInfo
	if c.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(o.err, &slog.HandlerOptions{Level: level}))
	conf, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	collectLess()
	d, err := start(ctx, conf, log)
	if store.Full(err) {
		err = fmt.Errorf("%s: %w", conf.StateDir, err)
	}
	if err != nil {
		return err
	}
	return d.run(ctx, hup)
}

// collectLess has garbage collected when the heap is four times what is in use,
// and not twice: a mail of a few kB leaves a quarter of a megabyte behind, and
// collecting at twice was a tenth of the work. Mails of 30 MB would take more
// memory than is meant for them: from a limit on, which grows with the
// processors as the mails read at once do, it is collected as often as needed.
// Whoever sets GOGC or GOMEMLIMIT knows better.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(64+16*runtime.GOMAXPROCS(0)) << 20)
	}
}

// daemon is a running installation.
type daemon struct {
	log       *slog.Logger
	began     *config.Config // that it was started with
	conf      atomic.Pointer[config.Config]
	sole      *os.File // holds the state folder; nil in PostgreSQL
	store     *store.Store
	keys      *keeper
	desk      *desk.Service
	in        *mailin.Server
	verify    *verify.Verifier
	out       *mailout.Sender
	way       way
	sign      *mailout.Signer
	http      *http.Server
	listeners []net.Listener
	web       net.Listener
	unkept    atomic.Int64 // when a mail could not be stored, in Unix nanoseconds; 0 if later ones could
	checked   bool         // the pages of the database were
	now       func() time.Time
}

// start opens everything and listens; nothing is accepted before run.
func start(ctx context.Context, conf *config.Config, log *slog.Logger) (*daemon, error) {
	return startAt(ctx, conf, log, time.Now)
}

// startAt is start by another clock.
func startAt(ctx context.Context, conf *config.Config, log *slog.Logger, now func() time.Time) (*daemon, error) {
	d := &daemon{log: log, now: now}
	if err := d.open(ctx, conf); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// open does start's work; what it took before an error is the caller's to give
// back.
func (d *daemon) open(ctx context.Context, conf *config.Config) error {
	d.began = conf
	d.conf.Store(conf)
	if err := d.openState(ctx, conf); err != nil {
		return err
	}
	if err := d.openDesk(ctx, conf); err != nil {
		return err
	}
	if err := d.openWays(conf); err != nil {
		return err
	}
	if err := d.listen(conf); err != nil {
		return err
	}
	// Having the state folder, or listening, it is the only one of its name.
	if err := d.store.Update(ctx, (*store.Tx).ReleaseLeases); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return d.keys.look(ctx, true)
}

// openState takes the state folder, and opens what lies there: database and
// keys.
func (d *daemon) openState(ctx context.Context, conf *config.Config) (err error) {
	if err := os.MkdirAll(conf.StateDir, 0o700); err != nil {
		return fmt.Errorf("make the state folder: %w", err)
	}
	if err := keepOut(conf, d.log); err != nil {
		return err
	}
	if d.sole, err = occupy(conf, daemonName(conf)); err != nil {
		return err
	}
	if err := mailin.CleanSpool(spoolDir(conf)); err != nil {
		return err
	}
	o := storeOptions(conf, d.log)
	o.Now = d.now
	if d.store, err = store.Open(ctx, o); err != nil {
		return err
	}
	if d.checked, err = d.store.CheckPages(ctx, checkAtOnce); err != nil {
		return err
	}
	keys, err := openKeys(ctx, d.store, conf.StateDir)
	if err != nil {
		return err
	}
	d.keys = &keeper{store: d.store, dir: conf.StateDir, ring: keys, name: daemonName(conf), log: d.log}
	return nil
}

// openDesk makes the desk of the config's settings.
func (d *daemon) openDesk(ctx context.Context, conf *config.Config) error {
	set, err := settings(conf)
	if err != nil {
		return err
	}
	d.desk = &desk.Service{Store: d.store, Keys: d.keys.ring, Log: d.log, Now: d.now, Rand: rand.Reader}
	return d.desk.Configure(ctx, set)
}

// openWays makes the way in and the way out.
func (d *daemon) openWays(conf *config.Config) error {
	d.verify = verify.New(trusted(conf))
	d.in = receiver(conf, d.conf.Load, d.store, d.desk, d.verify, d.keys, d.log)
	out, err := newTransport(conf)
	if err != nil {
		return err
	}
	if err := d.way.set(out); err != nil {
		return err
	}
	d.sign = mailout.NewSigner(signingKeys(conf)...)
	d.out = sender(d.store, d.desk, &d.way, d.sign, d.log)
	d.in.Now, d.out.Now = d.now, d.now
	d.in.Grace, d.out.Grace = grace, grace
	d.in.Kept = d.kept
	return nil
}

// checkPages reads the database beside the work, and ends the daemon where it
// is damaged.
func (d *daemon) checkPages(ctx context.Context) error {
	_, err := d.store.CheckPages(ctx, store.AnySize)
	if err != nil && !errors.Is(err, store.ErrDamaged) {
		d.log.Warn("the pages of the database could not be checked", "err", err)
		return nil
	}
	return err
}

// checkAtOnce is how large a database may be, in octets, whose pages are read
// before the daemon begins: it takes a tenth of a second. A larger one is read
// meanwhile.
const checkAtOnce = 16 << 20

func (d *daemon) listen(conf *config.Config) error {
	for _, addr := range conf.Server.SMTP {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return fmt.Errorf("listen for mail: %w", err)
		}
		d.listeners = append(d.listeners, l)
	}
	if conf.Server.HTTP == "" {
		return nil
	}
	l, err := net.Listen("tcp", conf.Server.HTTP)
	if err != nil {
		return fmt.Errorf("listen for http: %w", err)
	}
	d.web = l
	d.http = d.server()
	return nil
}

// close gives back what start took.
func (d *daemon) close() {
	for _, l := range d.listeners {
		_ = l.Close()
	}
	if d.web != nil {
		_ = d.web.Close()
	}
	_ = d.closeStore()
}

// closeStore closes the database, and then lets another daemon have it.
func (d *daemon) closeStore() (err error) {
	if d.store != nil {
		err = d.store.Close()
	}
	if d.sole != nil {
		err = errors.Join(err, d.sole.Close())
	}
	return err
}

// grace is how long mails that are being taken or sent may go on when the daemon
// ends; those that are being taken and do not end when they are cut off keep it
// waiting once more.
const grace = 20 * time.Second

// endsWithin is how long the daemon takes to end at most, but for a store that
// does not answer. Who kills it earlier leaves the store unclosed.
const endsWithin = 2*grace + leaveWithin

// run serves until ctx ends or a part fails, and then ends them all. What is
// being taken in or sent gets its time; the keys outlast it, so that a rotation
// does not pass over a daemon that still reads mail, and the store is last.
func (d *daemon) run(ctx context.Context, hup <-chan os.Signal) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	part := func(name string, run func(context.Context) error) {
		wg.Go(func() {
			if err := run(ctx); err != nil {
				cancel(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	for _, l := range d.listeners {
		part("smtp", func(ctx context.Context) error { return d.in.Serve(ctx, l) })
		d.log.Info("listening", "for", "smtp", "addr", l.Addr().String())
	}
	if !d.checked {
		part("pages", d.checkPages)
	}
	part("desk", d.desk.Run)
	part("queue", d.out.Run)
	part("search", d.store.Index)
	if d.http != nil {
		part("http", d.serveHTTP)
		d.log.Info("listening", "for", "http", "addr", d.web.Addr().String())
	}
	part("reload", func(ctx context.Context) error { d.reloads(ctx, hup); return nil })
	over, leave := context.WithCancel(context.WithoutCancel(ctx))
	var keys sync.WaitGroup
	keys.Go(func() { d.keys.run(over) })
	debug.FreeOSMemory() // what only beginning needed
	<-ctx.Done()
	d.log.Info("ending")
	wg.Wait()
	leave()
	keys.Wait()
	err := d.closeStore()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// reloads reads the config again at each SIGHUP. A config that does not check
// out changes nothing.
func (d *daemon) reloads(ctx context.Context, hup <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
		}
		if err := d.reload(ctx); err != nil {
			d.log.Error("the config was not reloaded; the one before stays in force", "err", err)
			continue
		}
		d.log.Info("reloaded")
	}
}

func (d *daemon) reload(ctx context.Context) error {
	conf, err := config.Load(d.conf.Load().File)
	if err != nil {
		return err
	}
	if conf.Store != d.began.Store {
		return errors.New("[store] was changed: that takes a restart")
	}
	set, err := settings(conf)
	if err != nil {
		return err
	}
	out, err := newTransport(conf)
	if err != nil {
		return err
	}
	if err := d.keys.look(ctx, true); err != nil {
		return err
	}
	if err := d.desk.Configure(ctx, set); err != nil {
		return err
	}
	d.conf.Store(conf)
	d.verify.Use(trusted(conf))
	d.sign.Use(signingKeys(conf))
	if err := d.way.set(out); err != nil {
		d.log.Warn("closing the relay used before", "err", err)
	}
	if err := d.store.Update(ctx, hurry); err != nil {
		d.log.Warn("what waits is not tried at once", "err", err)
	}
	if keys := needRestart(d.began, conf); len(keys) > 0 {
		d.log.Warn("a change waits for a restart", "keys", keys)
	}
	return nil
}

// needRestart names what differs between two configs and is taken at the start
// alone.
func needRestart(began, now *config.Config) (keys []string) {
	for key, same := range map[string]bool{
		"state_dir":   began.StateDir == now.StateDir,
		"server.smtp": slices.Equal(began.Server.SMTP, now.Server.SMTP),
		"server.http": began.Server.HTTP == now.Server.HTTP,
	} {
		if !same {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
