package reply_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// rewrapped breaks the lines of a text that are longer than width, as a
// gateway does that does not know of quote signs: what is broken off stands
// bare, or in front of the next line.
func rewrapped(text string, width int, joins bool) string {
	var out []string
	carry := ""
	for _, line := range strings.Split(text, "\n") {
		if joins && carry != "" {
			if bare := strings.TrimLeft(line, "> "); bare != "" && bare != "-- " {
				line, carry = carry+" "+bare, ""
			} else {
				out = append(out, carry)
				carry = ""
			}
		}
		for len(line) > width {
			at := strings.LastIndexByte(line[:width+1], ' ')
			if at <= 2 {
				break
			}
			out = append(out, line[:at])
			line = line[at+1:]
			if joins && len(line) <= width {
				carry, line = line, ""
				break
			}
		}
		if carry == "" {
			out = append(out, line)
		}
	}
	if carry != "" {
		out = append(out, carry)
	}
	return strings.Join(out, "\n")
}

// saying makes paragraphs of words of which many tickets are full, each with a
// word that is said once only.
func saying(rng *rand.Rand, sign string, n int) string {
	beginnings := []string{"It would be a great help to have", "Nobody here knows anything of", "As far as I can see the courier has", "Could you please tell me where to find", "We are still waiting for"}
	middle := strings.Fields("the parcel kettle ladder corner window against pallet after second third weekend light Friday colleague which were train naïve clearly narrow and with a lid of red")
	var out []string
	for i := range n {
		words := strings.Fields(beginnings[rng.IntN(len(beginnings))])
		words = append(words, fmt.Sprintf("%s%dx", sign, i))
		for range 3 + rng.IntN(14) {
			words = append(words, middle[rng.IntN(len(middle))])
		}
		out = append(out, strings.Join(words, " ")+".")
	}
	return strings.Join(out, []string{"\n", "\n\n"}[rng.IntN(2)])
}

// TestRewrapped: a gateway breaks the lines of an answer whose quotation was
// heard in another conversation than the one that the answer goes to. None of
// its words stays, and all that was typed does, or its writer is asked.
func TestRewrapped(t *testing.T) {
	const seed = 20261122
	rng := rand.New(rand.NewPCG(seed, 3))
	n, asked := 0, 0
	for round := range 12 {
		quoted, other := saying(rng, "quoted", 1+rng.IntN(4)), saying(rng, "other", 1+rng.IntN(4))
		key := []byte("rewrapped")
		known := map[uint64]reply.Origin{}
		hear := func(text string, o reply.Origin) {
			for _, h := range reply.Hashes(key, text) {
				known[h] = max(known[h], o)
			}
		}
		hear(other, []reply.Origin{reply.Addressed, reply.Own}[rng.IntN(2)])
		if rng.IntN(2) == 0 {
			hear(wrapped(other, 50), reply.Addressed)
		}
		hear(quoted, reply.Elsewhere)
		hear(frame, reply.Frame)
		held := heldAgainst()
		held.Key, held.Known = key, func(h uint64) reply.Origin { return known[h] }
		typed := strings.ReplaceAll(saying(rng, "typed", 1+rng.IntN(3)), "naïve", "bold")
		for _, c := range clients {
			for _, place := range []struct{ above, below string }{{typed, ""}, {"", typed}, {typed, "Thank you from all of typed9x people."}} {
				whole := strings.ReplaceAll(c.text(place.above, "\n"+place.below), words, quoted)
				whole = strings.ReplaceAll(whole, prefixed(wrapped(words, 70)), prefixed(wrapped(quoted, 70)))
				whole = strings.ReplaceAll(whole, prefixed(words), prefixed(quoted))
				whole = strings.ReplaceAll(whole, wrapped(words, 50), wrapped(quoted, 50))
				whole = strings.ReplaceAll(whole, prefixed(wrapped(words, 72)), prefixed(wrapped(quoted, 72)))
				if !strings.Contains(whole, "quoted0x") {
					whole = strings.ReplaceAll(whole, strings.Join(strings.Fields(words), " "), strings.Join(strings.Fields(quoted), " "))
				}
				if !strings.Contains(whole, "quoted0x") {
					t.Fatalf("%s quotes nothing:\n%s", c.name, whole)
				}
				for _, width := range []int{45, 50, 60, 63, 66, 68, 70, 72, 74, 76} {
					for _, joins := range []bool{false, true} {
						text := rewrapped(whole, width, joins)
						d := reply.Read(&aside.Mail{Subject: "Re: x", Text: text}, held)
						n++
						if len(d.Doubts()) > 0 {
							asked++
						}
						if at := strings.Index(d.Text(), "quoted"); at >= 0 {
							t.Errorf("round %d, %s, width %d, joins %v: what was quoted stays:\n%s\n--- of\n%s", round, c.name, width, joins, d.Text(), text)
						}
						if want := place.above + " " + place.below; len(d.Doubts()) == 0 && reply.Normalise(d.Text()) != reply.Normalise(want) {
							t.Errorf("round %d, %s, width %d, joins %v: read\n%s\n--- of\n%s\n--- typed\n%s", round, c.name, width, joins, d.Text(), text, want)
						}
						if t.Failed() && n > 4000 {
							t.FailNow()
						}
					}
				}
			}
		}
	}
	t.Logf("%d mails, %d asked about", n, asked)
}
