package config

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"net/mail"
	"net/netip"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones exist on every machine, as in a bare container

	"aside"
)

var (
	daysForm     = regexp.MustCompile(`^[0-9]{1,5}(\.[0-9]{1,3})?$`)
	sizeForm     = regexp.MustCompile(`^([0-9]{1,12}(?:\.[0-9]{1,3})?) ?([A-Za-z]{1,3})$`)
	localForm    = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
	domainForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)
	selectorForm = domainForm
)

// parseDuration reads a Go duration, with days in front: "14d", "1d12h".
func parseDuration(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	days, rest, found := strings.Cut(s, "d")
	if !found {
		return time.ParseDuration(s)
	}
	if !daysForm.MatchString(days) {
		return 0, fmt.Errorf("%s are no days", quote(days))
	}
	n, err := strconv.ParseFloat(days, 64)
	if err != nil {
		return 0, err
	}
	total := time.Duration(n * float64(24*time.Hour)) // at most 99999.999 days: fits
	if rest == "" {
		return total, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil {
		return 0, err
	}
	if d < 0 || d > math.MaxInt64-total {
		return 0, errors.New("out of range")
	}
	return total + d, nil
}

func formatDuration(d time.Duration) string {
	if day := 24 * time.Hour; d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return d.String()
}

// parseSize reads "35MB" as decimal and "32MiB" as binary, in any case.
func parseSize(s string) (int64, error) {
	m := sizeForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, errors.New("not a number and a unit")
	}
	units := map[string]float64{"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9,
		"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}
	unit, ok := units[strings.ToUpper(m[2])]
	if !ok {
		return 0, fmt.Errorf("unknown unit %s", m[2])
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, err
	}
	if n*unit > 1<<50 {
		return 0, errors.New("out of range")
	}
	return int64(n * unit), nil
}

func formatSize(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.size && n%u.size == 0 {
			return fmt.Sprintf("%d%s", n/u.size, u.name)
		}
	}
	return fmt.Sprintf("%dB", n)
}

// complaint is what is wrong with a value, and what to do about it; the zero
// value is none.
type complaint struct{ text, hint string }

// checkAddress returns the folded form of a plain address (RFC 5321 section
// 4.1.2, dot-string local parts in ASCII only).
func checkAddress(s string) (string, complaint) {
	at := strings.LastIndexByte(s, '@')
	if a, err := mail.ParseAddress(s); err == nil && strings.ContainsAny(s, "<>") {
		return "", complaint{quote(s) + " is more than an address", fmt.Sprintf("write %q", a.Address)}
	}
	if at < 0 {
		return "", complaint{quote(s) + " is no address", `an address is written "name@example.com"`}
	}
	local, domain := s[:at], strings.ToLower(s[at+1:])
	if c := checkDomain(domain); c.text != "" {
		c.text = fmt.Sprintf("%s is no address: %s", quote(s), c.text)
		return "", c
	}
	if !localForm.MatchString(local) {
		return "", complaint{fmt.Sprintf("%s is no address: %s is no name for a mailbox", quote(s), quote(local)), ""}
	}
	if len(local) > 64 {
		return "", complaint{fmt.Sprintf("%s is no address: over 64 characters before the @", quote(s)), ""}
	}
	return aside.FoldAddress(s), complaint{}
}

// checkDomain judges a lower-case host or domain name (RFC 1123 section 2.1).
func checkDomain(s string) complaint {
	for _, r := range s {
		if r >= 0x80 {
			return complaint{fmt.Sprintf("the domain %s has letters outside ASCII", quote(s)), `write it in its "xn--" form`}
		}
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return complaint{fmt.Sprintf("%s is an IP address, not a name", quote(s)), ""}
	}
	if !domainForm.MatchString(s) || len(s) > 253 {
		return complaint{quote(s) + " is no domain", `a domain is written "example.com"`}
	}
	for _, label := range strings.Split(s, ".") {
		if len(label) > 63 {
			return complaint{quote(s) + " is no domain", "between two dots are at most 63 characters"}
		}
	}
	return complaint{}
}

// checkHostPort judges where to listen or to connect to.
func checkHostPort(s string) complaint {
	const hint = `write "127.0.0.1:2525", or ":2525" for every interface`
	if _, err := strconv.Atoi(s); err == nil {
		return complaint{quote(s) + " has no host", fmt.Sprintf(`write "127.0.0.1:%s", or ":%s" for every interface`, s, s)}
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return complaint{quote(s) + " is not host:port", hint}
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return complaint{fmt.Sprintf("%s has no port from 0 to 65535", quote(s)), hint}
	}
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return complaint{}
	}
	if c := checkDomain(strings.ToLower(host)); c.text != "" {
		return complaint{fmt.Sprintf("%s names no host", quote(s)), hint}
	}
	return complaint{}
}

// address reads an address that must be there, folded.
func (t *table) address(key, example string) (string, bool) {
	s, ok := t.required(key, example)
	if !ok {
		return "", false
	}
	folded, c := checkAddress(s)
	if c.text != "" {
		t.problem(key, c.hint, "%s", c.text)
		return "", false
	}
	return folded, true
}

// domain reads a domain name, lower-cased; empty if it is not there or bad.
func (t *table) domain(key string) string {
	s := strings.ToLower(t.text(key, ""))
	if s == "" {
		return ""
	}
	if c := checkDomain(s); c.text != "" {
		t.problem(key, c.hint, "%s", c.text)
		return ""
	}
	return s
}

// zone reads a time zone by its IANA name.
func (t *table) zone(key string, otherwise *time.Location) *time.Location {
	name := t.text(key, "")
	if name == "" {
		return otherwise
	}
	// "Local" would mean something else on each machine.
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		t.problem(key, `time zones are named like "Europe/Berlin" or "UTC"`, "no time zone is called %s", quote(name))
		return otherwise
	}
	return loc
}

// secret reads a value that may also stand in a file of its own, KEY_file, so
// that the config can be shown around.
func (t *table) secret(key string) string {
	value, _ := t.block(key)
	fileKey := key + "_file"
	path := t.text(fileKey, "")
	if value != "" {
		t.l.secrets = append(t.l.secrets, filepath.Join(t.l.dir, filepath.Base(t.l.file)))
	}
	if path == "" {
		return value
	}
	t.l.secrets = append(t.l.secrets, t.l.absolute(path))
	if value != "" {
		t.problem(fileKey, "keep one of the two", "%s is given as well", key)
		return value
	}
	data, err := t.l.readFile(t.l.absolute(path))
	if err != nil {
		t.problem(fileKey, readableHint(err), "cannot be read: %s", unreadable(err))
		return ""
	}
	value = strings.TrimRight(string(data), "\r\n")
	if value == "" {
		t.problem(fileKey, "", "%s is empty", quote(path))
	}
	return value
}

// readableHint says what to do about a file that cannot be read.
func readableHint(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "give it to the group of the user that runs aside, with mode 640; aside check as root says how"
	}
	return "relative paths start from the config's folder"
}
