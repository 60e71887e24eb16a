package harness

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

// Link is a mailto link of a notice, as a client turns it into a draft.
type Link struct{ To, Subject, Body string }

var mailto = regexp.MustCompile(`href="mailto:([^"]+)"`)

// Links are the mailto links in a mail's HTML that bring a body along.
func Links(m *Mail) []Link {
	var out []Link
	for _, l := range mailto.FindAllStringSubmatch(m.HTML, -1) {
		u, err := url.Parse("mailto:" + html.UnescapeString(l[1]))
		if err != nil {
			continue
		}
		to, err := url.PathUnescape(u.Opaque)
		if err != nil {
			continue
		}
		// In mailto a plus is a plus (RFC 6068 section 5).
		q, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery, "+", "%2B"))
		if err != nil || q.Get("body") == "" {
			continue
		}
		out = append(out, Link{To: to, Subject: q.Get("subject"), Body: strings.ReplaceAll(q.Get("body"), "\r\n", "\n")})
	}
	return out
}
