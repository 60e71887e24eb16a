// Package secrets plays a story with everything that must stay secret in it,
// and then looks for it in everything that aside printed, logged and served.
package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	. "aside/test/harness"
	"aside/threading/mark"
)

const password = "correct-horse-9Battery!staple"

var code = regexp.MustCompile(`/confirm ([A-Z2-9]{8})`)

// printed is what aside said, by where.
type printed map[string]string

func (p printed) add(where, text string) { p[where] += text }

// find names where any of the forms of a secret stand.
func (p printed) find(s string) (where []string) {
	for at, text := range p {
		for _, form := range forms(s) {
			if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
				where = append(where, at)
				break
			}
		}
	}
	return where
}

// forms are how a secret could be written: as it is, in base64 at each of the
// three alignments, in hexadecimal digits, escaped for a link.
func forms(s string) []string {
	out := []string{s, hex.EncodeToString([]byte(s)), strings.ReplaceAll(s, "+", "%2B")}
	for skip := range 3 {
		whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", skip) + s))
		// The first and last characters depend on what stands beside.
		out = append(out, whole[(skip*4+2)/3:len(whole)-4])
	}
	return out
}

func TestNoSecretIsPrinted(t *testing.T) {
	d := Prepare(t)
	r := &relay{dir: filepath.Join(d.Dir, "out"), user: "aside", password: password}
	web := configure(t, d, startRelay(t, r))
	d.Flags = []string{"--verbose"}
	d.Launch()
	stopped := false
	t.Cleanup(func() {
		if !stopped {
			d.Stop()
		}
	})
	story(t, d)
	out := printed{"/metrics": get(t, web+"/metrics"), "/readyz": get(t, web+"/readyz")}
	commands(t, d, out)
	d.Stop()
	stopped = true
	out.add("log", d.Log())
	if r.logins == 0 {
		t.Fatal("the password was never used")
	}
	secrets := collect(t, d, r)
	for what, list := range secrets {
		if len(list) == 0 {
			t.Fatalf("the story had no %s", what)
		}
		t.Logf("%d %s", len(list), what)
		for _, s := range list {
			if where := out.find(s); len(where) > 0 {
				t.Errorf("%s %s stands in %v", what, s, where)
			}
		}
	}
	control(t, out, secrets)
}

// control proves that the search would have found each secret, planted in the
// forms in which it could turn up, and that what was searched is there.
func control(t *testing.T, out printed, secrets map[string][]string) {
	t.Helper()
	for where, words := range map[string]string{"log": "msg=received", "/metrics": "aside_queue_queued", "ticket show 1 --json": `"messages"`,
		"why": "envelope", "queue list --all --json": `"detail"`, "check --json": `"relay"`, "search leaks --json": `"excerpt"`} {
		if !strings.Contains(out[where], words) {
			t.Errorf("%s has no %q: what was searched?\n%.600s", where, words, out[where])
		}
	}
	// The log names the addresses, shortened.
	if !regexp.MustCompile(`support\+c[a-z2-7]{5}…@example\.com`).MatchString(out["log"]) {
		t.Error("the log shows no shortened address: nothing was there to be hidden")
	}
	for what, list := range secrets {
		for _, s := range list {
			for i, form := range []string{s, strings.ToUpper(s), base64.StdEncoding.EncodeToString([]byte("\x00aside\x00" + s + " and more")),
				hex.EncodeToString([]byte("before " + s))} {
				if planted := (printed{"log": "a line\nbefore " + form + " after\n"}); len(planted.find(s)) == 0 {
					t.Errorf("the search does not find %s %s in form %d", what, s, i)
				}
			}
		}
	}
}

// configure gives the daemon the relay with its login, and pages.
func configure(t *testing.T, d *Daemon, addr string) (web string) {
	t.Helper()
	text, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	web = FreeAddr(t)
	changed := strings.NewReplacer(fmt.Sprintf("relay = %q", "maildir:"+d.Dir+"/out"), fmt.Sprintf("relay = %q\nuser = \"aside\"\npassword_file = \"relay.secret\"", "smtp://"+addr),
		`http = ""`, fmt.Sprintf("http = %q", web)).Replace(string(text))
	for name, text := range map[string]string{d.Config: changed, filepath.Join(d.Dir, "relay.secret"): password + "\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "http://" + web
}

func story(t *testing.T, d *Daemon) {
	t.Helper()
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "/side courier\n\nWhere is the parcel?")
	asked := d.Await(Vic.Address, "the question", Has("Where is the parcel?"))
	d.Answers(Gmail(), Vic, asked, "In Hamburg.")
	d.Await(Dana.Address, "the answer", Has("In Hamburg."))

	// A mail in Dana's name waits for her code; a stranger tries codes.
	m := Gmail().Reply(Dana, n, "Claimed words.")
	NoPlus(m)
	NoThreading(m)
	d.Post(m)
	was := d.Await(Dana.Address, "a code", func(m *Mail) bool { return code.MatchString(m.Plain()) })
	line := code.FindString(was.Plain())
	d.Post(Write(Max, Support, "Re: Was this you?", line))
	d.Answers(Gmail(), Dana, was, line)
	d.Await(Omar.Address, "the released mail", Has("Claimed words."))

	// A hold, and the word that sends it.
	own := d.Await(Omar.Address, "a notice of his own", Has("It leaks."))
	d.Answers(Gmail(), Omar, own, "/asing dana\n\nDo you have the receipt?")
	held := d.Await(Omar.Address, "a hold", IsHold)
	d.Answers(Gmail(), Omar, held, "discard")

	// Nobody is there, greylisting, a bounce, a recipient that is refused.
	d.Answers(Gmail(), Dana, n, "/side nobody@vendor.example\n\nAre you there?")
	d.Answers(Gmail(), Dana, n, "/side later@vendor.example\n\nAnd you?")
	b := Write(Who("Mail Delivery System", "mailer-daemon@mx.example"), asked.ReturnPath, "Undelivered Mail Returned to Sender", "Sorry.")
	b.Report = &Report{Recipient: Vic.Address, Status: "5.1.1", Original: asked.Raw}
	b.Envelope = ""
	d.Send("", []string{asked.ReturnPath}, b.Bytes())
	local, _, _ := strings.Cut(n.ReplyTo.Address, "@")
	if _, err := d.TrySend(Jane.Address, []string{local + ".x@elsewhere.example"}, m.Bytes()); err == nil {
		t.Error("mail to another domain was taken")
	}
	// Somebody forwards an agent's notice with all that is in it, as text.
	d.Post(Write(Jane, Support, "Fwd: "+n.ReplyTo.Address, "Look what I was sent by mistake:\n\n"+string(n.Raw)))
	d.Await(Dana.Address, "a failure", func(m *Mail) bool {
		return strings.Contains(m.Plain(), "nobody@vendor.example") && strings.Contains(m.Plain(), "is nobody")
	})
	d.Must("key", "rotate")
}

// commands runs everything that prints, in both forms.
func commands(t *testing.T, d *Daemon, out printed) {
	t.Helper()
	run := func(args ...string) string {
		got := d.CLI(args...)
		out.add(strings.Join(args, " "), got.Stdout+got.Stderr)
		return got.Stdout
	}
	for _, args := range [][]string{{"ticket", "list"}, {"queue", "list"}, {"queue", "list", "--all"}, {"search", "leaks"}, {"search", "confirm"}, {"search", "mistake"},
		{"check"}, {"verify"}, {"agent", "list"}, {"key", "rotate"}} {
		run(args...)
		run(append(args, "--json")...)
	}
	for n := 1; n < 6; n++ {
		run("ticket", "show", fmt.Sprint(n))
		run("ticket", "show", fmt.Sprint(n), "--json")
	}
	ids := regexp.MustCompile(`msg=received session=\S* id=(\S+)`).FindAllStringSubmatch(d.Log(), -1)
	if len(ids) < 5 {
		t.Fatalf("%d mails in the log", len(ids))
	}
	for _, id := range ids {
		got := d.CLI("why", id[1])
		out.add("why", got.Stdout+got.Stderr)
		got = d.CLI("why", id[1], "--json")
		out.add("why --json", got.Stdout+got.Stderr)
		var row map[string]any
		if err := json.Unmarshal([]byte(got.Stdout), &row); err != nil {
			t.Errorf("aside why --json is no JSON: %v\n%s", err, got.Stdout)
		}
	}
	// A mistake in the config, with the password in the wrong place.
	text, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	for i, wrong := range []string{"smtp://aside:" + password + "@127.0.0.1:25", "smtp:/aside:" + password + "@relay.example", "aside:" + password + "@relay.example:25"} {
		file := filepath.Join(d.Dir, fmt.Sprintf("wrong%d.toml", i))
		changed := regexp.MustCompile(`relay = "[^"]*"`).ReplaceAllLiteralString(string(text), fmt.Sprintf("relay = %q", wrong))
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"check", "serve"} {
			got := d.Bare("", command, "--config", file)
			if got.Exit != 1 {
				t.Errorf("%s with %s: exit status %d", command, wrong, got.Exit)
			}
			out.add(command+" "+wrong[:8], got.Stdout+got.Stderr)
		}
	}
	for i, wrong := range []string{"password = [\"" + password + "\"]", "password = \"" + password + "\"\npassword_file = \"relay.secret\"", "pasword = \"" + password + "\"",
		"password = \"" + password + "\nuser = \"x\""} {
		file := filepath.Join(d.Dir, fmt.Sprintf("typo%d.toml", i))
		changed := strings.Replace(string(text), `password_file = "relay.secret"`, wrong, 1)
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		got := d.Bare("", "check", "--json", "--config", file)
		if got.Exit != 1 {
			t.Errorf("%q passes the check:\n%s", wrong, got.Stdout)
		}
		out.add(fmt.Sprintf("check of typo %d", i), got.Stdout+got.Stderr)
	}
}

// collect gathers every secret that occurred: from the mails that left, from
// the relay's sessions and from the key files.
func collect(t *testing.T, d *Daemon, r *relay) map[string][]string {
	t.Helper()
	found := map[string]map[string]bool{"tokens": {}, "Message-IDs": {}, "codes": {}, "keys": {}, "passwords": {password: true}}
	keys, err := filepath.Glob(filepath.Join(d.Dir, "state", "keys", "*.key"))
	if err != nil || len(keys) < 2 {
		t.Fatal(keys, err)
	}
	var ring []mark.Key
	for _, file := range keys {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		k, err := mark.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		ring = append([]mark.Key{k}, ring...)
		found["keys"][strings.TrimPrefix(strings.TrimSpace(string(text)), "aside-key-1:")] = true
	}
	verify := mark.NewKeyRing(ring[0], ring[1:]...)
	note := func(text string) {
		for _, run := range regexp.MustCompile(`[a-z2-7]{40,56}`).FindAllString(text, -1) {
			if _, ok := verify.Parse(run); ok {
				found["tokens"][run] = true
			} else if _, ok := verify.ParseMessageID(run + "@example.com"); ok {
				found["Message-IDs"][run] = true
			}
		}
		for _, c := range code.FindAllStringSubmatch(text, -1) {
			found["codes"][c[1]] = true
		}
	}
	for _, addr := range d.Everyone() {
		for _, m := range d.Mailbox(addr) {
			note(string(m.Raw))
			note(m.Everything())
			note(m.Plain())
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	note(strings.Join(r.heard, " "))
	out := map[string][]string{}
	for what, set := range found {
		out[what] = []string{}
		for s := range set {
			out[what] = append(out[what], s)
		}
	}
	return out
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
