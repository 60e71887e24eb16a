package config

import (
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

// Problem is one thing that is wrong in the file.
type Problem struct {
	File string // as given to Load
	Line int    // from 1; 0 when nothing in the file is to blame, but something missing
	Key  string // as an admin writes it, desk.language; empty for broken TOML
	Text string // what is wrong
	Hint string // what to do about it; may be empty
}

// Error is the problem in one line:
// "aside.toml:12: desk.languag: unknown key (did you mean language?)".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Text)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems is everything that is wrong in a file, sorted by line; what has no
// line comes last.
type Problems []Problem

// Error is all problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single problems to errors.As.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

func (ps Problems) sort() {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i].Line, ps[j].Line
		if a == 0 || b == 0 {
			return a != 0 && b == 0
		}
		return a < b
	})
}

// syntaxHint says what usually is behind a parser's complaint.
func syntaxHint(text string) string {
	switch {
	case strings.Contains(text, "at start of value"), strings.Contains(text, "expected newline"):
		return "text stands in double quotes, and each key on a line of its own"
	case strings.Contains(text, "should be an array table"), strings.Contains(text, "as an array of tables"):
		return "single tables are written [name], repeated ones [[name]]"
	case strings.Contains(text, "table") && strings.Contains(text, "already exists"):
		return "put all keys of a table below one header"
	case strings.Contains(text, "is already defined"):
		return "keep one of the two"
	case strings.Contains(text, "cannot have new lines"), strings.Contains(text, "not terminated"):
		return "the closing quote is missing"
	case strings.Contains(text, "expected '=' after key"):
		return "a key is written name = \"value\""
	case strings.Contains(text, "array is incomplete"), strings.Contains(text, "']' after array"):
		return "a list is written [\"one\", \"two\"]"
	}
	return ""
}

// unreadable says why a file cannot be read, without the name of a system call.
func unreadable(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Path + ": " + pe.Err.Error()
	}
	return err.Error()
}

// quote shows a value in a message, shortened so that a stray file pasted into
// a string does not fill the terminal.
func quote(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// enumerate writes "a", "b" or "c".
func enumerate(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = fmt.Sprintf("%q", v)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

// nearest returns the candidate that a mistyped word most likely meant, or "":
// at most a third of its letters differ, or one is the beginning of the other.
func nearest(word string, candidates []string) string {
	const longest = 64 // no key is longer, and the distance costs the product of the lengths
	if len(word) < 2 || len(word) > longest {
		return ""
	}
	word = strings.ToLower(word)
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, c := range candidates {
		if d := distance(word, c); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	if best != "" {
		return best
	}
	for _, c := range candidates {
		if len(word) >= 3 && len(c) >= 3 && (strings.HasPrefix(word, c) || strings.HasPrefix(c, word)) {
			return c
		}
	}
	return ""
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours between two words (optimal string alignment).
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
