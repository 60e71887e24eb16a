package daemons

import (
	"database/sql"
	"flag"
	"testing"
	"time"

	. "aside/test/harness"
	"aside/test/postgres"
)

var figures = flag.Int("daemons.figures", 0, "measures with so many mails and no blows what each costs; 0 does not")

// TestFigures measures for docs/scaling.md what a mail costs in processor time,
// log and room, in daemons and database.
func TestFigures(t *testing.T) {
	if *figures == 0 {
		t.Skip("measures; give -daemons.figures 3000")
	}
	s := newSite(t, *seed)
	c := newCrowd(t, s, time.Hour)
	c.file = 5500 // with words and header, 10 kB as it travels
	c.open(people, *seed)
	c.after(300, time.Hour)
	before, began, mails := s.spent(), time.Now(), c.count()
	c.after(*figures, time.Hour)
	after, took := s.spent(), time.Since(began)
	n := float64(c.count() - mails)
	c.close()
	s.settle(c)
	s.exec(`CHECKPOINT`)
	t.Logf("%.0f mails in %.0f s, %.1f a second", n, took.Seconds(), n/took.Seconds())
	t.Logf("a mail, with what leaves by it: daemons %.1f ms, PostgreSQL %.1f ms of processor time; %.1f kB of its log; %.1f transactions",
		(after.daemons-before.daemons).Seconds()*1000/n, (after.postgres-before.postgres).Seconds()*1000/n, (after.wal-before.wal)/n/1000, (after.commits-before.commits)/n)
	all := float64(c.count())
	total := 0.0
	s.each(func(r *sql.Rows) error {
		var table string
		var size, rows float64
		err := r.Scan(&table, &size, &rows)
		if total += size; size/all > 100 && table != "audit" {
			t.Logf("%-14s %7.2f kB a mail", table, size/all/1000)
		}
		return err
	}, `SELECT relname, pg_total_relation_size(c.oid)::float8, reltuples::float8 FROM pg_class c WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 2 DESC`)
	t.Logf("together %.1f kB a mail of %.0f, the audit included", total/all/1000, all)
	t.Logf("%d deliveries and notices", s.number(`SELECT (SELECT count(*) FROM delivery) + (SELECT count(*) FROM notice)`))
}

// count is how many mails were accepted so far.
func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.posted)
}

// spent is what was used up until now.
type spent struct {
	daemons, postgres time.Duration
	wal, commits      float64
}

func (s *site) spent() (out spent) {
	s.t.Helper()
	for _, d := range s.daemons {
		out.daemons += postgres.CPU(d.PID())
	}
	if err := s.db.QueryRow(`SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8, (SELECT xact_commit::float8 FROM pg_stat_database WHERE datname = current_database())`).
		Scan(&out.wal, &out.commits); err != nil {
		s.t.Fatal(err)
	}
	var err error
	if out.postgres, err = s.server.CPU(); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// attach gives a draft a file, where the crowd's mails have one.
func (c *crowd) attach(m *Draft) *Draft {
	if c.file > 0 {
		data := make([]byte, c.file)
		for i := range data {
			data[i] = byte(i*i>>3) ^ m.MessageID[i%len(m.MessageID)]
		}
		m.Files = []File{{Name: "kettle.bin", Type: "application/octet-stream", Data: data}}
	}
	return m
}
