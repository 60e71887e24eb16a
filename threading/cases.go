package threading

import (
	"regexp"
	"strconv"
	"strings"
)

const maxCases = 8

var (
	// bracketCase is a case number in brackets: [#5512], [CASE-1234],
	// (Ticket #555123), [Ticket#2026112310000012], ##RE-88123##.
	bracketCase = regexp.MustCompile(`(?i)(?:[\[({]|##)\s?(?:(?:` + caseWords + `)\b)?[\s:#.-]{0,4}(` + caseLetters + `[0-9]{3,18})\s?(?:[\])}]|##)`)
	// wordCase is a word that means a case, and its number: Case 00012345,
	// Ticket-ID: 5551234, REF:AB-99887, Incident INC0012345.
	wordCase = regexp.MustCompile(`(?i)\b(?:` + caseWords + `)\b\.?[\s-]?(?:id|no|nr|num|number|nummer|numéro|nº|n°)?[.:]?[\s:#-]{0,3}(` + caseLetters + `[0-9]{4,18})\b`)
	// threadRef is the reference by which a large CRM knows its cases again:
	// ref:_00D58Jx._5003:ref, ref:!00D58!Jx.!5003!:ref.
	threadRef = regexp.MustCompile(`(?i)\bref:([!_][a-z0-9!_.]{8,60}):ref\b`)
)

// caseLetters may begin a case number; without a hyphen they are capitals.
const caseLetters = `(?:[a-z]{1,8}[-_]|(?-i:[A-Z]{1,8}))?`

const caseWords = `case|ticket|incident|request|inquiry|enquiry|ref|reference|sr|rma|claim|vorgang|vorgangsnummer|ticketnummer|ticketnr|anfrage|fall|fallnummer|dossier|demande|caso|incidencia|solicitud|chamado|pratica|zaak|meldingsnummer|ärende|sak|sag|zgłoszenie`

// foreignCases returns the case numbers that a vendor's own system wrote into a
// subject, upper-case, each once, at most eight. It is conservative: a number
// counts only in brackets or after a word that means a case.
func foreignCases(subject string) []string {
	s := clip(subject, maxSubjectRead)
	if !hasNumber(s) && strings.IndexByte(s, ':') < 0 {
		return nil // nearly always
	}
	if mayHaveTag(s) {
		s = tagPattern.ReplaceAllStringFunc(s, func(tag string) string {
			if t := SubjectTags(tag); len(t) == 1 && t[0].Side == "" && !t[0].Team {
				return tag // [#5512] is how other helpdesks write theirs
			}
			return " "
		})
	}
	var out []string
	for _, p := range []struct {
		*regexp.Regexp
		may bool // it may find something
	}{{threadRef, strings.IndexByte(s, ':') >= 0}, {bracketCase, hasNumber(s) && strings.ContainsAny(s, "[({#")}, {wordCase, hasNumber(s)}} {
		if !p.may {
			continue
		}
		for _, m := range p.FindAllStringSubmatch(s, maxCases) {
			id := strings.ToUpper(m[1])
			if !looksLikeYear(id) && len(out) < maxCases {
				out = appendNew(out, id)
			}
		}
	}
	return out
}

// hasNumber reports whether three digits stand together, as in every case number
// that bracketCase and wordCase find.
func hasNumber(s string) bool {
	digits := 0
	for i := 0; i < len(s) && digits < 3; i++ {
		if digits++; s[i] < '0' || s[i] > '9' {
			digits = 0
		}
	}
	return digits == 3
}

// looksLikeYear keeps "request 2026" from being a case.
func looksLikeYear(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && len(id) == 4 && n >= 1900 && n < 2100
}

// CasesToLearn returns the foreign cases that the store should remember for a
// mail that was filed in a side conversation of the ticket. Our own number,
// which a vendor's client may have quoted without its letters, is none.
func (f Facts) CasesToLearn(ticket int64) []string {
	var out []string
	for _, c := range f.Cases {
		if c != strconv.FormatInt(ticket, 10) {
			out = append(out, c)
		}
	}
	return out
}
