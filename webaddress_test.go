package aside_test

import (
	"slices"
	"testing"

	"aside"
)

func TestWebAddresses(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                      nil,
		"www.example.com, http:// alone":        nil,
		"(see https://a.example/x?y=1).":        {"https://a.example/x?y=1"},
		"http://a.example,https://b.test!":      {"http://a.example,https://b.test"},
		"http://a.example https://b.test\u00a0": {"http://a.example", "https://b.test"},
		`<a href="https://a.example/">`:         {"https://a.example/"},
	} {
		var got []string
		for _, at := range aside.WebAddresses(text) {
			got = append(got, text[at[0]:at[1]])
		}
		if !slices.Equal(got, want) {
			t.Errorf("in %q stand %q, not %q", text, got, want)
		}
	}
}
