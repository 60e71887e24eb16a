package mark

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
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

// KeyRing is the keys of an installation. It may be used by many goroutines at
// once, also while Use puts other keys in force. The zero value signs nothing
// and panics: make one with NewKeyRing.
type KeyRing struct{ now atomic.Pointer[ring] }

// ring is the keys in force at one moment. It is immutable.
type ring struct {
	keys []ringKey // the first signs, all verify
	// name and line are derived from the oldest key, whichever signs.
	name, line [32]byte
}

// NewKeyRing makes a ring of the key that signs and of older ones that only
// verify, the newest of them first and the oldest last.
func NewKeyRing(signing Key, older ...Key) *KeyRing {
	r := &ring{keys: make([]ringKey, 0, 1+len(older))}
	oldest := signing
	for _, k := range append([]Key{signing}, older...) {
		r.keys = append(r.keys, newRingKey(k))
		oldest = k
	}
	r.name, r.line = oldest.derive("mark"), oldest.derive("lines")
	return ringOf(r)
}

func ringOf(r *ring) *KeyRing {
	k := &KeyRing{}
	k.now.Store(r)
	return k
}

// WithNext returns a ring that also verifies the key that will sign after the
// next rotation. Of several daemons on one database each must verify a new key
// before any of them signs with it.
func (r *KeyRing) WithNext(next Key) *KeyRing {
	now := r.now.Load()
	keys := append(append([]ringKey(nil), now.keys...), newRingKey(next))
	return ringOf(&ring{keys: keys, name: now.name, line: now.line})
}

// ErrOtherLines says that a ring has another oldest key, and so another
// LineKey: the hashes that the store keeps would no longer match.
var ErrOtherLines = errors.New("the ring has another oldest key")

// Use puts the keys of another ring in force. What was signed before is known
// as long as the other ring has its key.
func (r *KeyRing) Use(other *KeyRing) error {
	now := other.now.Load()
	if now.line != r.now.Load().line {
		return ErrOtherLines
	}
	r.now.Store(now)
	return nil
}

func newRingKey(k Key) ringKey {
	return ringKey{fingerprint: k.Fingerprint(), mark: k.derive("mark"), visible: k.derive("marker")}
}

// Fingerprints names the keys of the ring, the signing one first.
func (r *KeyRing) Fingerprints() []string {
	keys := r.now.Load().keys
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.fingerprint
	}
	return out
}

// LineKey keys the hashes of lines and passages that the store keeps for open
// tickets. It is derived from the oldest key of the ring: stored hashes must
// still match after a rotation, else quoted matter that was sent under the
// former key would pass as newly written. Dropping the oldest key from the ring
// therefore means to rebuild those hashes. The slice is the caller's.
func (r *KeyRing) LineKey() []byte { return bytes.Clone(r.now.Load().line[:]) }

// seal is the MAC of a mark's content: under the signing key for what is an
// address, under the oldest for a Message-ID. A message must keep its name
// through a rotation, because copies that wait, retries and the References of
// later mails name it again; and since old keys verify for good, a new one
// would make the name no safer.
func (r *KeyRing) seal(p Purpose, content []byte, size int) []byte {
	now := r.now.Load()
	if p == External || p == Internal {
		return mac(now.name, content)[:size]
	}
	return mac(now.keys[0].mark, content)[:size]
}

// holds reports whether the MAC of the content is by a key of the ring. Every
// key is tried and each comparison takes the same time, so that an answer's
// time tells nothing about how much was right.
func (r *KeyRing) holds(content, sum []byte) bool {
	ok := false
	for _, k := range r.now.Load().keys {
		if hmac.Equal(mac(k.mark, content)[:len(sum)], sum) {
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
