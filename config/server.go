package config

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

const day = 24 * time.Hour

// server reads [server].
func (l *loader) server(t *table) Server {
	s := Server{
		Hostname:   l.serverName(t),
		MaxMessage: t.size("max_message", 35_000_000, 64<<10, 1<<30),
	}
	listening := map[string]string{}
	s.SMTP = t.list("smtp", []string{"127.0.0.1:2525"})
	for i, addr := range s.SMTP {
		if addr == "" {
			continue // reported already
		}
		if c := listenProblem(addr, "smtp", listening); c.text != "" {
			t.problemIn("smtp", i, c.hint, "%s", c.text)
		}
	}
	if t.has("smtp") && len(s.SMTP) == 0 {
		t.problem("smtp", `write smtp = ["127.0.0.1:2525"]`, "is empty, and no mail would come in")
	}
	if s.HTTP = t.text("http", ""); s.HTTP != "" {
		if c := listenProblem(s.HTTP, "http", listening); c.text != "" {
			t.problem("http", c.hint, "%s", c.text)
		}
	}
	const smtpOnly = "mail comes in by smtp only; leave it []"
	t.later("lmtp", smtpOnly)
	t.later("submission", smtpOnly)
	t.later("imap", "leave it []")
	s.TLS = l.tls(t.sub("tls"))
	limits := t.sub("limits")
	s.Limits = Limits{
		Connections: limits.number("connections", 500, 1, 100_000),
		PerIP:       limits.number("per_ip", 20, 1, 100_000),
		PerSender:   limits.number("per_sender", 0, 0, 1_000_000),
		Recipients:  limits.number("recipients", 100, 100, 10_000),
	}
	return s
}

// serverName reads server.hostname; without one it is the machine's own.
func (l *loader) serverName(t *table) string {
	if name := t.domain("hostname"); name != "" {
		return name
	}
	name, err := l.hostname()
	if name = strings.ToLower(name); err != nil || checkDomain(name).text != "" {
		return "localhost"
	}
	return name
}

// listenProblem judges an address to listen on. Port 0 is any free one, so two
// of those do not collide.
func listenProblem(addr, key string, listening map[string]string) complaint {
	if strings.HasPrefix(addr, "unix:") {
		return complaint{quote(addr) + " is a socket's path", `write "127.0.0.1:2525"`}
	}
	if c := checkHostPort(addr); c.text != "" {
		return c
	}
	if _, port, _ := net.SplitHostPort(addr); port == "0" {
		return complaint{}
	}
	if other, taken := listening[addr]; taken {
		return complaint{fmt.Sprintf("server.%s listens on %s already", other, quote(addr)), "use another port"}
	}
	listening[addr] = key
	return complaint{}
}

// tls reads [server.tls]: cert and key are files in PEM, the whole chain in
// cert.
func (l *loader) tls(t *table) *tls.Config {
	const hint = "give cert and key, as files"
	t.later("acme_email", hint)
	t.later("acme_hosts", hint)
	cert, key := t.text("cert", ""), t.text("key", "")
	switch {
	case cert == "" && key == "":
		return nil
	case key == "":
		t.problem("key", "give cert and key, or neither", "is missing")
		return nil
	case cert == "":
		t.problem("cert", "give cert and key, or neither", "is missing")
		return nil
	}
	l.secrets = append(l.secrets, l.absolute(key))
	certPEM, certErr := l.readFile(l.absolute(cert))
	keyPEM, keyErr := l.readFile(l.absolute(key))
	if certErr != nil {
		t.problem("cert", readableHint(certErr), "cannot be read: %s", unreadable(certErr))
	}
	if keyErr != nil {
		t.problem("key", readableHint(keyErr), "cannot be read: %s", unreadable(keyErr))
	}
	if certErr != nil || keyErr != nil {
		return nil
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.problem("cert", "", "%s and %s do not work together: %v", quote(cert), quote(key), err)
		return nil
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
}

// store reads [store].
func (l *loader) store(t *table) Store {
	s := Store{Driver: t.choice("driver", DriverSQLite, DriverSQLite, DriverPostgres)}
	s.DSN = t.secret("dsn")
	key := "dsn"
	if t.has("dsn_file") {
		key = "dsn_file"
	}
	switch {
	case s.Driver == DriverSQLite && s.DSN != "":
		t.problem(key, `"sqlite" needs none: its file lies in state_dir`, `is for driver = "postgres"`)
		s.DSN = ""
	case s.Driver == DriverSQLite:
	case s.DSN == "" && !t.has("dsn_file"):
		t.problem("dsn", `write dsn = "postgres://aside@db.example.com/aside"`, "is missing")
	case s.DSN == "": // the file has been complained of
	case !looksLikeDSN(s.DSN):
		t.problem(key, `write it as "postgres://aside@db.example.com/aside"`, "is no address of a PostgreSQL database") // and not what it is: a password may stand in it
	}
	return s
}

// looksLikeDSN judges the form; what is in it is the driver's to judge.
func looksLikeDSN(s string) bool {
	if strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://") {
		_, err := url.Parse(s)
		return err == nil
	}
	return strings.Contains(s, "=") && !strings.Contains(s, "://")
}

// templates reads [templates].
func (l *loader) templates(t *table) string {
	dir := l.absolute(t.text("dir", ""))
	if dir != "" && !l.isDir(dir) {
		t.problem("dir", "make it, or leave dir empty for the built-in ones", "there is no folder %s", quote(dir))
	}
	return dir
}

// sla reads [sla], of which this version knows one key.
func (l *loader) sla(t *table) time.Duration {
	for _, key := range []string{"first_response", "next_response", "side_answer", "reminders",
		"hours", "holidays", "auto_resolve", "retention"} {
		t.later(key, "of [sla] only reopen_for works so far")
	}
	return t.duration("reopen_for", 14*day, 3650*day)
}

// fields reads [[field]].
func (l *loader) fields(tables []*table) []Field {
	var out []Field
	taken := map[string]int{}
	for _, t := range tables {
		name, ok := t.required("name", "product")
		name = strings.ToLower(name)
		if ok && !wordForm.MatchString(name) {
			t.problem("name", "letters a to z, digits, and . _ - inside", "%s is no single word", quote(name))
		} else if ok && !t.unique("name", name, taken) {
			continue
		}
		switch on := t.text("on", "ticket"); on {
		case "ticket":
		case "contact":
			t.problem("on", `only "ticket" works so far`, `"contact" is not in this version`)
		default:
			t.problem("on", "", `must be "ticket", not %s`, quote(on))
		}
		values := t.list("values", nil)
		t.repeated("values", values)
		out = append(out, Field{Name: name, Values: values})
	}
	return out
}
