package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net"
	"strings"

	"github.com/miekg/dns"
)

// startDNS answers on loopback, as a resolver in the same rack does: every
// domain under .example publishes a DMARC policy, an SPF record that lets
// loopback send, and the DKIM key that all of them share.
func startDNS(ctx context.Context, key ed25519.PublicKey) (addr string, err error) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen for DNS: %w", err)
	}
	started := make(chan struct{})
	srv := &dns.Server{PacketConn: pc, Handler: records{base64.StdEncoding.EncodeToString(key)}, NotifyStartedFunc: func() { close(started) }}
	go func() { _ = srv.ActivateAndServe() }()
	<-started
	context.AfterFunc(ctx, func() { _ = srv.Shutdown() })
	return pc.LocalAddr().String(), nil
}

type records struct{ key string }

// ServeDNS implements dns.Handler.
func (r records) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	name := strings.ToLower(q.Question[0].Name)
	text := "v=spf1 ip4:127.0.0.0/8 -all"
	switch {
	case strings.HasPrefix(name, "_dmarc."):
		text = "v=DMARC1; p=quarantine"
	case strings.Contains(name, "._domainkey."):
		text = "v=DKIM1; k=ed25519; p=" + r.key
	}
	if q.Question[0].Qtype == dns.TypeTXT {
		m.Answer = append(m.Answer, &dns.TXT{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 300}, Txt: []string{text}})
	}
	_ = w.WriteMsg(m)
}
