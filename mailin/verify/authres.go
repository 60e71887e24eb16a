package verify

import (
	"net/netip"
	"slices"
	"strings"

	"aside"

	"github.com/emersion/go-msgauth/authres"
)

// upstream is what a mail server in front of us found.
type upstream struct {
	pass       bool // DMARC passes
	reason     string
	sound      soundness // an aligned signature that makes an agent
	auth       bool      // From's address logged in there
	authReason string
}

// upstreamPeer reports whether the peer is a mail server of ours.
func (c *check) upstreamPeer() bool { return c.set.inside(c.in.Remote) }

// inside reports whether an address lies in the configured networks.
func (s *Settings) inside(address string) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	return slices.ContainsFunc(s.Networks, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// upstream reads the Authentication-Results that count: where the peer is a
// server of ours, the topmost field by one of the configured names, if it
// stands above every Received that tells of a hop from elsewhere. What stands
// below came with the mail, and anybody may have written it.
func (c *check) upstream() upstream {
	if !c.upstreamPeer() || len(c.set.AuthservIDs) == 0 {
		return upstream{}
	}
	for i, f := range c.head.fields {
		switch {
		case f.name == "received" && i > 0 && !c.set.fromInside(f.value()):
			return upstream{}
		case f.name == "authentication-results":
			id, results := readResults(f.value())
			if c.set.counts(id) {
				return c.believe(id, results)
			}
		}
	}
	return upstream{}
}

// counts reports whether an authserv-id is a configured one.
func (s *Settings) counts(id string) bool {
	return slices.ContainsFunc(s.AuthservIDs, func(own string) bool {
		return id != "" && isASCII(id) && strings.EqualFold(own, id) || id == "" && strings.EqualFold(own, Nameless)
	})
}

// believe takes the results of a field that counts.
func (c *check) believe(id string, results []authres.Result) upstream {
	if id == "" {
		id = "The mail server in front"
	}
	var out upstream
	for _, r := range results {
		switch r := r.(type) {
		case *authres.DMARCResult:
			if r.Value == authres.ResultPass && asciiDomain(r.From) == c.author.domain {
				out.pass = true
			}
		case *authres.SPFResult:
			_, domain := cutAddress("@" + r.From)
			if yes, unknown := c.aligned(asciiDomain(domain), func(p *policy) bool { return p.strictSPF }); r.Value == authres.ResultPass && yes && !unknown {
				out.pass = true
			}
		case *authres.DKIMResult:
			if yes, unknown := c.aligned(asciiDomain(r.Domain), func(p *policy) bool { return p.strictDKIM }); r.Value == authres.ResultPass && yes && !unknown {
				out.pass = true
			}
			if s := c.vouched(r); s.ok {
				out.pass, out.sound = true, s
			}
		case *authres.AuthResult:
			if r.Value == authres.ResultPass && r.Auth != "" && aside.FoldAddress(r.Auth) == c.author.address {
				out.auth, out.authReason = true, id+" says that its sender logged in there as "+c.author.address+" (Authentication-Results)."
			}
		}
	}
	if out.pass {
		out.reason = id + " says that it comes from " + c.author.domain + " (Authentication-Results)."
	}
	return out
}

// vouched judges dkim=pass. The field does not tell what the signature covers,
// nor whether it has l=; so the signature itself must still stand in the mail,
// and every one of that domain that stands there must be fit to make an agent:
// which of them passed is not known for certain. "dmarc=pass" alone may rest on
// SPF, or on a signature with l=, and makes no agent.
func (c *check) vouched(r *authres.DKIMResult) soundness {
	domain := asciiDomain(r.Domain)
	_, identity := cutAddress(r.Identifier)
	identity = asciiDomain(identity)
	if r.Value != authres.ResultPass || r.Domain == "" && r.Identifier == "" || r.Domain != "" && domain == "" {
		return soundness{}
	}
	var out soundness
	for _, s := range c.signatures() {
		named := domain == s.domain || r.Domain == "" && (identity == s.domain || strings.HasSuffix(identity, "."+s.domain))
		if !named || r.Identifier != "" && identity != s.domain && !strings.HasSuffix(identity, "."+s.domain) {
			continue
		}
		if yes, unknown := c.aligned(s.domain, func(p *policy) bool { return p.strictDKIM }); !yes || unknown {
			continue
		}
		this := c.head.soundness(s)
		if !this.ok {
			return soundness{}
		}
		if !out.ok || out.addressees {
			out = this // the one that covers less
		}
	}
	return out
}

// readResults reads a field in the form of RFC 8601 section 2.2, or without a
// name as Microsoft 365 writes it. The library splits at every semicolon and
// blank, also within comments and quotes, where strangers' words stand (a
// sender's local part, a signature's i=): those are taken out before.
func readResults(value string) (id string, results []authres.Result) {
	clean, ok := withoutStrangersWords(value)
	if !ok {
		return "invalid", nil
	}
	first, rest, _ := strings.Cut(clean, ";")
	if strings.Contains(first, "=") { // a result where the name should be
		rest, first = clean, ""
	}
	words := strings.Fields(first)
	if len(words) > 2 || len(words) == 2 && words[1] != "1" {
		return "invalid", nil
	}
	if len(words) > 0 {
		id = words[0]
	}
	for part := range strings.SplitSeq(rest, ";") {
		// One at a time: a result that the library cannot read spoils no other.
		if _, r, err := authres.Parse("x; " + part); err == nil {
			results = append(results, r...)
		}
	}
	return id, results
}

// withoutStrangersWords removes comments, and of quoted strings what could be
// taken for syntax. It fails where a comment or string does not end.
func withoutStrangersWords(s string) (string, bool) {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (quoted || depth > 0):
			if i++; quoted {
				b.WriteByte('?')
			}
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
			if strings.IndexByte(" \t;()=", c) >= 0 {
				c = '?'
			}
			b.WriteByte(c)
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return "", false
			}
			b.WriteByte(' ')
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String(), depth == 0 && !quoted
}

// fromInside reports whether a Received field tells of a hop within the
// configured networks: every address in what stands before its last "by" lies
// in them, and there is one. Servers write what the peer called itself there,
// too, with "by" in it if it likes; that can only add addresses.
func (s *Settings) fromInside(value string) bool {
	words, ok := receivedFrom(value)
	if !ok {
		return false
	}
	found := 0
	for _, w := range strings.FieldsFunc(words, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r == ':' || r == '.')
	}) {
		w = strings.TrimPrefix(w, "ipv6:")
		ip, err := netip.ParseAddr(strings.Trim(w, "."))
		if err != nil {
			continue
		}
		if found++; !s.inside(ip.String()) {
			return false
		}
	}
	return found > 0
}

// receivedFrom is a Received field from "from" to its last "by" outside of
// comments, in lower case. Not ok: it has no such form, as of mail that a
// program on the server handed in.
func receivedFrom(value string) (words string, ok bool) {
	value = strings.ToLower(value)
	if !strings.HasPrefix(value, "from") || len(value) < 5 || value[4] != ' ' && value[4] != '\t' {
		return "", false
	}
	last, depth := -1, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && c == 'b' && (value[i-1] == ' ' || value[i-1] == '\t' || value[i-1] == ')') &&
			(strings.HasPrefix(value[i:], "by ") || strings.HasPrefix(value[i:], "by\t")):
			last = i
		}
		if depth < 0 {
			return "", false
		}
	}
	if last < 0 || depth != 0 {
		return "", false
	}
	return value[:last], true
}
