// Package cli is about the subcommands: what an admin sees, and how mistakes
// are told.
package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	. "aside/test/harness"
)

// lines reads JSON output, whether one value a line or one array.
func lines(t *testing.T, out string) []map[string]any {
	t.Helper()
	var all []map[string]any
	dec := json.NewDecoder(strings.NewReader(out))
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			t.Fatalf("%v in\n%s", err, out)
		}
		var list []map[string]any
		if json.Unmarshal(raw, &list) == nil {
			all = append(all, list...)
			continue
		}
		var one map[string]any
		if err := json.Unmarshal(raw, &one); err != nil {
			t.Fatalf("%v in\n%s", err, raw)
		}
		all = append(all, one)
	}
	return all
}

func TestRead(t *testing.T) {
	t.Parallel()
	d := Prepare(t)
	m := Gmail().Reply(Jane, notice(t), "Only this is new, größer.")
	m.Files = []File{{Name: "größe.txt", Type: "text/plain", Data: []byte("hello")}}
	file := filepath.Join(d.Dir, "a.eml")
	if err := os.WriteFile(file, m.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out := d.Bare("", "read", file, file)
	got := lines(t, out.Stdout)
	if out.Exit != 0 || len(got) != 2 || strings.Count(strings.TrimSpace(out.Stdout), "\n") != 1 {
		t.Fatalf("exit status %d, output\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
	r := got[0]
	want := map[string]string{"file": file, "kind": "mail", "subject": "Re: Kettle arrived broken", "message_id": m.MessageID, "text": "Only this is new, größer."}
	for k, v := range want {
		s, _ := r[k].(string)
		if strings.Trim(strings.TrimSpace(s), "<>") != v {
			t.Errorf("%s is %q, want %q", k, r[k], v)
		}
	}
	for _, k := range []string{"file", "kind", "from", "to", "cc", "subject", "date", "message_id", "text", "elided", "html", "forwarded", "attachments", "failed", "until", "problems"} {
		if _, ok := r[k]; !ok {
			t.Errorf("the key %s is missing", k)
		}
	}
	if s, _ := r["elided"].(string); !strings.Contains(s, "nobody has called") {
		t.Errorf("elided is %q", s)
	}
	files, _ := r["attachments"].([]any)
	if len(files) != 1 {
		t.Fatalf("attachments are %v", r["attachments"])
	}
	f := files[0].(map[string]any)
	if f["name"] != "größe.txt" || f["size"] != float64(5) || f["inline"] != false || f["sha256"] != "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" {
		t.Errorf("the attachment is %v", f)
	}

	if out := d.Bare(string(m.Bytes()), "read", "-"); out.Exit != 0 || len(lines(t, out.Stdout)) != 1 {
		t.Errorf("read -: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
	if out := d.Bare("", "read", filepath.Join(d.Dir, "missing.eml")); out.Exit != 1 || !strings.Contains(out.Stderr, "missing.eml") {
		t.Errorf("reading a missing file: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
}

func notice(t *testing.T) *Mail {
	t.Helper()
	m, err := ParseMail(Write(Who("Support", Support), Jane.Address, "Kettle arrived broken", "Nine days and nobody has called.").Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReadBounceAndAuto(t *testing.T) {
	t.Parallel()
	d := Prepare(t)
	b := Write(Who("Mail Delivery System", "mailer-daemon@mx.example"), Support, "Undelivered Mail Returned to Sender", "Sorry.")
	b.Report = &Report{Recipient: Jane.Address, Status: "5.1.1", Original: notice(t).Raw}
	r := lines(t, d.Bare(string(b.Bytes()), "read", "-").Stdout)[0]
	failed, _ := r["failed"].([]any)
	if r["kind"] != "bounce" || len(failed) != 1 {
		t.Fatalf("kind %v, failed %v", r["kind"], r["failed"])
	}
	if f := failed[0].(map[string]any); f["address"] != Jane.Address || f["status"] != "5.1.1" || f["permanent"] != true {
		t.Errorf("failed is %v", f)
	}
	a := Write(Jane, Support, "Automatic reply", "I am away.")
	a.Headers = [][2]string{{"Auto-Submitted", "auto-replied"}}
	if r := lines(t, d.Bare(string(a.Bytes()), "read", "-").Stdout)[0]; r["kind"] != "auto" {
		t.Errorf("kind is %v", r["kind"])
	}
}

func TestListsAndShow(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle arrived broken", "It leaks, findable.")
	list := lines(t, d.Must("ticket", "list", "--json"))
	if len(list) != 1 || list[0]["subject"] != "Kettle arrived broken" || list[0]["status"] != "open" {
		t.Errorf("ticket list --json: %v", list)
	}
	if out := d.Must("ticket", "show", n.Number(t)); !strings.Contains(out, "findable") || !strings.Contains(out, Jane.Address) {
		t.Errorf("ticket show says\n%s", out)
	}
	if out := d.CLI("ticket", "show", "999999"); out.Exit != 1 {
		t.Errorf("showing what is not there: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
	agents := lines(t, d.Must("agent", "list", "--json"))
	if len(agents) != 3 || agents[0]["handle"] != "dana" {
		t.Errorf("agent list --json: %v", agents)
	}
	// The index is filled after the commit, by a worker.
	found := d.CLI("search", "findable")
	for range 100 {
		if strings.Contains(found.Stdout, n.Number(t)) {
			break
		}
		found = d.CLI("search", "findable")
	}
	if !strings.Contains(found.Stdout, n.Number(t)) {
		t.Errorf("search finds nothing:\n%s%s", found.Stdout, found.Stderr)
	}
	d.Must("verify")
	d.Must("version")
	d.Must("backup", filepath.Join(d.Dir, "backup"))
}

func TestUsage(t *testing.T) {
	t.Parallel()
	d := Prepare(t)
	for _, args := range [][]string{{"nosuchcommand"}, {"serve", "--nosuchflag"}, {"ticket", "show"}, {}} {
		if out := d.Bare("", args...); out.Exit != 2 {
			t.Errorf("aside %v: exit status %d\n%s%s", args, out.Exit, out.Stdout, out.Stderr)
		}
	}
	for _, line := range []string{"serve", "read", "check", "agent", "agent list", "agent passwd", "ticket", "ticket list", "ticket show", "search", "queue", "queue list",
		"queue retry", "queue drop", "why", "verify", "backup", "demo", "demo --config aside.toml", "key", "key rotate", "store", "store copy", "version",
		"report", "events", "export", "erase", "dkim", "dkim new"} {
		args := strings.Fields(line)
		out := d.Bare("", append(args, "--help")...)
		_, example, found := strings.Cut(out.Stdout, "Example")
		if command, _, _ := strings.Cut(line, " --"); out.Exit != 0 || !found || !strings.Contains(example, "    aside "+command) {
			t.Errorf("aside %s --help: exit status %d, without an example\n%s%s", line, out.Exit, out.Stdout, out.Stderr)
		}
	}
	for _, line := range []string{"report", "events --json", "export jane@customer.example", "erase jane@customer.example --config aside.toml", "dkim", "dkim new", "agent passwd dana --config aside.toml"} {
		out := d.Bare("", strings.Fields(line)...)
		if out.Exit != 2 || !strings.Contains(out.Stderr, "not in this version") {
			t.Errorf("aside %s: exit status %d\n%s%s", line, out.Exit, out.Stdout, out.Stderr)
		}
	}
}

func TestConfigErrorsNameFileLineAndKey(t *testing.T) {
	t.Parallel()
	d := Prepare(t)
	good, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, old, bad, tells string }{
		{"unknown key", "send_delay", "send_dealy", "send_delay"},
		{"bad duration", `send_delay = "0s"`, `send_delay = "soon"`, "send_delay"},
		{"unknown team", `teams = ["support"]`, `teams = ["suport"]`, "support"},
		{"long desk", `"support@example.com"`, `"a-desk-with-quite-a-long-name@example.com"`, "23"},
		{"no TOML", "[server]", "[server\n", "TOML"},
		{"later issue", "[trust]", "[[pull]]\ndesk = \"support@example.com\"\n[trust]", "not in this version"},
	}
	for _, c := range cases {
		text := strings.Replace(string(good), c.old, c.bad, 1)
		if err := os.WriteFile(d.Config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		line := strings.Count(text[:strings.Index(text, c.bad)], "\n") + 1
		for _, cmd := range []string{"check", "serve"} {
			out := d.CLI(cmd)
			all := out.Stdout + out.Stderr
			if out.Exit != 1 || !strings.Contains(all, c.tells) || !strings.Contains(all, filepath.Base(d.Config)+":"+strconv.Itoa(line)) {
				t.Errorf("%s: aside %s: exit status %d, want line %d and %q:\n%s", c.name, cmd, out.Exit, line, c.tells, all)
			}
		}
	}
	if err := os.WriteFile(d.Config, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := d.CLI("check"); out.Exit != 0 {
		t.Errorf("a good config: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
	if out := d.Bare("", "serve", "--config", filepath.Join(d.Dir, "none.toml")); out.Exit == 0 || !strings.Contains(out.Stderr, "none.toml") {
		t.Errorf("no config at all: exit status %d\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
}

// TestReloadIsWhole: SIGHUP reloads all but the listeners, as
// config.example.toml says; what it cannot, the log says.
func TestReloadIsWhole(t *testing.T) {
	t.Parallel()
	d := Start(t, func(c *Config) { c.Max = "100kB" })
	text, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), `max_message = "100kB"`, `max_message = "5MB"`, 1)
	changed = strings.Replace(changed, d.Addr, FreeAddr(t), 1)
	if err := os.WriteFile(d.Config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Reload()
	if log := d.Log(); !strings.Contains(log, `msg="a change waits for a restart" keys=[server.smtp]`) {
		t.Error("nothing says that the listener needs a restart")
	}
	m := Write(Jane, Support, "Big", strings.Repeat("some words\n", 30000))
	if _, err := d.TrySend(Jane.Address, m.Ours(), m.Bytes()); err != nil {
		t.Errorf("max_message is not reloaded: %v", err)
	}
}

// TestRepliesAfterNewAddresses: what left before a desk's separator changed and
// its reply domain was given up is still answered, and nobody's first mail makes
// a participant of such an address.
func TestRepliesAfterNewAddresses(t *testing.T) {
	t.Parallel()
	d := Start(t, func(c *Config) { c.Desks[0].ReplyDomain = "reply.example.com" })
	n := d.Opens(Jane, "Kettle", "It leaks.")
	text, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), `reply_domain = "reply.example.com"`, `separator = "-"`, 1)
	if err := os.WriteFile(d.Config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Reload()
	d.Answers(Gmail(), Dana, n, "It comes tomorrow.")
	answer := d.Await(Jane.Address, "the answer", Has("It comes tomorrow"))
	if !strings.HasPrefix(answer.ReplyTo.Address, "support-") {
		t.Errorf("the answer leaves as of before: %s", answer.ReplyTo.Address)
	}
	if _, err := d.TrySend("", []string{"support+notice@example.com"}, Write(Dana, "support+notice@example.com", "Away", "Until Monday.").Bytes()); err != nil {
		t.Errorf("the notices' address of before: %v", err)
	}
	kim := Write(Kim, Support, "Kettle", "Mine leaks, too.")
	kim.Cc = append(kim.Cc, n.ReplyTo)
	if _, err := d.TrySend(Kim.Address, []string{Support}, kim.Bytes()); err != nil {
		t.Fatal(err)
	}
	if m := d.Await(Dana.Address, "Kim's mail", Has("Mine leaks")); m.Leaks("reply.example.com") {
		t.Errorf("a former address takes part:\n%s", m.Raw)
	}
	if _, err := d.TrySend(Jane.Address, []string{"support+other@reply.example.com"}, Write(Jane, Support, "Other", "Words.").Bytes()); err == nil {
		t.Error("an address without a token is taken at a domain that is not ours any more")
	}
}

// The list has all keys of a ticket, and says in them what `ticket show` says.
func TestListSaysTagsAndFields(t *testing.T) {
	t.Parallel()
	d := Start(t, func(c *Config) { c.Extra += "\n[[field]]\nname = \"product\"\n" })
	n := d.Opens(Jane, "Kettle arrived broken", "It leaks.")
	d.Post(Gmail().Reply(Dana, n, "/tag urgent\n/set product=kettle"))
	d.Settle()
	show := lines(t, d.Must("ticket", "show", n.Number(t), "--json"))[0]
	list := lines(t, d.Must("ticket", "list", "--json"))[0]
	for _, key := range []string{"tags", "fields"} {
		if a, b := fmt.Sprint(list[key]), fmt.Sprint(show[key]); a != b {
			t.Errorf("%s: ticket list says %s, ticket show %s", key, a, b)
		}
	}
}

// Open tickets at a desk that the config has no more are told by aside check.
func TestCheckTellsOfADeskThatIsGone(t *testing.T) {
	d := Start(t)
	d.Post(Write(Jane, "billing@example.com", "Invoice", "It is too high."))
	d.Settle()
	text, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.Config, []byte(strings.Replace(string(text), `address = "billing@`, `address = "accounts@`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Reload()
	if out := d.CLI("check"); !strings.Contains(out.Stdout, "billing@example.com") {
		t.Errorf("ticket #1 is open at billing@example.com, whose addresses are refused now, and aside check says:\n%s", out.Stdout)
	}
}
