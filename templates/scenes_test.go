package templates

import (
	"testing"
	"time"

	"aside"
)

// scene is one mail as somebody would get it.
type scene struct {
	name, about string
	subject     string
	mail        Words
}

var (
	deskKey = Key{Desk: "support@example.com", Language: "en"}
	noon    = time.Date(2026, 11, 21, 12, 5, 0, 0, time.UTC)
)

func mailto(command string) string {
	return "mailto:support+q7k2m4x9w3@example.com?subject=%5B%231042%20team%5D&body=" + command + "%0A--%0A"
}

func noticeLinks() []Link {
	return []Link{{"Resolve", mailto("/resolve")}, {"Snooze", mailto("/snooze")}, {"Take", mailto("/take")},
		{"Note", mailto("")}, {"Ask someone", mailto("/side%20")}, {"Spam", mailto("/spam")}}
}

func customerFrame() Frame {
	return Frame{Audience: aside.Customer, Hear: []string{"Jane Doe"}, Ticket: 1042,
		NotHear: []NotHearing{{By: "Jane", Address: "k.lind@law.example", AddLink: mailto("/add%20k.lind@law.example")}},
		Facts: []string{"Open, Omar's.", "Answer due 11:40.", "Her third mail today.",
			"Inside: 1 side, overdue; 2 notes.", "Also open: #1038 Refund"},
		Links: noticeLinks(), Marker: "aside-k3f9q2m7xd"}
}

func notesFrame() Frame {
	return Frame{Audience: aside.Notes, Facts: []string{"Open, Omar's.", "Answer due 11:40."},
		Links: noticeLinks(), Ticket: 1042, Marker: "aside-w8d4n6c2hz"}
}

// stage renders scenes with one set and fails the test on any error.
type stage struct {
	t   *testing.T
	set *Set
	all []scene
}

func (s *stage) notice(name, about, subject string, words Words, err error, f Frame) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	frame, err := s.set.Frame(deskKey, f)
	if err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	s.all = append(s.all, scene{name, about, subject, Assemble(words, frame)})
}

func (s *stage) mail(name, about string, m Mail, err error, f Frame) {
	s.t.Helper()
	s.notice(name, about, m.Subject, m.Words, err, f)
}

func scenes(t *testing.T) []scene {
	t.Helper()
	set, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, set: set}
	messageScenes(s)
	teamScenes(s)
	listScenes(s)
	contactScenes(s)
	return s.all
}

func messageScenes(s *stage) {
	words := Said(FromText("Nine days and nobody has called. Please just send a new one. [photo.jpg]"))
	s.notice("customer", "a customer's mail with somebody copied, as the design shows it",
		"[#1042] Kettle arrived broken", words, nil, customerFrame())

	f := customerFrame()
	f.NotHear = nil
	f.Hear = []string{"Jane Doe", "Doe, Richard", "Katarina Lindström-Oyelaran", "accounts@a-rather-long-domain-name.example"}
	f.Facts = nil
	f.Status, f.Owner, f.Due, f.Mails = "open", "Omar", "11:40", "Her third mail today."
	f.Links = append(f.Links, Link{"Relay", mailto("/relay")})
	f.WhoHas, f.RelayLink = "Not sent on to: Doe, Richard; Katarina Lindström-Oyelaran (Relay)", mailto("/relay")
	s.notice("many", "four people hear a reply, the facts come as fields, the mail can be relayed",
		"[#1042] Kettle arrived broken", words, nil, f)

	f = customerFrame()
	f.NotHear, f.Unproven, f.Stranger = nil, "Sender not verified: jane@example.org", "mallory@elsewhere.example"
	s.notice("stranger", "a mail that nothing proved, by somebody who is not the holder of the reply address",
		"[#1042] Kettle arrived broken", words, nil, f)

	f = Frame{Audience: aside.Side, Hear: []string{"Courier GmbH"}, Ticket: 1042, Tag: "kx",
		Facts: []string{"Open, Omar's.", "Side answer due Mon 9:00."}, Links: noticeLinks(), Marker: "aside-p5t7r3v9ka"}
	side := Said(Words{Text: "Parcel was handed to a neighbour at no. 14.\n\nRegards\nCourier GmbH",
		HTML: "<p>Parcel was handed to a neighbour at <b>no. 14</b>.</p><p>Regards<br>Courier GmbH"})
	s.notice("side", "a vendor's answer, its HTML left open", "[#1042-kx] Delivery of 12 November", side, nil, f)
	f.CustomerCopied, f.Customer, f.Hear = true, "Jane Doe", []string{"Courier GmbH", "Jane Doe"}
	s.notice("side-copied", "a vendor's answer where the customer is copied", "[#1042-kx] Delivery of 12 November", side, nil, f)

	s.notice("note", "a colleague's note", "[#1042 team] Kettle arrived broken",
		Said(FromText("@omar we sent two of these to the same street last week. Refund and be done?")), nil, notesFrame())
}

func teamScenes(s *stage) {
	receipt, err := s.set.Receipt(deskKey, Receipt{Done: []string{"assigned to Omar", "tagged billing"}})
	s.mail("receipt", "the line that answers commands", receipt, err, notesFrame())

	hold := Hold{To: []string{"Jane Doe"}, Ticket: 1042, Number: "H7",
		Reasons: []Reason{{Line: "/assing omar", Why: "There is no command /assing.", Meant: "/assign omar"}},
		Passage: "Hello Jane,\n\na new kettle leaves today.\n\n/assing omar", Answers: []string{"send", "note", "discard"},
		AnswerLinks: []Link{{"send", mailto("send")}, {"note", mailto("note")}, {"discard", mailto("discard")}}}
	held, err := s.set.Hold(deskKey, hold)
	deciding := notesFrame()
	deciding.Deciding = true
	s.mail("hold", "a reply held for a misspelled command", held, err, deciding)

	leak := Hold{To: []string{"Jane Doe", "K. Lind"}, Ticket: 1042, Number: "H8", Waited: "2 hours", Writer: "Dana",
		Reasons: []Reason{{Line: "we sent two of these to the same street last week",
			Why: "These words stand in a note of the team."}}, Answers: []string{"send notes", "note", "discard"}}
	held, err = s.set.Hold(deskKey, leak)
	s.mail("hold-recall", "the assignee is reminded of a colleague's hold with a note's words", held, err, deciding)

	code, err := s.set.Code(deskKey, Code{Desk: "Example Support", Mails: []HeldMail{
		{Subject: "Re: [#1042] Kettle arrived broken", FirstLines: "Hello Jane,\n\na new kettle leaves today.", Code: "407-193", At: noon},
		{Subject: "Refund for #1038", FirstLines: "/resolve", Code: "882-510", At: noon.Add(4 * time.Minute)}}})
	s.mail("code", "two mails in the agent's name that nothing proved", code, err, Frame{Marker: "aside-b2g6j8s4ye"})

	event, err := s.set.Event(deskKey, Event{Lines: []string{"Dana assigned this ticket to you.",
		"Courier GmbH has not answered since Tuesday: the side conversation is overdue."}})
	s.notice("event", "two things that happened", "[#1042 team] Kettle arrived broken", event, err, notesFrame())

	ask, err := s.set.Ask(deskKey, Ask{Who: "Omar", Text: "Refund 49 EUR to Jane Doe, and she keeps the kettle?",
		ApproveURL: mailto("/approve%20A3"), DeclineURL: mailto("/decline%20A3")})
	s.notice("ask", "a decision wanted", "[#1042 team] Kettle arrived broken", ask, err, notesFrame())
}

func listScenes(s *stage) {
	commands := Frame{Marker: "aside-m4z8x2f6qn"}
	list, err := s.set.List(deskKey, List{Title: "Tickets not resolved", More: true, Tickets: []ListItem{
		{Number: 1042, Subject: "Kettle arrived broken", Who: "Jane Doe", Status: "open", Owner: "Omar",
			Due: "overdue since 11:40", Inside: "1 side, overdue; 2 notes", Late: true},
		{Number: 1045, Subject: "Invoice 7731 has the wrong address", Who: "accounts@bakery.example", Status: "open", Due: "due 16:00"},
		{Number: 1038, Subject: "Refund", Who: "Jane Doe", Status: "snoozed until Mon 9:00", Owner: "Dana"}}})
	s.mail("list", "open tickets", list, err, commands)

	show, err := s.set.Show(deskKey, Show{Ticket: 1042, Subject: "Kettle arrived broken", Earlier: 3, Now: noon,
		Facts: []string{"Open, Omar's.", "From Jane Doe <jane@example.org>.", "Answer due 11:40."},
		Entries: []Entry{
			{At: noon.Add(-3 * time.Hour), Who: "Jane Doe", Kind: aside.Customer, Files: []string{"photo.jpg"},
				Text: "Nine days and nobody has called.\nPlease just send a new one."},
			{At: noon.Add(-2 * time.Hour), Text: "Dana assigned it to Omar."},
			{At: noon.Add(-90 * time.Minute), Who: "Omar", Kind: aside.Side, Sent: true, With: "Courier GmbH", Subject: "Delivery of 12 November",
				Text: "Where was this one left?"},
			{At: noon.Add(-80 * time.Minute), Who: "Omar", Kind: aside.Customer, Sent: true, Stopped: true, Text: "Hello Bob."},
			{At: noon.Add(-time.Hour), Who: "Dana", Kind: aside.Notes, Text: "@omar we sent two of these to the same street last week."}}})
	s.mail("show", "a ticket as it stands", show, err, notesFrame())

	search, err := s.set.Search(deskKey, Search{Query: "kettle street", Now: noon, Hits: []Hit{
		{Ticket: 1042, Subject: "Kettle arrived broken", Who: "Dana", Kind: aside.Notes, At: noon,
			Snippet: "… two of these to the same street last week. Refund and be done?"}}})
	s.mail("search", "what was found", search, err, commands)

	behind, err := s.set.Search(deskKey, Search{Query: "kettle street", Behind: true})
	s.mail("search_behind", "nothing found, while older mail is indexed", behind, err, commands)

	why, err := s.set.Why(deskKey, Why{Ticket: 1042, Now: noon, Placements: []Placement{
		{At: noon, From: "Jane Doe", Subject: "Kettle arrived broken", Placed: "Customer conversation of #1042",
			Reason:   "It answers a mail of this conversation (In-Reply-To), and Jane takes part in it.",
			Passed:   []string{"No recipient carries a signed address."},
			Verified: "Sender verified (DMARC)."}}})
	s.mail("why", "why a mail stands where it stands", why, err, commands)

	help, err := s.set.Help(deskKey, Help{Commands: []Command{
		{Group: "Who hears it", Usage: "/note", Does: "this text stays in the team"},
		{Usage: "/side WHO[, WHO…] [due WHEN]", Does: "opens a side conversation with this text"},
		{Group: "The ticket", Usage: "/assign [me|HANDLE|TEAM|none]", Does: "says whose it is"}}})
	s.mail("help", "some commands", help, err, commands)
}

func contactScenes(s *stage) {
	ack, err := s.set.Acknowledgement(Key{Desk: "support@example.com", Language: "de-AT"},
		Acknowledgement{Name: "Jane Doe", Desk: "Example Support", Subject: "Wasserkocher defekt", Answering: "Re: Wasserkocher defekt"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.all = append(s.all, scene{"ack-de", "an acknowledgement in German, with the desk's signature", ack.Subject,
		External(Signed(ack.Words, "Example Support\nMo-Fr 9-17"))})
	share, err := s.set.Share(deskKey, Share{Messages: []Shared{{Name: "Jane Doe", At: noon, Text: "Nine days and nobody has called."},
		{At: noon, Text: "Please just send\na new one."}}})
	if err != nil {
		s.t.Fatal(err)
	}
	words := FromText("Hello,\n\nwhere was this parcel left?")
	words = Words{Text: words.Text + "\n\n" + share.Text, HTML: words.HTML + "\n" + share.HTML}
	s.all = append(s.all, scene{"share", "a side conversation's first mail, sharing two of the customer's messages",
		"Delivery of 12 November", External(Signed(words, "Example Support"))})
}
