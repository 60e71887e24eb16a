package mailin

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"aside"
)

// Who makes room for a mail is told of it once it came whole, and when it was
// received or refused, whatever became of it.
func TestExpectIsToldAndReleased(t *testing.T) {
	unverified := func(context.Context, *aside.Inbound, func() (io.ReadCloser, error)) (aside.Verdict, error) {
		return aside.Verdict{}, errors.New("DNS is away")
	}
	for name, tc := range map[string]struct {
		change func(*Server)
		want   string
	}{
		"received": {func(*Server) {}, "250"},
		"receiving fails": {func(s *Server) {
			s.Receive = func(context.Context, *aside.Inbound) (string, error) { return "", io.ErrClosedPipe }
		}, "451"},
		"receiving panics":              {func(s *Server) { s.Receive = func(context.Context, *aside.Inbound) (string, error) { panic("a bug") } }, "451"},
		"it cannot be verified for now": {func(s *Server) { s.Verify = unverified }, "451"},
	} {
		t.Run(name, func(t *testing.T) {
			var told, expected atomic.Int32
			h := open(t, func(s *Server) {
				s.Expect = func() func() {
					told.Add(1)
					expected.Add(1)
					return func() { expected.Add(-1) }
				}
				tc.change(s)
			})
			c := h.greeted()
			c.deliver(smallMail, tc.want)
			c.say("NOOP", "250")
			cut := h.greeted()
			cut.envelope()
			cut.say("DATA", "354")
			cut.send("Subject: half\r\n")
			cut.conn.Close()
			h.stop()
			if told.Load() != 1 || expected.Load() != 0 {
				t.Errorf("told %d times, %d still expected; want once and none", told.Load(), expected.Load())
			}
		})
	}
}
