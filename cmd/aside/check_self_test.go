package main

import (
	"context"
	"testing"
	"time"

	"aside/config"
)

// A relay that is this daemon under another spelling is no
// relay either: every mail would come back to us and be refused for good.
func TestCheckRelayIsUs(t *testing.T) {
	at := relayAt(t, "220 desk.example.com ESMTP Service Ready", nil)
	port := at[len("127.0.0.1"):]
	for listen, relay := range map[string]string{at: "localhost" + port, "0.0.0.0" + port: at, "[::]" + port: at} {
		k := checker{now: time.Now(), patience: 3 * time.Second, conf: &config.Config{}}
		k.conf.Server.Hostname = "desk.example.com"
		k.conf.Server.SMTP = []string{listen}
		k.conf.Outbound.Relay = config.Relay{Scheme: config.RelaySMTP, Addr: relay}
		expect(t, "smtp = "+listen+", relay "+relay, k.relay(context.Background()), broken, "aside itself")
	}
}
