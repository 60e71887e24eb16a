package mark

import (
	"encoding/base32"
	"fmt"
	"io"
	"strings"
)

// version stands in the upper half of every mark's first octet.
const version = 1

// Purpose is what a signed mark is for. It is signed with the mark, so that a
// Message-ID is never a token, and a bounce address no reply address.
type Purpose byte

// The purposes. Their values stand in mail that lives for years: never reuse
// one.
const (
	// Reply is a Reply-To: conversation and holder. With conversation 0 it
	// speaks for an agent outside any ticket: codes, lists, digests.
	Reply Purpose = 1
	// Bounce is an envelope sender: conversation and delivery.
	Bounce Purpose = 2
	// NoticeBounce is the envelope sender of a notice: conversation (or 0) and
	// notice.
	NoticeBounce Purpose = 3
	// External is the Message-ID of mail to contacts: conversation and message.
	External Purpose = 4
	// Internal is the Message-ID of a notice: conversation (or 0), holder and
	// notice.
	Internal Purpose = 5
)

// Token is the signed part of a sub-address. Ids have 56 bits.
type Token struct {
	Purpose      Purpose
	Conversation uint64
	// Holder is whose copy it is: an agent's or a participation's holder id.
	// In a Bounce token it is the delivery's id, in a NoticeBounce token the
	// notice's.
	Holder uint64
}

const (
	idSize        = 7  // octets of an id
	tokenMAC      = 10 // octets of a token's MAC
	noticeMAC     = 13 // so that a notice's Message-ID fills its characters
	tokenSize     = 1 + 2*idSize + tokenMAC
	tokenLength   = tokenSize * 8 / 5
	noticeSize    = 1 + 3*idSize + noticeMAC
	noticeLength  = noticeSize * 8 / 5
	maxID         = 1<<(8*idSize) - 1
	base32Letters = "abcdefghijklmnopqrstuvwxyz234567"
)

var lowerBase32 = base32.NewEncoding(base32Letters).WithPadding(base32.NoPadding)

// Sign writes a token as 40 characters. It panics when an id has more than 56
// bits: such an id was not drawn by RandomID, and cutting it would name
// somebody else's conversation.
func (r *KeyRing) Sign(t Token) string {
	return r.write(t.Purpose, tokenMAC, t.Conversation, t.Holder)
}

// Parse reads a token in any case of its letters. It reports false for
// everything that no key of the ring has signed as an address.
func (r *KeyRing) Parse(s string) (Token, bool) {
	p, ids, ok := r.read(s, tokenLength, tokenMAC)
	if !ok || (p != Reply && p != Bounce && p != NoticeBounce) {
		return Token{}, false
	}
	return Token{Purpose: p, Conversation: ids[0], Holder: ids[1]}, true
}

// write signs a purpose and its ids.
func (r *KeyRing) write(p Purpose, macSize int, ids ...uint64) string {
	content := make([]byte, 0, noticeSize)
	content = append(content, version<<4|byte(p))
	for _, id := range ids {
		if id > maxID {
			panic(fmt.Sprintf("threading: id %#x has more than 56 bits", id))
		}
		for shift := 8 * (idSize - 1); shift >= 0; shift -= 8 {
			content = append(content, byte(id>>shift))
		}
	}
	return lowerBase32.EncodeToString(append(content, r.seal(p, content, macSize)...))
}

// read undoes write for a text of exactly the given length.
func (r *KeyRing) read(s string, length, macSize int) (Purpose, [3]uint64, bool) {
	var ids [3]uint64
	var letters, raw [noticeLength]byte
	if len(s) != length || !foldBase32(letters[:], s) {
		return 0, ids, false
	}
	n, err := lowerBase32.Decode(raw[:], letters[:length])
	if err != nil || raw[0]>>4 != version {
		return 0, ids, false
	}
	content, sum := raw[:n-macSize], raw[n-macSize:n]
	if !r.holds(content, sum) {
		return 0, ids, false
	}
	for i := range (len(content) - 1) / idSize {
		for _, b := range content[1+i*idSize:][:idSize] {
			ids[i] = ids[i]<<8 | uint64(b)
		}
	}
	return Purpose(raw[0] & 0x0f), ids, true
}

// foldBase32 copies the text in lower case, and reports whether it is base32
// throughout. (The standard decoder skips line ends, which would give one mark
// many spellings.)
func foldBase32(to []byte, s string) bool {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
		to[i] = c
	}
	return true
}

// TokenIn finds a token at the end of an address' local part. The separator is
// not looked at: some clients write %2B for the plus, some systems give the
// address another domain, and the MAC proves all that needs proof.
func (r *KeyRing) TokenIn(address string) (Token, bool) {
	local := address
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		local = address[:at]
	}
	local = strings.Trim(local, `<>" `)
	if len(local) < tokenLength {
		return Token{}, false
	}
	return r.Parse(local[len(local)-tokenLength:])
}

// RandomID draws an id of 56 bits that is not zero.
func RandomID(rand io.Reader) (uint64, error) {
	var b [idSize]byte
	for {
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return 0, fmt.Errorf("drawing an id: %w", err)
		}
		var id uint64
		for _, c := range b {
			id = id<<8 | uint64(c)
		}
		if id != 0 {
			return id, nil
		}
	}
}

// RandomIDs draws ids for rows that are written together. They follow each other,
// so that an index finds place for all of them in one page; what is random in
// one is so in all.
func RandomIDs(rand io.Reader, n int) ([]uint64, error) {
	for {
		first, err := RandomID(rand)
		if err != nil {
			return nil, err
		}
		if first > maxID-uint64(n) {
			continue
		}
		ids := make([]uint64, n)
		for i := range ids {
			ids[i] = first + uint64(i)
		}
		return ids, nil
	}
}
