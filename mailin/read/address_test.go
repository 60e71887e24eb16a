package read

import (
	"strings"
	"testing"
	"time"
)

func TestAddresses(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"Jane Doe <Jane@X.example>", "Jane Doe|jane@x.example"},
		{"jane@x.example", "|jane@x.example"},
		{`"Doe, Jane" <jane@x.example>, omar@x.example`, "Doe, Jane|jane@x.example omar"[:24] + " |omar@x.example"},
		{"jane@x.example (Jane Doe)", "Jane Doe|jane@x.example"},
		{"Jane (the (real) one) <jane@x.example>", "Jane|jane@x.example"},
		{"undisclosed-recipients:;", ""},
		{"Team: a@x.example, B <b@x.example>; c@x.example", "|a@x.example B|b@x.example |c@x.example"},
		{"a@x.example; b@x.example", "|a@x.example |b@x.example"},
		{`"a b"@x.example`, `|"a b"@x.example`},
		{`<"a@b"@x.example>`, `|"a@b"@x.example`},
		{"Jane <jane@x.example", "Jane|jane@x.example"},
		{"Jane jane@x.example", "Jane|jane@x.example"},
		{"<<jane@x.example>>", "|jane@x.example"},
		{"'jane@x.example' <jane@x.example>", "jane@x.example|jane@x.example"},
		{"mailto:jane@x.example", "|jane@x.example"},
		{"<mailto:jane@x.example>", "|jane@x.example"},
		{"<@relay.example,@b.example:jane@x.example>", "|jane@x.example"},
		{"=?utf-8?q?J=C3=BCrgen?= <j@x.example>", "Jürgen|j@x.example"},
		{`"=?utf-8?q?J=C3=BCrgen?=" <j@x.example>`, "Jürgen|j@x.example"},
		{"=?utf-8?q?Doe=2C_Jane?= <j@x.example>", "Doe, Jane|j@x.example"},
		{"=?utf-8?q?Jane_=3Cj@x.example=3E?=", "Jane|j@x.example"},
		{"=?utf-8?Q?M=C3=BCller,_J=C3=BCrgen_(Sales)?= <j@x.example>, b@x.example", "Müller, Jürgen (Sales)|j@x.example |b@x.example"},
		{"=?utf-8?B?SsO8cmdl\r\n bg==?= <j@x.example>", "Jürgen|j@x.example"},
		{"J\xfcrgen <j@x.example>", "Jürgen|j@x.example"},
		{"j@bücher.example", "|j@xn--bcher-kva.example"},
		{"j@XN--Bcher-KVA.example", "|j@xn--bcher-kva.example"},
		{"jürgen@x.example", "|jürgen@x.example"},
		{"jane @ x.example", "|jane@x.example"},
		{"<jane @ x.example>", "|jane@x.example"},
		{`Pete (A wonderful \) chap) <pete(his account)@x.example(his host)>`, "Pete|pete@x.example"},
		{"jane@x.example.", "|jane@x.example"},
		{"jane@[192.0.2.1]", "|jane@[192.0.2.1]"},
		{"root", ""}, {"<>", ""}, {"@x.example", ""}, {"jane@", ""}, {",,;:", ""}, {`"unclosed <a@x.example>`, "unclosed|a@x.example"},
		{"(unclosed a@x.example", ""},
		{strings.Repeat("a", 400) + "@x.example", ""},
	} {
		var got []string
		for _, a := range parseAddresses(tc.in) {
			got = append(got, a.Name+"|"+a.Address)
		}
		if g := strings.Join(got, " "); g != tc.want {
			t.Errorf("%q: %q, want %q", tc.in, g, tc.want)
		}
	}
	if n := len(parseAddresses(strings.Repeat("a@x.example,", 5000))); n != maxAddresses {
		t.Errorf("%d addresses", n)
	}
}

// TestAddressesOfTricksters reads what is written to pass for kim@example.com.
// Each of these is somebody else, or nobody.
func TestAddressesOfTricksters(t *testing.T) {
	for _, from := range []string{
		"<ki m@example.com>", "<kim@ex ample.com>", "<kim@exam\tple.com>", "\u212Aim@example.com", "<\u212Aim@example.com>", "ki\u200Bm@example.com",
		"<kim\u00AD@example.com>", "<\u202Ekim@example.com>", "kim@ex\u200Bample.com", "<kim@ex\u00ADample.com>", "kim@\uFF45xample.com", "<kim@example\u3002com>",
		"kim@example.com@evil.example", `"kim@example.com"@evil.example`, `<"kim@example.com"@evil.example>`, "kim%example.com@evil.example",
		"evil.example!kim@example.com", `"kim@example.com" <x@evil.example>`, "kim@example.com <x@evil.example>", "(kim@example.com) x@evil.example",
		"=?utf-8?q?kim=40example.com?= <x@evil.example>", "=?utf-8?q?kim=40example.com,?= <x@evil.example>", "=?utf-8?q?kim=40example.com=3E=0D=0AFrom:_=3Ckim=40example.com=3E?= <x@evil.example>",
		"<@example.com:x@evil.example>", "<x@evil.example> kim@example.com", "kim@example.com\x00@evil.example", "kim@example.com>x@evil.example",
		"kim@[example.com]", "kim@example.com/x@evil.example", `<"ki m"@example.com>`, "<kim+x@example.com>", "x@evil.example (kim@example.com)",
		"=?utf-8?b?a2ltQGV4YW1wbGUuY29t?= <x@evil.example>", "<kim@example.com.evil.example>", "kim\u00A0@example.com", `kim\@example.com <x@evil.example>`,
	} {
		for _, a := range parseAddresses(from) {
			if a.Address == "kim@example.com" {
				t.Errorf("From: %+q is read as kim@example.com", from)
			}
		}
	}
	for _, from := range []string{"kim@example.com", "<kim@example.com>", "Kim <KIM@Example.com>", `"kim"@example.com`, "kim . x@example.com"} {
		if len(parseAddresses(from)) == 0 {
			t.Errorf("From: %+q is nobody", from)
		}
	}
}

func TestMessageIDs(t *testing.T) {
	for in, want := range map[string]string{
		"<1@x.example>":                       "1@x.example",
		" <1@x.example> (comment)":            "1@x.example",
		"1@x.example":                         "1@x.example",
		"<1@\n x.example>":                    "1@x.example",
		"<no-at-sign>":                        "no-at-sign",
		"<>":                                  "",
		"not an id":                           "",
		"<@>":                                 "",
		"<" + strings.Repeat("x", 1000) + ">": "",
		"<a@b> <c@d>":                         "a@b",
		"\xff@x":                              "\uFFFD@x",
	} {
		if got := parseMessageID(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	many := parseIDs([]string{strings.Repeat("<old@x>", 60) + "<new@x>"})
	if len(many) != maxReferences || many[49] != "new@x" {
		t.Errorf("%d ids, last %q", len(many), many[len(many)-1])
	}
	for in, want := range map[string]string{
		"<a@x><b@x>\t<c@x>":                                "a@x b@x c@x",
		"a@x b@x, c@x":                                     "a@x b@x c@x",
		"Your message of Monday <a@x>":                     "a@x",
		`"Jane's message of Monday" jane@x`:                "",
		"Your mail from jane@x of Monday":                  "",
		"<a@x> <" + strings.Repeat("x", 999) + "@y> <b@x>": "a@x b@x",
		"<a@x> <unclosed@x <b@x>":                          "a@x b@x",
	} {
		if got := strings.Join(parseIDs([]string{in}), " "); got != want {
			t.Errorf("%.60q: %q, want %q", in, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	for in, want := range map[string]string{
		"Mon, 02 Nov 2026 10:00:00 +0100":       "2026-11-02T09:00:00Z",
		"2 Nov 2026 10:00 GMT":                  "2026-11-02T10:00:00Z",
		"Mon, 2 Nov 26 10:00:00 +0000":          "2026-11-02T10:00:00Z",
		"Mon, 02 Nov 2026 10:00:00 +0100 (CET)": "2026-11-02T09:00:00Z",
		"Monday, 02 Nov 2026 10:00:00 +0100":    "2026-11-02T09:00:00Z",
		"Mon 02 Nov 2026 10:00:00 +0100":        "2026-11-02T09:00:00Z",
		"Mon Nov  2 10:00:00 2026":              "2026-11-02T10:00:00Z",
		"Mon, 02 Nov 2026 10:00:00":             "2026-11-02T10:00:00Z",
		"2026-11-02T10:00:00+01:00":             "2026-11-02T09:00:00Z",
		"2026-11-02 10:00:00":                   "2026-11-02T10:00:00Z",
		"Mon, 2 November 2026 10:00:00 +0100":   "2026-11-02T09:00:00Z",
		"Mon, 02 Nov 2026 10:00:00 GMT+0100":    "2026-11-02T09:00:00Z",
		"Mon, 02 Nov 2026 10:00:00 +01:00":      "2026-11-02T09:00:00Z",
		`Mon, 02 Nov 2026 10:00:00 "+0100"`:     "2026-11-02T09:00:00Z",
		"Mon, 02 Nov 2026 10.00.00 +0100":       "2026-11-02T09:00:00Z",
		"Mon, 2 Nov 26 10:00:00 EST":            "2026-11-02T15:00:00Z",
		"2 Nov 2026 10:00:00 cest":              "2026-11-02T08:00:00Z",
		"Mon, 02 Nov 2026 10:00:00 -0500 EST":   "2026-11-02T15:00:00Z",
		"Mon Nov 2 10:00:00 PDT 2026":           "2026-11-02T17:00:00Z",
		"yesterday":                             "0001-01-01T00:00:00Z",
		"Thu, 01 Jan 0001 00:00:00 +0000":       "0001-01-01T00:00:00Z",
		"":                                      "0001-01-01T00:00:00Z",
	} {
		if got := parseDate(in).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
