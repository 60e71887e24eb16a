package config

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	const none = time.Duration(math.MinInt64)
	for in, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "0s": 0, "0": 0, "1h30m": 90 * time.Minute, " 2h ": 2 * time.Hour,
		"14d": 336 * time.Hour, "1d12h": 36 * time.Hour, "1.5d": 36 * time.Hour, "0d": 0, "-30s": -30 * time.Second,
		"99999d": 99999 * 24 * time.Hour,
		"":       none, "d": none, "14": none, "14 d": none, "-1d": none, "1e3d": none, "infd": none, "NaNd": none,
		"1d-2h": none, "1d2d": none, "1h1d": none, "2 weeks": none, "100000d": none, "99999d2540000h": none, "one day": none,
	} {
		got, err := parseDuration(in)
		if err != nil {
			got = none
		}
		if got != want {
			t.Errorf("parseDuration(%q) = %v, %v", in, got, err)
		}
	}
}

func TestParseSize(t *testing.T) {
	for in, want := range map[string]int64{
		"35MB": 35_000_000, "35 MB": 35_000_000, "35mb": 35_000_000, "500kB": 500_000, "1GB": 1e9, "7B": 7,
		"32MiB": 32 << 20, "1KiB": 1024, "2GiB": 2 << 30, "1.5MB": 1_500_000, "0B": 0,
		"": -1, "35": -1, "MB": -1, "-1MB": -1, "1e3MB": -1, "35M": -1, "35TB": -1, "35 M B": -1, "infMB": -1, "999999999999GB": -1,
	} {
		got, err := parseSize(in)
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("parseSize(%q) = %d, %v", in, got, err)
		}
	}
}

func TestCheckAddress(t *testing.T) {
	for in, want := range map[string]string{
		"Dana@Example.com": "dana@example.com", "o'neill+x@mail.example.co.uk": "o'neill+x@mail.example.co.uk",
		"a@localhost": "a@localhost", "x@xn--exmple-cua.com": "x@xn--exmple-cua.com", "a=b@c-d.example": "a=b@c-d.example",
		strings.Repeat("a", 64) + "@example.com": strings.Repeat("a", 64) + "@example.com",
		strings.Repeat("a", 65) + "@example.com": "",
		"a@" + strings.Repeat("b", 64) + ".com":  "",
		"a@" + strings.Repeat("b.", 130) + "com": "",
		".a@example.com":                         "", "a.@example.com": "", "a..b@example.com": "", `"a b"@example.com`: "", "dana": "",
		"a@example.com.": "", "a@.example.com": "", "a@-example.com": "", "a@exam_ple.com": "", "a@[::1]": "", "a@10.0.0.1": "",
		"dänа@example.com": "", "a@b@": "", "Dana <dana@example.com>": "", "<dana@example.com>": "", "a@b.com, c@d.com": "", "@": "",
	} {
		got, c := checkAddress(in)
		if got != want || (c.text == "") != (want != "") {
			t.Errorf("checkAddress(%q) = %q, %q", in, got, c.text)
		}
	}
}

func TestDueForm(t *testing.T) {
	for _, s := range []string{"2h", "3d", "2 days", "1w", "30 min", "tomorrow", "until monday", "Tue 9am", "friday 14:00", "Tomorrow 9:30 am", "thursday", "sat 0:30", "1 minute"} {
		if !dueForm.MatchString(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"", "soon", "2", "d", "2 fortnights", "mon tue", "monday 99:99", "wednes", "monday 10", "fri 14pm", "0d", "1 d 2 h", "-1d", "2026-12-01", "9am", "2h later"} {
		if dueForm.MatchString(s) {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestNearest(t *testing.T) {
	keys := []string{"hostname", "smtp", "max_message", "signature", "addresses", "key", "domain", "user"}
	for word, want := range map[string]string{
		"hostnam": "hostname", "host": "hostname", "stmp": "smtp", "maxmessage": "max_message", "max-message": "max_message",
		"Signature": "signature", "address": "addresses", "key_file_name": "key", "usr": "user",
		"x": "", "": "", "colour": "", "me": "", strings.Repeat("hostname", 9): "",
	} {
		if got := nearest(word, keys); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
