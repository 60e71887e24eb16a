package read

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// monthStems are the beginnings of months' names by number; the longest that
// fits a word counts. Names that differ by language (Czech srpen is August,
// Croatian srpanj July) are told apart by length.
var monthStems = [13][]string{
	1:  {"jan", "jän", "ian", "gen", "ene", "янв", "яну", "јан", "січ", "сiч", "stycz", "sty", "led", "tammi", "oca", "ιαν", "sij", "jaan", "saus", "ינו", "يناير", "كانون الثاني", "มกรา"},
	2:  {"feb", "fév", "fev", "lut", "úno", "uno", "helmi", "şub", "sub", "фев", "лют", "φεβ", "velj", "veeb", "vas", "פבר", "فبراير", "شباط", "กุมภา"},
	3:  {"mar", "mär", "mrz", "maa", "mrt", "márc", "bře", "bre", "ožu", "мар", "бер", "μαρ", "μάρ", "mär", "kov", "מרץ", "מרס", "مارس", "آذار", "มีนา"},
	4:  {"apr", "avr", "abr", "ápr", "kwi", "dub", "huhti", "nis", "апр", "кві", "квi", "απρ", "trav", "bal", "אפר", "أبريل", "نيسان", "เมษา"},
	5:  {"may", "mai", "mei", "mag", "maj", "máj", "mayıs", "май", "мая", "тра", "μαϊ", "μαΐ", "μάι", "kvě", "kve", "touko", "svib", "geg", "מאי", "مايو", "أيار", "พฤษภา"},
	6:  {"jun", "jún", "giu", "juin", "iun", "cze", "červ", "cerv", "kesä", "haz", "июн", "юни", "јун", "чер", "ιουν", "ιούν", "lipanj", "lipn", "juun", "birž", "יונ", "يونيو", "حزيران", "มิถุนา"},
	7:  {"jul", "júl", "lug", "juil", "iul", "lip", "červenc", "cervenc", "heinä", "tem", "июл", "юли", "јул", "лип", "ιουλ", "ιούλ", "srpanj", "srpnj", "juul", "liep", "יול", "يوليو", "تموز", "กรกฎา"},
	8:  {"aug", "aoû", "aou", "ago", "sie", "srp", "elo", "ağu", "agu", "авг", "сер", "αυγ", "αύγ", "kolov", "rugp", "אוג", "أغسطس", "آب", "สิงหา"},
	9:  {"sep", "set", "szept", "wrz", "zář", "zar", "syys", "eyl", "сен", "сеп", "вер", "σεπ", "ruj", "rugs", "ספט", "سبتمبر", "أيلول", "กันยา"},
	10: {"oct", "okt", "ott", "out", "paź", "paz", "říj", "rij", "loka", "eki", "окт", "жов", "οκτ", "spal", "אוק", "أكتوبر", "تشرين الأول", "ตุลา"},
	11: {"nov", "noie", "lis", "marras", "kas", "ноя", "ное", "лис", "νοε", "νοέ", "stud", "lapkr", "נוב", "نوفمبر", "تشرين الثاني", "พฤศจิกา"},
	12: {"dec", "dez", "déc", "dic", "des", "dets", "gru", "pros", "joulu", "ara", "дек", "гру", "δεκ", "gruod", "דצמ", "ديسمبر", "كانون الأول", "ธันวา"},
}

// clockTime is a time of day, which may stand between a word and its date.
const clockTime = `\d{1,2}(?:[:.]\d{2}|[:.]?\d{0,2} ?(?:am|pm|a\.m\.|p\.m\.|uhr|h|o['’]clock)),?(?: (?:on|am|the|den|le|el|il|op|på|dne))?(?: \pL{2,12},?)?(?: (?:the|den|dem))? `

// wordsBefore and wordsAfter join words of many languages that stand in front
// of a date, or behind it, with little between.
func wordsBefore(words ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\pL])(?:` + strings.Join(words, "|") + `)(?:[^\pL\d][^\d]{0,40}(?:` + clockTime + `)?|)$`)
}

func wordsAfter(words ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:` + strings.Join(words, "|") + `)`)
}

// Words for the day somebody is back, and for the last day away.
var (
	returnBefore = wordsBefore(`return(?:ing|s)?`, `back`, `available again`, `resum(?:e|ing)`, `wieder`, `zurück`, `de retour`, `retour`, `à nouveau`, `de nouveau`, `rentrerai`, `reviens`, `reprendr\pL+`,
		`vuelvo`, `volver[ée]`, `regres\pL+`, `reincorpor\pL+`, `de vuelta`, `retorn\pL+`, `volto`, `voltarei`, `de volta`, `rientr\pL+`, `torner\pL+`, `torno`, `di ritorno`, `terug`, `weer`, `åter`, `tillbaka`, `tilbake`, `tilbage`, `igen`,
		`palaan`, `takaisin`, `paikalla`, `jälleen`, `wrac\pL+`, `wróc\pL+`, `powr\pL+`, `z powrotem`, `opět`, `opäť`, `znovu`, `vrát\pL+`, `zpět`, `zpátky`, `späť`, `návrat\pL*`, `vissza\pL*`, `ismét`, `újra`, `legközelebb`, `revin`, `reveni\pL*`, `mă întorc`, `înapoi`,
		`верн\pL+`, `возвращ\pL+`, `выйду`, `снова`, `поверн\pL+`, `знову`, `επιστρ\pL+`, `πίσω`, `върна`, `връщам`, `отново`, `vraća\pL*`, `vratit\pL*`, `natrag`, `nazaj`, `vrnil\pL*`, `vračam`, `tagasi`, `atgriez\pL+`, `grįš\pL+`, `grįžt\pL+`,
		`אחזור`, `אשוב`, `חוזרת?`, `أعود`, `سأعود`, `العودة`, `kembali`, `trở lại`, `quay lại`, `กลับมา`, `返回`, `回来`, `回來`, `恢复`, `返岗`, `복귀`, `出社`, `出勤`, `復帰`)
	// there is that they are at work, and notThere that they are not.
	there       = wordsBefore(`буду (?:снова |опять )?(?:в офисе|на месте|на работе|на связи|доступ\pL+)`, `буду (?:знову )?(?:в офісі|на місці|на роботі|на зв['’]язку|доступ\pL+)`, `będę (?:znów |ponownie )?(?:w biurze|w pracy|dostępn\pL+|osiągaln\pL+)`)
	notThere    = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:не|nie) (?:буду|będę)`)
	returnAfter = wordsAfter(`[^.!?。！？\n]{0,30}(?:[^\pL]|^)(?:wieder|zurück|back|de retour|terug|weer|åter|igen|tillbaka|tilbake|tilbage|takaisin|zpět|späť|vissza|înapoi|nazaj|natrag|tagasi)(?:[^\pL]|$)`,
		`[^。\n]{0,12}(?:より|から|に|以降)[^。\n]{0,8}(?:出社|出勤|復帰|戻|業務|対応)`, `[^。\n]{0,8}(?:返回|回来|回來|回到|回公司|复工|返岗|返崗|恢复|恢復|上班|正常)`, `[^.\n]{0,8}(?:복귀|출근|돌아|업무)`, `[^.\n]{0,24}(?:dön|ofiste ol)`)
	untilBefore = wordsBefore(`until`, `till`, `['’]?til`, `through`, `thru`, `up to`, `bis`, `bis einschl\pL*`, `jusqu['’](?:au|à|en)`, `hasta`, `até`, `fino (?:al?|all['’])`, `sino al`, `tot(?: en met)?`, `t/m`, `t\.?e\.?m\.?`, `t\.?o\.?m\.?`, `tills`, `frem til`, `fram till`,
		`do`, `až do`, `până`, `pana`, `до`, `по`, `μέχρι`, `έως`, `ως`, `kuni`, `līdz`, `iki`, `עד`, `حتى`, `لغاية`, `إلى`, `sampai`, `hingga`, `đến(?: hết)?`, `tới`, `จนถึง`, `ถึง`, `fins al?`)
	untilAfter = wordsAfter(`\s*(?:[(（][^)）]{1,8}[)）])?\s*(?:いっぱい)?(?:まで|迄)`, `\s*(?:[(（][^)）]{1,8}[)）])?\s*까지`, `\.?-?(?:ig|éig|áig|jéig|jáig|én bezárólag)(?:[^\pL]|$)`, `\.?['’ ]?\pL{0,4}(?: tarihine)? (?:kadar|dek)`, `\.? ?(?:asti|saakka|mennessä)`)
	// untilCJK stands right before a date, without a blank.
	untilCJK = regexp.MustCompile(`(?:至|到|直到|直至|截至|～|〜)\s*$`)
	// rangeTo joins two dates, or two days of one month.
	rangeTo = regexp.MustCompile(`(?i)\d(?:st|nd|rd|th|er|[.)º])?(?:\s*(?:de )?\pL{3,14}\.?)?(?:,? ?(?:de )?20\d\d)?\s*(?:-|–|—|~|～|〜|\bto\b|\bthru\b|\bau\b|\bal\b|\ba\b|\baté\b|\bao\b|\btil\b|\btill\b|\bbis(?: zum)?\b|\btot(?: en met)?\b|\bdo\b|до|по|至|から)\s*$`)
)

// joins reports whether what stands before a date makes it the second of two; its
// weekday may stand between.
func joins(before string) bool {
	if rangeTo.MatchString(before) {
		return true
	}
	before = strings.TrimRight(before, " .,")
	at := strings.LastIndexByte(before, ' ') + 1
	day := before[at:]
	isDay := utf8.RuneCountInString(day) <= 3 || slices.ContainsFunc(weekdays[:], func(w *regexp.Regexp) bool { return w.MatchString(day) })
	return isDay && rangeTo.MatchString(before[:at])
}

// The forms of dates, surest first: names of groups say what a number is.
var dateForms = []*regexp.Regexp{
	regexp.MustCompile(`(?P<y>20\d\d)\s?[年년]\s?(?P<n>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일号號]?`),
	regexp.MustCompile(`(?:^|[^\d])(?P<n>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일号號]?`),
	regexp.MustCompile(`(?:^|[^\d])(?P<y>20\d\d)(?:[-/]|\. ?)(?P<n>\d{1,2})(?:[-/]|\. ?)(?P<d>\d{1,2})`),
	regexp.MustCompile(`(?i)(?P<d>\d{1,2}) tháng (?P<n>\d{1,2})(?: năm (?P<y>20\d\d))?`),
	regexp.MustCompile(`(?:^|[^\d.])(?P<d>\d{1,2})\. ?(?P<n>\d{1,2})\.(?: ?(?P<y>20\d\d|\d\d))?`),
	regexp.MustCompile(`(?:^|[^\d])(?P<d>\d{1,2})[-.](?P<n>\d{1,2})[-.](?P<y>20\d\d|\d\d)`),
	regexp.MustCompile(`(?:^|[^\d.])(?P<d>\d{1,2})\.(?P<n>\d{1,2})(?:[^\d.:]|\.$|\. |$)`),
	regexp.MustCompile(`(?:^|[^\d/])(?P<a>\d{1,2}) ?/ ?(?P<b>\d{1,2})(?: ?/ ?(?P<y>20\d\d|\d\d))?`),
	regexp.MustCompile(`(?i)(?:^|[^\d])(?P<y>20\d\d)\.?,? (?:m\. |g\. )?(?P<m>\pL{3,14})\.? (?P<d>\d{1,2})`),
	regexp.MustCompile(`(?i)(?:^|[^\d])(?P<d>\d{1,2})(?:st|nd|rd|th|er|re|ère|º|ª|°|o|\.|-?го|-?е|ης|η|'?n?de)? ?(?:of |de |d['’]|den |ב-?)?(?P<m>\pL{3,14})\.?,?(?: (?:de |del |van |des? )?(?P<y>20\d\d))?`),
	regexp.MustCompile(`(?i)(?:^|[^\pL])(?P<m>\pL{3,14})\.? (?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<y>20\d\d))?(?:[^\d]|$)`),
	// "Monday the 7th", of this month or the next.
	regexp.MustCompile(`(?i)(?P<w>\pL{3,14}),? (?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)(?:[^\pL]|$)`),
	regexp.MustCompile(`(?i)(?P<w>\pL{3,14}),? (?:den |dem )?(?P<d>\d{1,2})\.(?: \pL|[^ \d]|$)`),
}

// digits of other scripts, as ASCII.
var digits = func() *strings.Replacer {
	var pairs []string
	for i := range 10 {
		for _, zero := range []rune{'٠', '۰', '０', '०', '๐'} {
			pairs = append(pairs, string(zero+rune(i)), string(rune('0'+i)))
		}
	}
	return strings.NewReplacer(pairs...)
}()

// foundDate is a date and where it stands.
type foundDate struct {
	start, end int
	day        time.Time
}

// returnDate finds the day that an absence ends, at midnight UTC, or the zero
// time: the day of the return where one is said, else the last day away. Only
// days from the mail's own to a year later count.
func returnDate(text string, sent time.Time) time.Time {
	if sent.IsZero() {
		return time.Time{}
	}
	if len(text) > 8000 {
		text = strings.ToValidUTF8(text[:8000], "")
	}
	text = digits.Replace(strings.Join(strings.Fields(text), " "))
	dates := datesIn(text, sent)
	for _, says := range []func(before, after string, last bool) bool{
		// "3 January and back on 4 January": the word is the next date's.
		func(before, after string, last bool) bool {
			return returnBefore.MatchString(before) || there.MatchString(before) && !notThere.MatchString(before) || last && returnAfter.MatchString(after)
		},
		func(before, after string, _ bool) bool {
			return untilBefore.MatchString(before) || untilCJK.MatchString(before) || untilAfter.MatchString(after)
		},
		func(before, _ string, _ bool) bool { return joins(before) },
	} {
		for i, d := range dates {
			from := max(0, d.start-80)
			if i > 0 {
				from = max(from, dates[i-1].start)
			}
			to := min(len(text), d.end+80)
			last := i+1 == len(dates) || dates[i+1].start > to
			if !last {
				to = dates[i+1].start
			}
			if says(strings.ToValidUTF8(text[from:d.start], ""), strings.ToValidUTF8(text[d.end:to], ""), last) {
				return d.day
			}
		}
	}
	return weekdayOf(text, sent)
}

// datesIn lists the dates of a text in order.
func datesIn(text string, sent time.Time) []foundDate {
	var out []foundDate
	read := dateReader{sent, monthFirst(text, sent)}
	for _, form := range dateForms {
		names := form.SubexpNames()
		for _, at := range form.FindAllStringSubmatchIndex(text, 40) {
			d := foundDate{start: -1}
			var part [128]string
			for i, n := range names {
				if n == "" || at[2*i] < 0 {
					continue
				}
				part[n[0]] = text[at[2*i]:at[2*i+1]]
				if d.start < 0 || at[2*i] < d.start {
					d.start = at[2*i]
				}
				d.end = max(d.end, at[2*i+1])
			}
			if strings.HasSuffix(text[:at[1]], "日") || strings.HasSuffix(text[:at[1]], "일") {
				d.end = at[1]
			}
			if part['m'] == "" && part['y'] == "" && strings.HasPrefix(text[d.end:], ".") { // 24.12.
				d.end++
			}
			taken := slices.ContainsFunc(out, func(o foundDate) bool { return d.start < o.end && o.start < d.end })
			if d.day = read.dayOf(part); !taken && !d.day.IsZero() {
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, func(a, b foundDate) int { return a.start - b.start })
	return out
}

// dateReader makes days of dates in a mail that was sent then.
type dateReader struct {
	sent     time.Time
	american bool // of 5/6 the first is the month
}

// monthFirst reports that of 5/6 the first is the month: another such date of the
// text cannot be read otherwise, or else the writer's clock is an American one.
func monthFirst(text string, sent time.Time) bool {
	votes := 0
	for _, m := range slashed.FindAllStringSubmatch(text, 40) {
		a, b := monthNumber(m[1]), monthNumber(m[2])
		if a != 0 && b == 0 {
			votes++
		}
		if a == 0 && b != 0 {
			votes--
		}
	}
	_, offset := sent.Zone()
	return votes > 0 || votes == 0 && offset <= -4*3600 && offset >= -10*3600
}

var slashed = regexp.MustCompile(`(?:^|[^\d/])(\d{1,2}) ?/ ?(\d{1,2})(?:[^\d]|$)`)

// dayOf makes a day of what a form found.
func (r dateReader) dayOf(part [128]string) time.Time {
	switch {
	case part['w'] != "":
		return r.weekdayThe(part['w'], part['d'])
	case part['m'] != "":
		return makeDate(part['y'], monthOf(part['m']), part['d'], r.sent)
	case part['n'] != "":
		return makeDate(part['y'], monthNumber(part['n']), part['d'], r.sent)
	}
	first, second := makeDate(part['y'], monthNumber(part['b']), part['a'], r.sent), makeDate(part['y'], monthNumber(part['a']), part['b'], r.sent)
	if r.american && !second.IsZero() || first.IsZero() {
		return second
	}
	return first
}

// weekdayThe is the next day of a month's that number which is that weekday; the
// zero time where none is near, or the word is no weekday's.
func (r dateReader) weekdayThe(name, number string) time.Time {
	day := slices.IndexFunc(weekdays[:], func(w *regexp.Regexp) bool { return w.MatchString(name) })
	d, err := strconv.Atoi(number)
	if err != nil || day < 0 {
		return time.Time{}
	}
	for ahead := range 45 {
		t := time.Date(r.sent.Year(), r.sent.Month(), r.sent.Day()+ahead, 0, 0, 0, 0, time.UTC)
		if t.Day() == d && int(t.Weekday()) == day {
			return t
		}
	}
	return time.Time{}
}

func monthNumber(s string) time.Month {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 12 {
		return 0
	}
	return time.Month(n)
}

// monthOf reads a month's name; 0 is none.
func monthOf(s string) time.Month {
	s = strings.TrimPrefix(strings.ToLower(s), "ב")
	best, month := 0, time.Month(0)
	for n, stems := range monthStems {
		for _, stem := range stems {
			if len(stem) > best && strings.HasPrefix(s, stem) {
				best, month = len(stem), time.Month(n)
			}
		}
	}
	return month
}

// gone is how long a day without a year counts as gone, in days: "I was on leave
// until 20 November" is no day of the next year.
const gone = 120

// makeDate checks a day; without a year it is the next such day, unless one has
// just been.
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
	if year == "" && t.Before(from.AddDate(0, 0, -gone)) {
		t = t.AddDate(1, 0, 0)
	}
	if t.Month() != month || t.Before(from) || t.After(from.AddDate(1, 0, 0)) {
		return time.Time{}
	}
	return t
}

// weekdays are days of the week, from Sunday, in the languages where "back on
// Monday" is usual.
var weekdays = [7]*regexp.Regexp{
	wordsAfter(`sunday|sonntag|dimanche|domingo|domenica|zondag|söndag|søndag|sunnuntai|niedziel|neděl|vasárnap|duminic|воскрес|неділ|pazar\b|κυριακ`),
	wordsAfter(`monday|montag|lundi|lunes|segunda|lunedì|maandag|måndag|mandag|maanantai|poniedział|ponděl|pondel|hétfő|luni\b|понедел|понеділ|pazartesi|δευτέρα`),
	wordsAfter(`tuesday|dienstag|mardi|martes|terça|martedì|dinsdag|tisdag|tirsdag|tiistai|wtor|úter|kedd|marți|вторн|вівтор|salı|τρίτη`),
	wordsAfter(`wednesday|mittwoch|mercredi|miércoles|quarta|mercoledì|woensdag|onsdag|keskiviik|śród|střed|stred|szerd|miercuri|сред|серед|çarşamba|τετάρτη`),
	wordsAfter(`thursday|donnerstag|jeudi|jueves|quinta|giovedì|donderdag|torsdag|torstai|czwart|čtvrt|štvrt|csütört|joi\b|четвер|perşembe|πέμπτη`),
	wordsAfter(`friday|freitag|vendredi|viernes|sexta|venerdì|vrijdag|fredag|perjantai|piąt|pát|piat|péntek|vineri|пятниц|п['’]ятниц|cuma\b|παρασκευή`),
	wordsAfter(`saturday|samstag|sonnabend|samedi|sábado|sabato|zaterdag|lördag|lørdag|lauantai|sobot|szombat|sâmbăt|суббот|субот|cumartesi|σάββατο`),
}

var beforeWeekday = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:until|till|through|back(?: in the office)?|return(?:ing)?(?: to the office)?|bis|wieder|zurück|ab|jusqu['’]à|de retour|hasta|vuelvo|volveré|até|volto|fino a|rientro|tornerò|tot(?: en met)?|terug|till|åter|tillbaka|til|tilbage|tilbake|palaan|do|wracam|vrátím se|до|вернусь|μέχρι)(?: (?:next|on|am|zum|kommenden|nächsten|le|el|próximo|prossimo|il|op|på|igen|og med|och med|the|w|we|v|ve|w dniu|την|в|во|del?|a|na|no|al|au)){0,3} $`)

// weekdayOf finds "until Monday" without a date: the next one after the mail.
func weekdayOf(text string, sent time.Time) time.Time {
	for i := range text {
		if i == 0 || text[i-1] != ' ' || !beforeWeekday.MatchString(text[max(0, i-60):i]) {
			continue
		}
		for day, name := range weekdays {
			if name.MatchString(text[i:min(len(text), i+24)]) {
				ahead := (day - int(sent.Weekday()) + 7) % 7
				if ahead == 0 {
					ahead = 7
				}
				return time.Date(sent.Year(), sent.Month(), sent.Day()+ahead, 0, 0, 0, 0, time.UTC)
			}
		}
	}
	return time.Time{}
}
