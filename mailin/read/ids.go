package read

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// Limits of what threading reads: the newest references, and no id over the
// line length of RFC 5322 section 2.1.1.
const (
	maxReferences = 50
	maxIDLength   = 998
)

// parseIDs reads every message id of the values, in their order, without
// brackets. Text around ids ("Your message of Monday <id>") is skipped; ids
// without brackets count where nothing else stands.
func parseIDs(values []string) []string {
	var ids []string
	for _, v := range values {
		found := bracketed(v)
		if len(found) == 0 && !strings.ContainsAny(v, "<>\"()") {
			for _, w := range strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
				if strings.IndexByte(w, '@') > 0 {
					found = append(found, w)
				} else {
					found = nil // prose, not ids
					break
				}
			}
		}
		for _, id := range found {
			if id = cleanID(id); id != "" {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) > maxReferences {
		ids = ids[len(ids)-maxReferences:]
	}
	return ids
}

// bracketed returns what stands between < and >.
func bracketed(s string) []string {
	var out []string
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return out
		}
		s = s[i+1:]
		j := strings.IndexAny(s, "<>")
		if j < 0 {
			return out
		}
		if s[j] == '<' {
			s = s[j:]
			continue
		}
		out = append(out, s[:j])
		s = s[j+1:]
	}
}

// parseMessageID reads the mail's own id, with or without brackets.
func parseMessageID(v string) string {
	for _, id := range bracketed(v) {
		if id = cleanID(id); id != "" {
			return id
		}
	}
	v = strings.Trim(strings.TrimSpace(v), "<>")
	if strings.ContainsAny(v, " \t<>") || len(v) < 3 {
		return ""
	}
	return cleanID(v)
}

// cleanID removes white space that folding put into an id. What is no id, or
// too long for one, is empty.
func cleanID(id string) string {
	if len(id) > 2*maxIDLength {
		return ""
	}
	id = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 127 {
			return -1
		}
		return r
	}, clean(id))
	if len(id) > maxIDLength || len(id) < 2 || strings.Trim(id, "@.-_<>\"'") == "" {
		return ""
	}
	return id
}

// parseDate reads a Date field, or what mailers write for one. The zero time
// means that nothing could be made of it.
func parseDate(v string) time.Time {
	v = oneLine(v)
	if len(v) > 120 {
		v = v[:120]
	}
	// The form that nearly all have, which the library tries after sixteen others.
	if t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", v); err == nil {
		return plausible(t)
	}
	v = zoneName.ReplaceAllStringFunc(v, func(name string) string {
		number, name, _ := strings.Cut(name, " ")
		if number == "" {
			number = zones[strings.ToUpper(name)]
		}
		return " " + number
	})
	v = colonZone.ReplaceAllString(strings.ReplaceAll(v, `"`, ""), "$1$2")
	if t, err := mail.ParseDate(v); err == nil {
		return plausible(t)
	}
	if i := strings.IndexByte(v, '('); i > 0 {
		v = strings.TrimSpace(v[:i])
	}
	if i := strings.IndexByte(v, ','); i >= 0 && i < 12 {
		v = strings.TrimSpace(v[i+1:])
	} else if w := strings.Fields(v); len(w) > 1 && len(w[0]) <= 9 && isDayName(w[0]) {
		v = strings.Join(w[1:], " ")
	}
	v = strings.Join(strings.Fields(v), " ")
	v = strings.NewReplacer(" UT", " +0000", " GMT+", " +", " UTC+", " +", " GMT-", " -", " Sept ", " Sep ").Replace(v)
	for _, layout := range []string{
		"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04 -0700",
		"2 Jan 2006 15:04", "2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04:05 MST", "2-Jan-2006 15:04:05 -0700",
		"2 January 2006 15:04:05 -0700", "2 January 2006 15:04:05", "Jan 2 15:04:05 2006", "Jan 2 15:04:05 2006 -0700",
		"Jan 2 15:04:05 MST 2006", "Jan 2 15:04:05 -0700 2006", "Jan 2, 2006 15:04:05", "2 Jan 2006 15.04.05 -0700",
		time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006/01/02 15:04:05",
		"2 Jan 2006",
	} {
		if t, err := time.Parse(layout, v); err == nil {
			return plausible(t)
		}
	}
	return time.Time{}
}

// colonZone is a zone written as RFC 3339 has it, behind a time as RFC 5322 has it.
var colonZone = regexp.MustCompile(`( [+-]\d\d):(\d\d)\b`)

// zones are those of RFC 5322 section 4.3, which the library takes for UTC unless
// this machine is there, and Europe's, which programs write all the same.
var zones = map[string]string{
	"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
	"WEST": "+0100", "BST": "+0100", "CET": "+0100", "CEST": "+0200", "MEZ": "+0100", "MESZ": "+0200", "EET": "+0200", "EEST": "+0300",
}

var zoneName = regexp.MustCompile(`(?i)(?:[+-]\d{4})? (?:[ECMP][SD]T|W?EST|BST|CES?T|MES?Z|EES?T)\b`)

// plausible drops years in which nobody sent mail.
func plausible(t time.Time) time.Time {
	if t.Year() < 1900 || t.Year() > 2200 {
		return time.Time{}
	}
	return t
}

func isDayName(s string) bool {
	s = strings.ToLower(strings.Trim(s, ".,"))
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		if strings.HasPrefix(s, d) {
			return true
		}
	}
	return false
}
