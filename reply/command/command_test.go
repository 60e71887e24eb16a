package command

import (
	"fmt"
	"strings"
	"testing"
)

var office = Options{
	Later:   NotYet(),
	Handles: []string{"dana", "omar", "kim", "Dana Reyes"},
	Teams:   []string{"billing", "support"},
	Cards:   []string{"dhl", "Blue Van"},
}

// brief writes a command so that a table can hold it.
func brief(c Command) string {
	s := string(c.Verb)
	for i, a := range c.Args {
		s += " [" + a
		if i < len(c.Names) && c.Names[i] != "" {
			s += " = " + c.Names[i]
		}
		s += "]"
	}
	if c.CcCustomer {
		s += " cc"
	}
	if !c.When.IsZero() {
		s += " when:" + c.When.String()
	}
	if c.Share != "" {
		s += " share:" + c.Share
	}
	if c.Switch != "" {
		s += " " + c.Switch
	}
	for _, p := range c.Set {
		s += " " + p.Field + "=" + p.Value + ";"
	}
	for _, t := range c.AddTags {
		s += " +" + t
	}
	for _, t := range c.DropTags {
		s += " -" + t
	}
	if c.Cover != "" {
		s += " cover:" + c.Cover
	}
	if c.Number != 0 {
		s += fmt.Sprint(" #", c.Number)
	}
	if c.Hold != 0 {
		s += fmt.Sprint(" H", c.Hold)
	}
	if c.Notes {
		s += " notes"
	}
	if c.Text != "" {
		s += " text:" + c.Text
	}
	return s
}

// TestUnderstood: one line, alone in the mail, and what it means.
func TestUnderstood(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"/note", "note"},
		{"/reply", "reply"},
		{"/RESOLVE", "resolve"},
		{"/resolved", "resolve"},
		{"/close", "resolve"},
		{"/done", "resolve"},
		{"/resolve.", "resolve"},
		{"/resolve,", "resolve"},
		{"  /resolve  ", "resolve"},
		{"/ resolve", "resolve"},
		{"/\u00a0resolve", "resolve"},
		{"\u200b/re\u200bsolve\ufeff", "resolve"},
		{"／resolve", "resolve"},
		{"／ｒｅｓｏｌｖｅ", "resolve"},
		{"/re\u00adsolve", "resolve"},
		{"/assign", "assign [me]"},
		{"/assign.", "assign [me]"},
		{"/assign omar,", "assign [omar]"},
		{"/assign omar.", "assign [omar]"},
		{"/assign @omar", "assign [omar]"},
		{"/assign ME", "assign [me]"},
		{"/assign none", "assign [none]"},
		{"/assign billing", "assign [billing]"},
		{"/assign Dana Reyes", "assign [Dana Reyes]"},
		{"/take", "assign [me]"},
		{"/ask @omar", "ask [omar]"},
		{"/invite @dana, omar and kim", "invite [dana] [omar] [and] [kim]"},
		{"/invite @Dana Reyes, @omar", "invite [Dana Reyes] [omar]"},
		{"/invite @Dana Reyes<mailto:dana@example.com>", "invite [dana@example.com]"},
		{"/lead none", "lead [none]"},
		{"/lead dana", "lead [dana]"},
		{"/snooze", "snooze when:tomorrow"},
		{"/snooze until monday", "snooze when:monday"},
		{"/snooze 3d", "snooze when:3 days"},
		{"/snooze tue, 9am.", "snooze when:tuesday 09:00"},
		{"/due 2 days", "due when:2 days"},
		{"/due none", "due none"},
		{"/priority High", "priority [high]"},
		{"/tag a -b", "tag +a -b"},
		{"/tag a \u2013b, c", "tag +a +c -b"},
		{"/set color=red", "set color=red;"},
		{"/set color=\u201cdark red\u201d size=4", "set color=dark red; size=4;"},
		{"/set color = \"dark red\"", "set color=dark red;"},
		{"/set color=", "set color=;"},
		{"/set color= , size = 4", "set color=; size=4;"},
		{"/subject Kettle arrived – broken!", "subject text:Kettle arrived – broken!"},
		{"/subject “Kettle”", "subject text:Kettle"},
		{"/requester Jane Doe <Jane@Customer.example>", "requester [jane@customer.example = Jane Doe]"},
		{"/merge 1042", "merge #1042"},
		{"/merge #1042.", "merge #1042"},
		{"/merge [#1042-kx]", "merge #1042"},
		{"/split", "split"},
		{"/new jane@customer.example", "new [jane@customer.example]"},
		{"/send", "send"},
		{"/send h7 notes", "send H7 notes"},
		{"/send notes", "send notes"},
		{"/discard H12", "discard H12"},
		{"/undo", "undo"},
		{"/confirm K3F9-Q2M7", "confirm [K3F9-Q2M7]"},
		{"/confirm k3f9 q2m7", "confirm [k3f9q2m7]"},
		{"/show", "show"},
		{"/show #1042", "show #1042"},
		{"/show Quoted", "show [quoted]"},
		{"/show quoted 1042", "show [quoted] #1042"},
		{"/why 1042", "why #1042"},
		{"/why 01JD8Z", "why [01JD8Z]"},
		{"/list", "list"},
		{"/list Mine", "list [mine]"},
		{"/list kettle broken", "list text:kettle broken"},
		{"/search \"broken kettle\" lid", "search text:\"broken kettle\" lid"},
		{"/help", "help"},
		{"/attach invoice 7.pdf", "attach [invoice 7.pdf]"},
		{"/attach “invoice 7.pdf”", "attach [invoice 7.pdf]"},
		{"/attach notes.md <http://notes.md/>", "attach [notes.md]"},
		{"/relay", "relay"},
		{"/cc-customer on", "cc-customer on"},
		{"/cc\u2014customer Off.", "cc-customer off"},
		{"/cc\u2011customer off", "cc-customer off"},
		{"/add k.lind@law.example", "add [k.lind@law.example]"},
		{"/add root@localhost", "add [root@localhost]"},
		{"/add a@x.example b@x.example, dhl", "add [a@x.example] [b@x.example] [dhl]"},
		{"/add Blue Van, \"Lind, Karin\" <k.lind@law.example>", "add [Blue Van] [k.lind@law.example = Lind, Karin]"},
		{"/remove K.Lind@Law.example; b@x.example", "remove [k.lind@law.example] [b@x.example]"},
	} {
		r := Parse([]string{c.line}, office)
		if len(r.Problems) > 0 {
			t.Errorf("%q: %s", c.line, r.Problems[0].Why)
			continue
		}
		if len(r.Commands) != 1 || brief(r.Commands[0]) != c.want {
			t.Errorf("%q: %v, want %s", c.line, r.Commands, c.want)
		}
	}
}

func TestSide(t *testing.T) {
	const x = "[courier@vendor.example]"
	for _, c := range []struct{ line, want string }{
		{"/side courier@vendor.example", x},
		{"/side Courier@Vendor.example.", x},
		{"/side dhl", "[dhl]"},
		{"/side @dhl", "[dhl]"},
		{"/side blue van", "[blue van]"},
		{"/side dhl, courier@vendor.example", "[dhl] " + x},
		{"/side courier@vendor.example b@x.example", x + " [b@x.example]"},
		{"/side Courier GmbH <courier@vendor.example>", "[courier@vendor.example = Courier GmbH]"},
		{"/side <courier@vendor.example>", x},
		{"/side ＜courier@vendor.example＞", x},
		{"/side <courier@vendor.example<mailto:courier@vendor.example>>", x},
		{"/side courier@vendor.example<mailto:courier@vendor.example>", x},
		{"/side courier@vendor.example <mailto:courier@vendor.example>", x},
		{"/side courier@vendor.example [mailto:courier@vendor.example]", x},
		{"/side [courier@vendor.example](mailto:courier@vendor.example)", x},
		{"/side mailto:courier@vendor.example?subject=Hi", x},
		{"/side Courier <mailto:courier@vendor.example>", "[courier@vendor.example = Courier]"},
		{"/side courier@vendor.example <courier@vendor.example>, dhl", x + " [dhl]"},
		{"/side 'courier@vendor.example'", x},
		{"/side \"courier@vendor.example\"", x},
		{"/side courier@vendor.example:", x},
		{"/side courier@vendor.example dhl", x + " [dhl]"},
		{"/side courier@vendor.example, jane", x + " [jane]"},
		{"/side courier@vendor.example cc-customer", x + " cc"},
		{"/side courier@vendor.example cc\u2013customer", x + " cc"},
		{"/side courier@vendor.example cc customer", x + " cc"},
		{"/side cc-customer courier@vendor.example", x + " cc"},
		{"/side courier@vendor.example due 2 days share last", x + " when:2 days share:last"},
		{"/side courier@vendor.example share all due tue 9am cc-customer", x + " cc when:tuesday 09:00 share:all"},
		{"/side courier@vendor.example, due tomorrow, share none.", x + " when:tomorrow share:none"},
		{"/side due 2d courier@vendor.example", x + " when:2 days"},
		{"/side courier@vendor.example subject Where is it? due soon", x + " text:Where is it? due soon"},
		{"/side courier@vendor.example subject: “Where is it?”", x + " text:Where is it?"},
		{"/side courier@vendor.example subject “Where is it?” due 3d, share last", x + " when:3 days share:last text:Where is it?"},
		{"/side courier@vendor.example subject \"Due\" or \"share\"", x + " text:\"Due\" or \"share\""},
		{"/side courier@vendor.example subject \"Parcel\", cc-customer", x + " cc text:Parcel"},
		{"/side courier@vendor.example subject The \"Parcel\" due", x + " text:The \"Parcel\" due"},
		{"/side courier@vendor.example due=3d share:last subject=Kettle", x + " when:3 days share:last text:Kettle"},
		{"/Side Courier@vendor.example CC-Customer Due 2 Days Share Last Subject Lid", x + " cc when:2 days share:last text:Lid"},
	} {
		r := Parse([]string{c.line, "", "Please call Jane"}, office)
		if len(r.Problems) > 0 {
			t.Errorf("%q: %s", c.line, r.Problems[0].Why)
			continue
		}
		if len(r.Commands) != 1 || brief(r.Commands[0]) != "side "+c.want {
			t.Errorf("%q: %v, want %s", c.line, r.Commands, c.want)
		}
	}
}

// TestHeld: lines that hold the mail, what the reason must mention, and what
// was probably meant.
func TestHeld(t *testing.T) {
	for _, c := range []struct{ line, why, meant string }{
		{"/reslove", "/reslove", "/resolve"},
		{"/resolv", "no command", "/resolve"},
		{"/resolve!", "sign", "/resolve"},
		{"/note: call Jane", "sign", "/note"},
		{"/note call Jane", "call Jane", "/note"},
		{"/resolve thanks", "thanks", "/resolve"},
		{"/resolve /assign omar", "line of its own", ""},
		{"/asign omar", "no command", "/assign omar"},
		{"/assignee omar", "no command", "/assign omar"},
		{"/owner omar", "no command", "/assign omar"},
		{"/solved", "no command", "/resolve"},
		{"/unassign", "no command", "/assign none"},
		{"/prio high", "no command", "/priority high"},
		{"/frobnicate", "/frobnicate", ""},
		{"/usr is full", "/usr", ""},
		{"/assign omra", "omra", "/assign omar"},
		{"/assign dana, omar", "one name", "/assign dana"},
		{"/assign biling", "biling", "/assign billing"},
		{"/invite omra", "omra", "/invite omar"},
		{"/ask", "somebody", ""},
		{"/lead", "somebody", ""},
		{"/invite", "somebody", ""},
		{"/snooze banana", "banana", ""},
		{"/snooze 1,5 h", "1,5 h", ""},
		{"/due", "time", ""},
		{"/due next monday", "exactly", ""},
		{"/cc-customer maybe", "on or off", ""},
		{"/cc-customer", "on or off", ""},
		{"/cc jane@x.example", "no command", "/add jane@x.example"},
		{"/cc customer on", "no command", "/cc-customer on"},
		{"/cc Customer", "no command", "/cc-customer"},
		{"/cccustomer off", "no command", "/cc-customer off"},
		{"/merge abc", "number", ""},
		{"/merge 1042 1043", "one ticket", ""},
		{"/merge", "number", ""},
		{"/set color red", "field=value", "/set color=red"},
		{"/set color=dark red", "quotes", `/set color="dark red"`},
		{"/set", "field=value", ""},
		{"/set a=1 a=2", "twice", ""},
		{"/tag", "a tag", ""},
		{"/tag -", "cannot be a tag", ""},
		{"/tag a -a", "both", ""},
		{"/priority", "one word", ""},
		{"/subject", "words", ""},
		{"/attach", "file", ""},
		{"/requester Jane", "address", ""},
		{"/requester a@x.example b@x.example", "one address", ""},
		{"/new", "address", ""},
		{"/send everything", "everything", "/send"},
		{"/send note", "understood", "/send notes"},
		{"/discard notes", "notes", "/discard"},
		{"/confirm", "code", ""},
		{"/add", "somebody", ""},
		{"/add courier@@vendor.example", "not an address", ""},
		{"/add @vendor.example@", "not an address", ""},
		{"/add a@x.example <b@x.example>", "stands for", ""},
		{"/add a@x.example<mailto:b@x.example>", "stands for", ""},
		{"/add dhl Jane <jane@x.example>", "comma", ""},
		{"/side", "somebody", ""},
		{"/side cc-customer", "somebody", ""},
		{"/side dhk", "address book", "/side dhl"},
		{"/side dhl please call", "please", ""},
		{"/side courier@vendor.example please call", "please", ""},
		{"/side courier@vendor.example please", "please", ""},
		{"/side to courier@vendor.example", "to", ""},
		{"/side courier @vendor.example", "@vendor.example", ""},
		{"/side courier@vendor.example cc-customer on", "on", ""},
		{"/side courier@vendor.example share last please", "please", ""},
		{"/side courier@vendor.example due banana", "banana", ""},
		{"/side courier@vendor.example due", "due", ""},
		{"/side courier@vendor.example due share last", "due", ""},
		{"/side courier@vendor.example share", "last, all or none", ""},
		{"/side courier@vendor.example share everything", "everything", ""},
		{"/side courier@vendor.example shar last", "shar", "share"},
		{"/side courier@vendor.example cc-custmer", "cc-custmer", "cc-customer"},
		{"/side courier@vendor.example cc-customer cc-customer", "twice", ""},
		{"/side courier@vendor.example due 2d due 3d", "twice", ""},
		{"/side courier@vendor.example subject", "words", ""},
		{"/side <courier@vendor.example", "closed", ""},
		{"/macro hello", "not in this version", ""},
		{"/report", "not in this version", ""},
		{"/away until monday", "not in this version", ""},
		{"/same a@x.example b@x.example", "not in this version", ""},
		{"/hold legal", "not in this version", ""},
		{"/erase", "not in this version", ""},
		{"/export", "not in this version", ""},
	} {
		r := Parse([]string{c.line}, office)
		if len(r.Problems) != 1 || len(r.Commands) != 0 {
			t.Errorf("%q: %d problems, %v", c.line, len(r.Problems), r.Commands)
			continue
		}
		p := r.Problems[0]
		if !strings.Contains(p.Why, c.why) || p.Meant != c.meant || p.Source != c.line {
			t.Errorf("%q: %q, meant %q; want %q, meant %q", c.line, p.Why, p.Meant, c.why, c.meant)
		}
		if !strings.HasSuffix(p.Why, ".") || strings.HasSuffix(p.Why, "..") {
			t.Errorf("%q: not a sentence: %q", c.line, p.Why)
		}
	}
}

// TestLater: what is not in this version is read all the same once it is.
func TestLater(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"/macro hello name=Jane color=\u201cdark red\u201d", "macro [hello] name=Jane; color=dark red;"},
		{"/macro hello", "macro [hello]"},
		{"/away until monday cover @omar", "away when:monday cover:omar"},
		{"/away until 2026-12-24", "away when:2026-12-24"},
		{"/same a@x.example, B@x.example", "same [a@x.example] [b@x.example]"},
		{"/hold legal", "hold [legal]"},
		{"/erase", "erase"},
		{"/report last month", "report [last] [month]"},
	} {
		r := Parse([]string{c.line}, Options{})
		if len(r.Problems) > 0 || len(r.Commands) != 1 || brief(r.Commands[0]) != c.want {
			t.Errorf("%q: %+v", c.line, r)
		}
		held := Parse([]string{c.line}, Options{Later: NotYet()})
		if len(held.Problems) != 1 || len(held.Later) != 1 {
			t.Errorf("%q later: %+v", c.line, held)
		}
	}
}

// TestBlocks shows whole mails. In want, each line of the mail has a letter:
// c command, p problem, t text.
func TestBlocks(t *testing.T) {
	for _, c := range []struct {
		name, mail, want, text string
	}{
		{"before", "/resolve\n/assign omar\n\nHello Jane", "cctt", "Hello Jane"},
		{"after", "Hello Jane\n\n/resolve\n", "ttct", "Hello Jane"},
		{"both, blank lines inside", "/note\n\n/tag a\nHello\n/resolve\n\n/assign me", "ctctctc", "Hello"},
		{"only commands", "/resolve\n\n/assign me", "ctc", ""},
		{"in the middle", "Hello\n/resolve\nBye", "tpt", "Hello\nBye"},
		{"alias in the middle", "Hello\n/done\nBye", "tpt", "Hello\nBye"},
		{"near one in the middle", "Hello\n/reslove now\nBye", "tpt", "Hello\nBye"},
		{"with a colon in the middle", "Hello\n/note: call her\nBye", "tpt", "Hello\nBye"},
		{"unknown in the middle", "Hello\n/usr is full\nBye", "ttt", "Hello\n/usr is full\nBye"},
		{"short words are not guessed", "Hello\n/tga x\nBye", "ttt", "Hello\n/tga x\nBye"},
		{"unknown at the start", "/usr is full\nHello", "pt", "Hello"},
		{"unknown at the end", "Hello\n/frob", "tp", "Hello"},
		{"path", "/usr/bin/env\nHello\n/etc/passwd", "ttt", "/usr/bin/env\nHello\n/etc/passwd"},
		{"number", "/2\nHello", "tt", "/2\nHello"},
		{"slashes", "/\n//\nHello", "ttt", "/\n//\nHello"},
		{"report path in the middle", "See\n/report/2026\nBye", "ttt", "See\n/report/2026\nBye"},
		{"below the dashes", "/resolve\n--\n/note\nsent from", "cttt", "--\n/note\nsent from"},
		{"below the dashes with a blank", "Hello\n-- \n/reslove\nDana", "tttt", "Hello\n-- \n/reslove\nDana"},
		{"mailto link", "/resolve\n--\n", "ctt", "--"},
		{"one bad line holds, others are read", "/resolve\n/snooze banana\nHello", "cpt", "Hello"},
		{"text first line after side", "/side courier@x.example\nPlease call Jane", "ct", "Please call Jane"},
		{"greeting after side", "/side courier@x.example\nJane,\nplease call", "ctt", "Jane,\nplease call"},
		{"comma and greeting", "/side courier@x.example,\nPlease call Jane", "ct", "Please call Jane"},
		{"comma and one word", "/side courier@x.example,\nHello", "ct", "Hello"},
		{"comma and one word with comma", "/assign omar,\nplease call her", "ct", "please call her"},
		{"due as a sentence", "/side dhl\nDue to the strike, nothing came", "ct", "Due to the strike, nothing came"},
		{"share as a sentence", "/side dhl\nShare your thoughts", "ct", "Share your thoughts"},
		{"subject as a sentence", "/side dhl\nSubject to approval, we pay", "pt", "Subject to approval, we pay"},
		{"address as a sentence", "/side dhl\njane@customer.example has written", "ct", "jane@customer.example has written"},
		{"comma and an address somewhere", "/side dhl,\nplease write to jane@x.example", "pt", "please write to jane@x.example"},
		{"name wrapped", "/side dhl,\nKarin Lind\n<k.lind@law.example>\nHello", "ccct", "Hello"},
		{"wrapped after a comma", "/side courier@x.example,\nb@x.example cc-customer\nHello", "cct", "Hello"},
		{"wrapped, known name after a comma", "/side courier@x.example,\ndhl\nHello", "cct", "Hello"},
		{"wrapped at due", "/side courier@x.example due\n2 days\nHello", "cct", "Hello"},
		{"wrapped inside due", "/side courier@x.example due 2\ndays share last\nHello", "cct", "Hello"},
		{"wrapped at share", "/side courier@x.example share\nlast", "cc", ""},
		{"wrapped at subject", "/side courier@x.example subject\nWhere is the kettle\n\nHello", "cctt", "Hello"},
		{"subject, then a greeting", "/side courier@x.example subject\nDear courier,\nHello", "ptt", "Dear courier,\nHello"},
		{"clauses below", "/side courier@x.example\ncc-customer\ndue tomorrow share last\nHello", "ccct", "Hello"},
		{"subject with a colon below", "/side courier@x.example\nsubject: Kettle\n\nHello", "cctt", "Hello"},
		{"addresses below", "/side courier@x.example\nb@x.example\nHello", "cct", "Hello"},
		{"wrapped twice", "/side a@x.example,\nb@x.example,\nc@x.example share\nall", "cccc", ""},
		{"hyphen at the end", "/side courier@x.example cc-\ncustomer\nHello", "cct", "Hello"},
		{"mailto wrapped", "/side courier@x.example\n<mailto:courier@x.example>\nHello", "cct", "Hello"},
		{"add goes on", "/add a@x.example,\nb@x.example\nHello", "cct", "Hello"},
		{"invite goes on", "/invite dana,\nomar\nHello", "cct", "Hello"},
		{"invite does not take greetings", "/invite dana\nomar\nHello", "ctt", "omar\nHello"},
		{"side without anybody", "/side\nPlease call Jane", "pt", "Please call Jane"},
		{"unfinished due", "/side dhl due\nPlease call Jane", "pt", "Please call Jane"},
		{"wrapped at the end", "Hello\n\n/side courier@x.example,\nb@x.example", "ttcc", "Hello"},
		{"long subject, text right below",
			"/side courier@x.example subject Where is the kettle that Jane has been\nwaiting for", "pt", "waiting for"},
		{"long subject, empty line below",
			"/side courier@x.example subject Where is the kettle that Jane has been\n\nwaiting for", "ctt", "waiting for"},
		{"long subject, command below",
			"/side courier@x.example subject Where is the kettle that Jane has been\n/tag a", "cc", ""},
		{"wrapped by a client inside the clauses",
			"/side courier@vendor.example, someone.else@vendor.example cc-customer due\ntomorrow 9am share last subject Kettle\n\nHello", "cctt", "Hello"},
		{"odd sign at the start", "/resolve!\nHello", "pt", "Hello"},
		{"empty", "", "t", ""},
	} {
		lines := strings.Split(c.mail, "\n")
		r := Parse(lines, office)
		if got := shape(lines, r); got != c.want {
			t.Errorf("%s: %s, want %s (%v)", c.name, got, c.want, r)
		}
		if got := r.Text(lines); got != c.text {
			t.Errorf("%s: text %q, want %q", c.name, got, c.text)
		}
	}
}

// A line that nothing has wrapped ends where it ends, however long it is.
func TestWholeLines(t *testing.T) {
	for mail, want := range map[string]string{
		"/side courier@x.example subject Where is the kettle that Jane has been\nwaiting for":                           "ct",
		"/subject The kettle of Jane Doe arrived broken in the second parcel\nHello":                                    "ct",
		"/side courier@vendor.example, someone.else@vendor.example cc-customer\nWrite to me@x.example tomorrow, please": "ct",
		"/side courier@x.example,\nb@x.example\nHello":                                                                  "cct", // typed so
		"/side dhl\nSubject to approval, we pay":                                                                        "pt",
	} {
		o, lines := office, strings.Split(mail, "\n")
		o.Whole = func(int) bool { return true }
		if got := shape(lines, Parse(lines, o)); got != want {
			t.Errorf("%s: %s, want %s", mail, got, want)
		}
		o.Whole = func(i int) bool { return i != 0 }
		if got := shape(lines, Parse(lines, o)); want == "ct" && got != "pt" {
			t.Errorf("%s, perhaps wrapped: %s", mail, got)
		}
	}
}

// shape writes what became of each line.
func shape(lines []string, r Result) string {
	out := []byte(strings.Repeat("t", len(lines)))
	for _, i := range r.Lines {
		out[i] = 'c'
	}
	for _, p := range r.Problems {
		out[p.Line] = 'p'
	}
	return string(out)
}

func TestWrappedIsOneCommand(t *testing.T) {
	lines := strings.Split("/side a@x.example,\nb@x.example cc-\ncustomer due 2\ndays share last subject\nWhere is it\n\nHello", "\n")
	r := Parse(lines, Options{})
	if len(r.Commands) != 1 || brief(r.Commands[0]) != "side [a@x.example] [b@x.example] cc when:2 days share:last text:Where is it" {
		t.Fatalf("%+v", r)
	}
	if want := "/side a@x.example, b@x.example cc- customer due 2 days share last subject Where is it"; r.Commands[0].Source != want {
		t.Errorf("source %q", r.Commands[0].Source)
	}
}

// TestSlashSignature: some sign with a slash before their name.
func TestSlashSignature(t *testing.T) {
	o := Options{Self: []string{"anders", "Anders"}}
	for _, c := range []struct{ mail, want string }{
		{"Hello\n/Anders", "tt"},
		{"Hello\n/resolve\n\n/ Anders", "tctt"},
		{"Hello\n/Anders\n/resolve", "ttc"},
		{"/Anders\nHello", "pt"},
		{"/Anders", "p"},
		{"Hello\n/Anders please", "tp"},
		{"Hello\n/Omar", "tp"},
	} {
		lines := strings.Split(c.mail, "\n")
		if got := shape(lines, Parse(lines, o)); got != c.want {
			t.Errorf("%q: %s, want %s", c.mail, got, c.want)
		}
	}
}

// TestHelp: what the help shows is what the grammar reads.
func TestHelp(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Help() {
		word := strings.TrimPrefix(strings.Fields(e.Usage)[0], "/")
		if seen[word] {
			t.Errorf("%s twice", e.Usage)
		}
		seen[word] = true
		if e.Does == "" || NotYet()[e.Verb] {
			t.Errorf("%+v", e)
		}
		r := Parse([]string{"/" + word}, Options{})
		for _, p := range r.Problems {
			if strings.Contains(p.Why, "no command") {
				t.Errorf("%s: %s", e.Usage, p.Why)
			}
		}
	}
	for _, v := range []Verb{Note, Reply, Side, Ask, Add, Remove, CcCustomer, Relay, Attach, Due, Open, Pending, Resolve,
		Snooze, Assign, Invite, Leave, Lead, Follow, Unfollow, Priority, Tag, Set, Spam, Subject, Requester, Merge, Split,
		New, Send, Discard, Undo, Confirm, Show, List, Search, Why, HelpMe} {
		if !seen[string(v)] {
			t.Errorf("no help for %s", v)
		}
	}
}

// TestSuggestions: every word of other helpdesks leads to a command that
// exists, and is none itself.
func TestSuggestions(t *testing.T) {
	p := newParser(Options{})
	for _, w := range strings.Fields(`assignee assigned owner reassign claim grab unassign solved solve fixed closed reopen wait
		waiting on-hold remind later internal private comment public answer vendor forward fwd approve cc bcc uncc file
		deadline mention join watch subscribe unwatch mute prio tags label field junk title duplicate create template
		release cancel recall vacation view ls find stats commands`) {
		meant := p.suggest(w, "")
		first := strings.TrimPrefix(strings.Fields(meant + " ?")[0], "/")
		if p.rules[first] == nil {
			t.Errorf("%s leads to %q", w, meant)
		}
		if p.rules[w] != nil {
			t.Errorf("%s is a command", w)
		}
	}
}

// What is said twice is meant once; only a text that is sent twice is not.
func TestSaidTwice(t *testing.T) {
	for lines, want := range map[string]int{
		"/split\n/split":                         1,
		"/relay 7\n/relay 7":                     1,
		"/relay 7\n/relay 8":                     2,
		"/attach A.pdf\n/attach a.pdf":           1,
		"/tag a -b\n/tag a -b\n/tag b":           2,
		"/set a=b\n/set a=b\n/set a=c":           2,
		"/confirm ABCD2345\n/confirm abcd2345":   1,
		"/side a@b.example\n/side a@b.example":   2,
		"/add a@b.example\n/add A <a@b.example>": 1,
	} {
		r := Parse(strings.Split(lines, "\n"), Options{})
		if len(r.Commands) != want || len(r.Problems) > 0 || len(r.Lines) != strings.Count(lines, "\n")+1 {
			t.Errorf("%q: %d commands of the lines %v, %v", lines, len(r.Commands), r.Lines, r.Problems)
		}
	}
}

func TestConflicts(t *testing.T) {
	for _, c := range []struct {
		mail string
		n    int
	}{
		{"/note\n/reply", 1},
		{"/note\n/note", 0},
		{"/note\n/side dhl", 1},
		{"/side dhl\n/side a@x.example", 1},
		{"/resolve\n/assign me\n/tag a", 0},
		{"/resolve\n/snooze", 1},
		{"/resolve\n/close", 0},
		{"/assign omar\n/take", 1},
		{"/assign omar\n/assign Omar", 0},
		{"/tag a\n/tag b", 0},
		{"/merge 1\n/merge 2", 1},
		{"/merge 1\n/merge 1", 0},
		{"/subject A kettle\n/subject A toaster", 1},
		{"/requester a@x.example\n/requester b@x.example", 1},
	} {
		r := Parse(strings.Split(c.mail, "\n"), office)
		if len(r.Problems) > 0 {
			t.Errorf("%q: %v", c.mail, r.Problems)
		}
		if got := Conflicts(r.Commands); len(got) != c.n {
			t.Errorf("%q: %v", c.mail, got)
		}
	}
}

// A client's list, quotation marks or the wrong slash make no command, and
// must not make it text either.
func TestDecoratedCommandsHold(t *testing.T) {
	for _, line := range []string{"- /note", "• /note", "* /resolve", `"/note"`, "\u201c/note\u201d", `\note`, `\resolve`, "> /note", "– /side courier@vendor.example"} {
		r := Parse([]string{line, "", "Between us."}, Options{})
		if len(r.Problems) != 1 || len(r.Commands) != 0 {
			t.Errorf("%q: %d problems, %d commands", line, len(r.Problems), len(r.Commands))
		}
	}
	for _, line := range []string{"- /usr/bin is full", "- a list", `\o/`, `C:\note.txt`, "- open the valve", "-- ", "\"quoted\" words", "- / -", "* important *"} {
		if r := Parse([]string{line, "", "Text."}, Options{}); len(r.Problems)+len(r.Commands) != 0 {
			t.Errorf("%q: %+v", line, r.Problems)
		}
	}
}
