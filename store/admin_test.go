package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestSchemaLooksOnly: asking for the schema neither makes a database nor
// brings one up, and tells of one that is newer than the program.
func TestSchemaLooksOnly(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	missing := filepath.Join(dir, "missing.db")
	if _, _, err := Schema(ctx, Options{Path: missing}); err == nil {
		t.Error("a missing database has a schema")
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("the missing database was made")
	}
	path := filepath.Join(dir, "aside.db")
	s, err := Open(ctx, Options{Path: path, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	have, newest, err := Schema(ctx, Options{Path: path})
	if err != nil || have != newest || newest < 1 {
		t.Errorf("a new database has schema %d of %d, %v", have, newest, err)
	}
	for _, tt := range []struct {
		change string
		want   int
	}{
		{`INSERT INTO migration VALUES (9999, 'of a later version', 0, '')`, 9999},
		{`DELETE FROM migration`, 0},
	} {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(ctx, tt.change); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time shows that the first changed nothing
			if have, again, err := Schema(ctx, Options{Path: path}); err != nil || have != tt.want || again != newest {
				t.Errorf("after %s: schema %d of %d, %v", tt.change, have, again, err)
			}
		}
	}
}

// TestOtherSchema: a database that was made by another text of the same
// migration is refused when it is opened, and not mail by mail. It is left as it
// is.
func TestOtherSchema(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]string{
		"another text":          `UPDATE migration SET sum = 'another'`,
		"before sums were kept": `ALTER TABLE migration DROP COLUMN sum`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "aside.db")
			o := Options{Path: path, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
			s, err := Open(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(ctx, change); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if s, err := Open(ctx, o); !errors.Is(err, ErrOtherSchema) {
					t.Errorf("opening it: %v, %v", s, err)
				}
				if _, _, err := Schema(ctx, o); !errors.Is(err, ErrOtherSchema) {
					t.Errorf("its schema: %v", err)
				}
			}
		})
	}
}
