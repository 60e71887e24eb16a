package reply

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// The first and the last but one of the reference vectors of SipHash-2-4, for
// the key 00 01 … 0f and inputs of 0 and 15 octets.
func TestSipHash(t *testing.T) {
	k := sipKey{0x0706050403020100, 0x0f0e0d0c0b0a0908}
	var in []byte
	for i := range 15 {
		in = append(in, byte(i))
	}
	for n, want := range map[int]uint64{0: 0x726fdb47dd0e0e31, 1: 0x74f839c593dc67fd, 8: 0x93f5f5799a932462, 15: 0xa129ca6149be45e5} {
		if got := k.sum(in[:n]); got != want {
			t.Errorf("of %d octets: %x, wanted %x", n, got, want)
		}
	}
}

func TestNormalise(t *testing.T) {
	want := "don t call me tomorrow i ll be out"
	for _, s := range []string{
		"Don't call me tomorrow: I'll be out.",
		"> > don’t  call\u00a0me tomorrow – I’ll be out",
		"* DON'T call me to\u00admor\u200brow;\n>  I'll be out!",
		"Don't *call* me <mailto:me@example.com> tomorrow (https://example.com/x), I'll be _out_ aside-k3f9q2m7xd",
		"Ｄｏｎ’ｔ call me tomorrow, I'll be out",
	} {
		if got := Normalise(s); got != want {
			t.Errorf("%q is %q", s, got)
		}
	}
	for in, out := range map[string]string{"": "", " > -- ": "", "水壶坏了": "水 壶 坏 了", "👍": "👍", "Straße ＮＯ５": "straße no5", "aside-effects": "aside effects"} {
		if got := Normalise(in); got != out {
			t.Errorf("%q is %q, wanted %q", in, got, out)
		}
	}
}

// share is the part of b's hashes that a has too.
func share(a, b []uint64) float64 {
	in := map[uint64]bool{}
	for _, h := range a {
		in[h] = true
	}
	n := 0
	for _, h := range b {
		if in[h] {
			n++
		}
	}
	return float64(n) / float64(max(1, len(b)))
}

func TestHashes(t *testing.T) {
	key := []byte("k")
	text := "Nine days and nobody has called. Please just send a new one.\nThe handle is broken as well, see the picture. Thanks!"
	wrappedAnew := "> Nine days and nobody has\n> called. Please just send a new one. The\n> handle is broken as well, see the\n> picture. Thanks!"
	if a, b := Hashes(key, text), Hashes(key, text+"\n"); share(a, b) != 1 || len(a) != len(b) {
		t.Error("the same text has other hashes")
	}
	if s := share(Hashes(key, text), Hashes(key, wrappedAnew)); s < 0.8 {
		t.Errorf("wrapped anew, %.2f of the hashes are known", s)
	}
	if s := share(Hashes(key, text), Hashes([]byte("other"), text)); s != 0 {
		t.Errorf("under another key %.2f of the hashes are the same", s)
	}
	if s := share(Hashes(key, text), Hashes(key, "Nothing of this was ever said by anybody in that ticket, you know.")); s != 0 {
		t.Errorf("other words share %.2f of the hashes", s)
	}
	chinese := "水壶坏了，九天没有人打电话来，请直接寄一个新的给我。"
	if s := share(Hashes(key, chinese), Hashes(key, "> 水壶坏了，九天没有人打\n> 电话来，请直接寄一个新的给我。")); s < 0.7 {
		t.Errorf("Chinese wrapped anew: %.2f", s)
	}
	if n := len(Hashes(key, strings.Repeat("all the same words ", 100000))); n > 10 {
		t.Errorf("%d hashes of a text that repeats itself", n)
	}
	if n := len(Hashes(key, manyWords(100000))); n != maxHashes {
		t.Errorf("%d hashes of a long text", n)
	}
}

func manyWords(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + string(rune('a'+i/17576%26)) + " ")
	}
	return b.String()
}

// What is normalised once stays as it is, broken UTF-8 and all that plain
// characters take apart included.
func TestNormaliseTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(20261122, 5))
	pieces := strings.Split("\xff|\xc3|a|B|\u0301|ǆ|İ|ﬁ|가|ᄀ|ᅡ|ᆨ|한|\u200d|日| |>|-|\xe2\x80|ſ|K|ß|Σ|ς|ａ|①|㈱|ﷺ|\u00ad|(|<|@|aside-|k3f9q2m7xd|http://|www.|½|℃|ʼn|กำ|ำ|\xf0\x9f|👍|🏽|．|：|／", "|")
	for range 30000 {
		var b strings.Builder
		for range 1 + rng.IntN(6) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		once := Normalise(b.String())
		if again := Normalise(once); again != once {
			t.Fatalf("%q: first %q, then %q", b.String(), once, again)
		}
	}
}
