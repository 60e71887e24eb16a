package config

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside"
)

const minimal = `[[team]]
name = "Support"
[[agent]]
handle = "Dana"
addresses = ["Dana@Example.com"]
teams = ["SUPPORT"]
[[desk]]
address = "Support@Example.com"
name = "Example Support"
team = "support"
`

func mustParse(t *testing.T, text string) *Config {
	t.Helper()
	c, err := parse("aside.toml", "/etc/aside", []byte(text), onDisk())
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	return c
}

func TestExample(t *testing.T) {
	c, err := Load("../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if c.StateDir != filepath.Join(root, "data") {
		t.Errorf("StateDir = %s, not beside the file", c.StateDir)
	}
	if want := (Relay{Scheme: RelayMaildir, Path: filepath.Join(root, "data/outbox")}); c.Outbound.Relay != want {
		t.Errorf("Relay = %+v", c.Outbound.Relay)
	}
	// What the example says of defaults is true.
	plain := mustParse(t, minimal)
	if !reflect.DeepEqual(c.Server.SMTP, plain.Server.SMTP) || c.Server.MaxMessage != plain.Server.MaxMessage ||
		c.Server.Limits != plain.Server.Limits || !reflect.DeepEqual(c.Trust, plain.Trust) || c.Store != plain.Store ||
		c.Outbound.SendDelay != plain.Outbound.SendDelay || c.ReopenFor != plain.ReopenFor {
		t.Errorf("the example shows %+v, the defaults are %+v", c, plain)
	}
	d := c.Directory
	if len(d.Desks) != 1 || d.Desk("support@example.com") == nil || len(d.Agents) != 2 ||
		len(d.TeamAgents("support")) != 2 || d.Card("courier") == nil {
		t.Errorf("the directory is %+v", d)
	}
	if a := d.AgentByAddress("o.haddad@example.com"); a == nil || a.Handle != "omar" || a.Address() != "omar@example.com" {
		t.Errorf("o.haddad@example.com is %+v", a)
	}
	if a := d.AgentByHandle("omar"); a.Location.String() != "Europe/Berlin" {
		t.Errorf("omar's clock is %s, not that of the team's desk", a.Location)
	}
}

// TestDefaults holds what the doc comments of Config say about absent keys.
func TestDefaults(t *testing.T) {
	got := mustParse(t, minimal)
	d := got.Directory
	want := &Config{
		File: "aside.toml", StateDir: "/etc/aside/data",
		Server: Server{Hostname: "machine.example", SMTP: []string{"127.0.0.1:2525"}, MaxMessage: 35_000_000,
			Limits: Limits{Connections: 500, PerIP: 20, PerSender: 0, Recipients: 100}},
		Trust:     Trust{Agents: "dmarc"},
		Outbound:  Outbound{Relay: Relay{Scheme: RelaySMTP, Addr: "127.0.0.1:25"}, SendDelay: 30 * time.Second},
		Store:     Store{Driver: DriverSQLite},
		ReopenFor: 14 * 24 * time.Hour,
		Directory: d,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if want := (&aside.Team{Name: "support"}); !reflect.DeepEqual(d.Teams, []*aside.Team{want}) {
		t.Errorf("the team is %+v", d.Teams[0])
	}
	if want := (&aside.Agent{Handle: "dana", Name: "dana", Addresses: []string{"dana@example.com"}, Teams: []string{"support"},
		Role: aside.RoleAgent, Notify: aside.NotifyRoom, Location: time.UTC}); !reflect.DeepEqual(d.Agents, []*aside.Agent{want}) {
		t.Errorf("the agent is %+v", d.Agents[0])
	}
	if want := (&aside.Desk{Address: "support@example.com", Name: "Example Support", Team: "support", Location: time.UTC,
		Language: "en", Acknowledge: true, SubjectTag: aside.TagSide, Separator: "+", LeakGuard: aside.LeakGuardHold}); !reflect.DeepEqual(d.Desks, []*aside.Desk{want}) {
		t.Errorf("the desk is %+v", d.Desks[0])
	}
}

const everyKey = `state_dir = "/var/lib/aside"
[server]
hostname = "Desk.Example.COM"
smtp = [":25", "[::1]:2525", "mail.example.com:25"]
http = "127.0.0.1:0"
max_message = "1.5 MiB"
limits = { connections = 9, per_ip = 8, per_sender = 7, recipients = 600 }
[trust]
agents = "token"
[outbound]
relay = "smtps://mail.example.com"
user = "me@example.com"
password = "p w"
send_delay = "0s"
[templates]
dir = "/"
[[team]]
name = "support"
[[team]]
name = "sales"
[[agent]]
handle = "dana"
name = "Dana Reyes"
addresses = ["dana@example.com"]
teams = ["support"]
role = "manager"
notify = "mentions"
timezone = "America/New_York"
own_signatures = ["Sent from my phone", "Dana R."]
[[contact]]
name = "Müller"
address = "Post@mueller.example"
due = "monday 9am"
[[desk]]
address = "support@example.com"
name = "Example Support"
team = "support"
signature = """
Example Support
Mon-Fri 9-17
"""
timezone = "Europe/Berlin"
language = "pt-BR"
acknowledge = false
subject_tag = "all"
leak_guard = "off"
separator = "-"
reply_domain = "Reply.example.com"
[sla]
reopen_for = "1d12h"
[[field]]
name = "Product"
on = "ticket"
values = ["Kettle", "Toaster"]
[[field]]
name = "order"
`

func TestEveryKey(t *testing.T) {
	c := mustParse(t, everyKey)
	if c.StateDir != "/var/lib/aside" || c.ReopenFor != 36*time.Hour || c.TemplatesDir != "/" {
		t.Errorf("StateDir %s, ReopenFor %s, TemplatesDir %s", c.StateDir, c.ReopenFor, c.TemplatesDir)
	}
	if want := (Server{Hostname: "desk.example.com", SMTP: []string{":25", "[::1]:2525", "mail.example.com:25"},
		HTTP: "127.0.0.1:0", MaxMessage: 3 << 19, Limits: Limits{9, 8, 7, 600}}); !reflect.DeepEqual(c.Server, want) {
		t.Errorf("Server = %+v", c.Server)
	}
	if want := (Outbound{Relay: Relay{Scheme: RelaySMTPS, Addr: "mail.example.com:465", User: "me@example.com", Password: "p w"}}); !reflect.DeepEqual(c.Outbound, want) {
		t.Errorf("Outbound = %+v", c.Outbound)
	}
	if want := []Field{{Name: "product", Values: []string{"Kettle", "Toaster"}}, {Name: "order"}}; !reflect.DeepEqual(c.Fields, want) {
		t.Errorf("Fields = %+v", c.Fields)
	}
	d := c.Directory
	a, k, card := *d.Agents[0], *d.Desks[0], *d.Cards[0]
	if a.Location.String() != "America/New_York" || k.Location.String() != "Europe/Berlin" {
		t.Errorf("time zones %s, %s", a.Location, k.Location)
	}
	a.Location, k.Location = nil, nil
	if want := (aside.Agent{Handle: "dana", Name: "Dana Reyes", Addresses: []string{"dana@example.com"}, Teams: []string{"support"},
		Role: aside.RoleManager, Notify: aside.NotifyMentions, OwnSignatures: []string{"Sent from my phone", "Dana R."}}); !reflect.DeepEqual(a, want) {
		t.Errorf("the agent is %+v", a)
	}
	if want := (aside.Desk{Address: "support@example.com", Name: "Example Support", Team: "support",
		Signature: "Example Support\nMon-Fri 9-17", Language: "pt-BR", SubjectTag: aside.TagAll, Separator: "-",
		ReplyDomain: "reply.example.com", LeakGuard: aside.LeakGuardOff}); !reflect.DeepEqual(k, want) {
		t.Errorf("the desk is %+v", k)
	}
	if want := (aside.Card{Name: "Müller", Address: "post@mueller.example", Due: "monday 9am"}); card != want {
		t.Errorf("the contact is %+v", card)
	}
}

// TestLaterEmpty: the keys of later versions, holding nothing or what they
// will mean by default, do not disturb.
func TestLaterEmpty(t *testing.T) {
	mustParse(t, `pull = []
macro = []
[server]
lmtp = []
submission = []
imap = []
http = ""
[server.tls]
acme_email = ""
acme_hosts = []
[trust]
agents = ""
networks = []
authserv_ids = []
resolver = ""
[store]
driver = "sqlite"
dsn = ""
[templates]
dir = ""
[sla]
first_response = ""
hours = ""
holidays = []
reminders = 0
auto_resolve = ""
`+minimal+`leak_guard = "hold"
reply_domain = ""
`)
}

func TestLineEnds(t *testing.T) {
	text := strings.ReplaceAll(minimal+"signature = \"\"\"\nA\nB\"\"\"\n", "\n", "\r\n")
	if got := mustParse(t, text).Directory.Desks[0].Signature; got != "A\nB" {
		t.Errorf("the signature is %q", got)
	}
	_, err := parse("aside.toml", "", []byte(text+"languag = 1\r\n"), onDisk())
	if want := "aside.toml:14: desk.languag: unknown key (did you mean language?)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRelayForms(t *testing.T) {
	for _, tt := range []struct {
		lines string
		want  Relay
	}{
		{`relay = "smtp://127.0.0.1:2526"`, Relay{Scheme: "smtp", Addr: "127.0.0.1:2526"}},
		{`relay = "smtp://[::1]"`, Relay{Scheme: "smtp", Addr: "[::1]:25"}},
		{`relay = "smtp://::1"`, Relay{Scheme: "smtp", Addr: "[::1]:25"}},
		{`relay = "smtp+starttls://mail.example.com/"`, Relay{Scheme: "smtp+starttls", Addr: "mail.example.com:587"}},
		{"relay = \"smtp+starttls://me@example.com@mail.example.com:25\"\npassword_file = \"relay.secret\"",
			Relay{Scheme: "smtp+starttls", Addr: "mail.example.com:25", User: "me@example.com", Password: "not a real password"}},
		{"relay = \"smtp://LOCALHOST\"\nuser = \"me\"\npassword = \"x\"", Relay{Scheme: "smtp", Addr: "LOCALHOST:25", User: "me", Password: "x"}},
		{"relay = \"smtp://127.0.0.1\"\nuser = \"me\"\npassword = \"x\"", Relay{Scheme: "smtp", Addr: "127.0.0.1:25", User: "me", Password: "x"}},
		{`relay = "maildir:out"`, Relay{Scheme: "maildir", Path: "testdata/bad/out"}},
		{`relay = "maildir:/srv/out@box:1"`, Relay{Scheme: "maildir", Path: "/srv/out@box:1"}},
	} {
		c, err := parse("aside.toml", "testdata/bad", []byte("[outbound]\n"+tt.lines+"\n"+minimal), onDisk())
		if err != nil {
			t.Errorf("%s: %v", tt.lines, err)
		} else if c.Outbound.Relay != tt.want {
			t.Errorf("%s is %+v, want %+v", tt.lines, c.Outbound.Relay, tt.want)
		}
	}
}

func TestDKIMKeys(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, "pkcs1.pem", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey))
	write(t, dir, "pkcs8.pem", "PRIVATE KEY", pkcs8(t, rsaKey))
	ed := write(t, dir, "ed.pem", "PRIVATE KEY", pkcs8(t, edKey))
	c, err := parse("aside.toml", dir, []byte(`[[outbound.dkim]]
domain = "example.com"
selector = "S1"
key_file = "pkcs1.pem"
[[outbound.dkim]]
domain = "example.com"
selector = "s2"
key_file = "pkcs8.pem"
[[outbound.dkim]]
domain = "Example.com"
selector = "s3"
key_file = "ed.pem"
[[outbound.dkim]]
domain = "example.com"
selector = "s4"
key = """
`+ed+"\"\"\"\n"+minimal), onDisk())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Outbound.DKIM) != 4 {
		t.Fatalf("%d keys", len(c.Outbound.DKIM))
	}
	for i, d := range c.Outbound.DKIM {
		equal := rsaKey.PublicKey.Equal(d.Key.Public())
		if i >= 2 {
			equal = edKey.Public().(ed25519.PublicKey).Equal(d.Key.Public())
		}
		if !equal || d.Domain != "example.com" || d.Selector != "s"+string(rune('1'+i)) {
			t.Errorf("key %d: %s %s, the right key: %t", i, d.Selector, d.Domain, equal)
		}
	}
}

func TestTLS(t *testing.T) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "desk.example.com"}, NotAfter: time.Unix(1<<33, 0)}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, pub, key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, "cert.pem", "CERTIFICATE", der)
	write(t, dir, "key.pem", "PRIVATE KEY", pkcs8(t, key))
	c, err := parse("aside.toml", dir, []byte("[server.tls]\ncert = \"cert.pem\"\nkey = \"key.pem\"\n"+minimal), onDisk())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Server.TLS; got == nil || len(got.Certificates) != 1 || got.MinVersion != tls.VersionTLS12 {
		t.Errorf("TLS = %+v", got)
	}
}

func write(t *testing.T, dir, name, kind string, der []byte) string {
	t.Helper()
	data := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestHostname(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"Mail.Example.com", nil, "mail.example.com"},
		{"my_laptop", nil, "localhost"},
		{"", nil, "localhost"},
		{"mail", errors.New("no name"), "localhost"},
	} {
		s := onDisk()
		s.hostname = func() (string, error) { return tt.name, tt.err }
		c, err := parse("aside.toml", "/", []byte(minimal), s)
		if err != nil || c.Server.Hostname != tt.want {
			t.Errorf("on a machine called %q: %+v, %v", tt.name, c, err)
		}
	}
}

// TestLoadFiles: what is no readable file is an error of its own, not a
// Problems, and nothing hangs on it.
func TestLoadFiles(t *testing.T) {
	dir := t.TempDir()
	pipe, big := filepath.Join(dir, "pipe"), filepath.Join(dir, "big.toml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	if err := os.WriteFile(big, make([]byte, maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing.toml")
	for path, want := range map[string]string{missing: "no such file", dir: "is a folder", pipe: "not a regular file", big: "larger than 1024 kB"} {
		_, err := Load(path)
		var ps Problems
		if err == nil || errors.As(err, &ps) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("Load(%s) = %v, want an error with %q", path, err, want)
		}
	}
	if _, err := Load(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is not fs.ErrNotExist: %v", err)
	}
}

func TestLoadGivesProblems(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aside.toml")
	if err := os.WriteFile(path, []byte(minimal+"colour = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	var ps Problems
	if want := (Problem{File: path, Line: 11, Key: "desk.colour", Text: "unknown key"}); !errors.As(err, &ps) || len(ps) != 1 || ps[0] != want {
		t.Errorf("got %#v", err)
	}
	var p Problem
	if !errors.As(err, &p) || p.Line != 11 {
		t.Errorf("a single problem cannot be had from %v", err)
	}
}

// TestMarksOfEditors: Windows editors begin a file with a byte order mark, which
// nobody sees, or write UTF-16.
func TestMarksOfEditors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	example, err := os.ReadFile("../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	write("relay.secret", "\uFEFFgrandmother\r\n")
	text := strings.Replace(string(example), `relay = "maildir:data/outbox"`, "relay = \"smtps://relay.example.com\"\nuser = \"me\"\npassword_file = \"relay.secret\"", 1)
	c, err := Load(write("marked.toml", "\uFEFF"+text))
	if err != nil {
		t.Fatal(err)
	}
	if c.Outbound.Relay.Password != "grandmother" {
		t.Errorf("the password is %q", c.Outbound.Relay.Password)
	}
	for _, mark := range []string{"\xFF\xFE", "\xFE\xFF"} {
		path := write("wide.toml", mark+"s\x00t\x00a\x00")
		if _, err := Load(path); err == nil || err.Error() != "reading the config: "+path+" is written in UTF-16: save it as UTF-8" {
			t.Errorf("a file in UTF-16: %v", err)
		}
	}
}
