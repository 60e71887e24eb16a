package verify

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"blitiri.com.ar/go/spf"
)

// spfResult is what SPF says for the domain of From.
type spfResult struct {
	pass   bool
	reason string
}

// spf asks whether the peer may send for the envelope sender (RFC 7208), where
// that speaks for the domain of From at all: only then can it make DMARC pass.
// A null sender is judged by its HELO (section 2.4).
func (c *check) spf() spfResult {
	ip, err := netip.ParseAddr(c.in.Remote)
	if err != nil || c.upstreamPeer() {
		return spfResult{} // a server of ours stands between: the peer is not who sent it
	}
	local, domain := cutAddress(strings.Trim(c.in.MailFrom, "<>"))
	if c.in.MailFrom == "" || domain == "" {
		local, domain = "postmaster", c.in.Helo
	}
	if domain = asciiDomain(domain); domain == "" {
		return spfResult{}
	}
	aligned, unknown := c.aligned(domain, func(p *policy) bool { return p.strictSPF })
	if !aligned || unknown {
		return spfResult{}
	}
	// The library takes what follows the first @ for the domain.
	if strings.ContainsAny(local, "@\" ") || !isASCII(local) {
		local = "postmaster"
	}
	result, _ := spf.CheckHostWithSender(net.IP(ip.Unmap().AsSlice()), c.in.Helo, local+"@"+domain,
		spf.WithContext(c.dns.ctx), spf.WithResolver(c.dns))
	switch result {
	case spf.Pass:
		return spfResult{true, fmt.Sprintf("It came from a server of %s (SPF).", domain)}
	case spf.None:
		return spfResult{}
	case spf.TempError:
		return spfResult{false, "DNS did not tell the servers of " + domain + " (SPF)."}
	}
	return spfResult{false, fmt.Sprintf("%s is not among the servers of %s (SPF: %s).", c.in.Remote, domain, result)}
}
