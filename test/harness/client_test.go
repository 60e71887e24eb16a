package harness

import (
	"strings"
	"testing"
)

// sample is a notice in the form that the agents' clients will quote.
func sample(t *testing.T) *Mail {
	t.Helper()
	d := Write(Person{"Jane Doe (customer)", "support+notice@example.com"}, "dana@example.com", "[#1042] Kettle arrived broken",
		"Nine days and nobody has called.\nPlease just send a new one, the old one leaks wherever it stands and I have run out of dry towels.\n\nJane\n\n"+
			"YOUR REPLY GOES TO: Jane Doe\nResolve | Snooze          aside-k3f9q2m7xd\n")
	d.HTML = "<html><body><p>Nine days &amp; nobody has called.</p><p>YOUR REPLY GOES TO: Jane Doe</p></body></html>"
	d.Headers = [][2]string{{"Reply-To", `"CUSTOMER Jane Doe #1042" <support+` + strings.Repeat("a2", 20) + `@example.com>`}}
	d.References = []string{"first@example.com"}
	m, err := ParseMail(d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var dana = Person{"Dana Reyes", "dana@example.com"}

func TestClientsAnswerAsRealOnesDo(t *testing.T) {
	for _, c := range Clients() {
		t.Run(c.Name, func(t *testing.T) {
			notice := sample(t)
			d := c.Reply(dana, notice, "We send a new one today.")
			got, err := ParseMail(d.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if got.To[0] != notice.ReplyTo {
				t.Errorf("goes to %v, not to the Reply-To %v", got.To[0], notice.ReplyTo)
			}
			if len(got.InReplyTo) != 1 || got.InReplyTo[0] != notice.MessageID {
				t.Errorf("In-Reply-To is %v", got.InReplyTo)
			}
			if want := []string{"first@example.com", notice.MessageID}; strings.Join(got.References, " ") != strings.Join(want, " ") {
				t.Errorf("References are %v, want %v", got.References, want)
			}
			for _, body := range []string{got.Text, got.HTML} {
				if body == "" {
					continue
				}
				for _, want := range []string{"We send a new one today.", "nobody has called", "YOUR REPLY GOES TO"} {
					if !strings.Contains(body, want) {
						t.Errorf("%q is missing in\n%s", want, body)
					}
				}
			}
			if !strings.HasSuffix(strings.ToLower(got.Subject), "re: [#1042] kettle arrived broken") {
				t.Errorf("subject is %q", got.Subject)
			}
		})
	}
}

func TestClientsForwardWithEverything(t *testing.T) {
	for _, c := range Clients() {
		t.Run(c.Name, func(t *testing.T) {
			notice := sample(t)
			notice.Files = []File{{Name: "köttel.jpg", Type: "image/jpeg", Data: []byte("jpeg bytes")}}
			got, err := ParseMail(c.Forward(dana, notice, "friend@elsewhere.example", "Look at this.").Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got.Plain(), "Look at this.") || !strings.Contains(got.Plain(), "nobody has called") {
				t.Errorf("the forward lacks its comment or the forwarded words:\n%s", got.Plain())
			}
			if f := got.HasFile("köttel.jpg"); f == nil || string(f.Data) != "jpeg bytes" {
				t.Errorf("the file did not come along: %+v", got.Files)
			}
		})
	}
}

func TestReplyAllNamesEverybodyOnce(t *testing.T) {
	d := Write(Person{"Jane", "jane@customer.example"}, "support@example.com", "Kettle", "Broken.")
	d.Cc = []Person{{"Kim", "kim@customer.example"}, {"Jane", "jane@customer.example"}}
	m, err := ParseMail(d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got := Gmail().ReplyAll(Person{"Kim", "kim@customer.example"}, m, "Mine too.")
	if got.To[0].Address != "jane@customer.example" || len(got.Cc) != 1 || got.Cc[0].Address != "support@example.com" {
		t.Errorf("reply-all goes to %v, copied to %v", got.To, got.Cc)
	}
}

func TestDistortionsChangeTheWireOnly(t *testing.T) {
	for _, dist := range Distortions() {
		for _, c := range Clients() {
			d := c.Reply(dana, sample(t), "Wir schicken heute eine neue Kanne — größer.")
			dist.Apply(d)
			got, err := ParseMail(d.Bytes())
			if err != nil {
				t.Fatalf("%s of %s: %v", dist.Name, c.Name, err)
			}
			all := got.Plain() + got.HTML
			if !strings.Contains(strings.Join(strings.Fields(all), " "), "heute eine neue Kanne — größer.") {
				t.Errorf("%s of %s lost the answer:\n%s", dist.Name, c.Name, all)
			}
		}
	}
}

func TestDistortionsTakeProofAway(t *testing.T) {
	d := Gmail().Reply(dana, sample(t), "Yes.")
	NoPlus(d)
	NoThreading(d)
	NoNames(d)
	got, err := ParseMail(d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got.To[0] != (Person{"", "support@example.com"}) || len(got.InReplyTo)+len(got.References) != 0 {
		t.Errorf("to %v, in reply to %v, references %v", got.To, got.InReplyTo, got.References)
	}
	if ours := d.Ours(); len(ours) != 1 || ours[0] != "support@example.com" {
		t.Errorf("envelope recipients are %v", ours)
	}
}

func TestFlowedTextKeepsItsLines(t *testing.T) {
	text := "one " + strings.Repeat("word ", 30) + "end\n> quoted\n-- \nsig"
	flowed := flow(text)
	for _, l := range strings.Split(flowed, "\n") {
		if len(l) > 78 {
			t.Errorf("line of %d characters: %q", len(l), l)
		}
	}
	joined := strings.ReplaceAll(strings.ReplaceAll(flowed, "-- \n", "--\n"), " \n", " ")
	if joined != strings.ReplaceAll(text, "-- \n", "--\n") {
		t.Errorf("unfolding %q gives %q", flowed, joined)
	}
}

func TestEverythingLooksInsideEncodings(t *testing.T) {
	d := Write(dana, "jane@customer.example", "plain", "nothing")
	d.Encoding = Base64
	d.Text = "hidden aside-k3f9q2m7xd here"
	d.Files = []File{{Name: "ünmarked.txt", Type: "text/plain", Data: []byte("canary-in-file")}}
	m, err := ParseMail(d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Markers(); len(got) == 0 {
		t.Error("a marker in base64 was not seen")
	}
	for _, s := range []string{"canary-in-file", "ünmarked"} {
		if !m.Leaks(s) {
			t.Errorf("%q was not seen", s)
		}
	}
}

func TestTokensAreRead(t *testing.T) {
	m := sample(t)
	if want := strings.Repeat("a2", 20); m.Token() != want || m.Tokens()[0] != want {
		t.Errorf("tokens %v, own %q", m.Tokens(), m.Token())
	}
	if m.Words() != "Nine days and nobody has called.\nPlease just send a new one, the old one leaks wherever it stands and I have run out of dry towels.\n\nJane" {
		t.Errorf("words are %q", m.Words())
	}
}

func TestConfigNamesEveryTeamOnce(t *testing.T) {
	toml := Usual().TOML("/tmp/x", "127.0.0.1:2525")
	if n := strings.Count(toml, "[[team]]"); n != 2 {
		t.Errorf("%d teams in\n%s", n, toml)
	}
}

func TestBounceCarriesStatusAndOriginal(t *testing.T) {
	d := Write(Person{"Mail Delivery System", "mailer-daemon@vendor.example"}, "support@example.com", "Undelivered", "No.")
	d.Report = &Report{Recipient: "courier@vendor.example", Status: "5.1.1", Original: sample(t).Raw}
	m, err := ParseMail(d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Final-Recipient: rfc822; courier@vendor.example", "Kettle arrived broken", "report-type=delivery-status"} {
		if !m.Leaks(want) {
			t.Errorf("%q is missing in\n%s", want, m.Raw)
		}
	}
}
