package desk

import "strings"

// shownOfDoubt is how much of a doubtful passage a receipt shows, in octets.
const shownOfDoubt = 600

// doubtGuard holds what was cut as quoted though nothing proves that it is, and
// what was kept of another conversation's words or among them: neither may
// happen in silence.
func (d *deed) doubtGuard() {
	for _, x := range d.r.doubts {
		shown := x.Text
		if len(shown) > shownOfDoubt {
			shown = strings.ToValidUTF8(shown[:shownOfDoubt], "") + " …"
		}
		if x.Kept {
			d.find("unclear "+x.Text, shown, "These words are quoted from another conversation, or stand among such, and nothing shows whether you meant to send them.", "")
			continue
		}
		d.find("cut "+x.Text, shown, "This looks quoted and would not be sent, but it is not marked so, or nobody has written it before. If it is yours, write it again above the quotation, without a > before it.", "")
	}
}
