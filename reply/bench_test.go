package reply_test

import (
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
