package postgres

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// New starts a server for one test alone, which may leave it behind dead, and
// returns how to connect to an empty database there.
func New(t testing.TB) (s *Server, dsn string) {
	t.Helper()
	return NewIn(t, "/tmp")
}

// NewIn is New with all of the server below a folder, whose path is short.
func NewIn(t testing.TB, folder string) (s *Server, dsn string) {
	t.Helper()
	Start(t) // says whether there is PostgreSQL
	var err error
	if s, err = start(folder); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop(t) })
	return s, s.dsn("public")
}

// Standby makes a second server that follows this one and has each commit
// before it is answered.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	b := &Server{bin: s.bin, as: s.as}
	var err error
	if b.dir, err = os.MkdirTemp("/tmp", "aside-pg-"); err != nil {
		t.Fatal(err)
	}
	if b.as != nil {
		if err := os.Chown(b.dir, int(b.as.Uid), int(b.as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(s.bin, "pg_basebackup"), "-d", "host="+s.dir+" user=aside application_name=standby", "-D", filepath.Join(b.dir, "data"),
		"-R", "-X", "stream", "-c", "fast", "--no-sync")
	cmd.SysProcAttr, cmd.Dir = &syscall.SysProcAttr{Credential: s.as}, b.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pg_basebackup: %v\n%s", err, out)
	}
	if err := errors.Join(b.keep(), b.run()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Stop(t) })
	s.Exec(t, "ALTER SYSTEM SET synchronous_standby_names = 'standby'")
	s.Exec(t, "SELECT pg_reload_conf()")
	b.await(t, s, "it follows", `SELECT EXISTS (SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync')`)
	return b
}

// Promote makes a standby one that takes changes.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	s.Exec(t, "SELECT pg_promote()")
	s.await(t, s, "it takes changes", `SELECT NOT pg_is_in_recovery()`)
}

// await asks a server until it says true.
func (s *Server) await(t testing.TB, whom *Server, what, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for so := false; !so; <-tick.C {
		c, err := pgx.Connect(ctx, whom.dsn("public"))
		if err == nil {
			err = errors.Join(c.QueryRow(ctx, query).Scan(&so), c.Close(ctx))
		}
		if err != nil {
			t.Fatalf("waiting until %s: %v", what, err)
		}
	}
}

// Either is how to connect to a database on whichever of two servers takes
// changes.
func Either(t testing.TB, dsn string, other *Server) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("host", q.Get("host")+","+other.dir)
	q.Set("target_session_attrs", "read-write")
	u.RawQuery = q.Encode()
	return u.String()
}
