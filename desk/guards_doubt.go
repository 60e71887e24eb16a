package desk

import "strings"

// shownOfDoubt is how much of a doubtful passage a receipt shows, in octets.
const shownOfDoubt = 600

// doubtGuard holds what was cut as quoted though nobody ever wrote it, and
// what was kept among another conversation's words: nothing shows whose it is,
// and neither may happen in silence.
func (d *deed) doubtGuard() {
	for _, x := range d.r.doubts {
		shown := x.Text
		if len(shown) > shownOfDoubt {
			shown = strings.ToValidUTF8(shown[:shownOfDoubt], "") + " …"
		}
		if x.Kept {
			d.find("unclear "+x.Text, shown, "This stands among words quoted from another conversation, and nothing shows whether you wrote it.", "")
			continue
		}
		d.find("cut "+x.Text, shown, "This looks quoted and would not be sent, but it is not marked so, or nobody has written it before. If it is yours, write it again above the quotation, without a > before it.", "")
	}
}
