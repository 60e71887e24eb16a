// Package postgresql tells the plainest story on PostgreSQL: with one daemon,
// with a second one beside it, and through a restart of the database.
package postgresql

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "aside/test/harness"
	"aside/test/postgres"
)

func onPostgres(t *testing.T) (change func(*Config), server *postgres.Server) {
	t.Helper()
	server = postgres.Start(t)
	dsn := server.Database(t)
	return func(c *Config) { c.DSN = dsn }, server
}

// TestTheStory: a customer writes, an agent answers, a vendor is asked, and
// every command of the admin's finds all of it.
func TestTheStory(t *testing.T) {
	change, server := onPostgres(t)
	d := Start(t, change)
	n := d.Opens(Jane, "Kettle arrived broken", "It leaks at the handle.")
	number := n.Number(t)
	d.Answers(Gmail(), Dana, n, "A new one is on its way.")
	answer := d.Await(Jane.Address, "the answer", Has("A new one is on its way."))
	d.Clean(answer)
	d.Answers(Gmail(), Dana, n, "/side courier\n\nWhere is parcel 4-711?")
	asked := d.Await("courier@vendor.example", "the question", Has("Where is parcel 4-711?"))
	d.Clean(asked)
	d.Settle()

	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"ticket", "list"}, "Kettle arrived broken"},
		{[]string{"ticket", "show", number}, "parcel 4-711"},
		{[]string{"queue", "list"}, ""},
		{[]string{"why", answer.InReplyTo[0]}, number},
		{[]string{"verify"}, "1 tickets"},
		{[]string{"check"}, "PostgreSQL has the newest schema"},
	} {
		out := d.CLI(tt.args...)
		if tt.args[0] != "check" && out.Exit != 0 || !strings.Contains(out.Stdout, tt.want) { // check tells of DNS and relay, too
			t.Errorf("aside %s: exit status %d, without %q\n%s%s", strings.Join(tt.args, " "), out.Exit, tt.want, out.Stdout, out.Stderr)
		}
	}
	for _, words := range []string{"4-711", "HANDLE", "kettle broken"} {
		awaitHit(t, d, words)
	}
	out := d.CLI("backup", filepath.Join(d.Dir, "backup.tar"))
	if out.Exit != 1 || !strings.Contains(out.Stderr, "pg_dump") {
		t.Errorf("aside backup: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
	if _, err := os.Stat(filepath.Join(d.Dir, "state", "aside.db")); err == nil {
		t.Error("there is a SQLite file beside the PostgreSQL database")
	}
	testDatabaseRestarts(t, d, server)
}

// awaitHit waits until the index has a message: it is filled after the commit.
func awaitHit(t *testing.T, d *Daemon, words string) {
	t.Helper()
	for range 50 {
		if out := d.CLI("search", words); strings.Contains(out.Stdout, "Kettle") {
			return
		}
	}
	t.Errorf("aside search %q finds nothing", words)
}

// The daemon outlives its database: mail is deferred while it is gone, and
// taken once it is back.
func testDatabaseRestarts(t *testing.T, d *Daemon, server *postgres.Server) {
	server.Stop(t)
	m := Write(Kim, Support, "A pot", "It has a hole.")
	if _, err := d.TrySend(Kim.Address, []string{Support}, m.Bytes()); err == nil || !strings.Contains(err.Error(), "451") {
		t.Errorf("with the database gone a mail was answered %v", err)
	}
	out := d.CLI("ticket", "list")
	if out.Exit != 1 || !strings.Contains(out.Stderr, "PostgreSQL") || strings.Contains(out.Stderr, "panic") {
		t.Errorf("with the database gone aside ticket list says, exit status %d:\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
	server.Restart(t)
	d.Post(m)
	d.Await(Dana.Address, "the notice", Has("It has a hole."))
	if got := d.Count(Dana.Address, Has("It has a hole.")); got != 1 {
		t.Errorf("Dana heard it %d times", got)
	}
}

// TestTwoDaemons share a database and its keys: what one took in, the other
// places, and the mail of both leaves once.
func TestTwoDaemons(t *testing.T) {
	change, _ := onPostgres(t)
	a := Start(t, change)
	b := Prepare(t, change)
	keys := filepath.Join(b.Dir, "state", "keys")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(a.Dir, "state", "keys", "0001.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(keys, "0001.key"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	b.Launch()
	t.Cleanup(func() { b.Stop() })
	// Each has a folder of its own for what leaves: whoever claims a mail
	// sends it.
	heard := func(addr, words string) *Mail {
		t.Helper()
		a.Settle()
		var found []*Mail
		for _, d := range []*Daemon{a, b} {
			for _, m := range d.Mailbox(addr) {
				if strings.HasPrefix(m.Text, words) {
					found = append(found, m)
				}
			}
		}
		if len(found) != 1 {
			t.Fatalf("%s got %q %d times", addr, words, len(found))
		}
		return found[0]
	}
	a.Post(Write(Jane, Support, "Kettle", "It leaks at the handle."))
	n := heard(Dana.Address, "It leaks at the handle.")
	b.Post(Gmail().Reply(Dana, n, "A new one is on its way."))
	answer := heard(Jane.Address, "A new one is on its way.")
	a.Clean(answer)
	a.Post(AppleMail().Reply(Jane, answer, "Thank you, it came on Tuesday."))
	again := heard(Dana.Address, "Thank you, it came on Tuesday.")
	if again.Number(t) != n.Number(t) {
		t.Errorf("the answer is in ticket %s, the question in %s", again.Number(t), n.Number(t))
	}
	if out := b.CLI("verify"); out.Exit != 0 {
		t.Errorf("aside verify: %s%s", out.Stdout, out.Stderr)
	}
}

// TestMoving: an installation goes from SQLite to PostgreSQL and back, and the
// conversation goes on in either. The first copy is killed on its way.
func TestMoving(t *testing.T) {
	change, _ := onPostgres(t)
	d := Start(t, func(c *Config) { c.SQLite = true })
	n := d.Opens(Jane, "Kettle arrived broken", "It leaks at the handle.")
	large := Write(Jane, Support, "A film of it", "Look at this.")
	large.Files = []File{{Name: "film.mp4", Type: "video/mp4", Data: []byte(strings.Repeat("0123456789abcdef", 1<<20))}}
	d.Post(large)
	d.Settle()
	there := Prepare(t, change)
	second := filepath.Join(d.Dir, "second.toml")
	text, err := os.ReadFile(there.Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(second, []byte(strings.NewReplacer(there.Dir, d.Dir, there.Addr, d.Addr).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := d.CLI("store", "copy", "--to", second); out.Exit != 1 || !strings.Contains(out.Stderr, "stop it first") {
		t.Errorf("beside a daemon the copy says, exit status %d: %s", out.Exit, out.Stderr)
	}
	d.Stop()
	killed(t, d, second)
	first := d.Config
	d.Config = second
	if out := d.CLI("ticket", "list"); out.Exit != 1 || !strings.Contains(out.Stderr, "run aside store copy again") {
		t.Errorf("half a copy was opened: %s%s", out.Stdout, out.Stderr)
	}
	d.Config = first
	if out := d.Must("store", "copy", "--to", second); !strings.Contains(out, "both databases hold the same") {
		t.Errorf("the copy says: %s", out)
	}
	d.Config = second
	d.Launch()
	d.Answers(Gmail(), Dana, n, "A new one is on its way.")
	answer := d.Await(Jane.Address, "the answer", Has("A new one is on its way."))
	awaitHit(t, d, "handle")
	d.Settle()
	d.Must("verify")
	d.Stop()
	// Back, into a new file.
	if err := os.Rename(filepath.Join(d.Dir, "state", "aside.db"), filepath.Join(d.Dir, "old.db")); err != nil {
		t.Fatal(err)
	}
	d.Must("store", "copy", "--to", first)
	d.Config = first
	d.Launch()
	d.Post(AppleMail().Reply(Jane, answer, "It came on Tuesday."))
	if again := d.Await(Dana.Address, "the answer", Has("It came on Tuesday.")); again.Number(t) != n.Number(t) {
		t.Errorf("the answer is in ticket %s, the question in %s", again.Number(t), n.Number(t))
	}
	d.Must("verify")
}

// killed starts a copy and kills it in the middle of the large file.
func killed(t *testing.T, d *Daemon, second string) {
	t.Helper()
	binary, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(binary, "store", "copy", "--config", d.Config, "--to", second)
	errs, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(errs)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "copying blob_chunk") {
			break
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	if err := c.Wait(); err == nil {
		t.Fatal("the copy ended before it could be killed")
	}
}
