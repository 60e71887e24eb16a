package mailout

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/emersion/go-msgauth/dkim"
)

// Key signs the mail of one domain.
type Key struct {
	Domain   string // lower-case
	Selector string
	Signer   crypto.Signer // *rsa.PrivateKey or ed25519.PrivateKey
}

// Signer makes DKIM signatures (RFC 6376). A nil Signer signs nothing. Its
// keys may be replaced while mail is being signed.
type Signer struct {
	keys atomic.Pointer[[]Key]
}

// NewSigner makes a signer with keys.
func NewSigner(keys ...Key) *Signer {
	s := &Signer{}
	s.Use(keys)
	return s
}

// Use signs with these keys from now on.
func (s *Signer) Use(keys []Key) { s.keys.Store(&keys) }

// aligned finds the keys of the domain that aligns with From's: the same, or the
// nearest parent (RFC 7489 section 3.1.1, relaxed). There are two of one domain
// while one gives way to another, or an Ed25519 key beside an RSA one, which is
// all that many receivers know (RFC 8463 section 3): each of them signs.
func (s *Signer) aligned(domain string) (keys []Key) {
	if s == nil {
		return nil
	}
	for _, k := range *s.keys.Load() {
		if domain != k.Domain && !strings.HasSuffix(domain, "."+k.Domain) {
			continue
		}
		if len(keys) > 0 && len(k.Domain) > len(keys[0].Domain) {
			keys = nil
		}
		if len(keys) == 0 || k.Domain == keys[0].Domain {
			keys = append(keys, k)
		}
	}
	return keys
}

// signedHeaders are the fields of ours that a signature covers, in the order
// of h=.
var signedHeaders = []string{
	"From", "Reply-To", "Subject", "Date", "To", "Cc", "Message-ID", "In-Reply-To", "References",
	"Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}

// oversigned are named once more than they occur, so that none can be added on
// the way without breaking the signature (RFC 6376 section 8.15).
var oversigned = []string{"From", "Reply-To", "Subject", "Date", "To", "Cc", "Message-ID", "Content-Type"}

func headerKeys(header string) []string {
	var keys []string
	for _, k := range signedHeaders {
		if strings.HasPrefix(header, k+":") || strings.Contains(header, "\r\n"+k+":") {
			keys = append(keys, k)
		}
	}
	return append(keys, oversigned...)
}

// prepare writes the mail once: it hashes it for the signatures, counts it for
// SIZE, and finds out that every attachment can be read before a relay hears of
// the mail. A small one is kept, so that it is not composed again. There is no
// signature when no key aligns with the mail's From. They carry the time of
// signing, and are thus the lines that differ between two attempts.
func (s *Signer) prepare(ctx context.Context, m *Mail, open OpenFunc) (signatures string, c *written, err error) {
	c = &written{}
	to := []io.Writer{c}
	var signers []*dkim.Signer
	for _, k := range s.aligned(m.domain) {
		signer, err := dkim.NewSigner(&dkim.SignOptions{
			Domain: k.Domain, Selector: k.Selector, Signer: k.Signer,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed,
			BodyCanonicalization:   dkim.CanonicalizationRelaxed,
			HeaderKeys:             headerKeys(m.header),
		})
		if err != nil {
			closeAll(signers)
			return "", nil, fmt.Errorf("signing for %s: %w", k.Domain, err)
		}
		signers, to = append(signers, signer), append(to, signer)
	}
	writeErr := m.Write(ctx, io.MultiWriter(to...), open)
	closeErr := closeAll(signers)
	if writeErr != nil {
		return "", nil, writeErr
	}
	if closeErr != nil {
		return "", nil, fmt.Errorf("signing for %s: %w", m.domain, closeErr)
	}
	for _, signer := range signers {
		signatures += signer.Signature()
	}
	return signatures, c, nil
}

// closeAll ends what was given to signers, in any case: each has a goroutine
// that waits for the end.
func closeAll(signers []*dkim.Signer) (err error) {
	for _, signer := range signers {
		err = errors.Join(err, signer.Close())
	}
	return err
}

// keptWritten is how many octets of a mail are kept between its signing and
// its sending; each worker has one such mail.
const keptWritten = 128 << 10

// written counts what is written to it, and keeps it as long as it is small.
type written struct {
	size int64
	kept []byte
}

// Write implements io.Writer.
func (c *written) Write(p []byte) (int, error) {
	if c.size += int64(len(p)); c.size > keptWritten {
		c.kept = nil
	} else {
		c.kept = append(c.kept, p...)
	}
	return len(p), nil
}

// whole reports whether all that was written is kept.
func (c *written) whole() bool { return c.size <= keptWritten }
