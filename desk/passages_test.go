package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"aside"
	"aside/desk"
	"aside/store"
	h "aside/test/harness"
)

// leakage is a ticket with a note, a vendor who has answered, and a second
// vendor.
type leakage struct {
	*town
	customer *h.Mail // Dana's notice of Jane's mail
	vendor   *h.Mail // Dana's notice of the courier's answer
	repairs  *h.Mail // Dana's notice of the repair shop's answer
}

const (
	janeSaid = "My kettle arrived with a crack along the handle, and it has leaked on the new wooden floor since Tuesday."
	noteSaid = "Between us, the whole spring batch came with a weak handle and head office does not want anybody to say so."
	vicSaid  = "The driver dropped the parcel in Hall 4 on Monday evening and did not write a report about the damage."
	maxSaid  = "A new handle costs eleven euros including the screws, and we could fit one within two working days."
	askedVic = "Could you look up what happened to the parcel on its way, and whether anybody reported damage?"
	askedMax = "What would you charge for a new handle, and how long would the customer be without the kettle?"
)

func leaking(t *testing.T, changes ...func(*desk.Settings)) *leakage {
	t.Helper()
	l := &leakage{town: open(t, changes...)}
	n := l.opens(jane, "Kettle", janeSaid)
	l.says(omar, l.lastTo("omar", "My kettle"), "/note\n\n"+noteSaid).only("dana: Between us")
	asked := l.says(dana, n, "/side courier@vendor.example\n\n"+askedVic).find("vic", "Could you look up")
	l.vendor = l.says(vic, asked, vicSaid).to("dana")
	asked = l.says(dana, n, "/side max@repairs.example\n\n"+askedMax).find("max", "What would you charge")
	l.repairs = l.says(max, asked, maxSaid).to("dana")
	l.customer = n
	return l
}

// held checks that a mail is held, for these words, and that nobody outside
// hears of it.
func (l *leakage) held(d *h.Draft, why ...string) *h.Mail {
	l.t.Helper()
	got := l.post(d)
	got.none("jane", "vic", "max", "dhl", "kim")
	m := got.only("dana: NOT")[0]
	contains(l.t, m, why...)
	return m
}

func TestNotesGoOutByTheirNameOnly(t *testing.T) {
	l := leaking(t)
	passage := noteSaid[strings.Index(noteSaid, "the whole"):]
	m := l.held(h.Gmail().Reply(dana, l.customer, "Dear Jane,\n\n"+passage), "These words stand in a note of the team.", "the whole spring batch", "send notes")
	if has(m, "send it to Jane Doe as it is") {
		t.Errorf("a plain send is offered:\n%s", all(m))
	}
	m = l.says(dana, m, "send").only("dana: carries words of a note")[0]
	contains(t, m, "send notes H1")
	l.says(dana, m, "send notes H1").find("jane", "the whole spring batch")
	// Whoever has heard it may be told again.
	l.says(dana, l.customer, "As I said: "+passage).find("jane", "As I said")
	// The vendors have not.
	l.held(h.Gmail().Reply(dana, l.vendor, passage), "in a note of the team")
}

func TestVendorsWords(t *testing.T) {
	l := leaking(t)
	passage := vicSaid[:strings.Index(vicSaid, " and did not")] + " and did not"
	m := l.held(h.Gmail().Reply(dana, l.customer, "Dear Jane,\n\nthe carrier writes: "+passage), "side conversation with Courier GmbH", "The driver dropped")
	l.says(dana, m, "send").find("jane", "The driver dropped")
	// Not to another vendor, and back to the one who wrote it.
	l.held(h.Gmail().Reply(dana, l.repairs, "They say: "+passage), "Courier GmbH")
	l.says(dana, l.vendor, "You say: "+passage+". Is that so?").find("vic", "You say")
	// What we asked one vendor is not another's either.
	l.held(h.Gmail().Reply(dana, l.repairs, askedVic), "Courier GmbH")
	// A side conversation with the same vendor may have it, one with another may not.
	l.held(h.Gmail().Reply(dana, l.customer, "/side kim@customer.example\n\n"+passage), "Courier GmbH")
	l.says(dana, l.customer, "/side courier@vendor.example\n\nOnce more: "+passage).find("vic", "Once more")
}

func TestTheCustomersWordsMayGoToAVendor(t *testing.T) {
	l := leaking(t)
	l.says(dana, l.vendor, "She writes: "+janeSaid).find("vic", "She writes")
	l.says(dana, l.customer, "/note\n\nShe says: "+janeSaid).find("omar", "She says")
	l.says(dana, l.repairs, "She writes: "+janeSaid).find("max", "She writes")
	l.says(dana, l.customer, "You wrote: "+janeSaid).find("jane", "You wrote")
}

func TestPassagesInEveryDress(t *testing.T) {
	l := leaking(t)
	passage := "The driver dropped the parcel in Hall 4 on Monday evening and did"
	gmail := h.Gmail()
	utf16 := strings.Map(func(r rune) rune { return r }, "\xff\xfe")
	for _, c := range passage {
		utf16 += string(c) + "\x00"
	}
	withFile := func(name, mediaType, data string) *h.Draft {
		d := gmail.Reply(dana, l.customer, "See the file.")
		d.Files = []h.File{{Name: name, Type: mediaType, Data: []byte(data)}}
		return d
	}
	html := gmail.Reply(dana, l.customer, "x")
	html.Text, html.HTML = "", "<p>Dear Jane,</p><p>"+strings.ReplaceAll(passage, " ", "</b> <b>")+"</p>"
	for name, d := range map[string]*h.Draft{
		"reflowed":     gmail.Reply(dana, l.customer, strings.ReplaceAll(passage, " ", "\n")),
		"upper case":   gmail.Reply(dana, l.customer, strings.ToUpper(passage)),
		"curly":        gmail.Reply(dana, l.customer, "“"+strings.ReplaceAll(passage, " ", " ")+"”"),
		"bulleted":     gmail.Reply(dana, l.customer, "* The driver dropped the parcel\n* in Hall 4 on Monday\n* evening and did"),
		"with a bar":   gmail.Reply(dana, l.customer, "| The driver dropped the parcel\n| in Hall 4 on Monday\n| evening and did"),
		"HTML":         html,
		"subject":      gmail.Reply(dana, l.customer, "/side kim@customer.example subject "+passage+"\n\nPlease call."),
		"text file":    withFile("letter.txt", "text/plain", "Dear Jane,\r\n\r\n"+passage+"\r\n"),
		"latin-1":      withFile("letter.txt", "text/plain", "Gr\xfc\xdfe. "+passage),
		"UTF-16":       withFile("letter.txt", "text/plain", utf16),
		"HTML file":    withFile("letter.html", "text/html", "<html><p>"+strings.ReplaceAll(passage, " ", "</p><p>")),
		"octet stream": withFile("letter.dat", "application/octet-stream", passage),
		"file name":    withFile(passage+".pdf", "application/pdf", "%PDF-1.4"),
	} {
		t.Run(name, func(t *testing.T) {
			l.held(d, "Courier GmbH")
		})
	}
}

func TestFilesOfOtherConversations(t *testing.T) {
	l := leaking(t)
	d := h.Gmail().Reply(vic, l.boxes[vic.Address][0], "The report.")
	d.Files = []h.File{{Name: "report.pdf", Type: "application/pdf", Data: []byte("%PDF-1.4 the report")}}
	n := l.post(d).to("dana")
	out := h.Gmail().Reply(dana, l.customer, "See the file.")
	out.Files = []h.File{{Name: "file.pdf", Type: "application/pdf", Data: d.Files[0].Data}}
	l.held(out, "file.pdf", "This file stands in the side conversation with Courier GmbH.")
	// The same by its name is meant.
	l.says(dana, n, "/reply\n/attach report.pdf\n\nSee the file.").find("jane", "See the file.")
	// And now the customer has it.
	out = h.Gmail().Reply(dana, l.customer, "The file again.")
	out.Files = []h.File{{Name: "file.pdf", Type: "application/pdf", Data: d.Files[0].Data}}
	l.post(out).find("jane", "The file again.")
	// A file of the notes wants more than send.
	note := h.Gmail().Reply(dana, l.customer, "/note\n\nThe price list.")
	note.Files = []h.File{{Name: "prices.csv", Type: "text/csv", Data: []byte("kettle;3.20")}}
	l.post(note).find("omar", "The price list.")
	out = h.Gmail().Reply(dana, l.customer, "The file.")
	out.Files = note.Files
	l.held(out, "prices.csv", "a note of the team", "send notes")
}

func TestAddressesOfOthers(t *testing.T) {
	l := leaking(t)
	m := l.held(h.Gmail().Reply(dana, l.customer, "Please ask Courier@Vendor.example yourself."), "courier@vendor.example", "address of somebody in the side conversation")
	l.says(dana, m, "send").find("jane", "ask")
	l.held(h.Gmail().Reply(dana, l.vendor, "Please ask max@repairs.example."), "max@repairs.example")
	// The customer's own, the desk's, anybody's who takes no part.
	l.says(dana, l.customer, "We have you as jane@customer.example, write to support@example.com or shop@elsewhere.example.").find("jane", "We have you")
	l.says(dana, l.vendor, "Her address is jane@customer.example.").find("vic", "Her address")
	// An address that the customer named herself.
	l2 := leaking(t)
	n := l2.says(jane, l2.boxes[jane.Address][0], "Ask max@repairs.example, they know.").to("dana")
	l2.says(dana, n, "We asked max@repairs.example.").find("jane", "We asked")
}

func TestLeakGuardOff(t *testing.T) {
	l := leaking(t, func(s *desk.Settings) { s.Directory.Desks[0].LeakGuard = aside.LeakGuardOff })
	l.says(dana, l.customer, "The carrier writes: "+vicSaid).find("jane", "The carrier writes")
	// A token never leaves.
	l.held(h.Gmail().Reply(dana, l.customer, "What is "+l.customer.Token()+"?"), "a sign of our own notices")
}

// A text that went out three times before is nobody's secret.
func TestFormLetters(t *testing.T) {
	const letter = "Please put the kettle into its box, close it with tape and hand it to the driver who rings at your door."
	l := leaking(t)
	l.says(dana, l.customer, "/note\n\nUsually we write: "+letter).find("omar", "Usually")
	m := l.held(h.Gmail().Reply(dana, l.customer, letter), "a note of the team")
	l.says(dana, m, "discard").only("dana: discarded")
	for i := range 3 {
		who := h.Person{Name: "Joe", Address: fmt.Sprintf("joe%d@elsewhere.example", i)}
		l.says(dana, l.opens(who, "Toaster", "It burns."), letter)
	}
	l.index(letter, 3)
	l.says(dana, l.customer, letter).find("jane", "Please put the kettle")
}

// index runs the search's worker until its index has words that were sent in as
// many tickets.
func (w *town) index(words string, tickets int) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.store.Index(ctx) }()
	for n, tries := 0, 0; n < tickets; tries++ {
		err := w.store.View(w.ctx, func(tx *store.Tx) (err error) {
			n, err = tx.SentElsewhere(w.ticket(1).Desk, 0, words, tickets)
			return err
		})
		if err != nil || tries == 2000 {
			w.t.Fatalf("the index has the words of %d tickets: %v", n, err)
		}
		<-time.After(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		w.t.Fatal(err)
	}
}

func TestPassagesOfMovedAndMergedWords(t *testing.T) {
	l := leaking(t)
	// The old ticket's notes are the new one's.
	n2 := l.opens(jane, "Kettle again", "And the lid is loose.")
	l.says(dana, l.customer, "/merge 2").find("dana", "merged into #2")
	l.held(h.Gmail().Reply(dana, n2, noteSaid), "a note of the team")
	l.held(h.Gmail().Reply(dana, n2, vicSaid), "Courier GmbH")
	l.says(dana, n2, "You wrote: "+janeSaid).find("jane", "You wrote")
	// A forwarder's words become notes, and the new customer has not heard them.
	n3 := l.opens(joe, "For you", "Kim tells me that the toaster she bought for the office kitchen burns every single slice.")
	l.says(dana, n3, "/requester kim@customer.example").find("dana", "the customer is")
	l.held(h.Gmail().Reply(dana, n3, "Joe wrote: Kim tells me that the toaster she bought for the office kitchen burns every single slice."))
}

// What is learnt of a ticket goes when it is resolved, and comes again.
func TestPassagesAfterResolving(t *testing.T) {
	l := leaking(t)
	l.held(h.Gmail().Reply(dana, l.customer, noteSaid), "a note of the team")
	l.says(dana, l.customer, "/resolve").find("dana", "resolved")
	l.held(h.Gmail().Reply(dana, l.customer, noteSaid), "a note of the team")
}

func TestGreetings(t *testing.T) {
	l := leaking(t)
	for _, text := range []string{"Hi Omar,\n\nI think so.", "Omar,\n\nI think so.", "Hello Courier team,\nI think so.", "Dear Mr. Repair: I think so.",
		"Hallo Max!\nI think so.", "Guten Morgen Omar, I think so.", "Bonjour Omar\n\nI think so.", "omar -\nI think so.", "Omar, do you think she lies?", "Max, thanks, that is clear.",
		"Omar Haddad, können Sie das lesen? I think so.", "omar, peux-tu I think so."} {
		m := l.held(h.Gmail().Reply(dana, l.customer, text), "You greet", "who would not get this")
		l.says(dana, m, "discard").only("dana: discarded")
	}
	for _, text := range []string{"Hi Jane,\n\nno.", "Dear Ms Doe,\n\nno.", "Hello,\n\nno.", "Hi there,\n\nno.", "Hi all,\n\nno.", "Good morning Jane, Omar and Courier say no.",
		"Max is what we have.", "Courier first, then you.", "Omar, who knows all kettles, calls you.", "Omar, our best, says no.", "Max, the thing, can do no more.", "Courier, repairs, parts: can you choose?", "Dear customer,\n\nno."} {
		l.says(dana, l.customer, text).find("jane", strings.Fields(text)[0])
	}
	l.held(h.Gmail().Reply(dana, l.vendor, "Hi Jane,\n\nno."), "You greet Jane Doe")
	l.says(dana, l.vendor, "Hi Courier,\n\nno.").find("vic", "no.")
	// Who signs with another name may be greeted by it.
	n := l.says(jane, l.boxes[jane.Address][0], "Thanks!\n\nMax").to("dana")
	l.says(dana, n, "Hi Max,\n\nyou are welcome.").find("jane", "you are welcome")
	// Who is asked by a command may be greeted.
	l.says(dana, n, "/side max@repairs.example\n\nHi Max,\n\nanother one.").find("max", "another one")
	// Colleagues greet each other in notes.
	l.says(dana, n, "/note\n\nHi Omar,\n\nlook at this.").find("omar", "look at this")
}

// A token is known however a client broke it.
func TestBrokenTokens(t *testing.T) {
	l := leaking(t)
	token := l.customer.Token()
	for name, text := range map[string]string{
		"over two lines": "My address is support+" + token[:20] + "\n" + token[20:] + "@example.com.",
		"zero width":     "It is " + token[:20] + "\u200b" + token[20:],
	} {
		t.Run(name, func(t *testing.T) {
			l.held(h.Gmail().Reply(dana, l.customer, text), "a sign of our own notices")
		})
	}
}

// A vendor's subject is the vendor's words, too, and so is what its mail quotes.
func TestPassagesOfSubjectsAndQuotations(t *testing.T) {
	l := leaking(t)
	const subject = "Your consignment was crushed below a piano in our hall and nobody has told the sender so far"
	const boss = "Tell them nothing about the piano until the insurers have been here, or it costs us a fortune."
	d := h.Gmail().Reply(vic, l.boxes[vic.Address][0], "See below.\n\n-----Original Message-----\nFrom: Boss\nSent: Monday\nTo: Vic\nSubject: Piano\n\n"+boss)
	d.Subject = subject
	l.post(d).to("dana")
	l.held(h.Gmail().Reply(dana, l.customer, subject), "Courier GmbH")
	l.held(h.Gmail().Reply(dana, l.customer, boss), "Courier GmbH")
}

// What one reader of a side conversation wrote went to none of the others.
func TestPassagesSaidByOneOfSeveral(t *testing.T) {
	l := leaking(t)
	// Kim and Max share a side conversation; Max brings the courier's words there.
	asked := l.says(dana, l.customer, "/side kim@customer.example, max@repairs.example\n\nWho of you can fetch it, please?")
	box := asked.find("max", "Who of you")
	n := l.says(max, box, "The courier told me this: "+vicSaid).to("dana")
	l.held(h.Gmail().Reply(dana, n, "Kim, listen: "+vicSaid), "Courier GmbH")
	// What the two share is theirs.
	l.says(dana, n, "As I asked before: Who of you can fetch it, please?").find("kim", "As I asked")
}

// What somebody wrote into the customer's conversation who takes no part there
// is no more the customer's than a note, though it stands beside it.
func TestPassagesOfStrangers(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", janeSaid)
	hers := w.says(dana, n, "We look into it.").find("jane", "We look")
	strange := w.says(vic, hers, vicSaid).to("dana") // Jane sent it on to the courier, who answers it
	if strange.ReplyTo.Name != "CUSTOMER Jane Doe #1" || !has(strange, "not taking part") {
		t.Fatalf("it was filed elsewhere: %q\n%s", strange.ReplyTo.Name, all(strange))
	}
	got := w.says(dana, n, "Dear Jane,\n\n"+vicSaid)
	got.none("jane")
	contains(t, got.only("dana: NOT")[0], "who takes no part")
}

// A text that a colleague approved was written to be sent.
// Nor are they had by one of them who is asked alone, unless they were sent on.
func TestPassagesOfTheOtherReader(t *testing.T) {
	for _, relayed := range []bool{false, true} {
		l := leaking(t)
		asked := l.says(dana, l.customer, "/side kim@customer.example, max@repairs.example\n\nWho of you can fetch it, please?")
		const said = "I can come by on Friday at noon with the small van, if somebody helps me to carry it down the stairs."
		n := l.says(max, asked.find("max", "Who of you"), said).to("dana")
		if relayed {
			l.says(dana, n, "/relay").find("kim", "small van")
			l.says(dana, l.customer, "/side kim@customer.example\n\nMax says: "+said).find("kim", "Max says")
			continue
		}
		l.held(h.Gmail().Reply(dana, l.customer, "/side kim@customer.example\n\nMax says: "+said), "small van")
	}
}

func TestApprovedTextMayGo(t *testing.T) {
	l := leaking(t)
	const draft = "We are sorry about the crack and will send you another kettle together with a voucher for ten euros tomorrow."
	asked := l.says(dana, l.customer, "/ask omar\n\n"+draft).to("omar")
	l.held(h.Gmail().Reply(dana, l.customer, draft), "a note of the team")
	l.post(l.click(omar, asked, "approve")).find("dana", "approved")
	l.says(dana, l.customer, draft).find("jane", "voucher")
}

// A picture of the quoted notice stays behind, also where a gateway took the
// HTML away that would tell it from a file; a phone's own photograph goes.
func TestPicturesOfAQuotationWithoutHTML(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side courier@vendor.example, max@repairs.example\n\nWhere is it?").find("vic", "Where is it?")
	d := h.Gmail().Reply(vic, asked, "Here, see the picture.")
	d.HTML = strings.Replace(d.HTML, "see the picture", `<img src="cid:p1">`, 1)
	d.Files = []h.File{{Name: "hall.png", Type: "image/png", ContentID: "p1", Data: []byte("\x89PNG the hall")}}
	n = w.post(d).to("dana")
	out := h.IPhone().Reply(dana, n, "Thank you, both.")
	out.HTML = ""
	out.Files = []h.File{{Name: "hall.png", Type: "image/png", ContentID: "q7", Data: d.Files[0].Data},
		{Name: "mine.png", Type: "image/png", ContentID: "q8", Data: []byte("\x89PNG my own")}}
	got := w.post(out).find("max", "Thank you")
	if len(got.Files) != 1 || got.Files[0].Name != "mine.png" {
		t.Errorf("the files are %+v", got.Files)
	}
}

// What is shared ends where a notice begins, also one of a ticket that this one
// knows nothing of.
func TestSharedTextEndsAtAFrame(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "Please look at this.\n\nThe agent sent me:\n\nYOUR REPLY GOES TO: Milo Vendor\nOpen, Omar's. Inside: 2 notes.")
	got := w.says(dana, n, "/side courier@vendor.example share all\n\nCan you help?").find("vic", "Please look at this.")
	lacks(t, got, "YOUR REPLY GOES TO", "Milo Vendor", "Inside: 2 notes")
}

// The receipt shows every passage that its release lets go, however many and
// wherever they stand.
func TestAReceiptShowsEveryPassage(t *testing.T) {
	l := leaking(t)
	m := l.held(h.Gmail().Reply(dana, l.customer, strings.Repeat("We looked into it with care and write to you as soon as we know more about it.\n\n", 30)+vicSaid+"\n\nAnd then:\n\n"+maxSaid),
		"driver dropped the parcel in Hall 4", "eleven euros including the screws")
	contains(t, m, "write a report about the damage", "one within two working days")
}

// A mail that was split off is still the vendor's where it came from, also when
// that ticket was closed and opened again.
func TestWordsThatWereSplitOff(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	const words = "Every machine of series seven has the fault and we will not repair any of them before January."
	back := w.says(vic, asked, words).to("dana")
	w.says(dana, back, "/split").find("dana", "was started with this mail")
	m := w.says(dana, n, words).only("dana: NOT SENT")[0]
	contains(t, m, "These words stand in the side conversation with")
	w.says(dana, m, "discard")
	w.says(dana, n, "/resolve")
	w.says(dana, n, "/open")
	w.says(dana, n, words).only("dana: NOT SENT")
}
