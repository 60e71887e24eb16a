package config

import (
	"sort"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lines maps the path of a key, such as desk[1].language or server.smtp[0], to
// the line where it stands. The decoder knows positions only of what it cannot
// decode; a time zone that does not exist needs its line as well.
type lines map[string]int

// Keys deeper or longer than these are no keys of ours; leaving them out keeps
// the paths short and the work linear.
const (
	maxDepth = 8
	maxKey   = 64
)

type lineReader struct {
	starts []int // offset of each line's first octet
	lines  lines
	counts map[string]int // tables so far of each [[array]]
}

// readLines finds the lines of a document that is known to be valid TOML.
func readLines(data []byte) lines {
	r := &lineReader{starts: []int{0}, lines: lines{}, counts: map[string]int{}}
	for i, b := range data {
		if b == '\n' {
			r.starts = append(r.starts, i+1)
		}
	}
	var p unstable.Parser
	p.Reset(data)
	prefix, known := "", true
	for p.NextExpression() {
		n := p.Expression()
		switch n.Kind {
		case unstable.Table, unstable.ArrayTable:
			prefix, known = r.header(n)
		case unstable.KeyValue:
			if known {
				r.keyValue(prefix, n, 1)
			}
		}
	}
	return r.lines
}

// set records the first place of a path.
func (r *lineReader) set(path string, raw unstable.Range) {
	if _, ok := r.lines[path]; !ok {
		r.lines[path] = sort.SearchInts(r.starts, int(raw.Offset)+1)
	}
}

// header follows [a.b] or [[a.b]] and returns the path of what comes below it;
// false when that is no path of ours.
func (r *lineReader) header(n *unstable.Node) (string, bool) {
	path, depth := "", 0
	for it := n.Key(); it.Next(); depth++ {
		key := it.Node()
		if depth >= maxDepth || len(key.Data) > maxKey {
			return "", false
		}
		path = join(path, string(key.Data))
		last := it.IsLast()
		if n.Kind == unstable.ArrayTable && last {
			r.counts[path]++
		}
		r.set(path, key.Raw)
		if count := r.counts[path]; count > 0 {
			path += index(count - 1)
			r.set(path, key.Raw)
		}
	}
	return path, true
}

func (r *lineReader) keyValue(prefix string, n *unstable.Node, depth int) {
	path := prefix
	for it := n.Key(); it.Next(); depth++ {
		key := it.Node()
		if depth > maxDepth || len(key.Data) > maxKey {
			return
		}
		path = join(path, string(key.Data))
		r.set(path, key.Raw)
	}
	r.value(path, n.Value(), depth)
}

func (r *lineReader) value(path string, n *unstable.Node, depth int) {
	if depth > maxDepth {
		return
	}
	switch n.Kind {
	case unstable.Array:
		i := 0
		for it := n.Children(); it.Next(); i++ {
			child, at := it.Node(), path+index(i)
			if child.Raw.Length > 0 { // nested arrays have no range
				r.set(at, child.Raw)
			}
			r.value(at, child, depth+1)
		}
	case unstable.InlineTable:
		for it := n.Children(); it.Next(); {
			r.keyValue(path, it.Node(), depth+1)
		}
	}
}

func join(prefix, key string) string {
	if prefix == "" {
		return key
	}
	return prefix + "." + key
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }
