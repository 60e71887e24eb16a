// Package attachments sends files and inline pictures through in both
// directions.
package attachments

import (
	"bytes"
	"strings"
	"testing"

	. "aside/test/harness"
)

// picture is the smallest PNG there is, with something after it to tell two
// apart.
func picture(tail string) []byte {
	return append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"+
		"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"), tail...)
}

func TestFilesBothWays(t *testing.T) {
	t.Parallel()
	d := Start(t)
	m := Write(Jane, Support, "Kettle", "See the photograph, filewords.")
	m.Files = []File{{Name: "größe & maß.png", Type: "image/png", Data: picture("one")}, {Name: "bill.pdf", Type: "application/pdf", Data: bytes.Repeat([]byte("%PDF bytes "), 20000)}}
	d.Post(m)
	n := d.Await(Dana.Address, "a notice", Has("filewords"))
	for _, want := range m.Files {
		if f := n.HasFile(want.Name); f == nil || !bytes.Equal(f.Data, want.Data) {
			t.Errorf("the notice lacks %q as it was sent; it has %v", want.Name, names(n))
		}
	}
	answer := Outlook().Reply(Dana, n, "Here is the manual, manualwords.")
	answer.Files = []File{{Name: "manual.pdf", Type: "application/pdf", Data: []byte("%PDF manual")}}
	d.Post(answer)
	got := d.Await(Jane.Address, "the answer", Has("manualwords"))
	d.Clean(got)
	if f := got.HasFile("manual.pdf"); f == nil || string(f.Data) != "%PDF manual" {
		t.Errorf("the answer's files are %v", names(got))
	}
	if len(got.Files) != 1 {
		t.Errorf("the customer got more than was attached: %v", names(got))
	}
}

func names(m *Mail) []string {
	var out []string
	for _, f := range m.Files {
		out = append(out, f.Name)
	}
	return out
}

func TestInlinePictures(t *testing.T) {
	t.Parallel()
	d := Start(t)
	m := Write(Jane, Support, "Kettle", "It looks like this: inlinewords.")
	m.HTML = `<html><body><p>It looks like this: inlinewords.</p><img src="cid:pic1@x"><script>alert(1)</script><img src="http://tracker.example/p.gif"></body></html>`
	m.Files = []File{{Name: "pic.png", Type: "image/png", ContentID: "pic1@x", Inline: true, Data: picture("inline")}}
	d.Post(m)
	n := d.Await(Dana.Address, "a notice", Has("inlinewords"))
	f := n.HasFile("pic.png")
	if f == nil || !bytes.Equal(f.Data, picture("inline")) {
		t.Fatalf("the picture is lost: %v", names(n))
	}
	if f.ContentID == "" || !strings.Contains(n.HTML, "cid:"+f.ContentID) {
		t.Errorf("the HTML does not show the picture %q:\n%s", f.ContentID, n.HTML)
	}
	if strings.Contains(n.HTML, "<script") || strings.Contains(n.HTML, `src="http`) {
		t.Errorf("script or a remote picture survived:\n%s", n.HTML)
	}

	// The answer quotes the picture and shows one of its own.
	c := ThunderbirdHTML()
	answer := c.Reply(Dana, n, "Screw it on like this: screwwords.")
	answer.HTML = strings.Replace(answer.HTML, "screwwords.", `screwwords. <img src="cid:own1@y">`, 1)
	answer.Files = append(answer.Files, *f, File{Name: "own.png", Type: "image/png", ContentID: "own1@y", Inline: true, Data: picture("own")})
	d.Post(answer)
	got := d.Await(Jane.Address, "the answer", Has("screwwords"))
	d.Clean(got)
	if f := got.HasFile("own.png"); f == nil || !strings.Contains(got.HTML, "cid:"+f.ContentID) {
		t.Errorf("Dana's picture is lost: %v\n%s", names(got), got.HTML)
	}
	if got.HasFile("pic.png") != nil {
		t.Errorf("a picture that only the quotation shows went along")
	}
}

func TestVendorsFilesStayAside(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "/side courier\n\nWhere is it?")
	asked := d.Await(Vic.Address, "the question", Has("Where is it?"))
	m := Gmail().Reply(Vic, asked, "See the slip, slipwords.")
	m.Files = []File{{Name: "slip-4711.pdf", Type: "application/pdf", Data: []byte("%PDF the courier's slip")}}
	d.Post(m)
	back := d.Await(Dana.Address, "the slip", Has("slipwords"))
	if back.HasFile("slip-4711.pdf") == nil {
		t.Fatalf("the slip is lost: %v", names(back))
	}
	d.Silent(Jane.Address, "slip")

	// Dana takes it along for the customer, by name.
	d.Answers(Gmail(), Dana, n, "/attach slip-4711.pdf\n\nHere is what the courier says, tookwords.")
	got := d.Await(Jane.Address, "the file", Has("tookwords"))
	if f := got.HasFile("slip-4711.pdf"); f == nil || string(f.Data) != "%PDF the courier's slip" {
		t.Errorf("the file was not taken along: %v", names(got))
	}
	d.Clean(got)
}

func TestOpaqueMailOfAnAgentIsHeld(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	cases := map[string]File{
		"winmail.dat": {Name: "winmail.dat", Type: "application/ms-tnef", Data: []byte("\x78\x9f\x3e\x22 tnef opaquewords")},
		"a mail":      {Name: "fwd.eml", Type: "message/rfc822", Data: []byte("From: x@y.example\r\nSubject: x\r\n\r\nopaquewords\r\n")},
	}
	for name, f := range cases {
		m := Outlook().Reply(Dana, n, "As attached, opaquewords of "+name+".")
		m.Files = []File{f}
		d.Post(m)
		d.Await(Dana.Address, "a hold of "+name, Both(IsHold, Has("opaquewords of "+name)))
	}
	d.Silent(Jane.Address, "opaquewords")
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	d := Start(t)
	mails := map[string]string{
		"Größe":  "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=F6=DFe latinwords\r\n",
		"こんにちは":  "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3$s$K$A$O\x1b(B jpwords\r\n",
		"Привет": "Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: base64\r\n\r\n8NLJ18XUIHJ1d29yZHM=\r\n",
		"naïve":  "Content-Type: text/plain; charset=nonsense\r\n\r\nna\xc3\xafve nowords\r\n",
	}
	for want, raw := range mails {
		d.Send(Jane.Address, []string{Support}, []byte("From: Jane <jane@customer.example>\r\nSubject: =?iso-8859-1?Q?Gr=F6=DFe?=\r\nMIME-Version: 1.0\r\n"+raw))
		n := d.Await(Dana.Address, "words with "+want, Has(want))
		if !strings.Contains(n.Subject, "Größe") {
			t.Errorf("subject is %q", n.Subject)
		}
	}
}
