package verify

import (
	"strings"
	"testing"

	"github.com/foxcpp/go-mockdns"
)

// The hops of a mail that came from the internet by way of our mail server.
const (
	hopOutside = "Received: from mail.example.com (mail.example.com [203.0.113.9])\r\n\tby mx.example.com (Postfix) with ESMTPS id 4F1\r\n\tfor <support@example.com>; Sun, 22 Nov 2026 00:00:00 +0000\r\n"
	hopInside  = "Received: from filter.example.com (unknown [10.0.0.7])\r\n\tby mx.example.com (Postfix) with ESMTP id 4F2; Sun, 22 Nov 2026 00:00:01 +0000\r\n"
)

func results(s string) string { return "Authentication-Results: " + s + "\r\n" }

// spoiled is a signed mail whose text a server in front changed, as those do
// that add a warning: only that server can have verified the signature.
func spoiled(t *testing.T) string {
	return replace(t, signed(t, letter), "We send", "CAUTION: External.\r\nWe send")
}

const agentByFront = "pass by authres, agent, to"

func TestAuthenticationResults(t *testing.T) {
	spoiled := spoiled(t)
	const good = "mx.example.com; dkim=pass header.d=example.com"
	sized := replace(t, spoiled, "DKIM-Signature: ", "DKIM-Signature: l=24; ")
	undated := strings.ReplaceAll(sign(t, letter, "rsa", "a", "example.com", "from:to:subject:message-id:content-type"), "We send", "CAUTION\r\nWe send")
	for _, c := range []struct {
		says, mail, want string
		peer             string // the server in front when empty
		ids              []string
		dns              map[string]mockdns.Zone
	}{
		{says: "the server in front says it", mail: results(good) + hopOutside + spoiled, want: agentByFront},
		{says: "with a hop inside", mail: hopInside + results(good) + hopOutside + spoiled, want: agentByFront},
		{says: "with version, comments and folds", want: agentByFront,
			mail: results("mx.example.com 1;\r\n\tdkim=pass (2048-bit key; unprotected)\r\n\theader.d=example.com (x) header.i=@example.com\r\n\theader.b=\"H0xZ7+fK\"") + hopOutside + spoiled},
		{says: "in capitals", mail: results("MX.Example.Com; DKIM=Pass Header.D=EXAMPLE.com") + hopOutside + spoiled, want: agentByFront},
		{says: "named by header.i alone", mail: results("mx.example.com; dkim=pass header.i=@example.com header.s=a") + hopOutside + spoiled, want: agentByFront},
		{says: "spf and dmarc beside it", want: agentByFront,
			mail: results("mx.example.com; spf=pass smtp.mailfrom=dana@example.com; dkim=pass header.d=example.com; dmarc=pass header.from=example.com") + hopOutside + spoiled},

		// Forged, each in its own way. The signature does not hold here, so
		// nothing else makes an agent.
		{says: "below the hop from outside", mail: hopOutside + results(good) + spoiled, want: nothing},
		{says: "below a hop that names no address", mail: "Received: by mx.example.com (Postfix, from userid 1000)\r\n" + results(good) + spoiled, want: nothing},
		{says: "below a hop whose HELO is ours", want: nothing,
			mail: "Received: from [10.0.0.7] (forger.example [192.0.2.66])\r\n\tby mx.example.com with ESMTP\r\n" + results(good) + spoiled},
		{says: "below a hop whose HELO ends the clause", want: nothing,
			mail: "Received: from [10.0.0.7] by mx.example.com (forger.example [192.0.2.66])\r\n\tby mx.example.com with ESMTP\r\n" + results(good) + spoiled},
		{says: "below a hop whose HELO opens a comment", want: nothing,
			mail: "Received: from [10.0.0.7] by x ( (forger.example [192.0.2.66])\r\n\tby mx.example.com with ESMTP\r\n" + results(good) + spoiled},
		{says: "below a hop as Exim writes it", want: nothing,
			mail: "Received: from [192.0.2.66] (helo=[10.0.0.7])\r\n\tby mx.example.com with esmtp (Exim 4.96)\r\n" + results(good) + spoiled},
		{says: "below a hop as qmail writes it", want: nothing,
			mail: "Received: from unknown (HELO 10.0.0.7) (192.0.2.66)\r\n\tby 0 with SMTP\r\n" + results(good) + spoiled},
		{says: "below a hop over IPv6", want: nothing,
			mail: "Received: from x (x [IPv6:2001:db8::66])\r\n\tby mx.example.com with ESMTP\r\n" + results(good) + spoiled},
		{says: "by another server", mail: results("mx.forger.example; dkim=pass header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "by one that looks alike", mail: results("mx.examp1e.com; dkim=pass header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "with a Cyrillic e", mail: results("mx.\u0435xample.com; dkim=pass header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "with a Kelvin sign for k", mail: results("m\u212A.example.com; dkim=pass header.d=example.com") + hopOutside + spoiled, want: nothing, ids: []string{"mk.example.com"}},
		{says: "by a server below it", mail: results("a.mx.example.com; dkim=pass header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "with our name in a comment", mail: results("(mx.example.com) x.example; dkim=pass header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "with our name as a result", mail: results("x.example; mx.example.com; dkim=pass header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "no name at all, where Microsoft's is not configured", mail: results("dkim=pass header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "version 2", mail: results("mx.example.com 2; dkim=pass header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "from a peer elsewhere", mail: results(good) + hopOutside + spoiled, want: nothing, peer: "192.0.2.66"},
		{says: "the second of two", mail: results("mx.example.com; dkim=fail header.d=example.com") + results(good) + hopOutside + spoiled, want: nothing},
		{says: "the first of two", mail: results(good) + results("mx.example.com; dkim=fail header.d=example.com") + hopOutside + spoiled, want: agentByFront},
		{says: "for another domain", mail: results("mx.example.com; dkim=pass header.d=evil.example") + hopOutside + spoiled, want: nothing},
		{says: "for another domain, our own in header.i", mail: results("mx.example.com; dkim=pass header.d=evil.example header.i=@example.com") + hopOutside + spoiled, want: nothing},
		{says: "our own domain, another in header.i", mail: results("mx.example.com; dkim=pass header.d=example.com header.i=@evil.example") + hopOutside + spoiled, want: "pass by authres"},
		{says: "in header.i as a local part", mail: results(`mx.example.com; dkim=pass header.i="a header.d=example.com b"@evil.example`) + hopOutside + spoiled, want: nothing},
		{says: "in a quoted envelope sender", mail: results(`mx.example.com; spf=pass smtp.mailfrom="x; dkim=pass header.d=example.com; y"@evil.example`) + hopOutside + spoiled, want: nothing},
		{says: "in a comment", mail: results("mx.example.com; spf=fail (x; dkim=pass header.d=example.com; dmarc=pass header.from=example.com) smtp.mailfrom=evil.example") + hopOutside + spoiled, want: nothing},
		{says: "in a comment that a bracket seems to end", mail: results(`mx.example.com; spf=fail (x\); dkim=pass header.d=example.com) smtp.mailfrom=evil.example`) + hopOutside + spoiled, want: nothing},
		{says: "with a comment that does not end", mail: results("mx.example.com; dkim=pass header.d=example.com (") + hopOutside + spoiled, want: nothing},
		{says: "dkim=fail", mail: results("mx.example.com; dkim=fail header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "dkim=passed", mail: results("mx.example.com; dkim=passed header.d=example.com") + hopOutside + spoiled, want: nothing},
		{says: "a pass that names nobody", mail: results("mx.example.com; dkim=pass") + hopOutside + spoiled, want: nothing},
		{says: "dmarc=pass alone proves the domain and no agent", mail: results("mx.example.com; dmarc=pass header.from=example.com") + hopOutside + spoiled, want: "pass by authres"},
		{says: "dmarc=pass for another domain", mail: results("mx.example.com; dmarc=pass header.from=evil.example") + hopOutside + spoiled, want: nothing},
		{says: "spf=pass proves the domain and no agent", mail: results("mx.example.com; spf=pass smtp.mailfrom=dana@example.com") + hopOutside + spoiled, want: "pass by authres"},
		{says: "spf=pass with the domain alone", mail: results("mx.example.com; spf=pass smtp.mailfrom=example.com") + hopOutside + spoiled, want: "pass by authres"},
		{says: "spf=pass for another domain", mail: results("mx.example.com; spf=pass smtp.mailfrom=a@evil.example") + hopOutside + spoiled, want: nothing},
		{says: "spf=pass for a HELO alone", mail: results("mx.example.com; spf=pass smtp.helo=example.com") + hopOutside + spoiled, want: nothing},
		{says: "dkim=pass where the signature has l=", mail: results(good) + hopOutside + sized, want: "pass by authres"},
		{says: "dkim=pass where it does not cover Date", mail: results(good) + hopOutside + undated, want: "pass by authres"},
		{says: "dkim=pass where the signature is gone", mail: results(good) + hopOutside + letter, want: "pass by authres"},
		{says: "dkim=pass beside a second signature that has l=", mail: results(good) + hopOutside + "DKIM-Signature: l=1; " + brokenSignature + spoiled, want: "pass by authres"},
		{says: "dkim=pass with two Subjects", mail: results(good) + hopOutside + "Subject: /resolve\r\n" + spoiled, want: "pass by authres"},
		{says: "two From", mail: results(good) + hopOutside + "From: dana@example.com\r\n" + spoiled, want: "-"},
		{says: "a subdomain's signature, strict", want: nothing, dns: map[string]mockdns.Zone{"_dmarc.example.com.": text("v=DMARC1; p=none; adkim=s")},
			mail: results("mx.example.com; dkim=pass header.d=sub.example.com") + hopOutside + strings.ReplaceAll(sign(t, letter, "ed", "a", "sub.example.com", usual), "We send", "X We send")},

		// Logging in there.
		{says: "auth=pass", mail: results("mx.example.com; auth=pass smtp.auth=dana@example.com") + hopOutside + letter, want: nothing + ", auth dana@example.com"},
		{says: "auth=pass, quoted and in capitals", mail: results(`mx.example.com; auth=pass (plain) smtp.auth="Dana@Example.com"`) + hopOutside + letter, want: nothing + ", auth dana@example.com"},
		{says: "auth=pass for somebody else", mail: results("mx.example.com; auth=pass smtp.auth=omar@example.com") + hopOutside + letter, want: nothing},
		{says: "auth=pass for a name without a domain", mail: results("mx.example.com; auth=pass smtp.auth=dana") + hopOutside + letter, want: nothing},
		{says: "auth=pass for nobody", mail: results("mx.example.com; auth=pass") + hopOutside + letter, want: nothing},
		{says: "auth=fail", mail: results("mx.example.com; auth=fail smtp.auth=dana@example.com") + hopOutside + letter, want: nothing},
		{says: "auth=pass from a peer elsewhere", mail: results("mx.example.com; auth=pass smtp.auth=dana@example.com") + letter, want: nothing, peer: "192.0.2.66"},
		{says: "auth=pass below a foreign hop", mail: hopOutside + results("mx.example.com; auth=pass smtp.auth=dana@example.com") + letter, want: nothing},

		// Microsoft 365 writes no name.
		{says: "Microsoft's form", want: agentByFront, ids: []string{Nameless},
			mail: results("spf=pass (sender IP is 203.0.113.9)\r\n smtp.mailfrom=example.com; dkim=pass (signature was verified)\r\n header.d=example.com;dmarc=pass action=none\r\n header.from=example.com;compauth=pass reason=100") + hopOutside + spoiled},
		{says: "Microsoft's form, without a signature", want: "pass by authres", ids: []string{Nameless},
			mail: results("spf=pass smtp.mailfrom=example.com; dkim=none (message not signed)\r\n header.d=none;dmarc=pass action=none header.from=example.com") + hopOutside + letter},
		{says: "Microsoft's form below a foreign hop", want: nothing, ids: []string{Nameless},
			mail: hopOutside + results("dkim=pass header.d=example.com") + spoiled},
		{says: "a name where Microsoft's form is configured", want: nothing, ids: []string{Nameless},
			mail: results("forger.example; dkim=pass header.d=example.com") + hopOutside + spoiled},
		{says: "Microsoft's as a name", want: nothing, ids: []string{"mx.example.com"},
			mail: results("; dkim=pass header.d=example.com") + hopOutside + spoiled},
		{says: "no name is configured", want: nothing, ids: []string{}, mail: results(good) + hopOutside + spoiled},
	} {
		t.Run(c.says, func(t *testing.T) {
			w := newWorld(t, c.dns)
			if c.ids != nil {
				w.settings.AuthservIDs = c.ids
				w.v.Use(w.settings)
			}
			if c.peer == "" {
				c.peer = front
			}
			v := w.check(c.mail, session{"someone@forger.example", "x.example", c.peer})
			if got := short(v); got != c.want {
				t.Errorf("%q, want %q (%s)", got, c.want, v.Reason)
			}
		})
	}
}

func TestReceivedFromInside(t *testing.T) {
	s := newWorld(t).settings
	for value, want := range map[string]bool{
		"from a (a [10.0.0.7]) by mx.example.com with ESMTP id 1":                           true,
		"from a (a [10.0.0.7])\r\n\tby mx.example.com":                                      true,
		"FROM a (a [10.0.0.7]) BY mx":                                                       true,
		"from a ([10.0.0.7] helo=b) by mx":                                                  true,
		"from AM0 (10.1.2.3) by AM1 (2603:10a6::1) with Microsoft SMTP Server id 15.20.1.9": true,
		"from a (a [10.0.0.7]) (using TLS (1.3)) by mx":                                     true,
		"from a (a [203.0.113.9]) by mx":                                                    false,
		"from a (a [10.0.0.7] [203.0.113.9]) by mx":                                         false,
		"from 10.0.0.7 (203.0.113.9) by mx":                                                 false,
		"from a by mx":                                                                      false,
		"by mx with ESMTP id 1":                                                             false,
		"from a (a [10.0.0.7])":                                                             false,
		"from a (a [10.0.0.7] by mx":                                                        false,
		"from a) (a [10.0.0.7]) by mx":                                                      false,
		"fromage (a [10.0.0.7]) by mx":                                                      false,
		"from":                                                                              false,
		"":                                                                                  false,
		"from a (a [::ffff:10.0.0.7]) by mx":                                                true,
		"from a (a [::ffff:203.0.113.9]) by mx":                                             false,
	} {
		if got := s.fromInside(strings.ReplaceAll(value, "\r\n", "")); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
