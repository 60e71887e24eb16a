package clients

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	. "aside/test/harness"
)

var (
	mia     = Who("Mia Berg", "mia@customer3.example")
	courier = Who("Courier GmbH", "business@courier.example")
)

// replay plays the trial again on a daemon of its own: the same tickets with
// the same numbers, so that the quoted frames are those that it sent.
type replay struct {
	*Daemon
	t *testing.T
}

func start(t *testing.T, changes ...func(*Config)) *replay {
	courier := func(c *Config) { c.Contacts = []Contact{{Name: "courier", Address: courier.Address}} }
	return &replay{t: t, Daemon: Start(t, append(changes, courier)...)}
}

var (
	ownToken   = regexp.MustCompile(`\+[a-z2-7]{40}@`)
	linkToken  = regexp.MustCompile(`%2[Bb][a-z2-7]{40}@`)
	ourID      = regexp.MustCompile(`\b(?:c[a-z2-7]{50,}|cs[a-z2-7]{38})@example\.com`)
	markerWord = regexp.MustCompile(`aside-[a-z2-7]{10}`)
	sideTag    = regexp.MustCompile(`#1-[a-z]{2}`)
	dateLine   = regexp.MustCompile(`(?m)^Date: .*$`)
)

// fixture is a recorded mail with the tokens, ids and marker of this daemon's
// notice in place of those of the trial.
func (r *replay) fixture(name string, notice *Mail) []byte {
	r.t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		r.t.Fatal(err)
	}
	text := string(raw)
	put := func(re *regexp.Regexp, with string) {
		if with != "" {
			text = re.ReplaceAllLiteralString(text, with)
		}
	}
	if notice != nil {
		put(ownToken, "+"+notice.Token()+"@")
		put(linkToken, linkToken.FindString(notice.HTML))
		put(ourID, notice.MessageID)
		put(markerWord, markerWord.FindString(notice.Text))
		put(sideTag, sideTag.FindString(notice.Subject))
	}
	if at := dateLine.FindStringIndex(text); at != nil {
		text = text[:at[0]] + "Date: " + time.Now().Format(time.RFC1123Z) + text[at[1]:]
	}
	return []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
}

// fromDana sends a fixture and returns what came to an address because of it.
func (r *replay) fromDana(name string, notice *Mail, rcpt, box string) []*Mail {
	r.t.Helper()
	return r.from(Dana, name, notice, rcpt, box)
}

func (r *replay) from(who Person, name string, answered *Mail, rcpt, box string) []*Mail {
	r.t.Helper()
	r.Settle()
	had := map[string]bool{}
	for _, m := range r.Mailbox(box) {
		had[m.File] = true
	}
	r.Send(who.Address, []string{rcpt}, r.fixture(name, answered))
	r.Settle()
	var out []*Mail
	for _, m := range r.Mailbox(box) {
		if !had[m.File] {
			out = append(out, m)
		}
	}
	return out
}

// answers sends a fixture in answer to a notice: exactly the new words reach
// the box, as the .want file has them.
func (r *replay) answers(name string, notice *Mail, box string) {
	r.answersTo(name, notice, notice.ReplyTo.Address, box)
}

func (r *replay) answersTo(name string, notice *Mail, rcpt, box string) {
	r.t.Helper()
	r.reach(name, r.fromDana(name, notice, rcpt, box), box)
}

// reach checks that one mail came to a box, with the words of the .want file.
func (r *replay) reach(name string, got []*Mail, box string) {
	r.t.Helper()
	if len(got) != 1 {
		r.t.Errorf("%s: %s got %d mails\n%s", name, box, len(got), Summary(got))
		return
	}
	want, err := os.ReadFile(filepath.Join("testdata", name+".want"))
	if err != nil {
		r.t.Fatal(err)
	}
	says := got[0].Words()
	if !strings.HasSuffix(box, "@example.com") {
		r.Clean(got[0])
		says = got[0].Says()
	}
	r.expect(name, says == strings.TrimSpace(string(want)), "%s heard\n%s\n-- instead of --\n%s", box, says, want)
}

// expect fails the test when a fixture does not come out right.
func (r *replay) expect(name string, right bool, format string, args ...any) {
	r.t.Helper()
	if !right {
		r.t.Errorf(name+": "+format, args...)
	}
}

// writesOn lets a customer or vendor answer the newest mail that they got, and
// returns Dana's notice of it.
func (r *replay) writesOn(who Person, text string) *Mail {
	r.t.Helper()
	r.Settle()
	box := r.Mailbox(who.Address)
	if len(box) == 0 {
		r.t.Fatalf("%s has nothing to answer", who.Name)
	}
	r.Answers(Neomutt(), who, box[len(box)-1], text)
	return r.Await(Dana.Address, "a notice of "+who.Name+"'s mail", Has(strings.TrimSpace(text[strings.LastIndex(text, "\n\n"):])+"\n\nYOUR REPLY"))
}

// threads reports whether all that the notices in a box refer to is in the box,
// so that a mail program puts them together.
func (r *replay) threads(box string) bool {
	r.t.Helper()
	has := map[string]bool{}
	mails := r.Mailbox(box)
	for _, m := range mails {
		has[m.MessageID] = true
	}
	for _, m := range mails {
		for _, id := range append(m.References, m.InReplyTo...) {
			if !has[id] {
				return false
			}
		}
	}
	return true
}

func TestNeomutt(t *testing.T) {
	t.Parallel()
	r := start(t)
	n := r.Opens(Jane, "Kettle arrived broken", "Hello,\n\nmy kettle arrived on Friday and the handle is broken. The box was fine from the outside, so I think that it happened before it was packed.\n\n"+
		"What shall I do with it? And when can I have a new one? My mother’s birthday is on Thursday.\n\nBest wishes\nJane")
	r.answers("neomutt-top", n, Jane.Address)
	n = r.writesOn(Jane, "Hello Dana,\n\nthank you! Two questions more:\n\nMust I send the broken one back?\n\nAnd who pays for the parcel, you or me?\n\nJane")
	r.answers("neomutt-bottom", n, Jane.Address)
	n = r.writesOn(Jane, "Fine. Last ones:\n\nWhat colour will the new one be?\n\nCan you send it to my mother directly? Her address is in Hamburg.\n\nJane, again")
	r.answers("neomutt-between", n, Jane.Address)
	r.answers("neomutt-note", n, Omar.Address)
	r.answers("neomutt-side", n, courier.Address)

	side := r.writesOn(courier, "Good day,\n\nyes, before eleven. That is EXPRESS and costs 12 EUR, which our price list for you has at 7 EUR in fact.\n\n"+
		"Your case number with us: CG-55120.\n\nKind regards\nCourier GmbH")
	note := r.Await(Omar.Address, "Dana's note", Has("@omar the mother"))
	r.Answers(Neomutt(), Omar, note, "@dana yes, ask them. But the last parcel to Hamburg was lost, so have it insured.")
	r.answers("neomutt-note-reply", r.Await(Dana.Address, "Omar's note", Has("have it insured")), Omar.Address)
	r.answers("neomutt-vendor", side, courier.Address)

	n = r.writesOn(Jane, "Her address: Anna Doe, Elbchaussee 12, 22765 Hamburg. She is at home in the morning only. Please tell me when it is on its way, and please make sure that nobody leaves it with the neighbours, "+
		"because they are away until Christmas.\n\nWill there be a card with it?\n\nJane, for the last time")
	r.answers("neomutt-flowed", n, Jane.Address)
	r.answersTo("neomutt-notice-address", n, "support+notice@example.com", Jane.Address)

	// Jane had it from Dana's own server: not a second time from the desk.
	if got := r.fromDana("neomutt-cc", n, n.ReplyTo.Address, Jane.Address); len(got) != 0 {
		t.Errorf("neomutt-cc: Jane got it twice\n%s", Summary(got))
	}
	n = r.Await(Dana.Address, "a new notice", Has("sent your last mail to jane@customer.example as well"))
	r.answers("neomutt-w3m", n, Jane.Address)
	r.expect("threads", r.threads(Dana.Address), "notices to Dana name mails that she never got")
	r.Silent(Jane.Address, "CG-55120", "insured", "EXPRESS", "first floor")
	r.Silent(courier.Address, "Elbchaussee", "insured", "first floor")
}

func TestThunderbird(t *testing.T) {
	t.Parallel()
	r := start(t)
	notices := r.toasters()
	for _, c := range []string{"html-top", "html-bottom", "html-between", "reply-all"} {
		r.answers("thunderbird-"+c, notices[c], mia.Address)
	}
}

// In text, Thunderbird's default settings mark the signature in no way: the
// config has it.
func TestThunderbirdsUnmarkedSignature(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) { c.Agents[0].Signatures = danasLines })
	notices := r.toasters()
	for _, c := range []string{"plain-top", "plain-between"} {
		r.answers("thunderbird-"+c, notices[c], mia.Address)
	}
}

// toasters opens the tickets of the trial with Thunderbird and gives Dana's
// notices of them.
func (r *replay) toasters() map[string]*Mail {
	r.t.Helper()
	// The trial's first two tickets were others.
	r.Opens(Jane, "Kettle", "It leaks, one.")
	r.Opens(Jane, "Kettle", "It leaks, two.")
	notices := map[string]*Mail{}
	for _, c := range []string{"html-top", "html-bottom", "html-between", "plain-top", "plain-between", "reply-all", "forward", "link"} {
		m := Write(mia, Support, "Toaster "+c, toaster(c))
		if c == "html-between" || c == "reply-all" {
			m.HTML = "<html><body><p>" + strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(toaster(c), "\n\n", "</p>\n<p>"), "\n", "<br>"), c, "<b>"+c+"</b>") + "</p></body></html>"
		}
		r.Post(m)
		notices[c] = r.Await(Dana.Address, "a notice of "+c, Has("my toaster "+c))
	}
	return notices
}

// The trial with Thunderbird, on another day.
func TestThunderbirdAgain(t *testing.T) {
	t.Parallel()
	r := start(t)
	notices := map[string]*Mail{}
	for _, c := range []string{"commands", "list", "between"} {
		r.Post(Write(mia, Support, "Toaster "+c, toaster(c)))
		notices[c] = r.Await(Dana.Address, "a notice of "+c, Has("my toaster "+c))
	}
	r.answers("thunderbird-commands", notices["commands"], courier.Address)
	r.answers("thunderbird-html-between-one", notices["between"], mia.Address)
	r.Silent(mia.Address, "bring back a toaster", "/side", "/tag")
}

func TestLinks(t *testing.T) {
	t.Parallel()
	r := start(t)
	n := r.Opens(mia, "Toaster link", "Toaster link.\n\n"+toaster("link"))
	token := linkToken.FindString(n.HTML)[len("%2B"):]
	atLink := *n // a link leads to the notes
	atLink.ReplyTo.Address = "support+" + token + "example.com"
	for name, want := range map[string]string{"neomutt-link": "Done: assigned to Dana.", "thunderbird-link": "Done: resolved."} {
		got := r.fromDana(name, &atLink, atLink.ReplyTo.Address, Dana.Address)
		if len(got) != 1 || !got[0].Leaks(want) {
			t.Errorf("%s: Dana got\n%s", name, Summary(got))
		}
	}
	r.Silent(mia.Address, "first floor", "/take", "/resolve")
}

// A vendor and the customer who hears them, each answering to all.
func TestContacts(t *testing.T) {
	t.Parallel()
	r := start(t)
	n := r.Opens(Jane, "Blue kettle", "Hello,\n\nis there a blue one, too?\n\nJane")
	r.Answers(Gmail(), Dana, n, "/side business@courier.example cc-customer subject \"Delivery to Hamburg\"\n\nHello both,\n\nwhen shall the kettle come?\n\nDana")
	asked := r.Await(courier.Address, "the question", Has("Hello both"))
	r.reach("neomutt-as-vendor", r.from(courier, "neomutt-as-vendor", asked, asked.ReplyTo.Address, Dana.Address), Dana.Address)
	got := r.from(Jane, "neomutt-as-customer", asked, asked.ReplyTo.Address, Dana.Address)
	r.reach("neomutt-as-customer", got, Dana.Address)
	for _, m := range got {
		if !strings.HasPrefix(m.From.Name, "Jane Doe") || !strings.HasPrefix(m.ReplyTo.Name, "CUSTOMER + SIDE ") {
			t.Errorf("Jane's mail with the vendor's token is from %q, cue %q", m.From.Name, m.ReplyTo.Name)
		}
	}
	r.Silent(Jane.Address, "The tariff")
	r.Silent(courier.Address, "not before nine")
}

func TestAttachedFile(t *testing.T) {
	t.Parallel()
	r := start(t)
	n := r.Opens(Jane, "Blue kettle", "Hello,\n\nis there a blue one, too?\n\nJane")
	r.answers("neomutt-attach", n, Jane.Address)
	got := r.Await(Jane.Address, "the picture", Has("see the picture"))
	if f := got.HasFile("blue.png"); f == nil || !bytes.HasPrefix(f.Data, []byte("\x89PNG")) {
		t.Errorf("the picture is not with it:\n%s", got.Raw)
	}
}

func toaster(c string) string {
	return "Hello,\n\nmy toaster " + c + " throws the bread across the kitchen. It does so since Monday; before that it was the best one that I ever had, and my children loved it.\n\n" +
		"Is there a way to make it gentler?\n\nAnd do you sell the crumb tray alone? Mine fell out of the window when I shook it, and the neighbour drove over it.\n\nBest wishes\nMia"
}

// Thunderbird names the forwarded mail in In-Reply-To: what stands above a
// forward is no answer to it.
func TestForwardOfANoticeIsNoAnswer(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.Post(Write(mia, Support, "Toaster forward", toaster("forward")))
	n := r.Await(Dana.Address, "a notice", Has("my toaster forward"))
	got := r.fromDana("thunderbird-forward-notice", n, Support, mia.Address)
	r.expect("thunderbird-forward-notice", len(got) == 0, "Mia heard what was written above a forward:\n%s", Summary(got))
}

// A customer's mail that came to an agent is forwarded to the desk: once the
// agent has said that it was them, it is that customer's ticket.
func TestForwardedCustomer(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"neomutt-forward-attached", "neomutt-forward-customer"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			r.fromDana(name, nil, Support, Dana.Address)
			ask := r.Await(Dana.Address, "a code", Has("/confirm "))
			code := regexp.MustCompile(`/confirm [A-Z0-9]+`).FindString(ask.Text)
			r.Answers(Neomutt(), Dana, ask, code)
			r.Settle()
			right := false
			for _, n := range r.Mailbox(Omar.Address) {
				right = right || n.ReplyTo.Name == "CUSTOMER Ben Ode #1" && n.Leaks("invoice 4711 has the wrong VAT number") && !n.Leaks("VAT number changed in October")
			}
			r.expect(name, right, "Omar got\n%s", Summary(r.Mailbox(Omar.Address)))
		})
	}
}
