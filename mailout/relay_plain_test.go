package mailout

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
)

// scripted is a relay that is not on this machine and answers each connection
// by the next script; one more is a mistake.
func scripted(t *testing.T, scripts ...[]string) *Relay {
	n := 0
	r := &Relay{Host: "relay.example", Hello: "desk.example.com"}
	r.Dial = func(context.Context, string, string) (net.Conn, error) {
		if n == len(scripts) {
			t.Error("the relay is asked once too often")
			return nil, net.ErrClosed
		}
		ours, theirs := net.Pipe()
		t.Cleanup(func() { theirs.Close() })
		go script(theirs, scripts[n]...)
		n++
		return ours, nil
	}
	return r
}

// TestRelayOfferWithdrawn: a relay that offers STARTTLS and then cannot (454,
// RFC 3207 section 4) gets the mail in plain where no privacy was asked for, as
// it does after a broken handshake (RFC 7435), and as aside check says.
func TestRelayOfferWithdrawn(t *testing.T) {
	r := scripted(t,
		[]string{"|220 relay", "EHLO|250-relay\r\n250 STARTTLS", "STARTTLS|454 4.7.0 TLS not available due to temporary reason"},
		[]string{"|220 relay", "EHLO|250-relay\r\n250 STARTTLS", "MAIL|250 ok", "RCPT|250 ok", "DATA|354 go", ".\r|250 taken", "QUIT|221 bye"})
	if _, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail)); err != nil {
		t.Errorf("the mail stays: %v", err)
	}
}

// TestRelayWithoutEHLO: a relay that knows no EHLO is greeted by HELO (RFC 5321
// section 3.2), on this machine and elsewhere, where TLS is asked for first.
func TestRelayWithoutEHLO(t *testing.T) {
	const ehlo = "EHLO|502 5.5.1 not implemented"
	taken := []string{"HELO|250 relay", "MAIL|250 ok", "RCPT|250 ok", "DATA|354 go", ".\r|250 taken", "QUIT|221 bye"}
	for host, greeting := range map[string][]string{
		"127.0.0.1":     {"|220 relay", ehlo},
		"relay.example": {"|220 relay", ehlo, ehlo},
	} {
		t.Run(host, func(t *testing.T) {
			r := scripted(t, append(greeting, taken...))
			r.Host = host
			if _, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail)); err != nil {
				t.Errorf("the mail stays: %v", err)
			}
		})
	}
}

// TestRelayMustHaveTLS: where privacy was asked for, a refused STARTTLS or no
// EHLO at all keeps the mail, and says why.
func TestRelayMustHaveTLS(t *testing.T) {
	tests := map[string]struct {
		script []string
		code   int
		detail string
	}{
		"refused": {[]string{"|220 relay", "EHLO|250-relay\r\n250 STARTTLS", "STARTTLS|454 4.7.0 TLS not available"}, 454, "TLS not available"},
		"no EHLO": {[]string{"|220 relay", "EHLO|502 5.5.1 not implemented"}, 0, "does not offer STARTTLS"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := scripted(t, tt.script)
			r.Security = StartTLS
			_, err := r.Deliver(t.Context(), relayEnvelope, writes(relayMail))
			var f *Failure
			if !errors.As(err, &f) || f.Permanent || f.Code != tt.code || !strings.Contains(f.Detail, tt.detail) {
				t.Errorf("got %v, want code %d, %q, and another attempt", err, tt.code, tt.detail)
			}
		})
	}
}

// TestRelayProbe: what aside check is told is what sending would meet.
func TestRelayProbe(t *testing.T) {
	const quit = "QUIT|221 bye"
	starttls := []string{"|220 relay", "EHLO|250-relay\r\n250 STARTTLS"}
	tests := map[string]struct {
		host     string
		security Security
		scripts  [][]string
		want     Offer
		broken   bool // encryption was offered and failed
		err      string
	}{
		"on this machine":       {"localhost", Opportunistic, [][]string{{"|220 relay", "EHLO|250-relay\r\n250-STARTTLS\r\n250 AUTH LOGIN", quit}}, Offer{Login: true}, false, ""},
		"no encryption":         {"relay.example", Opportunistic, [][]string{{"|220 relay", "EHLO|250 relay", "EHLO|250 relay", quit}}, Offer{}, false, ""},
		"refused, and needless": {"relay.example", Opportunistic, [][]string{append(starttls, "STARTTLS|454 no"), append(starttls, quit)}, Offer{}, true, ""},
		"refused":               {"relay.example", StartTLS, [][]string{append(starttls, "STARTTLS|454 no")}, Offer{}, true, "454"},
		"not offered":           {"relay.example", StartTLS, [][]string{{"|220 relay", "EHLO|250 relay"}}, Offer{}, false, ErrNoSTARTTLS.Error()},
		"turned away":           {"localhost", Opportunistic, [][]string{{"|554 not you"}}, Offer{}, false, "not you"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := scripted(t, tt.scripts...)
			r.Host, r.Security = tt.host, tt.security
			got, err := r.Probe(t.Context())
			broken := errors.As(errors.Join(err, got.Broken), new(*TLSError))
			if got.Broken = nil; got != tt.want || broken != tt.broken || (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %+v, broken %v, %v", got, broken, err)
			}
		})
	}
}
