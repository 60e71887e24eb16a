package aside

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// FoldAddress is the form in which addresses are compared and stored: trimmed,
// lower-case, the domain as A-labels (RFC 5890) and without the root's dot, a
// local part without quotes that it does not need (RFC 5321 section 4.1.2).
// RFC 5321 lets local parts differ by case; no mailbox in use does.
//
// Two addresses that only look alike stay two. A letter outside ASCII never
// becomes one of ASCII, as the Kelvin sign and the dotted capital I would by
// the rules of Unicode; and neither does a domain in full-width letters, which
// DNS would take for the plain one.
func FoldAddress(addr string) string {
	addr = strings.TrimSpace(addr)
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return lower(addr)
	}
	local, domain := lower(addr[:at]), lower(addr[at+1:])
	// One dot is the root's; with more of them it is no domain.
	if d, root := strings.CutSuffix(domain, "."); root && strings.TrimRightFunc(d, func(r rune) bool { return r == '.' || unicode.IsSpace(r) }) == d {
		domain = d
	}
	if n := len(local); n > 2 && local[0] == '"' && local[n-1] == '"' && plainLocal(local[1:n-1]) {
		local = local[1 : n-1]
	}
	if ascii, err := ASCIIDomain(domain); err == nil {
		domain = ascii
	}
	return local + "@" + domain
}

// lower makes letters small where that keeps them what they are.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if small := unicode.ToLower(r); r < utf8.RuneSelf || small >= utf8.RuneSelf {
			return small
		}
		return r
	}, s)
}

// plainLocal reports a local part that is a dot-string of ASCII letters, digits
// and what else needs no quotes (RFC 5321 section 4.1.2).
func plainLocal(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" {
			return false
		}
		for _, r := range label {
			if (r < '0' || r > '9') && (r < 'a' || r > 'z') && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r) {
				return false
			}
		}
	}
	return true
}

// ErrDomain says that a domain has no ASCII form, or one that a reader would
// not expect.
var ErrDomain = errors.New("no domain name")

// ASCIIDomain gives the A-labels of a domain (RFC 5890). A label with letters
// outside ASCII must stay an international one: where the rules of Unicode make
// plain ASCII of it, as of full-width letters, it is written to look like
// another domain, and ErrDomain.
func ASCIIDomain(domain string) (string, error) {
	if isASCII(domain) {
		return domain, nil
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", ErrDomain
	}
	given, labels := strings.Split(domain, "."), strings.Split(ascii, ".")
	if len(given) != len(labels) {
		return "", ErrDomain // another character stood for a dot
	}
	for i, label := range labels {
		if isASCII(given[i]) {
			if !strings.EqualFold(label, given[i]) { // as of "xn--" alone
				return "", ErrDomain
			}
		} else if !strings.HasPrefix(label, "xn--") {
			return "", ErrDomain
		}
	}
	return ascii, nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Loopback reports whether a host, or host:port, is this machine and nobody
// else's: there a password may go in clear text, and mail without encryption.
func Loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
