package templates

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is quick for plain lines says the same as what looks at every letter.
func TestPlainLinesAreJudgedAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom([]string{"YOUR", "Y0UR", "your", " ", "REPLY", "reply", "-", "GOES", "5TAYS", "STAYS", "TO", "1", "é", "\t", "\n", "\n\n\n", "\r", "x", "Diese", " ANTWORT ", "geht"}), 0, 12).Draw(t, "pieces")
		line := strings.Join(pieces, "")
		own := openings("Diese Antwort geht an Jane")
		slow := func() bool {
			s := skeleton(line)
			for _, o := range own {
				if strings.HasPrefix(s, o) {
					return true
				}
			}
			return inCapitals.MatchString(line)
		}()
		if got := imitates(line, own); got != slow {
			t.Fatalf("%q: %v, letter by letter %v", line, got, slow)
		}
		// A letter of another script behind takes the long way. Without a letter
		// before it, it would make a line that is empty into one that is not.
		text := line + "x"
		if got, long := spoken(text), strings.TrimSuffix(spoken(text+"é"), "é"); got != long {
			t.Fatalf("%q is spoken as %q, the long way %q", text, got, long)
		}
	})
}
