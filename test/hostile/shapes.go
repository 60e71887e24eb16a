// Package hostile makes the worst mails that a stranger can send: shapes that
// cost a careless reader minutes or gigabytes, whatever their size in octets.
// The tests of those who read mail share it.
package hostile

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// Shape is one way to be expensive.
type Shape struct {
	Name string
	// Mail makes such a mail of about n octets, header included, with line
	// feeds for line ends. It has From and To unless they are its subject.
	Mail func(n int) string
}

const head = "From: Mal <mal@stranger.example>\nTo: support@example.com\nSubject: hostile\nMIME-Version: 1.0\n"

// field repeats s in one header field.
func field(name, before, s, after string) func(int) string {
	return func(n int) string { return head + name + ": " + before + many(s, n) + after + "\n\nhi\n" }
}

// many repeats s to about n octets.
func many(s string, n int) string { return strings.Repeat(s, max(n/len(s), 1)) }

// text repeats s in a body of the given type.
func text(contentType, s string) func(int) string {
	return func(n int) string { return head + "Content-Type: " + contentType + "\n\n" + many(s, n) + "\n" }
}

func encoded(contentType, encoding, s string) func(int) string {
	return func(n int) string {
		return head + "Content-Type: " + contentType + "\nContent-Transfer-Encoding: " + encoding + "\n\n" + many(s, n) + "\n"
	}
}

// page repeats s in HTML, after before.
func page(before, s, after string) func(int) string {
	return func(n int) string {
		return head + "Content-Type: text/html; charset=utf-8\n\n" + before + many(s, n) + after + "\n"
	}
}

// numbered joins what each number makes until n octets are reached.
func numbered(n int, each func(i int) string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(each(i))
	}
	return b.String()
}

// nested wraps inner in depth multiparts of boundaries that are all different.
func nested(kind string, depth int, inner string) string {
	var open, shut strings.Builder
	for i := range depth {
		fmt.Fprintf(&open, "Content-Type: multipart/%s; boundary=b%d\n\n--b%d\n", kind, i, i)
		fmt.Fprintf(&shut, "\n--b%d--\n", depth-1-i)
	}
	return open.String() + inner + shut.String()
}

// multipart makes a mail of parts.
func multipart(kind string, each string) func(int) string {
	return func(n int) string {
		return head + "Content-Type: multipart/" + kind + "; boundary=b\n\n" + many("--b\n"+each+"\n", n) + "--b--\n"
	}
}

func wrapped(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	return b.String() + s + "\n"
}

// Structure are the shapes of parts within parts.
func Structure() []Shape {
	return []Shape{
		{"parts", func(n int) string { // 400,000 in 4 MB
			return head + "Content-Type: multipart/mixed; boundary=b\n\n" + many("--b\n\nx\n", n) + "--b--\n"
		}},
		{"parts without an empty line", multipart("mixed", "x")},
		{"parts of HTML", multipart("alternative", "Content-Type: text/html\n\n<p>a")},
		{"files", multipart("mixed", "Content-Type: image/png; name=a.png\n\nx")},
		{"depth", func(n int) string { return head + nested("mixed", n/70, "\nx") }}, // 3,000 in 210 kB
		{"depth of one boundary", func(n int) string {
			return head + "Content-Type: multipart/mixed; boundary=b\n\n" + many("--b\nContent-Type: multipart/mixed; boundary=b\n\n", n)
		}},
		{"depth 100 and text", func(n int) string { return head + nested("mixed", 100, "\n"+many("words of a long text\n", n)) }},
		{"depth 19 and text", func(n int) string { return head + nested("alternative", 19, "\n"+many("words of a long text\n", n)) }},
		{"mails in mails", func(n int) string {
			return head + many("Content-Type: message/rfc822\n\n", n) + "From: a@b.example\n\nx\n"
		}},
		{"mails in mails in base64", func(n int) string {
			inner := "From: a@b.example\n\nx\n"
			for len(inner) < n/2 {
				inner = "From: a@b.example\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + wrapped(base64.StdEncoding.EncodeToString([]byte(inner)))
			}
			return inner
		}},
		{"mails beside each other", multipart("mixed", "Content-Type: message/rfc822\n\n"+head+nested("mixed", 10, "\nx"))},
		{"digest", multipart("digest", "\nFrom: a@b.example\nSubject: x\n\nx")},
		{"boundaries alike", func(n int) string {
			return head + "Content-Type: multipart/mixed; boundary=" + strings.Repeat("-", 60) + "\n\n" + many("-", n)
		}},
		{"a long boundary", func(n int) string {
			return head + "Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 3000) + "\n\n" + many("--"+strings.Repeat("b", 3000)+"\n\n", n)
		}},
		{"many boundaries announced", func(n int) string {
			return head + "Content-Type: multipart/mixed; boundary=b\n\n" +
				numbered(n, func(i int) string { return fmt.Sprintf("--b\nContent-Type: multipart/mixed; boundary=c%d\n\n", i) })
		}},
		{"one long header in a part", func(n int) string {
			return head + "Content-Type: multipart/mixed; boundary=b\n\n--b\nX-Long: " + many("x", n) + "\n\nx\n--b--\n"
		}},
		{"header lines in a part", func(n int) string {
			return head + "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + many("A: b\n", n) + "\nx\n--b--\n"
		}},
		{"prose around parts", func(n int) string {
			return head + "Content-Type: multipart/mixed; boundary=b\n\n" + many("prose\n", n/2) + "--b\n\nx\n--b--\n" + many("prose\n", n/2)
		}},
		{"no boundary at all", text("multipart/mixed", "words\n")},
		{"TNEF", func(n int) string {
			return head + "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n" +
				wrapped(base64.StdEncoding.EncodeToString([]byte("\x78\x9f\x3e\x22\x01\x00\x01"+many("\x06\x90\x08\x00\xff\xff\xff\x7f", n*3/4))))
		}},
		{"zip", func(n int) string {
			return head + "Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n" + wrapped(base64.StdEncoding.EncodeToString([]byte("PK\x03\x04"+many("\x00", n*3/4))))
		}},
		{"a report of many", func(n int) string {
			return head + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n" +
				numbered(n, func(i int) string {
					return fmt.Sprintf("Final-Recipient: rfc822; a%d@b.example\nAction: failed\nStatus: 5.1.1\n\n", i)
				}) + "\n--b--\n"
		}},
	}
}

// Headers are the shapes of header fields.
func Headers() []Shape {
	return []Shape{
		{"one long header", field("X-Long", "", "x", "")},
		{"a folded header", field("X-Long", "", "x\n ", "")},
		{"header lines", func(n int) string { return head + many("A: b\n", n) + "\nhi\n" }}, // a million
		{"header lines of one name", func(n int) string { return many("To: a@b.example\n", n) + "\nhi\n" }},
		{"header lines of many names", func(n int) string {
			return head + numbered(n, func(i int) string { return fmt.Sprintf("X-%d: y\n", i) }) + "\nhi\n"
		}},
		{"lines that are no fields", func(n int) string { return head + many("x\n", n) }},
		{"recipients", func(n int) string {
			return "From: mal@stranger.example\nTo: " + numbered(n, func(i int) string { return fmt.Sprintf("a%d@b.example, ", i) }) + "\n\nhi\n"
		}},
		{"recipients in To, Cc and Bcc", func(n int) string {
			list := numbered(n/5, func(i int) string { return fmt.Sprintf("\"Name %d\" <support+%d@example.com>,\n ", i, i) })
			return "From: mal@stranger.example\nTo: " + list + "x@y.example\nCc: " + list + "x@y.example\nResent-To: " + list + "x@y.example\nReply-To: " + list + "x@y.example\nDelivered-To: " + list + "x@y.example\n\nhi\n"
		}},
		{"senders", func(n int) string {
			return "From: " + numbered(n, func(i int) string { return fmt.Sprintf("a%d@b.example, ", i) }) + "\n\nhi\n"
		}},
		{"tokens in To", func(n int) string {
			return "From: mal@stranger.example\nTo: " + numbered(n, func(i int) string { return fmt.Sprintf("support+%040d@example.com, ", i) }) + "\n\nhi\n"
		}},
		{"references", func(n int) string {
			return head + "References: " + numbered(n, func(i int) string { return fmt.Sprintf("<%d@b.example>\n ", i) }) + "<x@y>\n\nhi\n"
		}},
		{"references of ours", func(n int) string {
			return head + "References: " + numbered(n, func(i int) string { return fmt.Sprintf("<%056d@example.com>\n ", i) }) + "<x@y>\n\nhi\n"
		}},
		{"answers to many", func(n int) string {
			return head + "In-Reply-To: " + numbered(n, func(i int) string { return fmt.Sprintf("<%040d@example.com> ", i) }) + "\n\nhi\n"
		}},
		{"comments", field("Cc", "", "(", "")},
		{"quotes", field("Cc", "", `"a\"`, "")},
		{"angles", field("Cc", "", "<", "")},
		{"groups", field("Cc", "", "a:", "")},
		{"encoded words", field("X-A", "", "=?utf-8?q?a?= ", "")},
		{"encoded words in the subject", func(n int) string {
			return "From: mal@stranger.example\nSubject: " + many("=?utf-8?b?w7w=?=\n ", n) + "\n\nhi\n"
		}},
		{"one encoded word", func(n int) string {
			return "From: mal@stranger.example\nSubject: =?utf-8?b?" + many("AAAA", n) + "?=\n\nhi\n"
		}},
		{"encoded words never closed", func(n int) string { return "From: mal@stranger.example\nSubject: " + many("=?a?q?", n) + "\n\nhi\n" }},
		{"encoded words in charsets", func(n int) string {
			return "From: mal@stranger.example\nSubject: " + many("=?iso-2022-jp?b?GyRC?= =?hz-gb-2312?q?~{?= ", n) + "\n\nhi\n"
		}},
		{"encoded addresses", field("Cc", "", "=?utf-8?q?a=40b=2Eexample=2C?= ", "")},
		{"parameters", field("Content-Type", "text/plain", "; a*0=b", "")},
		{"continuations", func(n int) string {
			return head + "Content-Type: text/plain" + numbered(n, func(i int) string { return fmt.Sprintf(";\n name*%d*=utf-8''%%41", i) }) + "\n\nhi\n"
		}},
		{"a long file name", field("Content-Disposition", "attachment; filename=", "a", ".txt")},
		{"an octet-encoded file name", field("Content-Disposition", "attachment; filename*=utf-8''", "%41", ".txt")},
		{"a long subject", func(n int) string { return "From: mal@stranger.example\nSubject: " + many("Re: ", n) + "\n\nhi\n" }},
		{"tags in the subject", func(n int) string {
			return "From: mal@stranger.example\nSubject: " + numbered(n, func(i int) string { return fmt.Sprintf("[#%d-kx] ", i) }) + "\n\nhi\n"
		}},
		{"a date of words", field("Date", "", "Mon, ", "")},
		{"blanks", field("X-A", "", " ", "")},
		{"combining marks in the subject", func(n int) string { return "From: mal@stranger.example\nSubject: a" + many("\u0301", n) + "\n\nhi\n" }},
	}
}
