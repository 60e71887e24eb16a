package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"

	"aside/config"
	"aside/mailin/verify"
)

// resolver is the DNS that the daemon will ask.
func resolver(c *config.Config) *net.Resolver {
	if c.Trust.Resolver == "" || c.Trust.Resolver == config.ResolverNone {
		return net.DefaultResolver
	}
	return verify.NewResolver(c.Trust.Resolver)
}

// trust looks whether what proves an agent can work at all.
func (k checker) trust() []finding {
	t := k.conf.Trust
	var found []finding
	if len(t.AuthservIDs) > 0 && len(t.Networks) == 0 {
		found = append(found, finding{"trust", warning, "authserv_ids names " + strings.Join(t.AuthservIDs, ", ") + ", but networks is empty, so nobody's results count",
			"list the addresses of your own mail servers in front in trust.networks"})
	}
	if len(t.Networks) > 0 && len(t.AuthservIDs) == 0 {
		found = append(found, finding{"trust", fine, "senders of mail that came by trust.networks are judged by DKIM alone, since authserv_ids is empty", ""})
	}
	switch {
	case t.Agents == "token":
		return append(found, finding{"trust", fine, "agents are known by the secret address in each notice, or by their domain's DKIM signature", ""})
	case t.Resolver == config.ResolverNone && (len(t.Networks) == 0 || len(t.AuthservIDs) == 0):
		return append(found, finding{"trust", broken, `agents = "dmarc" with resolver = "none": no signature can be checked, so every agent's mail would be held`,
			`give a resolver, or write agents = "token"`})
	}
	return append(found, finding{"trust", fine, "agents are known by their domain's DKIM signature", ""})
}

// agentDomains are the domains that agents write from, each once.
func (k checker) agentDomains() (domains []string) {
	if k.conf.Trust.Agents == "token" || k.conf.Trust.Resolver == config.ResolverNone {
		return nil
	}
	for _, a := range k.conf.Directory.Agents {
		for _, address := range a.Addresses {
			if domain := address[strings.LastIndexByte(address, '@')+1:]; !slices.Contains(domains, domain) {
				domains = append(domains, domain)
			}
		}
	}
	return domains
}

// usualSelectors are names under which many servers publish their keys. DNS
// tells no list of those that there are.
var usualSelectors = []string{"default", "dkim", "mail", "google", "20230601", "selector1", "selector2", "s1", "s2", "k1", "k2", "key1", "fm1", "protonmail", "zoho", "mx"}

// signs looks whether mail from an agents' domain can be signed: a key under
// one of the usual names, or under one that we sign with ourselves.
func (k checker) signs(ctx context.Context, domain string) []finding {
	ctx, cancel := context.WithTimeout(ctx, k.patience)
	defer cancel()
	selectors := slices.Clone(usualSelectors)
	for _, d := range k.conf.Outbound.DKIM {
		if d.Domain == domain {
			selectors = append([]string{d.Selector}, selectors...)
		}
	}
	for _, s := range selectors {
		name := s + "._domainkey." + domain
		texts, err := k.dns.LookupTXT(ctx, name)
		if err != nil && !missing(err) {
			return []finding{notLookedUp("agents", name, err)}
		}
		if len(texts) == 0 {
			continue
		}
		if forTests(texts[0]) {
			return []finding{{"agents", warning, name + " is published for tests only (t=y): what it signs counts as unsigned", "take t=y out of the record"}}
		}
		return []finding{{"agents", fine, name + " publishes a key for mail from " + domain, ""}}
	}
	return []finding{{"agents", warning, fmt.Sprintf("no DKIM key of %s was found under the usual names: agents' mail from there that is not signed is held", domain),
		`make the mail server that agents send by sign with DKIM, or write agents = "token" in [trust]; if it signs under another name, all is well`}}
}

// forTests reports a key's flag y (RFC 6376 section 3.6.1).
func forTests(record string) bool {
	for tag := range strings.SplitSeq(record, ";") {
		if name, value, _ := strings.Cut(tag, "="); strings.TrimSpace(name) == "t" {
			return slices.Contains(strings.Split(strings.ReplaceAll(value, " ", ""), ":"), "y")
		}
	}
	return false
}

// dmarc looks whether an agents' domain has a policy (RFC 7489). aside does
// without one; other receivers do not.
func (k checker) dmarc(ctx context.Context, domain string) []finding {
	ctx, cancel := context.WithTimeout(ctx, k.patience)
	defer cancel()
	texts, err := k.dns.LookupTXT(ctx, "_dmarc."+domain)
	if err != nil && !missing(err) {
		return []finding{notLookedUp("agents", "the DMARC record of "+domain, err)}
	}
	n := 0
	for _, t := range texts {
		if strings.HasPrefix(t, "v=DMARC1") {
			n++
		}
	}
	publish := "publish as TXT of _dmarc." + domain + ": v=DMARC1; p=none; and p=reject once all of its mail is signed"
	switch n {
	case 0:
		return []finding{{"agents", warning, domain + " has no DMARC record of its own: elsewhere anybody can write in its name", publish}}
	case 1:
		return []finding{{"agents", fine, domain + " has a DMARC record", ""}}
	}
	return []finding{{"agents", warning, fmt.Sprintf("%s has %d DMARC records, which count as none", domain, n), "make one of them"}}
}
