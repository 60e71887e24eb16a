package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"aside/config"
)

// missing reports that DNS answered, and that there is no such record. Any
// other error says nothing about the record.
func missing(err error) bool {
	var d *net.DNSError
	return errors.As(err, &d) && d.IsNotFound
}

func notLookedUp(check, what string, err error) finding {
	return finding{check, warning, fmt.Sprintf("%s could not be looked up: %v", what, err), "try again where DNS can be asked"}
}

// mx looks where the internet brings mail for a domain (RFC 5321 section 5.1).
// Nothing of it is an error: a mail server in front may know the way by itself.
func (k checker) mx(ctx context.Context, domain string) []finding {
	ctx, cancel := context.WithTimeout(ctx, k.patience)
	defer cancel()
	records, err := k.dns.LookupMX(ctx, domain)
	if missing(err) || err == nil && len(records) == 0 {
		_, err := k.dns.LookupHost(ctx, domain)
		switch {
		case missing(err):
			return []finding{{"mx", warning, domain + " has no MX record: mail from outside cannot come", "publish: " + domain + ". MX 10 " + k.conf.Server.Hostname + "."}}
		case err != nil:
			return []finding{notLookedUp("mx", "the address of "+domain, err)}
		}
		return []finding{{"mx", warning, domain + " has no MX record, mail goes to its address", "publish: " + domain + ". MX 10 " + k.conf.Server.Hostname + "."}}
	}
	if len(records) == 0 {
		return []finding{notLookedUp("mx", "the MX record of "+domain, err)}
	}
	var hosts []string
	for _, r := range records {
		hosts = append(hosts, strings.ToLower(strings.TrimSuffix(r.Host, ".")))
	}
	if len(hosts) == 1 && hosts[0] == "" { // RFC 7505
		return []finding{{"mx", warning, domain + " says in DNS that it takes no mail", "publish: " + domain + ". MX 10 " + k.conf.Server.Hostname + "."}}
	}
	if slices.Contains(hosts, k.conf.Server.Hostname) {
		return []finding{{"mx", fine, "mail for " + domain + " comes to " + k.conf.Server.Hostname, ""}}
	}
	text := fmt.Sprintf("mail for %s comes to %s, which has to pass it on to %s", domain, strings.Join(hosts, ", "), strings.Join(k.conf.Server.SMTP, ", "))
	if len(k.conf.Trust.Networks) == 0 && k.conf.Trust.Resolver != config.ResolverNone {
		return []finding{{"mx", warning, text + "; SPF would then judge that server and not the sender's",
			"write its address into trust.networks, or 127.0.0.1 if it runs on this machine"}}
	}
	return []finding{{"mx", fine, text, ""}}
}

// spf looks whether a domain says who may send for it (RFC 7208 section 4.5).
// Whether the relay is among them, only the relay's operator knows.
func (k checker) spf(ctx context.Context, domain string) []finding {
	ctx, cancel := context.WithTimeout(ctx, k.patience)
	defer cancel()
	texts, err := k.dns.LookupTXT(ctx, domain)
	if err != nil && !missing(err) {
		return []finding{notLookedUp("spf", "the SPF record of "+domain, err)}
	}
	var records []string
	for _, t := range texts {
		if v := strings.ToLower(t); v == "v=spf1" || strings.HasPrefix(v, "v=spf1 ") {
			records = append(records, t)
		}
	}
	switch len(records) {
	case 0:
		return []finding{{"spf", warning, domain + " has no SPF record: much of what leaves will be taken for spam", "publish a TXT record that names the relay, such as: v=spf1 mx -all"}}
	case 1:
		return []finding{{"spf", fine, fmt.Sprintf("%s publishes %q; see that it names the relay", domain, records[0]), ""}}
	}
	return []finding{{"spf", warning, fmt.Sprintf("%s has %d SPF records, which counts as none", domain, len(records)), "make one of them"}}
}

// dkim holds the published key against the one that signs (RFC 6376 section
// 3.6): where they differ, every mail is worse than unsigned.
func (k checker) dkim(ctx context.Context, d config.DKIM) []finding {
	ctx, cancel := context.WithTimeout(ctx, k.patience)
	defer cancel()
	name := d.Selector + "._domainkey." + d.Domain
	record, err := dkimRecord(d.Key.Public())
	if err != nil {
		return []finding{{"dkim", broken, name + ": " + err.Error(), "use an RSA or Ed25519 key"}}
	}
	publish := "publish as TXT of " + name + ":\n" + record
	texts, err := k.dns.LookupTXT(ctx, name)
	if missing(err) || err == nil && len(texts) == 0 {
		return []finding{{"dkim", warning, name + " is not in DNS: what leaves counts as unsigned", publish}}
	}
	if err != nil {
		return []finding{notLookedUp("dkim", name, err)}
	}
	for _, t := range texts {
		if publishes(t, d.Key.Public()) {
			return []finding{{"dkim", fine, name + " publishes the key that signs", ""}}
		}
	}
	return []finding{{"dkim", broken, name + " publishes another key than the one that signs", publish}}
}

// dkimRecord is the record for a key; Ed25519 keys are bare (RFC 8463 section
// 4), RSA keys are SubjectPublicKeyInfo.
func dkimRecord(key crypto.PublicKey) (string, error) {
	switch key := key.(type) {
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key), nil
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(key)
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), err
	}
	return "", fmt.Errorf("a %T cannot sign mail", key)
}

// publishes reports whether a record's p= is the key, whose bytes may stand
// with or without the frame that names its kind.
func publishes(record string, key crypto.PublicKey) bool {
	for tag := range strings.SplitSeq(record, ";") {
		name, value, _ := strings.Cut(tag, "=")
		if strings.TrimSpace(name) != "p" {
			continue
		}
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), ""))
		if err != nil {
			return false
		}
		switch key := key.(type) {
		case ed25519.PublicKey:
			return key.Equal(ed25519.PublicKey(der))
		case *rsa.PublicKey:
			if parsed, err := x509.ParsePKIXPublicKey(der); err == nil {
				return key.Equal(parsed)
			}
			parsed, err := x509.ParsePKCS1PublicKey(der)
			return err == nil && key.Equal(parsed)
		}
	}
	return false
}
