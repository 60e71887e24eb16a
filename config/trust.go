package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// trust reads [trust].
func (l *loader) trust(t *table) Trust {
	out := Trust{Agents: "dmarc", Resolver: t.text("resolver", "")}
	if t.text("agents", "") != "" {
		out.Agents = t.choice("agents", "dmarc", "dmarc", "token")
	}
	for i, s := range t.list("networks", nil) {
		if s == "" {
			continue // reported already
		}
		n, c := parseNetwork(s)
		if c.text != "" {
			t.problemIn("networks", i, c.hint, "%s", c.text)
			continue
		}
		out.Networks = append(out.Networks, n)
	}
	for i, s := range t.list("authserv_ids", nil) {
		switch {
		case s == "": // reported already
		case strings.ContainsAny(s, " ;=()\"") || strings.ContainsFunc(s, func(r rune) bool { return r > 126 }):
			t.problemIn("authserv_ids", i, `write the word behind "Authentication-Results:", such as "mx.example.com"`, "%s is no name of a mail server", quote(s))
		default:
			out.AuthservIDs = append(out.AuthservIDs, strings.ToLower(s))
		}
	}
	if out.Resolver != "" && out.Resolver != ResolverNone {
		if c := checkHostPort(out.Resolver); c.text != "" || strings.HasPrefix(out.Resolver, ":") {
			t.problem("resolver", `write "127.0.0.1:53", leave it empty for the system's, or write "none"`, "%s is no DNS server's address", quote(out.Resolver))
		}
	}
	return out
}

// parseNetwork reads 192.0.2.0/24 or a single address.
func parseNetwork(s string) (netip.Prefix, complaint) {
	const hint = `write "192.0.2.0/24", or a single address`
	if ip, err := netip.ParseAddr(s); err == nil {
		ip = ip.Unmap().WithZone("")
		return netip.PrefixFrom(ip, ip.BitLen()), complaint{}
	}
	n, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return n, complaint{quote(s) + " is no network", hint}
	case n.Bits() == 0:
		return n, complaint{quote(s) + " is the whole internet: anybody's mail could then say who it is from", "name your own mail servers"}
	case n != n.Masked():
		return n, complaint{fmt.Sprintf("%s has bits behind its length", quote(s)), fmt.Sprintf("write %q", n.Masked())}
	}
	return n, complaint{}
}
