package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// content is what a part holds, its transfer encoding undone.
type content struct {
	head []byte // from its beginning; all of it unless the part is long
	mail []byte // what to take apart, of an attached mail: it may have holes
	open func() io.Reader
}

// maxEncodedMail bounds what is taken apart of an attached mail whose content is
// encoded, which RFC 2046 section 5.2.1 forbids.
const maxEncodedMail = 4 << 20

// decode undoes the transfer encoding of a part. Of a part with a hole it holds
// the first octets, as many as are needed. The error is a *SourceError.
func (t *tree) decode(p *part, need int) (c content, problem string, err error) {
	encoding := p.get("content-transfer-encoding")
	if !t.outline.holed(p.body) {
		if p.isText() && transferEncoding(encoding) == encodedBase64 {
			if encoded, footer := base64Footer(p.body); len(footer) > 0 {
				all := slices.Concat(decodeBase64(encoded), []byte("\n\n"), footer)
				return content{head: all, open: func() io.Reader { return bytes.NewReader(all) }}, "text below base64 was read as it stands", nil
			}
		}
		all, problem := decodeTransfer(p.body, encoding)
		return content{all, all, func() io.Reader { return bytes.NewReader(all) }}, problem, nil
	}
	body := p.body
	kind := transferEncoding(encoding)
	if kind == encodedBase64 {
		if kind, problem, err = judgeBase64(t.outline.open(body)); err != nil {
			return content{}, "", err
		}
	} else if kind == encodedUnknown {
		problem = "unknown transfer encoding " + printable(encoding)
	}
	c.open = func() io.Reader { return newDecoder(kind, t.outline.open(body)) }
	switch {
	case isSMIME(p, p.fileName()):
		need = int(t.outline.size)
	case isMail(p):
		need = maxEncodedMail
	}
	if isMail(p) && (kind == encodedNot || kind == encodedUnknown) {
		c.mail = body
		return c, problem, nil
	}
	c.head, err = io.ReadAll(io.LimitReader(c.open(), int64(need)))
	c.mail = c.head
	return c, problem, err
}

// isText reports a part with words of a person, or of who handles mail.
func (p *part) isText() bool { return p.mediaType == "text/plain" || p.mediaType == "text/html" }

// judgeBase64 looks through what is declared as base64.
func judgeBase64(r io.Reader) (encoding int, problem string, err error) {
	var all, bad, blanks int64
	buf := make([]byte, decoderBlock)
	for {
		n, err := r.Read(buf)
		all += int64(n)
		blanks += int64(bytes.Count(buf[:n], []byte(" ")))
		bad += int64(strays(buf[:n]))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, "", fmt.Errorf("looking through base64: %w", err)
		}
	}
	encoding, problem = judged(bad, blanks, all)
	return encoding, problem, nil
}

// decoder undoes a transfer encoding while it is read.
type decoder struct {
	r    io.Reader
	step func(out, in []byte, last bool) (decoded, rest []byte)
	in   []byte // not decoded yet
	out  []byte // decoded and not taken yet
	buf  []byte // behind out
	err  error
}

const (
	// decoderBlock is how much is read at a time.
	decoderBlock = 32 << 10
	// maxPending is the longest line that is decoded in one piece.
	maxPending = 64 << 10
)

func newDecoder(encoding int, r io.Reader) io.Reader {
	d := &decoder{r: r}
	switch encoding {
	case encodedBase64:
		d.step = new(base64Pieces).step
	case encodedQP:
		d.step = stepQP
	case encodedUU:
		d.step = new(uuPieces).step
	default:
		return r
	}
	return d
}

// Read implements io.Reader.
func (d *decoder) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		have := len(d.in)
		if cap(d.in) < have+decoderBlock {
			d.in = append(make([]byte, 0, 2*have+decoderBlock), d.in...)
		}
		n, err := d.r.Read(d.in[have : have+decoderBlock])
		d.err = err
		decoded, rest := d.step(d.buf[:0], d.in[:have+n], errors.Is(err, io.EOF))
		d.buf, d.out = decoded, decoded
		d.in = d.in[:copy(d.in[:cap(d.in)], rest)]
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}
