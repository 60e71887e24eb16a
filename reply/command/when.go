package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// When is a moment as an agent writes it: "2h", "3 days", "tomorrow",
// "until monday", "tue 9am", "2026-12-01 14:00". The zero value is no moment.
// Two equal values mean the same.
type When struct {
	kind    whenKind
	months  int
	days    int
	minutes int
	weekday time.Weekday
	year    int // 0: the next such day
	month   time.Month
	day     int
	timed   bool // an hour was said
	hour    int
	minute  int
}

type whenKind int

const (
	whenNone whenKind = iota
	whenAfter
	whenToday
	whenTomorrow
	whenWeekday
	whenDate
	whenClock
)

// Morning is the hour of a day for which none was said.
const Morning = 9

const (
	whenExamples = "write it like 2h, 3 days, tomorrow, tue 9am or 2026-12-01 14:00"
	maxWhenWords = 12
	maxWhenBytes = 120
	maxYears     = 5
)

// IsZero reports that no moment was given.
func (w When) IsZero() bool { return w.kind == whenNone }

// ParseWhen reads a moment. What is not wholly understood is an error whose
// text says why and gives examples; nothing is guessed.
func ParseWhen(s string) (When, error) {
	shown := strings.TrimRight(Clean(s), " .,;")
	if shown == "" {
		return When{}, errors.New("no time is given; " + whenExamples)
	}
	if len(shown) > maxWhenBytes {
		return When{}, errors.New("that is too long for a time; " + whenExamples)
	}
	words := whenWords(shown)
	if len(words) == 0 || len(words) > maxWhenWords {
		return When{}, notATime(shown)
	}
	if w, ok := duration(words); ok {
		return w, nil
	}
	p := whenParser{words: words}
	if why := p.run(); why != "" {
		return When{}, fmt.Errorf("%s %s; %s", quoted(shown), why, whenExamples)
	}
	return p.w, nil
}

func notATime(s string) error {
	return fmt.Errorf("%s cannot be read as a time; %s", quoted(s), whenExamples)
}

// whenWords splits into lower-case words. A comma counts as a blank only
// before one: "1,5 h" must not become "1 5 h".
func whenWords(s string) []string {
	s = strings.ToLower(s)
	s = strings.NewReplacer("a.m.", "am", "p.m.", "pm", "a.m", "am", "p.m", "pm", ", ", " ").Replace(s + " ")
	words := strings.Fields(s)
	if len(words) > 0 && (words[0] == "until" || words[0] == "till" || words[0] == "til" || words[0] == "by") {
		words = words[1:]
	}
	return words
}

// duration reads "2h", "in 3 days", "for 2 days", "1d 4h", "1h30m": units from the larger
// to the smaller, each once.
func duration(words []string) (When, bool) {
	if words[0] == "in" || words[0] == "for" {
		words = words[1:]
	}
	w := When{kind: whenAfter}
	last := 0
	s := strings.Join(words, " ")
	for s != "" {
		n, rest, ok := leadingNumber(s)
		if !ok {
			return When{}, false
		}
		i := 0
		for i < len(rest) && rest[i] >= 'a' && rest[i] <= 'z' {
			i++
		}
		rank, ok := w.add(n, rest[:i])
		if !ok || rank <= last {
			return When{}, false
		}
		last = rank
		s = strings.TrimPrefix(rest[i:], " ")
		if r, ok := strings.CutPrefix(s, "and "); ok {
			s = r
		}
	}
	if w.months > 999 || w.days > 9999 || w.minutes > 60*9999 {
		return When{}, false
	}
	return w, w.months+w.days+w.minutes > 0
}

// leadingNumber reads the number, in digits or as a small word, before a unit.
func leadingNumber(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i > 0 {
		if i > 4 {
			return 0, "", false
		}
		n, _ = strconv.Atoi(s[:i])
		return n, strings.TrimPrefix(s[i:], " "), true
	}
	word, rest, _ := strings.Cut(s, " ")
	if word == "a" || word == "an" {
		return 1, rest, true
	}
	for i, w := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"} {
		if word == w {
			return i + 1, rest, true
		}
	}
	return 0, "", false
}

// add counts n of a unit; its rank orders units from months down to minutes.
func (w *When) add(n int, unit string) (rank int, ok bool) {
	switch unit {
	case "month", "months":
		w.months += n
		return 1, true
	case "w", "wk", "wks", "week", "weeks":
		w.days += 7 * n
		return 2, true
	case "d", "day", "days":
		w.days += n
		return 3, true
	case "h", "hr", "hrs", "hour", "hours":
		w.minutes += 60 * n
		return 4, true
	case "m", "min", "mins", "minute", "minutes":
		w.minutes += n
		return 5, true
	}
	return 0, false
}

// Resolve is the moment as seen at now in the zone loc (nil is UTC). Hours and
// minutes count from now; days, weeks and months keep the time of day across
// changes of the clocks; a day without an hour means Morning. A weekday is the
// next such day, and never today unless an hour still ahead was said. A moment
// that is past, or more than five years away, is an error.
func (w When) Resolve(now time.Time, loc *time.Location) (time.Time, error) {
	if loc == nil {
		loc = time.UTC
	}
	now = now.In(loc)
	hour, minute := w.hour, w.minute
	if !w.timed {
		hour = Morning
	}
	on := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, hour, minute, 0, 0, loc) }
	y, m, d := now.Date()
	var t time.Time
	switch w.kind {
	case whenAfter:
		t = addMonths(now, w.months).AddDate(0, 0, w.days).Add(time.Duration(w.minutes) * time.Minute)
	case whenToday, whenClock:
		t = on(y, m, d)
	case whenTomorrow:
		t = on(y, m, d+1)
	case whenWeekday:
		ahead := (int(w.weekday) - int(now.Weekday()) + 7) % 7
		t = on(y, m, d+ahead)
		if ahead == 0 && (!w.timed || !t.After(now)) {
			t = on(y, m, d+7)
		}
	case whenDate:
		t = w.date(now, on)
	default:
		return time.Time{}, errors.New("no time is given; " + whenExamples)
	}
	return t, w.check(t, now)
}

// date finds the year of a date given without one: the next such day, which
// for 29 February may be some years away.
func (w When) date(now time.Time, on func(int, time.Month, int) time.Time) time.Time {
	if w.year != 0 {
		return on(w.year, w.month, w.day)
	}
	for y := now.Year(); ; y++ {
		t := on(y, w.month, w.day)
		if w.day <= daysIn(y, w.month) && t.After(now) || y > now.Year()+8 {
			return t
		}
	}
}

// check refuses what lies behind now or absurdly far ahead.
func (w When) check(t, now time.Time) error {
	const layout = "Mon 2 Jan 2006 15:04"
	switch {
	case !t.After(now) && (w.kind == whenClock || w.kind == whenToday):
		return fmt.Errorf("%s has passed today; for the next day write tomorrow %s", t.Format("15:04"), t.Format("15:04"))
	case !t.After(now):
		return fmt.Errorf("%s is in the past; it is now %s", t.Format(layout), now.Format(layout))
	case t.After(now.AddDate(maxYears, 0, 0)):
		return fmt.Errorf("%s is more than %d years away; please check the year", t.Format(layout), maxYears)
	}
	return nil
}

// addMonths keeps the day of the month, or takes the month's last day.
func addMonths(t time.Time, n int) time.Time {
	if n == 0 {
		return t
	}
	y, m, d := t.Date()
	first := time.Date(y, m+time.Month(n), 1, 12, 0, 0, 0, time.UTC)
	if last := daysIn(first.Year(), first.Month()); d > last {
		d = last
	}
	return time.Date(first.Year(), first.Month(), d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

func daysIn(year int, m time.Month) int {
	return time.Date(year, m+1, 0, 12, 0, 0, 0, time.UTC).Day()
}

// String is the moment in the plainest form that ParseWhen reads back to the
// same value; "" for none.
func (w When) String() string {
	clock := ""
	if w.timed {
		clock = fmt.Sprintf(" %02d:%02d", w.hour, w.minute)
	}
	switch w.kind {
	case whenAfter:
		return w.span()
	case whenToday:
		return "today" + clock
	case whenTomorrow:
		return "tomorrow" + clock
	case whenWeekday:
		return strings.ToLower(w.weekday.String()) + clock
	case whenClock:
		return strings.TrimSpace(clock)
	case whenDate:
		if w.year == 0 {
			return fmt.Sprintf("%d %s%s", w.day, strings.ToLower(w.month.String()), clock)
		}
		return fmt.Sprintf("%04d-%02d-%02d%s", w.year, w.month, w.day, clock)
	}
	return ""
}

// span writes a duration in words.
func (w When) span() string {
	var parts []string
	part := func(n int, unit string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+unit)
		case n > 1:
			parts = append(parts, strconv.Itoa(n)+" "+unit+"s")
		}
	}
	hours, minutes := 0, w.minutes
	if minutes > 9999 || minutes%60 == 0 {
		hours, minutes = minutes/60, minutes%60
	}
	part(w.months, "month")
	part(w.days, "day")
	part(hours, "hour")
	part(minutes, "minute")
	return strings.Join(parts, " ")
}
