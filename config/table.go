package config

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"time"
	"unicode"
)

// loader checks one file and collects what is wrong with it.
type loader struct {
	surroundings
	file, dir string
	lines     lines
	tables    []*table
	problems  Problems
	secrets   []string // Config.SecretFiles
}

// table is one TOML table while it is read. Every key that is asked for is a
// valid one, so what nobody asked for is unknown: there is no second list of
// keys that could fall behind.
type table struct {
	l      *loader
	values map[string]any
	path   string   // desk[1], for its line
	name   string   // desk, for its reader
	header string   // [[desk]]; empty for the top of the file
	line   int      // of the header; 0 if there is none
	asked  []string // in the order of asking
}

func (l *loader) newTable(values map[string]any, path, name, header string, line int) *table {
	t := &table{l: l, values: values, path: path, name: name, header: header, line: line}
	l.tables = append(l.tables, t)
	return t
}

// problem reports what is wrong with a key, at its line or else its table's.
func (t *table) problem(key, hint, format string, args ...any) {
	t.problemAt(join(t.path, key), key, hint, format, args...)
}

// problemIn reports what is wrong with one element of a list.
func (t *table) problemIn(key string, i int, hint, format string, args ...any) {
	at := join(t.path, key) + index(i)
	if t.l.lines[at] == 0 {
		at = join(t.path, key)
	}
	t.problemAt(at, key, hint, format, args...)
}

func (t *table) problemAt(at, key, hint, format string, args ...any) {
	line := t.l.lines[at]
	if line == 0 {
		line = t.line
	}
	t.l.problems = append(t.l.problems, Problem{
		File: t.l.file, Line: line, Key: join(t.name, key), Text: fmt.Sprintf(format, args...), Hint: hint})
}

// lineOf is the line of a key, or of its table, for messages about others.
func (t *table) lineOf(key string) int {
	if line := t.l.lines[join(t.path, key)]; line > 0 {
		return line
	}
	return t.line
}

func (t *table) has(key string) bool {
	_, ok := t.values[key]
	return ok
}

func (t *table) ask(key string) (any, bool) {
	t.asked = append(t.asked, key)
	v, ok := t.values[key]
	return v, ok
}

// text reads one line of text, without the blanks around it.
func (t *table) text(key, otherwise string) string {
	s, ok := t.block(key)
	if !ok {
		return otherwise
	}
	if strings.ContainsAny(s, "\n\t") {
		t.problem(key, "", "must be a single line")
		return otherwise
	}
	return s
}

// block reads text of any number of lines, and whether it was there and good.
// Control characters are refused: much of this ends up in mail headers.
func (t *table) block(key string) (string, bool) {
	v, ok := t.ask(key)
	if !ok {
		return "", false
	}
	s, ok := v.(string)
	if !ok {
		t.problem(key, "", "must be text in quotes, not %s", kindOf(v))
		return "", false
	}
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if hasControl(s) {
		t.problem(key, "", "has a control character")
		return "", false
	}
	return s, true
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t'
	})
}

// required reads text that must be there.
func (t *table) required(key, example string) (string, bool) {
	s := t.text(key, "")
	if s != "" {
		return s, true
	}
	v, ok := t.values[key]
	if written, isText := v.(string); !ok || isText && strings.TrimSpace(written) == "" {
		t.problem(key, fmt.Sprintf("write %s = %q", key, example), "is missing")
	}
	return "", false
}

// choice reads one of a few words.
func (t *table) choice(key, otherwise string, allowed ...string) string {
	s := t.text(key, otherwise)
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	hint := ""
	if n := nearest(s, allowed); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	t.problem(key, hint, "must be %s, not %s", enumerate(allowed), quote(s))
	return otherwise
}

func (t *table) flag(key string, otherwise bool) bool {
	v, ok := t.ask(key)
	if !ok {
		return otherwise
	}
	b, ok := v.(bool)
	if !ok {
		t.problem(key, "", "must be true or false, without quotes")
		return otherwise
	}
	return b
}

func (t *table) number(key string, otherwise, least, most int) int {
	v, ok := t.ask(key)
	if !ok {
		return otherwise
	}
	n, ok := v.(int64)
	if !ok {
		t.problem(key, "", "must be a whole number, without quotes")
		return otherwise
	}
	if n < int64(least) || n > int64(most) {
		t.problem(key, "", "must be from %d to %d, not %d", least, most, n)
		return otherwise
	}
	return int(n)
}

func (t *table) duration(key string, otherwise, most time.Duration) time.Duration {
	v, ok := t.ask(key)
	if !ok {
		return otherwise
	}
	const hint = `a duration is written "90s", "30m", "4h" or "14d"`
	s, ok := v.(string)
	if !ok {
		t.problem(key, hint, "must be text in quotes, not %s", kindOf(v))
		return otherwise
	}
	d, err := parseDuration(s)
	if err != nil {
		t.problem(key, hint, "%s is no duration", quote(s))
		return otherwise
	}
	if d < 0 || d > most {
		t.problem(key, "", "must be from 0s to %s, not %s", formatDuration(most), quote(s))
		return otherwise
	}
	return d
}

func (t *table) size(key string, otherwise, least, most int64) int64 {
	v, ok := t.ask(key)
	if !ok {
		return otherwise
	}
	const hint = `a size is written "500KB", "35MB" or "32MiB"`
	s, ok := v.(string)
	if !ok {
		t.problem(key, hint, "must be text in quotes, not %s", kindOf(v))
		return otherwise
	}
	n, err := parseSize(s)
	if err != nil {
		t.problem(key, hint, "%s is no size", quote(s))
		return otherwise
	}
	if n < least || n > most {
		t.problem(key, "", "must be from %s to %s, not %s", formatSize(least), formatSize(most), quote(s))
		return otherwise
	}
	return n
}

// list reads texts; an element that is none is reported and left out as "", so
// that the others keep their index.
func (t *table) list(key string, otherwise []string) []string {
	v, ok := t.ask(key)
	if !ok {
		return otherwise
	}
	elements, ok := v.([]any)
	if !ok {
		hint := ""
		if s, isText := v.(string); isText {
			hint = fmt.Sprintf("write %s = [%s]", key, quote(s))
		}
		t.problem(key, hint, "must be a list of texts, not %s", kindOf(v))
		return otherwise
	}
	out := make([]string, len(elements))
	for i, e := range elements {
		s, ok := e.(string)
		switch s = strings.TrimSpace(s); {
		case !ok:
			t.problemIn(key, i, "", "must hold only texts in quotes, not %s", kindOf(e))
		case s == "":
			t.problemIn(key, i, "leave it out", "has an empty text")
		case hasControl(s) || strings.ContainsAny(s, "\n\t"):
			t.problemIn(key, i, "", "has a control character")
		default:
			out[i] = s
		}
	}
	return out
}

// repeated reports elements that stand in a list twice.
func (t *table) repeated(key string, values []string) {
	seen := map[string]bool{}
	for i, v := range values {
		folded := strings.ToLower(v)
		if v != "" && seen[folded] {
			t.problemIn(key, i, "capitals do not count", "%s stands there twice", quote(v))
		}
		seen[folded] = true
	}
}

// unique reports a value that another table has already, and records it with
// its line.
func (t *table) unique(key, value string, taken map[string]int) bool {
	if line, ok := taken[value]; ok {
		t.problem(key, "each may stand there once", "%s is taken by line %d", quote(value), line)
		return false
	}
	taken[value] = t.lineOf(key)
	return true
}

// sub reads a table; one that is not there is empty, so that its defaults are
// read the same way.
func (t *table) sub(key string) *table {
	path, name := join(t.path, key), join(t.name, key)
	header := "[" + name + "]"
	v, ok := t.ask(key)
	values, isTable := v.(map[string]any)
	if ok && !isTable {
		t.problem(key, "write "+header+" on a line of its own", "must be a table, not %s", kindOf(v))
	}
	line := t.l.lines[path]
	if line == 0 {
		line = t.line
	}
	return t.l.newTable(values, path, name, header, line)
}

// subs reads repeated tables.
func (t *table) subs(key string) []*table {
	path, name := join(t.path, key), join(t.name, key)
	header := "[[" + name + "]]"
	v, ok := t.ask(key)
	if !ok {
		return nil
	}
	elements, isList := v.([]any)
	if !isList {
		t.problem(key, "write "+header, "there may be several, so it needs double brackets")
		if values, ok := v.(map[string]any); ok { // its keys are looked at all the same
			return []*table{t.l.newTable(values, path, name, header, t.l.lines[path])}
		}
		return nil
	}
	var out []*table
	for i, e := range elements {
		at := path + index(i)
		values, ok := e.(map[string]any)
		if !ok {
			t.problemIn(key, i, "write "+header, "must hold only tables, not %s", kindOf(e))
			continue
		}
		line := t.l.lines[at]
		if line == 0 {
			line = t.l.lines[path]
		}
		out = append(out, t.l.newTable(values, at, name, header, line))
	}
	return out
}

// later accepts a key of a later version while it holds nothing.
func (t *table) later(key, hint string) {
	v, ok := t.ask(key)
	if ok && !isEmpty(v) {
		t.problem(key, hint, "not in this version")
	}
}

// laterTables does the same for repeated tables, each at its own line.
func (t *table) laterTables(key, hint string) {
	v, ok := t.ask(key)
	if !ok || isEmpty(v) {
		return
	}
	elements, isList := v.([]any)
	if !isList {
		t.problem(key, hint, "not in this version")
		return
	}
	for i := range elements {
		t.problemIn(key, i, hint, "not in this version")
	}
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	case int64:
		return v == 0
	case bool:
		return !v
	}
	return false
}

// tablesNamed returns the tables read so far below one header.
func (l *loader) tablesNamed(name string) []*table {
	var out []*table
	for _, t := range l.tables {
		if t.name == name {
			out = append(out, t)
		}
	}
	return out
}

// absolute makes a path of the file absolute.
func (l *loader) absolute(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(l.dir, path)
}

// unknownKeys reports what nobody asked for. It comes last, when every table
// has told which keys it knows.
func (l *loader) unknownKeys() {
	homes := map[string]string{}
	for _, t := range l.tables {
		for _, key := range t.asked {
			if _, ok := homes[key]; !ok {
				homes[key] = t.header
			}
		}
	}
	for _, t := range l.tables {
		asked := map[string]bool{}
		for _, key := range t.asked {
			asked[key] = true
		}
		var unknown []string
		for key := range t.values {
			if !asked[key] {
				unknown = append(unknown, key)
			}
		}
		sort.Strings(unknown)
		for _, key := range unknown {
			t.unknown(key, homes)
		}
	}
}

func (t *table) unknown(key string, homes map[string]string) {
	hint := ""
	home, elsewhere := homes[key]
	if n := nearest(key, t.asked); n != "" {
		hint = "did you mean " + n + "?"
	} else if elsewhere && home == "" {
		hint = key + " belongs at the top of the file, above all [tables]"
	} else if elsewhere {
		hint = key + " belongs below " + home
	}
	line := t.l.lines[join(t.path, key)]
	if line == 0 {
		line = t.line
	}
	t.l.problems = append(t.l.problems, Problem{
		File: t.l.file, Line: line, Key: join(t.name, showKey(key)), Text: "unknown key", Hint: hint})
}

// showKey writes a key as the file has to: bare, or in quotes.
func showKey(key string) string {
	bare := func(r rune) bool {
		return r == '-' || r == '_' || r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r))
	}
	if key != "" && len(key) <= maxKey && !strings.ContainsFunc(key, func(r rune) bool { return !bare(r) }) {
		return key
	}
	return quote(key)
}

// kindOf names a value's kind in a message.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case int64, float64:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "a date or time"
}
