package mailout

import (
	"context"
	"crypto"
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

// key finds the key whose domain aligns with From's: the same, or the nearest
// parent (RFC 7489 section 3.1.1, relaxed).
func (s *Signer) key(domain string) (Key, bool) {
	var best Key
	if s == nil {
		return best, false
	}
	for _, k := range *s.keys.Load() {
		if (domain == k.Domain || strings.HasSuffix(domain, "."+k.Domain)) && len(k.Domain) > len(best.Domain) {
			best = k
		}
	}
	return best, best.Domain != ""
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

// prepare writes the mail once to nowhere: it hashes it for the signature,
// counts it for SIZE, and finds out that every attachment can be read before a
// relay hears of the mail. The signature is empty when no key aligns with the
// mail's From. It carries the time of signing, and is thus the one line that
// differs between two attempts.
func (s *Signer) prepare(ctx context.Context, m *Mail, open OpenFunc) (signature string, size int64, err error) {
	var n counter
	k, ok := s.key(m.domain)
	if !ok {
		err = m.Write(ctx, &n, open)
		return "", int64(n), err
	}
	signer, err := dkim.NewSigner(&dkim.SignOptions{
		Domain: k.Domain, Selector: k.Selector, Signer: k.Signer,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed,
		BodyCanonicalization:   dkim.CanonicalizationRelaxed,
		HeaderKeys:             headerKeys(m.header),
	})
	if err != nil {
		return "", 0, fmt.Errorf("signing for %s: %w", k.Domain, err)
	}
	writeErr := m.Write(ctx, io.MultiWriter(&n, signer), open)
	// Closed in any case: the signer has a goroutine that waits for the end.
	closeErr := signer.Close()
	if writeErr != nil {
		return "", 0, writeErr
	}
	if closeErr != nil {
		return "", 0, fmt.Errorf("signing for %s: %w", k.Domain, closeErr)
	}
	signature = signer.Signature()
	return signature, int64(n) + int64(len(signature)), nil
}

// counter counts what is written to it.
type counter int64

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
