// Package postgres starts a PostgreSQL of a test binary's own, from the
// installed programs, on a socket in a temporary folder. It ends with the
// binary, however that ends.
package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// errMissing says that PostgreSQL is not installed.
var errMissing = errors.New("PostgreSQL is not installed")

// Server is a running PostgreSQL.
type Server struct {
	dir    string // of data, socket and log
	bin    string
	as     *syscall.Credential // nil: this user
	schema atomic.Int64

	mu    sync.Mutex
	alive io.Closer // the server ends when this is closed
	stays io.Closer // and the folder is removed when this is: never before the process ends
	ended chan struct{}
}

// once makes the server of this test binary.
var once = sync.OnceValues(func() (*Server, error) { return start("/tmp") })

// Run starts a server for a program that is no test, or gives the one that it
// has; dsn is how to connect to its empty database.
func Run() (s *Server, dsn string, err error) {
	if s, err = once(); err != nil {
		return nil, "", err
	}
	return s, s.dsn("public"), nil
}

// Start gives the server of this test binary, starting it when it is first
// asked for. Where PostgreSQL is not installed the test is skipped; in CI it
// fails.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := once()
	if errors.Is(err, errMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Database makes an empty schema, removed when the test ends, and returns how
// to connect to it.
func (s *Server) Database(t testing.TB) (dsn string) {
	t.Helper()
	name := fmt.Sprintf("t%d", s.schema.Add(1))
	s.Exec(t, "CREATE SCHEMA "+name)
	t.Cleanup(func() { s.Exec(t, "DROP SCHEMA "+name+" CASCADE") })
	return s.dsn(name)
}

func (s *Server) dsn(schema string) string {
	q := url.Values{"host": {s.dir}, "search_path": {schema}, "user": {"aside"}}
	return "postgres:///postgres?" + q.Encode()
}

// Exec runs a statement of the administrator's.
func (s *Server) Exec(t testing.TB, query string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, s.dsn("public"))
	if err == nil {
		_, err = c.Exec(ctx, query)
		err = errors.Join(err, c.Close(ctx))
	}
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Restart stops the server at once, as a crash does, unless it was stopped
// before, and starts it again.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Stop(t)
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server at once; connections break.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alive == nil {
		return
	}
	if err := s.alive.Close(); err != nil {
		t.Fatal(err)
	}
	s.alive = nil
	<-s.ended
}

// start makes a server in a folder of its own below another one.
func start(below string) (*Server, error) {
	s := &Server{}
	for _, dir := range []string{"/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/14/bin"} {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			s.bin = dir
			break
		}
	}
	if path, err := exec.LookPath("initdb"); s.bin == "" && err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			s.bin = filepath.Dir(path)
		}
	}
	if s.bin == "" {
		return nil, errMissing
	}
	var err error
	// A socket's path has little room: not t.TempDir.
	if s.dir, err = os.MkdirTemp(below, "aside-pg-"); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 { // initdb refuses to run as root
		if s.as, err = unprivileged(); err != nil {
			return nil, err
		}
		if err := os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return nil, err
		}
	}
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "-D", filepath.Join(s.dir, "data"), "-U", "aside", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = &syscall.SysProcAttr{Credential: s.as}, s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := s.keep(); err != nil {
		return nil, err
	}
	return s, s.run()
}

// unprivileged is a user that the server may run as.
func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("there is no user postgres or nobody to run PostgreSQL as")
}

// keep has the folder removed once this process has ended.
func (s *Server) keep() error {
	rm := exec.Command("sh", "-c", `cat >/dev/null; sleep 1; rm -rf "$1"`, "sh", s.dir)
	in, err := rm.StdinPipe()
	if err == nil {
		err = rm.Start()
	}
	s.stays = in
	return err
}

// run starts the server under a shell that ends it once the other end of its
// standard input is gone: with this process, or by Stop.
func (s *Server) run() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The shell's own input is a background job's no longer: hence descriptor 3.
	const script = `exec 3<&0; "$1" -D "$2" -k "$3" -c listen_addresses= -c max_connections=1000 -c shared_buffers=64MB -c max_wal_size=1GB \
		-c log_min_messages=warning -c log_line_prefix= -c logging_collector=off </dev/null & pid=$!; cat <&3 >/dev/null; kill -QUIT $pid; wait $pid`
	sh := exec.Command("sh", "-c", script, "sh", filepath.Join(s.bin, "postgres"), filepath.Join(s.dir, "data"), s.dir)
	sh.SysProcAttr, sh.Dir = &syscall.SysProcAttr{Credential: s.as}, s.dir
	in, err := sh.StdinPipe()
	if err != nil {
		return err
	}
	log, err := sh.StderrPipe()
	if err != nil {
		return err
	}
	if err := sh.Start(); err != nil {
		return err
	}
	s.alive, s.ended = in, make(chan struct{})
	ready := make(chan string, 1)
	go s.follow(sh, log, ready, s.ended)
	select {
	case said := <-ready:
		if said != "" {
			return fmt.Errorf("PostgreSQL did not start:\n%s", said)
		}
		return nil
	case <-time.After(time.Minute):
		return errors.New("PostgreSQL did not start within a minute")
	}
}

// follow reads the server's log until it ends, and says once whether it came
// up: nothing, or what it said instead.
func (s *Server) follow(sh *exec.Cmd, log io.Reader, ready chan<- string, ended chan<- struct{}) {
	var said strings.Builder
	lines := bufio.NewScanner(log)
	for up := false; lines.Scan(); {
		if !up {
			said.WriteString(lines.Text() + "\n")
		}
		if !up && strings.Contains(lines.Text(), "ready to accept") {
			up = true
			ready <- ""
		}
	}
	_ = sh.Wait()
	if said.Len() > 0 {
		select {
		case ready <- said.String():
		default:
		}
	}
	close(ended)
}

// Chosen gives a database as Database does where the environment says
// ASIDE_TEST_STORE=postgres, and nothing otherwise: so the tests of the parts
// above the store run on either engine.
func Chosen(t testing.TB) (dsn string) {
	if os.Getenv("ASIDE_TEST_STORE") != "postgres" {
		return ""
	}
	t.Helper()
	return Start(t).Database(t)
}
