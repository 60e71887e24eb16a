package store

import (
	"context"
	"log/slog"
	"net"
	"testing"

	"aside/test/postgres"
)

func TestPostgres(t *testing.T) { suite(t, openPostgres) }

func openPostgres(t *testing.T, c *clock) *Store {
	t.Helper()
	return openDSN(t, postgres.Start(t).Database(t), c)
}

func openDSN(t *testing.T, dsn string, c *clock) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{DSN: dsn, Now: c.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// A connection to a database elsewhere is made, with the bound on silence.
func TestDialDatabase(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := dialDatabase(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
