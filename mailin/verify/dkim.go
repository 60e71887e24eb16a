package verify

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-msgauth/dkim"
)

const (
	// maxSignatures is how many signatures of the domain of From are verified;
	// those of other domains say nothing about it.
	maxSignatures = 5
	// maxSigned is how many fields a signature may name. Honest ones name some
	// thirty.
	maxSigned = 200
)

// signature is one DKIM-Signature field that speaks for the domain of From.
type signature struct {
	index  int // in the header
	domain string
	keyAt  string   // where its key is published
	signed []string // the fields that it covers, lower-case
	sized  bool     // it has l=, so what follows in the body is anybody's

	pass    bool
	temp    bool // DNS did not answer
	problem string
}

// signatures are what DKIM says for the domain of From.
type signatures struct {
	pass    bool // DMARC passes by one
	domain  string
	sound   soundness
	temp    bool   // DNS did not answer, and one might have passed
	problem string // of the first that failed
}

// dkim verifies the signatures that speak for the domain of From.
func (c *check) dkim(ctx context.Context) (signatures, error) {
	list := c.signatures()
	if len(list) == 0 {
		return signatures{problem: "It carries no signature of " + c.author.domain + " (DKIM)."}, nil
	}
	keys := c.fetchKeys(list)
	if err := c.verifyAll(ctx, list, keys); err != nil {
		return signatures{}, err
	}
	return c.weigh(list), nil
}

// weigh makes one answer of all signatures: the best counts.
func (c *check) weigh(list []*signature) signatures {
	var out signatures
	for _, s := range list {
		yes, unknown := c.aligned(s.domain, func(p *policy) bool { return p.strictDKIM })
		switch {
		case s.temp || s.pass && unknown:
			out.temp = true
		case s.pass && yes:
			sound := c.head.soundness(s)
			if !out.pass || sound.ok && !out.sound.ok || sound.ok && sound.addressees && !out.sound.addressees {
				out.domain, out.sound = s.domain, sound
			}
			out.pass = true
		case s.pass && out.problem == "":
			out.problem = fmt.Sprintf("Its signature is of %s, and %s asks for its own.", s.domain, c.author.domain)
		}
		if s.problem != "" && out.problem == "" {
			out.problem = "Its signature of " + s.domain + " does not hold: " + s.problem + "."
		}
	}
	return out
}

// signatures finds those that could speak for the domain of From.
func (c *check) signatures() (list []*signature) {
	for i, f := range c.head.fields {
		if f.name != "dkim-signature" || len(list) >= maxSignatures {
			continue
		}
		tags, ok := readTags(f.value())
		if !ok || !sameOrganisation(asciiDomain(blankless(tags["d"])), c.author.domain) {
			continue
		}
		s := &signature{index: i, domain: asciiDomain(blankless(tags["d"]))}
		_, s.sized = tags["l"]
		for name := range strings.SplitSeq(tags["h"], ":") {
			s.signed = append(s.signed, strings.ToLower(blankless(name)))
		}
		if len(s.signed) > maxSigned {
			continue
		}
		s.keyAt = blankless(tags["s"]) + "._domainkey." + blankless(tags["d"])
		if s.sized {
			s.problem = "it covers only the beginning of the text"
		}
		list = append(list, s)
	}
	return list
}

// readTags reads tag=value; tag=value (RFC 6376 section 3.2) as the library
// does. A tag that stands twice makes the whole invalid.
func readTags(s string) (tags map[string]string, ok bool) {
	tags = map[string]string{}
	for part := range strings.SplitSeq(s, ";") {
		name, value, found := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if _, twice := tags[name]; twice || !found && name != "" {
			return nil, false
		}
		if found {
			tags[name] = strings.TrimSpace(value)
		}
	}
	return tags, true
}

func blankless(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return s
	}
	return strings.Join(strings.Fields(s), "")
}

// key is what DNS said about one key.
type key struct {
	texts []string
	err   error
}

// fetchKeys asks for all keys at the same time, before anything is hashed.
func (c *check) fetchKeys(list []*signature) map[string]key {
	keys := map[string]key{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	asked := map[string]bool{}
	ask := func(at string) {
		selector, domain, _ := strings.Cut(at, "._domainkey.")
		texts, err := c.dns.LookupTXT(c.dns.ctx, selector+"._domainkey."+asciiDomain(domain))
		mu.Lock()
		defer mu.Unlock()
		keys[at] = key{texts, err}
	}
	for i, s := range list {
		switch {
		case s.sized || asked[s.keyAt]:
		case i == len(list)-1:
			ask(s.keyAt) // as a rule the only one
		default:
			asked[s.keyAt] = true
			wg.Go(func() { ask(s.keyAt) })
		}
	}
	wg.Wait()
	for _, s := range list {
		k := keys[s.keyAt]
		switch {
		case s.sized:
		case missing(k.err):
			s.problem = "its key is not published"
		case k.err != nil:
			s.temp, s.problem = true, "DNS did not answer"
		case len(k.texts) == 1 && flagged(k.texts[0], "y"):
			// RFC 6376 section 3.6.1: as if it were not signed.
			s.problem = "its key is published for tests only"
		}
	}
	return keys
}

// flagged reports whether a key record has a flag (RFC 6376 section 3.6.1).
func flagged(record, flag string) bool {
	tags, _ := readTags(record)
	for f := range strings.SplitSeq(tags["t"], ":") {
		if strings.EqualFold(blankless(f), flag) {
			return true
		}
	}
	return false
}

// verifyAll has the library verify those whose key is known, until one is all
// that could be wished for.
func (c *check) verifyAll(ctx context.Context, list []*signature, keys map[string]key) error {
	select {
	case c.v.hashing <- struct{}{}:
		defer func() { <-c.v.hashing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, s := range list {
		if s.problem != "" {
			continue
		}
		if err := c.verify(s, keys[s.keyAt]); err != nil {
			return fmt.Errorf("read the raw mail: %w", err)
		}
		if s.pass && s.domain == c.author.domain && c.head.soundness(s).addressees {
			return nil
		}
	}
	return nil
}

// verify has the library verify one signature. It sees a header of that and the
// fields that it names alone, for its work grows with the header, which is a
// stranger's; and one signature at a time, for of several it makes goroutines,
// whose panic nobody could survive.
func (c *check) verify(s *signature, k key) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	defer body.Close()
	mail := c.v.reader(&reduced{head: c.head.only(s), body: body}) // large enough for the library to take as it is
	defer c.v.giveBack(mail)
	found, err := dkim.VerifyWithOptions(mail, &dkim.VerifyOptions{
		MaxVerifications: 1,
		LookupTXT: func(name string) ([]string, error) {
			if name != s.keyAt {
				return nil, fmt.Errorf("%s was not asked for", name)
			}
			return k.texts, nil
		},
	})
	if body.err != nil {
		return body.err
	}
	if len(found) != 1 {
		s.problem = "it cannot be read"
		return nil
	}
	s.judge(found[0], k, err)
	return nil
}

// judge takes over what the library found, and what it does not look at.
func (s *signature) judge(v *dkim.Verification, k key, err error) {
	_, at := cutAddress(v.Identifier)
	switch {
	case err != nil || v.Err != nil:
		s.problem = strings.TrimPrefix(errors.Join(v.Err, err).Error(), "dkim: ")
	case flagged(k.texts[0], "s") && !strings.EqualFold(at, v.Domain):
		s.problem = "its key is not for subdomains" // RFC 6376 section 3.6.1, t=s
	default:
		s.pass = true
	}
}

// only is the header reduced to a signature and what it names. The order stays,
// for of fields with one name the lowest is taken first (RFC 6376 section
// 5.4.2).
func (h header) only(s *signature) string {
	var b strings.Builder
	for i, f := range h.fields {
		if i == s.index || f.name != "dkim-signature" && slices.Contains(s.signed, f.name) {
			b.WriteString(f.raw)
		}
	}
	b.WriteString("\r\n")
	return b.String()
}

// reduced is a mail with the reduced header. The body goes from the one buffer
// that it is read into straight to who hashes it.
type reduced struct {
	head string // what is left of it
	body *rawBody
}

// Read implements io.Reader.
func (m *reduced) Read(p []byte) (int, error) {
	if m.head == "" {
		return m.body.Read(p)
	}
	n := copy(p, m.head)
	m.head = m.head[n:]
	return n, nil
}

// WriteTo implements io.WriterTo.
func (m *reduced) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, m.head)
	m.head = ""
	if err != nil {
		return int64(n), err
	}
	more, err := m.body.WriteTo(w)
	return int64(n) + more, err
}

// rawBody is the body of the raw mail. An error of the store is kept, to tell it
// from a signature that does not hold.
type rawBody struct {
	r     *bufio.Reader
	c     io.Closer
	close func() // gives r back
	err   error
}

// Read implements io.Reader.
func (b *rawBody) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// WriteTo implements io.WriterTo. Who hashes never fails.
func (b *rawBody) WriteTo(w io.Writer) (int64, error) {
	n, err := b.r.WriteTo(w)
	if err != nil {
		b.err = err
	}
	return n, err
}

// Close implements io.Closer.
func (b *rawBody) Close() error {
	b.close()
	return b.c.Close()
}

// body opens the raw mail behind the empty line that ends its header.
func (c *check) body() (*rawBody, error) {
	r, err := c.open()
	if err != nil {
		return nil, err
	}
	br := c.v.reader(r)
	if _, err := br.Discard(c.head.length); err != nil {
		c.v.giveBack(br)
		r.Close()
		return nil, fmt.Errorf("find the end of the header: %w", err)
	}
	return &rawBody{r: br, c: r, close: func() { c.v.giveBack(br) }}, nil
}

// onceOnly are the fields that a mail has at most once (RFC 5322 section 3.6,
// RFC 2045). Of two, one reader takes the first and another the last.
var onceOnly = []string{"from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references",
	"mime-version", "content-type", "content-transfer-encoding"}

// soundness is whether a signature covers all that makes an agent's mail do
// something.
type soundness struct {
	ok         bool
	addressees bool   // To and Cc are the signer's own words
	problem    string // a sentence
}

// soundness looks what else somebody could make of the signed mail. Date and
// Message-ID must be covered, for by them it acts once and not for long; From
// and Subject, for they are shown and named. Beyond these, signers differ: some
// leave Content-Type out, with which the same body can be read in another way,
// and some leave To and Cc out, with which mail to others can be sent to us.
// One of the two must be covered. Where the addressees are, they must be ours
// (threading.Speaking looks), so that Content-Type could be changed only in a
// copy that overtakes the original; where they are not, the text at least is
// what the signer wrote.
func (h header) soundness(s *signature) soundness {
	for _, name := range onceOnly {
		if n := h.count(name); n > 1 {
			return soundness{problem: fmt.Sprintf("%s stands %d times in its header.", fieldName(name), n)}
		}
	}
	if s.sized {
		return soundness{problem: "Its signature covers only the beginning of the text."}
	}
	covers := func(name string) bool { return slices.Contains(s.signed, name) }
	for _, name := range []string{"from", "date", "message-id"} {
		if h.count(name) == 0 {
			return soundness{problem: "It has no " + fieldName(name) + "."}
		}
		if !covers(name) {
			return soundness{problem: "Its signature does not cover " + fieldName(name) + "."}
		}
	}
	if h.count("subject") > 0 && !covers("subject") {
		return soundness{problem: "Its signature does not cover Subject."}
	}
	free := func(name string) bool { return h.count(name) > 0 && !covers(name) }
	out := soundness{ok: true, addressees: covers("to") && !free("cc")}
	if !out.addressees && free("content-type") {
		return soundness{problem: "Its signature covers neither To and Cc nor Content-Type."}
	}
	return out
}

// fieldName is a field's name as people write it.
func fieldName(name string) string {
	switch name {
	case "message-id":
		return "Message-ID"
	case "mime-version":
		return "MIME-Version"
	}
	words := strings.Split(name, "-")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "-")
}
