package reply_test

import (
	"strings"
	"testing"

	"aside"
	"aside/reply"
)

// knowing is a mail held against lines that were heard in the conversation
// addressed, and lines of a notice's frame.
func knowing(agent bool, heard, frame string) reply.Held {
	key := []byte("key")
	origins := map[uint64]reply.Origin{}
	for _, h := range reply.Hashes(key, heard) {
		origins[h] = reply.Addressed
	}
	for _, h := range reply.Hashes(key, frame) {
		origins[h] = reply.Frame
	}
	return reply.Held{Key: key, Known: func(h uint64) reply.Origin { return origins[h] }, Marker: func(string) bool { return true },
		Ours: func(a string) bool { return strings.HasPrefix(a, "support") }, CutSignature: agent}
}

// fresh is a text without the rows that are kept as quoted.
func freshLines(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && !strings.HasPrefix(line, ">") {
			out = append(out, line)
		}
	}
	return strings.Join(out, " / ")
}

// Answers between or below quoted lines that carry no mark.
func TestAnswersInsideUnmarkedQuotations(t *testing.T) {
	const heard = "When does the new kettle come to us in Leeds?\n\nAnd who pays for the parcel that goes back to you?"
	const frame = "YOUR REPLY GOES TO: Jane Doe\nOpen, nobody's yet.\nResolve | Snooze | Take | Note | Ask someone | Spam"
	outlook := "From: Jane Doe <support+notice@example.com>\nSent: Monday, November 2, 2026 10:00 AM\nTo: dana@example.com\nSubject: [#1] Kettle\n\n"
	first, second, _ := strings.Cut(heard, "\n\n")
	yahoo := func(inside, below string) string {
		return `<div>Hello,</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Monday, November 2, 2026 at 10:00:00 AM GMT, Jane Doe &lt;support+notice@example.com&gt; wrote:</div>` +
			inside + "</div>" + below
	}
	tests := []struct {
		name       string
		agent      bool
		text, html string
		want       string
	}{
		{"between, the first answer begins as the next line that was heard", true,
			outlook + first + "\n\nAnd it comes on Tuesday, with the morning's post as ever.\n\n" + second + "\n\nWe do, of course.\n\n" + frame, "",
			"And it comes on Tuesday, with the morning's post as ever. / We do, of course."},
		{"a contact, below", false, outlook + heard + "\n\nOn Tuesday, and you pay for that.", "", "On Tuesday, and you pay for that."},
		{"a contact, between and below, longer than what was asked", false,
			outlook + first + "\n\nOn Tuesday, if the weather lets the van across the moor, which it did not last week.\n\n" + second +
				"\n\nYou do; it says so in the terms that we sent to you in spring and which you signed.", "",
			"On Tuesday, if the weather lets the van across the moor, which it did not last week. / You do; it says so in the terms that we sent to you in spring and which you signed."},
		{"Yahoo, between", true, "", yahoo("<div>"+first+"</div><div>On Tuesday.</div><div>"+second+"</div><div>We do, of course.</div><div>"+strings.ReplaceAll(frame, "\n", "</div><div>")+"</div>", ""),
			"Hello, / On Tuesday. / We do, of course."},
		{"an agent's unknown matter below what was heard is no answer", true, outlook + heard + "\n\nThe boss says that she never pays, and that we wait.", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := reply.Read(&aside.Mail{Text: tt.text, HTML: tt.html}, knowing(tt.agent, heard, frame))
			if got := freshLines(d.Text()); got != tt.want {
				t.Errorf("read %q, want %q", got, tt.want)
			}
			if tt.want == "" && len(d.Doubts()) == 0 {
				t.Error("what was cut is no doubt")
			}
		})
	}
}

// The elements in which phones and others put a signature, and into which
// people type as well.
func TestSignaturesThatProgramsMark(t *testing.T) {
	const said = "<div>It comes on Tuesday.</div>"
	const sign = "Dana Reyes<br>Example GmbH"
	tests := map[string]struct{ html, want string }{
		"Gmail Android":        {said + `<div data-smartmail="gmail_signature" dir="auto">` + sign + "</div>", "It comes on Tuesday."},
		"Outlook's apps":       {said + `<div id="ms-outlook-mobile-signature">` + sign + "</div>", "It comes on Tuesday."},
		"Yahoo":                {said + `<div class="ydp1a2b3c4dsignature">` + sign + "</div>", "It comes on Tuesday."},
		"K-9":                  {said + `<div class='k9mail-signature'>` + sign + "</div>", "It comes on Tuesday."},
		"Apple Mail":           {said + `<div><br id="lineBreakAtBeginningOfSignature"><div>` + sign + "</div></div>", "It comes on Tuesday."},
		"typed into it":        {`<div>Dear Jane,</div><div id="ms-outlook-mobile-signature"><div>It comes on Tuesday with the morning's post.</div><div>Dana</div></div>`, "Dear Jane, / It comes on Tuesday with the morning's post. / Dana"},
		"typed in Japanese":    {`<div>Jane様</div><div data-smartmail="gmail_signature">新しいものは火曜日の朝に届きますのでお待ちください</div>`, "Jane様 / 新しいものは火曜日の朝に届きますのでお待ちください"},
		"the quotation itself": {said + `<br id="lineBreakAtBeginningOfSignature"><div><blockquote type="cite">When?</blockquote>At nine.</div>`, "It comes on Tuesday. / At nine."},
	}
	for name, tt := range tests {
		d := reply.Read(&aside.Mail{HTML: tt.html}, reply.Held{CutSignature: true})
		if got := freshLines(d.Text()); got != tt.want {
			t.Errorf("%s: read %q, want %q", name, got, tt.want)
		}
	}
}
