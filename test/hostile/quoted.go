package hostile

import "strings"

// Quoted are the shapes of what clients write around quoted mail, and of what
// nearly looks like it: each row could begin an introduction, end one, or be a
// part of a header that was copied.
func Quoted() []Shape {
	plain := func(name, rows string) Shape { return Shape{name, text("text/plain; charset=utf-8", rows)} }
	return []Shape{
		plain("introductions that nearly end", "On 21.11.2026 11:00 Jane Doe <jane@customer.example> said:\n"),
		plain("halves of introductions", "Jane Doe <jane@customer.example> 21.\nnovember 2026\n"),
		plain("ends of introductions", "On 1 a\"\nx@y>\n"),
		plain("introductions in quotations", "> On 3.4.2026 we x\"\nOn x@y>\n"),
		plain("introductions without their sender", "On Monday, Dana wrote:\n\n"),
		plain("introductions and what they introduce", "On 21.11.26 11:00, Jane Doe wrote:\nold\nnew\n"),
		plain("introductions that run on", "a@b.example wrote:  x:  y:  z:  \n"),
		plain("introductions in Thai", "เขียนว่า:\n"),
		plain("quotations deeper and less deep", "> a\n>> b\n>>> c\n>>>> d\n"),
		plain("header lines of one label", "From: a\n"),
		plain("header lines that go on", "To: a@b.example,\n c@d.example,\n"),
		plain("header lines in a row", "From: a To: b Date: 21.11.2026 a@b.example\n"),
		plain("header lines of no language", "Foo: Jane <jane@b.example>\nBar: 21.11.2026 11:00\n"),
		plain("rules over header lines", "-----\nFrom: x\n"),
		plain("the header of Notes", "21.11.2026 11:00\nTo\n"),
		plain("bars and phones", "| |\nSent from my iPhone\n"),
		plain("phones and quotations", "Sent from my iPhone\n> a\n"),
		plain("words of phones", "> my mail and phone\nmy mail and phone are broken.\n"),
		plain("tags before lines", "[EXTERNAL] a b\n"),
		plain("a frame and commands", "YOUR REPLY GOES TO: Jane Doe\n/x\n"),
		{"quotations in HTML", page("", `<blockquote type="cite">a<br>On 21.11.26 11:00, Jane Doe wrote:<br></blockquote>b<br>`, "")},
		{"introductions in HTML", page("", `<div>On 21.11.2026 11:00 Jane Doe &lt;jane@customer.example&gt; wrote:</div>`, "")},
		{"header blocks in HTML", page("", `<p><b>From:</b> a@b.example<br><b>To:</b> y<br></p>`, "")},
		{"deep quotations in both forms", func(n int) string {
			return head + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + many(strings.Repeat("> ", 100)+"a\n", n/2) +
				"--b\nContent-Type: text/html\n\n" + many("<blockquote>", min(n/24, 2000)) + many("a<br>", n/2) + "\n--b--\n"
		}},
	}
}
