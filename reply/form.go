package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"aside/reply/phrases"
)

// form is what a row's text alone decides, whatever stands around it: rows are
// asked the same by each of their neighbours, so the answer is kept. For each
// question one bit says that it was asked, and the one above that it is so.
type form uint16

const (
	askedLabel form = 1 << (2 * iota)
	askedStrange
	askedSentence
	askedEnd
	askedVerb
	askedCommand
	askedTo
	askedSubject
)

// is answers a question about the row's text, by asking once.
func (r *row) is(question form, ask func(text string) bool) bool {
	if r.form&question == 0 {
		r.form |= question
		if ask(r.text) {
			r.form |= question << 1
		}
	}
	return r.form&(question<<1) != 0
}

// isLabel reports whether the row is a copied header line: "From: Jane".
func (r *row) isLabel() bool {
	label, _ := r.header(false)
	return label != phrases.None
}

// header reads the row as a copied header line; bare allows that its colon is
// left out.
func (r *row) header(bare bool) (phrases.Label, string) {
	if r.form&askedLabel == 0 {
		r.form |= askedLabel
		r.label, r.value = labelled(r.text)
	}
	if bare && r.label == phrases.None {
		return phrases.Header(r.text, true)
	}
	return r.label, r.value
}

// isStrangeLabel reports whether the row reads like a header line in some
// language.
func (r *row) isStrangeLabel() bool { return r.is(askedStrange, isStrangeLabel) }

func isStrangeLabel(text string) bool {
	_, ok := phrases.Labelled(text)
	return ok
}

// endsSentence reports whether the row's last word ends a sentence.
func (r *row) endsSentence() bool { return r.is(askedSentence, endsSentence) }

// mayEnd reports whether an introduction can end with the row.
func (r *row) mayEnd() bool { return r.is(askedEnd, mayEnd) }

// wrote reports whether the row has the verb of an introduction.
func (r *row) wrote() bool { return r.is(askedVerb, wrote) }

func wrote(text string) bool { return phrases.Wrote(phrases.Clean(text)) }

// hasCommandForm reports whether the row begins as a command does.
func (r *row) hasCommandForm() bool { return r.is(askedCommand, hasCommandForm) }

// saysTo and saysSubject report whether the row is nothing but the word of
// such a header line.
func (r *row) saysTo() bool      { return r.is(askedTo, saysTo) }
func (r *row) saysSubject() bool { return r.is(askedSubject, saysSubject) }

func saysTo(text string) bool      { return isWord(text, phrases.To) }
func saysSubject(text string) bool { return isWord(text, phrases.Subject) }

// hasCommandForm reports whether a text begins as a command does: with a
// slash, a letter behind it, and no more than blanks and what is invisible
// before and between.
func hasCommandForm(text string) bool {
	text = skipUnseen(text)
	switch {
	case strings.HasPrefix(text, "/"):
		text = text[1:]
	case strings.HasPrefix(text, "／"):
		text = text[len("／"):]
	default:
		return false
	}
	first, _ := utf8.DecodeRuneInString(skipUnseen(text))
	return unicode.IsLetter(first)
}

// skipUnseen is a text without the blanks and the invisible characters that it
// begins with.
func skipUnseen(text string) string {
	for i, c := range text {
		if c > ' ' && c < 0xa0 || c >= 0xa0 && !unicode.In(c, unicode.Zs, unicode.Cf) {
			return text[i:]
		}
		if c <= ' ' && c != ' ' && (c < '\t' || c > '\r' || c == '\v') {
			return text[i:]
		}
	}
	return ""
}
