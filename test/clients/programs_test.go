package clients

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	. "aside/test/harness"
)

// knownCases names, without the language, what is not read as it should be, and
// why it may stay so.
var knownCases = map[string]string{}

// answer is one of the programs' answers: a ticket of its own, in which
// everybody writes with that program.
type answer struct {
	Program
	form     Form
	place    Place
	language string
	number   int // of the case, and of the ticket
	customer Person
	vendor   Person
}

func (a *answer) name() string { return a.group() + ", " + a.language }

// group is the case in any language.
func (a *answer) group() string { return fmt.Sprintf("%s, %s, %s", a.Name, a.form, a.place) }

// answers are all programs in all their forms, places and languages.
func answers() []*answer {
	var out []*answer
	for _, p := range Programs() {
		for _, f := range p.Forms {
			for _, place := range []Place{Above, Below, Between} {
				languages := p.Languages
				if testing.Short() {
					languages = languages[:1]
				}
				for _, language := range languages {
					n := len(out) + 1
					out = append(out, &answer{Program: p, form: f, place: place, language: language, number: n,
						customer: Who("Jürgen Weiß", fmt.Sprintf("c%d@customer.example", n)), vendor: Who("Courier GmbH", fmt.Sprintf("v%d@vendor.example", n))})
				}
			}
		}
	}
	return out
}

// vocabulary are words of a language, of which sentences are made: no two say
// the same, so that none is known from elsewhere.
var vocabulary = map[string]string{
	"en": "we can send you another one on Monday if that’s soon enough for your guests and nobody minds the colour which is rather bright this year but friendly people like it more than green or plain white things",
	"de": "wir können Ihnen gern am Montag größere schicken wenn das für die Gäste früh genug wäre und niemand über Farben klagt weil sie heuer etwas heller ausfallen aber schöner als grüne oder weiße Stücke aussehen",
	"fr": "nous pouvons vous envoyer un autre lundi si c’est assez tôt pour vos invités et que personne ne déteste la couleur plutôt très vive cette année mais plus gaie à côté des modèles blancs où rien ne brille",
	"es": "podemos enviarle otro el lunes si así llega bastante pronto para sus invitados y nadie odia el color que este año sale más vivo pero también mañana habrá señales de modelos blancos con menos brillo según dicen",
	"it": "possiamo mandarle un altro lunedì se così arriva abbastanza presto per gli ospiti e nessuno odia il colore che quest’anno è più vivo però anche domani ci saranno modelli bianchi con meno luce già perché piacciono",
	"pl": "możemy wysłać państwu inny w poniedziałek jeśli to dość wcześnie dla gości i nikt nie narzeka na kolor który w tym roku jest żywszy ale także jutro będą białe modele mniej błyszczące niż zwykle bywają",
	"ja": "月曜日に 別の商品を お送りします お客様には 十分に早いと 存じますが 色については 今年は 明るいものが 多くなって おります 白いものも 明日から ご用意 できますので どうぞ ご安心ください また 届く前日に お電話を いたします",
}

// sentence is a random one of a number of words.
func sentence(language string, words int, rng *rand.Rand) string {
	all := strings.Fields(vocabulary[language])
	var out []string
	for range words {
		out = append(out, all[rng.IntN(len(all))])
	}
	if language == "ja" {
		return strings.Join(out, "")
	}
	first, size := utf8.DecodeRuneInString(out[0])
	return string(unicode.ToUpper(first)) + out[0][size:] + " " + strings.Join(out[1:], " ")
}

// texts are paragraphs in a language, each with a word of its own.
func texts(language string, number int, kind string) []string {
	rng := rand.New(rand.NewPCG(uint64(number), uint64(len(kind))*1000+uint64(kind[0])))
	end := "."
	if language == "ja" {
		end = "。"
	}
	var out []string
	for i, n := range []int{11, 27, 5} {
		out = append(out, sentence(language, n, rng)+fmt.Sprintf(" (%s%dx%d)", kind, number, i)+end)
	}
	return out
}

// asked are the paragraphs of a customer's or vendor's first mail.
func asked(number int, kind string) []string {
	return []string{fmt.Sprintf("Hello, this is about the kettle of %s%dx0, which you sent in May.", kind, number),
		fmt.Sprintf("Its handle broke on Friday, when nobody was near it. What shall I do with the pieces that are left of %s%dx1?", kind, number),
		fmt.Sprintf("And can the new one be red? The last was green, and %s%dx2 does not go with the wall.", kind, number),
		fmt.Sprintf("Yours faithfully, the people of %s%dx3", kind, number)}
}

var (
	danasLines   = []string{"Dana Reyes", "Example GmbH, first floor", "+49 30 1234"}
	undashed     = []string{"D. Reyes | Example GmbH", "+49 30 4321 direct"}
	othersLines  = []string{"Friends of the Sea Ltd", "12 Harbour Lane"}
	numbered     = regexp.MustCompile(`\[#(\d+)`)
	inHolds      = regexp.MustCompile(`^(?:STILL )?NOT (?:SENT|DONE)`)
	bodyRow      = regexp.MustCompile(`(?m)^>.*$`)
	deskLastLine = "Example Support, Mon-Fri 9-17"
)

// trial is all answers on one daemon.
type trial struct {
	*Daemon
	t     *testing.T
	cases []*answer
	bad   map[string][]string
	held  int // mails that wait, as they must
}

// letter is what somebody writes in a case. The parts between quoted
// paragraphs are the first two.
func (a *answer) letter(from Person, m *Mail, kind string, after []string, signature []string, commands ...string) *Letter {
	l := &Letter{From: from, To: m.ReplyTo, Answered: m, Commands: commands, Parts: texts(a.language, a.number, kind), Place: a.place, Language: a.language,
		Signature: signature, At: time.Now()}
	if l.To.Address == "" {
		l.To = m.From
	}
	if a.place == Between {
		l.Parts, l.After = l.Parts[:2], after[1:3]
	}
	return l
}

// post sends a letter to the desk.
func (tr *trial) post(a *answer, l *Letter) {
	tr.t.Helper()
	defer func() {
		if why := recover(); why != nil {
			tr.fail(a, "writing", "%v", why)
		}
	}()
	raw := a.Write(l, a.form)
	if dir := os.Getenv("ASIDE_PROGRAMS"); dir != "" {
		name := strings.NewReplacer(" ", "-", ",", "", "/", "-").Replace(a.name())
		if err := os.WriteFile(fmt.Sprintf("%s/%s-%s.eml", dir, name, l.Parts[0][strings.LastIndexByte(l.Parts[0], '(')+1:][:6]), raw, 0o600); err != nil {
			tr.t.Fatal(err)
		}
	}
	tr.Send(l.From.Address, []string{l.To.Address}, raw)
}

// newest finds the newest mail of each box or ticket that has a word.
func newest(mails []*Mail, is func(*Mail) bool) *Mail {
	var out *Mail
	for _, m := range mails {
		if is(m) && (out == nil || m.File > out.File) {
			out = m
		}
	}
	return out
}

// fail notes what went wrong in a case.
func (tr *trial) fail(a *answer, step, format string, args ...any) {
	tr.bad[a.name()] = append(tr.bad[a.name()], step+": "+fmt.Sprintf(format, args...))
}

// heard checks a mail that somebody outside got: the letter's words in reading
// order and nothing else, in its text and in its HTML. Rows that are marked as
// quoted may only be those that the letter answers between, and only where
// they were heard before.
func (tr *trial) heard(a *answer, step string, m *Mail, l *Letter, mayQuote []string) {
	if m == nil {
		held := newest(tr.Mailbox(Dana.Address), func(n *Mail) bool {
			return inHolds.MatchString(n.Subject) && strings.Contains(n.Text, firstWord(l))
		})
		why := "nothing came"
		if held != nil {
			why = "held: " + strings.Join(strings.Fields(held.Text), " ")
			// Between another conversation's words, without a mark, nobody
			// can say what is whose.
			if mayQuote == nil && a.place == Between && held.Leaks("quoted from another") {
				tr.held++
				return
			}
		}
		tr.fail(a, step, "%s", why)
		return
	}
	want := strings.Join(l.Typed(), " ")
	says := m.Says()
	if got := strings.Join(strings.Fields(bodyRow.ReplaceAllString(says, "")), " "); got != want {
		tr.fail(a, step, "the text says\n%s\n-- instead of --\n%s", says, want)
	}
	for _, row := range bodyRow.FindAllString(says, -1) {
		if !quotes(mayQuote, row) {
			tr.fail(a, step, "the text quotes %q", row)
		}
	}
	visible, quoted := shownWords(m.HTML)
	if m.HTML != "" && visible != want {
		tr.fail(a, step, "the HTML says\n%s\n-- instead of --\n%s", visible, want)
	}
	if m.HTML != "" && !quotes(mayQuote, quoted) {
		tr.fail(a, step, "the HTML quotes %q", quoted)
	}
}

// firstWord is a word that only this letter has.
func firstWord(l *Letter) string {
	words := l.Typed()
	for _, w := range words {
		if strings.ContainsAny(w, "0123456789") {
			return strings.Trim(w, "().。")
		}
	}
	return words[0]
}

// quotes reports whether every word of a quotation stands in what may be
// quoted.
func quotes(may []string, text string) bool {
	heard := map[string]bool{}
	for _, w := range strings.Fields(strings.Join(may, " ")) {
		heard[w] = true
	}
	for _, w := range strings.Fields(strings.ReplaceAll(text, ">", " ")) {
		if !heard[w] && strings.Trim(w, "-") != "" {
			return false
		}
	}
	return true
}

// shownWords are the words of HTML that we sent, those of quotations apart and
// the desk's signature left out.
func shownWords(page string) (fresh, quoted string) {
	if page == "" {
		return "", ""
	}
	root := body(page)
	var cites []*html.Node
	each(root, func(n *html.Node) {
		if n.DataAtom == atom.Blockquote {
			cites = append(cites, n)
		}
	})
	for _, n := range cites {
		if n.Parent != nil {
			quoted += " " + spacedWords(n)
			n.Parent.RemoveChild(n)
		}
	}
	fresh = strings.TrimSuffix(spacedWords(root), deskLastLine)
	return strings.TrimSpace(fresh), strings.TrimSpace(quoted)
}

// spacedWords is a node's text with a blank between blocks.
func spacedWords(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.DataAtom == atom.Br || isBlock(n) {
			b.WriteByte(' ')
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// adverts are the lines that telephones add below what their owners write.
var adverts = regexp.MustCompile(`Sent from my iPhone|Von meinem iPhone gesendet|Inviato da iPhone|` +
	`(?:Get Outlook for (?:iOS|Android)|Outlook für iOS|Télécharger Outlook pour Android)(?: ?<[^>]*>)?(?: beziehen)?`)

// sees checks what an agent is shown of a contact's letter: its words, and
// perhaps the contact's signature.
func (tr *trial) sees(a *answer, step string, n *Mail, l *Letter) {
	if n == nil {
		tr.fail(a, step, "no notice")
		return
	}
	want := strings.Join(l.Typed(), " ")
	got := strings.Join(strings.Fields(bodyRow.ReplaceAllString(n.Words(), "")), " ")
	for _, line := range append(append([]string{}, l.Signature...), "-- ", "--") {
		got = strings.TrimSpace(strings.Replace(got, strings.TrimSpace(line), "", 1))
	}
	got = adverts.ReplaceAllString(got, "")
	got = strings.Join(strings.Fields(got), " ")
	if got != want {
		tr.fail(a, step, "the notice says\n%s\n-- instead of --\n%s", n.Words(), want)
	}
}

// byTicket are the newest mails of a box by the ticket in their subject.
func byTicket(mails []*Mail, is func(*Mail) bool) map[string]*Mail {
	out := map[string]*Mail{}
	for _, m := range mails {
		if n := numbered.FindStringSubmatch(m.Subject); n != nil && is(m) {
			if had := out[n[1]]; had == nil || m.File > had.File {
				out[n[1]] = m
			}
		}
	}
	return out
}

// signatureOf is the signature that Dana has set in a program. One that it
// does not mark is in the config.
func (a *answer) signatureOf() []string {
	if a.Marks && !(a.Name == "Apple Mail" && a.form == InText) {
		return danasLines
	}
	return undashed
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	tr := &trial{t: t, cases: answers(), bad: map[string][]string{}, Daemon: Start(t, func(c *Config) {
		c.Desks[0].NoAcknowledge = true
		c.Agents[0].Signatures = undashed
	})}
	tr.customers()
	tr.contacts()
	tr.vendors()
	tr.report()
}

// customers: they write, and Dana answers the notice.
func (tr *trial) customers() {
	for _, a := range tr.cases {
		tr.Post(Write(a.customer, Support, fmt.Sprintf("Kettle %d", a.number), strings.Join(asked(a.number, "kettle"), "\n\n")))
	}
	tr.Settle()
	notices := byTicket(tr.Mailbox(Dana.Address), func(*Mail) bool { return true })
	letters := map[*answer]*Letter{}
	for _, a := range tr.cases {
		l := a.letter(Dana, notices[fmt.Sprint(a.number)], "reply", asked(a.number, "kettle"), a.signatureOf())
		letters[a] = l
		tr.post(a, l)
	}
	tr.Settle()
	for _, a := range tr.cases {
		m := newest(tr.Mailbox(a.customer.Address), func(*Mail) bool { return true })
		tr.heard(a, "reply to a customer", m, letters[a], asked(a.number, "kettle"))
	}
}

// contacts: the customer answers our mail, with the same program.
func (tr *trial) contacts() {
	for _, a := range tr.cases {
		if len(tr.bad[a.name()]) > 0 {
			n := byTicket(tr.Mailbox(Dana.Address), func(m *Mail) bool { return strings.Contains(m.Text, "YOUR REPLY") })[fmt.Sprint(a.number)]
			tr.Answers(Gmail(), Dana, n, "We look into it.\n\nIt may take a while.\n\nPlease wait.")
		}
	}
	tr.Settle()
	letters := map[*answer]*Letter{}
	for _, a := range tr.cases {
		m := newest(tr.Mailbox(a.customer.Address), func(*Mail) bool { return true })
		after := []string{""}
		if m != nil {
			after = append(after, paragraphs(m, 2)...)
		}
		if len(after) < 3 {
			tr.fail(a, "a customer's reply", "the customer was never answered")
			continue
		}
		l := a.letter(a.customer, m, "more", after, othersLines)
		letters[a] = l
		tr.post(a, l)
	}
	tr.Settle()
	notices := byTicket(tr.Mailbox(Dana.Address), func(m *Mail) bool { return !inHolds.MatchString(m.Subject) })
	for _, a := range tr.cases {
		if letters[a] != nil {
			tr.sees(a, "a customer's reply", notices[fmt.Sprint(a.number)], letters[a])
		}
	}
}

// paragraphs are the first n paragraphs that a mail from us says.
func paragraphs(m *Mail, n int) []string {
	var out []string
	for _, p := range strings.Split(bodyRow.ReplaceAllString(m.Says(), ""), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" && len(out) < n {
			out = append(out, p)
		}
	}
	return out
}

// vendors: Dana asks one, who answers with the program; she answers that, and
// then writes to the customer in answer to it.
func (tr *trial) vendors() {
	notices := byTicket(tr.Mailbox(Dana.Address), func(m *Mail) bool { return !inHolds.MatchString(m.Subject) })
	for _, a := range tr.cases {
		tr.Answers(Gmail(), Dana, notices[fmt.Sprint(a.number)], fmt.Sprintf("/side %s subject Delivery\n\nWhere is parcel %d?\n\nAnd who has signed for parcel %d?\n\nDana", a.vendor.Address, a.number, a.number))
	}
	tr.Settle()
	letters := map[*answer]*Letter{}
	for _, a := range tr.cases {
		m := newest(tr.Mailbox(a.vendor.Address), func(*Mail) bool { return true })
		if m == nil {
			tr.fail(a, "a vendor's reply", "the vendor was never asked")
			continue
		}
		after := []string{"", fmt.Sprintf("Where is parcel %d?", a.number), fmt.Sprintf("And who has signed for parcel %d?", a.number)}
		l := a.letter(a.vendor, m, "vendor", after, othersLines)
		letters[a] = l
		tr.post(a, l)
	}
	tr.Settle()
	sides := byTicket(tr.Mailbox(Dana.Address), func(m *Mail) bool { return strings.HasPrefix(m.ReplyTo.Name, "SIDE") })
	fromSide := map[*answer][2]*Letter{}
	for _, a := range tr.cases {
		if letters[a] == nil {
			continue
		}
		n := sides[fmt.Sprint(a.number)]
		tr.sees(a, "a vendor's reply", n, letters[a])
		if n == nil {
			continue
		}
		said := append([]string{""}, letters[a].Parts[:2]...)
		toVendor := a.letter(Dana, n, "tovendor", said, a.signatureOf())
		toCustomer := a.letter(Dana, n, "tocustomer", said, a.signatureOf(), "/reply")
		fromSide[a] = [2]*Letter{toVendor, toCustomer}
		tr.post(a, toVendor)
		tr.post(a, toCustomer)
	}
	tr.Settle()
	for _, a := range tr.cases {
		if _, ok := fromSide[a]; !ok {
			continue
		}
		for i, box := range []string{a.vendor.Address, a.customer.Address} {
			l := fromSide[a][i]
			m := newest(tr.Mailbox(box), func(m *Mail) bool { return strings.Contains(m.Text, firstWord(l)) })
			step, may := "reply to a vendor", slices.Concat(letters[a].Parts, letters[a].After, letters[a].Signature)
			if i == 1 {
				step, may = "/reply from a side notice", nil
			}
			tr.heard(a, step, m, l, may)
		}
	}
}

// report checks that nothing of the inside ever left, and tells what came out
// wrong.
func (tr *trial) report() {
	for _, a := range tr.cases {
		for _, box := range []string{a.customer.Address, a.vendor.Address} {
			for _, m := range tr.Mailbox(box) {
				tr.clean(a, m)
			}
		}
	}
	wrong, open := 0, map[string]bool{}
	for _, a := range tr.cases {
		bad := tr.bad[a.name()]
		if len(bad) == 0 {
			continue
		}
		wrong++
		open[a.group()] = true
		if why := knownCases[a.group()]; why != "" {
			tr.t.Logf("known, %s: case %d: %s:\n%s", why, a.number, a.name(), strings.Join(bad, "\n"))
			continue
		}
		tr.t.Errorf("case %d: %s:\n%s", a.number, a.name(), strings.Join(bad, "\n"))
	}
	for group := range knownCases {
		if !open[group] && !testing.Short() {
			tr.t.Errorf("%s comes out right now: strike it off knownCases", group)
		}
	}
	tr.t.Logf("%d cases of %d programs, each in 5 places of a ticket: %d not right, %d mails held", len(tr.cases), len(Programs()), wrong, tr.held)
}

// inside are words of the team's that never leave.
var inside = []string{"YOUR REPLY", "Resolve |", "TEAM ONLY", "support+notice", "@example.com?subject", "as-card", "as-marker"}

// agentsAddress is one of them, and no Message-ID that happens to end so.
var agentsAddress = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])(?:dana|omar|eve)@example\.com`)

// clean fails the test when a mail to somebody outside shows anything of the
// inside or of the other side. The agent's signature is a blemish of the case.
func (tr *trial) clean(a *answer, m *Mail) {
	words := append([]string{}, inside...)
	if m.DeliveredTo == a.customer.Address {
		words = append(words, "vendor", "parcel")
	} else {
		words = append(words, "kettle", "@customer.example", "tocustomer")
	}
	if w := m.Markers(); len(w) > 0 {
		tr.t.Errorf("%s: markers %v left in\n%s", a.name(), w, m.Raw)
	}
	if w := agentsAddress.FindString(m.Everything()); w != "" {
		words = append(words, w)
	}
	for _, w := range words {
		if m.Leaks(w) {
			tr.t.Errorf("%s: %q left in a mail to %s:\n%s", a.name(), w, m.DeliveredTo, m.Raw)
		}
	}
	for _, w := range append(append([]string{}, danasLines[1:]...), undashed...) {
		if m.Leaks(w) {
			tr.fail(a, "signature", "%q left in “%s”", w, m.Subject)
		}
	}
}
