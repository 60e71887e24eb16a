package reply

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// shared reports whether two texts have a passage in common.
func shared(a, b string) bool {
	key := []byte("k")
	known := map[uint64]bool{}
	for _, p := range Passages(key, a) {
		known[p.Hash] = true
	}
	return slices.ContainsFunc(Passages(key, b), func(p Passage) bool { return known[p.Hash] })
}

const noteText = "Please do not tell her, but the supplier admits that the whole spring batch of heating elements was faulty."

func TestPassagesAreKnownAgain(t *testing.T) {
	twelve := "the supplier admits that the whole spring batch of heating elements was"
	eleven := "the supplier admits that the whole spring batch of heating elements"
	if n := len(strings.Fields(twelve)); n != 12 {
		t.Fatalf("the example has %d words", n)
	}
	japanese := "昨日の会議では値下げをしないと決めましたので、お客様には言わないでください。"
	for name, c := range map[string]struct {
		source, text string
		want         bool
	}{
		"twelve words":           {noteText, "Hello Jane, " + twelve + " fine.", true},
		"eleven words":           {noteText, "Hello Jane, " + eleven + " are fine.", false},
		"another case":           {noteText, strings.ToUpper(twelve), true},
		"wrapped anew":           {noteText, strings.ReplaceAll(twelve, " ", "\n"), true},
		"quoted":                 {noteText, "> the supplier admits that the whole\n> > spring batch of heating\n>elements was", true},
		"bulleted":               {noteText, "* the supplier admits: that the whole\n - spring batch, of heating\n - elements was", true},
		"curly quotes, dashes":   {"he said \"we can't pay\" - so we won't send anything before next week", "he said “we can’t pay” — so we won’t send anything before next week", true},
		"no-break, zero width":   {noteText, strings.ReplaceAll(strings.ReplaceAll(twelve, " ", "\u00a0"), "ea", "e\u200ba"), true},
		"full width":             {"order 12345 left the depot on monday and nobody has seen it since", "order １２３４５ left the depot on monday and nobody has seen it since", true},
		"sixteen characters":     {japanese, "会議では値下げをしないと決めました", true},
		"fewer characters":       {japanese, "値下げをしないと決めました", false},
		"characters and words":   {"我们 the supplier 决定不再 delivers 任何东西给 them this spring", "我们 the supplier 决定不再 delivers 任何东西给 them", true},
		"the same words, turned": {noteText, "was elements heating of batch spring whole the that admits supplier the", false},
		"numbered":               {noteText, "1. the supplier admits\n2. that the whole\n10. spring batch\n11.\u00a0of heating elements was", true},
		"lettered":               {noteText, "a) the supplier admits b) that the whole (c) spring batch\nD) of heating elements was", true},
		"a numbered list, bare":  {"1. the supplier admits\n2. that the whole\n3.\tspring batch\n4. of heating elements was", "- " + twelve, true},
		"a list, filled anew":    {"1. the supplier admits\n2. that the whole\n3. spring batch\n4. of heating elements was", "1. the supplier admits 2. that the whole 3. spring batch 4. of heating elements was", true},
		"other numbers":          {"pay 12 euro on day 3 for the 40 parts of the batch from 7", "pay 13 euro on day 4 for the 40 parts of the batch from 8", false},
		"empty":                  {"", "", false},
	} {
		if got := shared(c.source, c.text); got != c.want {
			t.Errorf("%s: shared = %v, want %v", name, got, c.want)
		}
	}
}

// Where a passage stands is what an agent is shown.
func TestPassagesKnowWhereTheyStand(t *testing.T) {
	text := "Hello,\n\n> the supplier admits that the whole\nspring batch — of heating elements — was faulty.\n"
	ps := Passages([]byte("k"), text)
	if len(ps) != 3 {
		t.Fatalf("%d passages, want 3", len(ps))
	}
	if got, want := text[ps[1].From:ps[1].To], "the supplier admits that the whole\nspring batch — of heating elements — was"; got != want {
		t.Errorf("the passage is %q, want %q", got, want)
	}
}

// Where the numbers of a list stand between the words, too.
func TestPassagesOfAListKnowWhereTheyStand(t *testing.T) {
	text := "So:\n 1. the supplier admits\n 2. that the whole\n 3. spring batch\n 4. of heating elements was faulty"
	ps := Passages([]byte("k"), text)
	if len(ps) != 3 {
		t.Fatalf("%d passages, want 3", len(ps))
	}
	if got, want := text[ps[1].From:ps[1].To], strings.TrimSuffix(text[len("So:\n 1. "):], " faulty"); got != want {
		t.Errorf("the passage is %q, want %q", got, want)
	}
}

// A long text keeps fewer of its passages, and a copied page still meets them.
func TestLongTextsAreKnownAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	word := func() string { return fmt.Sprintf("w%d", r.IntN(1<<30)) }
	var words []string
	for range 60000 {
		words = append(words, word())
	}
	text := strings.Join(words, " ")
	if n := len(Passages([]byte("k"), text)); n > densePassages+60000/sparsePassages*2 {
		t.Errorf("%d passages of 60,000 words", n)
	}
	if !shared(text, strings.Join(words[55000:55300], " ")) {
		t.Error("300 words from the end are not known again")
	}
	if !shared(text, strings.Join(words[1000:1012], " ")) {
		t.Error("12 words from the beginning are not known again")
	}
}

func TestAddresses(t *testing.T) {
	got := Addresses("Ask k.lind@Law.example, <max@repairs.example>. Not @dana or a@b; JOSÉ@ejemplo.example; max@repairs.example again.")
	want := []string{"k.lind@law.example", "max@repairs.example", "josé@ejemplo.example"}
	for i, a := range want {
		if i >= len(got) || !strings.EqualFold(got[i], a) {
			t.Fatalf("addresses %q, want %q", got, want)
		}
	}
	if len(got) != len(want) {
		t.Errorf("addresses %q, want %q", got, want)
	}
}

func BenchmarkPassages(b *testing.B) {
	text := strings.Repeat("The kettle leaks, and nobody has called me about it so far this week.\n", 140)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Passages([]byte("k"), text)
	}
}
