package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// vendorMore is what the vendor went on with.
const vendorMore = "It was last seen on the ramp behind the second hall, where nobody has looked for it since the strike began."

// What an agent typed is never lost without a word, and what may be a vendor's
// never stays without one.
func TestDoubts(t *testing.T) {
	quote := "\n\nOn 21.11.26 11:00, Jane Doe wrote:\n" + prefixed(notice)
	bare := "\n\nFrom: Jane Doe <support+notice@example.com>\nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana\nSubject: Kettle\n\n" + notice
	side := "\n\nMax Vendor (side)\n20/11/2026 10:00\n"
	for _, c := range []struct{ name, text, want, doubt string }{
		{"a plain reply", "It leaves today.\n\nDana" + quote, "It leaves today.\n\nDana", ""},
		{"a plain reply above a bare quotation", "It leaves today." + bare, "It leaves today.", ""},
		{"a signature", "It leaves today.\n--\nDana Reyes\nExample Ltd\n+49 30 1234" + quote, "It leaves today.", ""},
		{"a banner", "It leaves today.\n\nFrom: Jane Doe <support+notice@example.com>\nSent: Saturday\nTo: Dana\nSubject: Kettle\n\nCAUTION: This email originated from outside of the organization.\n\n" + notice, "It leaves today.", ""},
		{"prompts", "Please type\n> dir c:\nand tell me what it says." + quote, "Please type\n\nand tell me what it says.", "cut: > dir c:"},
		{"prompts of another shell", "Please type\n\n>>> print(17)\n\nand tell me." + quote, "Please type\n\nand tell me.", "cut: >>> print(17)"},
		{"a mention of a separator", "Search for\n\n-----Original Message-----\n\nin the file.\n\nThen delete it." + quote, "Search for", "cut: -----Original Message-----\nin the file.\nThen delete it."},
		{"a mention that is a sentence", "-----Original Message-----\nis the line to search for.\n\nThen delete it." + quote, "-----Original Message-----\nis the line to search for.\n\nThen delete it.", ""},
		{"words below dashes", "Our prices:\n--\nA small one is 5 EUR.\nA large one costs more." + quote, "Our prices:", "cut: A small one is 5 EUR.\nA large one costs more."},
		{"a letter somebody wrote", "On 21.11.2026 at 11:00 the courier wrote:\n\nNobody was at home.\n\nWas that so?" + quote, "", "cut: On 21.11.2026 at 11:00 the courier wrote:\nNobody was at home.\nWas that so?"},
		{"a letter quoted with marks, and no other quotation", "On 21.11.2026 at 11:00 the courier wrote:\n> Nobody was at home.\n\nWas that so?", "Was that so?", "cut: > Nobody was at home."},
		{"a mail from elsewhere, quoted by the client", "Was that so?\n\nOn 21.11.2026 at 11:00 Max Vendor <max@repairs.example> wrote:\n> Nobody was at home.", "Was that so?", ""},
		{"a notice that was garbled on its way", "It leaves today.\n\nOn 21.11.26 11:00, Jane Doe <support+notice@example.com> wrote:\n> N??? d??s and n???dy h?s c????d.", "It leaves today.", ""},
		{"an answer among a vendor's words", "See below.\n\nFrom: Max <support+notice@example.com>\nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana\nSubject: Kettle\n\nThe courier lost the parcel in Hamburg\n\nWe ask them.\n\nand will not pay for it, please do not tell the customer yet.\n\n" + frame,
			"See below.\n\nWe ask them.", "kept: We ask them."},
		{"an answer in much the same words, between marked ones", "On 21.11.26 11:00, Max wrote:\n" + prefixed("Is it true?") + "\n\nThe courier lost the parcel number 4711 in Hamburg,\n4711\n\n" + prefixed(frame), "The courier lost the parcel number 4711 in Hamburg,\n4711", "cut: > Is it true?; kept: The courier lost the parcel number 4711 in Hamburg,\n4711"},
		{"a gateway's tag", "It is found." + side + "[EXTERNAL] The courier lost the parcel in Hamburg\nand will not pay for it, please do not tell the customer yet.\n" + frame, "It is found.", ""},
		{"a gateway's line between", "It is found." + side + "The courier lost the parcel in Hamburg and will\nthis line was altered on its way by something\nnot pay for it, please do not tell the customer yet.\n" + frame, "It is found.", "cut: this line was altered on its way by something"},
		{"another width and a strange prefix", "It is found." + side + ": The courier lost the\n: parcel in Hamburg and\n: will not pay for it,\n: please do not tell the\n: customer yet.\n" + frame, "It is found.", ""},
		{"a vendor's sentence typed above the quotation", "The courier says:\n\n" + vendorSay + "\n" + vendorMore + quote, "The courier says:\n\n" + vendorSay + "\n" + vendorMore, ""},
		{"the same below everything, without any sign", "The courier says:\n\n" + vendorSay + "\n" + vendorMore, "The courier says:", "cut: " + vendorSay + "\n" + vendorMore},
		{"the tag beside a marker", "It is found.\n\nFrom: Max <support+notice@example.com>\nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana\nSubject: Kettle\n\n" + vendorSay + "\n" + frame + "\n#34-mx   " + marker, "It is found.", ""},
		{"the team's tag beside a marker", "It is found.\n\n[#34 team] " + marker, "It is found.", ""},
		{"gmail's app in German", "It is found.\n\nJane Doe (customer) <support+notice@example.com> schrieb am So., 22. Nov.\n2026, 09:10:\n\n" + prefixed(notice), "It is found.", ""},
		{"capital letters and other quotes", "It is found." + side + strings.ToUpper(vendorSay) + "\n" + frame, "It is found.", ""},
	} {
		d := reply.Read(&aside.Mail{Text: c.text}, heldAgainst())
		if got := d.Text(); squeeze(got, false) != squeeze(c.want, false) {
			t.Errorf("%s: read\n%s\n--- wanted\n%s", c.name, got, c.want)
		}
		var doubts []string
		for _, x := range d.Doubts() {
			if x.Kept {
				doubts = append(doubts, "kept: "+x.Text)
			} else {
				doubts = append(doubts, "cut: "+x.Text)
			}
		}
		if got := strings.Join(doubts, "; "); got != c.doubt {
			t.Errorf("%s: doubts\n%s\n--- wanted\n%s", c.name, got, c.doubt)
		}
	}
}

// Links that a gateway wrote anew are the same words.
func TestRewrittenLinks(t *testing.T) {
	held := heldAgainst()
	known := map[uint64]reply.Origin{}
	for _, h := range reply.Hashes(held.Key, "The driver hid it at 12 Secret Lane\nsee https://vendor.example/x?id=1\nand blame the customer for it.") {
		known[h] = reply.Elsewhere
	}
	for _, h := range reply.Hashes(held.Key, frame) {
		known[h] = reply.Frame
	}
	held.Known = func(h uint64) reply.Origin { return known[h] }
	text := "It is found.\n\nMax Vendor (side)\n20/11/2026 10:00\n[EXTERNAL] The driver hid it at 12 Secret Lane\n" +
		"see https://protect-eu.mimecast.com/s/AbCdEfGh?domain=vendor.example\nand blame the customer for it.\n" + frame
	d := reply.Read(&aside.Mail{Text: text}, held)
	if got := d.Text(); got != "It is found." || len(d.Doubts()) > 0 {
		t.Errorf("read %q, doubts %+v", got, d.Doubts())
	}
}

// Ordinary replies, of every client and in every place, raise no doubt: a hold
// that cries wolf is switched off.
func TestOrdinaryRepliesRaiseNoDoubt(t *testing.T) {
	n := 0
	for _, c := range clients {
		for _, place := range []struct{ above, below string }{{answer, ""}, {"", answer}, {answer, second}} {
			for _, m := range []*aside.Mail{{Text: c.text(place.above, place.below)}, {HTML: htmlOf(c, place.above, place.below)}} {
				n++
				if doubts := reply.Read(m, heldAgainst()).Doubts(); len(doubts) > 0 {
					t.Errorf("%s: %+v", c.name, doubts)
				}
			}
		}
	}
	t.Logf("%d replies", n)
}

func htmlOf(c client, above, below string) string {
	if c.html == nil {
		return ""
	}
	return c.html(above, below)
}

// A contact whose program marks what it quotes keeps a line that begins with
// words which some frame has: a subject shown there, say.
func TestAContactsLineThatAFrameHas(t *testing.T) {
	held := heldAgainst()
	held.CutSignature = false
	const typed = "Inside 1 side overdue 2 notes also open quokka\nzebra umbrella."
	d := reply.Read(&aside.Mail{Text: "On 21.11.26 11:00, Example Support wrote:\n" + prefixed(words) + "\n" + typed + "\n"}, held)
	if got := strings.TrimSpace(d.Text()); got != typed {
		t.Errorf("read\n%s\n--- wanted\n%s", got, typed)
	}
}
