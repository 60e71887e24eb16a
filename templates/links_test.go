package templates

import (
	"strings"
	"testing"
)

// Web addresses in what leaves are links, in the signature and in what a template
// says as well, and each once.
func TestWebAddressesAreLinks(t *testing.T) {
	words := Words{Text: "See https://a.example/x?b=1&c=2.", HTML: `<p>See https://a.example/x?b=1&amp;c=2. And <a href="https://b.example">https://b.example/<b>y</b></a> (https://c.example), http://.</p>`}
	got := External(Signed(words, "Example\nhttps://d.example/help")).HTML
	for _, want := range []string{
		`<p>See <a href="https://a.example/x?b=1&amp;c=2">https://a.example/x?b=1&amp;c=2</a>. And <a href="https://b.example">https://b.example/<b>y</b></a>`,
		`(<a href="https://c.example">https://c.example</a>), http://.</p>`,
		`<a href="https://d.example/help">https://d.example/help</a></p>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if plain := External(Words{Text: "https://e.example"}).HTML; !strings.Contains(plain, `<a href="https://e.example">`) {
		t.Errorf("no link in\n%s", plain)
	}
}
