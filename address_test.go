package aside_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"aside"
)

func TestFoldAddress(t *testing.T) {
	tests := []struct{ given, want string }{
		{" Dana@Example.COM ", "dana@example.com"},
		{"dana@example.com.", "dana@example.com"},
		{`"dana"@example.com`, "dana@example.com"},
		{`"da.na+x"@example.com`, "da.na+x@example.com"},
		{`"da na"@example.com`, `"da na"@example.com`},
		{`"support@example.com"@evil.example`, `"support@example.com"@evil.example`},
		{`"dana."@example.com`, `"dana."@example.com`},
		{"ÄÖ@BÜCHER.example", "äö@xn--bcher-kva.example"},
		{"x@xn--bcher-kva.example", "x@xn--bcher-kva.example"},
		{"x@bu\u0308cher.example", "x@xn--bcher-kva.example"}, // decomposed
		{"postmaster", "postmaster"},
		{"", ""},
		{"@", "@"},
	}
	for _, tt := range tests {
		if got := aside.FoldAddress(tt.given); got != tt.want {
			t.Errorf("FoldAddress(%q) = %q, want %q", tt.given, got, tt.want)
		}
		if again := aside.FoldAddress(tt.want); again != tt.want {
			t.Errorf("folding %q again gives %q", tt.want, again)
		}
	}
}

// lookalikes are addresses that a reader, or careless code, takes for
// kim@example.com or support@example.com, and that are neither.
var lookalikes = []string{
	"\u212Aim@example.com",     // Kelvin sign
	"k\u0130m@example.com",     // dotted capital I
	"k\u0131m@example.com",     // dotless i
	"\u017Fupport@example.com", // long s
	"k\u0456m@example.com",     // Cyrillic i
	"\u043Aim@example.com",     // Cyrillic ka
	"\uFF4Bim@example.com",     // full-width k
	"ki\u200Bm@example.com",    // zero-width space
	"kim\u00AD@example.com",    // soft hyphen
	"ki m@example.com",
	"kim\u00A0@example.com",
	"\u202Ekim@example.com",
	"kim@ex\u0430mple.com",  // Cyrillic a
	"kim@\uFF45xample.com",  // full-width e
	"kim@example\u3002com",  // ideographic full stop
	"kim@example\uFF0Ecom",  // full-width full stop
	"kim@examp\u2113e.com",  // script l
	"kim@e\u00ADxample.com", // soft hyphen, which IDNA drops
	"kim@ex\u200Bample.com",
	"kim@example.com..",
	"kim@example.com@evil.example",
	`"kim@example.com"@evil.example`,
	`"kim@example.com`,
	"kim%example.com@evil.example",
	"evil.example!kim@example.com",
	"kim+x@example.com",
	"kim.@example.com",
	"<kim@example.com>",
	"kim@example.com,x@evil.example",
	"kim@example.com\r\nBcc: x@evil.example",
	"kim@example.com\u2028x",
	"kim@[127.0.0.1]",
	"@evil.example:kim@example.com",
	`"\k\im"@example.com`,
	"kim\x00@example.com",
	"kim@example.com\x00.evil.example",
	"support@example.com@evil",
	"supp\u043Ert@example.com",
}

func TestLookalikesAreNobody(t *testing.T) {
	dir := aside.NewDirectory([]*aside.Desk{{Address: "support@example.com", Team: "support", Separator: "+"}}, []*aside.Team{{Name: "support"}},
		[]*aside.Agent{{Handle: "kim", Name: "Kim Lind", Addresses: []string{"kim@example.com"}, Teams: []string{"support"}}}, nil)
	if dir.AgentByAddress(`"Kim"@EXAMPLE.com.`) == nil || !dir.IsOurs("Support+x@example.com") {
		t.Fatal("nobody would be found at all")
	}
	folded := map[string]string{}
	for _, address := range lookalikes {
		if a := dir.AgentByAddress(address); a != nil {
			t.Errorf("%+q is taken for the agent %s", address, a.Handle)
		}
		if dir.IsOurs(address) {
			t.Errorf("%+q is taken for the desk", address)
		}
		f := aside.FoldAddress(address)
		if other, ok := folded[f]; ok {
			t.Errorf("%+q and %+q are one", address, other)
		}
		folded[f] = address
	}
}

// TestFoldingIsStable: folding a second time changes nothing, and no letter
// outside ASCII is ever folded into one of ASCII.
func TestFoldingIsStable(t *testing.T) {
	part := rapid.Custom(func(t *rapid.T) string {
		return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"kim", "\u212A", "\u0130", "\u017F", "\uFF4B", "\u3002", ".", `"`, "@", "\u00AD", "xn--", "ß", "ς", "é", "\u0301", " "})).Draw(t, "part")
	})
	rapid.Check(t, func(t *rapid.T) {
		local := strings.Join(rapid.SliceOfN(part, 1, 4).Draw(t, "local"), "")
		domain := strings.Join(rapid.SliceOfN(part, 1, 4).Draw(t, "domain"), "")
		for _, address := range []string{local + "@" + domain, local + "@example.com", "kim@" + domain, local} {
			folded := aside.FoldAddress(address)
			if again := aside.FoldAddress(folded); again != folded {
				t.Fatalf("%+q folds to %+q, and that to %+q", address, folded, again)
			}
			if strings.ContainsFunc(strings.TrimSpace(address), func(r rune) bool { return r > 127 }) && !strings.ContainsFunc(folded, func(r rune) bool { return r > 127 }) &&
				!strings.Contains(folded, "xn--") {
				t.Fatalf("%+q folds to plain %+q", address, folded)
			}
		}
	})
}

func TestASCIIDomain(t *testing.T) {
	for given, want := range map[string]string{"example.com": "example.com", "bücher.example": "xn--bcher-kva.example",
		"пример.example": "xn--e1afmkfd.example", "xn--e1afmkfd.example": "xn--e1afmkfd.example"} {
		if got, err := aside.ASCIIDomain(given); got != want || err != nil {
			t.Errorf("ASCIIDomain(%q) = %q, %v", given, got, err)
		}
	}
	for _, given := range []string{"\uFF45xample.com", "example\u3002com", "bücher\uFF0Eexample", "e\u00ADxample.com", "\u200B.com", "bad\u2028.com"} {
		if got, err := aside.ASCIIDomain(given); !errors.Is(err, aside.ErrDomain) {
			t.Errorf("ASCIIDomain(%+q) = %q", given, got)
		}
	}
}

func TestLoopback(t *testing.T) {
	for addr, want := range map[string]bool{"127.0.0.1:53": true, "127.0.0.53:53": true, "[::1]:53": true, "[::ffff:127.0.0.1]:53": true, "127.0.0.1": true, "::1": true,
		"localhost": true, "LocalHost:25": true, "192.0.2.1:53": false, "10.0.0.1": false, "[fe80::1%eth0]:53": false, "dns.example:53": false,
		"localhost.example": false, "0.0.0.0:25": false, ":25": false, "": false} {
		if aside.Loopback(addr) != want {
			t.Errorf("%q: %v", addr, !want)
		}
	}
}
