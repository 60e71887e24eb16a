package daemons

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named "pgx"

	. "aside/test/harness"
	"aside/test/postgres"
)

// site is three daemons on one database, each behind a network and with a
// relay of its own.
type site struct {
	t       *testing.T
	rng     *rand.Rand
	server  *postgres.Server // of the database, where there is one
	db      *sql.DB          // past all weather
	world   *world
	daemons []*Daemon
	nets    []*postgres.Network

	opened int // tickets that are no customer's matter of the day
	quiet  int // mails about them

	mu    sync.Mutex
	downs []down
}

// patience is a context that ends when nothing can be expected any more.
func patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), Patience)
}

// down is when a daemon was not there, by our doing.
type down struct {
	daemon   int
	from, to time.Time // to is zero until it greets again
}

// newSite has a network between each daemon and the database.
func newSite(t *testing.T, seed uint64) *site {
	t.Helper()
	server := postgres.Start(t)
	dsn := server.Database(t)
	var nets []*postgres.Network
	s := newSiteOn(t, seed, dsn, func(i int) string {
		nets = append(nets, postgres.Lay(t, dsn))
		return nets[i].DSN
	})
	s.server, s.nets = server, nets
	return s
}

// newSiteOn is newSite on a database that each daemon reaches in its own way.
func newSiteOn(t *testing.T, seed uint64, dsn string, way func(daemon int) string) *site {
	t.Helper()
	s := &site{t: t, rng: rand.New(rand.NewPCG(seed, 18)), world: newWorld(t)}
	var err error
	if s.db, err = sql.Open("pgx", dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	for i := range 3 {
		s.daemons = append(s.daemons, s.prepare(i, way(i)))
	}
	s.daemons[0].Launch() // which makes schema and keys
	s.audit()
	for _, d := range s.daemons[1:] {
		if err := os.CopyFS(filepath.Join(d.Dir, "state", "keys"), os.DirFS(filepath.Join(s.daemons[0].Dir, "state", "keys"))); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(d.Dir, "state", "keys"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(d.Dir, "state", "keys", "0001.key"), 0o600); err != nil {
			t.Fatal(err)
		}
		d.Launch()
	}
	t.Cleanup(func() {
		for _, n := range s.nets {
			n.Turn(postgres.Fair)
		}
		for i, d := range s.daemons {
			if status := d.Stop(); status != 0 {
				t.Errorf("daemon %d ended with status %d", i, status)
			}
			if log := d.Log(); t.Failed() {
				t.Logf("the end of the log of daemon %d:\n%s", i, log[max(0, len(log)-3000):])
			}
		}
	})
	return s
}

// prepare writes the config of one daemon.
func (s *site) prepare(i int, dsn string) *Daemon {
	s.t.Helper()
	return Prepare(s.t, func(c *Config) {
		c.DSN, c.Relay = dsn+"&application_name="+fmt.Sprint(i), "smtp://"+s.world.relay(i)
	})
}

// kill ends a daemon as a power cut does, and starts it again.
func (s *site) kill(i int) {
	s.t.Helper()
	if !s.daemons[i].Alive() {
		log := s.daemons[i].Log()
		s.t.Fatalf("%s ended by itself:\n%s", names[i], log[max(0, len(log)-3000):])
	}
	s.mu.Lock()
	s.downs = append(s.downs, down{daemon: i, from: time.Now()})
	n := len(s.downs) - 1
	s.mu.Unlock()
	s.daemons[i].Kill9()
	s.daemons[i].Launch()
	s.mu.Lock()
	s.downs[n].to = time.Now()
	s.mu.Unlock()
}

// wasDown reports whether a daemon was killed, or not there, in a time.
func (s *site) wasDown(daemon int, from, to time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.downs {
		if d.daemon == daemon && !d.from.After(to) && (d.to.IsZero() || !d.to.Before(from)) {
			return true
		}
	}
	return false
}

// killed reports whether a daemon was killed in a time.
func (s *site) killed(daemon int, from, to time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.downs {
		if d.daemon == daemon && !d.from.Before(from) && !d.from.After(to) {
			return true
		}
	}
	return false
}

// audit has the database itself write down each claim and each end of one.
func (s *site) audit() {
	s.t.Helper()
	s.exec(`CREATE TABLE audit (n BIGSERIAL PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
		daemon TEXT NOT NULL DEFAULT current_setting('application_name'),
		what TEXT NOT NULL, row BIGINT NOT NULL, claim INTEGER NOT NULL, claimed BOOLEAN NOT NULL, state TEXT NOT NULL)`)
	s.exec(`CREATE FUNCTION write_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO audit (what, row, claim, claimed, state) VALUES (TG_TABLE_NAME, NEW.id, NEW.attempts, NEW.attempts > OLD.attempts, NEW.state);
		RETURN NEW; END $$`)
	for _, table := range []string{"delivery", "notice"} {
		s.exec(`CREATE TRIGGER write_down AFTER UPDATE ON ` + table + ` FOR EACH ROW
			WHEN (NEW.attempts <> OLD.attempts OR NEW.state <> OLD.state OR NEW.code <> OLD.code OR NEW.detail <> OLD.detail OR OLD.lease_until > 0 AND NEW.lease_until = 0) EXECUTE FUNCTION write_down()`)
	}
}

func (s *site) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.Exec(query, args...); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
}

// number asks the database for one number.
func (s *site) number(query string, args ...any) (n int) {
	s.t.Helper()
	if err := s.db.QueryRow(query, args...).Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// each asks the database for rows and fails the test when it cannot.
func (s *site) each(scan func(*sql.Rows) error, query string, args ...any) {
	s.t.Helper()
	rows, err := s.db.Query(query, args...)
	if err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			s.t.Fatalf("%s: %v", query, err)
		}
	}
	if err := rows.Err(); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
}
