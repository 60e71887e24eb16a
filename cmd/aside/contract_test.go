package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// contract is docs/contract.md: the rows of each section's table.
func contract(t *testing.T) map[string][][]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/contract.md")
	if err != nil {
		t.Fatal(err)
	}
	sections, section := map[string][][]string{}, ""
	for line := range strings.SplitSeq(string(text), "\n") {
		if title := strings.TrimLeft(line, "#"); title != line {
			section = strings.TrimSpace(title)
		}
		cells := strings.Split(strings.Trim(line, "| "), "|")
		if strings.HasPrefix(line, "| `") {
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			sections[section] = append(sections[section], cells)
		}
	}
	return sections
}

var word = regexp.MustCompile("`([^`]+)`")

// keyTypes are the keys of a section's table with their types.
func keyTypes(rows [][]string) map[string]string {
	types := map[string]string{}
	for _, r := range rows {
		types[strings.Trim(r[0], "`")] = r[1]
	}
	return types
}

// observed are the keys that a command printed, with the type that each value
// had; a null, an empty text and an empty list say only that the key is there.
type observed map[string]map[string]bool

func (o observed) note(key, kind string) {
	if o[key] == nil {
		o[key] = map[string]bool{}
	}
	o[key][kind] = true
}

// walk notes the keys of a value. Maps are not looked into.
func (o observed) walk(key string, v any, types map[string]string) {
	if types[key] == "map" {
		kind := "map"
		if _, ok := v.(map[string]any); !ok {
			kind = fmt.Sprintf("%T", v)
		}
		o.note(key, kind)
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			o.walk(strings.TrimPrefix(key+"."+k, "."), inner, types)
		}
	case []any:
		if len(v) == 0 {
			o.note(key+"[]", "")
		}
		for _, inner := range v {
			o.walk(key+"[]", inner, types)
		}
	case string:
		kind := "text"
		if _, err := time.Parse(time.RFC3339, v); err == nil {
			kind = "moment"
		}
		o.note(key, kind)
	case float64:
		o.note(key, "number")
	case bool:
		o.note(key, "bool")
	case nil:
		o.note(key, "null")
	}
}

func (o observed) lines(t *testing.T, out string, types map[string]string) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(out))
	for dec.More() {
		var v map[string]any
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%v in\n%s", err, out)
		}
		o.walk("", v, types)
	}
}

// allowed are the JSON types that a documented type may have.
var allowed = map[string][]string{"text": {"text", "moment"}, "number": {"number"}, "bool": {"bool"}, "map": {"map"},
	"time": {"moment", "null"}, "date": {"moment", "null"}}

// hold compares what was printed with the table: the same keys, of the types
// that it names. An empty list, or null for an object, stands for the keys
// below it, but somewhere each key must have been seen.
func hold(t *testing.T, name string, o observed, types map[string]string) {
	t.Helper()
	for key, kinds := range o {
		want, ok := types[key]
		if !ok {
			below := func(k string) bool { return strings.HasPrefix(k, key+".") }
			if (kinds["null"] || kinds[""]) && len(kinds) == 1 && slices.ContainsFunc(slices.Collect(maps.Keys(types)), below) {
				continue
			}
			t.Errorf("%s prints %s (%v), which docs/contract.md does not name", name, key, kinds)
			continue
		}
		for kind := range kinds {
			if kind != "" && !slices.Contains(allowed[want], kind) {
				t.Errorf("%s prints a %s as %s, docs/contract.md says %s", name, kind, key, want)
			}
		}
	}
	for key := range types {
		if _, ok := o[key]; !ok {
			t.Errorf("%s never printed %s, which docs/contract.md names", name, key)
		}
	}
}

const firstMail = `From: Jane Doe <jane@customer.example>
To: support@example.com
Cc: Kim <kim@customer.example>
Subject: Kettle arrived broken
Message-ID: <kettle-1@customer.example>
Date: Fri, 20 Nov 2026 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

It leaks at the handle, findable.
--b
Content-Type: text/plain
Content-Disposition: attachment; filename=serial.txt

4711
--b--
`

// agentMail answers as Dana with her own token.
func agentMail(id, to, text string) string {
	return "From: Dana Reyes <dana@example.com>\nTo: " + to + "\nSubject: Re: Kettle arrived broken\nMessage-ID: <" + id +
		"@agents.example>\nDate: " + time.Now().Format(time.RFC1123Z) + "\n\n" + text + "\n"
}

var replyTo = regexp.MustCompile(`(?m)^Reply-To:(?:.|\n )*?<(support\+[a-z2-7]+@example\.com)>`)

// token is the address that Dana's first notice asks to be answered at.
func (in *installation) token(t *testing.T) (address string) {
	t.Helper()
	if !eventually(func() bool {
		files, _ := filepath.Glob(filepath.Join(in.dir, "out", "dana@example.com", "new", "*"))
		for _, f := range files {
			text, _ := os.ReadFile(f)
			if m := replyTo.FindSubmatch(text); m != nil {
				address = string(m[1])
				return true
			}
		}
		return false
	}) {
		t.Fatalf("Dana got no notice; the log is\n%s", in.log.String())
	}
	return address
}

// peopled is an installation where a bit of everything has happened.
func peopled(t *testing.T) (in *installation, id string) {
	in = serveForTest(t, toFolders)
	id = in.post(t, "jane@customer.example", firstMail)
	to := in.token(t)
	send := func(mail string) {
		t.Helper()
		answer, err := post(in.addr, "dana@example.com", to, []byte(strings.ReplaceAll(mail, "\n", "\r\n")))
		if err != nil {
			t.Fatalf("%v after %q", err, answer)
		}
	}
	send(agentMail("side", to, "/side Courier <hello@courier.example> due 2d\n/tag leak\n/invite omar\n\nWhere is the parcel?"))
	send(agentMail("answer", to, "A new one is on its way."))
	return in, id
}

func TestContractJSON(t *testing.T) {
	sections := contract(t)
	in, id := peopled(t)
	number := "1"
	for line := range strings.Lines(in.aside(t, 0, "ticket", "list", "--json")) {
		var row struct{ Number int64 }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		number = fmt.Sprint(row.Number)
	}
	if !eventually(func() bool { return in.aside(t, 0, "search", "findable", "--json") != "" }) {
		t.Fatal("the search finds nothing")
	}
	for name, args := range map[string][]string{
		"aside agent list": {"agent", "list"}, "aside ticket list": {"ticket", "list"}, "aside ticket show": {"ticket", "show", number},
		"aside search": {"search", "findable"}, "aside why": {"why", id}, "aside verify": {"verify"}, "aside version": {"version"},
	} {
		types := keyTypes(sections[name])
		if name == "aside ticket show" {
			maps.Copy(types, keyTypes(sections["aside ticket list"]))
		}
		o := observed{}
		o.lines(t, in.aside(t, 0, append(args, "--json")...), types)
		hold(t, name, o, types)
	}
}

func TestContractQueue(t *testing.T) {
	in := serveForTest(t, toNobody)
	in.post(t, "jane@customer.example", firstMail)
	types := keyTypes(contract(t)["aside queue list"])
	o := observed{}
	o.lines(t, in.aside(t, 0, "queue", "list", "--json"), types)
	hold(t, "aside queue list", o, types)
	types = keyTypes(contract(t)["aside check"])
	o = observed{}
	o.lines(t, in.aside(t, 1, "check", "--json"), types) // nobody is there to take mail
	hold(t, "aside check", o, types)
}

func TestContractRead(t *testing.T) {
	types, o := keyTypes(contract(t)["aside read"]), observed{}
	files, err := filepath.Glob("testdata/mails/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no mails", err)
	}
	var out, errs bytes.Buffer
	if status := run(context.Background(), append([]string{"read"}, files...), output{&out, &errs}); status != exitOK {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	o.lines(t, out.String(), types)
	hold(t, "aside read", o, types)
}

func TestContractLog(t *testing.T) {
	rows := contract(t)["Log"]
	in, _ := peopled(t)
	if err := in.stop(); err != nil {
		t.Fatal(err)
	}
	keysOf := map[string]map[string]bool{}
	for _, r := range rows {
		msg := strings.Trim(r[0], "`")
		if keysOf[msg] == nil {
			keysOf[msg] = map[string]bool{"time": true, "level": true, "msg": true}
		}
		for _, w := range word.FindAllStringSubmatch(r[2], -1) {
			keysOf[msg][w[1]] = true
		}
	}
	seen := map[string]bool{}
	pair := regexp.MustCompile(`(\w+)=("(?:[^"\\]|\\.)*"|\S*)`)
	for line := range strings.Lines(in.log.String()) {
		var keys []string
		msg := ""
		for _, m := range pair.FindAllStringSubmatch(line, -1) {
			keys = append(keys, m[1])
			if m[1] == "msg" {
				msg = strings.Trim(m[2], `"`)
			}
		}
		seen[msg] = true
		for _, k := range keys {
			if !keysOf[msg][k] {
				t.Errorf("docs/contract.md does not name the key %s of %s", k, line)
			}
		}
	}
	for _, msg := range []string{"listening", "received", "sent", "ending"} {
		if !seen[msg] {
			t.Errorf("no line %q in\n%s", msg, in.log.String())
		}
	}
	for msg, where := range logged(t) {
		if keysOf[msg] == nil {
			t.Errorf("%s logs %q, which docs/contract.md does not name", where, msg)
		}
	}
}

// logged are the lines that the source can log.
func logged(t *testing.T) map[string]string {
	t.Helper()
	call := regexp.MustCompile(`(?i)\blog(?:\([a-z]*\))?\.(?:Info|Warn|Error)\("([^"]+)"`)
	found := map[string]string{}
	for _, dir := range []string{"mailin", "mailout", "desk", "store", "cmd/aside"} {
		err := filepath.WalkDir("../../"+dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range call.FindAllSubmatch(text, -1) {
				found[string(m[1])] = path
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 10 {
		t.Fatalf("found only %v", found)
	}
	return found
}

func TestContractMetrics(t *testing.T) {
	in := serveForTest(t, toFolders)
	page := func(path string) string {
		t.Helper()
		resp, err := http.Get("http://" + in.web + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status, err)
		}
		return string(body)
	}
	if got := page("/healthz") + page("/readyz"); got != "ok\nready\n" {
		t.Errorf("the pages say %q", got)
	}
	var want, got []string
	for _, r := range contract(t)["Pages"] {
		want = append(want, strings.Trim(r[0], "`")+" "+r[1])
	}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (aside_\w+ \w+)$`).FindAllStringSubmatch(page("/metrics"), -1) {
		got = append(got, m[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("the metrics are\n%v, docs/contract.md says\n%v", got, want)
	}
}
