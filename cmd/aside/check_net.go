package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"aside"
	"aside/config"
	"aside/mailout"
)

// ports looks whether aside can listen, or does so already.
func (k checker) ports(ctx context.Context) (found []finding) {
	for _, addr := range k.conf.Server.SMTP {
		found = append(found, k.port(ctx, "smtp", addr, k.greets))
	}
	if addr := k.conf.Server.HTTP; addr != "" {
		found = append(found, k.port(ctx, "http", addr, k.pagesAnswer))
	}
	return found
}

func (k checker) port(ctx context.Context, name, addr string, ours func(net.Conn) bool) finding {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err == nil {
		if err := l.Close(); err != nil {
			return finding{"port", broken, err.Error(), ""}
		}
		return finding{"port", fine, fmt.Sprintf("%s %s is free", name, addr), ""}
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		conn, dialErr := k.dial(ctx, addr)
		if dialErr != nil {
			return finding{"port", broken, fmt.Sprintf("%s %s is in use, and nobody answers there: %v", name, addr, dialErr), "find out who holds it: ss -ltnp"}
		}
		defer conn.Close()
		if ours(conn) {
			return finding{"port", fine, fmt.Sprintf("%s %s: aside answers there already", name, addr), ""}
		}
		return finding{"port", broken, fmt.Sprintf("%s %s is held by another program", name, addr), "stop it, or choose another port; ss -ltnp tells which it is"}
	case errors.Is(err, fs.ErrPermission):
		return finding{"port", broken, fmt.Sprintf("%s %s may not be opened by this user", name, addr),
			"ports below 1024 need CAP_NET_BIND_SERVICE, as contrib/aside.service gives it; or choose a higher port"}
	}
	return finding{"port", broken, fmt.Sprintf("%s %s cannot be opened: %v", name, addr, err), "use an address that this machine has"}
}

func (k checker) dial(ctx context.Context, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: k.patience}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	// Whoever answers is known to be there; how long it may think is bounded
	// for the whole talk.
	return conn, conn.SetDeadline(time.Now().Add(2 * k.patience))
}

// greets reports whether the greeting is the one that aside would give.
func (k checker) greets(conn net.Conn) bool {
	line, _ := bufio.NewReader(conn).ReadString('\n')
	if !strings.HasPrefix(line, "220 "+k.conf.Server.Hostname+" ") {
		return false
	}
	_, err := fmt.Fprint(conn, "QUIT\r\n") // good manners; it changes nothing
	return err == nil
}

// pagesAnswer reports whether aside's pages are served.
func (k checker) pagesAnswer(conn net.Conn) bool {
	if _, err := fmt.Fprint(conn, "GET /healthz HTTP/1.0\r\n\r\n"); err != nil {
		return false
	}
	r := bufio.NewReader(conn)
	status, _ := r.ReadString('\n')
	if !strings.HasPrefix(status, "HTTP/") || !strings.Contains(status, " 200 ") {
		return false
	}
	for line := ""; line != "\r\n"; {
		var err error
		if line, err = r.ReadString('\n'); err != nil {
			return false
		}
	}
	body, _ := r.ReadString('\n')
	return body == "ok\n"
}

// relay looks whether mail can leave.
func (k checker) relay(ctx context.Context) []finding {
	r := k.conf.Outbound.Relay
	if r.Scheme == config.RelayMaildir {
		return []finding{maildirFinding(r.Path)}
	}
	if k.isUs(ctx, r.Addr) {
		return []finding{{"relay", broken, r.Addr + " is aside itself: what leaves would come back", "set outbound.relay to your mail server"}}
	}
	offer, err := k.probe(ctx)
	if err != nil {
		return []finding{relayFailed(r, err)}
	}
	return []finding{relayAnswers(r, offer)}
}

// probe greets the relay as the sender would.
func (k checker) probe(ctx context.Context) (mailout.Offer, error) {
	out, err := newTransport(k.conf)
	if err != nil {
		return mailout.Offer{}, err
	}
	relay, ok := out.(*mailout.Relay)
	if !ok {
		return mailout.Offer{}, fmt.Errorf("mail leaves by %T", out)
	}
	relay.Timeouts = mailout.Timeouts{Dial: k.patience, Command: 2 * k.patience}
	ctx, cancel := context.WithTimeout(ctx, 5*k.patience)
	defer cancel()
	return relay.Probe(ctx)
}

// relayFailed says what keeps mail from going to the relay.
func relayFailed(r config.Relay, err error) finding {
	const manual = "check outbound.relay against the mail server's manual"
	var dial *net.OpError
	var untrusted *tls.CertificateVerificationError
	var private *mailout.TLSError
	switch {
	case errors.As(err, &dial) && dial.Op == "dial":
		return finding{"relay", broken, fmt.Sprintf("%s cannot be reached: %v", r.Addr, err), "check outbound.relay, the mail server and the firewall; mail waits meanwhile"}
	case errors.Is(err, mailout.ErrNoSTARTTLS):
		return finding{"relay", broken, r.Addr + " does not offer STARTTLS", "use smtps:// if the relay has it; without encryption no password is sent"}
	case errors.As(err, &untrusted):
		return finding{"relay", broken, fmt.Sprintf("%s: TLS: %v", r.Addr, untrusted), "name the relay as its certificate does, or mend the certificate"}
	case errors.As(err, &private):
		return finding{"relay", broken, fmt.Sprintf("%s: %v", r.Addr, private), manual}
	}
	return finding{"relay", broken, fmt.Sprintf("%s: %v", r.Addr, err), manual}
}

// relayAnswers holds what the relay offers against what the config asks for.
func relayAnswers(r config.Relay, offer mailout.Offer) finding {
	switch {
	case offer.Broken != nil:
		return finding{"relay", warning, fmt.Sprintf("%s: STARTTLS fails (%v), mail leaves without encryption", r.Addr, offer.Broken), "mend the relay's encryption"}
	case r.User != "" && !offer.Login:
		return finding{"relay", broken, r.Addr + " does not offer AUTH PLAIN or LOGIN", "leave user and password out if the relay knows this machine by its address"}
	case !offer.Encrypted && !aside.Loopback(r.Addr):
		return finding{"relay", warning, r.Addr + " answers, and offers no encryption", "use smtp+starttls:// or smtps:// if the relay has it"}
	}
	return finding{"relay", fine, r.Addr + " answers and offers what is asked", ""}
}

// isUs reports whether the daemon itself listens at an address, however the
// config spells it: at 0.0.0.0:25 it does at 127.0.0.1:25. Another mail server of
// this machine may have the same name in its greeting, though not its port and
// its words.
func (k checker) isUs(ctx context.Context, addr string) bool {
	if slices.Contains(k.conf.Server.SMTP, addr) {
		return true
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil || !slices.ContainsFunc(k.conf.Server.SMTP, func(l string) bool { return strings.HasSuffix(l, ":"+port) }) {
		return false
	}
	conn, err := k.dial(ctx, addr)
	if err != nil {
		return false
	}
	defer conn.Close()
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line) == "220 "+k.conf.Server.Hostname+" ESMTP Service Ready"
}

func maildirFinding(path string) finding {
	dir := path
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		dir = existingParent(dir)
	}
	if err := writable(dir); err != nil {
		return finding{"relay", broken, fmt.Sprintf("%s cannot be written to: %v", path, err), "give the folder to the user that runs aside, or run this as that user"}
	}
	return finding{"relay", fine, "mail is written to " + path + " and leaves no further", ""}
}
