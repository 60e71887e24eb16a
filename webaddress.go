package aside

import (
	"regexp"
	"strings"
)

var webAddress = regexp.MustCompile(`https?://[^\s<>"]+`)

// WebAddresses are where web addresses stand in a text, each by its beginning and
// its end in octets. Signs behind one that a sentence may end with are none of it.
func WebAddresses(text string) (found [][2]int) {
	for _, at := range webAddress.FindAllStringIndex(text, -1) {
		address := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)]}'*_\u00a0")
		if len(address) >= len("https://x") {
			found = append(found, [2]int{at[0], at[0] + len(address)})
		}
	}
	return found
}
