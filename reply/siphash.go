package reply

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// sipKey is a key of SipHash-2-4 (Aumasson, Bernstein 2012), a keyed 64-bit
// hash made for short inputs: without the key nobody can tell which words a
// stored hash stands for, and unlike hash/maphash it is the same after a
// restart.
type sipKey struct{ k0, k1 uint64 }

// deriveKey makes a key of its own for each purpose, from a secret of any
// length.
func deriveKey(secret []byte, purpose string) sipKey {
	h := sha256.New()
	h.Write(secret)
	h.Write([]byte{0})
	h.Write([]byte(purpose))
	sum := h.Sum(nil)
	return sipKey{binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])}
}

func (k sipKey) sum(p []byte) uint64 {
	v0, v1 := k.k0^0x736f6d6570736575, k.k1^0x646f72616e646f6d
	v2, v3 := k.k0^0x6c7967656e657261, k.k1^0x7465646279746573
	last := uint64(len(p)) << 56
	if len(p) >= 8 { // the octets behind the last whole eight
		last |= binary.LittleEndian.Uint64(p[len(p)-8:]) >> (64 - 8*(len(p)%8))
	} else {
		for i, c := range p {
			last |= uint64(c) << (8 * i)
		}
	}
	for ; len(p) >= 8; p = p[8:] {
		m := binary.LittleEndian.Uint64(p)
		v0, v1, v2, v3 = sipRound(v0, v1, v2, v3^m)
		v0, v1, v2, v3 = sipRound(v0, v1, v2, v3)
		v0 ^= m
	}
	v0, v1, v2, v3 = sipRound(v0, v1, v2, v3^last)
	v0, v1, v2, v3 = sipRound(v0, v1, v2, v3)
	v0 ^= last
	v2 ^= 0xff
	for range 4 {
		v0, v1, v2, v3 = sipRound(v0, v1, v2, v3)
	}
	return v0 ^ v1 ^ v2 ^ v3
}

// sipRound is one round of SipHash, short enough to be inlined.
func sipRound(v0, v1, v2, v3 uint64) (uint64, uint64, uint64, uint64) {
	v0 += v1
	v2 += v3
	v1 = bits.RotateLeft64(v1, 13) ^ v0
	v3 = bits.RotateLeft64(v3, 16) ^ v2
	v0 = bits.RotateLeft64(v0, 32)
	v2 += v1
	v0 += v3
	v1 = bits.RotateLeft64(v1, 17) ^ v2
	v3 = bits.RotateLeft64(v3, 21) ^ v0
	v2 = bits.RotateLeft64(v2, 32)
	return v0, v1, v2, v3
}
