package verify

import (
	"strings"

	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"
)

// policy is what a domain says about mail in its name (RFC 7489 section 6.3).
// Only how strictly domains must agree bears on the verdict "pass". p, sp and
// pct say what to do with mail that fails, and aside refuses none of it; so a
// pct below 100 makes no pass weaker, and no fail a pass.
type policy struct {
	found      bool
	temp       bool // DNS did not answer
	strictDKIM bool // adkim=s
	strictSPF  bool // aspf=s
}

// lookUpPolicy asks DNS once: the domain of From first, then its organisation
// (RFC 7489 section 6.6.3).
func (c *check) lookUpPolicy() *policy {
	if c.policy != nil {
		return c.policy
	}
	c.policy = c.policyOf(c.author.domain)
	if org := organisation(c.author.domain); !c.policy.found && !c.policy.temp && org != c.author.domain {
		c.policy = c.policyOf(org)
	}
	return c.policy
}

func (c *check) policyOf(domain string) *policy {
	texts, err := c.dns.LookupTXT(c.dns.ctx, "_dmarc."+domain)
	if err != nil {
		return &policy{temp: !missing(err)}
	}
	return readPolicy(texts)
}

// readPolicy makes the policy of the records of a domain. Several records are
// none. The library refuses a record with any mistake; its alignment is read
// all the same, in the strict sense where it is not plain, so that no mistake
// loosens what the domain asked for.
func readPolicy(texts []string) *policy {
	var records []string
	for _, t := range texts {
		if tag, _, _ := strings.Cut(t, ";"); strings.Join(strings.Fields(tag), "") == "v=DMARC1" {
			records = append(records, t)
		}
	}
	if len(records) != 1 {
		return &policy{}
	}
	if r, err := dmarc.Parse(records[0]); err == nil {
		return &policy{found: true, strictDKIM: r.DKIMAlignment == dmarc.AlignmentStrict, strictSPF: r.SPFAlignment == dmarc.AlignmentStrict}
	}
	tags := map[string]string{}
	for part := range strings.SplitSeq(records[0], ";") {
		name, value, _ := strings.Cut(part, "=")
		tags[strings.ToLower(strings.TrimSpace(name))] = strings.ToLower(strings.TrimSpace(value))
	}
	strict := func(tag string) bool { return tags[tag] != "" && tags[tag] != "r" }
	return &policy{found: true, strictDKIM: strict("adkim"), strictSPF: strict("aspf")}
}

// organisation is the organisational domain (RFC 7489 section 3.2): the label
// below the public suffix. A public suffix is its own.
func organisation(domain string) string {
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return domain
	}
	return org
}

func sameOrganisation(a, b string) bool {
	return a != "" && (a == b || organisation(a) == organisation(b))
}
