package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"aside/test/harness"
)

// installation is one `aside serve` with its state folder.
type installation struct {
	dir    string
	addr   string // of the SMTP listener
	binary string
	env    []string // more of the daemon's environment
	cmd    *exec.Cmd
	exited chan struct{}
}

// agents are the team; all three hear of what is not assigned.
func agents() []harness.Person {
	return []harness.Person{{Name: "Dana Reyes", Address: "dana@example.com"}, {Name: "Omar Haddad", Address: "omar@example.com"}, {Name: "Lea Brandt", Address: "lea@example.com"}}
}

const support = "support@example.com"

// configure writes a config as production has it: durable store, DMARC asked
// of DNS, limits as they come, mail out by a relay. sendDelay is what /undo
// has.
func configure(dir, addr, resolver, relay, sendDelay string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "state_dir = %q\n[server]\nhostname = \"desk.example.com\"\nsmtp = [%q]\nhttp = \"\"\n", filepath.Join(dir, "state"), addr)
	fmt.Fprintf(&b, "[trust]\nagents = \"dmarc\"\nresolver = %q\n[outbound]\nrelay = %q\nsend_delay = %q\n[[team]]\nname = \"support\"\n", resolver, relay, sendDelay)
	for i, a := range agents() {
		handle, _, _ := strings.Cut(a.Address, "@")
		role := "agent"
		if i == 0 {
			role = "manager"
		}
		fmt.Fprintf(&b, "[[agent]]\nhandle = %q\nname = %q\naddresses = [%q]\nteams = [\"support\"]\nrole = %q\ntimezone = \"UTC\"\n", handle, a.Name, a.Address, role)
	}
	fmt.Fprintf(&b, "[[desk]]\naddress = %q\nname = \"Example Support\"\nteam = \"support\"\nsignature = \"Example Support, Mon-Fri 9-17\"\ntimezone = \"UTC\"\nlanguage = \"en\"\nacknowledge = true\n", support)
	return os.WriteFile(filepath.Join(dir, "aside.toml"), []byte(b.String()), 0o600)
}

// launch starts the daemon and waits for its greeting. It dies with this
// process.
func (d *installation) launch(ctx context.Context) (took time.Duration, err error) {
	log, err := os.OpenFile(filepath.Join(d.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("open the daemon's log: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(d.binary, "serve", "--config", filepath.Join(d.dir, "aside.toml"))
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.Env = d.dir, log, log, append(os.Environ(), d.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start aside: %w", err)
	}
	d.cmd, d.exited = cmd, make(chan struct{})
	go func(done chan struct{}) { _ = cmd.Wait(); close(done) }(d.exited)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		s, err := dial(d.addr, 0)
		if err == nil {
			s.quit()
			return time.Since(began), nil
		}
		select {
		case <-d.exited:
			return 0, fmt.Errorf("aside ended at once:\n%s", d.logTail())
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-tick.C:
		}
	}
}

func (d *installation) logTail() string {
	b, _ := os.ReadFile(filepath.Join(d.dir, "log"))
	return string(b[max(0, len(b)-2000):])
}

// stop ends the daemon politely.
func (d *installation) stop() error {
	if d.cmd == nil {
		return nil
	}
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	select {
	case <-d.exited:
		d.cmd = nil
		return nil
	case <-timer.C:
		_ = d.cmd.Process.Kill()
		<-d.exited
		return errors.New("aside did not end within a minute of SIGTERM")
	}
}

// resident is the daemon's memory in octets (VmRSS of /proc).
func (d *installation) resident() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// run runs a subcommand on the installation.
func (d *installation) run(args ...string) (string, error) {
	out, err := harness.Run(d.binary, d.dir, "", append(args, "--config", filepath.Join(d.dir, "aside.toml"))...)
	if err == nil && out.Exit != 0 {
		err = fmt.Errorf("aside %s: %s", strings.Join(args, " "), out.Stderr)
	}
	return out.Stdout, err
}
