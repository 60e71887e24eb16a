package command

import (
	"strconv"
	"strings"
	"time"
)

// whenParser reads a day, a time of day, or both in either order.
type whenParser struct {
	words []string
	at    int
	w     When
}

// run reads all words and says why it cannot.
func (p *whenParser) run() (why string) {
	for p.at < len(p.words) {
		word := p.words[p.at]
		switch {
		case (word == "at" || word == "on") && p.at+1 < len(p.words):
			p.at++
			continue
		case word == "next" || word == "last":
			return "does not say exactly which day"
		}
		if p.clock() {
			continue
		}
		if why, ok := p.date(); ok || why != "" {
			if why != "" {
				return why
			}
			continue
		}
		return "cannot be read as a time"
	}
	switch {
	case p.w.kind == whenNone && p.w.timed:
		p.w.kind = whenClock
	case p.w.kind == whenNone:
		return "cannot be read as a time"
	case p.w.kind == whenToday && !p.w.timed:
		return "needs a time of day, such as today 17:00"
	}
	return ""
}

// clock takes a time of day: 14:30, 9am, 9 am, 9:30pm, 2.30pm, noon, morning.
func (p *whenParser) clock() bool {
	word, took := p.words[p.at], 1
	if p.at+1 < len(p.words) && (p.words[p.at+1] == "am" || p.words[p.at+1] == "pm") {
		word, took = word+p.words[p.at+1], 2
	}
	h, m, ok := clockTime(word)
	if !ok || p.w.timed {
		return false
	}
	p.w.timed, p.w.hour, p.w.minute = true, h, m
	p.at += took
	return true
}

func clockTime(word string) (hour, minute int, ok bool) {
	switch word {
	case "noon", "midday":
		return 12, 0, true
	case "morning":
		return Morning, 0, true
	}
	half := ""
	if s, found := strings.CutSuffix(word, "am"); found {
		word, half = s, "am"
	} else if s, found := strings.CutSuffix(word, "pm"); found {
		word, half = s, "pm"
	}
	hh, mm, colon := strings.Cut(word, ":")
	if !colon && half != "" {
		hh, mm, colon = strings.Cut(word, ".")
	}
	hour, ok = smallNumber(hh, 2)
	if !ok || !colon && half == "" {
		return 0, 0, false
	}
	if colon {
		if minute, ok = smallNumber(mm, 2); !ok || len(mm) != 2 || minute > 59 {
			return 0, 0, false
		}
	}
	if half == "" {
		return hour, minute, hour <= 23
	}
	if hour < 1 || hour > 12 {
		return 0, 0, false
	}
	hour %= 12
	if half == "pm" {
		hour += 12
	}
	return hour, minute, true
}

// smallNumber reads one to most decimal digits.
func smallNumber(s string, most int) (int, bool) {
	if s == "" || len(s) > most {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// date takes a day; why is set when it is one that cannot be meant.
func (p *whenParser) date() (why string, ok bool) {
	if p.w.kind != whenNone {
		return "", false
	}
	word := p.words[p.at]
	switch word {
	case "today":
		p.w.kind = whenToday
	case "tomorrow", "tmrw":
		p.w.kind = whenTomorrow
	default:
		if d, found := weekday(word); found {
			p.w.kind, p.w.weekday = whenWeekday, d
			break
		}
		return p.calendar()
	}
	p.at++
	return "", true
}

// weekday reads a day's English name or its usual short forms.
func weekday(word string) (time.Weekday, bool) {
	switch word {
	case "tues":
		return time.Tuesday, true
	case "weds":
		return time.Wednesday, true
	case "thur", "thurs":
		return time.Thursday, true
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		if word == name || word == name[:3] {
			return d, true
		}
	}
	return 0, false
}

// monthOf reads a month's English name or its first three letters.
func monthOf(word string) (time.Month, bool) {
	if word == "sept" {
		return time.September, true
	}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		if word == name || word == name[:3] {
			return m, true
		}
	}
	return 0, false
}

// calendar takes 2026-12-01, 2026-12-01T14:00, 1 dec, 1st of december 2026,
// dec 1. Forms in which day and month could be exchanged are refused.
func (p *whenParser) calendar() (why string, ok bool) {
	word := p.words[p.at]
	if day, clock, both := strings.Cut(word, "t"); both && len(day) == 10 {
		if h, m, ok := clockTime(clock); ok && !p.w.timed {
			p.w.timed, p.w.hour, p.w.minute = true, h, m
			word = day
		}
	}
	if len(word) == 10 && (word[4] == '-' || word[4] == '/') && word[7] == word[4] {
		y, okY := smallNumber(word[:4], 4)
		m, okM := smallNumber(word[5:7], 2)
		d, okD := smallNumber(word[8:], 2)
		if !okY || !okM || !okD {
			return "", false
		}
		p.at++
		return p.set(y, time.Month(m), d)
	}
	day, month, took := p.dayAndMonth()
	if took == 0 {
		if strings.Count(word, "/")+strings.Count(word, ".") > 0 && word[0] >= '0' && word[0] <= '9' {
			return "may be read in two ways", false
		}
		return "", false
	}
	p.at += took
	year := 0
	if p.at < len(p.words) && len(p.words[p.at]) == 4 {
		if y, ok := smallNumber(p.words[p.at], 4); ok {
			year = y
			p.at++
		}
	}
	return p.set(year, month, day)
}

// dayAndMonth reads "1 dec", "1st of december" or "dec 1st"; took is 0 when
// it is neither.
func (p *whenParser) dayAndMonth() (day int, m time.Month, took int) {
	w := p.words[p.at:]
	if m, ok := monthOf(w[0]); ok && len(w) > 1 {
		if d, ok := ordinal(w[1]); ok {
			return d, m, 2
		}
		return 0, 0, 0
	}
	d, ok := ordinal(w[0])
	if !ok || len(w) < 2 {
		return 0, 0, 0
	}
	if w[1] == "of" && len(w) > 2 {
		if m, ok := monthOf(w[2]); ok {
			return d, m, 3
		}
	}
	if m, ok := monthOf(w[1]); ok {
		return d, m, 2
	}
	return 0, 0, 0
}

// ordinal reads a day of the month: 1, 1st, 1. or 01.
func ordinal(word string) (int, bool) {
	for _, suffix := range []string{"st", "nd", "rd", "th", "."} {
		if s, ok := strings.CutSuffix(word, suffix); ok {
			word = s
			break
		}
	}
	n, ok := smallNumber(word, 2)
	return n, ok && n > 0
}

// set keeps a date that exists.
func (p *whenParser) set(y int, m time.Month, d int) (why string, ok bool) {
	longest := y
	if y == 0 {
		longest = 2000 // a leap year: 29 February exists in some year
	}
	if m < 1 || m > 12 || d < 1 || d > daysIn(longest, m) || y != 0 && y < 1000 {
		return "is no day of the calendar", false
	}
	p.w.kind, p.w.year, p.w.month, p.w.day = whenDate, y, m, d
	return "", true
}
