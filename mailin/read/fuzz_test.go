package read

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// FuzzMail holds that whatever arrives is read, cleanly and soon.
func FuzzMail(f *testing.F) {
	f.Add([]byte(person+"\nhi"), false)
	f.Add([]byte(multipart("mixed", nest("alternative", "X", "\na", "Content-Type: text/html; charset=koi8-r\n\n<p>\xf0"), "Content-Type: message/rfc822\n\n"+person)), true)
	f.Add([]byte(report("delivery-status", statusHead+"Final-Recipient: rfc822; jane@customer.example\nAction: failed\nStatus: 5.1.1", returnedMail)), true)
	f.Add([]byte("From: =?utf-8?q?a?= \"b\" (c <d@e>, f:;\nContent-Type: text/plain; format=flowed; charset*0*=utf-7''x\nContent-Transfer-Encoding: base64\n\nR3LD"), false)
	f.Add([]byte("Subject: failure notice\n\n<a@b.example>:\n5.1.1\n"), true)
	f.Fuzz(func(t *testing.T, raw []byte, null bool) {
		o := Options{MaxText: 4096, MaxParts: 50, MaxDepth: 5}
		if empty := ""; null {
			o.MailFrom = &empty
		}
		m, err := Mail(context.Background(), raw, o)
		if err == ErrEmpty {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		checkFacts(t, "fuzz", m)
		if again, err := Mail(context.Background(), raw, o); err != nil || again.Digest != m.Digest || again.Kind != m.Kind {
			t.Errorf("read twice, not the same: %v", err)
		}
	})
}

// What a stranger makes long must not take long: each of these is 2 MB and
// shaped to be slow for a careless reader.
func TestLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	const size = 2 << 20
	many := func(s string) string { return strings.Repeat(s, size/len(s)) }
	deep := "\nx"
	for i := range 400 {
		deep = nest("mixed", fmt.Sprintf("%d", i), deep)
	}
	for name, raw := range map[string]string{
		"encoded words":   "Subject: " + many("=?a?q?") + "\n\n",
		"quotes":          "To: " + many(`"a\"`) + "\n\n",
		"brackets":        "To: " + many("<") + "\n\n",
		"comments":        "To: " + many("(") + "\n\n",
		"unclosed groups": "To: " + many("a:") + "\n\n",
		"ids":             "References: " + many("<a") + "\n\n",
		"parameters":      "Content-Type: text/plain" + many("; a*0=b") + "\n\n",
		"long parameters": "Content-Type: text/plain; a*0*=" + many("%41") + "\n\n",
		"fields":          many("A: b\n"),
		"folds":           "A: b\n" + many(" c\n"),
		"broken fields":   many("x\n"),
		"boundaries":      "Content-Type: multipart/mixed; boundary=a\n\n" + many("--a\n"),
		"near boundaries": "Content-Type: multipart/mixed; boundary=a\n\n" + many("--ab\n"),
		"dashes":          "Content-Type: multipart/mixed; boundary=-\n\n" + many("-"),
		"depth":           "From: a@b.example\n" + deep,
		"flowed":          "Content-Type: text/plain; format=flowed\n\n" + many("a \n"),
		"quoted flowed":   "Content-Type: text/plain; format=flowed\n\n" + many("> \n>> \n"),
		"tags":            "Content-Type: text/html\n\n" + many("<a "),
		"cids":            multipart("related", "Content-Type: text/html\n\n"+many("cid:a ")),
		"metas":           "Content-Type: text/html\n\n" + many("<meta "),
		"bounce":          "From: mailer-daemon@x.example\n\n" + many("a@b.example "),
		"bounce lines":    "From: mailer-daemon@x.example\n\n" + many("a@\n"),
		"until":           person + "Auto-Submitted: auto-replied\n\n" + many("until "),
		"blanks":          "Subject:" + many(" ") + "\n\n",
		"qp":              "Content-Transfer-Encoding: quoted-printable\n\n" + many("=\n"),
		"utf-7":           "Content-Type: text/plain; charset=utf-7\n\n" + many("+A"),
	} {
		start := time.Now()
		if _, err := Mail(context.Background(), []byte(raw), Options{Timeout: time.Hour}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s: %v", name, d)
		} else if d > 200*time.Millisecond {
			t.Logf("%s: %v", name, d)
		}
	}
}

// benchMail is a mail of about n octets as they are sent: two alternatives, a
// dozen header fields.
func benchMail(n int) []byte {
	head := "Received: from a.example (a.example [192.0.2.1])\n\tby b.example with ESMTPS id 123;\n\tMon, 02 Nov 2026 10:00:00 +0100\n" +
		"DKIM-Signature: v=1; a=rsa-sha256; d=customer.example; s=s1; h=from:to:subject;\n\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=" + strings.Repeat("x", 300) + "\n" +
		"From: =?utf-8?q?J=C3=BCrgen?= Doe <jane@customer.example>\nTo: Support <support@example.com>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= aus dem Lager\n" +
		"Date: Mon, 02 Nov 2026 10:00:00 +0100\nMessage-ID: <1@customer.example>\nIn-Reply-To: <0@example.com>\nReferences: <a@example.com> <0@example.com>\nMIME-Version: 1.0\n"
	line := "Words that somebody wrote about a kettle, with an =C3=BC in each line=\n of them.\n"
	words := strings.Repeat(line, max((n-len(head)-400)/len(line)/2, 1))
	const qp = "; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
	return []byte(strings.ReplaceAll(head+nest("alternative", "b1_kettle", "Content-Type: text/plain"+qp+words, "Content-Type: text/html"+qp+"<div>"+words+"</div>"), "\n", "\r\n"))
}

func BenchmarkMail(b *testing.B) {
	plain := "Received: from a.example (a.example [192.0.2.1])\r\n\tby b.example with ESMTPS id 123;\r\n\tMon, 02 Nov 2026 10:00:00 +0100\r\nFrom: Jane Doe <jane@customer.example>\r\nTo: support@example.com\r\nSubject: Kettle\r\n" +
		"Date: Mon, 02 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@customer.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
	plain += strings.Repeat("Words that somebody wrote about a kettle, with as many in each line.\r\n", (10000-len(plain))/71)
	for name, raw := range map[string][]byte{"3600B": benchMail(3600), "10000B": benchMail(10000), "plain": []byte(plain)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for range b.N {
				if _, err := Mail(context.Background(), raw, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
		})
	}
}
