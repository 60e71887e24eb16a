package read

import (
	"bytes"
	"strings"

	"aside"
)

// signedWith tells from a multipart/signed by what it is signed (RFC 1847
// section 2.1, RFC 8551 section 3.5.3, RFC 3156 section 5).
func signedWith(p *part) aside.Opaque {
	protocol := strings.ToLower(p.params["protocol"])
	for _, c := range p.children {
		protocol += " " + c.mediaType
	}
	switch {
	case strings.Contains(protocol, "pkcs7-signature"):
		return aside.OpaqueSMIME
	case strings.Contains(protocol, "pgp-signature"):
		return aside.OpaquePGP
	}
	return aside.OpaqueNone
}

// signedInside walks the mail that stands, readable without any key, in the
// signed-data of an application/pkcs7-mime part (RFC 8551 section 3.5.2), and
// reports whether there is one.
func (b *bodyReader) signedInside(content []byte, alt *bodyPiece) (bool, error) {
	inner := signedContent(content)
	if len(bytes.TrimSpace(inner)) == 0 {
		return false, nil
	}
	if b.tree.parts <= 0 || b.tree.multiparts <= 0 || b.tree.depth <= 0 {
		return false, nil
	}
	b.tree.depth-- // so that one inside another ends
	defer func() { b.tree.depth++ }()
	t := *b.tree
	root := t.take(inner)
	b.tree.parts, b.tree.multiparts, b.tree.problems = t.parts, t.multiparts, t.problems
	return true, b.walk(root, alt)
}

// oidSignedData and oidData as they stand in BER (RFC 5652 sections 4 and 5.1).
var (
	oidSignedData = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}
	oidData       = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}
)

// The tags that lie on the way to the content.
const (
	tagInteger     = 0x02
	tagOctets      = 0x04
	tagOID         = 0x06
	tagSequence    = 0x30
	tagSet         = 0x31
	tagExplicit    = 0xa0
	tagOctetPieces = 0x24 // constructed, as programs write that do not know the length yet
)

// maxBERDepth bounds nested values of indefinite length.
const maxBERDepth = 8

// signedContent takes the content out of CMS signed-data, nil where it is
// anything else (RFC 5652 section 5.2). BER with indefinite lengths is read, too.
func signedContent(ber []byte) []byte {
	info := expect(ber, tagSequence)
	oid, rest := value(info, tagOID)
	if !bytes.Equal(oid, oidSignedData) {
		return nil
	}
	signed := expect(expect(rest, tagExplicit), tagSequence)
	_, rest = value(signed, tagInteger)
	_, rest = value(rest, tagSet)
	oid, rest = value(expect(rest, tagSequence), tagOID)
	if !bytes.Equal(oid, oidData) {
		return nil
	}
	tag, content, _, ok := element(expect(rest, tagExplicit), maxBERDepth)
	if !ok {
		return nil
	}
	return octets(tag, content, maxBERDepth)
}

// expect is the content of the first element if it has a tag, else nil.
func expect(b []byte, tag byte) []byte {
	content, _ := value(b, tag)
	return content
}

func value(b []byte, want byte) (content, rest []byte) {
	tag, content, rest, ok := element(b, maxBERDepth)
	if !ok || tag != want {
		return nil, nil
	}
	return content, rest
}

// octets joins an octet string that may be in pieces.
func octets(tag byte, content []byte, depth int) []byte {
	switch {
	case tag == tagOctets:
		return content
	case tag != tagOctetPieces || depth == 0:
		return nil
	}
	var out []byte
	for len(content) > 0 {
		t, piece, rest, ok := element(content, depth-1)
		if !ok {
			break
		}
		out = append(out, octets(t, piece, depth-1)...)
		content = rest
	}
	return out
}

// element reads one element of BER with a tag of one octet (X.690 section 8.1).
func element(b []byte, depth int) (tag byte, content, rest []byte, ok bool) {
	if len(b) < 2 || depth < 0 {
		return 0, nil, nil, false
	}
	tag, length := b[0], int(b[1])
	b = b[2:]
	switch {
	case length == 0x80:
		return indefinite(tag, b, depth)
	case length > 0x80:
		n := length & 0x7f
		if n > 4 || len(b) < n {
			return 0, nil, nil, false
		}
		length = 0
		for _, c := range b[:n] {
			length = length<<8 | int(c)
		}
		b = b[n:]
	}
	if length < 0 || length > len(b) {
		return 0, nil, nil, false
	}
	return tag, b[:length], b[length:], true
}

// indefinite reads elements up to the two zero octets that end them.
func indefinite(tag byte, b []byte, depth int) (byte, []byte, []byte, bool) {
	for at := b; len(at) >= 2; {
		if at[0] == 0 && at[1] == 0 {
			return tag, b[:len(b)-len(at)], at[2:], true
		}
		_, _, rest, ok := element(at, depth-1)
		if !ok {
			break
		}
		at = rest
	}
	return 0, nil, nil, false
}
