// Package side is the story the daemon is named for: what is said aside to a
// vendor is not heard by the customer, nor the other way round.
package side

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	. "aside/test/harness"
)

var sideTag = regexp.MustCompile(`^(?:Re: )?\[#\d+-[a-z]{2}\] `)

func TestVendorIsAskedAside(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Kettle arrived broken", "Where is my parcel kettlewords?")
	d.Answers(Gmail(), Dana, notice, "/side courier@vendor.example\n\nPlease look for the parcel 4711.")

	asked := d.Await(Vic.Address, "the question", Has("parcel 4711"))
	d.Clean(asked)
	if asked.Says() != "Please look for the parcel 4711." {
		t.Errorf("the vendor reads %q", asked.Says())
	}
	if !sideTag.MatchString(asked.Subject) {
		t.Errorf("subject %q has no tag of a side conversation", asked.Subject)
	}
	for _, w := range []string{"kettlewords", "Kettle", "jane", "Doe", "/side"} {
		if asked.Leaks(w) {
			t.Errorf("the vendor was told %q:\n%s", w, asked.Raw)
		}
	}

	d.Answers(Outlook(), Vic, asked, "It lies in the depotwords.")
	for _, agent := range []Person{Dana, Omar} {
		n := d.Await(agent.Address, "the vendor's answer", Has("depotwords"))
		if !strings.HasPrefix(n.ReplyTo.Name, "SIDE ") || n.Number(t) != notice.Number(t) {
			t.Errorf("the cue of the vendor's answer is %q", n.ReplyTo.Name)
		}
	}

	// The agent answers by replying, from another client.
	n := d.Await(Omar.Address, "the vendor's answer", Has("depotwords"))
	d.Answers(Neomutt(), Omar, n, "Please send it on againwords.")
	again := d.Await(Vic.Address, "the second question", Has("againwords"))
	if again.Leaks("depotwords") && again.Leaks("YOUR REPLY") {
		t.Errorf("the frame came along:\n%s", again.Raw)
	}
	d.Clean(again)
	if len(again.InReplyTo) == 0 || again.Subject != "Re: "+strings.TrimPrefix(asked.Subject, "Re: ") && again.Subject != asked.Subject {
		t.Errorf("the second question does not thread: %q after %q, In-Reply-To %v", again.Subject, asked.Subject, again.InReplyTo)
	}
	d.Silent(Jane.Address, "4711", "depotwords", "againwords", "vendor.example", "Courier")
}

func TestTwoSidesBesideEachOther(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Kettle", "It is broken.")
	d.Answers(Gmail(), Dana, notice, "/side courier\n\nWhere is it firstwords?")
	d.Answers(AppleMail(), Dana, notice, "/side max@repairs.example\n\nCan you mend it secondwords?")
	asked := d.Await(Vic.Address, "the first question", Has("firstwords"))
	other := d.Await(Max.Address, "the second question", Has("secondwords"))
	if asked.Subject == other.Subject {
		t.Errorf("both side conversations are %q", asked.Subject)
	}
	d.Answers(K9(), Vic, asked, "In the depot thirdwords.")
	d.Answers(IPhone(), Max, other, "For ten euros fourthwords.")
	n := d.Await(Dana.Address, "Vic's answer", Has("thirdwords"))
	d.Await(Dana.Address, "Max's answer", Has("fourthwords"))
	d.Answers(OutlookWeb(), Dana, n, "Thank you fifthwords.")
	d.Await(Vic.Address, "thanks", Has("fifthwords"))
	d.Silent(Max.Address, "firstwords", "thirdwords", "fifthwords", "vendor.example")
	d.Silent(Vic.Address, "secondwords", "fourthwords", "repairs.example")
	d.Silent(Jane.Address, "firstwords", "secondwords", "thirdwords", "fourthwords", "fifthwords")
}

// TestTheSamePeopleAskedAgain repeats a command line to the letter: its words
// stand in receipts and frames by then, and it is a command all the same.
func TestTheSamePeopleAskedAgain(t *testing.T) {
	t.Parallel()
	d := Start(t)
	lines := []string{"/side courier", "/side courier@vendor.example, max@repairs.example",
		"/side pia.cnrcrzzgefh5oub@vendor.example, otto.cnrwfpua474clav@vendor.example", "/note", "/side courier subject Parcel 4711"}
	for i, line := range lines {
		who := Who("Jane", fmt.Sprintf("jane%d@customer.example", i))
		d.Post(Write(who, Support, "Kettle", fmt.Sprintf("It leaks, case %d!", i)))
		n := d.Await(Dana.Address, "a notice", Has(fmt.Sprintf("case %d!", i)))
		for _, words := range []string{"firstaside", "secondaside", "thirdaside"} {
			d.Answers(Gmail(), Dana, n, line+"\n\nWhere is it, "+words+"?")
		}
		d.Silent(who.Address, "firstaside", "secondaside", "thirdaside")
	}
}

func TestCustomerCopied(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Kettle", "Who mends it?")
	d.Answers(Gmail(), Dana, notice, "/side max@repairs.example cc-customer\n\nMax, please mend Jane's kettle bothwords.")
	d.Await(Jane.Address, "the copy", Has("bothwords"))
	asked := d.Await(Max.Address, "the question", Has("bothwords"))
	d.Answers(Gmail(), Max, asked, "On Friday fridaywords.")
	n := d.Await(Dana.Address, "Max's answer", Has("fridaywords"))
	if !strings.HasPrefix(n.ReplyTo.Name, "CUSTOMER + SIDE ") {
		t.Errorf("the cue does not say that the customer hears it: %q", n.ReplyTo.Name)
	}
	// A contact's mail goes to nobody by itself, and to all of them by /relay.
	d.Silent(Jane.Address, "fridaywords")
	d.Answers(Gmail(), Dana, n, "/relay")
	d.Await(Jane.Address, "Max's words, relayed", Has("fridaywords"))
}

func TestAddAndRemove(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Kettle", "Broken.")
	d.Answers(Gmail(), Dana, notice, "/side courier\n\nWhere is it onewords?")
	asked := d.Await(Vic.Address, "the question", Has("onewords"))
	d.Answers(Gmail(), Vic, asked, "Ask Max twowords.")
	n := d.Await(Dana.Address, "Vic's answer", Has("twowords"))
	d.Answers(Gmail(), Dana, n, "/add max@repairs.example\n\nMax, do you have it threewords?")
	both := d.Await(Max.Address, "the question", Has("threewords"))
	d.Await(Vic.Address, "the question", Has("threewords"))
	if both.Leaks("twowords") || both.Leaks("onewords") {
		t.Errorf("who is added hears what was said before:\n%s", both.Raw)
	}
	d.Answers(Gmail(), Max, both, "I have it fourwords.")
	n = d.Await(Dana.Address, "Max's answer", Has("fourwords"))
	d.Answers(Gmail(), Dana, n, "/remove courier@vendor.example\n\nThen send it fivewords.")
	d.Await(Max.Address, "the answer", Has("fivewords"))
	d.Silent(Vic.Address, "fourwords", "fivewords")

	// Who was removed returns only by /add, and what they write is kept.
	late := d.Await(Vic.Address, "the earlier mail", Has("threewords"))
	d.Answers(Gmail(), Vic, late, "I found it sixwords.")
	d.Await(Dana.Address, "the removed vendor's words", Has("sixwords"))
	d.Silent(Max.Address, "sixwords")
	d.Silent(Jane.Address, "onewords", "threewords", "fivewords", "sixwords")
}

func TestShareSubjectAndName(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Kettle secretsubject", "The number is 4711 sharedwords.")
	d.Answers(Gmail(), Dana, notice, "/side courier share last subject Parcel 4711\n\nIs this yours?")
	m := d.Await(Vic.Address, "the question", Has("Is this yours?"))
	if !strings.HasSuffix(m.Subject, " Parcel 4711") || m.Leaks("secretsubject") {
		t.Errorf("the subject is %q", m.Subject)
	}
	if !strings.Contains(m.Text, "sharedwords") {
		t.Errorf("the customer's last message was not shared:\n%s", m.Text)
	}
	d.Clean(m)
}

// TestVendorsWhoStripEverything sends answers from which gateways took the
// proof, piece by piece, and from another address.
func TestVendorsWhoStripEverything(t *testing.T) {
	t.Parallel()
	d := Start(t)
	notice := d.Opens(Jane, "Kettle", "Broken.")
	d.Answers(Gmail(), Dana, notice, "/side courier\n\nWhere is it?")
	asked := d.Await(Vic.Address, "the question", Has("Where is it?"))
	cases := map[string]func(*Draft){
		"no plus":         NoPlus,
		"no threading":    NoThreading,
		"foreign ids":     ForeignIDs,
		"tag alone":       func(m *Draft) { NoPlus(m); NoThreading(m) },
		"another address": func(m *Draft) { m.From.Address = "private@vendor.example" },
		"all of it": func(m *Draft) {
			NoPlus(m)
			NoThreading(m)
			m.Subject = "hello"
			m.From.Address = "private@vendor.example"
		},
	}
	for name, change := range cases {
		m := Outlook().Reply(Vic, asked, "It is lost, strippedwords "+name+".")
		change(m)
		d.Post(m)
		n := d.Await(Dana.Address, "the answer with "+name, Has("strippedwords "+name))
		if name != "all of it" && (n.Number(t) != notice.Number(t) || !strings.HasPrefix(n.ReplyTo.Name, "SIDE ")) {
			t.Errorf("with %s the answer went to %q", name, n.ReplyTo.Name)
		}
	}
	d.Silent(Jane.Address, "strippedwords", "lost")
}
