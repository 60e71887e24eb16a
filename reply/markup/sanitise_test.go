package markup

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"
)

var (
	shownElements = regexp.MustCompile(`^(p|br|div|span|b|strong|i|em|u|s|strike|del|ins|sub|sup|small|big|code|pre|tt|kbd|samp|blockquote|ul|ol|li|dl|dt|dd|hr|h[1-6]|table|thead|tbody|tfoot|tr|td|th|caption|center|mark|q|cite|abbr|address|a|img|html|head|body)$`)
	shownStyles   = regexp.MustCompile(`^((color|font-weight|font-style|text-decoration|text-align|white-space): ?[a-z0-9#(), -]+(; ?|$))+$`)
	shownTargets  = regexp.MustCompile(`(?i)^(https?://|mailto:|tel:)`)
)

// unsafe parses what was sanitised, as a mail client would, and says what
// should not be there.
func unsafe(out string) string {
	doc, err := html.Parse(strings.NewReader(out))
	if err != nil {
		return err.Error()
	}
	for n := range doc.Descendants() {
		if n.Type == html.CommentNode {
			return "a comment"
		}
		if n.Type != html.ElementNode {
			continue
		}
		if !shownElements.MatchString(n.Data) || n.Namespace != "" {
			return "element " + n.Data
		}
		for _, a := range n.Attr {
			ok := false
			switch a.Key {
			case "href":
				ok = n.Data == "a" && shownTargets.MatchString(a.Val)
			case "src":
				ok = n.Data == "img" && strings.HasPrefix(strings.ToLower(a.Val), "cid:")
			case "style":
				ok = shownStyles.MatchString(a.Val)
			case "alt", "width", "height", "colspan", "rowspan", "align", "dir", "rel":
				ok = true
			}
			if !ok {
				return "attribute " + a.Key + "=" + a.Val + " on " + n.Data
			}
		}
	}
	return ""
}

func TestSanitise(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"written text", `<p class="x" id="y">Hi <b>Jane</b></p>`, `<p>Hi <b>Jane</b></p>`},
		{"script", `<p>a</p><script>alert(1)</script><style>p{}</style>`, `<p>a</p>`},
		{"handlers", `<p onclick="x()" onmouseover=y>a</p>`, `<p>a</p>`},
		{"links", `<a href="https://example.com/?a=1&amp;b=2" target="_blank" onclick=x>here</a>`, `<a href="https://example.com/?a=1&amp;b=2" rel="noreferrer">here</a>`},
		{"a link to script", `<a href="javascript:alert(1)">here</a>`, `here`},
		{"mail and telephone", `<a href="mailto:a@b.example">a</a> <a href="tel:+4930">b</a>`, `<a href="mailto:a@b.example" rel="noreferrer">a</a> <a href="tel:+4930" rel="noreferrer">b</a>`},
		{"a mail link that writes the mail", `<a href="mailto:support+token@x.example?body=/resolve&amp;bcc=e@evil.example&amp;subject=%5B%231%5D">a</a>`, `<a href="mailto:support+token@x.example" rel="noreferrer">a</a>`},
		{"a mail link with a header inside", `<a href="mailto:a@b.example%0d%0aBcc:e@evil.example">a</a> <a href="mailto:?to=a@b.example">b</a> <a href="mailto:a@b.example,c%40d.example,x">c</a>`, `a b <a href="mailto:a@b.example,c@d.example" rel="noreferrer">c</a>`},
		{"a telephone's codes", `<a href="tel:*%2306%23">a</a> <a href="tel:+49%2030%201234;postd=pp22">b</a>`, `a <a href="tel:+49301234" rel="noreferrer">b</a>`},
		{"addresses that readers disagree about", `<a href="https://good.example\@evil.example/">a</a><a href="https:///evil.example/">b</a><a href="//evil.example">c</a><a href="/x">d</a><a href="https:evil.example">e</a><a href="cid:x">f</a><a href="file:///etc/passwd">g</a><a href="vbscript:x">h</a><a href="data:text/html,x">i</a><a href="https://ev%69l.example">j</a>`,
			`<a href="https://good.example/@evil.example/" rel="noreferrer">a</a>bcdefghij`},
		{"sizes inside each other", `<small><small><small>a</small></small></small><h1><div><h1>b</h1></div></h1><small><sub>c</sub></small>`,
			`<small><span><span>a</span></span></small><h1><div><div>b</div></div></h1><small><span>c</span></small>`},
		{"many line breaks", "<p>a" + strings.Repeat("<br>\n&nbsp;", 3000) + "b</p>", "<p>a" + strings.Repeat("<br/>\n\u00a0", 5) + "\n\u00a0b</p>"},
		{"many empty paragraphs", "<p>a</p>" + strings.Repeat("<p>&nbsp;</p>", 3000), "<p>a</p>" + strings.Repeat("<p>\u00a0</p>", 10) + strings.Repeat("<p></p>", 2990)},
		{"addresses of no form", `<a href="https://2130706433/">a</a><a href="https://0x7f.1/">b</a><a href="https://127.1">c</a><a href="https://127.0.0.1/">d</a>`, `abc<a href="https://127.0.0.1/" rel="noreferrer">d</a>`},
		{"many empty lines", "<pre>a" + strings.Repeat("\n", 3000) + "b</pre>", "<pre>a" + strings.Repeat("\n", 11) + "b</pre>"},
		{"a remote picture", `<p>a <img src="https://t.example/x.gif" width=1> <img src="http://t.example/l.png" alt="our logo"></p>`, `<p>a  [our logo]</p>`},
		{"a picture of the mail", `<img src="cid:a1@x" alt="kettle" width="300" onerror="x">`, `<img src="cid:a1@x" alt="kettle" width="300"/>`},
		{"embedded data", `<img src="data:text/html;base64,PHNjcmlwdD4=">`, ``},
		{"positions and covers", `<div style="position:fixed;top:0;left:0;z-index:9;width:100%;background:url(http://t.example/x);color:#c00">a</div>`, `<div style="color: #c00">a</div>`},
		{"pale words", `<span style="color:#fefefe">a</span><font color="white">b</font><font color="red">c</font>`, `<span>a</span>b<span style="color: red">c</span>`},
		{"hidden words", `<div style="display:none">a</div><span style="font-size:0px">b</span><p hidden>c</p><p style="mso-hide:all">d</p><p>e</p>`, `<p>e</p>`},
		{"small is not hidden", `<p style="font-size:0.8em">a</p><p style="opacity:0.9;line-height:0">b</p>`, `<p>a</p><p>b</p>`},
		{"tables", `<table border=1 background=x><tr><td colspan=2 bgcolor=red>a</td></tr></table>`, `<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>`},
		{"forms", `<form action="https://t.example"><input value="x"><button onclick="x()">go</button>a</form>`, `<div>go</div>a`},
		{"what was typed into a form", `<textarea onfocus=x>9912 <b></textarea><select><option>red<option selected>blue</select><xmp><script>x</script></xmp>`,
			`<div>9912 &lt;b&gt;</div><div><div>blue</div></div><div>&lt;script&gt;x&lt;/script&gt;</div>`},
		{"what stands for a file", `<object data="https://t.example/x" type="text/html"><p onclick=x>a <button hidden>b</button></p></object>`, `<div><p>a </p></div>`},
		{"frames", `<iframe src="https://t.example"></iframe><object data="x"></object><embed src=x>a`, `<div></div>a`},
		{"comments", `<!--[if mso]><p>x</p><![endif]-->a`, `a`},
		{"overrides of direction", "<p>a\u202eb\u2066c</p>", `<p>abc</p>`},
	} {
		if got := Sanitise(c.in); got != c.want {
			t.Errorf("%s: %s\n  wanted %s", c.name, got, c.want)
		}
	}
}

// TestPayloads runs the attacks that a browser's sanitiser is tested with.
func TestPayloads(t *testing.T) {
	dir := os.Getenv("ASIDE_CORPORA")
	if dir == "" {
		dir = "../../../shared/corpora"
	}
	raw, err := os.ReadFile(filepath.Join(dir, "dompurify", "payloads.json"))
	if err != nil {
		t.Skip(err)
	}
	var payloads []struct{ Title, Payload string }
	if err := json.Unmarshal(raw, &payloads); err != nil {
		t.Fatal(err)
	}
	for _, p := range payloads {
		if found := unsafe(Sanitise(p.Payload)); found != "" {
			t.Errorf("%s: %s left of %q: %q", p.Title, found, p.Payload, Sanitise(p.Payload))
		}
		if found := unsafe(FromText(p.Payload)); found != "" {
			t.Errorf("%s as text: %s", p.Title, found)
		}
	}
	t.Log(len(payloads), "attacks")
}

func TestToText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"blocks", "<div>a</div><div>b</div>c<br>d<p>e</p><p>f</p>", "a\nb\nc\nd\n\ne\n\nf"},
		{"white space", "<p> a \n  b&nbsp;c </p>", "a b c"},
		{"empty lines", "<div>a</div><div><br></div><div>b</div>", "a\n\nb"},
		{"Word's paragraphs", "<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p>", "a\n\nb"},
		{"lists", "<ul><li>a<li>b<ol><li>c</li><li>d</li></ol></ul>", "- a\n- b\n\n  1. c\n  2. d"},
		{"a table", "<table><tr><th>size<th>price</tr><tr><td>1 l</td><td></td><td>20</td></tr></table>", "size | price\n1 l | 20"},
		{"links", `<a href="https://example.com/x">here</a>, <a href="https://example.com/">example.com</a>, <a href="mailto:a@b.example">a@b.example</a>`, "here <https://example.com/x>, example.com, a@b.example"},
		{"quotations", "<p>a</p><blockquote><p>b</p><blockquote>c</blockquote></blockquote>", "a\n\n> b\n>\n> > c"},
		{"preformatted", "<pre>a\n  b\n\nc</pre><div style=\"white-space: pre-wrap\">d\ne</div>", "a\n  b\n\nc\n\nd\ne"},
		{"hidden", `<div style="display:none">x</div><title>t</title><p>a</p>`, "a"},
		{"no tags", "a < b & c", "a < b & c"},
		{"empty", "", ""},
	} {
		got := ToText(c.in)
		if strings.ReplaceAll(got, "> \n", ">\n") != c.want {
			t.Errorf("%s: %q\n  wanted %q", c.name, got, c.want)
		}
	}
}

func TestFromText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"paragraphs, links, quotations", "Hi <Jane>,\n  see https://example.com/a?b=1&c=2, please.\n\n> quoted\n>> deeper\n\nBye",
			"<p>Hi &lt;Jane&gt;,<br>\n&nbsp;&nbsp;see <a href=\"https://example.com/a?b=1&amp;c=2\">https://example.com/a?b=1&amp;c=2</a>, please.</p>\n" +
				"<blockquote>\n<p>quoted</p>\n<blockquote>\n<p>deeper</p>\n</blockquote>\n</blockquote>\n<p>Bye</p>"},
		{"answers between", "> one\n> two\n>\n> three\n\nYes.\n\n> > four\n> five\nNo.",
			"<blockquote>\n<p>one<br>\ntwo</p>\n<p>three</p>\n</blockquote>\n<p>Yes.</p>\n" +
				"<blockquote>\n<blockquote>\n<p>four</p>\n</blockquote>\n<p>five</p>\n</blockquote>\n<p>No.</p>"},
		{"a quotation of nothing", "One.\n>\n> \n\nTwo.", "<p>One.</p>\n<p>Two.</p>"},
		{"a program", "Run this:\n\nfor f in *.txt; do\n    echo \"$f\"\ndone\n\n\tcp $f /tmp\n\nBye",
			"<p>Run this:</p>\n<p>for f in *.txt; do<br>\n&nbsp;&nbsp;&nbsp;&nbsp;echo &#34;$f&#34;<br>\ndone</p>\n<p>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;cp $f /tmp</p>\n<p>Bye</p>"},
		{"a longer one", "Run this:\n\nfor f in *.txt; do\n    echo \"$f\"\n    cp $f /tmp\ndone\n\n\tls\n\nBye",
			"<p>Run this:</p>\n<pre style=\"white-space: pre-wrap\">for f in *.txt; do\n    echo &#34;$f&#34;\n    cp $f /tmp\ndone\n\n        ls</pre>\n<p>Bye</p>"},
		{"a table", "Prices:\n\nkettle   19.90  red\nlid       3.50  green\n\nBye",
			"<p>Prices:</p>\n<pre style=\"white-space: pre-wrap\">kettle   19.90  red\nlid       3.50  green</pre>\n<p>Bye</p>"},
		{"a table with tabs, quoted", "> a\tb\n> long\tc", "<blockquote>\n<pre style=\"white-space: pre-wrap\">a       b\nlong    c</pre>\n</blockquote>"},
		{"a patch", "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-one\n+two\n three",
			"<pre style=\"white-space: pre-wrap\">diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-one\n+two\n three</pre>"},
		{"two blanks after sentences", "It is here.  It is red.\nIt is new.  You can have it.", "<p>It is here.&nbsp; It is red.<br>\nIt is new.&nbsp; You can have it.</p>"},
		{"an indented first line", "  Dear Sir,\nit is here.", "<p>&nbsp;&nbsp;Dear Sir,<br>\nit is here.</p>"},
		{"a full-width mark", "＞ one\n＞ two", "<blockquote>\n<p>one<br>\ntwo</p>\n</blockquote>"},
	} {
		if got := FromText(c.in); got != c.want {
			t.Errorf("%s: %s\nwanted %s", c.name, got, c.want)
		}
	}
}

// busy is the processor time that this process has taken. Unlike a clock it
// does not grow while others have the machine.
func busy() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestBounds feeds what would cost a careless reader minutes or gigabytes.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	many := func(s string, octets int) string { return strings.Repeat(s, octets/len(s)) }
	var tags strings.Builder
	tags.WriteString("<p>")
	for i := range 400 {
		tags.WriteString("<b a" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + "=1>")
	}
	tags.WriteString("</p>")
	for name, src := range map[string]string{
		"nested deeply":             many("<div>", 1<<19) + "words",
		"formatting left open":      tags.String() + many("<p>x", 1<<19),
		"containers inside others":  many(`<div class="gmail_quote">`, 10000) + "words",
		"containers beside":         many(`<div class="gmail_quote">a</div>`, 1<<19),
		"containers in a deep tree": many(`<div a=b>`, 3600) + many(`<p class="gmail_quote">a</p>`, 1<<19),
		"line breaks":               many("<br>\n", 1<<19),
		"list items":                "<ol>" + many("<li>a", 1<<19),
		"table cells":               "<table><tr>" + many("<td>a", 1<<19),
		"preformatted lines":        "<pre>" + many("a\n", 1<<19),
		"links":                     many(`<a href="https://example.com/">x</a>`, 1<<19),
		"styles":                    many(`<p style="color:red;;;;;;a:b">x</p>`, 1<<19),
		"brackets":                  many("<", 1<<19),
		"too much":                  many("<p>words</p>", 5<<20),
	} {
		start := busy()
		ToText(src)
		out := Sanitise(src)
		if p, err := Parse(src); err == nil {
			p.Drop(func(line int) bool { return line%2 == 0 })
			p.HTML()
		}
		if took := busy() - start; took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		} else {
			t.Logf("%s: %v, %d octets", name, took.Round(time.Millisecond), len(out))
		}
	}
}

func FuzzSanitise(f *testing.F) {
	for _, s := range []string{"<p>a</p>", `<svg><style><img src=x onerror=alert(1)>`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
		`<a href="jav&#x09;ascript:x">a</a>`, "<pre>\n\na", `<b style="color:red"><p>x<table><b>y`, "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		out := Sanitise(src)
		if found := unsafe(out); found != "" {
			t.Errorf("%s left: %q", found, out)
		}
		if found := unsafe(FromText(src)); found != "" {
			t.Errorf("%s from text", found)
		}
		ToText(src)
		p, err := Parse(src)
		if err != nil {
			return
		}
		p.Drop(func(line int) bool { return line%3 == 1 })
		if found := unsafe(p.HTML()); found != "" {
			t.Errorf("%s left in a page", found)
		}
	})
}
