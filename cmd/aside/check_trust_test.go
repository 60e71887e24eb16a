package main

import (
	"context"
	"net/netip"
	"slices"
	"testing"

	"aside"
	"aside/config"
)

func TestCheckTrust(t *testing.T) {
	nets := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	ids := []string{"mx.example.com"}
	for name, tt := range map[string]struct {
		trust config.Trust
		want  level
		says  string
		first bool // the finding before the last
	}{
		"signatures":              {config.Trust{Agents: "dmarc"}, fine, "DKIM", false},
		"tokens":                  {config.Trust{Agents: "token"}, fine, "secret address", false},
		"signatures without DNS":  {config.Trust{Agents: "dmarc", Resolver: "none"}, broken, `agents = "token"`, false},
		"the server in front":     {config.Trust{Agents: "dmarc", Resolver: "none", Networks: nets, AuthservIDs: ids}, fine, "DKIM", false},
		"names without networks":  {config.Trust{Agents: "dmarc", AuthservIDs: ids}, warning, "networks is empty", true},
		"networks without a name": {config.Trust{Agents: "dmarc", Networks: nets}, fine, "authserv_ids is empty", true},
	} {
		k := checkerOf(zone{})
		k.conf.Trust = tt.trust
		got := k.trust()
		if tt.first {
			got = got[:1]
		}
		expect(t, name, got, tt.want, tt.says)
	}
}

func TestCheckAgentDomains(t *testing.T) {
	ctx := context.Background()
	const key, policy = "v=DKIM1; p=MIIB", "v=DMARC1; p=reject"
	for name, tt := range map[string]struct {
		zone  zone
		want  level
		says  string
		ours  string // a selector that we sign with
		asked string
	}{
		"a key":                {zone{txt: map[string][]string{"google._domainkey.example.com": {key}}}, fine, "google._domainkey.example.com", "", ""},
		"our own key":          {zone{txt: map[string][]string{"aside._domainkey.example.com": {key}}}, fine, "aside._domainkey", "aside", ""},
		"a key for tests":      {zone{txt: map[string][]string{"mail._domainkey.example.com": {"v=DKIM1; t=s : y; p=MIIB"}}}, warning, "t=y", "", ""},
		"no key":               {zone{}, warning, `agents = "token"`, "", ""},
		"DNS down, for keys":   {zone{down: true}, warning, "could not be looked up", "", ""},
		"a policy":             {zone{txt: map[string][]string{"_dmarc.example.com": {policy}}}, fine, "has a DMARC record", "", "dmarc"},
		"no policy":            {zone{}, warning, "_dmarc.example.com", "", "dmarc"},
		"two policies":         {zone{txt: map[string][]string{"_dmarc.example.com": {policy, policy}}}, warning, "count as none", "", "dmarc"},
		"DNS down, for policy": {zone{down: true}, warning, "could not be looked up", "", "dmarc"},
	} {
		k := checkerOf(tt.zone)
		if tt.ours != "" {
			k.conf.Outbound.DKIM = []config.DKIM{{Domain: "example.com", Selector: tt.ours}}
		}
		if tt.asked == "dmarc" {
			expect(t, name, k.dmarc(ctx, "example.com"), tt.want, tt.says)
		} else {
			expect(t, name, k.signs(ctx, "example.com"), tt.want, tt.says)
		}
	}
	k := checkerOf(zone{})
	k.conf.Directory = aside.NewDirectory(nil, nil, []*aside.Agent{
		{Handle: "dana", Addresses: []string{"dana@example.com", "dana@home.example"}}, {Handle: "omar", Addresses: []string{"omar@example.com"}}}, nil)
	k.conf.Trust.Agents = "dmarc"
	if got := k.agentDomains(); !slices.Equal(got, []string{"example.com", "home.example"}) {
		t.Errorf("domains %v", got)
	}
	k.conf.Trust.Agents = "token"
	if got := k.agentDomains(); got != nil {
		t.Errorf("where tokens are enough, nothing is asked: %v", got)
	}
}
