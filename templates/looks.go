package templates

import (
	"fmt"
	htmltemplate "html/template"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"
)

// fonts are the reader's own.
const fonts = `-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif`

const mono = `ui-monospace,SFMono-Regular,Menlo,Consolas,monospace`

// styles are those of the elements of our mails, each as the attributes that
// a template writes: made once, for a frame has some twenty of them.
func styles() map[string]htmltemplate.HTMLAttr {
	out := map[string]htmltemplate.HTMLAttr{}
	for name, style := range map[string]string{
		"card":          `border:1px solid #dfe2e6;border-radius:8px;background-color:#f8f9fa;border-collapse:separate;border-spacing:0;width:100%`,
		"inside":        `padding:10px 14px 10px;font-family:` + fonts + `;font-size:13px;line-height:1.5;color:#4a515a`,
		"row":           `margin:0;padding:1px 0`,
		"warn":          `margin:0;padding:1px 0;font-weight:600;color:#b3261e`,
		"links":         `margin:0;padding:8px 0 0;line-height:2.1`,
		"link":          `color:#1a5fb4;text-decoration:none;font-weight:600;white-space:nowrap`,
		"bar":           `color:#c3c8ce`,
		"marker":        `margin:0;padding:4px 0 0;font-size:11px;line-height:1.4;color:#8a919b`,
		"lead":          `margin:0 0 14px;font-size:17px;line-height:1.4;font-weight:600`,
		"text":          `margin:0 0 14px`,
		"tight":         `margin:0 0 4px`,
		"muted":         `margin:0 0 4px;font-size:13px;color:#69707a`,
		"small":         `font-size:13px;color:#69707a`,
		"heading":       `margin:18px 0 6px;font-size:13px;font-weight:600;color:#69707a`,
		"quote":         `margin:0 0 14px;padding:2px 0 2px 12px;border-left:3px solid #d5d9de;color:#4a515a`,
		"found":         `margin:0 0 6px;padding:8px 12px;border-left:3px solid #b3261e;background-color:#fbf1f0;color:#3b1210;font-family:` + mono + `;font-size:13px;line-height:1.5`,
		"code":          `display:inline-block;padding:6px 12px;border-radius:6px;background-color:#eef0f2;color:#1f2328;font-family:` + mono + `;font-size:15px`,
		"word":          `font-family:` + mono + `;font-size:14px;font-weight:600`,
		"cell":          `padding:9px 0;border-top:1px solid #e6e8eb;font-family:` + fonts + `;font-size:14px;line-height:1.45;vertical-align:top`,
		"wordcell":      `padding:7px 16px 7px 0;font-family:` + mono + `;font-size:14px;font-weight:600;white-space:nowrap;vertical-align:top`,
		"plaincell":     `padding:7px 0;font-family:` + fonts + `;font-size:14px;line-height:1.45;vertical-align:top`,
		"late":          `font-weight:600;color:#b3261e`,
		"button":        `display:inline-block;padding:9px 22px;border-radius:6px;background-color:#1b7a4b;color:#ffffff;font-weight:600;text-decoration:none`,
		"button-quiet":  `display:inline-block;padding:8px 21px;border-radius:6px;border:1px solid #aab0b8;color:#4a515a;font-weight:600;text-decoration:none`,
		"edge-customer": `margin:0 0 14px;padding:2px 0 2px 12px;border-left:4px solid #b3261e`,
		"edge-side":     `margin:0 0 14px;padding:2px 0 2px 12px;border-left:4px solid #f4b740`,
		"edge-notes":    `margin:0 0 14px;padding:2px 0 2px 12px;border-left:4px solid #1b7a4b`,
		"edge-":         `margin:0 0 14px;padding:0 0 0 16px;font-size:13px;color:#69707a`,
	} {
		out[name] = htmltemplate.HTMLAttr(`class="as-` + name + `" style="` + style + `"`)
	}
	return out
}

// look gives the function by which a template asks for the class and the inline
// style of an element. The styles carry everything; the classes let Assemble's
// style sheet darken them. The colours of the audience are few and stay: red
// customer, amber side, green team.
func look() func(name string) (htmltemplate.HTMLAttr, error) {
	known := styles()
	return func(name string) (htmltemplate.HTMLAttr, error) {
		attributes, ok := known[name]
		if !ok {
			return "", fmt.Errorf("there is no look %q", name)
		}
		return attributes, nil
	}
}

// textFuncs are what text templates may call.
func textFuncs() template.FuncMap {
	return template.FuncMap{"names": joinNames, "quote": quote, "stamp": stamp, "day": day, "number": number, "first": first}
}

// htmlFuncs are what HTML templates may call.
func htmlFuncs() htmltemplate.FuncMap {
	return htmltemplate.FuncMap{"names": joinNames, "stamp": stamp, "day": day, "number": number, "first": first, "look": look(),
		"breaks": func(s string) htmltemplate.HTML { return htmltemplate.HTML(breaks(s)) }} //nolint:gosec // breaks escapes
}

// stamp shows a time to an agent: "Sat 21 Nov, 10:12", and to one who is told
// what time it is now, with the year where that is another one.
func stamp(t time.Time, now ...time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case len(now) > 0 && !now[0].IsZero() && t.Year() != now[0].Year():
		return t.Format("Mon 2 Jan 2006, 15:04")
	}
	return t.Format("Mon 2 Jan, 15:04")
}

// day shows a time to anybody in the world: "2026-11-21 10:12".
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

// first begins a sentence: "open" becomes "Open".
func first(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// DayTime says on which day and when something is to who reads it now: with the
// year where that is another one.
func DayTime(t, now time.Time, loc *time.Location) string {
	t, now = t.In(loc), now.In(loc)
	if t.Year() != now.Year() {
		return t.Format("Mon 2 Jan 2006 15:04")
	}
	return t.Format("Mon 2 Jan 15:04")
}

// ShortTime is DayTime, and on the same day the time alone.
func ShortTime(t, now time.Time, loc *time.Location) string {
	t, now = t.In(loc), now.In(loc)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return DayTime(t, now, loc)
}

// Count is a number of things in English: "1 note", "2 notes".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Excerpt is the beginning of a text in one line.
func Excerpt(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}
