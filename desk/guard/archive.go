package guard

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"io"
	"strings"
)

// What is taken out of archives at most.
const (
	maxUnpacked = 4 << 20 // octets, in all
	maxEntries  = 1000
)

// unpacked is what an archive holds, as far as the bounds reach.
type unpacked struct {
	text  string
	names []string
}

// unpack reads ZIP files, which many kinds of documents are, and gzip. Files
// are found by their own headers: of a long archive only the beginning is here,
// and its directory stands at the end (APPNOTE.TXT section 4.3.7).
func unpack(data string) unpacked {
	var u unpacked
	var out bytes.Buffer
	if strings.HasPrefix(data, "\x1f\x8b") {
		if z, err := gzip.NewReader(strings.NewReader(data)); err == nil {
			_, _ = io.Copy(&out, io.LimitReader(z, maxUnpacked)) // what can be read counts
			u.names = append(u.names, z.Name)
		}
	}
	u.entries(data, &out)
	// An archive inside the archive.
	if inner := out.String(); strings.Contains(inner, zipEntry) {
		u.entries(inner, &out)
	}
	u.text = out.String()
	return u
}

// zipEntry begins the header of each file in a ZIP.
const zipEntry = "PK\x03\x04"

// entries reads the files of a ZIP one after the other.
func (u *unpacked) entries(data string, out *bytes.Buffer) {
	const header = 30
	for at := 0; len(u.names) < maxEntries && out.Len() < maxUnpacked; {
		i := strings.Index(data[at:], zipEntry)
		if i < 0 || at+i+header > len(data) {
			return
		}
		h := []byte(data[at+i : at+i+header])
		at += i + len(zipEntry)
		flags, method := binary.LittleEndian.Uint16(h[6:]), binary.LittleEndian.Uint16(h[8:])
		name := int(binary.LittleEndian.Uint16(h[26:]))
		start := at - len(zipEntry) + header + name + int(binary.LittleEndian.Uint16(h[28:]))
		if start > len(data) || name == 0 {
			continue
		}
		u.names = append(u.names, data[at-len(zipEntry)+header:at-len(zipEntry)+header+name])
		const encrypted, deflated = 1, 8
		if flags&encrypted != 0 || method != deflated {
			continue // what is only stored is read with the archive itself
		}
		z := flate.NewReader(strings.NewReader(data[start:]))
		_, _ = io.Copy(out, io.LimitReader(z, int64(maxUnpacked-out.Len()))) // what can be read counts
		out.WriteByte('\n')
	}
}
