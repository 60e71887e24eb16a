// Package config reads aside's TOML file, checks all of it, and says what is
// wrong with file, line, key and a suggestion. It opens no connection and
// listens nowhere: whether DNS, ports and relay work is a question of the
// check command.
package config

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"aside"
)

// Config is a checked file. It is immutable; a reload makes another.
type Config struct {
	// File is the path that was loaded, as given.
	File string
	// StateDir is the absolute path of the folder of database and keys,
	// state_dir in the file; by default "data" beside the file. It need not
	// exist yet. Relative paths in the file are relative to the file's folder.
	StateDir string
	Server   Server
	Trust    Trust
	Outbound Outbound
	Store    Store
	// TemplatesDir is the absolute path of the folder with overriding
	// templates, templates.dir; empty, the default, for none.
	TemplatesDir string
	// Directory holds desks, teams, agents and the address book.
	Directory *aside.Directory
	// ReopenFor is how long after its resolution a ticket is reopened by its
	// customer's mail, sla.reopen_for; 14 days by default. Later mail opens a
	// new ticket.
	ReopenFor time.Duration
	// Fields are the fields that tickets may carry.
	Fields []Field
	// SecretFiles are the absolute paths of the files that hold a password or
	// a private key: those that the config names, and its own where a secret
	// stands in it.
	SecretFiles []string
}

// Server is the [server] table: where aside listens.
type Server struct {
	// Hostname is the name aside greets with (RFC 5321 section 4.1.3) and puts
	// into Received; the machine's own name by default, "localhost" if that is
	// no valid name.
	Hostname string
	// SMTP are the addresses, host:port, that take mail from the internet or
	// from an MTA; ["127.0.0.1:2525"] by default.
	SMTP []string
	// HTTP is the address, host:port, of /healthz, /readyz and /metrics; empty,
	// the default, for none.
	HTTP string
	// MaxMessage is the largest mail taken, in octets; 35 MB (35,000,000) by
	// default, at least 64 KiB (RFC 5321 section 4.5.3.1.7).
	MaxMessage int64
	// TLS offers STARTTLS on the SMTP listener; nil, the default, without.
	TLS    *tls.Config
	Limits Limits
}

// Limits is the [server.limits] table.
type Limits struct {
	// Connections is how many SMTP connections are open at once; 500 by
	// default. More are asked to come back later.
	Connections int
	// PerIP is how many of them one address may have; 20 by default.
	PerIP int
	// PerSender is how many mails one envelope sender may hand in within a
	// minute before it is asked to come back later; 0, the default, for any
	// number.
	PerSender int
	// Recipients is how many RCPT one mail may have; 100 by default, which is
	// also the least that RFC 5321 section 4.5.3.1.8 allows.
	Recipients int
}

// ResolverNone is trust.resolver where no DNS is to be asked.
const ResolverNone = "none"

// Trust is the [trust] table.
type Trust struct {
	// Agents says what proves an agent: "dmarc", the default, for a DKIM
	// signature of the address's domain, or "token" for that agent's own token
	// as well.
	Agents string
	// Networks are the mail servers in front, which may add
	// Authentication-Results; none by default.
	Networks []netip.Prefix
	// AuthservIDs are the names by which they do, in lower case.
	AuthservIDs []string
	// Resolver is the DNS server to ask, host:port; empty for the system's.
	// With ResolverNone no DNS is asked and no sender verified here.
	Resolver string
}

// Outbound is the [outbound] table: how mail leaves.
type Outbound struct {
	Relay Relay
	// SendDelay is how long a mail to contacts waits before it leaves, so that
	// /undo can stop it; 30 seconds by default, 0 for none.
	SendDelay time.Duration
	// DKIM are the keys that sign, one entry a domain and selector; none by
	// default.
	DKIM []DKIM
}

// The schemes of a relay.
const (
	RelaySMTP     = "smtp"          // plain
	RelaySTARTTLS = "smtp+starttls" // TLS or nothing, after STARTTLS (RFC 3207)
	RelaySMTPS    = "smtps"         // TLS from the first octet (RFC 8314)
	RelayMaildir  = "maildir"       // no network: PATH/<recipient>/new/…
)

// Relay is where outbound mail goes, outbound.relay; "smtp://127.0.0.1:25" by
// default.
type Relay struct {
	Scheme string // RelaySMTP, RelaySTARTTLS, RelaySMTPS or RelayMaildir
	// Addr is host:port; the port is 25, 587 or 465 by default. Empty for a
	// maildir.
	Addr string
	// User and Password are for AUTH; both or neither.
	User     string
	Password string
	// Path is the absolute path of a maildir relay's folder.
	Path string
}

// DKIM is one [[outbound.dkim]] table (RFC 6376).
type DKIM struct {
	Domain   string // lower-case
	Selector string
	Key      crypto.Signer // *rsa.PrivateKey or ed25519.PrivateKey
}

// Store is the [store] table.
type Store struct {
	Driver string // DriverSQLite or DriverPostgres
	DSN    string // how to reach PostgreSQL; a secret, for a password may stand in it
}

// The databases.
const (
	DriverSQLite   = "sqlite"
	DriverPostgres = "postgres"
)

// Field is one [[field]] table: something that /set writes on a ticket.
type Field struct {
	Name   string   // lower-case
	Values []string // the allowed ones, in the file's order; none allows any
}

// surroundings is what checking a file needs of the machine; tests and the
// fuzzer bring their own.
type surroundings struct {
	readFile func(path string) ([]byte, error)
	isDir    func(path string) bool
	hostname func() (string, error)
}

// A config has a few kilobytes; a key or password less. What is larger is the
// wrong file.
const (
	maxFile   = 1 << 20
	maxSecret = 64 << 10
)

// Load reads and checks the file. When the file can be read and something in
// it is wrong, the error is a Problems with everything that is wrong.
func Load(path string) (*Config, error) {
	data, err := readFile(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("reading the config: %w", err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("finding the folder of %s: %w", path, err)
	}
	return parse(path, dir, data, surroundings{
		readFile: func(p string) ([]byte, error) { return readFile(p, maxSecret) },
		isDir: func(p string) bool {
			info, err := os.Stat(p)
			return err == nil && info.IsDir()
		},
		hostname: os.Hostname,
	})
}

// readFile reads a regular file of at most limit octets: a path that names a
// terminal or a pipe must not make the daemon hang. The byte order mark that
// some editors begin a file with is left out.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder, not a file", path)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s is larger than %d kB, so it is probably the wrong file", path, limit>>10)
	}
	if bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF")) {
		return nil, fmt.Errorf("%s is written in UTF-16: save it as UTF-8", path)
	}
	return bytes.TrimPrefix(data, []byte("\uFEFF")), nil
}

// parse checks the file's bytes; dir is what its relative paths start from.
func parse(file, dir string, data []byte, s surroundings) (*Config, error) {
	values := map[string]any{}
	if err := toml.Unmarshal(data, &values); err != nil {
		return nil, Problems{syntaxProblem(file, err)}
	}
	l := &loader{surroundings: s, file: file, dir: dir, lines: readLines(data)}
	c := l.config(l.newTable(values, "", "", "", 0))
	l.unknownKeys()
	if len(l.problems) > 0 {
		l.problems.sort()
		return nil, l.problems
	}
	return c, nil
}

// config reads every table. The order does not matter to the reader of the
// problems: they are sorted by line.
func (l *loader) config(top *table) *Config {
	c := &Config{File: l.file}
	if c.StateDir = l.absolute(top.text("state_dir", "data")); c.StateDir == "" {
		top.problem("state_dir", `write state_dir = "data"`, "is empty")
	}
	c.Server = l.server(top.sub("server"))
	c.Trust = l.trust(top.sub("trust"))
	c.Outbound = l.outbound(top.sub("outbound"))
	c.Store = l.store(top.sub("store"))
	c.TemplatesDir = l.templates(top.sub("templates"))
	c.Directory = l.directory(top)
	c.ReopenFor = l.sla(top.sub("sla"))
	c.Fields = l.fields(top.subs("field"))
	top.laterTables("pull", "mail comes in by SMTP only; leave it out")
	top.laterTables("macro", "leave it out")
	l.dkimDomains(c.Directory)
	slices.Sort(l.secrets)
	c.SecretFiles = slices.Compact(l.secrets)
	return c
}

// syntaxProblem is the first place where the file is no TOML at all; the
// parser cannot go on after it.
func syntaxProblem(file string, err error) Problem {
	p := Problem{File: file, Text: "not valid TOML: " + err.Error()}
	var de *toml.DecodeError
	if errors.As(err, &de) {
		line, column := de.Position()
		p.Line = line
		p.Text = fmt.Sprintf("not valid TOML at column %d: %s", column, strings.TrimPrefix(de.Error(), "toml: "))
		p.Hint = syntaxHint(de.Error())
	}
	return p
}
