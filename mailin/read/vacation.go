package read

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"aside"
)

// vacationSubject begins the subjects that mail programs give absences.
var vacationSubject = regexp.MustCompile(`(?i)^\s*(?:(?:re|aw|antw|sv|vs|r)\s*:\s*)?(?:` + strings.Join([]string{
	`auto(?:matic)?[ -]?(?:reply|response|answer|respond)`, `autoreply`, `auto:`, `out of (?:the )?office`, `on (?:vacation|holiday|leave)\b`, `vacation\b`, `away from`,
	`automatische (?:antwort|antwoord|beantwortung|reactie)`, `abwesenheit`, `abwesend`, `autom\. ?antw`, `afwezig`, `niet aanwezig`,
	`r[ée]ponse automatique`, `absence\b`, `absent\(?e?\)? du bureau`, `message d.absence`,
	`respuesta autom[áa]tica`, `fuera de (?:la )?oficina`, `ausente`, `resposta autom[áa]tica`, `fora d[eo] escrit[óo]rio`,
	`risposta automatica`, `fuori (?:sede|ufficio)`, `assenza`, `assente`,
	`automatiskt? svar`, `autosvar`, `automatisk svar`, `frånvaro`, `fravær`, `automaattinen vastaus`, `poissa`,
	`autoodpowied`, `odpowied[źz] automatyczna`, `automatyczna odpowied`, `automatick[áa] odpov`, `automatikus válasz`, `răspuns automat`,
	`автоматический ответ`, `автоответ`, `автоматична відповідь`, `otomatik (?:yanıt|yanit|cevap)`, `αυτόματη απάντηση`,
	`自動応答`, `自動返信`, `不在`, `自动答复`, `自动回复`, `自動回覆`, `자동 (?:회신|응답)`, `תשובה אוטומטית`, `رد تلقائي`,
}, "|") + `)`)

var vacationWords = regexp.MustCompile(`(?i)out of (?:the )?office`)

// recogniseVacation knows absences of programs that do not mark them. The null
// sender is evidence by itself: no person's mail has it (RFC 5321 section
// 4.5.5). A subject needs a second sign, because people write about their
// absence, too.
func recogniseVacation(m *aside.Mail, h *header, null bool) bool {
	subject := vacationSubject.MatchString(m.Subject)
	switch {
	case null && subject:
		return setKind(m, aside.KindAuto, "null sender and the subject of an absence")
	case null:
		return setKind(m, aside.KindAuto, "null sender")
	case subject && h.has("x-auto-response-suppress"):
		return setKind(m, aside.KindAuto, "X-Auto-Response-Suppress and the subject of an absence")
	}
	return false
}

// months maps the names, or their beginnings, in the languages that absences
// are written in most.
var months = map[string]time.Month{
	"jan": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mär": 3, "mrz": 3, "maa": 3, "mrt": 3, "apr": 4, "avr": 4, "abr": 4,
	"may": 5, "mai": 5, "mei": 5, "mag": 5, "jun": 6, "giu": 6, "jui": 0, "jul": 7, "lug": 7, "aug": 8, "aoû": 8, "aou": 8, "ago": 8,
	"sep": 9, "set": 9, "oct": 10, "okt": 10, "ott": 10, "out": 10, "nov": 11, "dec": 12, "dez": 12, "déc": 12, "dic": 12,
}

var untilWords = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:until|till|til|through|return(?:ing)?(?: to (?:the |my )?office)?(?: on)?|back(?: in (?:the )?office)?(?: on)?|bis(?: zum| einschließlich| inkl\.?)?|wieder(?: ab| am)?|ab dem|zurück(?: am)?|jusqu['’]au|de retour(?: le)?|hasta el|vuelvo el|regreso el|fino al|rientro il|tot(?: en met)?|t/m|até)(?:[^\pL\d]|$)`)

var (
	isoDate    = regexp.MustCompile(`(?:^|\D)(20\d\d)-(\d{1,2})-(\d{1,2})(?:\D|$)`)
	dottedDate = regexp.MustCompile(`(?:^|\D)(\d{1,2})\. ?(\d{1,2})\.(?: ?(20\d\d|\d\d))?(?:\D|$)`)
	dayMonth   = regexp.MustCompile(`(?i)(?:^|\D)(\d{1,2})(?:st|nd|rd|th|er|º|\.)? (?:of |de )?(\pL{3,12})\.?,?(?: (?:de )?(20\d\d))?`)
	monthDay   = regexp.MustCompile(`(?i)(?:^|[^\pL])(\pL{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (20\d\d))?(?:\D|$)`)
)

// returnDate finds the day that an absence ends, at midnight UTC, or the zero
// time. Only days from the mail's own to a year later count.
func returnDate(text string, sent time.Time) time.Time {
	if sent.IsZero() {
		return time.Time{}
	}
	if len(text) > 8000 {
		text = text[:8000]
	}
	text = strings.Join(strings.Fields(text), " ")
	for _, at := range untilWords.FindAllStringIndex(text, 20) {
		// The word's last character may be the one before a date's first.
		window := strings.ToValidUTF8(text[max(at[1]-1, 0):min(at[1]+60, len(text))], "")
		if t := findDate(window, sent); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// findDate reads the first date in a few words.
func findDate(s string, sent time.Time) time.Time {
	if m := isoDate.FindStringSubmatch(s); m != nil {
		return makeDate(m[1], monthOf(m[2]), m[3], sent)
	}
	if m := dottedDate.FindStringSubmatch(s); m != nil {
		return makeDate(m[3], monthOf(m[2]), m[1], sent)
	}
	if m := dayMonth.FindStringSubmatch(s); m != nil {
		if t := makeDate(m[3], monthOf(m[2]), m[1], sent); !t.IsZero() {
			return t
		}
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		return makeDate(m[3], monthOf(m[1]), m[2], sent)
	}
	return time.Time{}
}

// monthOf reads a month as number or name; 0 is none.
func monthOf(s string) time.Month {
	if n, err := strconv.Atoi(s); err == nil {
		if n < 1 || n > 12 {
			return 0
		}
		return time.Month(n)
	}
	r := []rune(strings.ToLower(s))
	if len(r) < 3 {
		return 0
	}
	if string(r[:3]) == "jui" && len(r) > 3 { // juin, juillet
		if r[3] == 'n' {
			return time.June
		}
		return time.July
	}
	return months[string(r[:3])]
}

// makeDate checks a day; without a year it is the next such day.
func makeDate(year string, month time.Month, day string, sent time.Time) time.Time {
	d, err := strconv.Atoi(day)
	if err != nil || month == 0 {
		return time.Time{}
	}
	from := time.Date(sent.Year(), sent.Month(), sent.Day(), 0, 0, 0, 0, time.UTC)
	y := sent.Year()
	if year != "" {
		if y, err = strconv.Atoi(year); err != nil {
			return time.Time{}
		}
		if y < 100 {
			y += 2000
		}
	}
	t := time.Date(y, month, d, 0, 0, 0, 0, time.UTC)
	if year == "" && t.Before(from) {
		t = t.AddDate(1, 0, 0)
	}
	if t.Month() != month || t.Before(from) || t.After(from.AddDate(1, 0, 0)) {
		return time.Time{}
	}
	return t
}
