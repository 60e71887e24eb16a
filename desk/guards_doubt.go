package desk

import (
	"strings"

	"aside/templates"
)

// shownOfDoubt is how much of a doubtful passage a receipt shows, in octets:
// as much as templates shows of a passage in runes.
const shownOfDoubt = 4000

// longGuard finds quoted words that are too many to be shown: what an agent has
// not seen is not released.
const longGuard = "long"

// doubtGuard holds what was cut as quoted though nothing proves that it is, and
// what was kept of another conversation's words or among them: neither may
// happen in silence.
func (d *deed) doubtGuard() {
	for _, x := range d.r.doubts {
		shown := x.Text
		long := len(shown) > shownOfDoubt
		if long {
			shown = strings.ToValidUTF8(shown[:shownOfDoubt], "") + " …"
		}
		switch {
		case x.Kept && long:
			d.findings = append(d.findings, finding{guard: longGuard, never: true, reason: templates.Reason{Line: shown,
				Why: "These words are quoted from another conversation, or stand among such, and they are too many to be shown here whole. Please write again with less of them."}})
		case x.Kept:
			d.find("unclear "+x.Text, shown, "These words are quoted from another conversation, or stand among such, and nothing shows whether you meant to send them.", "")
		default:
			d.find("cut "+x.Text, shown, "This looks quoted and would not be sent, but it is not marked so, or nobody has written it before. If it is yours, write it again above the quotation, without a > before it.", "")
		}
	}
}
