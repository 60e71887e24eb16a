package disk

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named "pgx"

	. "aside/test/harness"
	"aside/test/postgres"
)

// TestDamagedPagesOfPostgres: a page of a table is not what PostgreSQL wrote.
// The daemon does not work on it, and aside verify names the table. With the
// page as it was it goes on.
func TestDamagedPagesOfPostgres(t *testing.T) {
	server, dsn := postgres.New(t)
	d := Start(t, func(c *Config) { c.DSN = dsn })
	d.Opens(Jane, "Kettle", "It leaks at the handle.")
	d.Settle()
	d.Stop()
	for _, table := range []string{"message", "notice", "event"} {
		page := firstPage(t, dsn, table)
		server.Stop(t)
		whole, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		hurt := append([]byte(strings.Repeat("not a page at all", 10)), whole[170:]...)
		overwrite(t, page, hurt)
		server.Restart(t)
		said, exit, _ := lived{Daemon: d}.ending(t, "serve")
		if exit != 3 || !strings.Contains(said, "the database is damaged") || !strings.Contains(said, "table "+table) || strings.Contains(said, "panic") {
			t.Errorf("where %s is damaged the daemon ends with status %d and says:\n%s", table, exit, said)
		}
		if out := d.CLI("verify"); out.Exit != 1 || !strings.Contains(out.Stdout+out.Stderr, "table "+table+" cannot be read") {
			t.Errorf("where %s is damaged aside verify ends with status %d and says:\n%s%s", table, out.Exit, out.Stdout, out.Stderr)
		}
		server.Stop(t)
		overwrite(t, page, whole)
		server.Restart(t)
	}
	d.Launch()
	d.Post(Write(Kim, Support, "Pot", "It is whole again."))
	d.Await(Dana.Address, "the notice", Has("It is whole again."))
	d.Must("verify")
}

// firstPage is the file that a table's rows stand in, all of them in pages that
// were written down.
func firstPage(t *testing.T, dsn, table string) string {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var folder, file string
	if _, err := db.Exec(`CHECKPOINT`); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(`SELECT current_setting('data_directory'), pg_relation_filepath($1::regclass)`, table).Scan(&folder, &file); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, file)
}

func overwrite(t *testing.T, path string, content []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0) // its owner stays
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(content, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
