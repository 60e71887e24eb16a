package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"aside/config"
	"aside/templates"
)

// checkCmd checks the config and what it depends on.
type checkCmd struct {
	configFlag
	jsonFlag
}

// Help is shown by --help.
func (checkCmd) Help() string {
	return "Example:\n  aside check --config aside.toml\n\nChecks the config, the state folder, database and keys, the ports, the relay, the certificate and the DNS records,\n" +
		"and says what to do about each finding. Changes nothing, and may run beside the daemon.\nFails on errors; warnings are for you to judge."
}

// level is how bad a finding is.
type level string

const (
	fine    level = "ok"
	warning level = "warning"
	broken  level = "error"
)

// finding is one thing that was checked, as `aside check` prints it.
type finding struct {
	Check string `json:"check"` // what was looked at: config, templates, state, database, keys, secrets, port, tls, relay, trust, agents, mx, spf, dkim
	Level level  `json:"level"`
	Text  string `json:"text"`
	Do    string `json:"do"` // what to do about it; empty when all is well
}

// dns is what the checks ask of a resolver; tests answer for it.
type dns interface {
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupHost(ctx context.Context, name string) ([]string, error)
}

// checker looks at what a config depends on.
type checker struct {
	conf *config.Config
	dns  dns
	now  time.Time
	// patience is how long one question to the network may take.
	patience time.Duration
}

// Run prints the findings and fails if one of them is an error.
func (c checkCmd) Run(ctx context.Context, o output) error {
	conf, err := config.Load(c.Config)
	if err != nil {
		if c.JSON {
			return errors.Join(printList(o.out, configFindings(err)), errors.New("the config does not check out"))
		}
		return err
	}
	k := checker{conf: conf, dns: resolver(conf), now: time.Now(), patience: 3 * time.Second}
	return tell(o, k.all(ctx), c.JSON)
}

// configFindings are the problems of a config that does not load.
func configFindings(err error) (found []finding) {
	var problems config.Problems
	if !errors.As(err, &problems) {
		return []finding{{"config", broken, err.Error(), "give the path of the config file"}}
	}
	for _, p := range problems {
		text := p
		text.Hint = ""
		found = append(found, finding{"config", broken, text.Error(), p.Hint})
	}
	return found
}

// all runs every check; what asks the network runs side by side.
func (k checker) all(ctx context.Context) []finding {
	found := []finding{{"config", fine, fmt.Sprintf("%s: %s, %s, %s", k.conf.File,
		templates.Count(len(k.conf.Directory.Desks), "desk"), templates.Count(len(k.conf.Directory.Agents), "agent"), templates.Count(len(k.conf.Directory.Teams), "team")), ""}}
	found = append(found, k.templates()...)
	found = append(found, k.stateFolder()...)
	found = append(found, k.database(ctx)...)
	found = append(found, k.secrets()...)
	found = append(found, k.certificate()...)
	found = append(found, k.trust()...)
	checks := []func(context.Context) []finding{k.ports, k.relay}
	for _, domain := range k.domains() {
		checks = append(checks,
			func(ctx context.Context) []finding { return k.mx(ctx, domain) },
			func(ctx context.Context) []finding { return k.spf(ctx, domain) })
	}
	for _, domain := range k.agentDomains() {
		checks = append(checks,
			func(ctx context.Context) []finding { return k.signs(ctx, domain) },
			func(ctx context.Context) []finding { return k.dmarc(ctx, domain) })
	}
	for _, key := range k.conf.Outbound.DKIM {
		checks = append(checks, func(ctx context.Context) []finding { return k.dkim(ctx, key) })
	}
	results := make([][]finding, len(checks))
	var wg sync.WaitGroup
	for i, check := range checks {
		wg.Go(func() { results[i] = check(ctx) })
	}
	wg.Wait()
	for _, r := range results {
		found = append(found, r...)
	}
	return found
}

// templates are an admin's own, where one that is broken would only show when a
// mail is rendered, and the desks' languages.
func (k checker) templates() (found []finding) {
	set, err := settings(k.conf)
	if err != nil {
		return []finding{{"templates", broken, err.Error(), "mend the template, or take it out of the folder"}}
	}
	if k.conf.TemplatesDir != "" {
		found = append(found, finding{"templates", fine, k.conf.TemplatesDir + " is in use", ""})
	}
	for _, d := range k.conf.Directory.Desks {
		files := set.Templates.Lacks(templates.KeyOf(d))
		if len(files) == 0 {
			continue
		}
		found = append(found, finding{"templates", warning, fmt.Sprintf("%s has language = %q, and customers get %s in English", d.Address, d.Language, strings.Join(files, ", ")),
			fmt.Sprintf("built in are %s; for any other put these files into the folder %s of templates.dir", strings.Join(templates.Languages(), " "), strings.ToLower(d.Language))})
	}
	return found
}

// domains are those that mail comes to, each once.
func (k checker) domains() (domains []string) {
	seen := map[string]bool{}
	for _, d := range k.conf.Directory.Desks {
		for _, domain := range []string{d.Domain(), d.TokenDomain()} {
			if !seen[domain] {
				seen[domain] = true
				domains = append(domains, domain)
			}
		}
	}
	return domains
}

// tell prints the findings, and counts the errors.
func tell(o output, found []finding, asJSON bool) error {
	errs, warnings := 0, 0
	for _, f := range found {
		switch f.Level {
		case broken:
			errs++
		case warning:
			warnings++
		}
	}
	if asJSON {
		if err := printList(o.out, found); err != nil {
			return err
		}
	} else {
		for _, f := range found {
			fmt.Fprintf(o.out, "%-8s %-9s %s\n", f.Level, f.Check, plainLine(f.Text))
			if f.Do != "" {
				fmt.Fprintln(o.out, indent(strings.TrimSpace(plain(f.Do)), strings.Repeat(" ", 19)+"→ "))
			}
		}
		fmt.Fprintf(o.out, "%d errors, %d warnings\n", errs, warnings)
	}
	if errs > 0 {
		return fmt.Errorf("%d of the checks failed", errs)
	}
	return nil
}
