package reading

import (
	"aside/reply"
	"aside/store"
)

// origins tells of hashes where their lines were heard. It is a table of its
// own rather than a map, because a long ticket has a million of them, and all
// of them are held against those that a mail asks for: the hashes are keyed, so
// their bits are as good as random.
type origins struct {
	hashes []uint64
	at     []reply.Origin // free where the place is
	n      int
	// asked has a bit for each hash that was asked for, at the number of its
	// highest bits. Most of what a ticket has heard was not, and is told so here:
	// the table does not fit into the processor's nearest memory.
	asked []uint64
}

// askedBits is how many of a hash's bits number its bit in asked.
const askedBits = 16

// free is the origin of no hash.
const free reply.Origin = 255

// rank is the order in which one of two origins is kept.
func rank(o reply.Origin) int {
	switch o {
	case reply.Own:
		return 1
	case reply.Elsewhere:
		return 2
	case reply.Addressed:
		return 3
	case reply.Frame:
		return 4
	}
	return 0
}

// ask gives a hash a place.
func (t *origins) ask(hash uint64) {
	if 2*t.n >= len(t.hashes) {
		t.grow()
	}
	if i := t.place(hash); t.at[i] == free {
		t.hashes[i], t.at[i], t.n = hash, reply.Unknown, t.n+1
		bit := hash >> (64 - askedBits)
		t.asked[bit/64] |= 1 << (bit % 64)
	}
}

// hear notes where hashes were heard, those that were asked for. Of two origins
// the higher in rank stays.
func (t *origins) hear(hashes []uint64, at reply.Origin) {
	if t.n == 0 {
		return
	}
	for _, hash := range hashes {
		bit := hash >> (64 - askedBits)
		if t.asked[bit/64]&(1<<(bit%64)) == 0 {
			continue
		}
		if i := t.place(hash); t.at[i] != free && rank(at) > rank(t.at[i]) {
			t.at[i] = at
		}
	}
}

// of is where a line was heard; not asked if the table cannot tell.
func (t *origins) of(hash uint64) (at reply.Origin, asked bool) {
	if t.n == 0 {
		return reply.Unknown, false
	}
	at = t.at[t.place(hash)]
	return at, at != free
}

// place is where a hash stands, or would.
func (t *origins) place(hash uint64) int {
	last := uint64(len(t.hashes) - 1)
	i := hash & last
	for t.at[i] != free && t.hashes[i] != hash {
		i = (i + 1) & last
	}
	return int(i)
}

func (t *origins) grow() {
	old := *t
	size := max(1024, 4*len(old.hashes))
	t.hashes, t.at = make([]uint64, size), make([]reply.Origin, size)
	if t.asked == nil {
		t.asked = make([]uint64, 1<<askedBits/64)
	}
	for i := range t.at {
		t.at[i] = free
	}
	for i, at := range old.at {
		if at != free {
			j := t.place(old.hashes[i])
			t.hashes[j], t.at[j] = old.hashes[i], at
		}
	}
}

// heard tells which lines a ticket knows and where they were heard. A line of a
// frame is that first, then one of the conversation addressed: who hears an
// answer there has heard it. What the writer alone said there is the writer's
// own, and no sign of a quotation.
type heard struct {
	x                 *Reader
	ticket, addressed int64
	noFrames          bool // the mail brings no notice: what a frame says is no sign of anything
	asked             origins
	made              map[int64][]uint64 // of messages whose lines were not kept
	left              int                // how many hashes more made may hold
	err               error              // of the store; then nothing is known
}

// asking looks for the hashes that a mail is about to ask for, all at once: of a
// ticket's hashes it keeps no others.
func (h *heard) asking(hashes []uint64) {
	before := h.asked.n
	for _, hash := range hashes {
		h.asked.ask(hash)
	}
	if h.asked.n == before || h.err != nil {
		return
	}
	authors := int64(0)
	if h.x.Who.Agent != "" {
		authors = h.addressed
	}
	h.err = h.x.Tx.Lines(h.ticket, authors, h.make, func(l store.LineSet) {
		at := reply.Elsewhere
		switch {
		case l.Conversation == 0 && h.noFrames:
			return
		case l.Conversation == 0:
			at = reply.Frame
		case l.Conversation == h.addressed && l.Author == h.x.Who.Agent && l.Author != "":
			at = reply.Own
		case l.Conversation == h.addressed && !l.Missed:
			at = reply.Addressed
		}
		h.asked.hear(l.Hashes, at)
	})
	// The lines that the desks set below their mail come back with it.
	h.asked.hear(h.x.Signatures, reply.Own)
}

// make makes the hashes of a message's lines, once where there is room.
func (h *heard) make(message int64, text string) []uint64 {
	made, ok := h.made[message]
	if ok {
		return made
	}
	made = reply.Hashes(h.x.Keys.LineKey(), text)
	if h.made == nil {
		h.made, h.left = map[int64][]uint64{}, madeAtMost
	}
	if h.left >= len(made) {
		h.made[message], h.left = made, h.left-len(made)
	}
	return made
}

// madeAtMost is how many hashes are remembered: a long ticket has millions.
const madeAtMost = 1 << 17

// known is where a line was heard. What nobody has announced is looked for by
// itself.
func (h *heard) known(hash uint64) reply.Origin {
	at, asked := h.asked.of(hash)
	if !asked {
		h.asking([]uint64{hash})
		at, _ = h.asked.of(hash)
	}
	return at
}
