package markup

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

// maxTargets bounds how many addresses one mailto link may name.
const maxTargets = 5

// maxMailAddress is the longest address that a mail link keeps, in octets.
const maxMailAddress = 320

var (
	// A count on the class of all letters took five megabytes.
	mailAddress = regexp.MustCompile(`^[A-Za-z0-9.!#$&'*+/=^_{|}~-]{1,64}@[\p{L}\p{N}.-]+$`)
	telephone   = regexp.MustCompile(`^\+?[0-9][0-9().\- ]{1,40}$`)
)

// target is what a link's href leads to, in the one form that every client
// reads alike; empty where no such form exists, and the link becomes its words.
//
//   - A web address names a host that stands in DNS as it stands here: no
//     backslashes, no empty host, and no control characters, which browsers and
//     mail clients read in different ways.
//   - A mailto link (RFC 6068) keeps its addresses alone. Its header fields
//     would write into somebody's draft: commands into an agent's body, people
//     into Bcc.
//   - A telephone link (RFC 3966) keeps a number, and no code that a telephone
//     acts on.
func target(href string) string {
	href = strings.TrimSpace(href)
	scheme, rest, ok := strings.Cut(href, ":")
	if !ok {
		return ""
	}
	switch strings.ToLower(scheme) {
	case "http", "https":
		return webTarget(href)
	case "mailto":
		return mailTarget(rest)
	case "tel":
		number, err := url.PathUnescape(rest)
		if number, _, _ = strings.Cut(number, ";"); err == nil && telephone.MatchString(number) {
			return "tel:" + strings.ReplaceAll(number, " ", "")
		}
	}
	return ""
}

func webTarget(href string) string {
	before, after, query := strings.Cut(href, "?")
	before = strings.ReplaceAll(before, `\`, "/") // as browsers do
	if query {
		before += "?" + after
	}
	u, err := url.Parse(before)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return ""
	}
	host := u.Hostname()
	if host, err = hosts.ToASCII(host); err != nil || host == "" || disguised(host) {
		return ""
	}
	return before
}

// disguised reports an IP address in one of the forms that browsers still read
// and no person does: one number, hexadecimal, too few of them.
func disguised(host string) bool {
	_, err := netip.ParseAddr(host)
	return err != nil && oneNumber.MatchString(host)
}

var oneNumber = regexp.MustCompile(`(?i)(^|\.)([0-9]+|0x[0-9a-f]*)\.?$`)

// hosts is how clients turn a name into what they ask DNS for. Underscores
// and the like stay: such names exist.
var hosts = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

func mailTarget(rest string) string {
	list, _, _ := strings.Cut(rest, "?")
	var kept []string
	for _, one := range strings.Split(list, ",") {
		one, err := url.PathUnescape(one)
		if one = strings.TrimSpace(one); err == nil && len(one) <= maxMailAddress && mailAddress.MatchString(one) && len(kept) < maxTargets {
			kept = append(kept, strings.NewReplacer("#", "%23", "&", "%26").Replace(one))
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "mailto:" + strings.Join(kept, ",")
}
