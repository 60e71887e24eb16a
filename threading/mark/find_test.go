package mark

import (
	"math/rand"
	"strings"
	"testing"
)

func TestFindSigned(t *testing.T) {
	r := NewKeyRing(keyOf(t, 1))
	token := r.Sign(Token{Purpose: Reply, Conversation: 7, Holder: 9})
	notice, _, _ := strings.Cut(r.NoticeID(7, 9, 11, "example.com"), "@")
	external, _, _ := strings.Cut(r.MessageID(7, 3, "example.com"), "@")
	spread := func(s, sep string) string { return s[:11] + sep + s[11:] }
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"none":              {"Could the driver come a second time, please, and call before he does so?", nil},
		"an address":        {"support+" + token + "@example.com", []string{token}},
		"in a word":         {"cdcd" + token + "cdcd", []string{token}},
		"capitals":          {strings.ToUpper(token), []string{token}},
		"broken by a line":  {"support+" + spread(token, "\n> ") + "@example.com", []string{token}},
		"broken, CRLF":      {spread(token, "=\r\n"), []string{token}},
		"zero width":        {spread(token, "\u200b"), []string{token}},
		"soft hyphen":       {spread(token, "\u00ad"), []string{token}},
		"behind words":      {"see clean copies of it " + token, []string{token}},
		"a notice's id":     {"<" + notice + "@example.com>", []string{notice}},
		"an outside id":     {"<" + external + "@example.com>", []string{external}},
		"both, twice":       {token + ", " + notice + ", " + token, []string{token, notice}},
		"one letter off":    {flip(token), nil},
		"another ring's":    {NewKeyRing(keyOf(t, 2)).Sign(Token{Purpose: Reply, Conversation: 7, Holder: 9}), nil},
		"cut off":           {token[:39], nil},
		"broken by a digit": {spread(token, "1"), nil},
	} {
		var got []string
		for _, s := range r.FindSigned(c.text) {
			got = append(got, s.Text)
		}
		if strings.Join(got, " ") != strings.Join(c.want, " ") {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
	got := r.FindSigned(token + " " + notice + " " + external)
	if len(got) != 3 || got[0].Token != (Token{Reply, 7, 9}) || got[1].ID != (SignedID{Purpose: Internal, Conversation: 7, Holder: 9, Notice: 11}) ||
		got[2].ID != (SignedID{Purpose: External, Conversation: 7, Message: 3}) {
		t.Errorf("found %+v", got)
	}
}

// flip changes the last letter of a token.
func flip(token string) string {
	last := byte('a')
	if token[len(token)-1] == 'a' {
		last = 'b'
	}
	return token[:len(token)-1] + string(last)
}

func BenchmarkFindSigned(b *testing.B) {
	r := NewKeyRing(keyOf(b, 1))
	text := strings.Repeat("The kettle leaks, and nobody has called me about it so far this week.\n", 140)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.FindSigned(text)
	}
}

func keyOf(t testing.TB, seed int64) Key {
	t.Helper()
	k, err := GenerateKey(rand.New(rand.NewSource(seed)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
