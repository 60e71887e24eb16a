package templates

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"aside"
)

// tree writes files into a new directory.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestMostParticularOverrideWins(t *testing.T) {
	set, err := Load(tree(t, map[string]string{
		"event.txt":                        "everywhere",
		"de/event.txt":                     "\uFEFFlanguage", // as some editors save it
		"Support@Example.com/event.txt":    "desk",
		"support@example.com/de/event.txt": "desk and language",
		"pt-BR/event.txt":                  "Brazil",
	}))
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[Key]string{
		{"support@example.com", "de"}:    "desk and language",
		{"SUPPORT@example.com", "de-AT"}: "desk and language",
		{"support@example.com", "fr"}:    "desk",
		{"sales@example.com", "de"}:      "language",
		{"sales@example.com", "pt_BR"}:   "Brazil",
		{"sales@example.com", "pt"}:      "everywhere",
		{"sales@example.com", ""}:        "everywhere",
		{"../../etc", "../x"}:            "everywhere",
	} {
		w, err := set.Event(k, Event{})
		if err != nil {
			t.Fatal(err)
		}
		if w.Text != want {
			t.Errorf("%v says %q, want %q", k, w.Text, want)
		}
		if !strings.Contains(w.HTML, want) {
			t.Errorf("%v: the HTML does not follow the text: %q", k, w.HTML)
		}
	}
}

// TestHalvesSayTheSame overrides one half: a text brings its own HTML, an HTML
// alone leaves the text.
func TestHalvesSayTheSame(t *testing.T) {
	set, err := Load(tree(t, map[string]string{
		"event.txt":   "{{range .Lines}}<{{.}}>{{end}}",
		"ask.html":    "<i>{{.Text}}</i>",
		"hold.html":   "<p>{{.Names}}</p>",
		"de/hold.txt": "An {{.Names}}",
	}))
	if err != nil {
		t.Fatal(err)
	}
	event, _ := set.Event(Key{}, Event{Lines: []string{"a"}})
	if event.Text != "<a>" || !strings.Contains(event.HTML, "&lt;a&gt;") {
		t.Errorf("HTML made from text: %q", event)
	}
	ask, _ := set.Ask(Key{}, Ask{Who: "Omar", Text: "<b>"})
	if !strings.HasPrefix(ask.Text, "Omar asks") || ask.HTML != "<i>&lt;b&gt;</i>" {
		t.Errorf("HTML alone: %q", ask)
	}
	hold, _ := set.Hold(Key{Language: "de"}, Hold{To: []string{"Jane"}})
	if !strings.Contains(hold.HTML, "An Jane") {
		t.Errorf("a German text with HTML for all languages: %q", hold.HTML)
	}
}

// TestFrameSpeaksAnotherLanguage overrides all words of the frame's lines.
func TestFrameSpeaksAnotherLanguage(t *testing.T) {
	set, err := Load(tree(t, map[string]string{
		"de/audience.txt": `{{if eq .Look "customer"}}IHRE ANTWORT GEHT AN: {{names .Hear}}{{else}}IHRE ANTWORT BLEIBT IM TEAM{{end}}`,
		"de/facts.txt":    "{{with .Status}}{{if eq . `open`}}Offen{{end}}{{with $.Owner}} ({{.}}){{end}}.{{end}}\n{{range .Facts}}{{.}}\n{{end}}",
	}))
	if err != nil {
		t.Fatal(err)
	}
	w, err := set.Frame(Key{Language: "de"}, Frame{Audience: aside.Customer, Hear: []string{"Jane Doe"}, Status: "open", Owner: "Omar",
		Facts: []string{"Auch offen: #1038."}, Marker: "aside-k3f9q2m7xd"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "IHRE ANTWORT GEHT AN: Jane Doe\nOffen (Omar). Auch offen: #1038.\naside-k3f9q2m7xd"; w.Text != want {
		t.Errorf("got %q, want %q", w.Text, want)
	}
	for _, want := range []string{"IHRE ANTWORT GEHT AN: Jane Doe", "Offen (Omar). Auch offen: #1038.", "#b3261e"} {
		if !strings.Contains(w.HTML, want) {
			t.Errorf("%q is missing in %s", want, w.HTML)
		}
	}
}

func TestBrokenOverrideNamesFileAndLine(t *testing.T) {
	for name, c := range map[string]struct{ file, content, want string }{
		"does not parse":        {"hold.txt", "a\n{{if}}", "hold.txt:2"},
		"misspelled field":      {"support@example.com/hold.html", "<p>\n\n{{.Nmaes}}", "hold.html:3"},
		"in a branch":           {"de/show.txt", "{{range .Entries}}\n{{if .Kind}}{{.Woh}}{{end}}{{end}}", "show.txt:2"},
		"unknown function":      {"event.txt", "{{shout .}}", "event.txt:1"},
		"unknown look":          {"event.html", "<p {{look `loud`}}>", "event.html:1"},
		"HTML left in a script": {"event.html", "<script>var x = `{{.Lines}}", "event.html"},
		"no such template":      {"hodl.txt", "", "there is no template of that name"},
		"no such half":          {"audience.html", "", "there is no template of that name"},
		"strange folder":        {"German/hold.txt", "", "named after a desk's address or a language"},
		"too deep":              {"support@example.com/de/old/hold.txt", "", "named after a desk's address or a language"},
		"desk inside language":  {"de/support@example.com/hold.txt", "", "named after a desk's address or a language"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := tree(t, map[string]string{c.file: c.content})
			_, err := Load(dir)
			if err == nil {
				t.Fatal("loaded without an error")
			}
			first := strings.SplitN(filepath.FromSlash(c.file), string(filepath.Separator), 2)[0]
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), filepath.Join(dir, first)) {
				t.Errorf("error %q names neither %q nor the file", err, c.want)
			}
		})
	}
}

func TestLoadLeavesOthersAlone(t *testing.T) {
	if _, err := Load(tree(t, map[string]string{"README.md": "{{", ".git/x": "{{", "hold.txt~": "{{", "..data/hold.txt": "{{"})); err != nil {
		t.Error(err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "missing")); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a missing directory gives %v", err)
	}
	if _, err := Load(filepath.Join(tree(t, map[string]string{"hold.txt": "x"}), "hold.txt")); err == nil {
		t.Error("a file instead of a directory gives no error")
	}
}

// TestBuiltInsAreWhole holds that every piece can be rendered in English, and
// that every language has all of what it begins.
func TestBuiltInsAreWhole(t *testing.T) {
	for _, name := range names() {
		if name == "ack.html" { // made from the text
			continue
		}
		if _, err := fs.Stat(builtin, path.Join("builtin", name)); err != nil {
			t.Errorf("nothing built in for %s", name)
		}
	}
	entries, err := fs.ReadDir(builtin, "builtin")
	if err != nil {
		t.Fatal(err)
	}
	languages := 0
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		languages++
		for _, name := range []string{"ack.txt", "ack.subject", "share.txt", "share.html"} {
			if _, err := fs.Stat(builtin, path.Join("builtin", e.Name(), name)); err != nil {
				t.Errorf("%s lacks %s", e.Name(), name)
			}
		}
		ackIn(t, e.Name())
	}
	if languages < 9 {
		t.Errorf("%d languages besides English", languages)
	}
}

// ackIn checks what every acknowledgement must say and must not.
func ackIn(t *testing.T, language string) {
	t.Helper()
	set, k := builtInSet(t), Key{Language: language}
	full, err := set.Acknowledgement(k, Acknowledgement{Name: "Jane", Desk: "Example Support", Subject: "Kettle", Answering: "Re: [#1042] Kettle", Number: 1042})
	if err != nil {
		t.Fatal(err)
	}
	if full.Subject != "Re: [#1042] Kettle" || !strings.Contains(full.Text, "Kettle") || !strings.Contains(full.Text, "1042") {
		t.Errorf("%s: %q", language, full)
	}
	bare, err := set.Acknowledgement(k, Acknowledgement{Desk: "Example Support"})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{bare.Subject, bare.Text} {
		if !strings.Contains(s, "Example Support") || strings.ContainsAny(s, "{}[]#0123456789“”„«»\"") {
			t.Errorf("%s without a subject: %q", language, s)
		}
	}
}
