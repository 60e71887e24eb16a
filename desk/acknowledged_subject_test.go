package desk_test

import (
	"strings"
	"testing"
	"time"

	"aside"
	"aside/desk"
)

// The acknowledgement to a verified sender and the answer have one subject: with
// two the customer has two threads.
func TestAcknowledgementAndAnswerAreOneThread(t *testing.T) {
	for _, tag := range []aside.SubjectTag{aside.TagSide, aside.TagAll} {
		w := open(t, func(s *desk.Settings) { s.Directory.Desks[0].SubjectTag = tag })
		w.verdict = verified
		for _, subject := range []string{"Kettle", "[EXT] Kettle broken", "AW: Fwd: Kettle", strings.Repeat("Größe ", 60)} {
			n := w.writes(joe, subject, "It leaks, "+w.secret("kettlewords", joe)+".").to("dana")
			ack := w.lastTo("joe", "has arrived")
			answer := w.says(dana, n, "A new one comes.").find("joe", "A new one comes.")
			if ack.Subject != answer.Subject {
				t.Errorf("%q is acknowledged as %q, and answered as %q", subject, ack.Subject, answer.Subject)
			}
			lacks(t, ack, "EXT")
			w.wait(2 * time.Hour)
		}
	}
}
