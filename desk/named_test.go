package desk_test

import (
	"slices"
	"testing"

	"aside/desk"
	h "aside/test/harness"
	"aside/threading"
)

// sideWith is the notice of a vendor's answer, in a side conversation that
// others hear as well.
func sideWith(w *town, who string) *h.Mail {
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	return w.says(max, w.says(dana, n, "/side max@repairs.example, "+who+"\n\nWhen can you come?").find("max", "come"), "At noon, vendorwords.").to("dana")
}

// The link below a mail means that mail, and not one that came since.
func TestRelayLinkMeansItsMail(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	out := w.says(dana, n, "/side max@repairs.example cc-customer\n\nWhen can you come?").find("max", "come")
	back := w.says(max, out, "At noon, firstwords.").to("dana")
	w.says(omar, w.lastTo("omar", "firstwords"), "/relay").find("jane", "firstwords")
	w.says(max, out, "Between us: she broke it herself, secondwords.").none("jane")
	contains(t, w.post(w.click(dana, back, "/relay")).none("jane").only("dana: NOT DONE")[0], "sent on already")
	third := w.says(max, out, "Or at ten, thirdwords.").to("dana")
	w.post(w.click(dana, third, "/relay")).only("jane: thirdwords", "dana: sent on to Jane Doe")
	// Without the link's number nobody knows which mail is meant.
	w.post(h.Write(dana, third.ReplyTo.Address, "hello", "/relay")).none("jane")
}

// A side conversation that moved with a merge keeps its notices' old number.
func TestRelayAfterAMerge(t *testing.T) {
	w := open(t)
	w.opens(jane, "Invoice", "Hello, otherwords.")
	back := sideWith(w, "courier@vendor.example")
	w.says(omar, w.lastTo("omar", "kettlewords"), "/merge 1")
	w.says(omar, w.lastTo("omar", "vendorwords"), "/add kim@customer.example")
	w.says(dana, back, "/relay").none("kim")
}

// Who leaves by a mail's commands hears nothing of it, in whatever order they
// stand, and whoever hears it stands on its receipt.
func TestReceiptsNameWhoHears(t *testing.T) {
	for _, commands := range []string{"/cc-customer on\n/remove max@repairs.example", "/remove max@repairs.example\n/cc-customer on",
		"/add kim@customer.example, a@b.example, c@d.example, joe@elsewhere.example\n/remove max@repairs.example\n/cc-customer on"} {
		w := open(t)
		back := sideWith(w, "courier@vendor.example")
		held := w.says(dana, back, commands+"\n\nHello @zorro.").only("dana: NOT SENT")[0]
		lacks(t, held, "Max Repair")
		w.says(dana, held, "send").none("max").find("jane", "zorro")
	}
	w := open(t)
	sideWith(w, "kim@customer.example")
	w.says(omar, w.lastTo("omar", "kettlewords"), "/add kim@customer.example")
	back := w.says(max, w.boxes[max.Address][0], "Or at ten.").to("dana")
	held := w.says(dana, back, "/reply\n/remove kim@customer.example\n\nDear Jane @zorro.").only("dana: NOT SENT")[0]
	contains(t, held, "kim@customer.example") // who leaves the side conversation hears the reply all the same
	w = open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	back = w.says(max, w.says(dana, n, "/side max@repairs.example cc-customer\n\nWhen can you come?").find("max", "come"), "At noon.").to("dana")
	contains(t, w.says(dana, back, "/reply\n/cc-customer off\n\nHe comes @zorro.").only("dana: NOT SENT")[0], "Jane Doe")
	contains(t, w.says(dana, back, "/reply\n/relay\n\nHe comes @zorro.").only("dana: NOT SENT")[0], "Max Repair")
	contains(t, w.says(dana, back, "/relay\n\nHe comes @zorro.").only("dana: NOT SENT")[0], "reply to Max Repair, Jane Doe was not sent") // each once
	w = open(t, func(s *desk.Settings) { s.Trust = threading.TrustDMARC })
	w.signing = true
	contains(t, w.post(h.Write(dana, support, "Offer", "/new kim@customer.example\n\nHello Kim @zorro.")).find("dana", "NOT"), "kim@customer.example")
}

// Who is removed is gone from what the team is told, too.
func TestRemovedIsNotNamed(t *testing.T) {
	w := open(t)
	back := sideWith(w, "courier@vendor.example, a@b.example")
	got := w.says(dana, back, "/add kim@customer.example\n/remove max@repairs.example\n\nHello.")
	lacks(t, got.to("omar"), "Max Repair")
	got.none("max").find("kim", "Hello")
}

// A bare "send" that answers nothing may be to a receipt read before: what is
// asked about anew takes a number.
func TestSendWithoutThreadIsNotForWhatIsAskedAnew(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	held := w.says(dana, n, "Just so, @zorro.").only("dana: NOT SENT")[0]
	w.says(omar, w.lastTo("omar", "It leaks."), "/add kim@customer.example")
	send := func(text string) *news {
		return w.post(h.Write(dana, held.ReplyTo.Address, "Re: "+held.Subject, text))
	}
	send("send").find("dana", "kim@customer.example would get this too")
	send("send").none("kim").find("dana", "or with its number: send H2")
	send("send H2").find("kim", "zorro")
}

// A mail that waits twice shares no stranger's words either.
func TestSharedAfterWaitingTwice(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.Trust = threading.TrustDMARC })
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	w.signing = true
	w.says(omar, w.lastTo("omar", "kettlewords"), "Hello Jane, welcome.")
	w.says(kim, w.boxes[jane.Address][0], "I am her lawyer, strangerwords.")
	w.signing = false
	m := w.says(dana, n, "/side dhl share all\n\nCan you repair that @zorro?").to("dana")
	w.signing = true
	w.says(omar, w.lastTo("omar", "strangerwords"), "/add kim@customer.example")
	held := w.says(dana, m, "/confirm "+code(t, m)).find("dana", "NOT SENT")
	lacks(t, w.says(dana, held, "send").find("dhl", "repair"), "strangerwords")
}

// The request for a code names nobody: who came since, or goes by a name that
// was somebody else's, is asked about.
func TestConfirmedForThoseWhoWereThere(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.Trust = threading.TrustDMARC })
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	m := w.post(h.Write(dana, n.ReplyTo.Address, "hello", "/reply\n\nJust so, dear Jane.")).to("dana")
	w.signing = true
	w.says(omar, w.lastTo("omar", "kettlewords"), "/add kim@customer.example")
	contains(t, w.says(dana, m, "/confirm "+code(t, m)).none("jane", "kim").find("dana", "NOT SENT"), "kim@customer.example would get this too")

	w = open(t, func(s *desk.Settings) { s.Trust = threading.TrustDMARC })
	n = w.opens(jane, "Kettle", "It leaks.")
	m = w.says(dana, n, "/side dhl\n\nWhere is it?").to("dana")
	w.rebook("dhl", joe.Address)
	w.signing = true
	contains(t, w.says(dana, m, "/confirm "+code(t, m)).none("joe", "dhl").find("dana", "NOT SENT"), "dhl is "+joe.Address+" now")
}

// So is whom a command names that has no text beside it, or one for the team.
func TestConfirmedCommandsForThoseWhoWereMeant(t *testing.T) {
	for _, text := range []string{"/add dhl", "/add dhl\n/note\n\nThey bring it.", "/add dhl\n/remove max@repairs.example"} {
		t.Run(text, func(t *testing.T) {
			w := open(t, bySignature)
			w.signing = true
			n := w.opens(jane, "Kettle", "It leaks.")
			asked := w.says(dana, n, "/side max@repairs.example\n\nWhen can you come?").find("max", "come")
			back := w.says(max, asked, "At noon.").to("dana")
			w.signing = false
			m := w.says(dana, back, text).to("dana")
			w.rebook("dhl", joe.Address)
			w.signing = true
			got := w.says(dana, m, "/confirm "+code(t, m)).find("dana", "NOT")
			contains(t, got, "dhl is "+joe.Address+" now, and was somebody else when your mail came.")
			if heard := w.hears(1, tag(t, back)); !slices.Equal(heard, []string{max.Address}) {
				t.Errorf("%v hear it", heard)
			}
		})
	}
	t.Run("opens a ticket", func(t *testing.T) {
		w := open(t, bySignature)
		m := w.post(h.Write(dana, support, "Kettle", "/add dhl\n\nThey called: it leaks.")).to("dana")
		w.rebook("dhl", joe.Address)
		w.signing = true
		contains(t, w.says(dana, m, "/confirm "+code(t, m)).none("joe", "dhl").find("dana", "NOT"), "dhl is "+joe.Address+" now")
	})
}

// Where the name means who it meant, a command is carried out.
func TestConfirmedCommands(t *testing.T) {
	w := open(t, bySignature)
	w.signing = true
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side max@repairs.example\n\nWhen can you come?").find("max", "come")
	back := w.says(max, asked, "At noon.").to("dana")
	w.signing = false
	m := w.says(dana, back, "/add dhl").to("dana")
	w.signing = true
	w.says(dana, m, "/confirm "+code(t, m)).find("dana", "hears the side conversation")
}

// What "send" answers is done, and not asked about for ever.
func TestSeveralTicketsAreAskedAboutOnce(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.Trust = threading.TrustDMARC })
	w.opens(jane, "Kettle", "It leaks.")
	w.opens(jane, "Toaster", "It burns.")
	w.signing = true
	d := h.Write(dana, support, "hello", "Dear Jane.")
	d.Cc = append(d.Cc, jane)
	held := w.post(d).only("dana: NOT DONE")[0]
	w.says(dana, held, "send").none("jane").find("dana", "#3 opened")
}

// The customer whom a mail copies is the one of when it was written, where it
// waited for its code and answers no notice, too.
func TestConfirmedForTheCustomerOfThen(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.Trust = threading.TrustDMARC })
	n := w.opens(jane, "Kettle", "It leaks, kettlewords.")
	m := w.post(h.Write(dana, n.ReplyTo.Address, "hello", "/side max@repairs.example cc-customer\n\nWhen can you come?")).to("dana")
	w.signing = true
	w.says(omar, w.lastTo("omar", "kettlewords"), "/requester joe@elsewhere.example")
	contains(t, w.says(dana, m, "/confirm "+code(t, m)).none("joe", "max").find("dana", "NOT SENT"), "joe@elsewhere.example")
}

// Who leaves by a mail's own commands is not said to have been sent anything.
func TestReceiptsLeaveOutWhoLeaves(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	out := w.says(dana, n, "/side max@repairs.example, dhl cc-customer\n\nWhen can you come?").find("max", "come")
	back := w.says(max, out, "At noon.").to("dana")
	held := w.says(dana, back, "/cc-customer off\n/relay\n\nCourier, be there @zorro.").only("dana: NOT SENT")[0]
	lacks(t, held, "Jane Doe")
	got := w.says(dana, back, "/cc-customer off\n/relay").none("jane")
	got.find("dhl", "At noon.")
	lacks(t, got.find("dana", "sent on to"), "sent on to Jane Doe", ", Jane Doe")
	// With nobody left there is nothing to send on.
	n = w.opens(jane, "Toaster", "It burns.")
	back = w.says(max, w.says(dana, n, "/side max@repairs.example cc-customer\n\nAnd this?").find("max", "this"), "At ten.").to("dana")
	w.says(dana, back, "/cc-customer off\n/relay").none("jane").find("dana", "nobody else in this conversation")
}

// The customer who is copied is the one whom the same mail makes the customer.
func TestReceiptsNameTheNewCustomer(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	held := w.says(dana, n, "/requester kim@customer.example\n/side max@repairs.example cc-customer\n\nWhen can you come @zorro?").only("dana: NOT SENT")[0]
	contains(t, held, "kim@customer.example")
	lacks(t, held, "Jane Doe")
	w.says(dana, held, "send").none("jane").find("kim", "zorro")
}
