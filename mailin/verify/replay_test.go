package verify

import (
	"bufio"
	"strings"
	"testing"

	"aside"
)

// What somebody can make of a mail that an agent signed and that they have in
// hand: everything that the signature does not cover is theirs to change.
func TestWhatASignatureLeavesOpen(t *testing.T) {
	const (
		gmail     = "mime-version:references:in-reply-to:from:date:message-id:subject:to"
		microsoft = "from:date:subject:message-id:content-type:mime-version"
		oversign  = "from:from:to:to:cc:cc:subject:subject:date:date:message-id:message-id:content-type:content-type:mime-version:in-reply-to:in-reply-to"
	)
	with := func(covers string) string { return sign(t, letter, "rsa", "a", "example.com", covers) }
	add := func(fields, mail string) string { return fields + mail }
	for _, c := range []struct{ says, mail, want, why string }{
		{"as Gmail signs", with(gmail), "pass by dkim, agent, to", ""},
		{"as Microsoft 365 signs", with(microsoft), "pass by dkim, agent", ""},
		{"as OpenDKIM oversigns", with(oversign), "pass by dkim, agent, to", ""},
		{"with the envelope changed, which no signature covers", with(usual), "pass by dkim, agent, to", ""},

		{"Date left open", with("from:to:subject:message-id:content-type"), "pass by dkim", "does not cover Date"},
		{"Message-ID left open", with("from:to:subject:date:content-type"), "pass by dkim", "does not cover Message-ID"},
		{"Subject left open", with("from:to:date:message-id:content-type"), "pass by dkim", "does not cover Subject"},
		{"To and Content-Type left open", with("from:date:message-id:subject:mime-version"), "pass by dkim", "neither To and Cc nor Content-Type"},
		{"From alone", with("from"), "pass by dkim", "does not cover Date"},
		{"Message-ID taken away", replace(t, with("from:to:subject:date:content-type"), "Message-ID: <one@example.com>\r\n", ""), "pass by dkim", "no Message-ID"},
		{"a covered Message-ID taken away", replace(t, with(usual), "Message-ID: <one@example.com>\r\n", ""), nothing, "did not verify"},

		// Fields put above those signed: the library verifies the lowest, and
		// somebody who reads the topmost would see the forger's.
		{"a Subject put above", add("Subject: /resolve\r\n", with(usual)), "pass by dkim", "Subject stands 2 times"},
		{"a Subject put above, oversigned", add("Subject: /resolve\r\n", with(oversign)), nothing, "did not verify"},
		{"a Message-ID put above", add("Message-ID: <two@example.com>\r\n", with(usual)), "pass by dkim", "Message-ID stands 2 times"},
		{"a Date put above", add("Date: Mon, 23 Nov 2026 00:00:00 +0000\r\n", with(usual)), "pass by dkim", "Date stands 2 times"},
		{"a To put above", add("To: support@example.com\r\n", with(usual)), "pass by dkim", "To stands 2 times"},
		{"a Content-Type put above", add("Content-Type: text/html\r\n", with(usual)), "pass by dkim", "Content-Type stands 2 times"},
		{"a From put above", add("From: Dana <dana@example.com>\r\n", with(usual)), "-", "From stands 2 times"},
		{"a From put below", replace(t, with(usual), "\r\n\r\nWe", "\r\nFrom: x@evil.example\r\n\r\nWe"), "-", "From stands 2 times"},
		{"a Cc added that the signature left open", add("Cc: support@example.com\r\n", with("from:to:subject:date:message-id:content-type")), "pass by dkim, agent", ""},
		{"a Cc added that it forbids", add("Cc: support@example.com\r\n", with(usual)), nothing, "did not verify"},
		{"In-Reply-To added that it left open", add("In-Reply-To: <x@example.com>\r\n", with(gmailWithoutThread)), "pass by dkim, agent, to", ""},
		{"In-Reply-To added that it forbids", add("In-Reply-To: <x@example.com>\r\n", with(usual)), nothing, "did not verify"},
		{"Content-Type changed that Gmail leaves open", replace(t, with(gmail), "Content-Type: text/plain", "Content-Type: text/html"), "pass by dkim, agent, to", ""},
		{"To changed that Microsoft leaves open", replace(t, with(microsoft), "To: support@", "To: billing@"), "pass by dkim, agent", ""},
		{"To taken away that Microsoft leaves open", replace(t, with(microsoft), "To: support@example.com\r\n", ""), "pass by dkim, agent", ""},
		{"Content-Type changed that Microsoft covers", replace(t, with(microsoft), "text/plain", "text/html"), nothing, "did not verify"},

		// The library and the reader must see the same header.
		{"a name with a blank before the colon", add("Subject : /resolve\r\n", with(usual)), "-", "no field"},
		{"a name with a no-break space", add("\u00a0Subject: /resolve\r\n", with(usual)), "-", "no field"},
		{"a name in other capitals", add("sUBJECT: /resolve\r\n", with(usual)), "pass by dkim", "Subject stands 2 times"},
		{"a line of blanks that ends the header for some", "From: Dana Reyes <dana@example.com>\r\nSubject: Re: Kettle\r\n \r\nA forger's words, line one.\r\nTwo.\r\nThree.\r\nFour.\r\nFive.\r\nSix.\r\n" +
			strings.NewReplacer("From: Dana Reyes <dana@example.com>\r\n", "", "Subject: Re: Kettle\r\n", "").Replace(with(usual)), "-", "blanks"},
		{"a tab that ends the header for some", replace(t, with(usual), "Subject: Re: Kettle\r\n", "Subject: Re: Kettle\r\n\t\r\n"), "-", "blanks"},
		{"a line that is no field", add("/resolve\r\n", with(usual)), "-", "no field"},
		{"an mbox line", add("From dana@example.com Sun Nov 22\r\n", with(usual)), "-", "no field"},
		{"a bare CR within a field", replace(t, with(usual), "Re: Kettle", "Re:\rKettle"), "-", "control"},
		{"a NUL within a field", replace(t, with(usual), "Re: Kettle", "Re:\x00Kettle"), "-", "control"},
		{"no end of the header", strings.TrimSuffix(letter[:strings.Index(letter, "\r\n\r\n")], "\r\n"), "-", "no end"},
		{"an address in the name", add("", signed(t, replace(t, letter, "Dana Reyes <dana@example.com>", `"dana@example.com" <x@evil.example>`))), "none", "evil.example"},
		{"an address without its quotes", add("", signed(t, replace(t, letter, "Dana Reyes <dana@example.com>", `dana@example.com <x@evil.example>`))), "-", "clearly"},
		{"two pairs of brackets", add("", signed(t, replace(t, letter, "Dana Reyes <dana@example.com>", `<x@evil.example> <dana@example.com>`))), "-", "clearly"},
	} {
		t.Run(c.says, func(t *testing.T) {
			v := newWorld(t).check(c.mail, stranger)
			if got := short(v); got != c.want || !strings.Contains(v.Reason, c.why) {
				t.Errorf("%q, want %q because of %q (%s)", got, c.want, c.why, v.Reason)
			}
		})
	}
}

const gmailWithoutThread = "mime-version:from:date:message-id:subject:to"

// Whatever the lenient reader makes of a From, both must read the same.
func TestTwoReadersDisagree(t *testing.T) {
	h, err := readHeader(bufio.NewReaderSize(strings.NewReader(letter), maxLine))
	if err != nil {
		t.Fatal(err)
	}
	for _, read := range [][]aside.Address{
		{{Address: "omar@example.com"}}, {{Address: "dana@evil.example"}}, {}, {{Address: "dana@example.com"}, {Address: "omar@example.com"}},
	} {
		m := &aside.Mail{FromAll: read}
		if len(read) > 0 {
			m.From = read[0]
		}
		if a := h.author(m); a.problem == "" {
			t.Errorf("read as %v: %+v", read, a)
		}
	}
	if a := h.author(&aside.Mail{From: aside.Address{Address: "dana@example.com"}, FromAll: []aside.Address{{Address: "dana@example.com"}}}); a.address != "dana@example.com" {
		t.Errorf("read alike: %+v", a)
	}
}

// A header that a stranger made as large as it may be is not looked into
// further: the library's work would grow with its square.
func TestHugeHeaders(t *testing.T) {
	base := signed(t, letter)
	for says, c := range map[string]struct{ mail, why string }{
		"a field of many lines":      {"References: a\r\n" + strings.Repeat(" b\r\n", 2000) + base, "a field of its header is too long"},
		"many fields":                {strings.Repeat("X: y\r\n", 1200) + base, "too many fields"},
		"many octets":                {strings.Repeat("X: "+strings.Repeat("y", 900)+"\r\n", 300) + base, "its header is too long"},
		"a long line":                {"X: " + strings.Repeat("y", 100_000) + "\r\n" + base, "a line of its header is too long"},
		"a signature over all names": {"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=a; bh=A; b=A; h=" + strings.Repeat("from:", 300) + "from\r\n" + letter, "carries no signature"},
		"hundreds of signatures":     {strings.Repeat("DKIM-Signature: "+brokenSignature, 400) + letter, "does not hold"},
	} {
		if v := newWorld(t).check(c.mail, stranger); v.AlignedDKIM || v.DMARC == "pass" || !strings.Contains(v.Reason, c.why) {
			t.Errorf("%s: %s (%s), want %q", says, short(v), v.Reason, c.why)
		}
	}
}
