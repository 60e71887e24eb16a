// Package verify finds out what proves the sender of a mail: DKIM (RFC 6376),
// SPF (RFC 7208) and DMARC (RFC 7489) from the mail and from DNS, or what a
// mail server in front of us found (Authentication-Results, RFC 8601).
//
// Two questions are answered apart. Does the domain of From stand behind the
// mail at all (DMARC)? And is every part of the mail that aside acts on covered
// by a signature of that domain, so that nobody who has a signed mail of an
// agent in hand can make another one of it? Only the latter makes an agent.
package verify

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aside"
)

const (
	// maxChecks is how many mails are checked at the same time. Most of them
	// wait for DNS.
	maxChecks = 200
	// patience is how long the DNS of one mail may take in all.
	patience = 15 * time.Second
	// lookupTime is how long one question to DNS may take.
	lookupTime = 5 * time.Second
)

// Settings are what a reload of the config may change.
type Settings struct {
	// Resolver answers for DNS. With nil nothing is asked: only what a mail
	// server in front of us says can prove a sender.
	Resolver Resolver
	// Networks are the mail servers in front of us. What a peer outside them
	// says in Authentication-Results counts for nothing, and a peer inside is
	// no sender whose address SPF could judge.
	Networks []netip.Prefix
	// AuthservIDs are the names by which those servers sign their results. A
	// field without a name, as Microsoft 365 writes it, goes by Nameless.
	AuthservIDs []string
}

// Nameless stands in Settings.AuthservIDs for Authentication-Results that carry
// no name at all.
const Nameless = "microsoft"

// Verifier checks senders. Its methods are safe for concurrent use.
type Verifier struct {
	settings atomic.Pointer[Settings]
	checks   chan struct{} // a place for each mail checked at the same time
	hashing  chan struct{} // and for each whose body is being hashed
	readers  sync.Pool     // of *bufio.Reader: their room is most of what a check needs
	patience time.Duration
}

// New makes a verifier.
func New(s Settings) *Verifier {
	v := &Verifier{checks: make(chan struct{}, maxChecks), hashing: make(chan struct{}, runtime.GOMAXPROCS(0)), patience: patience}
	v.readers.New = func() any { return bufio.NewReaderSize(nil, maxLine) }
	v.Use(s)
	return v
}

// reader lends a buffered reader; it must be given back, and not used again.
func (v *Verifier) reader(r io.Reader) *bufio.Reader {
	br := v.readers.Get().(*bufio.Reader)
	br.Reset(r)
	return br
}

func (v *Verifier) giveBack(br *bufio.Reader) {
	br.Reset(nil)
	v.readers.Put(br)
}

// Use takes new settings. Mail under way goes on with those it began with.
func (v *Verifier) Use(s Settings) { v.settings.Store(&s) }

// Check judges the sender of a mail that was read. open gives the raw bytes,
// our own Received field first; they are streamed and may be opened more than
// once. Whatever a stranger wrote leads to a verdict; an error means that the
// bytes could not be read back. Nothing in it takes longer than some 15 seconds
// beyond reading the bytes.
func (v *Verifier) Check(ctx context.Context, in *aside.Inbound, open func() (io.ReadCloser, error)) (aside.Verdict, error) {
	if in.Mail == nil || in.AuthAgent != "" {
		return aside.Verdict{}, nil // nobody's mail, or a session's
	}
	dns, cancel := context.WithTimeout(ctx, v.patience)
	defer cancel()
	select {
	case v.checks <- struct{}{}:
		defer func() { <-v.checks }()
	case <-dns.Done():
		if ctx.Err() != nil {
			return aside.Verdict{}, ctx.Err()
		}
		return aside.Verdict{TempError: true, Reason: "Too many mails were being checked at the same time."}, nil
	}
	set := v.settings.Load()
	c := &check{v: v, set: set, in: in, open: open, dns: &questions{ctx: dns, resolver: set.Resolver, left: maxQuestions}}
	if err := c.readHeader(); err != nil {
		return aside.Verdict{}, fmt.Errorf("read the raw mail: %w", err)
	}
	if c.author = c.head.author(in.Mail); c.author.problem != "" {
		return aside.Verdict{Reason: c.author.problem}, nil
	}
	return c.run(ctx)
}

// check is the checking of one mail.
type check struct {
	v      *Verifier
	set    *Settings
	in     *aside.Inbound
	open   func() (io.ReadCloser, error)
	dns    *questions
	head   header
	author author
	policy *policy // once it was asked for
}

func (c *check) readHeader() error {
	r, err := c.open()
	if err != nil {
		return err
	}
	defer r.Close()
	br := c.v.reader(r)
	defer c.v.giveBack(br)
	c.head, err = readHeader(br)
	return err
}

// run asks each witness in turn. The first that speaks for the domain of From
// decides; only an agent's proof is looked for further.
func (c *check) run(ctx context.Context) (aside.Verdict, error) {
	out := aside.Verdict{Domain: c.author.domain}
	signed := signatures{problem: "DNS is not asked here."}
	if c.set.Resolver != nil {
		var err error
		if signed, err = c.dkim(ctx); err != nil {
			return out, err
		}
	}
	said := c.upstream()
	var reasons []string
	switch {
	case signed.pass:
		out.DMARC, out.By = "pass", "dkim"
		reasons = append(reasons, "It is signed by "+signed.domain+" (DKIM).")
	case said.pass:
		out.DMARC, out.By = "pass", "authres"
		reasons = append(reasons, said.reason)
	default:
		reasons = c.unsigned(&out, signed)
	}
	switch {
	case signed.sound.ok:
		out.AlignedDKIM, out.ToSigned = true, signed.sound.addressees
	case said.sound.ok:
		out.AlignedDKIM, out.ToSigned = true, said.sound.addressees
	case signed.pass:
		reasons = append(reasons, signed.sound.problem)
	}
	if said.auth {
		out.AuthAddress = c.author.address
		reasons = append(reasons, said.authReason)
	}
	out.TempError = signed.temp && !out.AlignedDKIM && !said.auth
	out.Reason = strings.Join(reasons, " ")
	return out, nil
}

// unsigned judges a mail without a signature that counts: by SPF, else not at
// all.
func (c *check) unsigned(out *aside.Verdict, signed signatures) (reasons []string) {
	if c.set.Resolver == nil {
		return []string{"Nothing proves that it comes from " + c.author.domain + ".", signed.problem}
	}
	spf := c.spf()
	if spf.pass {
		out.DMARC, out.By = "pass", "spf"
		return []string{spf.reason}
	}
	reasons = []string{"Nothing proves that it comes from " + c.author.domain + "."}
	for _, r := range []string{signed.problem, spf.reason} {
		if r != "" {
			reasons = append(reasons, r)
		}
	}
	switch p := c.lookUpPolicy(); {
	case p.temp:
		reasons = append(reasons, "DNS did not tell the policy of "+c.author.domain+" (DMARC).")
	case p.found:
		out.DMARC = "fail"
	default:
		out.DMARC = "none"
	}
	return reasons
}

// aligned reports whether a domain speaks for the domain of From (RFC 7489
// section 3.1). unknown means that DNS did not tell how strict to be.
func (c *check) aligned(domain string, strict func(*policy) bool) (yes, unknown bool) {
	switch {
	case domain == c.author.domain:
		return true, false
	case !sameOrganisation(domain, c.author.domain):
		return false, false
	}
	p := c.lookUpPolicy()
	return !p.temp && !strict(p), p.temp
}
