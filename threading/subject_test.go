package threading

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"aside"
)

func TestSubjectTags(t *testing.T) {
	for subject, want := range map[string]string{
		"AW: [#1042] Kettle":              "[#1042]",
		"[#1042-KX] Parcel":               "[#1042-kx]",
		"Re: [#1042 Team] Kettle":         "[#1042 team]",
		"[ #1042 - kx ] and [#1042-kx]":   "[#1042-kx]",
		"[#7] [#8-ab] [#9 team]":          "[#7] [#8-ab] [#9 team]",
		"#1042, [1042], [#1042-kxy], [#]": "",
		"[#0] [#99999999999999999999]":    "",
		strings.Repeat("[#1]", 9000):      "[#1]",
	} {
		var got []string
		for _, tag := range SubjectTags(subject) {
			got = append(got, tag.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%.40q: %v, want %s", subject, got, want)
		}
	}
}

func TestBaseSubject(t *testing.T) {
	for subject, want := range map[string]string{
		"Kettle arrived broken":                  "Kettle arrived broken",
		"Re: Kettle":                             "Kettle",
		"RE: AW: WG: Fwd: FW: SV: Kettle":        "Kettle",
		"Re[2]: Kettle":                          "Kettle",
		"AW (3): Kettle":                         "Kettle",
		"Re^2: Kettle":                           "Kettle",
		"RE : Kettle":                            "Kettle",
		"TR : Réf. Kettle":                       "Réf. Kettle",
		"R: I: Bollitore":                        "Bollitore",
		"回复：水壶":                                  "水壶",
		"转发: 回复: 水壶":                             "水壶",
		"Ответ: Чайник":                          "Чайник",
		"İLT: YNT: Çaydanlık":                    "Çaydanlık",
		"\u200fהשב: \u200fקומקום":                "קומקום",
		"[EXT] Re: [External Sender] RE: Kettle": "Kettle",
		"EXTERNAL: Kettle":                       "Kettle",
		"***SPAM*** Kettle":                      "Kettle",
		"Re: [#1042-kx] Kettle":                  "Kettle",
		"[#1042] Re: Kettle [#1042 team]":        "Kettle",
		"Kettle (fwd)":                           "Kettle",
		"  Kettle \t arrived\r\n  broken ":       "Kettle arrived broken",
		"Re:":                                    "",
		"":                                       "",
		"Regarding: the kettle":                  "Regarding: the kettle",
		"Re-entry permit":                        "Re-entry permit",
		"REF: 12345":                             "REF: 12345",
		"[CASE-1234] Kettle":                     "[CASE-1234] Kettle",
		"[Kettle fans] Meeting":                  "[Kettle fans] Meeting",
		"Extern: wer kommt":                      "wer kommt",
		"External audit":                         "External audit",
		"Rent: due":                              "Rent: due",
		"Invoice 12: paid":                       "Invoice 12: paid",
		"Re:Re:Re:Kettle":                        "Kettle",
		"Re: \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
		"\u200dRe: \U0001f468\u200d\U0001f469":                 "\U0001f468\u200d\U0001f469",
		"[#1042 [#7] ] Kettle [ #1042\t -kx]":                  "Kettle",
		"Kettle (fwd) (Fwd)":                                   "Kettle",
		"Kettle: Re: what":                                     "Kettle: Re: what",
		"Kettle\x00\x07":                                       "Kettle",
		"Re: " + strings.Repeat("long subject ", 50):           strings.TrimSpace(strings.Repeat("long subject ", 50)),
	} {
		if got := BaseSubject(subject); got != want {
			t.Errorf("%q: %q, want %q", subject, got, want)
		}
	}
	if !SameSubject("Re: [EXT] kettle", "AW: [#1042-kx] Kettle") || SameSubject("Kettle", "Kettles") {
		t.Error("subjects are compared wrongly")
	}
}

func TestComposedSubjects(t *testing.T) {
	customer := aside.Conversation{Ticket: 1042, Kind: aside.Customer, Subject: "RE: [EXT] Kettle arrived broken"}
	side := aside.Conversation{Ticket: 1042, Kind: aside.Side, Tag: "kx", Subject: "Parcel 00340"}
	notes := aside.Conversation{Ticket: 1042, Kind: aside.Notes}
	for _, c := range []struct{ says, got, want string }{
		{"to the customer", ExternalSubject(customer, aside.TagSide, true), "Re: Kettle arrived broken"},
		{"to the customer, tagged", ExternalSubject(customer, aside.TagAll, true), "Re: [#1042] Kettle arrived broken"},
		{"a vendor's first", ExternalSubject(side, aside.TagSide, false), "[#1042-kx] Parcel 00340"},
		{"a vendor's second", ExternalSubject(side, aside.TagAll, true), "Re: [#1042-kx] Parcel 00340"},
		{"without any tags", ExternalSubject(side, aside.TagNone, true), "Re: Parcel 00340"},
		{"no subject", ExternalSubject(aside.Conversation{Kind: aside.Customer}, aside.TagSide, true), "Re:"},
		{"a notice", NoticeSubject(customer, "Broken kettle"), "[#1042] Kettle arrived broken"},
		{"a notice of a side conversation", NoticeSubject(side, "Broken kettle"), "[#1042-kx] Parcel 00340"},
		{"a notice of the notes", NoticeSubject(notes, "Broken kettle"), "[#1042 team] Broken kettle"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.says, c.got, c.want)
		}
	}
	long := ExternalSubject(aside.Conversation{Kind: aside.Customer, Subject: strings.Repeat("ü", 4000)}, aside.TagSide, true)
	if len(long) > maxSubject || !strings.HasSuffix(long, "ü…") {
		t.Errorf("a long subject has %d octets and ends %q", len(long), long[len(long)-6:])
	}
}

func TestForeignCases(t *testing.T) {
	for subject, want := range map[string]string{
		"[CASE-1234] Your parcel":                     "1234",
		"Re: (Ticket #555123) Your parcel":            "555123",
		"Case 00012345: parcel":                       "00012345",
		"REF:AB-99887 parcel":                         "AB-99887",
		"[#5512] Your request":                        "5512",
		"[JIRA] (SUP-4711) parcel":                    "SUP-4711",
		"##RE-88123## parcel":                         "RE-88123",
		"Vorgang 20261234 - Paket":                    "20261234",
		"Incident INC-0012345 opened":                 "INC-0012345",
		"Incident INC0012345 has been commented":      "INC0012345",
		"Case CS0012345: parcel":                      "CS0012345",
		"[Ticket#2026112310000012] parcel":            "2026112310000012",
		"Request iphone12345":                         "",
		"parcel [ ref:_00D58Jx._5003z0A:ref ]":        "_00D58JX._5003Z0A",
		"[#1042-kx] Re: [Ticket #555123] parcel":      "555123",
		"[#1042 team] nothing":                        "",
		"Invoice 2026-1234 of 12345":                  "",
		"Your request of 2026":                        "",
		"Parcel 00340434161094022115":                 "",
		"Kettle (2) [3]":                              "",
		"in this case 12 of 20":                       "",
		strings.Repeat("[T-12345678]", 3) + " [T-99]": "T-12345678",
	} {
		if got := strings.Join(foreignCases(subject), " "); got != want {
			t.Errorf("%q: %q, want %q", subject, got, want)
		}
	}
	if n := len(foreignCases("[1001] [1002] [1003] [1004] [1005] [1006] [1007] [1008] [1009] case 12345")); n != maxCases {
		t.Errorf("%d cases of one subject", n)
	}
	f := Facts{Cases: []string{"1042", "5512"}}
	if got := fmt.Sprint(f.CasesToLearn(1042)); got != "[5512]" {
		t.Errorf("learned %s", got)
	}
}

func TestDerived(t *testing.T) {
	const subject = "[#1] Größe des Kessels falsch, nur 12 cm statt 15"
	for _, s := range []string{"Re: " + subject, "AW: [EXT] " + subject, "ACME Mail Gateway: " + subject, "Re: " + subject + " (EXTERN)", "Re: " + subject + " [SUSPECTED SPAM]",
		"Re: " + subject + " ***SPAM***", "Re: [#1] Größe des Kessels falsch, nur 12", "Re: [#1] Gr??e des Kessels falsch, nur 12 cm statt 15",
		"Re: [#1] GrÃ¶ÃŸe des Kessels falsch, nur 12 cm statt 15", "Re: [#1] Gr??e des Kessels falsch, nur 12 cm statt 15 [EXTERN]"} {
		if !Derived(s, subject) {
			t.Errorf("%q is a subject of its own", s)
		}
	}
	for _, s := range []string{"Kessel", "Größe", "Größe des Kessels falsch", "Ein Kessel von 12 cm", "Größe des Kessels falsch, nur 12 cm statt 15: was kostet ein neuer?", ""} {
		if Derived(s, subject) {
			t.Errorf("%q is no subject of its own", s)
		}
	}
	for _, of := range []string{"", "Re:", "水壶"} {
		if Derived("What does a kettle cost?", of) {
			t.Errorf("a question comes of %q", of)
		}
	}
}

func FuzzSubject(f *testing.F) {
	for _, s := range []string{"Re: AW: [EXT] [#1042-kx] Kettle (fwd)", "回复：水壶", "[Ticket #555123] Case 00012345",
		strings.Repeat("Re: ", 200), strings.Repeat("[#1]", 500), "\u200fהשב: x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		base := BaseSubject(s)
		if len(s) < 100 && BaseSubject(base) != base {
			t.Errorf("%q becomes %q and then %q", s, base, BaseSubject(base))
		}
		if base != "" && !Derived("Re: "+base, s) && BaseSubject("Re: "+base) == base {
			t.Errorf("%q is a subject of its own", base)
		}
		if len(SubjectTags(s)) > maxTags || len(foreignCases(s)) > maxCases {
			t.Errorf("%q gives too many tags", s)
		}
		for _, out := range []string{ExternalSubject(aside.Conversation{Ticket: 1, Kind: aside.Side, Tag: "kx", Subject: s}, aside.TagSide, true),
			NoticeSubject(aside.Conversation{Ticket: 1, Kind: aside.Notes, Subject: s}, "")} {
			if strings.ContainsAny(out, "\r\n\x00") || len(out) > maxSubject {
				t.Errorf("%q composes %q", s, out)
			}
		}
	})
}

func BenchmarkBaseSubject(b *testing.B) {
	for b.Loop() {
		BaseSubject("RE: AW: [EXT] [#1042-kx] Kettle arrived broken")
	}
}

func TestRandomTag(t *testing.T) {
	source, seen := rand.New(rand.NewSource(7)), map[string]bool{}
	for range 20000 {
		tag, err := RandomTag(source)
		if err != nil || len(SubjectTags("[#1-"+tag+"]")) != 1 {
			t.Fatalf("tag %q, %v", tag, err)
		}
		seen[tag] = true
	}
	if len(seen) != len(tagLetters)*len(tagLetters) {
		t.Errorf("%d different tags of %d", len(seen), len(tagLetters)*len(tagLetters))
	}
}
