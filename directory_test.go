package aside_test

import (
	"strings"
	"testing"
	"time"

	"aside"
)

func directory() *aside.Directory {
	desk := func(address, team string) *aside.Desk {
		return &aside.Desk{Address: address, Team: team, Separator: "+", Location: time.UTC}
	}
	help := desk("help@example.com", "support")
	longer := desk("help+desk@example.com", "billing")
	other := desk("support@bücher.example", "support")
	other.Address = aside.FoldAddress(other.Address)
	replies := desk("info@example.com", "support")
	replies.ReplyDomain, replies.Separator = "reply.example.com", "-"
	return aside.NewDirectory([]*aside.Desk{help, longer, other, replies}, []*aside.Team{{Name: "support"}, {Name: "billing"}},
		[]*aside.Agent{{Handle: "dana", Name: "Dana Reyes", Addresses: []string{"dana@example.com", "d.reyes@example.com"}, Teams: []string{"support"}}},
		[]*aside.Card{{Name: "dhl", Address: "business@dhl.example"}})
}

func TestResolve(t *testing.T) {
	tests := []struct{ address, desk, detail string }{
		{"help@example.com", "help@example.com", ""},
		{"HELP@Example.COM", "help@example.com", ""},
		{"help+anything@example.com", "help@example.com", "anything"},
		{"help+a+b@example.com", "help@example.com", "a+b"},
		{"help+desk@example.com", "help+desk@example.com", ""}, // the longest desk name wins
		{"help+desk+x@example.com", "help+desk@example.com", "x"},
		{`"help"@example.com`, "help@example.com", ""},
		{"info-token@reply.example.com", "info@example.com", "token"},
		{"info-token@example.com", "info@example.com", "token"},
		{"info+token@example.com", "", ""}, // another desk's separator
		{"info+signed@example.com", "info@example.com", "signed"},
		{"info=signed@reply.example.com", "info@example.com", "signed"},
		{"info.notice@example.com", "info@example.com", "notice"},
		{"info%2bsigned@example.com", "", ""},
		{"infosigned@example.com", "", ""},
		{"info+signed@former.example", "", ""},
		{"info+notice@former.example", "", ""},
		{"support@bücher.example", "support@xn--bcher-kva.example", ""},
		{"support@xn--bcher-kva.example", "support@xn--bcher-kva.example", ""},
		{"postmaster@example.com", "help@example.com", ""},
		{"abuse@xn--bcher-kva.example", "support@xn--bcher-kva.example", ""},
		{"postmaster", "help@example.com", ""},
		{"abuse", "", ""},
		{"helpx@example.com", "", ""},
		{"help@example.org", "", ""},
		{"help@evil.example@example.com", "", ""},
		{"", "", ""},
		{"@example.com", "", ""},
	}
	dir := directory().WithTokens(signed)
	for _, tt := range tests {
		desk, detail, ok := dir.Resolve(tt.address)
		if !ok {
			desk = &aside.Desk{}
		}
		if desk.Address != tt.desk || detail != tt.detail || ok != (tt.desk != "") {
			t.Errorf("Resolve(%q) = %q, %q, %v; want %q, %q", tt.address, desk.Address, detail, ok, tt.desk, tt.detail)
		}
	}
}

func signed(addr string) bool {
	local, _, _ := strings.Cut(addr, "@")
	return strings.HasSuffix(local, "signed")
}

// Whoever answers what left under a former separator, domain or name of a desk
// writes to us; without a token it is a stranger's address.
func TestATokenIsOursEverywhere(t *testing.T) {
	dir := directory().WithTokens(signed)
	for addr, want := range map[string]bool{
		"help@example.com":              true,
		"info+signed@former.example":    true,
		"info%2bsigned@example.com":     true,
		"former+signed@example.com":     true,
		"former+other@example.com":      false,
		"info+other@former.example":     false,
		"help@signed":                   false,
		"jane@customer.example":         false,
		"info+notice@former.example":    false,
		"help-notice@reply.example.com": false,
	} {
		if got := dir.IsOurs(addr); got != want {
			t.Errorf("IsOurs(%q) = %v", addr, got)
		}
	}
	if directory().IsOurs("info+signed@former.example") {
		t.Error("a directory that knows no tokens knows one")
	}
}

func TestPeopleAreFoundInAnyCase(t *testing.T) {
	dir := directory()
	if a := dir.AgentByAddress("D.Reyes@EXAMPLE.com "); a == nil || a.Handle != "dana" {
		t.Errorf("by the second address: %+v", a)
	}
	if dir.AgentByAddress("") != nil || dir.AgentByAddress("nobody@example.com") != nil {
		t.Error("somebody found who is no agent")
	}
	if dir.AgentByHandle("Dana") == nil || dir.Card("DHL") == nil || dir.Team("Support") == nil {
		t.Error("handles, cards and teams are found in any case")
	}
	if dir.Team("") != nil || dir.Card("") != nil {
		t.Error("an empty name found something")
	}
}

// An audience is made of rows that belong together, or not at all.
func TestHeardBy(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	side := aside.Conversation{ID: 2, Kind: aside.Side}
	jane := aside.Participant{ID: 1, Conversation: 1, Address: "jane@customer.example", Role: aside.RoleTo}
	vic := aside.Participant{ID: 2, Conversation: 2, Address: "vic@vendor.example", Role: aside.RoleTo}
	gone := aside.Participant{ID: 3, Conversation: 2, Address: "gone@vendor.example", Until: now}
	copied := aside.Participant{ID: 4, Conversation: 2, Address: "cc@vendor.example", Role: aside.RoleCc}

	if _, err := aside.HeardBy(aside.Conversation{ID: 3, Kind: aside.Notes}, nil); err == nil {
		t.Error("notes have an audience")
	}
	if _, err := aside.HeardBy(aside.Conversation{ID: 3}, nil); err == nil {
		t.Error("a conversation without a kind has an audience")
	}
	if _, err := aside.HeardBy(side, []aside.Participant{vic, jane}); err == nil {
		t.Error("a participant of another conversation is in the audience")
	}
	a, err := aside.HeardBy(side, []aside.Participant{vic, gone, copied})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Hears(vic.ID) || !a.Hears(copied.ID) || a.Hears(gone.ID) || a.Hears(jane.ID) {
		t.Errorf("heard by %v", a.Participants())
	}
	to, cc := a.Addressed()
	if len(to) != 1 || to[0].Address != vic.Address || len(cc) != 1 || cc[0].Address != copied.Address {
		t.Errorf("to %v, cc %v", to, cc)
	}
	message := aside.Message{ID: 9, Conversation: 2}
	for name, o := range map[string]aside.Outgoing{
		"no audience":                  {Message: message, Recipient: vic},
		"another conversation's words": {Audience: a, Message: aside.Message{ID: 8, Conversation: 1}, Recipient: vic},
		"somebody who left":            {Audience: a, Message: message, Recipient: gone},
		"somebody else's customer":     {Audience: a, Message: message, Recipient: jane},
	} {
		if _, err := aside.NewOutgoing(o); err == nil {
			t.Errorf("%s: made an outgoing mail", name)
		} else if strings.Contains(err.Error(), "@") {
			t.Errorf("%s: the error names an address: %v", name, err)
		}
	}
	if _, err := aside.NewOutgoing(aside.Outgoing{Audience: a, Message: message, Recipient: vic}); err != nil {
		t.Error(err)
	}
}
