package reading

import (
	"testing"

	"pgregory.net/rapid"

	"aside/reply"
)

// The table of origins says what a map would: of what was asked for, and of
// nothing else.
func TestOriginsAreThoseOfAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.Uint64Range(0, 400) // low bits alike: they stand in each other's places
		top := rapid.Uint64Range(0, 3)   // and high bits alike: they have one bit of what was asked
		hash := rapid.Custom(func(t *rapid.T) uint64 { return top.Draw(t, "top")<<62 | few.Draw(t, "n")<<12 | few.Draw(t, "low")&3 })
		var table origins
		asked := map[uint64]reply.Origin{}
		for _, h := range rapid.SliceOfN(hash, 1, 900).Draw(t, "asked") {
			table.ask(h)
			asked[h] = reply.Unknown
		}
		heard := rapid.SliceOf(hash).Draw(t, "heard")
		for _, h := range heard {
			at := rapid.SampledFrom([]reply.Origin{reply.Own, reply.Addressed, reply.Elsewhere, reply.Frame}).Draw(t, "at")
			table.hear([]uint64{h}, at)
			if was, ok := asked[h]; ok && rank(at) > rank(was) {
				asked[h] = at
			}
		}
		for h, want := range asked {
			heard = append(heard, h)
			if got, ok := table.of(h); !ok || got != want {
				t.Fatalf("%x was heard %v (%v), want %v", h, got, ok, want)
			}
		}
		for _, h := range heard {
			if _, ok := table.of(h); ok != func() bool { _, ok := asked[h]; return ok }() {
				t.Fatalf("%x: asked %v", h, ok)
			}
		}
	})
}
