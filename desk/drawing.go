package desk

import (
	"fmt"
	"strings"

	"aside"
	"aside/reply"
	"aside/templates"
)

// drawing is a frame as it was drawn for the first of several agents. Those of
// the others are mostly the same but for the marker and the reply addresses,
// so they are made of it: drawing one takes ten times as long.
type drawing struct {
	key   string   // what it shows, each of own by its number
	own   []string // what is one agent's alone: the marker, tokens
	words templates.Words
}

// drawFrame renders a frame. Known are the hashes of those of its lines that were
// not given for another agent's frame of this mail.
func (w *work) drawFrame(d *aside.Desk, a *aside.Agent, f templates.Frame) (words templates.Words, known []uint64, err error) {
	own := append([]string{f.Marker}, w.tokens...)
	key := fmt.Sprintf("%s %s %+v", d.Address, d.Language, f)
	for i, s := range own {
		key = strings.ReplaceAll(key, s, fmt.Sprintf("\x00%d\x00", i))
	}
	for _, first := range w.drawings {
		if first.key != key || len(first.own) != len(own) {
			continue
		}
		var pairs []string
		for i, s := range first.own {
			pairs = append(pairs, s, own[i])
		}
		r := strings.NewReplacer(pairs...)
		words = templates.Words{Text: r.Replace(first.words.Text), HTML: r.Replace(first.words.HTML)}
		return words, reply.Hashes(w.s.Keys.LineKey(), linesWith(words.Text, f.Marker)), nil
	}
	words, err = w.set.Templates.Frame(keyOf(d), f)
	if err != nil {
		return words, nil, fmt.Errorf("render the frame for %s: %w", a.Handle, err)
	}
	known = reply.Hashes(w.s.Keys.LineKey(), words.Text)
	w.drawings = append(w.drawings, drawing{key: key, own: own, words: words})
	return words, known, nil
}

// linesWith are the lines of a text in which a word stands.
func linesWith(text, word string) string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if strings.Contains(l, word) {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
