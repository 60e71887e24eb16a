package harness

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/miekg/dns"
)

// DNS is a DNS server on loopback that knows text records alone, and the keys
// of the domains that sign mail.
type DNS struct {
	Addr string // host:port, for trust.resolver

	tb     testing.TB
	mu     sync.Mutex
	texts  map[string][]string // by name with the last dot
	broken bool
	asked  int
	keys   map[string]ed25519.PrivateKey
}

// StartDNS starts a server without records. It stops with the test.
func StartDNS(tb testing.TB) *DNS {
	tb.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	d := &DNS{Addr: pc.LocalAddr().String(), tb: tb, texts: map[string][]string{}, keys: map[string]ed25519.PrivateKey{}}
	started := make(chan struct{})
	srv := &dns.Server{PacketConn: pc, Handler: d, NotifyStartedFunc: func() { close(started) }}
	go func() { _ = srv.ActivateAndServe() }()
	<-started
	tb.Cleanup(func() { _ = srv.Shutdown() })
	return d
}

// Set publishes text records at a name, in place of those before.
func (d *DNS) Set(name string, texts ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.texts[dns.Fqdn(name)] = texts
}

// Break makes the server fail, or answer again.
func (d *DNS) Break(broken bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = broken
}

// Asked is how many questions came so far.
func (d *DNS) Asked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// ServeDNS implements dns.Handler.
func (d *DNS) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	m := new(dns.Msg).SetReply(q)
	name := strings.ToLower(q.Question[0].Name)
	switch texts, known := d.texts[name]; {
	case d.broken:
		m.Rcode = dns.RcodeServerFailure
	case !known:
		m.Rcode = dns.RcodeNameError
	case q.Question[0].Qtype == dns.TypeTXT:
		for _, t := range texts {
			m.Answer = append(m.Answer, &dns.TXT{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 60}, Txt: []string{t}})
		}
	}
	_ = w.WriteMsg(m)
}

// Signs makes a key for a domain and publishes it under the selector "test".
func (d *DNS) Signs(domain string) {
	d.tb.Helper()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		d.tb.Fatal(err)
	}
	d.Set("test._domainkey."+domain, "v=DKIM1; k=ed25519; p="+base64.StdEncoding.EncodeToString(pub))
	d.keys[domain] = key
}

// usuallySigned are the fields that most servers sign, whether or not they are
// there.
var usuallySigned = []string{"From", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "In-Reply-To", "References"}

// Sign signs a mail as the server of a domain does, over the given fields or
// the usual ones.
func (d *DNS) Sign(domain string, mail []byte, fields ...string) []byte {
	d.tb.Helper()
	if len(fields) == 0 {
		fields = usuallySigned
	}
	var b bytes.Buffer
	err := dkim.Sign(&b, bytes.NewReader(mail), &dkim.SignOptions{Domain: domain, Selector: "test", Signer: d.keys[domain], Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed, HeaderKeys: fields})
	if err != nil {
		d.tb.Fatal(err)
	}
	return b.Bytes()
}
