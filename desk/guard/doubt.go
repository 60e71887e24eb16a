package guard

import (
	"strings"

	"aside/reply"
	"aside/templates"
)

// shownOfDoubt is how much of a doubtful passage a receipt shows, in octets:
// as much as templates shows of a passage in runes.
const shownOfDoubt = 4000

// Excerpt is what a hold keeps to be shown of a text.
func Excerpt(s string) string {
	if r := []rune(s); len(r) > shownOfDoubt {
		return string(r[:shownOfDoubt]) + " …"
	}
	return s
}

// doubts are what was cut as quoted though nothing proves that it is, and
// what was kept of another conversation's words or among them: neither may
// happen in silence.
func doubts(list []reply.Doubt) (out []Finding) {
	for _, x := range list {
		shown := x.Text
		long := len(shown) > shownOfDoubt
		if long {
			shown = strings.ToValidUTF8(shown[:shownOfDoubt], "") + " …"
		}
		switch {
		case x.Kept && long:
			out = append(out, Finding{Guard: Long, Never: true, Reason: templates.Reason{Line: shown,
				Why: "These words are quoted from another conversation, or stand among such, and they are too many to be shown here whole. Please write again with less of them."}})
		case x.Kept:
			out = append(out, found("unclear "+x.Text, shown, "These words are quoted from another conversation, or stand among such, and nothing shows whether you meant to send them."))
		case x.Left:
			out = append(out, found("cut "+x.Text, shown, "Only one of the mail's two forms, text and HTML, says this, and the other one would be sent. If it belongs there, write it again."))
		default:
			out = append(out, found("cut "+x.Text, shown, "This looks quoted and would not be sent, but it is not marked so, or nobody has written it before. If it is yours, write it again above the quotation, without a > before it."))
		}
	}
	return out
}
