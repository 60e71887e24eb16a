package mailout

import (
	"testing"
	"time"
)

// TestWhatIsTold: agents hear of what waits for four hours, and of what is given
// up. That a notice waits for the relay they are not told, for it would wait too.
func TestWhatIsTold(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	relay := &Failure{Detail: "connection refused", Relay: true}
	full := &Failure{Code: 452, Detail: "mailbox full"}
	never := &Failure{Code: 550, Detail: "no such mailbox", Permanent: true}
	tests := map[string]struct {
		ref    Ref
		waited time.Duration
		err    error
		want   Tell
	}{
		"a delivery, at first":             {Ref{Delivery: 1}, time.Hour, full, TellNothing},
		"a delivery, later":                {Ref{Delivery: 1}, 5 * time.Hour, full, TellDelayed},
		"a delivery that waits for relay":  {Ref{Delivery: 1}, 5 * time.Hour, relay, TellDelayed},
		"a notice, at first":               {Ref{Notice: 1}, time.Hour, full, TellNothing},
		"a notice, later":                  {Ref{Notice: 1}, 5 * time.Hour, full, TellDelayed},
		"a notice that waits for relay":    {Ref{Notice: 1}, 5 * time.Hour, relay, TellNothing},
		"a notice that is refused":         {Ref{Notice: 1}, 0, never, TellFailed},
		"a notice that waited for so long": {Ref{Notice: 1}, 6 * 24 * time.Hour, relay, TellFailed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := &Sender{Now: func() time.Time { return now }}
			r := s.judge(t.Context(), job{ref: tt.ref, attempt: 3, queued: now.Add(-tt.waited)}, Answer{}, tt.err)
			if r.Tell != tt.want {
				t.Errorf("told %q, want %q", r.Tell, tt.want)
			}
		})
	}
}
