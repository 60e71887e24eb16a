package hostile_test

import (
	"context"
	"testing"
	"time"

	"aside/mailin/read"
	"aside/reply"
	"aside/test/hostile"
)

// What a long mail may cost, in processor time: reading it for each of its
// octets, and what comes after for any mail, since of the text only the first
// two million octets are looked at. Both are some three times what the worst
// shape was measured to take.
const (
	readPerOctet = 30 * time.Nanosecond
	trimForAny   = 4 * time.Second
)

// TestLongQuotations takes mails of eight megabytes, of nothing but what looks
// like quoted mail, through reading and trimming.
func TestLongQuotations(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	for _, shape := range hostile.Quoted() {
		raw := []byte(shape.Mail(8 << 20))
		w := &way{}
		var doubts int
		reading := measure(func() { w.mail, _ = read.Mail(context.Background(), raw, read.Options{Timeout: time.Hour}) })
		trimming := measure(func() {
			d := reply.Read(w.mail, w.held())
			doubts = len(d.Doubts())
			d.Text()
			d.Elided()
		})
		if limit := readPerOctet * time.Duration(len(raw)); reading.cpu > limit {
			t.Errorf("%s: reading took %v", shape.Name, reading.cpu)
		}
		if trimming.cpu > trimForAny {
			t.Errorf("%s: trimming took %v", shape.Name, trimming.cpu)
		}
		t.Logf("%-40s read %v, trimmed %v, %d doubts", shape.Name, reading.cpu.Round(time.Millisecond), trimming.cpu.Round(time.Millisecond), doubts)
	}
}
