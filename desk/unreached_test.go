package desk_test

import (
	"testing"
	"time"

	"aside"
	"aside/desk"
	"aside/store"
	h "aside/test/harness"
)

// comesBack has a notice come back from an agent's mailbox.
func (w *town) comesBack(m *h.Mail, to h.Person) *news {
	w.t.Helper()
	return w.post(&h.Draft{From: h.Person{Name: "Mail Delivery", Address: "mailer-daemon@mx.example"}, Envelope: "<>", To: []h.Person{{Address: m.ReturnPath}},
		Subject: "Undelivered Mail", MessageID: h.NewID("mx.example"), Text: "No such mailbox.",
		Report: &h.Report{Recipient: to.Address, Status: "5.1.1", Original: m.Raw}})
}

// Where an agent's mailbox refuses notices, colleagues hear of it on the ticket,
// once a day, and the agent does not, for that would fail like the others.
func TestANoticeThatComesBackIsTold(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	told := w.comesBack(w.lastTo("omar", "It leaks."), omar).only("dana: did not arrive")[0]
	contains(t, told, "Omar", omar.Address, "5.1.1", "somebody else has to look after this ticket")
	w.history(1, "notice trouble", omar.Address)
	// Of that notice, when it comes back as well, nobody is told.
	w.comesBack(told, dana).only()
	w.says(jane, w.lastTo("jane", "arrived"), "It leaks more.")
	again := w.lastTo("omar", "It leaks more.")
	w.comesBack(again, omar).only()
	w.opens(kim, "Pot", "It rattles.")
	w.comesBack(w.lastTo("omar", "It rattles."), omar).only("dana: did not arrive")
	w.wait(25 * time.Hour)
	w.comesBack(again, omar).only("dana: did not arrive")
}

// An assignee who is alone with a ticket is not the last to know of it.
func TestANoticeToTheAssigneeComesBack(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/assign omar")
	w.comesBack(w.lastTo("omar", "assigned"), omar).only("dana: did not arrive")
}

// What only its writer would hear, that a mail is held or waits for a code,
// others hear of, without what is in it.
func TestAHoldNoticeThatComesBackIsTold(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	held := w.says(omar, w.lastTo("omar", "It leaks."), "Hello, "+w.secret("heldwords")+".\n/resolve\nYours.").to("omar")
	got := w.comesBack(held, omar).only("dana: did not arrive")[0]
	contains(t, got, "a mail of Omar's is held")
	lacks(t, got, "heldwords")
}

func TestACodeThatComesBackIsTold(t *testing.T) {
	w := open(t)
	d := h.Write(omar, support, "Kettle", "Not proved, "+w.secret("provewords")+".")
	d.Envelope = "eve@evil.example"
	code := w.post(d).to("omar")
	got := w.comesBack(code, omar)
	got.none("omar", "jane")
	contains(t, got.find("dana", "did not arrive"), "the code for a mail in Omar's name")
	lacks(t, got.find("dana", "did not arrive"), "provewords", "/confirm")
}

// A delay is told once, and a failure after it as well.
func TestANoticeThatDoesNotLeaveIsTold(t *testing.T) {
	w := open(t)
	w.send(h.Write(jane, support, "Kettle", "It leaks."))
	var claimed []aside.Notice
	err := w.store.Update(w.ctx, func(tx *store.Tx) (err error) { claimed, err = tx.ClaimNotices(time.Minute, 10); return err })
	if err != nil || len(claimed) != 2 {
		t.Fatal(claimed, err)
	}
	trouble := desk.Trouble{To: omar.Address, Detail: "452 the mailbox is full"}
	for _, n := range claimed {
		if n.Agent == "omar" {
			trouble.Notice = n.ID
		}
	}
	tell := func(delayed bool) *news {
		t.Helper()
		trouble.Delayed = delayed
		if err := w.store.Update(w.ctx, func(tx *store.Tx) error { return w.svc.Unreached(tx, trouble) }); err != nil {
			t.Fatal(err)
		}
		return w.deliver()
	}
	w.deliver()
	contains(t, tell(true).only("dana: is delayed")[0], omar.Address, "452 the mailbox is full")
	tell(true).only()
	tell(false).only("dana: did not arrive")
	tell(false).only()
}

// A notice that is refused for its files goes once more without them: the words
// are heard, also where nobody else is in the team. Only when that fails as
// well do colleagues hear of it.
func TestANoticeIsRefusedForItsFiles(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks, and it is urgent.")
	d.Files = []h.File{{Name: "leak.zip", Type: "application/zip", Data: []byte("PK, so to say")}}
	w.post(d)
	got := w.comesBack(w.lastTo("omar", "urgent"), omar)
	again := got.only("omar: It leaks, and it is urgent.")[0]
	contains(t, again, "leak.zip", "5.1.1", "YOUR REPLY GOES TO: Jane Doe")
	if len(again.Files) != 0 {
		t.Errorf("files in %v", again.Files)
	}
	w.history(1, "notice trouble", "once more without its files")
	if n := len(w.lastTo("dana", "urgent").Files); n != 1 {
		t.Errorf("Dana has %d files", n)
	}
	w.says(omar, again, "We look at it.").to("jane")
	w.comesBack(again, omar).only("dana: did not arrive")
}

// What is given up after days of trying was not refused.
func TestARefusalIsNoDelay(t *testing.T) {
	w := open(t)
	d := h.Write(jane, support, "Kettle", "It leaks.")
	d.Files = []h.File{{Name: "leak.zip", Type: "application/zip", Data: []byte("PK, so to say")}}
	w.send(d)
	var claimed []aside.Notice
	err := w.store.Update(w.ctx, func(tx *store.Tx) (err error) { claimed, err = tx.ClaimNotices(time.Minute, 10); return err })
	if err != nil || len(claimed) != 2 {
		t.Fatal(claimed, err)
	}
	tell := func(refused bool) *news {
		t.Helper()
		trouble := desk.Trouble{To: claimed[0].To.Address, Notice: claimed[0].ID, Refused: refused, Detail: "552 too large"}
		if err := w.store.Update(w.ctx, func(tx *store.Tx) error { return w.svc.Unreached(tx, trouble) }); err != nil {
			t.Fatal(err)
		}
		return w.deliver()
	}
	w.deliver()
	tell(false).only(claimed[1].Agent + ": 552 too large")
	tell(true).only(claimed[0].Agent + ": It leaks.")
}
