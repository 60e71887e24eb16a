package read

import (
	"bytes"
	"io"
)

// aboutEnds is how much of a mail tells how its lines end, in octets.
const aboutEnds = 64 << 10

// onlyCR reports a mail whose lines end with CR alone, as a few programs write
// it into files (RFC 5322 section 2.2 knows CR LF alone).
func onlyCR(beginning []byte) bool {
	beginning = beginning[:min(len(beginning), aboutEnds)]
	return bytes.IndexByte(beginning, '\n') < 0 && bytes.IndexByte(beginning, '\r') >= 0
}

// usualEnds is a mail whose lines end as others' do: with CR alone they are one
// line for all who read it, and with CR CR LF, which comes of a text that was
// converted twice, no line between header and body is empty.
func usualEnds(raw []byte) []byte {
	if onlyCR(raw) {
		return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	}
	if i := bytes.IndexByte(raw, '\n'); i > 1 && raw[i-1] == '\r' && raw[i-2] == '\r' {
		return bytes.ReplaceAll(raw, []byte("\r\r\n"), []byte("\n"))
	}
	return raw
}

// crSource is a source whose lines end with CR alone, with LF in its place.
type crSource struct{ io.ReaderAt }

// ReadAt implements io.ReaderAt.
func (s crSource) ReadAt(p []byte, at int64) (int, error) {
	n, err := s.ReaderAt.ReadAt(p, at)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}
