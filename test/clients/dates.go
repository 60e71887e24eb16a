package clients

import (
	"fmt"
	"time"
)

// calendar has the names of days and months in a language, short and long.
type calendar struct{ day, longDay, month, longMonth []string }

var calendars = map[string]calendar{
	"en": {[]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		[]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		[]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		[]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}},
	"de": {[]string{"So.", "Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa."},
		[]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
		[]string{"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."},
		[]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}},
	"fr": {[]string{"dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."},
		[]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
		[]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
		[]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}},
	"es": {[]string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"},
		[]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		[]string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"},
		[]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}},
	"it": {[]string{"dom", "lun", "mar", "mer", "gio", "ven", "sab"},
		[]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"},
		[]string{"gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"},
		[]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}},
	"pl": {[]string{"niedz.", "pon.", "wt.", "śr.", "czw.", "pt.", "sob."},
		[]string{"niedziela", "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota"},
		[]string{"sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"},
		[]string{"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"}},
	"ja": {day: []string{"日", "月", "火", "水", "木", "金", "土"}},
}

// named are the names of a moment's day and month in a language.
func named(t time.Time, language string) (day, longDay, month, longMonth string) {
	c := calendars[language]
	d, m := int(t.Weekday()), int(t.Month())-1
	day = c.day[d]
	if len(c.month) > 0 {
		longDay, month, longMonth = c.longDay[d], c.month[m], c.longMonth[m]
	}
	return day, longDay, month, longMonth
}

// noon is "9:10 AM" with the narrow blank of newer programs.
func noon(t time.Time) string { return t.Format("3:04\u202fPM") }

// dayMonthYear is "22 nov 2026".
func dayMonthYear(t time.Time, month string) string {
	return fmt.Sprintf("%d %s %d", t.Day(), month, t.Year())
}
