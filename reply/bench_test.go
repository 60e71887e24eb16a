package reply_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside"
	"aside/reply"
)

// tenKB is a reply of some lines above ten kilobytes of quoted mail, as text
// and HTML.
func tenKB() *aside.Mail {
	var quoted, page strings.Builder
	for quoted.Len() < 10<<10 {
		quoted.WriteString(prefixed(words) + "\n> and it goes on in other words about kettles, handles and couriers of the north\n")
		page.WriteString("<p>" + words + "</p><div>and it goes on in <b>other</b> words about kettles, handles and couriers</div>")
	}
	return &aside.Mail{
		Text: answer + "\n\nOn 21.11.26 11:00, Jane Doe wrote:\n" + quoted.String() + prefixed(frame),
		HTML: paragraphs(answer, "<p>", "</p>", "") + `<div class="moz-cite-prefix">On 21.11.26 11:00, Jane Doe wrote:<br></div><blockquote type="cite">` + page.String() + noticeHTML + `</blockquote>`,
	}
}

func BenchmarkReadText(b *testing.B) {
	m, held := tenKB(), heldAgainst()
	m.HTML = ""
	for b.Loop() {
		_ = reply.Read(m, held).Text()
	}
}

func BenchmarkReadBoth(b *testing.B) {
	m, held := tenKB(), heldAgainst()
	for b.Loop() {
		d := reply.Read(m, held)
		if d.HTML() == "" {
			b.Fatal("no HTML")
		}
	}
}

func BenchmarkHashes(b *testing.B) {
	text := tenKB().Text
	key := []byte("key")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		reply.Hashes(key, text)
	}
}

// firstMail is ten kilobytes of what a customer writes first: lines unlike each
// other, nothing quoted.
func firstMail() *aside.Mail {
	rng := rand.New(rand.NewPCG(20261122, 10))
	list := strings.Fields("kettle order parcel invoice refund delivery broken leaks arrived warranty the a my is was it to of and for with not have has been would could")
	var b strings.Builder
	for line := 0; b.Len() < 10<<10; {
		word := list[rng.IntN(len(list))]
		if rng.IntN(9) == 0 {
			word = strconv.Itoa(rng.IntN(100000))
		}
		b.WriteString(word)
		if line += len(word) + 1; line < 70 {
			b.WriteByte(' ')
		} else {
			b.WriteString(".\n")
			line = 0
		}
	}
	return &aside.Mail{Text: b.String()}
}

func BenchmarkReadFirst(b *testing.B) {
	m := firstMail()
	b.ReportAllocs()
	for b.Loop() {
		_ = reply.Read(m, reply.Held{Key: []byte("key")}).Text()
	}
}

func BenchmarkHashesFirst(b *testing.B) {
	m := firstMail()
	b.ReportAllocs()
	for b.Loop() {
		reply.Hashes([]byte("key"), m.Text)
	}
}

func BenchmarkSanitise(b *testing.B) {
	page := tenKB().HTML
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		reply.Sanitise(page)
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

// Mails made to cost time end in time.
func TestCostlyMails(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	for _, s := range []string{"On 3.4.2026 wrote x>\n", "On 21.11.26 jane@x.example>\n", "<a@b> wrote x>\n", "> On 3.4.2026 we x\"\nOn x@y>\n", "YOUR REPLY GOES TO: Jane Doe\n/x\n", "On Monday, Dana wrote:\n\n"} {
		start := busy()
		reply.Read(&aside.Mail{Text: strings.Repeat(s, (1<<20)/len(s))}, heldAgainst())
		if took := busy() - start; took > 5*time.Second {
			t.Errorf("%q: took %v", s, took)
		} else {
			t.Logf("%q: %v", s, took.Round(time.Millisecond))
		}
	}
}

// The time grows no faster than the mail: ten times as much of it takes at
// most thirty times as long, whatever it is made of.
func TestWorkGrowsWithTheMail(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	held := heldAgainst()
	for name, m := range map[string]func(n int) *aside.Mail{
		"quote signs": func(n int) *aside.Mail { return &aside.Mail{Text: strings.Repeat(">", n)} },
		"deeper quotations": func(n int) *aside.Mail {
			return &aside.Mail{Text: strings.Repeat(strings.Repeat(">", 200)+" a\n", n/203)}
		},
		"almost introductions": func(n int) *aside.Mail {
			return &aside.Mail{Text: strings.Repeat("On 21.11.2026 11:00 Jane Doe <jane@customer.example> said:\n", n/58)}
		},
		"introductions": func(n int) *aside.Mail {
			return &aside.Mail{Text: strings.Repeat("Am 21.11.2026 um 11:00 schrieb Jane Doe <jane@customer.example>:\n", n/65)}
		},
		"halves of one": func(n int) *aside.Mail {
			return &aside.Mail{Text: strings.Repeat("Jane Doe <jane@customer.example> 21.\nnovember 2026\n", n/52)}
		},
		"colons and blanks": func(n int) *aside.Mail { return &aside.Mail{Text: strings.Repeat("a@b:  ", n/6)} },
		"lines that run on": func(n int) *aside.Mail { return &aside.Mail{Text: strings.Repeat("a@b wrote:  x:  y:  z:  \n", n/26)} },
		"strange labels":    func(n int) *aside.Mail { return &aside.Mail{Text: strings.Repeat("Zu: Jane <jane@b>\n", n/18)} },
		"words of Notes":    func(n int) *aside.Mail { return &aside.Mail{Text: strings.Repeat("21.11.2026 11:00\nTo\n", n/20)} },
		"silent rows and a gap": func(n int) *aside.Mail {
			return &aside.Mail{Text: "Fine.\n" + strings.Repeat("***\nx y z\n", n/10) + notice}
		},
		"known rows with gaps": func(n int) *aside.Mail {
			return &aside.Mail{Text: strings.Repeat(vendorSay+"\nx y z w\n", n/110) + frame}
		},
		"tags":                func(n int) *aside.Mail { return &aside.Mail{Text: strings.Repeat("[EXTERNAL] a b\n", n/15)} },
		"links":               func(n int) *aside.Mail { return &aside.Mail{Text: strings.Repeat("https://a.example/b ", n/20)} },
		"bars and signatures": func(n int) *aside.Mail { return &aside.Mail{Text: strings.Repeat("| |\nSent from my iPhone\n", n/24)} },
		"dashes":              func(n int) *aside.Mail { return &aside.Mail{Text: strings.Repeat("--\na\n", n/5)} },
		"original messages": func(n int) *aside.Mail {
			return &aside.Mail{Text: strings.Repeat("-----Original Message-----\nfrom\n", n/32)}
		},
		"nested block quotations": func(n int) *aside.Mail { return &aside.Mail{HTML: strings.Repeat("<blockquote>a", n/13)} },
		"sibling quotations":      func(n int) *aside.Mail { return &aside.Mail{HTML: strings.Repeat("<blockquote>a</blockquote>b", n/27)} },
		"containers": func(n int) *aside.Mail {
			return &aside.Mail{HTML: strings.Repeat("<div class=gmail_quote>a</div>b", n/32)}
		},
		"nested containers": func(n int) *aside.Mail { return &aside.Mail{HTML: strings.Repeat("<div class=gmail_quote>a", n/25)} },
	} {
		work := func(n int) time.Duration {
			mail := m(n)
			start := busy()
			d := reply.Read(mail, held)
			d.Text()
			d.HTML()
			return busy() - start
		}
		work(10 << 10)
		small, large := work(100<<10), work(1000<<10)
		if large > 30*max(small, 10*time.Millisecond) {
			t.Errorf("%s: 100 kB took %v, 1 MB %v", name, small, large)
		}
		t.Logf("%s: 100 kB %v, 1 MB %v", name, small.Round(time.Millisecond), large.Round(time.Millisecond))
	}
	for name, text := range map[string]string{
		"five megabytes of quote signs":    strings.Repeat(">", 5<<20),
		"a hundred thousand introductions": strings.Repeat("On 21.11.26 11:00, Jane Doe wrote:\n", 100000),
	} {
		start := busy()
		reply.Read(&aside.Mail{Text: text}, held).Text()
		if took := busy() - start; took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}
