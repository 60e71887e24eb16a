// Package pattern holds regular expressions of very many words against texts
// that nearly never have any of them. Go's engine follows every alternative at
// once and takes some hundred times as long for it as looking for a word does.
package pattern

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pattern is a regular expression, with words of which every text has one that
// it matches. Its methods are safe for concurrent use.
type Pattern struct {
	re    *regexp.Regexp
	words []string // in the form of fold; nil where there are none
}

// MustCompile is regexp.MustCompile: it panics where the expression is none.
func MustCompile(expr string) *Pattern {
	re := regexp.MustCompile(expr)
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic(err) // regexp read it a moment ago
	}
	return &Pattern{re, shortest(needed(tree))}
}

// MatchString reports whether a text has a match of the expression.
func (p *Pattern) MatchString(text string) bool { return p.MayMatch(text) && p.re.MatchString(text) }

// MayMatch reports cheaply whether a text may have a match: where it is false,
// there is none.
func (p *Pattern) MayMatch(text string) bool {
	if p.words == nil {
		return true
	}
	text = strings.Map(fold, text)
	for _, w := range p.words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// needed are words of which a match has one; nil where none is sure.
func needed(re *syntax.Regexp) []string {
	if all := spelled(re); all != nil && least(all) > 0 {
		return all
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpConcat:
		return neededOf(re.Sub)
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			words := needed(sub)
			if words == nil {
				return nil
			}
			all = append(all, words...)
		}
		return all
	}
	return nil
}

// neededOf is needed of expressions one after the other: the longest words that
// one of them needs, or that some beside each other spell.
func neededOf(list []*syntax.Regexp) []string {
	var best []string
	better := func(words []string) {
		if words != nil && (best == nil || least(words) > least(best)) {
			best = words
		}
	}
	run := []string{""}
	for _, sub := range list {
		all := spelled(sub)
		if all == nil || len(run)*len(all) > maxSpelled {
			better(run)
			run = []string{""}
		}
		if all == nil || len(all) > maxSpelled {
			better(needed(sub))
			continue
		}
		run = product(run, all)
	}
	better(run)
	if best == nil || least(best) == 0 {
		return nil
	}
	return best
}

// maxSpelled bounds the words that are spelled out of parts.
const maxSpelled = 200

// spelled are all texts that an expression matches, in the form of fold; nil
// where they are too many.
func spelled(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.Map(fold, string(re.Rune))}
	case syntax.OpCharClass:
		return spelledClass(re.Rune)
	case syntax.OpCapture:
		return spelled(re.Sub[0])
	case syntax.OpQuest:
		if all := spelled(re.Sub[0]); all != nil {
			return append([]string{""}, all...)
		}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpAlternate, syntax.OpConcat:
		var out []string
		if re.Op == syntax.OpConcat {
			out = []string{""}
		}
		for _, sub := range re.Sub {
			all := spelled(sub)
			if all == nil {
				return nil
			}
			if re.Op == syntax.OpConcat {
				out = product(out, all)
			} else {
				out = append(out, all...)
			}
			if len(out) > maxSpelled {
				return nil
			}
		}
		return out
	}
	return nil
}

// spelledClass are the characters of a class of few; ranges are its bounds, two
// for each run of characters.
func spelledClass(ranges []rune) (out []string) {
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if len(out) >= 12 {
				return nil
			}
			out = append(out, string(fold(r)))
		}
	}
	return out
}

// product joins each of some texts with each of others.
func product(heads, tails []string) []string {
	if len(tails) == 1 && tails[0] == "" {
		return heads
	}
	out := make([]string, 0, len(heads)*len(tails))
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

// least is the length of the shortest of some words.
func least(words []string) int {
	n := len(words[0])
	for _, w := range words {
		n = min(n, len(w))
	}
	return n
}

// shortest leaves those words out that have another one in them.
func shortest(words []string) []string {
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	var out []string
	for _, w := range words {
		if !slices.ContainsFunc(out, func(in string) bool { return strings.Contains(w, in) }) {
			out = append(out, w)
		}
	}
	return out
}

// fold is the one character that stands for all that differ from it by letter
// case alone, as regular expressions know them.
func fold(r rune) rune {
	if r < utf8.RuneSelf {
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}
	least := r
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		least = min(least, o)
	}
	return least
}
