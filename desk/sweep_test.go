package desk_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"aside"
	h "aside/test/harness"
	"aside/test/postgres"
)

// bare takes the quotation marks from an answer, and the desk's signature: below the introduction, which
// people type as well, nothing but its words tells that it is quoted.
func bare(d *h.Draft) *h.Draft {
	var out []string
	for line := range strings.SplitSeq(d.Text, "\n") {
		if line = strings.TrimLeft(line, "> "); line != "--" && !strings.HasPrefix(line, "Example Support,") { // the desk's signature is always known
			out = append(out, line)
		}
	}
	d.Text, d.HTML = strings.Join(out, "\n"), ""
	return d
}

// A ticket whose line hashes were let go and that is opened again cuts what was
// heard in it as before. Where they are lost, it does not: else this would tell
// nothing.
func TestReopenedAfterItsLinesWent(t *testing.T) {
	if postgres.Chosen(t) != "" {
		t.Skip("lines are lost by a change past the store, to a SQLite file")
	}
	const words = "The parcel lies at the depot in Harbour Street,\nand opens at nine on every day of the week but Sunday."
	// So much that its hashes are kept when the first answer has asked for them.
	var more strings.Builder
	for i := range 300 {
		fmt.Fprintf(&more, "\nStation %d of %d on its way.", i, 7*i)
	}
	said := map[string]string{}
	for _, how := range []string{"kept", "let go", "lost"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		answer := w.says(dana, n, words+more.String()).find("jane", "The parcel lies")
		w.send(h.AppleMail().Reply(jane, answer, "I shall go there."))
		w.says(dana, n, "/resolve")
		w.wait(20 * 24 * time.Hour)
		switch how {
		case "let go":
			if gone, err := w.store.SweepLines(w.ctx, w.now.Add(-14*24*time.Hour)); err != nil || gone < 1 {
				t.Fatalf("the lines of %d messages went (%v)", gone, err)
			}
		case "lost":
			db, err := sql.Open("sqlite", w.path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(`DELETE FROM line_set WHERE message > 0`); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		w.says(dana, n, "/open")
		if got := w.ticket(1).Status; got != aside.StatusOpen {
			t.Fatalf("the ticket is %s", got)
		}
		for _, m := range w.post(bare(h.AppleMail().Reply(jane, answer, "Nobody was there."))).mails {
			said[how] += fmt.Sprintln(m.DeliveredTo, m.Words())
		}
	}
	if !strings.Contains(said["kept"], "Nobody was there.") || strings.Contains(said["kept"], "depot") {
		t.Errorf("the quotation was not cut:\n%s", said["kept"])
	}
	if said["let go"] != said["kept"] {
		t.Errorf("after its lines went it is heard as\n%s\nand should be as\n%s", said["let go"], said["kept"])
	}
	if !strings.Contains(said["lost"], "depot") {
		t.Error("the quotation is cut by something else than its lines")
	}
}
