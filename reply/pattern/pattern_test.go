package pattern

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

var expressions = []string{
	`(?i)undeliver|(?:permanent|final) delivery|.{0,30}\(delivery failed\)`,
	`(?i)^(?:\W|\[[^\]]{1,20}\])*(?:returned mail|unzustellbar|недоставлен|k-9)`,
	`a(?:b+|c{2,3}|d?)e`, `(?i)straße|ſpam`, `x*`, `(?:a|)b`, `tel[eé]f(ono)+`, `(?i)(?:bb|cc?)[de]\b|k(?:elvin)?-9`, `(?i)[k]elvin|\bios\b`,
}

func TestWords(t *testing.T) {
	for expr, want := range map[string]string{
		`(?i)undeliver|(?:permanent|final) delivery`: "UNDELIVER, FINAL DELIVERY, PERMANENT DELIVERY",
		`(?:mail|mailer) daemon`:                     "MAIL DAEMON, MAILER DAEMON",
		`x*`:                                         "",
		`(?:a|)b`:                                    "B",
		`a|b?`:                                       "",
		`ma(?:il|x?)y|[uv]o`:                         "UO, VO, MAY, MAXY, MAILY",
		`(?i)\biphone\b|i[pP]o+d`:                    "IP",
	} {
		if got := strings.Join(MustCompile(expr).words, ", "); got != want {
			t.Errorf("%s: %q, wanted %q", expr, got, want)
		}
	}
}

// A pattern finds what the bare expression finds, whatever the letter case.
func TestSameAsTheExpression(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	pieces := []string{"undeliver", "UNDELIVER", "final", " ", "delivery", "(Delivery failed)", "[x]", "returned mail", "НЕдоставлен", "K-9", "\u212a-9", "a", "b", "bb", "cc", "d", "e", "ſpam", "SPAM", "STRASSE", "straße", "STRAẞE", "telef", "teléf", "ono", "\u212aelvin", "ios", "\xff"}
	patterns, bare := make([]*Pattern, len(expressions)), make([]*regexp.Regexp, len(expressions))
	for i, expr := range expressions {
		patterns[i], bare[i] = MustCompile(expr), regexp.MustCompile(expr)
	}
	matches := 0
	for range 20000 {
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		for i, expr := range expressions {
			want := bare[i].MatchString(b.String())
			if got := patterns[i].MatchString(b.String()); got != want {
				t.Fatalf("%s in %q: %v, the expression says %v", expr, b.String(), got, want)
			}
			if want {
				matches++
			}
		}
	}
	if matches < 1000 {
		t.Errorf("only %d matches were tried", matches)
	}
}
