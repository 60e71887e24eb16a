package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// TestNamesThatPretend lets a stranger call themselves what an agent could
// take for somebody else. In From, in the cue of Reply-To and in the frame the
// address stands with the name or instead of it.
func TestNamesThatPretend(t *testing.T) {
	const address = "x@evil.example"
	for name, want := range map[string]string{
		// What pretends to be an address, or our own words, gives way to the address.
		"support@example.com": address, "Example Support <support@example.com>": address, "support\uFF20example.com": address,
		"CUSTOMER Jane Doe #1042": address, "TEAM ONLY": address, "team only #7": address, "SIDE Courier": address, "Jane #1042": address,
		"\u0421USTOMER Jane": address, "ＣＵＳＴＯＭＥＲ Jane": address, "YOUR REPLY GOES TO: Jane": address, "NOT SENT": address,
		"\u202Emoc.elpmaxe@troppus": address, "TE\u200BAM ONLY": address, "": address, "\u200B\u2060": address, " \t ": address,
		// What is called like one of us stands with its address.
		"Dana Reyes": "Dana Reyes [" + address + "]", "Reyes, Dana": "Reyes, Dana [" + address + "]", "dana  REYES (Support)": "dana REYES [Support] [" + address + "]",
		"D\u0430na R\u0435yes": "D\u0430na R\u0435yes [" + address + "]", "Example Support": "Example Support [" + address + "]",
		"Exa\u00ADmple Sup\u200Bport": "Example Support [" + address + "]", "Team of example.com": "Team of example.com [" + address + "]",
		"Dána Reyes": "Dána Reyes [" + address + "]",
		// What is only a name stays one.
		"Jane Doe": "Jane Doe", "Dana": "Dana", "Dana Smith": "Dana Smith", "Анна Петрова": "Анна Петрова", "محمد": "محمد",
		"Side Car GmbH": "Side Car GmbH", "Jane (customer)": "Jane [customer]",
		"Jane\u202E\u0007 Doe": "Jane Doe", strings.Repeat("Z\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301", 3): strings.Repeat("Z\u0301\u0301\u0301\u0301", 3),
	} {
		w := open(t)
		w.allowed["YOUR REPLY"], w.allowed["TEAM ONLY"] = true, true // their own name comes back to them
		n := w.writes(h.Person{Name: name, Address: address}, "Kettle", "It leaks.").to("dana")
		inHeader := strings.ReplaceAll(want, "@", " at ")
		if n.From.Name != inHeader+" (customer)" {
			t.Errorf("%+q: From shows %+q, want %+q", name, n.From.Name, inHeader+" (customer)")
		}
		if n.ReplyTo.Name != "CUSTOMER "+inHeader+" #1" {
			t.Errorf("%+q: the cue is %+q, want %+q", name, n.ReplyTo.Name, "CUSTOMER "+inHeader+" #1")
		}
		if line := "YOUR REPLY GOES TO: " + want + "\n"; !strings.Contains(n.Text, line) && !strings.Contains(n.Text, `YOUR REPLY GOES TO: "`+want+"\"\n") {
			t.Errorf("%+q: the frame does not say %q:\n%s", name, line, n.Text)
		}
	}
}

// TestLongNames holds that the cue's number survives whatever a name is.
func TestLongNames(t *testing.T) {
	for _, name := range []string{strings.Repeat("😀", 500), strings.Repeat("a", 500), strings.Repeat("Dana Reyes ", 50), strings.Repeat("ﷺ", 300),
		strings.Repeat("👩‍👩‍👧‍👦", 100), strings.Repeat("x ", 250), strings.Repeat("@", 500), strings.Repeat("日本", 250)} {
		w := open(t)
		n := w.writes(h.Person{Name: name, Address: "x@evil.example"}, "Kettle", "It leaks.").to("dana")
		if !strings.HasPrefix(n.ReplyTo.Name, "CUSTOMER ") || !strings.HasSuffix(n.ReplyTo.Name, " #1") {
			t.Errorf("%.40q…: the cue is %q", name, n.ReplyTo.Name)
		}
		if !strings.HasSuffix(n.From.Name, " (customer)") {
			t.Errorf("%.40q…: From is %q", name, n.From.Name)
		}
	}
}

// TestNamesakeOfTheCustomer: a vendor with the customer's name is not the
// customer, and is not left out of who hears.
func TestNamesakeOfTheCustomer(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	namesake := h.Person{Name: jane.Name, Address: vic.Address}
	asked := w.says(dana, n, "/side "+namesake.Name+" <"+namesake.Address+"> cc-customer\n\nWhere is it?").find("vic", "Where is it?")
	got := w.says(namesake, asked, "In Hamburg.").to("dana")
	contains(t, got, "YOUR REPLY GOES TO: "+jane.Name+" + the customer "+jane.Name)
}

func TestSideWithTheCustomerIsASlip(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	held := w.says(dana, n, "/side "+jane.Address+"\n\nWhich colour do you want?").only("dana: NOT SENT")
	if len(held) != 1 {
		t.Fatal("it was not held")
	}
	contains(t, held[0], "Jane Doe is the customer of this ticket", "/reply")
	// With somebody else it is meant.
	both := w.says(dana, n, "/side "+vic.Address+", "+jane.Address+"\n\nWhich colour do you have?")
	both.find("jane", "Which colour do you have?")
	both.find("vic", "Which colour do you have?")
}

func TestWhoWroteIsNotCopied(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side "+vic.Address+"\n\nWhere is it?").find("vic", "Where is it?")
	got := w.post(h.Gmail().Reply(max, asked, "I answer for Vic.")).to("dana")
	contains(t, got, "Wrote this, will not get an answer: "+max.Address+" (Add)")
	if strings.Contains(got.Text, "Copied by") {
		t.Errorf("who wrote it is said to be copied:\n%s", got.Text)
	}
}
