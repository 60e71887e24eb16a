package verify

import (
	"context"
	"io"
	"strings"
	"testing"
)

// The DNS answers on loopback, without a cache: each mail asks for its key.
func BenchmarkVerify(b *testing.B) {
	for name, mail := range map[string]string{
		"signed":   signed(b, letter),
		"unsigned": letter,
		"10kB":     signed(b, letter+strings.Repeat("Ten kilobytes of text, line by line, as most mail is.\r\n", 180)),
		"10MB":     signed(b, letter+strings.Repeat("Ten megabytes of text and more, line by line.\r\n", 220_000)),
	} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b)
			in := w.inbound(mail, session{"dana@example.com", "x.example", outside})
			raw := received + mail
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					v, err := w.v.Check(context.Background(), in, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(raw)), nil })
					if err != nil || v.DMARC != "pass" {
						b.Errorf("%+v, %v", v, err)
						return
					}
				}
			})
		})
	}
}
