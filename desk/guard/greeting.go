package guard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"aside"
	"aside/desk/naming"
)

// greeting is what begins by greeting somebody who is in another conversation
// of the ticket, or in the team, and not in this one: the words of one letter in
// another's envelope.
func (m *Mail) greeting() []Finding {
	line := greetingLine(m.Reading.Text)
	if line == "" || m.View == nil {
		return nil
	}
	here := newNames()
	for _, p := range m.View.Participants {
		if slices.Contains(m.Hearers, p.Address) || m.To != nil && p.Conversation == m.To.ID && p.Until.IsZero() {
			here.add(m.View.Name(p), p.Address)
		}
	}
	for _, n := range m.Named {
		here.add(n.Name, n.Address)
	}
	if m.NewAudience {
		here.add(m.View.Ticket.RequesterName, m.View.Ticket.Requester)
	}
	greeted := greetedWords(line)
	if here.any(line, greeted) || m.saidByHearers(greeted) {
		return nil
	}
	for _, other := range m.others() {
		names := newNames()
		names.add(other.Name, other.Address)
		if names.any(line, greeted) {
			return []Finding{found("greeting "+other.Address, line, fmt.Sprintf("You greet %s, who would not get this.", naming.Inside(m.Dir, other.Name, other.Address)))}
		}
	}
	return nil
}

// others are the people of the ticket who would not hear the mail: contacts of
// its other conversations, and colleagues.
func (m *Mail) others() []aside.Address {
	var out []aside.Address
	for _, p := range m.View.Participants {
		if !slices.Contains(m.Hearers, p.Address) && (m.To == nil || p.Conversation != m.To.ID || !p.Until.IsZero()) {
			out = append(out, aside.Address{Name: m.View.Name(p), Address: p.Address})
		}
	}
	for _, a := range m.Dir.Agents {
		if a.Handle != m.Agent.Handle && m.View.SeenBy(a) {
			out = append(out, aside.Address{Name: a.Name, Address: a.Address()})
		}
	}
	return out
}

// saidByHearers reports whether the mail that is answered has the greeted name
// in it: people sign with names that their address does not tell.
func (m *Mail) saidByHearers(greeted []string) bool {
	if m.Answered == nil || m.Answered.Shown == 0 {
		return false
	}
	shown, err := m.Tx.Message(m.Answered.Shown)
	if err != nil || shown.Kind != aside.MessageInbound || m.To == nil || shown.Conversation != m.To.ID {
		return false
	}
	said := naming.Words(naming.Fold(shown.Text))
	return slices.ContainsFunc(greeted, func(w string) bool { return slices.Contains(said, w) })
}

// greetingLine is the first line of a text where it is short enough to be a
// greeting, or the beginning of one that goes on.
func greetingLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			if r := []rune(line); len(r) > 120 {
				line = string(r[:120])
			}
			return line
		}
	}
	return ""
}

// greetings are the words that letters begin with, folded; those of two words
// stand with their first.
var greetings = regexp.MustCompile(`^(?:(?:hi|hello|hey|hiya|dear|greetings|good|morning|afternoon|evening|day|to|` +
	`hallo|liebe|lieber|liebes|guten|tag|morgen|abend|moin|servus|gruezi|gruss|sehr|geehrte|geehrter|` +
	`bonjour|bonsoir|salut|coucou|cher|chere|chers|hola|buenos|buenas|dias|tardes|estimado|estimada|querido|querida|` +
	`ciao|buongiorno|buonasera|salve|gentile|caro|cara|egregio|ola|bom|boa|dia|tarde|noite|prezado|prezada|caro|` +
	`goedemorgen|goedemiddag|goedendag|beste|geachte|dag|hej|hejsan|basta|kaera|kaere|kare|hei|moi|terve|hyva|kjaere|god|` +
	`czesc|witaj|witam|drogi|droga|szanowny|szanowna|dzien|dobry|ahoj|dobry|den|vazeny|vazena|mily|mila|szia|kedves|tisztelt|` +
	`buna|draga|stimate|stimata|zdravo|postovani|merhaba|selam|sayin|sevgili|` +
	`привет|здравствуйте|здравствуй|добрый|доброе|день|утро|вечер|уважаемый|уважаемая|дорогой|дорогая|вітаю|шановний|` +
	`γεια|αγαπητε|αγαπητη|καλημερα|שלום|היי|مرحبا|السلام|عزيزي|안녕하세요|chao|xin|sawasdee|halo|selamat|kepada|yth)\s+)*`)

// honorifics stand before a name and are none.
const honorifics = ` mr mrs ms miss mx dr prof sir madam herr frau monsieur madame mme mlle m senor senora sr sra signor signora dott de het van heer mevrouw pan pani ` +
	`fru hr fr again all everyone everybody both there team folks zusammen alle alles tous a todos tutti und and et y e og och en i `

// titles are those that are written with a full stop.
var titles = regexp.MustCompile(`\b(mr|mrs|ms|mx|dr|prof|sr|sra|hr|fr|dott|sig)\.`)

// turnsTo are words by which a sentence turns to somebody whose name stands
// before it, folded: "Omar, do you …". Words that may as well tell of somebody
// ("Omar, who …", "Omar, our …") are not among them.
const turnsTo = ` thanks thank thx please pls can could do did are have would should what how why is i we you your any let fyi ` +
	`danke bitte kannst konnen konntest konnten hast haben weisst wissen was wie warum ist sind ich wir du sie ihr ` +
	`merci peux pouvez pourrais pourriez as avez est je nous tu vous comment pourquoi voici ` +
	`gracias puedes puede podrias podria tienes tiene por que como yo grazie puoi puo potrebbe hai obrigado obrigada voce bedankt kun kunt heb heeft jij tack kan har `

// calls reports whether what stands behind a name speaks to its bearer.
func calls(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	word, found := strings.CutPrefix(rest, ",")
	if !found {
		return false
	}
	if words := strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }); len(words) > 0 {
		return strings.Contains(turnsTo, " "+words[0]+" ")
	}
	return false
}

// greetedWords are the words of a greeting that may be a name: those between
// the words of greeting and the first punctuation; of a line without such
// words, those before a comma at its end, or before words that turn to somebody.
func greetedWords(line string) []string {
	rest := titles.ReplaceAllString(strings.TrimLeft(naming.Fold(line), " "), "$1")
	begins := greetings.FindString(rest)
	rest = rest[len(begins):]
	end := strings.IndexFunc(rest, func(r rune) bool { return strings.ContainsRune(",.;:!?–—(\n،、，。", r) || r == '-' })
	name := rest
	if end >= 0 {
		name = rest[:end]
	}
	words := strings.Fields(name)
	if begins == "" && (end < 0 || len(words) > 3 || strings.TrimRight(rest[end:], " ,!:–—-،，") != "" && (len(words) > 2 || !calls(rest[end:]))) {
		return nil // an ordinary line
	}
	if len(words) > 6 {
		words = words[:6]
	}
	return slices.DeleteFunc(words, func(w string) bool { return strings.Contains(honorifics, " "+strings.Trim(w, ".'")+" ") })
}

// names are the words by which somebody may be greeted.
type names struct {
	words []string
	whole []string // names in scripts without spaces
}

func newNames() *names { return &names{} }

// general are words in names that name nobody.
const general = ` support service services team info sales office shop store help desk helpdesk customer customers care contact mail hello hi admin noreply reply gmbh inc ltd llc ag ` +
	`sarl srl bv ab oy as kg co corp company group the and und von van de der la le kundenservice kundendienst vertrieb orders order business example `

func (n *names) add(name, address string) {
	words := naming.Words(naming.Fold(name))
	if local, _, ok := strings.Cut(address, "@"); ok && (len(words) == 0 || strings.Contains(name, "@")) {
		words = naming.Words(naming.Fold(local))
	}
	for _, w := range words {
		if utf8.RuneCountInString(w) < 2 || strings.Contains(general, " "+w+" ") {
			continue
		}
		n.words = append(n.words, w)
		if r, _ := utf8.DecodeRuneInString(w); unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			n.whole = append(n.whole, w)
		}
	}
}

// addressed ends the name in a greeting of East Asian letters.
var addressed = regexp.MustCompile(`(?:様|さま|さん|殿|先生|님|씨|先生|女士|小姐|您好|你好|，|、|,)`)

// any reports whether one of the names is greeted.
func (n *names) any(line string, greeted []string) bool {
	if slices.ContainsFunc(greeted, func(w string) bool { return slices.Contains(n.words, w) }) {
		return true
	}
	if utf8.RuneCountInString(line) > 30 || !addressed.MatchString(line) {
		return false
	}
	folded := naming.Fold(line)
	return slices.ContainsFunc(n.whole, func(w string) bool { return strings.Contains(folded, w) })
}
