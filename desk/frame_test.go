package desk_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"aside"
	"aside/reply"
	"aside/store"
	h "aside/test/harness"
	"aside/test/postgres"
)

// known are the lines of frames that a ticket knows.
func (w *town) knownFrames(ticket int64) map[uint64]bool {
	w.t.Helper()
	known := map[uint64]bool{}
	err := w.store.View(w.ctx, func(tx *store.Tx) error {
		return tx.Lines(ticket, 0, nil, func(set store.LineSet) {
			if set.Conversation != 0 {
				return
			}
			for _, hash := range set.Hashes {
				known[hash] = true
			}
		})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return known
}

// knowsFrame demands that the frame of a notice which leaves is known, line by
// line, to a ticket.
func (w *town) knowsFrame(ticket int64, n aside.Notice) {
	w.t.Helper()
	if ticket == 0 {
		return
	}
	known := w.knownFrames(ticket)
	for line := range strings.SplitSeq(n.FrameText, "\n") {
		for _, hash := range reply.Hashes(w.keys.LineKey(), line) {
			if !known[hash] {
				w.t.Errorf("notice %d leaves and ticket %d does not know of its frame %q", n.ID, ticket, line)
				break
			}
		}
	}
}

// A frame is drawn when its notice is claimed, and known before it leaves: no
// sooner, for nobody can quote what was not sent, and no later.
func TestFramesAreKnownBeforeTheyLeave(t *testing.T) {
	if postgres.Chosen(t) != "" {
		t.Skip("the disk is made to fail by a trigger of SQLite's")
	}
	w := open(t)
	w.send(h.Write(jane, support, "Kettle", "It leaks."))
	const n = 1
	if known := w.knownFrames(n); len(known) > 0 {
		t.Errorf("%d lines of frames that nobody has drawn are known", len(known))
	}
	db, err := sql.Open("sqlite", w.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TRIGGER refuse BEFORE INSERT ON line_set WHEN new.conversation = 0 BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`); err != nil {
		t.Fatal(err)
	}
	if out, notices, err := w.svc.Claim(w.ctx, time.Minute, 100); err == nil || len(out)+len(notices) > 0 {
		t.Errorf("their frames could not be made known, and %d notices leave (%v)", len(notices), err)
	}
	if _, err := db.Exec(`DROP TRIGGER refuse`); err != nil {
		t.Fatal(err)
	}
	if _, notices, err := w.svc.Claim(w.ctx, time.Minute, 100); err != nil || len(notices) > 0 {
		t.Errorf("claimed twice: %d notices (%v)", len(notices), err)
	}
	w.now = w.now.Add(time.Minute) // as long as the lease; a daemon that starts again need not wait
	_, notices, err := w.svc.Claim(w.ctx, time.Minute, 100)
	if err != nil || len(notices) != 2 {
		t.Fatalf("%d notices leave, want 2 (%v)", len(notices), err)
	}
	for _, one := range notices {
		w.knowsFrame(n, one)
	}
	// What is sent again later says the same, and is known already.
	before := w.lineSets(n)
	w.now = w.now.Add(time.Minute)
	_, again, err := w.svc.Claim(w.ctx, time.Minute, 100)
	if err != nil || len(again) != 2 || again[0].FrameText != notices[0].FrameText || again[0].FrameHTML != notices[0].FrameHTML {
		t.Errorf("the second attempt: %d notices (%v), frame\n%s\nthe first\n%s", len(again), err, again[0].FrameText, notices[0].FrameText)
	}
	if after := w.lineSets(n); after != before {
		t.Errorf("%d rows of lines after the second attempt, %d before", after, before)
	}
}

// lineSets counts what a ticket keeps of frames.
func (w *town) lineSets(ticket int64) (n int) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT count(*) FROM line_set WHERE ticket = $1 AND conversation = 0`, ticket).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// Where a ticket is merged while its notices wait, their frames are known where
// an answer to them leads.
func TestFramesOfAMergedTicketAreKnown(t *testing.T) {
	w := open(t)
	n1 := w.opens(jane, "Kettle", "It leaks.")
	w.opens(jane, "Toaster", "It burns.")
	w.send(h.Gmail().Reply(jane, w.boxes[jane.Address][0], "And it hisses."))
	w.send(h.Gmail().Reply(dana, n1, "/merge 2"))
	_, notices, err := w.svc.Claim(w.ctx, time.Minute, 100)
	old := 0
	for _, n := range notices {
		w.knowsFrame(2, n)
		if n.Ticket == 1 {
			w.knowsFrame(1, n)
			old++
		}
	}
	if err != nil || old < 2 {
		t.Errorf("%d notices of the merged ticket left (%v)", old, err)
	}
}
