package desk

import "aside/reply"

// origins tells of hashes where their lines were heard. It is a table of its
// own rather than a map, because a long ticket has a million of them and each
// answer asks: the hashes are keyed, so their bits are as good as random.
type origins struct {
	hashes []uint64
	at     []reply.Origin // Unknown where the place is free
	n      int
}

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

// add makes a hash known; of two origins the higher in rank stays.
func (t *origins) add(hash uint64, at reply.Origin) {
	if 2*t.n >= len(t.hashes) {
		t.grow()
	}
	i := t.place(hash)
	if t.at[i] == reply.Unknown {
		t.hashes[i], t.n = hash, t.n+1
	}
	if rank(at) > rank(t.at[i]) {
		t.at[i] = at
	}
}

// of is where a line was heard.
func (t *origins) of(hash uint64) reply.Origin {
	if t.n == 0 {
		return reply.Unknown
	}
	return t.at[t.place(hash)]
}

// place is where a hash stands, or would.
func (t *origins) place(hash uint64) int {
	last := uint64(len(t.hashes) - 1)
	i := hash & last
	for t.at[i] != reply.Unknown && t.hashes[i] != hash {
		i = (i + 1) & last
	}
	return int(i)
}

func (t *origins) grow() {
	old := *t
	size := max(4096, 4*len(old.hashes))
	t.hashes, t.at = make([]uint64, size), make([]reply.Origin, size)
	for i, at := range old.at {
		if at != reply.Unknown {
			j := t.place(old.hashes[i])
			t.hashes[j], t.at[j] = old.hashes[i], at
		}
	}
}
