package harness

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// quoted is a mail as somebody's client quotes it.
type quoted struct {
	m  *Mail
	me Person
	at time.Time
}

func (q quoted) sender() string {
	if q.m.From.Name == "" {
		return q.m.From.Address
	}
	return q.m.From.Name
}

// full is the sender with the address, as attribution lines name them.
func (q quoted) full() string {
	if q.m.From.Name == "" {
		return "<" + q.m.From.Address + ">"
	}
	return q.m.From.Name + " <" + q.m.From.Address + ">"
}

func (q quoted) recipients() string {
	var out []string
	for _, p := range q.m.To {
		out = append(out, strings.TrimSpace(p.Name+" <"+p.Address+">"))
	}
	return strings.Join(out, "; ")
}

func (q quoted) body() string { return strings.TrimRight(q.m.Plain(), "\n") }

// html is what stands inside the body element of the quoted mail, or its text
// made HTML.
func (q quoted) html() string {
	h := q.m.HTML
	if h == "" {
		return "<div>" + htmlText(q.body(), "<br>") + "</div>"
	}
	low := strings.ToLower(h)
	if at := strings.Index(low, "<body"); at >= 0 {
		if end := strings.IndexByte(h[at:], '>'); end >= 0 {
			h = h[at+end+1:]
			if stop := strings.LastIndex(strings.ToLower(h), "</body"); stop >= 0 {
				h = h[:stop]
			}
		}
	}
	return h
}

// prefix puts a mark before every line.
func prefix(text, mark string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		switch {
		case l == "":
			lines[i] = strings.TrimRight(mark, " ")
		case strings.HasPrefix(l, ">"):
			lines[i] = strings.TrimRight(mark, " ") + l
		default:
			lines[i] = mark + l
		}
	}
	return strings.Join(lines, "\n")
}

// topWith turns a layout that answers below into one that answers above.
func topWith(below func(quoted, string) string) func(quoted, string) string {
	return func(q quoted, answer string) string {
		return answer + "\n\n" + strings.TrimRight(below(q, ""), "\n")
	}
}

func thunderbirdText(q quoted, answer string) string {
	return fmt.Sprintf("On %s, %s wrote:\n%s\n\n%s", q.at.Format("02/01/2006 15:04"), q.sender(), prefix(q.body(), "> "), answer)
}

func thunderbirdHTML(q quoted, answer string) string {
	return fmt.Sprintf("<!DOCTYPE html><html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\"></head><body><p>%s</p>"+
		"<div class=\"moz-signature\">-- <br>kind regards</div><div class=\"moz-cite-prefix\">On %s, %s wrote:<br></div>"+
		"<blockquote type=\"cite\" cite=\"mid:%s\">%s</blockquote></body></html>",
		htmlText(answer, "<br>\n"), q.at.Format("02/01/2006 15:04"), html.EscapeString(q.sender()), html.EscapeString(q.m.MessageID), q.html())
}

func thunderbirdForward(q quoted, comment string) string {
	return fmt.Sprintf("%s\n\n-------- Forwarded Message --------\nSubject: \t%s\nDate: \t%s\nFrom: \t%s\nReply-To: \t%s <%s>\nTo: \t%s\n\n\n%s\n",
		comment, q.m.Subject, q.at.Format(time.RFC1123Z), q.full(), q.m.ReplyTo.Name, q.m.ReplyTo.Address, q.recipients(), q.body())
}

func thunderbirdForwardHTML(q quoted, comment string) string {
	return fmt.Sprintf("<html><body><p>%s</p><div class=\"moz-forward-container\"><br>-------- Forwarded Message --------"+
		"<table class=\"moz-email-headers-table\" cellspacing=\"0\" cellpadding=\"0\" border=\"0\"><tbody><tr><th>Subject: </th><td>%s</td></tr>"+
		"<tr><th>Date: </th><td>%s</td></tr><tr><th>From: </th><td>%s</td></tr><tr><th>Reply-To: </th><td>%s &lt;%s&gt;</td></tr></tbody></table><br><br>%s</div></body></html>",
		htmlText(comment, "<br>\n"), html.EscapeString(q.m.Subject), q.at.Format(time.RFC1123Z), html.EscapeString(q.full()),
		html.EscapeString(q.m.ReplyTo.Name), html.EscapeString(q.m.ReplyTo.Address), q.html())
}

func gmailAttribution(q quoted) string {
	line := fmt.Sprintf("On %s %s wrote:", q.at.Format("Mon, Jan 2, 2006 at 3:04\u202fPM"), q.full())
	if len(line) > 76 { // Gmail wraps its own attribution, even inside an address
		at := strings.LastIndexByte(line[:76], ' ')
		line = line[:at] + "\n" + line[at+1:]
	}
	return line
}

func gmailText(q quoted, answer string) string {
	return answer + "\n\n" + gmailAttribution(q) + "\n\n" + prefix(q.body(), "> ") + "\n"
}

func gmailHTML(q quoted, answer string) string {
	return fmt.Sprintf("<div dir=\"ltr\">%s</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On %s %s "+
		"&lt;<a href=\"mailto:%s\">%s</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">%s</blockquote></div>\n",
		htmlText(answer, "<br>"), q.at.Format("Mon, Jan 2, 2006 at 3:04\u202fPM"), html.EscapeString(q.m.From.Name), q.m.From.Address, q.m.From.Address, q.html())
}

func gmailForward(q quoted, comment string) string {
	return fmt.Sprintf("%s\n\n---------- Forwarded message ---------\nFrom: %s\nDate: %s\nSubject: %s\nTo: %s\n\n\n%s\n",
		comment, q.full(), q.at.Format("Mon, Jan 2, 2006 at 3:04\u202fPM"), q.m.Subject, q.recipients(), q.body())
}

func gmailForwardHTML(q quoted, comment string) string {
	return fmt.Sprintf("<div dir=\"ltr\">%s<br><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">---------- Forwarded message ---------<br>"+
		"From: <strong class=\"gmail_sendername\" dir=\"auto\">%s</strong> <span dir=\"auto\">&lt;<a href=\"mailto:%s\">%s</a>&gt;</span><br>Date: %s<br>Subject: %s<br>To: %s<br></div><br><br>%s</div></div>\n",
		htmlText(comment, "<br>"), html.EscapeString(q.m.From.Name), q.m.From.Address, q.m.From.Address, q.at.Format("Mon, Jan 2, 2006 at 3:04\u202fPM"),
		html.EscapeString(q.m.Subject), html.EscapeString(q.recipients()), q.html())
}

func outlookBlock(q quoted) string {
	return fmt.Sprintf("From: %s \nSent: %s\nTo: %s\nSubject: %s\n", q.full(), q.at.Format("Monday, January 2, 2006 3:04 PM"), q.recipients(), q.m.Subject)
}

func outlookText(q quoted, answer string) string {
	return answer + "\n\n" + outlookBlock(q) + "\n" + q.body() + "\n"
}

func outlookHTML(q quoted, answer string) string {
	return fmt.Sprintf("<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><style><!-- p.MsoNormal {margin:0in;} --></style></head><body lang=\"EN-US\"><div class=\"WordSection1\">"+
		"<p class=\"MsoNormal\">%s<o:p></o:p></p><p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p><div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in\">"+
		"<p class=\"MsoNormal\"><b>From:</b> %s <br><b>Sent:</b> %s<br><b>To:</b> %s<br><b>Subject:</b> %s<o:p></o:p></p></div></div><p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>%s</div></body></html>",
		htmlText(answer, "<o:p></o:p></p>\n<p class=\"MsoNormal\">"), html.EscapeString(q.full()), q.at.Format("Monday, January 2, 2006 3:04 PM"),
		html.EscapeString(q.recipients()), html.EscapeString(q.m.Subject), q.html())
}

func outlookWebText(q quoted, answer string) string {
	return answer + "\n\n________________________________\n" + outlookBlock(q) + "\n" + q.body() + "\n"
}

func outlookWebHTML(q quoted, answer string) string {
	return fmt.Sprintf("<html><head><style type=\"text/css\" style=\"display:none;\"> P {margin-top:0;margin-bottom:0;} </style></head><body dir=\"ltr\">"+
		"<div class=\"elementToProof\" style=\"font-family: Aptos, Calibri, sans-serif; font-size: 12pt;\">%s</div><div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%%\" tabindex=\"-1\">"+
		"<div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri, sans-serif\" style=\"font-size:11pt\" color=\"#000000\"><b>From:</b> %s<br><b>Sent:</b> %s<br><b>To:</b> %s<br><b>Subject:</b> %s</font><div>&nbsp;</div></div><div>%s</div></body></html>",
		htmlText(answer, "</div>\n<div class=\"elementToProof\">"), html.EscapeString(q.full()), q.at.Format("Monday, January 2, 2006 3:04 PM"),
		html.EscapeString(q.recipients()), html.EscapeString(q.m.Subject), q.html())
}

func appleText(q quoted, answer string) string {
	return fmt.Sprintf("%s\n\n\n> On %s, at %s, %s wrote:\n> \n%s\n", answer, q.at.Format("2 Jan 2006"), q.at.Format("15:04"), q.full(), prefix(q.body(), "> "))
}

func appleHTML(q quoted, answer string) string {
	return fmt.Sprintf("<html><head><meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\"></head><body style=\"overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;\">%s"+
		"<br id=\"lineBreakAtBeginningOfMessage\"><div><br><blockquote type=\"cite\"><div>On %s, at %s, %s wrote:</div><br class=\"Apple-interchange-newline\"><div>%s</div></blockquote></div><br></body></html>",
		htmlText(answer, "<br>"), q.at.Format("2 Jan 2006"), q.at.Format("15:04"), html.EscapeString(q.full()), q.html())
}

func appleForward(q quoted, comment string) string {
	return fmt.Sprintf("%s\n\n> Begin forwarded message:\n> \n> From: %s\n> Subject: %s\n> Date: %s\n> To: %s\n> \n%s\n",
		comment, q.full(), q.m.Subject, q.at.Format("2 January 2006 at 15:04:05 MST"), q.recipients(), prefix(q.body(), "> "))
}

func appleForwardHTML(q quoted, comment string) string {
	return fmt.Sprintf("<html><body>%s<br id=\"lineBreakAtBeginningOfMessage\"><div><br><blockquote type=\"cite\"><div>Begin forwarded message:</div><br class=\"Apple-interchange-newline\">"+
		"<div style=\"margin:0\"><span><b>From: </b></span><span>%s<br></span></div><div style=\"margin:0\"><span><b>Subject: </b></span><span><b>%s</b><br></span></div><br><div>%s</div></blockquote></div></body></html>",
		htmlText(comment, "<br>"), html.EscapeString(q.full()), html.EscapeString(q.m.Subject), q.html())
}

func iphoneText(q quoted, answer string) string {
	return fmt.Sprintf("%s\n\n> On %s, at %s, %s wrote:\n> \n> \ufeff%s\n", answer, q.at.Format("2 Jan 2006"), q.at.Format("15:04"), q.full(),
		strings.TrimPrefix(prefix(q.body(), "> "), "> "))
}

func iphoneHTML(q quoted, answer string) string {
	return fmt.Sprintf("<html><head><meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\"></head><body dir=\"auto\">%s<br id=\"lineBreakAtBeginningOfSignature\"><div dir=\"ltr\">Sent from my iPhone</div>"+
		"<div dir=\"ltr\"><br><blockquote type=\"cite\">On %s, at %s, %s wrote:<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">\ufeff%s</div></blockquote></body></html>",
		htmlText(answer, "<br>"), q.at.Format("2 Jan 2006"), q.at.Format("15:04"), html.EscapeString(q.full()), q.html())
}

func neomuttAttribution(q quoted) string {
	return fmt.Sprintf("On %s, %s wrote:", q.at.Format("Mon, Jan 02, 2006 at 03:04:05PM -0700"), q.sender())
}

func neomuttText(q quoted, answer string) string {
	return neomuttAttribution(q) + "\n" + prefix(q.body(), "> ") + "\n\n" + answer + "\n"
}

func neomuttInterleaved(q quoted, answer string) string {
	first, rest, _ := strings.Cut(q.body(), "\n\n")
	return neomuttAttribution(q) + "\n" + prefix(first, "> ") + "\n\n" + answer + "\n\n" + prefix(rest, "> ") + "\n"
}

func neomuttForward(q quoted, comment string) string {
	return fmt.Sprintf("%s\n\n----- Forwarded message from %s -----\n\nDate: %s\nFrom: %s\nTo: %s\nSubject: %s\n\n%s\n\n----- End forwarded message -----\n",
		comment, q.full(), q.at.Format(time.RFC1123Z), q.full(), q.recipients(), q.m.Subject, q.body())
}

func k9Text(q quoted, answer string) string {
	return fmt.Sprintf("%s\n\nOn %s, %s wrote:\n%s\n", answer, q.at.Format("2 January 2006 15:04:05 MST"), q.full(), prefix(q.body(), ">"))
}

func k9HTML(q quoted, answer string) string {
	return fmt.Sprintf("<!DOCTYPE html><html><body><div dir=\"auto\">%s<br><br>-- <br>Sent from my Android device with K-9 Mail. Please excuse my brevity.</div><br><br><div class=\"gmail_quote\"><div dir=\"auto\">On %s, %s wrote:</div>"+
		"<blockquote class=\"gmail_quote\" style=\"margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;\">%s</blockquote></div></body></html>",
		htmlText(answer, "<br>\n"), q.at.Format("2 January 2006 15:04:05 MST"), html.EscapeString(q.full()), q.html())
}

func k9Forward(q quoted, comment string) string {
	return fmt.Sprintf("%s\n\n-------- Original Message --------\nFrom: %s\nSent: %s\nTo: %s\nSubject: %s\n\n%s\n",
		comment, q.full(), q.at.Format("2 January 2006 15:04:05 MST"), q.recipients(), q.m.Subject, q.body())
}
