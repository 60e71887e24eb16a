package mailout

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside"
)

var update = flag.Bool("update", false, "write the golden mails anew")

var someDay = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// shelf is where test attachments lie.
type shelf map[string]string

func (s shelf) put(name, kind, data string) aside.Attachment {
	sum := sha256.Sum256([]byte(data))
	sha := hex.EncodeToString(sum[:])
	s[sha] = data
	return aside.Attachment{Name: name, Type: kind, Content: aside.Content{SHA256: sha, Size: int64(len(data))}}
}

func (s shelf) open(_ context.Context, sha string) (io.ReadCloser, error) {
	data, ok := s[sha]
	if !ok {
		return nil, fmt.Errorf("no blob %s", sha)
	}
	return io.NopCloser(strings.NewReader(data)), nil
}

func picture(a aside.Attachment, cid string) aside.Attachment {
	a.Inline, a.ContentID = true, cid
	return a
}

// outgoing is a delivery to the first of the participants, all of whom hear
// the conversation.
func outgoing(t testing.TB, m aside.Message, participants ...aside.Participant) aside.Outgoing {
	t.Helper()
	c := aside.Conversation{ID: 7, Ticket: 1042, Kind: aside.Customer}
	for i := range participants {
		participants[i].ID, participants[i].Conversation = int64(i+1), c.ID
	}
	audience, err := aside.HeardBy(c, participants)
	if err != nil {
		t.Fatal(err)
	}
	m.Conversation = c.ID
	if m.CreatedAt.IsZero() {
		m.CreatedAt = someDay
	}
	o, err := aside.NewOutgoing(aside.Outgoing{Delivery: 11, Token: 0xabcdef, Audience: audience, Recipient: participants[0],
		Ticket: 1042, Message: m, QueuedAt: someDay})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

var jane = aside.Participant{Address: "jane@customer.example", Name: "Jane Doe", Role: aside.RoleTo}

func deskIdentity() aside.Identity {
	return aside.Identity{
		From:         aside.Address{Name: "Dana at Example Support", Address: "support@example.com"},
		ReplyTo:      aside.Address{Name: "Example Support", Address: "support+ab2c3d4e5f6g7h2i3j4k5l6m7n2o3p4q5r6s7t2u@example.com"},
		MessageID:    "m.abcdefgh.ijklmnop@example.com",
		EnvelopeFrom: "support+bounce234@example.com",
		InReplyTo:    "CAF-1@mail.customer.example",
		References:   []string{"CAF-0@mail.customer.example", "CAF-1@mail.customer.example"},
		Subject:      "Re: Kettle arrived broken",
	}
}

func bytesOf(t testing.TB, m *Mail, open OpenFunc) string {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(t.Context(), &b, open); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestGoldenMails compares whole mails with testdata; beside each stands a
// readme that says what it shows. -update writes them anew.
func TestGoldenMails(t *testing.T) {
	files := shelf{}
	tests := map[string]func(t *testing.T) (*Mail, error){
		"plain": func(t *testing.T) (*Mail, error) {
			o := outgoing(t, aside.Message{}, jane)
			return Compose(o, deskIdentity(), "A new one is on its way.\n\nDana\n", "")
		},
		"everything": func(t *testing.T) (*Mail, error) {
			o := outgoing(t, aside.Message{Attachments: []aside.Attachment{
				files.put("Rücksendung Öl.pdf", "application/pdf", "%PDF-1.4 not really"),
				picture(files.put("logo.png", "image/png", "\x89PNG not really"), "image001@agents-pc.internal"),
				picture(files.put("unused.png", "image/png", "\x89PNG unused"), "image002@agents-pc.internal"),
			}}, jane, aside.Participant{Address: "k.lind@law.example", Name: "Karl Lind, Esq.", Role: aside.RoleCc})
			return Compose(o, deskIdentity(), "Grüße aus Köln.\nFrom here on\n.dots\n-- \nExample Support\n",
				`<p>Grüße aus Köln.</p><img src="cid:image001@agents-pc.internal">`)
		},
		"acknowledgement": func(t *testing.T) (*Mail, error) {
			o := outgoing(t, aside.Message{Kind: aside.MessageSystem, ReplyTo: 3}, jane,
				aside.Participant{Address: "k.lind@law.example", Role: aside.RoleCc}) // who gets none, and is not named
			o.Automatic = true
			id := deskIdentity()
			id.From.Name, id.Subject = "Example Support", "Re: 壊れたやかんについて、至急ご返信をお願いいたします。よろしくお願いいたします"
			return Compose(o, id, "We have your message and will answer today.\n", "")
		},
		"notice": func(t *testing.T) (*Mail, error) {
			id := aside.Identity{
				From:         aside.Address{Name: "jane@customer.example (customer)", Address: "support+notice@example.com"},
				ReplyTo:      aside.Address{Name: "CUSTOMER Jane Doe #1042", Address: "support+token@example.com"},
				MessageID:    "n.abcdefgh.ijklmnop@example.com",
				EnvelopeFrom: "support+bounce235@example.com",
				Subject:      "[#1042] Kettle arrived broken",
			}
			n := aside.Notice{ID: 5, Token: 99, Kind: aside.NoticeMessage, Important: true, CreatedAt: someDay,
				To: aside.Address{Name: "Dana Reyes", Address: "dana@example.com"},
				Message: &aside.Message{Attachments: []aside.Attachment{
					files.put("invite.ics", "text/calendar", "BEGIN:VCALENDAR"),
					files.put("forwarded.eml", "message/rfc822", "Subject: inside\r\n\r\nhi\r\n")}}}
			return ComposeNotice(n, id, "Nine days and nobody has called.\n\nYOUR REPLY GOES TO: Jane Doe\n", "<p>Nine days and nobody has called.</p>")
		},
	}
	for name, compose := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := compose(t)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", name+".eml"), bytesOf(t, m, files.open))
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		if err := os.WriteFile(path+".got", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s differs; see %s.got", path, path)
	}
	if _, err := os.Stat(strings.TrimSuffix(path, ".eml") + ".readme"); err != nil {
		t.Error(err)
	}
}

// TestComposeAddressesTheAudienceAlone: whatever was rendered, the header names
// who hears the conversation now, and the envelope the one recipient.
func TestComposeAddressesTheAudienceAlone(t *testing.T) {
	gone := aside.Participant{Address: "gone@customer.example", Role: aside.RoleTo, Until: someDay}
	cc := aside.Participant{Address: "cc@customer.example", Role: aside.RoleCc}
	o := outgoing(t, aside.Message{}, jane, cc, gone)
	m, err := Compose(o, deskIdentity(), "x", "")
	if err != nil {
		t.Fatal(err)
	}
	mail := bytesOf(t, m, nil)
	if strings.Contains(mail, "gone@") {
		t.Error("names somebody who left")
	}
	for _, want := range []string{"\r\nTo: \"Jane Doe\" <jane@customer.example>\r\n", "\r\nCc: cc@customer.example\r\n"} {
		if !strings.Contains(mail, want) {
			t.Errorf("lacks %q:\n%s", want, mail)
		}
	}
	if m.Envelope.To != "jane@customer.example" {
		t.Errorf("envelope recipient %q", m.Envelope.To)
	}
	o.Recipient = aside.Participant{ID: 3, Address: "gone@customer.example"}
	if _, err := Compose(o, deskIdentity(), "x", ""); !errors.Is(err, ErrMalformed) {
		t.Errorf("composed for somebody who left: %v", err)
	}
}

// TestHeadersCannotBeInjected feeds line ends and other tricks into everything
// that a stranger can influence.
func TestHeadersCannotBeInjected(t *testing.T) {
	evil := "x\r\nBcc: victim@other.example\r\n\r\nbody"
	base := func() (aside.Outgoing, aside.Identity) {
		return outgoing(t, aside.Message{Attachments: []aside.Attachment{{Name: "a\r\nX-Evil: 1", Type: "text/plain\r\nX-Evil: 1",
			ContentID: "c\r\nX-Evil: 1", Content: aside.Content{Data: []byte("x")}}}}, jane), deskIdentity()
	}
	refused := map[string]func(*aside.Outgoing, *aside.Identity){
		"from address":  func(_ *aside.Outgoing, id *aside.Identity) { id.From.Address = "a@b.example\r\nBcc: v@x.example" },
		"reply-to":      func(_ *aside.Outgoing, id *aside.Identity) { id.ReplyTo.Address = "a@b.example>, <v@x.example" },
		"message-id":    func(_ *aside.Outgoing, id *aside.Identity) { id.MessageID = "a@b>\r\nBcc: v@x" },
		"envelope from": func(_ *aside.Outgoing, id *aside.Identity) { id.EnvelopeFrom = "a@b\r\nRCPT TO:<v@x>" },
		"recipient":     func(o *aside.Outgoing, _ *aside.Identity) { o.Recipient.Address = "a@b.example> NOTIFY=NEVER" },
	}
	for name, spoil := range refused {
		t.Run("refused/"+name, func(t *testing.T) {
			o, id := base()
			spoil(&o, &id)
			if _, err := Compose(o, id, "x", ""); !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v", err)
			}
		})
	}
	tamed := map[string]func(*aside.Outgoing, *aside.Identity){
		"subject":     func(_ *aside.Outgoing, id *aside.Identity) { id.Subject = evil },
		"from name":   func(_ *aside.Outgoing, id *aside.Identity) { id.From.Name = evil + `" <v@x.example>` },
		"in-reply-to": func(_ *aside.Outgoing, id *aside.Identity) { id.InReplyTo = evil },
		"references":  func(_ *aside.Outgoing, id *aside.Identity) { id.References = []string{evil, "good@x", "b>,<c@d"} },
		"file name":   func(*aside.Outgoing, *aside.Identity) {},
	}
	for name, spoil := range tamed {
		t.Run("tamed/"+name, func(t *testing.T) {
			o, id := base()
			spoil(&o, &id)
			m, err := Compose(o, id, "x", "")
			if err != nil {
				t.Fatal(err)
			}
			mail := bytesOf(t, m, nil)
			for _, bad := range []string{"\nBcc:", "\nX-Evil:", "<v@x.example>\r\n"} {
				if strings.Contains(mail, bad) {
					t.Errorf("%q stands in\n%s", bad, mail)
				}
			}
		})
	}
}

// TestAddrSpec shows which addresses are written how.
func TestAddrSpec(t *testing.T) {
	tests := []struct{ in, want string }{
		{"jane@customer.example", "jane@customer.example"},
		{"a b@customer.example", `"a b"@customer.example`}, // as SMTP servers hand it on
		{`"a b"@customer.example`, `"a b"@customer.example`},
		{`"plain"@customer.example`, "plain@customer.example"},
		{`a"b@customer.example`, `"a\"b"@customer.example`},
		{`a@b@customer.example`, `"a@b"@customer.example`},
		{"jane..doe@customer.example", `"jane..doe"@customer.example`},
		{"jane@bücher.example", "jane@xn--bcher-kva.example"},
		{"jürgen@customer.example", "jürgen@customer.example"},
		{"root@[192.0.2.1]", "root@[192.0.2.1]"},
		{"", ""}, {"jane", ""}, {"@customer.example", ""}, {"jane@", ""}, {"jane@a b", ""}, {"jane@a>b", ""},
		{"jane@x.example\nRCPT", ""}, {"ja\x00ne@x.example", ""}, {"jane@[1.2.3.4]>", ""}, {"a\u2028b@x.example", ""},
		{strings.Repeat("a", 400) + "@x.example", ""},
	}
	for _, tt := range tests {
		got, err := addrSpec(tt.in)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q: got %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
}

// TestReferencesKeepFirstAndLast20 and nothing that cannot be repeated.
func TestReferencesKeepFirstAndLast20(t *testing.T) {
	var ids []string
	for i := range 60 {
		ids = append(ids, fmt.Sprintf("%d@x", i), "with blank@x", strings.Repeat("l", 251)+"@x")
	}
	got := references(ids)
	if len(got) != 21 || got[0] != "0@x" || got[1] != "40@x" || got[20] != "59@x" {
		t.Errorf("%d: %v", len(got), got)
	}
}

// TestAnswerToWhatCannotBeNamed: a mail that answers one whose id cannot be
// repeated, or nothing in particular, follows the last that can.
func TestAnswerToWhatCannotBeNamed(t *testing.T) {
	for answered, want := range map[string]string{
		"1@x": "1@x", "": "2@x", "=?utf-8?q?3?=@x": "2@x", strings.Repeat("l", 251) + "@x": "2@x",
	} {
		id := deskIdentity()
		id.InReplyTo, id.References = answered, []string{"1@x", "2@x", "=?utf-8?q?3?=@x", strings.Repeat("l", 251) + "@x"}
		m, err := Compose(outgoing(t, aside.Message{}, jane), id, "x", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := bytesOf(t, m, shelf{}.open); !strings.Contains(got, "\r\nIn-Reply-To: <"+want+">\r\nReferences: <1@x> <2@x>\r\n") {
			t.Errorf("an answer to %q does not follow %s:\n%s", answered, want, got)
		}
	}
}

// TestAttachmentMustBeWhole: a blob that is missing, too short or too long is
// an error, never half a file.
func TestAttachmentMustBeWhole(t *testing.T) {
	files := shelf{}
	good := files.put("a.txt", "text/plain", "hello")
	short, missing := good, good
	short.Size, missing.SHA256 = 6, "00"
	for name, tt := range map[string]struct {
		file aside.Attachment
		ok   bool
	}{"good": {good, true}, "short": {short, false}, "missing": {missing, false}} {
		m, err := Compose(outgoing(t, aside.Message{Attachments: []aside.Attachment{tt.file}}, jane), deskIdentity(), "x", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Write(t.Context(), io.Discard, files.open); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPictures: only what the HTML shows is inline, under an id of ours, however
// the HTML spells the foreign one.
func TestPictures(t *testing.T) {
	tests := []struct {
		name, html, id string
		inline         bool
	}{
		{"plain", `<img src="cid:a@pc.internal">`, "a@pc.internal", true},
		{"upper case scheme", `<img src='CID:a@pc.internal'>`, "a@pc.internal", true},
		{"escaped", `<img src="cid:a%40pc.internal">`, "a@pc.internal", true},
		{"entity", `<img src="cid:a&amp;b@pc.internal">`, "a&b@pc.internal", true},
		{"in a style", `<div style="background:url(cid:a@pc.internal)">`, "a@pc.internal", true},
		{"longer id", `<img src="cid:a@pc.internal2">`, "a@pc.internal", false},
		{"not shown", `<p>x</p>`, "a@pc.internal", false},
		{"no html", "", "a@pc.internal", false},
		{"no id", `<img src="cid:">`, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := shelf{}
			o := outgoing(t, aside.Message{Attachments: []aside.Attachment{picture(files.put("a.png", "image/png", "x"), tt.id)}}, jane)
			m, err := Compose(o, deskIdentity(), "x", tt.html)
			if err != nil {
				t.Fatal(err)
			}
			mail := bytesOf(t, m, files.open)
			if got := strings.Contains(mail, "Content-Disposition: inline"); got != tt.inline {
				t.Errorf("inline %v:\n%s", got, mail)
			}
			if tt.inline && strings.Contains(mail, "pc.internal") {
				t.Errorf("names the host it was written on:\n%s", mail)
			}
		})
	}
}

func BenchmarkCompose10kB(b *testing.B) {
	o := outgoing(b, aside.Message{}, jane)
	id := deskIdentity()
	text := strings.Repeat("The quick brown fox jumps over the lazy dog in Köln.\n", 100)
	html := "<p>" + strings.ReplaceAll(text, "\n", "</p>\n<p>") + "</p>"
	b.ReportAllocs()
	b.SetBytes(int64(len(text) + len(html)))
	for b.Loop() {
		m, err := Compose(o, id, text, html)
		if err != nil {
			b.Fatal(err)
		}
		if err := m.Write(b.Context(), io.Discard, nil); err != nil {
			b.Fatal(err)
		}
	}
}
