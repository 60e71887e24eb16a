package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func example(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}

func problemsOf(t *testing.T, text string) Problems {
	t.Helper()
	_, err := parse("aside.toml", "testdata", []byte(text), onDisk())
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("want Problems, got %v for\n%s", err, text)
	}
	return ps
}

// TestUnknownKeyLines puts an unknown key at every place of the example, and
// expects that one problem at that very line.
func TestUnknownKeyLines(t *testing.T) {
	lines := example(t)
	places := 0
	for i := range lines {
		text := strings.Join(slices.Insert(slices.Clone(lines), i, "zz_unknown = 1"), "\n")
		ps := problemsOf(t, text)
		if len(ps) != 1 || ps[0].Line != i+1 || ps[0].Text != "unknown key" || !strings.HasSuffix(ps[0].Key, "zz_unknown") {
			t.Errorf("in line %d: %v", i+1, ps)
		}
		places++
	}
	if places < 80 {
		t.Errorf("only %d places tried", places)
	}
}

// TestValueLines gives every key of the example, also those in its comments, a
// value that none can have, and expects a problem with that key at that line.
func TestValueLines(t *testing.T) {
	assignment := regexp.MustCompile(`^(# )?([a-z_]+) = `)
	lines := example(t)
	for i := range lines { // the commented tables, too
		if strings.HasPrefix(lines[i], "# [") || assignment.MatchString(lines[i]) {
			lines[i] = strings.TrimPrefix(lines[i], "# ")
		}
	}
	tried := 0
	for i, line := range lines {
		m := assignment.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		changed := slices.Clone(lines)
		changed[i] = m[2] + " = 1979-05-27"
		found := false
		for _, p := range problemsOf(t, strings.Join(changed, "\n")) {
			found = found || p.Line == i+1 && strings.HasSuffix("."+p.Key, "."+m[2])
		}
		if !found {
			t.Errorf("no problem for line %d: %s", i+1, changed[i])
		}
		tried++
	}
	if tried < 45 {
		t.Errorf("only %d keys tried", tried)
	}
}

// TestLinesOfEverySpelling: TOML writes the same key in many ways.
func TestLinesOfEverySpelling(t *testing.T) {
	got := readLines([]byte(`top = 1
a.b.c = 2
server = { x = 1, y = { z = [
  1,
  "two", { k = 3 },
  [ 4 ],
] } }
[ q . "r s" ]
t = 5
[[desk]]
n = 1
[desk.sub]
n = 2
[[desk.list]]
n = 3
[[desk]]
n = 4
'lit.eral' = """
long"""
after = 5
[[desk.list]]
n = 6
[[desk.list]]
n = 7
`))
	for path, want := range map[string]int{
		"top": 1, "a": 2, "a.b.c": 2, "server": 3, "server.x": 3, "server.y.z": 3, "server.y.z[0]": 4, "server.y.z[1]": 5,
		"server.y.z[2].k": 5, "server.y.z[3][0]": 6, "q": 8, "q.r s": 8, "q.r s.t": 9,
		"desk": 10, "desk[0]": 10, "desk[0].n": 11, "desk[0].sub": 12, "desk[0].sub.n": 13, "desk[0].list[0].n": 15,
		"desk[1]": 16, "desk[1].n": 17, "desk[1].lit.eral": 18, "desk[1].after": 20, "desk[1].list[0].n": 22, "desk[1].list[1].n": 24,
		"desk[0].list[1]": 0, "desk[2]": 0,
	} {
		if got[path] != want {
			t.Errorf("%s stands in line %d, not %d", path, want, got[path])
		}
	}
}

// TestLinesStayLinear: deep and long keys must not make the paths grow with
// the square of the file.
func TestLinesStayLinear(t *testing.T) {
	long := strings.Repeat("k", 200_000)
	var rows strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&rows, "x%d = 1\n", i)
	}
	for name, text := range map[string]string{
		"deep":  strings.Repeat("a.", 100_000) + "b = 1\n",
		"long":  "[" + long + "]\n" + rows.String(),
		"array": "a = [" + strings.Repeat("1,", 100_000) + "]\n",
		"nest":  "a = " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n",
	} {
		size := 0
		for path := range readLines([]byte(text)) {
			size += len(path)
		}
		if size > 20*len(text) {
			t.Errorf("%s: %d bytes of paths for %d bytes of file", name, size, len(text))
		}
	}
}
