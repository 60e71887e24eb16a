package mark

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func testKey(seed byte) Key {
	var k Key
	for i := range k.secret {
		k.secret[i] = seed + byte(i)*7
	}
	return k
}

func TestKeyText(t *testing.T) {
	k, err := GenerateKey(rand.New(rand.NewSource(1)))
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseKey(append([]byte(" \n"), k.Encode()...))
	if err != nil || back != k {
		t.Fatalf("reading %v back: %v, %v", k, back, err)
	}
	for _, form := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		printed := strings.ToLower(fmt.Sprintf(form, k))
		if strings.Contains(printed, fmt.Sprintf("%x", k.secret[:4])) {
			t.Errorf("%s prints the secret", form)
		}
	}
	if k.Fingerprint() == testKey(1).Fingerprint() || len(k.Fingerprint()) != 16 {
		t.Errorf("fingerprint %q", k.Fingerprint())
	}
	secret := strings.Repeat("ab", 32)
	for _, bad := range []string{"", "aside-key-1:", secret, "aside-key-1:" + secret[2:], "aside-key-1:" + secret + "ab",
		"aside-key-1:" + strings.Repeat("zz", 32), "aside-key-2:" + secret, "aside-key-1:" + strings.Repeat("00", 32)} {
		if _, err := ParseKey([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a key", bad)
		} else if strings.Contains(err.Error(), secret[2:]) {
			t.Errorf("the error shows the text: %v", err)
		}
	}
	if _, err := GenerateKey(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("a key was drawn from too little randomness")
	}
}

// The marks stand in mail that lives for years: a change here breaks it. The
// values were computed by another program from the layout in the package
// comment.
func TestMarksStayTheSame(t *testing.T) {
	r := NewKeyRing(testKey(1))
	for _, c := range []struct{ name, got, want string }{
		{"token", r.Sign(Token{Reply, 0x01020304050607, 42}), "ceaqeayeaudaoaaaaaaaaabk4c5vmuqwslka22il"},
		{"message", r.MessageID(1, 2, "example.com"), "cqaaaaaaaaaacaaaaaaaaaaco2jlbchlxl4topib@example.com"},
		{"notice", r.NoticeID(1, 2, 3, "example.com"), "cuaaaaaaaaaacaaaaaaaaaacaaaaaaaaaab63vsefhkev5zvbc57kcdd@example.com"},
		{"marker", r.Marker(1), "aside-aaabexqqa2"},
		{"fingerprint", testKey(1).Fingerprint(), "0e56a5c73aca4197"},
		{"line key", fmt.Sprintf("%x", r.LineKey()[:8]), "31a10a45e7475591"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %s, was %s", c.name, c.got, c.want)
		}
	}
}

func ids() *rapid.Generator[uint64] { return rapid.Uint64Range(0, maxID) }

func purposes() *rapid.Generator[Purpose] {
	return rapid.SampledFrom([]Purpose{Reply, Bounce, NoticeBounce})
}

// anyCase changes the case of some letters.
func anyCase(t *rapid.T, s string) string {
	b := []byte(s)
	for i := range b {
		if 'a' <= b[i] && b[i] <= 'z' && rapid.Bool().Draw(t, "upper") {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

// otherChar puts another base32 character at one place.
func otherChar(t *rapid.T, s string) string {
	b := []byte(s)
	i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
	c := rapid.SampledFrom([]byte(base32Letters)).Filter(func(c byte) bool { return c != b[i] }).Draw(t, "char")
	b[i] = c
	return string(b)
}

func TestTokenProperties(t *testing.T) {
	r := NewKeyRing(testKey(1))
	rapid.Check(t, func(t *rapid.T) {
		want := Token{purposes().Draw(t, "purpose"), ids().Draw(t, "conversation"), ids().Draw(t, "holder")}
		s := r.Sign(want)
		if len(s) != 40 || s != strings.ToLower(s) {
			t.Fatalf("a token is %q", s)
		}
		if got, ok := r.Parse(anyCase(t, s)); !ok || got != want {
			t.Fatalf("%+v came back as %+v, %v", want, got, ok)
		}
		if got, ok := r.Parse(otherChar(t, s)); ok {
			t.Fatalf("with another character it is %+v", got)
		}
		if _, ok := NewKeyRing(testKey(2)).Parse(s); ok {
			t.Fatal("a stranger's ring takes the token")
		}
		if _, ok := r.ParseMessageID(s + "@example.com"); ok {
			t.Fatal("a token passes as a Message-ID")
		}
	})
}

func TestMessageIDProperties(t *testing.T) {
	r := NewKeyRing(testKey(1))
	rapid.Check(t, func(t *rapid.T) {
		c, m, h := ids().Draw(t, "conversation"), ids().Draw(t, "message"), ids().Draw(t, "holder")
		for _, k := range []struct {
			id   string
			want SignedID
		}{
			{r.MessageID(c, m, "example.com"), SignedID{Purpose: External, Conversation: c, Message: m}},
			{r.NoticeID(c, h, m, "example.com"), SignedID{Purpose: Internal, Conversation: c, Holder: h, Notice: m}},
		} {
			left, _, _ := strings.Cut(k.id, "@")
			for _, form := range []string{k.id, "<" + k.id + ">", anyCase(t, left) + "@relay.example", left} {
				if got, ok := r.ParseMessageID(form); !ok || got != k.want {
					t.Fatalf("%q came back as %+v, %v", form, got, ok)
				}
			}
			if _, ok := r.ParseMessageID(otherChar(t, left) + "@example.com"); ok {
				t.Fatal("a changed Message-ID passes")
			}
			if _, ok := r.Parse(left); ok {
				t.Fatal("a Message-ID passes as a token")
			}
		}
	})
}

func TestMarkerProperties(t *testing.T) {
	r := NewKeyRing(testKey(1))
	rapid.Check(t, func(t *rapid.T) {
		nonce := rapid.Uint64().Draw(t, "nonce")
		m := r.Marker(nonce)
		if !r.IsMarker(anyCase(t, m)) || m != r.Marker(nonce&(1<<20-1)) {
			t.Fatalf("%s is no marker", m)
		}
		changed := markerPrefix + otherChar(t, m[len(markerPrefix):])
		if r.IsMarker(changed) || len(r.FindMarkers(changed)) > 0 {
			t.Fatalf("%s passes", changed)
		}
		if NewKeyRing(testKey(2)).IsMarker(m) {
			t.Fatal("a stranger's ring takes the marker")
		}
	})
}

func TestKeyRotation(t *testing.T) {
	oldest, older, newest := testKey(1), testKey(2), testKey(3)
	before := NewKeyRing(oldest)
	token := Token{Reply, 5, 6}
	s, id, marker := before.Sign(token), before.MessageID(1, 2, "x.example"), before.Marker(9)
	after := NewKeyRing(newest, older, oldest)
	if got, ok := after.Parse(s); !ok || got != token {
		t.Error("an old token does not verify after a rotation")
	}
	if _, ok := after.ParseMessageID(id); !ok {
		t.Error("an old Message-ID does not verify after a rotation")
	}
	if !after.IsMarker(marker) {
		t.Error("an old marker does not verify after a rotation")
	}
	if _, ok := before.Parse(after.Sign(token)); ok {
		t.Error("the old key signed after a rotation")
	}
	if !bytes.Equal(before.LineKey(), after.LineKey()) {
		t.Error("stored hashes of lines do not outlast a rotation")
	}
	waiting := before.WithNext(newest)
	if _, ok := waiting.Parse(after.Sign(token)); !ok {
		t.Error("the next key does not verify yet")
	}
	if waiting.Sign(token) != s || !bytes.Equal(waiting.LineKey(), before.LineKey()) {
		t.Error("the next key signs already")
	}
	if after.MessageID(1, 2, "x.example") != id || after.NoticeID(1, 2, 3, "x.example") != before.NoticeID(1, 2, 3, "x.example") {
		t.Error("a message has another name after a rotation: copies and References no longer agree")
	}
	if len(before.Fingerprints()) != 1 {
		t.Error("WithNext changed the ring that it was called on")
	}
	want := []string{newest.Fingerprint(), older.Fingerprint(), oldest.Fingerprint()}
	if got := after.Fingerprints(); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("fingerprints %v, want %v", got, want)
	}
}

func TestUseIsARotationInPlace(t *testing.T) {
	oldest, next := testKey(1), testKey(2)
	inForce := NewKeyRing(oldest)
	token := Token{Reply, 5, 6}
	s, line := inForce.Sign(token), inForce.LineKey()
	if err := inForce.Use(NewKeyRing(oldest).WithNext(next)); err != nil {
		t.Fatal(err)
	}
	if inForce.Sign(token) != s {
		t.Error("a key that only verifies signed")
	}
	if err := inForce.Use(NewKeyRing(next, oldest)); err != nil {
		t.Fatal(err)
	}
	if inForce.Sign(token) == s || !bytes.Equal(inForce.LineKey(), line) {
		t.Error("the new key does not sign, or the lines have another key")
	}
	if _, ok := inForce.Parse(s); !ok {
		t.Error("what the old key signed is forgotten")
	}
	if err := inForce.Use(NewKeyRing(next)); !errors.Is(err, ErrOtherLines) {
		t.Errorf("a ring that lost its oldest key was taken: %v", err)
	}
	if _, ok := inForce.Parse(s); !ok {
		t.Error("the refused ring is in force")
	}
}

func TestWhatIsNoToken(t *testing.T) {
	r := NewKeyRing(testKey(1))
	s := r.Sign(Token{Reply, 1, 2})
	for _, bad := range []string{"", s[1:], s + "a", s[:39] + "1", s[:39] + "=", s[:20] + "\n" + s[20:39], s[:38] + "é",
		strings.Repeat("a", 40), " " + s, r.write(Purpose(9), tokenMAC, 1, 2)} {
		if _, ok := r.Parse(bad); ok {
			t.Errorf("%q passes as a token", bad)
		}
	}
}

func TestAnIDTooLongIsNotCut(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an id of 57 bits was cut to 56")
		}
	}()
	NewKeyRing(testKey(1)).Sign(Token{Reply, 1 << 56, 1})
}

func TestFindMarkers(t *testing.T) {
	r := NewKeyRing(testKey(1))
	a, b := r.Marker(1), r.Marker(2)
	for _, c := range []struct {
		says, text string
		want       []string
	}{
		{"at the end of a line", "Resolve | Snooze          " + a + "\nmore", []string{a}},
		{"upper case", strings.ToUpper(a), []string{a}},
		{"glued to other words", "Spam" + a + "Next", []string{a}},
		{"wrapped after the hyphen", "aside-\n" + a[6:], []string{a}},
		{"wrapped and quoted", "> > aside-\r\n> > " + a[6:], []string{a}},
		{"a dash instead of the hyphen", "aside–" + a[6:], []string{a}},
		{"two, each once, in order", b + " " + a + " " + b, []string{b, a}},
		{"none", "aside-aaaaaaaaaa aside- aside-" + a[6:15] + " as an aside", nil},
		{"too far away", "aside-" + strings.Repeat(" ", 60) + a[6:], nil},
	} {
		if got := r.FindMarkers(c.text); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.says, got, c.want)
		}
	}
}

func TestRandomIDs(t *testing.T) {
	id, err := RandomID(bytes.NewReader(append(make([]byte, 7), 1, 2, 3, 4, 5, 6, 7)))
	if err != nil || id != 0x01020304050607 {
		t.Errorf("after zeros the id is %#x, %v", id, err)
	}
	last := bytes.Repeat([]byte{255}, 7) // no room for three
	three, err := RandomIDs(bytes.NewReader(append(last, 1, 2, 3, 4, 5, 6, 7)), 3)
	if want := []uint64{0x01020304050607, 0x01020304050608, 0x01020304050609}; err != nil || !slices.Equal(three, want) {
		t.Errorf("three ids: %x (%v)", three, err)
	}
	if _, err := RandomIDs(bytes.NewReader(last), 3); err == nil {
		t.Error("ids were drawn from nothing")
	}
	if _, err := RandomID(bytes.NewReader(nil)); err == nil {
		t.Error("an id came out of nothing")
	}
}

func FuzzMarks(f *testing.F) {
	r := NewKeyRing(testKey(1), testKey(2))
	f.Add(r.Sign(Token{Reply, 1, 2}))
	f.Add("<" + r.MessageID(1, 2, "example.com") + ">")
	f.Add(r.NoticeID(1, 2, 3, "example.com"))
	f.Add("aside-\n> " + r.Marker(1)[6:])
	f.Fuzz(func(t *testing.T, s string) {
		if token, ok := r.Parse(s); ok && r.Sign(token) != strings.ToLower(s) &&
			NewKeyRing(testKey(2)).Sign(token) != strings.ToLower(s) {
			t.Errorf("%q has a second spelling %q", s, r.Sign(token))
		}
		r.ParseMessageID(s)
		r.TokenIn(s)
		for _, m := range r.FindMarkers(s) {
			if !r.IsMarker(m) {
				t.Errorf("%q was found and is no marker", m)
			}
		}
	})
}

func BenchmarkSign(b *testing.B) {
	r := NewKeyRing(testKey(1))
	for b.Loop() {
		r.Sign(Token{Reply, 1, 2})
	}
}

func BenchmarkParse(b *testing.B) {
	r := NewKeyRing(testKey(1), testKey(2))
	s := r.Sign(Token{Reply, 1, 2})
	for b.Loop() {
		r.Parse(s)
	}
}

func BenchmarkFindMarkers(b *testing.B) {
	r := NewKeyRing(testKey(1))
	text := strings.Repeat("A line of a mail that somebody wrote.\n", 250) + r.Marker(1)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.FindMarkers(text)
	}
}
