package main

import (
	"fmt"
	"sort"
	"strings"
)

// argued are the mails that we read in another way than their collection, by
// "collection/file aspect", and why.
var argued = map[string]string{
	"flufl_bounce/data/yale_01.txt failed addresses":                                  "it names a user without a domain, which is taken for the system's organisation; the collection guesses one more host there",
	"gitlab/spec/fixtures/emails/inline_reply.eml reply text":                         "the answer stands below all of the quotation, which is cut; the collection keeps it, and another cuts it as here",
	"gitlab/spec/fixtures/emails/newlines.eml reply text":                             "its closing boundary is broken and so is text; the collection was given the text alone",
	"talon/tests/fixtures/signature/emails/stripped/jeff_body signature":              "the name above the telephone's line is left: without a line of dashes it may be what was said",
	"talon/tests/fixtures/signature/emails/stripped/johndoeexamplecom_body signature": "a signature without any sign; such are learned from an agent's earlier mail or named in the config, not guessed",
	"talon/tests/fixtures/signature/emails/stripped/long_body signature":              "a signature without any sign, as above",
	"talon/tests/fixtures/signature/emails/stripped/short_url_body signature":         "a signature without any sign, as above",
	"talon/tests/fixtures/signature/emails/stripped/sparse_body signature":            "a signature without any sign that a person could not take for a table, as above",
	"talon/tests/fixtures/standard_replies/iphone.eml reply text":                     "the collection keeps the telephone's line, which is cut here as a signature",
	"talon/tests/fixtures/standard_replies/sparrow.eml reply text":                    "the collection keeps the signature below two dashes, which is cut here",
}

const head = `# How aside reads mail of others

Other projects have collected real mail and say how it is to be read. This page holds aside's reading against theirs. It is the output of one command, and a
test holds the two equal wherever the collections are:

` + "```" + `
go run ./test/reading > docs/reading.md
` + "```" + `

The collections themselves are no part of this repository: ` + "`ASIDE_CORPORA`" + ` names their folder. Every mail is read as ` + "`aside read`" + ` does, without any ticket
to hold it against.

`

const meaning = `
What the columns mean; a dash says that the collection states nothing of the sort:

| column | what is compared |
|---|---|
| kind | bounce, delay, answer of a machine, report, or a person's mail; a collection that knows bounces alone counts a delay as one |
| failed addresses | all of them and no other, and of each whether it was given up (` + "`permanent`" + `) or is being tried again |
| header | sender, subject, Message-ID, In-Reply-To, and the text where it is plain |
| files | how many |
| forwarded | whether a mail is forwarded in it |
| reply text | what was newly written, white space aside |
| signature | what was cut as one |
| time | reading took no more than the collection allows, and never over a second |

Files packed in a winmail.dat (mimekit has nineteen) are not taken out: the file is kept whole, and an agent's mail with one is held.

"Argued" are mails that aside reads in another way on purpose; each is named below.
`

// page is docs/reading.md.
func page(sets []*set) string {
	var b strings.Builder
	b.WriteString(head)
	b.WriteString("| collection | mails |")
	for _, a := range aspects {
		fmt.Fprintf(&b, " %s |", a)
	}
	b.WriteString("\n|---|---:|" + strings.Repeat("---|", len(aspects)) + "\n")
	total := &set{name: "all"}
	for _, s := range sets {
		b.WriteString(row(s))
		total.mails += s.mails
		total.verdicts = append(total.verdicts, s.verdicts...)
	}
	b.WriteString(row(total))
	b.WriteString(meaning)
	verdicts(&b, sets, "Argued", func(v verdict) bool { return v.why != "" }, func(v verdict) string { return v.why })
	verdicts(&b, sets, "Wrong", func(v verdict) bool { return v.wrong != "" && v.why == "" }, func(v verdict) string { return v.wrong })
	b.WriteString("\n## Ordinary mail\n\nOf the mail of which nothing is said about its kind, this much is not taken for a person's, and on this evidence. Nothing else is.\n\n" +
		"| collection | mails | taken for a machine's |\n|---|---:|---|\n")
	for _, s := range sets {
		if s.ordinary == 0 {
			continue
		}
		var found []string
		for why, n := range s.machines {
			found = append(found, fmt.Sprintf("%d %s", n, why))
		}
		sort.Strings(found)
		fmt.Fprintf(&b, "| %s | %d | %s |\n", s.name, s.ordinary, strings.Join(found, "; "))
	}
	for _, s := range sets {
		for _, broken := range s.broken {
			fmt.Fprintf(&b, "\nNot read: %s/%s\n", s.name, broken)
		}
	}
	return b.String()
}

// row is one collection's line of the table.
func row(s *set) string {
	line := fmt.Sprintf("| %s | %d |", s.name, s.mails)
	for _, a := range aspects {
		right, wrong, argued := 0, 0, 0
		for _, v := range s.verdicts {
			switch {
			case v.aspect != a:
			case v.wrong == "":
				right++
			case v.why != "":
				argued++
			default:
				wrong++
			}
		}
		var parts []string
		if right > 0 {
			parts = append(parts, fmt.Sprintf("%d right", right))
		}
		if wrong > 0 {
			parts = append(parts, fmt.Sprintf("**%d wrong**", wrong))
		}
		if argued > 0 {
			parts = append(parts, fmt.Sprintf("%d argued", argued))
		}
		if len(parts) == 0 {
			parts = []string{"-"}
		}
		line += " " + strings.Join(parts, ", ") + " |"
	}
	return line + "\n"
}

// verdicts lists some of them, each with a word.
func verdicts(b *strings.Builder, sets []*set, title string, which func(verdict) bool, says func(verdict) string) {
	fmt.Fprintf(b, "\n## %s\n\n", title)
	none := true
	for _, s := range sets {
		for _, v := range s.verdicts {
			if which(v) {
				none = false
				fmt.Fprintf(b, "- `%s/%s`, %s: %s\n", s.name, v.file, v.aspect, strings.ReplaceAll(says(v), "\n", " "))
			}
		}
	}
	if none {
		b.WriteString("None.\n")
	}
}
