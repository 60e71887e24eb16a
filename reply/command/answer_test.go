package command

import (
	"fmt"
	"strings"
	"testing"
)

func TestBare(t *testing.T) {
	for text, want := range map[string]string{
		"send": "send", "Send.": "send", "SEND": "send", " send \n\n": "send", "\u200bsend\u00a0": "send", "“Send”": "send",
		"send!": "send", "*send*": "send", "/send": "send", "/ send": "send", "／ｓｅｎｄ": "send", "/send H7": "send 7",
		"send h7": "send 7", "send #7": "", "SEND NOTES": "send notes", "send notes.": "send notes",
		"/send H7 notes": "send 7 notes", "send notes H7": "send 7 notes", "note": "note", "Note.": "note", "note H3": "note 3",
		"discard": "discard", "Discard, H12": "discard 12", "send\n--\nDana": "send", "send\n-- \nDana Reyes": "send",
		"": "", "send it": "", "send?": "", "please send": "", "send send": "", "send\nnow": "", "sent": "", "notes": "",
		"discard notes": "", "send H7 H8": "", "send H": "", "no": "", "send now": "", "-- \nsend": "", "reply": "",
	} {
		a, ok := Bare(text)
		got := ""
		if ok {
			got = string(a.Verb)
			if a.Hold != 0 {
				got += fmt.Sprint(" ", a.Hold)
			}
			if a.Notes {
				got += " notes"
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestParseList(t *testing.T) {
	mail := `1042 1043 /assign omar
#1042, 1044: / Resolve.
[#1050] ／snooze until monday

/list mine
1042 /side dhl
1042 /reslove
please resolve these
1042-1045 /resolve
1042
/frob
and 1042 /resolve
1042 /macro x
--
1042 /spam`
	lines := strings.Split(mail, "\n")
	list, r := ParseList(lines, office)
	var got []string
	for _, l := range list {
		got = append(got, fmt.Sprint(l.Command.Line, l.Numbers, " ", brief(l.Command)))
	}
	want := "0 [1042 1043] assign [omar]|1 [1042 1044] resolve|2 [1050] snooze when:monday"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("%s, want %s", s, want)
	}
	if len(r.Commands) != 1 || brief(r.Commands[0]) != "list [mine]" || r.Commands[0].Line != 4 {
		t.Errorf("%+v", r.Commands)
	}
	if s := shape(lines, r); s != "ccctcpppppppptt" {
		t.Errorf("%s", s)
	}
	for _, p := range r.Problems {
		if p.Why == "" || p.Source != lines[p.Line] {
			t.Errorf("%+v", p)
		}
	}
	if r.Problems[1].Meant != "1042 /resolve" {
		t.Errorf("meant %q", r.Problems[1].Meant)
	}
}
