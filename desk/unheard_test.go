package desk_test

import (
	"testing"
	"time"

	h "aside/test/harness"
)

// alone is a ticket of Jane's that Omar has taken, whose mail goes to him alone,
// and her answer from him.
func alone(t *testing.T) (*town, *h.Mail) {
	t.Helper()
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	n := w.lastTo("omar", "It leaks.")
	w.says(omar, n, "/take")
	return w, w.says(omar, n, "Dear Jane, we look.").find("jane", "we look")
}

// without takes an agent out of the config and delivers what waits, and what that
// leads to.
func (w *town) without(handle string) *news {
	w.t.Helper()
	w.gone(handle)
	first := w.deliver()
	then := w.deliver()
	return &news{w: w, mails: append(first.mails, then.mails...)}
}

// What only somebody was told who is no agent any more his colleagues hear of,
// once: the relay was away, or his mailbox is closed by now.
func TestWhatOnlyALeaverWasTold(t *testing.T) {
	told := "dana: only omar was told, who is no agent any more"
	w, m := alone(t)
	w.send(h.Gmail().Reply(jane, m, "It burns now."))
	w.send(h.Gmail().Reply(jane, m, "Please call at once."))
	got := w.without("omar").only(told)[0]
	w.history(1, "notice trouble", omar.Address)
	contains(t, w.says(dana, got, "/show").to("dana"), "It burns now.", "Please call at once.")

	w, m = alone(t)
	n := w.says(jane, m, "It burns now.").to("omar")
	w.gone("omar")
	w.comesBack(n, omar).only(told)
}

// So it is with an event: that nothing else is known of a ticket, be it that a
// snooze is over.
func TestWhatHappenedForALeaver(t *testing.T) {
	w, _ := alone(t)
	w.says(omar, w.lastTo("omar", "It leaks."), "/snooze 1h")
	w.now = w.now.Add(2 * time.Hour)
	if err := w.svc.Tick(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.without("omar").only("dana: only omar was told")
}

// What others were told as well, or what became of a leaver's own mail, is no news.
func TestWhatNotOnlyALeaverWasTold(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, w.lastTo("dana", "It leaks."), "/invite omar")
	w.send(h.Gmail().Reply(jane, w.lastTo("jane", "arrived"), "It burns now."))
	w.send(h.Gmail().Reply(omar, w.lastTo("omar", "It leaks."), "/tag fire"))
	w.without("omar").only("dana: It burns now.")
}

// What a leaver had held is thrown away, and does not vanish.
func TestWhatALeaverHadHeld(t *testing.T) {
	w, m := alone(t)
	n := w.says(jane, m, "When?").to("omar")
	w.says(omar, n, "At noon, "+w.secret("noonwords")+", says @dana.").find("omar", "It waits as H1")
	w.gone("omar")
	got := w.wait(time.Hour).only("dana: H1, a mail of omar's that was held on its way to Jane Doe, will not be sent")[0]
	lacks(t, got, "noonwords") // which a colleague may write again
	w.wait(24 * time.Hour).only()
}

// Who wrote a mail is not told that only somebody who left knows of it.
func TestOwnReplyIsNotUnheard(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.send(h.Gmail().Reply(dana, n, "Dear Jane, we look."))
	w.gone("omar")
	for _, m := range append(w.deliver().mails, w.deliver().mails...) {
		lacks(t, m, "only omar was told")
	}
}
