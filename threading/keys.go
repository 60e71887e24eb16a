package threading

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// keyPrefix begins the text form of a key, so that a key file says what it is
// and a truncated or foreign file is recognised.
const keyPrefix = "aside-key-1:"

// Key is one secret of the ring: 32 random octets from which the keys of all
// marks are derived. It prints as its fingerprint, so that a log line cannot
// give it away.
type Key struct{ secret [32]byte }

// GenerateKey draws a key from a source of randomness, which must be
// crypto/rand.Reader outside of tests.
func GenerateKey(rand io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(rand, k.secret[:]); err != nil {
		return Key{}, fmt.Errorf("drawing a key: %w", err)
	}
	return k, nil
}

// ParseKey reads the text form that Encode makes; white space around it does
// not matter. The error never contains the text.
func ParseKey(text []byte) (Key, error) {
	text = bytes.TrimSpace(text)
	digits, found := bytes.CutPrefix(text, []byte(keyPrefix))
	if !found {
		return Key{}, fmt.Errorf("reading a key: it does not begin with %q", keyPrefix)
	}
	var k Key
	if len(digits) != hex.EncodedLen(len(k.secret)) {
		return Key{}, fmt.Errorf("reading a key: %d characters after %q, not %d",
			len(digits), keyPrefix, hex.EncodedLen(len(k.secret)))
	}
	if _, err := hex.Decode(k.secret[:], digits); err != nil {
		return Key{}, errors.New("reading a key: it has a character that is no hexadecimal digit")
	}
	if k.secret == [32]byte{} {
		return Key{}, errors.New("reading a key: it is all zeros")
	}
	return k, nil
}

// Encode is the key as one line of text for a key file.
func (k Key) Encode() []byte {
	return append(hex.AppendEncode([]byte(keyPrefix), k.secret[:]), '\n')
}

// Fingerprint names the key in the database and in logs: 16 hexadecimal
// digits, from which the key cannot be found.
func (k Key) Fingerprint() string {
	sub := k.derive("fingerprint")
	return hex.EncodeToString(sub[:8])
}

// String is the fingerprint, never the secret.
func (k Key) String() string { return "key " + k.Fingerprint() }

// GoString is the fingerprint, never the secret.
func (k Key) GoString() string { return k.String() }

// derive makes the key of one purpose, so that what is signed for one can
// never be taken for the other.
func (k Key) derive(label string) [32]byte {
	m := hmac.New(sha256.New, k.secret[:])
	m.Write([]byte("aside 1 " + label))
	return [32]byte(m.Sum(nil))
}

// ringKey is a key with the keys derived from it.
type ringKey struct {
	fingerprint   string
	mark, visible [32]byte
}

// KeyRing is the keys of an installation. It is immutable and may be used by
// many goroutines at once. The zero value signs nothing and panics: make one
// with NewKeyRing.
type KeyRing struct {
	keys []ringKey // the first signs, all verify
	line [32]byte
}

// NewKeyRing makes a ring of the key that signs and of older ones that only
// verify, the newest of them first and the oldest last.
func NewKeyRing(signing Key, older ...Key) *KeyRing {
	r := &KeyRing{keys: make([]ringKey, 0, 1+len(older))}
	oldest := signing
	for _, k := range append([]Key{signing}, older...) {
		r.keys = append(r.keys, newRingKey(k))
		oldest = k
	}
	r.line = oldest.derive("lines")
	return r
}

// WithNext returns a ring that also verifies the key that will sign after the
// next rotation. Of several daemons on one database each must verify a new key
// before any of them signs with it.
func (r *KeyRing) WithNext(next Key) *KeyRing {
	keys := append(append([]ringKey(nil), r.keys...), newRingKey(next))
	return &KeyRing{keys: keys, line: r.line}
}

func newRingKey(k Key) ringKey {
	return ringKey{fingerprint: k.Fingerprint(), mark: k.derive("mark"), visible: k.derive("marker")}
}

// Fingerprints names the keys of the ring, the signing one first.
func (r *KeyRing) Fingerprints() []string {
	out := make([]string, len(r.keys))
	for i, k := range r.keys {
		out[i] = k.fingerprint
	}
	return out
}

// LineKey keys the hashes of lines and passages that the store keeps for open
// tickets. It is derived from the oldest key of the ring: stored hashes must
// still match after a rotation, else quoted matter that was sent under the
// former key would pass as newly written. Dropping the oldest key from the ring
// therefore means to rebuild those hashes. The slice is the caller's.
func (r *KeyRing) LineKey() []byte { return bytes.Clone(r.line[:]) }

// seal is the MAC of a mark's content under the signing key.
func (r *KeyRing) seal(content []byte, size int) []byte {
	return mac(r.keys[0].mark, content)[:size]
}

// holds reports whether the MAC of the content is by a key of the ring. Every
// key is tried and each comparison takes the same time, so that an answer's
// time tells nothing about how much was right.
func (r *KeyRing) holds(content, sum []byte) bool {
	ok := false
	for i := range r.keys {
		if hmac.Equal(mac(r.keys[i].mark, content)[:len(sum)], sum) {
			ok = true
		}
	}
	return ok
}

func mac(key [32]byte, content []byte) []byte {
	m := hmac.New(sha256.New, key[:])
	m.Write(content)
	return m.Sum(nil)
}
