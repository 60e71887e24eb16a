package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"aside/config"
	"aside/store"
)

// demoCmd plays a story to a daemon of its own and shows who heard what.
type demoCmd struct {
	Config string `hidden:""`
	Keep   bool   `help:"Leave the daemon running until Ctrl-C, and print how to play on."`
}

// Help is shown by --help.
func (demoCmd) Help() string {
	return "Example:\n  aside demo\n\n" +
		"Starts the real daemon on loopback in a temporary directory, plays a customer, two agents and a vendor over SMTP, " +
		"and prints the mailboxes. The exit status is 0 only if the customer's mailbox is free of what was said aside."
}

// Run plays the story.
func (c demoCmd) Run(ctx context.Context, o output) error {
	return demo{keep: c.Keep}.run(ctx, o)
}

// demo is one showing. The test plants a leak by planted, which is called with
// the folder of mailboxes before the verdict.
type demo struct {
	keep    bool
	planted func(boxes string) error
}

// demoPatience bounds each wait for the daemon.
const demoPatience = time.Minute

// run is the showing: a folder, a daemon, the story, the mailboxes, the
// verdict. The folder is gone afterwards, however it ended.
func (d demo) run(ctx context.Context, o output) (err error) {
	dir, err := os.MkdirTemp("", "aside-demo-")
	if err != nil {
		return fmt.Errorf("make a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := newStage(ctx, dir)
	if err != nil {
		return errors.Join(err, s.showLog(o.err))
	}
	defer func() {
		err = errors.Join(err, s.end())
	}()
	p := &play{stage: s}
	if err := p.story(ctx); err != nil {
		return errors.Join(fmt.Errorf("the demo stopped: %w", err), s.showLog(o.err))
	}
	if d.planted != nil {
		if err := d.planted(s.boxes); err != nil {
			return err
		}
	}
	screen := screenOf(o.out)
	showMailboxes(o.out, screen, p.scenes)
	if err := p.verdict(o.out, screen); err != nil {
		return errors.Join(err, s.showLog(o.err))
	}
	if d.keep {
		s.invite(o.out, p)
		select {
		case <-ctx.Done():
		case <-s.stopped:
		}
	}
	return nil
}

// stage is the daemon of a demo and its temporary folder.
type stage struct {
	dir, boxes string
	addr       string // where it takes mail
	logFile    *os.File
	daemon     *daemon
	stop       context.CancelFunc
	stopped    chan struct{} // closed when the daemon has ended, failure being set
	failure    error
}

const demoConfig = `state_dir = "state"

[server]
hostname = "desk.example.com"
smtp = ["127.0.0.1:0"]
http = ""

[trust]
agents = "token"
resolver = "none"

[outbound]
relay = "maildir:mailboxes"
send_delay = "0s"

[[team]]
name = "support"

[[agent]]
handle = "dana"
name = "Dana Reyes"
addresses = ["dana@example.com"]
teams = ["support"]

[[agent]]
handle = "omar"
name = "Omar Haddad"
addresses = ["omar@example.com"]
teams = ["support"]

[[desk]]
address = "support@example.com"
name = "Example Support"
team = "support"
signature = "Example Support, Mon-Fri 9-17"
`

// newStage starts the daemon just as serve does, from a config file. The
// stage is never nil, so that its log can be shown after an error.
func newStage(ctx context.Context, dir string) (*stage, error) {
	s := &stage{dir: dir, boxes: filepath.Join(dir, "mailboxes"), stopped: make(chan struct{})}
	file := filepath.Join(dir, "aside.toml")
	if err := os.WriteFile(file, []byte(demoConfig), 0o600); err != nil {
		return s, fmt.Errorf("write the demo's config: %w", err)
	}
	conf, err := config.Load(file)
	if err != nil {
		return s, err
	}
	if s.logFile, err = os.Create(filepath.Join(dir, "aside.log")); err != nil {
		return s, fmt.Errorf("make the demo's log: %w", err)
	}
	log := slog.New(slog.NewTextHandler(s.logFile, nil))
	if s.daemon, err = start(ctx, conf, log); err != nil {
		return s, errors.Join(fmt.Errorf("start the daemon: %w", err), s.logFile.Close())
	}
	s.addr = s.daemon.listeners[0].Addr().String()
	ctx, s.stop = context.WithCancel(ctx)
	go func() {
		defer close(s.stopped)
		s.failure = s.daemon.run(ctx, nil)
	}()
	return s, nil
}

// end stops the daemon and waits for it.
func (s *stage) end() error {
	s.stop()
	<-s.stopped
	return errors.Join(s.failure, s.logFile.Close())
}

// port is where the daemon takes mail.
func (s *stage) port() string {
	_, port, _ := net.SplitHostPort(s.addr)
	return port
}

// showLog writes the daemon's log, for whoever looks for the reason of a
// failure after the folder is gone.
func (s *stage) showLog(w io.Writer) error {
	text, err := os.ReadFile(filepath.Join(s.dir, "aside.log"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the demo's log: %w", err)
	}
	fmt.Fprintf(w, "The daemon's log:\n%s\n", text)
	return nil
}

// quiet waits until nothing waits to be sent any more: what is in no mailbox
// by then was never sent.
func (s *stage) quiet(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, demoPatience, fmt.Errorf("mail still waits to be sent after %v", demoPatience))
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		waiting := 0
		err := s.daemon.store.View(ctx, func(tx *store.Tx) (err error) {
			waiting, err = tx.QueueLength("queued")
			return err
		})
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return fmt.Errorf("look at the queue: %w", err)
		case waiting == 0:
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.stopped:
			return fmt.Errorf("the daemon ended: %w", s.failure)
		}
	}
}
