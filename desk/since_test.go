package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aside/desk"
	h "aside/test/harness"
)

// What a mail means is what it meant when it was written: what changed until it
// came, or until it was let go, must not have others hear it, or hear more.

// A text that was to stay inside is asked about again where it would leave now.
func TestHeldNoteStaysInside(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(omar, w.lastTo("omar", "It leaks."), "/lead omar")
	held := w.says(dana, n, "I think she broke it herself @zorro.").only("dana: NOT DONE")[0]
	w.says(omar, w.lastTo("omar", "It leaks."), "/lead none")
	w.says(dana, held, "send").none("jane")
}

// A mail that answers no notice, held and let go after others came to hear the
// conversation: the answer to its receipt counts for those whom that named.
func TestReleasedForThoseWhoWereNamed(t *testing.T) {
	for change, who := range map[string]string{"/add kim@customer.example": "kim", "/requester joe@elsewhere.example": "joe"} {
		for _, text := range []string{"Just so, dear Jane.", "/side max@repairs.example cc-customer\n\nHello both @zorro."} {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			held := w.post(h.Write(dana, n.ReplyTo.Address, "hello", text)).only("dana: NOT SENT")[0]
			w.says(omar, w.lastTo("omar", "It leaks."), change)
			w.says(dana, held, "send").none(who)
		}
	}
	l := leaking(t)
	held := l.post(h.Write(dana, l.vendor.ReplyTo.Address, "hello", "Which hall @zorro?")).only("dana: NOT SENT")[0]
	l.says(omar, l.lastTo("omar", "parcel"), "/add kim@customer.example")
	l.says(dana, held, "send").none("kim")
	// The other ticket, which this one was merged into, is heard by Kim as well.
	w := open(t)
	w.opens(jane, "Invoice", "Hello, otherwords.")
	w.says(omar, w.lastTo("omar", "otherwords"), "/add kim@customer.example")
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	held = w.post(h.Write(dana, n.ReplyTo.Address, "hello", "/reply\n\nJust so, @zorro dear Jane.")).only("dana: NOT SENT")[0]
	w.says(omar, w.lastTo("omar", "kettlewords"), "/merge 1").find("omar", "merged into #1")
	w.says(dana, held, "send").none("kim")
}

// Who took part already and became the customer since.
func TestCopiedCustomerTookPart(t *testing.T) {
	l := leaking(t)
	l.says(omar, l.lastTo("omar", "My kettle"), "/add kim@customer.example")
	n := l.says(jane, l.boxes[jane.Address][0], "Any news, newswords?").to("dana")
	l.says(omar, l.lastTo("omar", "newswords"), "/requester kim@customer.example")
	got := l.says(dana, n, "/side business@dhl.example cc-customer\n\nHello both.")
	got.none("kim", "jane")
	contains(t, got.only("dana: NOT SENT")[0], "kim@customer.example would get this too")
}

// invoices are two files of one name: Jane's, in the mail that the notice shows,
// and one of a note, where into has it.
func invoices(w *town, into string) (n *h.Mail) {
	w.opens(jane, "Other matter", "Hello, otherwords.")
	note := func(about string) {
		d := h.Gmail().Reply(omar, w.lastTo("omar", about), "/note\n\nOur own calculation.")
		d.Files = append(d.Files, h.File{Name: "invoice.pdf", Type: "application/pdf", Data: []byte("INSIDEFILE calculation")})
		w.post(d)
	}
	if into == "otherwords" {
		note(into)
	}
	d := h.Write(jane, support, "Kettle", "The invoice is here, kettlewords.")
	d.Files = append(d.Files, h.File{Name: "invoice.pdf", Type: "application/pdf", Data: []byte("janes invoice")})
	n = w.post(d).to("dana")
	if into == "kettlewords" {
		note(into)
	}
	return n
}

// The file that is meant is that of the mail which is answered, wherever this
// stands by now, and however much came since.
func TestAttachedIsTheAnsweredMailsFile(t *testing.T) {
	inside := func(m *h.Mail) bool { return m.DeliveredTo == jane.Address && m.Leaks("INSIDEFILE") }
	for name, story := range map[string]func(w *town) *news{
		"merged": func(w *town) *news {
			n := invoices(w, "otherwords")
			w.says(omar, w.lastTo("omar", "kettlewords"), "/merge 1").find("omar", "merged into #1")
			return w.says(dana, n, "/attach invoice.pdf\n\nHere it is again.")
		},
		"held and merged": func(w *town) *news {
			n := invoices(w, "otherwords")
			held := w.says(dana, n, "/attach invoice.pdf\n\nHere it is again @zorro.").only("dana: NOT SENT")[0]
			w.says(omar, w.lastTo("omar", "kettlewords"), "/merge 1").find("omar", "merged into #1")
			return w.says(dana, held, "send")
		},
		"fifty messages later": func(w *town) *news {
			n := invoices(w, "kettlewords")
			for range 49 {
				w.says(omar, w.lastTo("omar", "kettlewords"), "/note\n\nHm.")
			}
			return w.says(dana, n, "/attach invoice.pdf\n\nHere it is again.")
		},
	} {
		for _, m := range story(open(t)).mails {
			if inside(m) {
				t.Errorf("%s: Jane got the note's file", name)
			}
		}
	}
}

func TestShareByAnAddressOfAMergedTicket(t *testing.T) {
	for _, share := range []string{"last", "all"} {
		w := open(t)
		w.opens(jane, "Invoice", "The bank account is on it, otherwords.")
		n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
		w.says(omar, w.lastTo("omar", "kettlewords"), "/merge 1").find("omar", "merged into #1")
		got := w.post(h.Write(dana, n.ReplyTo.Address, "hello", "/side max@repairs.example share "+share+"\n\nCan you repair that?")).find("max", "repair")
		contains(t, got, "kettlewords")
		lacks(t, got, "otherwords")
	}
}

// What /undo stopped was said to nobody.
func TestShareLeavesOutWhatWasStopped(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = time.Minute })
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	w.says(dana, n, "The undonewords are here, Jane.").none("jane")
	w.says(dana, n, "/undo")
	w.wait(2 * time.Minute).none("jane")
	w.says(dana, n, "/side max@repairs.example share all\n\nCan you repair that?")
	got := w.wait(2*time.Minute).find("max", "repair")
	contains(t, got, "kettlewords")
	lacks(t, got, "undonewords")
}

// A stranger's words do not become the customer's by an /add in between.
func TestHeldShareWithoutAStranger(t *testing.T) {
	l := leaking(t)
	l.says(kim, l.boxes[jane.Address][0], "I am her lawyer, strangerwords.")
	held := l.held(h.Gmail().Reply(dana, l.customer, "/side dhl share all\n\nCan you repair that? "+noteSaid), "a note of the team")
	l.says(omar, l.lastTo("omar", "strangerwords"), "/add kim@customer.example")
	lacks(t, l.says(dana, held, "send notes").find("dhl", "repair"), "strangerwords")
}

func TestRelayToWhoJoinedSince(t *testing.T) {
	l := leaking(t)
	l.says(omar, l.lastTo("omar", "parcel"), "/add kim@customer.example\n")
	got := l.says(dana, l.vendor, "/relay")
	got.none("kim")
	contains(t, got.only("dana: NOT DONE")[0], "kim@customer.example has joined since")
	// The link below a mail opens one that answers none.
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	back := w.says(max, w.says(dana, n, "/side max@repairs.example cc-customer\n\nWhen can you come?").find("max", "come"), "At noon.").to("dana")
	w.says(omar, w.lastTo("omar", "noon"), "/add kim@customer.example")
	got = w.post(w.click(dana, back, "/relay"))
	got.none("kim", "jane")
	contains(t, got.only("dana: NOT DONE")[0], "kim@customer.example has joined since that mail came")
}

// A form letter with a secret behind it is no form letter, however long it is.
func TestLongFormLetters(t *testing.T) {
	for _, n := range []int{40, 80} {
		l := leaking(t)
		letter := "Please"
		for i := range n {
			letter += " form" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		}
		for i := range 3 {
			l.says(dana, l.opens(h.Person{Name: "Joe", Address: fmt.Sprintf("joe%d@elsewhere.example", i)}, "Toaster", "It burns."), letter)
		}
		l.index(strings.Join(strings.Fields(letter)[:12], " "), 3)
		secret := letter + " but inside we know that the supplier hid the poisonous paint from everybody since last winter"
		l.says(omar, l.lastTo("omar", "My kettle"), "/note\n\n"+secret)
		l.says(dana, l.customer, secret).none("jane")
	}
}

// Who is named on the receipt is a person, not a name: another one of that name
// is asked about, and the same one is not for having a name by now.
func TestReleasedForPersonsNotNames(t *testing.T) {
	l := leaking(t)
	held := l.post(h.Gmail().Reply(dana, l.customer, "/side dhl\n\nWhere is it @zorro?")).only("dana: NOT SENT")[0]
	l.rebook("dhl", joe.Address)
	asked := l.says(dana, held, "send").only("dana: NOT SENT")[0]
	contains(t, asked, "dhl is "+joe.Address+" now, and was somebody else when your mail was held.")
	l.says(dana, asked, "send").none("dhl").find("joe", "zorro")

	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	held = w.post(h.Write(dana, n.ReplyTo.Address, "hello", "Just so, @zorro.")).only("dana: NOT SENT")[0]
	w.says(omar, w.lastTo("omar", "It leaks."), "/add "+jane.Name+" <"+kim.Address+">")
	got := w.says(dana, held, "send")
	got.none("jane", "kim")
	contains(t, got.only("dana: NOT SENT")[0], jane.Name+" <"+kim.Address+"> would get this too")

	w = open(t)
	n = w.opens(h.Person{Address: jane.Address}, "Kettle", "It leaks.")
	held = w.post(h.Write(dana, n.ReplyTo.Address, "hello", "Just so, @zorro.")).only("dana: NOT SENT")[0]
	w.says(jane, w.boxes[jane.Address][0], "It is Jane again.")
	w.says(dana, held, "send").find("jane", "zorro")
}

// A name of the address book that changes hands while a mail waits, and changes
// back, is asked about each time: the last receipt says who hears.
func TestAddressBookChangesHandsAndBack(t *testing.T) {
	l := leaking(t)
	asked := l.post(h.Gmail().Reply(dana, l.customer, "/side dhl\n\nWhere is it @zorro?")).only("dana: NOT SENT")[0]
	l.rebook("dhl", joe.Address)
	asked = l.says(dana, asked, "send").only("dana: NOT SENT")[0]
	l.rebook("dhl", vic.Address)
	asked = l.says(dana, asked, "send").only("dana: NOT SENT")[0]
	contains(t, asked, "dhl is "+vic.Address)
	l.rebook("dhl", joe.Address)
	asked = l.says(dana, asked, "send").only("dana: NOT SENT")[0]
	contains(t, asked, "dhl is "+joe.Address)
	l.says(dana, asked, "send").none("vic").find("joe", "zorro")
}
