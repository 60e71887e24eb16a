package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aside/config"
)

// installation is a daemon in this process, with its config on disk.
type installation struct {
	dir, config string
	addr, web   string
	log         *logBuffer
	stop        func() error
}

// logBuffer is written by the daemon while a test reads it.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// relays for writeConfig: folders, and a port where nobody listens, so that
// everything waits.
const (
	toFolders = "maildir:out"
	toNobody  = "smtp://127.0.0.1:1"
)

func writeConfig(dir, relay string) (string, error) {
	path := filepath.Join(dir, "aside.toml")
	return path, os.WriteFile(path, []byte(fmt.Sprintf(`state_dir = "state"
[server]
hostname = "desk.example.com"
smtp = ["127.0.0.1:0"]
http = "127.0.0.1:0"
[trust]
agents = "token"
resolver = "none"
[outbound]
relay = %q
send_delay = "0s"
[[team]]
name = "support"
[[agent]]
handle = "dana"
name = "Dana Reyes"
addresses = ["dana@example.com"]
teams = ["support"]
role = "manager"
[[agent]]
handle = "omar"
name = "Omar Haddad"
addresses = ["omar@example.com"]
teams = ["support"]
[[desk]]
address = "support@example.com"
name = "Example Support"
team = "support"
`, relay)), 0o600)
}

// serveIn starts a daemon; stop ends it and must be called.
func serveIn(dir, relay string) (*installation, error) {
	path, err := writeConfig(dir, relay)
	if err != nil {
		return nil, err
	}
	conf, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	in := &installation{dir: dir, config: path, log: &logBuffer{}}
	ctx, cancel := context.WithCancel(context.Background())
	d, err := start(ctx, conf, slog.New(slog.NewTextHandler(in.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		cancel()
		return nil, err
	}
	in.addr, in.web = d.listeners[0].Addr().String(), d.web.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- d.run(ctx, nil) }()
	in.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	return in, nil
}

func serveForTest(t *testing.T, relay string) *installation {
	t.Helper()
	in, err := serveIn(t.TempDir(), relay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.stop(); err != nil {
			t.Errorf("the daemon ended with %v", err)
		}
	})
	return in
}

// post sends a mail and returns the words of the 250.
func post(addr, from, to string, mail []byte) (answer string, err error) {
	c, err := smtp.Dial(addr)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if err := c.Hello("client.example"); err != nil {
		return "", err
	}
	if err := c.Mail(from); err != nil {
		return "", err
	}
	if err := c.Rcpt(to); err != nil {
		return "", err
	}
	// net/smtp throws the last answer's words away, and the id is in them.
	id, err := c.Text.Cmd("DATA")
	if err != nil {
		return "", err
	}
	c.Text.StartResponse(id)
	_, _, err = c.Text.ReadResponse(354)
	c.Text.EndResponse(id)
	if err != nil {
		return "", err
	}
	w := c.Text.DotWriter()
	if _, err := w.Write(mail); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	_, answer, err = c.Text.ReadResponse(250)
	return answer, err
}

func (in *installation) post(t *testing.T, from string, mail string) (id string) {
	t.Helper()
	answer, err := post(in.addr, from, "support@example.com", []byte(strings.ReplaceAll(mail, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	id, ok := strings.CutPrefix(answer, "2.0.0 OK: ")
	if !ok {
		t.Fatalf("the mail was answered with %q", answer)
	}
	return id
}

// aside runs a command in this process.
func (in *installation) aside(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(context.Background(), append(args, "--config", in.config), output{&out, &errs}); got != want {
		t.Fatalf("aside %s: exit status %d, want %d\n%s%s", strings.Join(args, " "), got, want, out.String(), errs.String())
	}
	return out.String()
}

// patience is far more than anything here takes.
const patience = 2 * time.Minute

// eventually asks again and again until ok, for what a worker of the daemon
// does in its own time.
func eventually(ask func() bool) bool {
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ask() {
		select {
		case <-deadline:
			return false
		case <-tick.C:
		}
	}
	return true
}
