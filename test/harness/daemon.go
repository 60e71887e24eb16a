package harness

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside/test/postgres"
)

// Patience is how long a condition may take before the test gives up. Waits
// end as soon as the condition holds, so it costs nothing when all is well; on a
// machine with much else to do a daemon was seen to need over ten seconds to
// begin.
const Patience = 2 * time.Minute

// Daemon is one running `aside serve` with its state and outgoing folders.
type Daemon struct {
	Dir    string   // everything of this installation
	Config string   // path of the config file
	Addr   string   // of the SMTP listener
	Flags  []string // more flags for aside serve

	tb     testing.TB
	binary string
	cmd    *exec.Cmd
	exited chan struct{}
}

// Start builds the binary, writes the config, starts the daemon and waits for
// its greeting. It stops with the test.
func Start(tb testing.TB, change ...func(*Config)) *Daemon {
	tb.Helper()
	d := Prepare(tb, change...)
	d.Launch()
	tb.Cleanup(d.cleanup)
	return d
}

// Prepare does what Start does, short of starting the daemon.
func Prepare(tb testing.TB, change ...func(*Config)) *Daemon {
	tb.Helper()
	bin, err := Binary()
	if err != nil {
		tb.Fatal(err)
	}
	d := &Daemon{Dir: tb.TempDir(), tb: tb, binary: bin}
	d.Config = filepath.Join(d.Dir, "aside.toml")
	d.Addr = FreeAddr(tb)
	c := Usual()
	for _, f := range change {
		f(&c)
	}
	if c.DSN == "" && !c.SQLite {
		c.DSN = postgres.Chosen(tb)
	}
	if err := os.WriteFile(d.Config, []byte(c.TOML(d.Dir, d.Addr)), 0o600); err != nil {
		tb.Fatal(err)
	}
	return d
}

// FreeAddr is an address that nobody listens at. Its port is below those that
// the system gives to outgoing connections, one of which could take it before
// the daemon does.
func FreeAddr(tb testing.TB) string {
	tb.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10000+rand.IntN(20000)))
		if err == nil {
			defer func() { _ = l.Close() }()
			return l.Addr().String()
		}
	}
	tb.Fatal("no port is free")
	return ""
}

// Launch starts the daemon again on the same files and waits until it greets.
func (d *Daemon) Launch() {
	d.tb.Helper()
	if err := d.launch(); err != nil {
		d.tb.Fatal(err)
	}
}

func (d *Daemon) launch() error {
	if err := d.begin(); err != nil {
		return err
	}
	return d.awaitGreeting()
}

// Begin starts the daemon as Launch does, and does not wait. The test has to
// stop it.
func (d *Daemon) Begin() {
	d.tb.Helper()
	if err := d.begin(); err != nil {
		d.tb.Fatal(err)
	}
}

func (d *Daemon) begin() error {
	log, err := os.OpenFile(d.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(d.binary, append([]string{"serve", "--config", d.Config}, d.Flags...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = d.Dir, log, log
	// A daemon never outlives a test process that was killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting aside: %w", err)
	}
	d.cmd, d.exited = cmd, make(chan struct{})
	go func(done chan struct{}) { _ = cmd.Wait(); close(done) }(d.exited)
	return nil
}

func (d *Daemon) awaitGreeting() error {
	deadline := time.Now().Add(Patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		s, err := Dial(d.Addr)
		if err == nil {
			s.Close()
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no greeting from aside: %w\n%s", err, d.Log())
		}
		select {
		case <-d.exited:
			return fmt.Errorf("aside ended at once: %s\n%s", d.cmd.ProcessState, d.Log())
		case <-tick.C:
		}
	}
}

// PID is the daemon's process id.
func (d *Daemon) PID() int { return d.cmd.Process.Pid }

// Alive reports whether the daemon has not ended by itself.
func (d *Daemon) Alive() bool {
	select {
	case <-d.exited:
		return false
	default:
		return true
	}
}

// Kill9 ends the daemon as a power cut does.
func (d *Daemon) Kill9() {
	d.tb.Helper()
	if err := d.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		d.tb.Fatalf("kill -9: %v", err)
	}
	<-d.exited
}

// Stop ends the daemon politely and returns its exit status.
func (d *Daemon) Stop() int {
	d.tb.Helper()
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.exited:
	case <-time.After(Patience):
		d.tb.Errorf("aside did not end after SIGTERM")
		d.Kill9()
	}
	return d.cmd.ProcessState.ExitCode()
}

// Restart stops the daemon politely and starts it again.
func (d *Daemon) Restart() {
	d.tb.Helper()
	d.Stop()
	d.Launch()
}

// Reload makes the daemon read its config again, and waits until it has.
func (d *Daemon) Reload() {
	d.tb.Helper()
	before := strings.Count(d.Log(), "msg=reloaded")
	if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		d.tb.Fatalf("SIGHUP: %v", err)
	}
	d.AwaitLog("msg=reloaded", before+1)
}

// AwaitLog waits until the log has the words so many times.
func (d *Daemon) AwaitLog(words string, times int) {
	d.tb.Helper()
	deadline := time.After(Patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for strings.Count(d.Log(), words) < times {
		select {
		case <-d.exited:
			d.tb.Fatalf("aside ended (%s) and its log has no %q:\n%s", d.cmd.ProcessState, words, tail(d.Log(), 2000))
		case <-deadline:
			d.tb.Fatalf("the log has no %q:\n%s", words, tail(d.Log(), 2000))
		case <-tick.C:
		}
	}
}

func (d *Daemon) cleanup() {
	select {
	case <-d.exited:
	default:
		d.Stop()
	}
	if d.tb.Failed() {
		for _, addr := range d.Everyone() {
			d.tb.Logf("%s got:\n%s", addr, tail(Summary(d.Mailbox(addr)), 4000))
		}
		d.tb.Logf("the daemon's log:\n%s", tail(d.Log(), 2000))
	}
}

func (d *Daemon) logPath() string { return filepath.Join(d.Dir, "log") }

// Log is what the daemon wrote so far.
func (d *Daemon) Log() string {
	b, _ := os.ReadFile(d.logPath())
	return string(b)
}

func tail(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return "…" + s[len(s)-n:]
}

// Output is what a subcommand did.
type Output struct {
	Stdout, Stderr string
	Exit           int
}

// CLI runs a subcommand with this installation's config.
func (d *Daemon) CLI(args ...string) Output {
	d.tb.Helper()
	return d.Bare("", append(args, "--config", d.Config)...)
}

// Bare runs a subcommand without a config, with the given standard input.
func (d *Daemon) Bare(stdin string, args ...string) Output {
	d.tb.Helper()
	out, err := Run(d.binary, d.Dir, stdin, args...)
	if err != nil {
		d.tb.Fatal(err)
	}
	return out
}

// Run runs a program in a folder and returns what it did. The error is about
// starting it, not about its exit status.
func Run(binary, dir, stdin string, args ...string) (Output, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Output{}, fmt.Errorf("running aside %s: %w", strings.Join(args, " "), err)
	}
	return Output{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}, nil
}

// Must runs a subcommand that has to succeed and returns its output.
func (d *Daemon) Must(args ...string) string {
	d.tb.Helper()
	out := d.CLI(args...)
	if out.Exit != 0 {
		d.tb.Fatalf("aside %s: exit status %d\n%s%s", strings.Join(args, " "), out.Exit, out.Stdout, out.Stderr)
	}
	return out.Stdout
}

// Send hands a mail over by SMTP and returns the id in the 250.
func (d *Daemon) Send(from string, rcpts []string, raw []byte) string {
	d.tb.Helper()
	id, err := d.TrySend(from, rcpts, raw)
	if err != nil {
		d.tb.Fatalf("sending from %s to %v: %v", from, rcpts, err)
	}
	return id
}

// TrySend is Send for mails that may be refused.
func (d *Daemon) TrySend(from string, rcpts []string, raw []byte) (string, error) {
	s, err := Dial(d.Addr)
	if err != nil {
		return "", err
	}
	defer s.Close()
	return s.Send(from, rcpts, raw)
}

// Post sends a draft to those of its recipients that are ours, as its
// author's mail provider would.
func (d *Daemon) Post(m *Draft) string {
	d.tb.Helper()
	return d.Send(m.MailFrom(), m.Ours(), m.Bytes())
}
