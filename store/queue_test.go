package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"aside"
	"aside/test/postgres"
)

// claimed takes what is due.
func claim(t *testing.T, s *Store) (out []aside.Outgoing) {
	t.Helper()
	update(t, s, func(tx *Tx) (err error) { out, err = tx.ClaimDeliveries(time.Minute, 10); return err })
	view(t, s, func(tx *Tx) error { return tx.Load(out, nil) })
	return out
}

// addNotice queues a notice to one agent, and gives it its id and holder.
func addNotice(tx *Tx, n *aside.Notice, about About) error {
	facts := n.Facts
	if facts == "" {
		facts = "{}"
	}
	if err := tx.AddNotices(*n, about, NoticeTo{Token: n.Token, Agent: n.Agent, Address: n.To.Address, Facts: json.RawMessage(facts)}); err != nil {
		return err
	}
	var holder int64
	err := tx.row(`SELECT id, holder, created_at FROM notice WHERE token = $1`, int64(n.Token)).Scan(&n.ID, &holder, new(int64))
	n.Holder, n.CreatedAt = uint64(holder), tx.now
	return err
}

func finish(t *testing.T, s *Store, a Attempt) {
	t.Helper()
	update(t, s, func(tx *Tx) error { return tx.FinishAttempt(a) })
}

func state(t *testing.T, s *Store, table string, id int64) (state string) {
	t.Helper()
	view(t, s, func(tx *Tx) error { return tx.row(`SELECT state FROM `+table+` WHERE id = $1`, id).Scan(&state) })
	return state
}

// queueAnswer queues the scene's answer to the customer and returns the
// delivery's id.
func queueAnswer(t *testing.T, s *Store, sc *scene, at time.Time) (id int64) {
	t.Helper()
	update(t, s, func(tx *Tx) error {
		if err := tx.AddDelivery(uint64(7000+sc.ticket.Number), sc.answer, sc.jane, at, false); err != nil {
			return err
		}
		return tx.row(`SELECT id FROM delivery WHERE message = $1`, sc.answer.ID).Scan(&id)
	})
	return id
}

// A claim comes at its time, once within a lease, again after the pause, and
// never after the end. It carries the audience of that moment.
func testClaim(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	sc := makeScene(t, s)
	id := queueAnswer(t, s, sc, c.Now().Add(30*time.Second))
	select {
	case <-s.Queued():
	default:
		t.Error("nobody was told of what was queued")
	}
	if n := len(claim(t, s)); n != 0 {
		t.Fatalf("claimed %d before its time", n)
	}
	c.Add(30 * time.Second)
	out := claim(t, s)
	if len(out) != 1 || out[0].Delivery != id || out[0].Recipient != sc.jane || out[0].Message.Text != "We look into it." ||
		out[0].Attempts != 0 || out[0].Desk != sc.ticket.Desk || out[0].Audience.Conversation().ID != sc.customer.ID {
		t.Fatalf("claimed %+v", out)
	}
	if n := len(claim(t, s)); n != 0 {
		t.Fatalf("claimed %d again within the lease", n)
	}
	finish(t, s, Attempt{Delivery: id, State: aside.DeliveryQueued, Next: c.Now().Add(time.Hour), Code: 451, Detail: "later"})
	if n := len(claim(t, s)); n != 0 {
		t.Fatalf("claimed %d within the pause", n)
	}
	c.Add(time.Hour)
	if out = claim(t, s); len(out) != 1 || out[0].Attempts != 1 {
		t.Fatalf("claimed %+v after the pause", out)
	}
	// The relay was away: a claim of its own, and no attempt.
	finish(t, s, Attempt{Delivery: id, Claim: 2, State: aside.DeliveryQueued, Next: c.Now(), Untried: true})
	if out = claim(t, s); len(out) != 1 || out[0].Attempts != 2 || out[0].Untried != 1 {
		t.Fatalf("claimed %+v after the relay was away", out)
	}
	view(t, s, func(tx *Tx) error {
		list, err := tx.Queue(false, 10)
		if err != nil || len(list) != 1 || list[0].Attempts != 2 {
			t.Errorf("queued %+v (%v)", list, err)
		}
		return nil
	})
	finish(t, s, Attempt{Delivery: id, State: aside.DeliverySent, Code: 250})
	finish(t, s, Attempt{Delivery: id, State: aside.DeliveryFailed}) // too late: it stays as it ended
	c.Add(24 * time.Hour)
	if n := len(claim(t, s)); n != 0 || state(t, s, "delivery", id) != "sent" {
		t.Fatalf("claimed %d after it was sent; it is %s", n, state(t, s, "delivery", id))
	}
	update(t, s, func(tx *Tx) error { return tx.Bounced(id, "user unknown") })
	if got := state(t, s, "delivery", id); got != "bounced" {
		t.Errorf("a sent mail that came back is %s", got)
	}
}

// A lease holds off others until it ends, is renewed while it is held, and is
// freed at a daemon's start.
func testLease(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	id := queueAnswer(t, s, makeScene(t, s), c.Now())
	renew := func() (held bool) {
		update(t, s, func(tx *Tx) (err error) { held, err = tx.Renew(id, 0, 0, c.Now().Add(time.Minute)); return err })
		return held
	}
	if renew() {
		t.Error("renewed before it was claimed")
	}
	if len(claim(t, s)) != 1 {
		t.Fatal("not claimed")
	}
	c.Add(59 * time.Second)
	if !renew() {
		t.Error("a lease that is held was not renewed")
	}
	c.Add(59 * time.Second)
	if n := len(claim(t, s)); n != 0 {
		t.Errorf("claimed %d within a renewed lease", n)
	}
	c.Add(time.Second)
	if out := claim(t, s); len(out) != 1 || out[0].Attempts != 1 {
		t.Fatalf("claimed %+v after the lease had ended", out)
	}
	update(t, s, (*Tx).ReleaseLeases)
	freed := 1
	if s.d.name == "postgres" { // another daemon may be sending it
		freed = 0
	}
	if n := len(claim(t, s)); n != freed {
		t.Errorf("claimed %d after a restart, want %d", n, freed)
	}
	finish(t, s, Attempt{Delivery: id, State: aside.DeliverySent})
	if renew() {
		t.Error("renewed after the end")
	}
}

// A daemon whose lease has ended neither renews nor ends what another has
// claimed since, nor what that one has ended.
func testFence(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	id := queueAnswer(t, s, makeScene(t, s), c.Now())
	notice := aside.Notice{Token: 900, Agent: "dana", Conversation: 1, Kind: aside.NoticeMessage}
	update(t, s, func(tx *Tx) error {
		if _, err := tx.Holder("dana", 1<<50); err != nil {
			return err
		}
		return addNotice(tx, &notice, About{})
	})
	try := func(a Attempt) (ended error, renewed bool) {
		ended = s.Update(context.Background(), func(tx *Tx) (err error) {
			if renewed, err = tx.Renew(a.Delivery, a.Notice, a.Claim, c.Now().Add(time.Hour)); err != nil {
				return err
			}
			return tx.FinishAttempt(a)
		})
		return ended, renewed
	}
	for claim := 1; claim <= 2; claim++ {
		update(t, s, func(tx *Tx) error {
			out, err := tx.ClaimDeliveries(time.Minute, 10)
			notices, err2 := tx.ClaimNotices(time.Minute, 10)
			if len(out) != 1 || out[0].Attempts+1 != claim || len(notices) != 1 || notices[0].Attempts+1 != claim {
				t.Errorf("claim %d: %+v and %+v", claim, out, notices)
			}
			return errors.Join(err, err2)
		})
		c.Add(time.Minute)
	}
	for _, a := range []Attempt{{Delivery: id}, {Notice: notice.ID}} {
		a.Claim, a.State = 1, aside.DeliverySent
		if ended, renewed := try(a); !errors.Is(ended, ErrClaimLost) || renewed {
			t.Errorf("the first claim: renewed %v, ended with %v", renewed, ended)
		}
		a.Claim = 2
		if ended, renewed := try(a); ended != nil || !renewed {
			t.Errorf("the second claim: renewed %v, ended with %v", renewed, ended)
		}
		if ended, renewed := try(a); !errors.Is(ended, ErrClaimLost) || renewed {
			t.Errorf("once it had ended: renewed %v, ended with %v", renewed, ended)
		}
	}
	if got := state(t, s, "delivery", id) + state(t, s, "notice", notice.ID); got != "sentsent" {
		t.Errorf("they are %s", got)
	}
}

// Who leaves hears nothing more: what waits is cancelled with them, what is
// being sent loses its lease, and what fails then is not tried again.
func testLeaving(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	for _, tt := range []struct {
		name         string
		claim, retry bool
	}{{"waiting", false, false}, {"being sent", true, false}, {"tried once", true, true}} {
		t.Run(tt.name, func(t *testing.T) {
			sc := makeScene(t, s)
			id := queueAnswer(t, s, sc, c.Now())
			if tt.claim && len(claim(t, s)) != 1 {
				t.Fatal("not claimed")
			}
			if tt.retry {
				finish(t, s, Attempt{Delivery: id, State: aside.DeliveryQueued, Next: c.Now().Add(time.Hour)})
			}
			update(t, s, func(tx *Tx) error { _, err := tx.EndParticipant(sc.jane.ID); return err })
			if sending := tt.claim && !tt.retry; (state(t, s, "delivery", id) == "cancelled") == sending {
				t.Errorf("it is %s", state(t, s, "delivery", id))
			}
			update(t, s, func(tx *Tx) error {
				held, err := tx.Renew(id, 0, 0, c.Now().Add(time.Hour))
				if held {
					t.Error("the lease of what goes to somebody who left was renewed")
				}
				return err
			})
			if tt.claim {
				finish(t, s, Attempt{Delivery: id, State: aside.DeliveryQueued, Next: c.Now()})
			}
			if out := claim(t, s); len(out) != 0 || state(t, s, "delivery", id) != "cancelled" {
				t.Errorf("claimed %d; it is %s", len(out), state(t, s, "delivery", id))
			}
			view(t, s, func(tx *Tx) error {
				a, err := tx.Audience(sc.customer.ID)
				if len(a.Participants()) != 0 {
					t.Errorf("heard by %v", a.Participants())
				}
				return err
			})
			again := sc.jane
			again.Holder += 5000
			update(t, s, func(tx *Tx) error { return tx.AddParticipant(&again, aside.Customer) })
			if again.ID == sc.jane.ID {
				t.Error("who came back is the same participant")
			}
			if n := len(claim(t, s)); n != 0 {
				t.Errorf("who came back got %d old mails", n)
			}
		})
	}
	if due := nextDue(t, s); !due.IsZero() {
		t.Errorf("something is due at %v", due)
	}
}

func nextDue(t *testing.T, s *Store) (at time.Time) {
	t.Helper()
	view(t, s, func(tx *Tx) (err error) { at, err = tx.NextDue(); return err })
	return at
}

// An admin sees, retries and drops what waits and what failed.
func testAdmin(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	sc := makeScene(t, s)
	id := queueAnswer(t, s, sc, c.Now())
	n := aside.Notice{Token: 1, Agent: "dana", Kind: aside.NoticeEvent, To: aside.Address{Address: "dana@example.com"}}
	update(t, s, func(tx *Tx) error {
		if _, err := tx.Holder("dana", 5); err != nil {
			return err
		}
		return addNotice(tx, &n, About{})
	})
	length := func(state string) (n int) {
		view(t, s, func(tx *Tx) (err error) { n, err = tx.QueueLength(state); return err })
		return n
	}
	queue := func(all bool) (ids []string) {
		view(t, s, func(tx *Tx) error {
			entries, err := tx.Queue(all, 10)
			for _, e := range entries {
				ids = append(ids, fmt.Sprintf("%s %d %s %s", e.Kind, e.ID, e.To, e.State))
			}
			return err
		})
		return ids
	}
	if got := queue(false); len(got) != 2 || length("queued") != 2 || length("failed") != 0 {
		t.Errorf("queue %q of %d, %d failed", got, length("queued"), length("failed"))
	}
	claim(t, s)
	finish(t, s, Attempt{Delivery: id, State: aside.DeliveryFailed, Code: 550, Detail: "no such user"})
	if got := queue(true); len(got) != 2 || len(queue(false)) != 1 || length("failed") != 1 || length("sent") != 0 {
		t.Errorf("queue %q, without the failed %q, %d failed", got, queue(false), length("failed"))
	}
	update(t, s, func(tx *Tx) error { return tx.RetryNow("delivery", id) })
	if out := claim(t, s); len(out) != 1 {
		t.Errorf("claimed %d after the retry", len(out))
	}
	update(t, s, func(tx *Tx) error { return errors.Join(tx.Drop("delivery", id), tx.Drop("notice", n.ID)) })
	if got := queue(true); len(got) != 0 || state(t, s, "notice", n.ID) != "cancelled" {
		t.Errorf("queue %q after all was dropped", got)
	}
	for _, kind := range []string{"delivery", "notice", "ticket", "delivery; --"} {
		update(t, s, func(tx *Tx) error {
			if err := tx.RetryNow(kind, 424242); err == nil {
				t.Errorf("retried %s 424242", kind)
			}
			if err := tx.Drop(kind, 424242); err == nil {
				t.Errorf("dropped %s 424242", kind)
			}
			return nil
		})
	}
}

// NextDue is the first moment at which a claim finds something.
func testNextDue(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	start := c.Now()
	if due := nextDue(t, s); !due.IsZero() {
		t.Errorf("an empty queue is due at %v", due)
	}
	first, second := makeScene(t, s), makeScene(t, s)
	one := queueAnswer(t, s, first, start.Add(10*time.Second))
	queueAnswer(t, s, second, start.Add(30*time.Second))
	update(t, s, func(tx *Tx) error {
		if _, err := tx.Holder("dana", 5); err != nil {
			return err
		}
		n := aside.Notice{Token: 1, Agent: "dana", Kind: aside.NoticeEvent}
		return addNotice(tx, &n, About{})
	})
	want := func(what string, at time.Duration) {
		t.Helper()
		if due := nextDue(t, s); !due.Equal(start.Add(at)) {
			t.Errorf("%s: due after %v, want %v", what, due.Sub(start), at)
		}
	}
	want("a notice", 0)
	update(t, s, func(tx *Tx) error { _, err := tx.ClaimNotices(15*time.Second, 10); return err })
	want("a delivery, before the notice's lease ends", 10*time.Second)
	c.Add(10 * time.Second)
	if len(claim(t, s)) != 1 {
		t.Fatal("not claimed")
	}
	want("the notice's lease", 15*time.Second)
	c.Add(5 * time.Second)
	update(t, s, func(tx *Tx) error {
		out, err := tx.ClaimNotices(time.Hour, 10)
		if len(out) != 1 || out[0].Attempts != 1 {
			t.Errorf("claimed %+v", out)
			return err
		}
		return errors.Join(err, tx.FinishAttempt(Attempt{Notice: out[0].ID, State: aside.DeliverySent}))
	})
	want("the second delivery", 30*time.Second)
	finish(t, s, Attempt{Delivery: one, State: aside.DeliveryQueued, Next: start.Add(20 * time.Second)})
	want("the first, to be tried again", 20*time.Second)
}

// The thread of a mail is the first and the newest of what its audience has:
// never a Message-ID of another conversation, of what is not listed, of a note
// or of automatic mail.
func testThread(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	sc := makeScene(t, s)
	var want []int64
	var last aside.Message
	token := uint64(20000)
	add := func(conversation int64, kind aside.MessageKind, id string, listed bool) int64 {
		token++
		last = aside.Message{Conversation: conversation, Token: token, Kind: kind, MessageID: id}
		update(t, s, func(tx *Tx) error { return tx.AddMessage(&last, listed) })
		return last.ID
	}
	fresh := aside.Conversation{Ticket: sc.ticket.Number, Kind: aside.Side, Token: 19999, Tag: "zz"}
	update(t, s, func(tx *Tx) error { return tx.AddConversation(&fresh) })
	add(fresh.ID, aside.MessageAuto, "auto@x", true)         // the very first, and not heard
	add(fresh.ID, aside.MessageInbound, "unlisted@x", false) // mail from a stranger's thread
	add(fresh.ID, aside.MessageInbound, "", true)            // has no name
	want = append(want, add(fresh.ID, aside.MessageInbound, "first@x", true))
	for i := range 60 {
		add(sc.customer.ID, aside.MessageInbound, fmt.Sprintf("other%d@x", i), true)
		id := add(fresh.ID, aside.MessageOutbound, "", true)
		add(fresh.ID, aside.MessageAuto, fmt.Sprintf("auto%d@x", i), true)
		add(fresh.ID, aside.MessageInbound, fmt.Sprintf("unlisted%d@x", i), false)
		if i >= 10 {
			want = append(want, id)
		}
	}
	before := add(fresh.ID, aside.MessageOutbound, "", true)
	add(fresh.ID, aside.MessageOutbound, "", true) // later than the mail in question
	var got []int64
	view(t, s, func(tx *Tx) error {
		heard, err := tx.thread(fresh.ID, before, aside.Participant{})
		for _, h := range heard {
			got = append(got, h.Message)
		}
		if len(heard) > 0 && heard[0].MessageID != "first@x" {
			t.Errorf("the first is %q", heard[0].MessageID)
		}
		return err
	})
	if !slices.Equal(got, want) {
		t.Errorf("thread %v, want %v", got, want)
	}
	view(t, s, func(tx *Tx) error {
		heard, err := tx.thread(fresh.ID, want[0], aside.Participant{})
		if len(heard) != 0 {
			t.Errorf("before the first there is %v", heard)
		}
		return err
	})
	// Who joined later has their own mail and what came since.
	late := aside.Participant{Since: c.Now().Add(time.Hour), Address: "late@x"}
	c.Add(time.Hour)
	own := add(fresh.ID, aside.MessageInbound, "own@x", true)
	update(t, s, func(tx *Tx) error {
		return tx.exec(`UPDATE message SET author = 'late@x', created_at = created_at - 1 WHERE id = $1`, own)
	})
	since := add(fresh.ID, aside.MessageOutbound, "", true)
	before = add(fresh.ID, aside.MessageOutbound, "", true)
	view(t, s, func(tx *Tx) error {
		heard, err := tx.thread(fresh.ID, before, late)
		if len(heard) != 2 || heard[0].Message != own || heard[1].Message != since {
			t.Errorf("who joined late has %v", heard)
		}
		return err
	})
}

// A notice carries its message, the agent's holder id of that conversation
// and the earlier ones of the same thread.
func testNotices(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	sc := makeScene(t, s)
	add := func(agent string, conversation int64, token uint64) {
		n := aside.Notice{Token: token, Agent: agent, Kind: aside.NoticeMessage, Ticket: sc.ticket.Number, Conversation: conversation,
			MessageRow: sc.answer.ID, Text: "words", Facts: `{"hear":["Jane \"J\" Doe"]}`, Subject: "[#1] Kettle", Important: true}
		update(t, s, func(tx *Tx) error {
			if _, err := tx.Holder(agent, 50+uint64(len(agent))); err != nil {
				return err
			}
			return addNotice(tx, &n, About{Hold: 3})
		})
	}
	for i := range 9 {
		add("dana", sc.customer.ID, uint64(1000+i))
		add("dana", sc.side.ID, uint64(2000+i))
		add("omarion", sc.customer.ID, uint64(3000+i))
	}
	var out []aside.Notice
	update(t, s, func(tx *Tx) (err error) { out, err = tx.ClaimNotices(time.Minute, 100); return err })
	if len(out) != 27 {
		t.Fatalf("claimed %d", len(out))
	}
	view(t, s, func(tx *Tx) error { return tx.Load(nil, out) })
	for _, n := range out {
		if n.Token != 1008 {
			continue
		}
		var earlier []uint64
		for _, e := range n.Earlier {
			earlier = append(earlier, e.Token)
		}
		if !slices.Equal(earlier, []uint64{1000, 1003, 1004, 1005, 1006, 1007}) {
			t.Errorf("earlier ones: %v", n.Earlier)
		}
		if n.Holder != 54 || n.ConvToken != sc.customer.Token || n.Message == nil || n.Message.Text != sc.answer.Text || n.Facts != `{"hear":["Jane \"J\" Doe"]}` || n.NotesToken == 0 || n.NotesHolder != 54 || !n.Important {
			t.Errorf("claimed %+v", n)
		}
	}
	view(t, s, func(tx *Tx) error {
		latest, err := tx.NoticeByToken(2008)
		if latest.Token != 2008 || latest.Hold != 3 || latest.Shown != sc.answer.ID {
			t.Errorf("the last is %+v", latest)
		}
		_, none := tx.NoticeByToken(424242)
		if !errors.Is(none, ErrNotFound) {
			t.Errorf("an unknown notice: %v", none)
		}
		return err
	})
	// One whose message is gone fails alone.
	gone := aside.Notice{Token: 4000, Agent: "dana", Kind: aside.NoticeMessage, MessageRow: 424242}
	next := aside.Notice{Token: 4001, Agent: "dana", Kind: aside.NoticeEvent}
	var rest []aside.Notice
	update(t, s, func(tx *Tx) (err error) {
		if err := errors.Join(addNotice(tx, &gone, About{}), addNotice(tx, &next, About{})); err != nil {
			return err
		}
		rest, err = tx.ClaimNotices(time.Minute, 100)
		return err
	})
	if len(rest) != 1 || rest[0].Token != 4001 || state(t, s, "notice", gone.ID) != "failed" {
		t.Errorf("claimed %+v; the one without its message is %s", rest, state(t, s, "notice", gone.ID))
	}
	update(t, s, func(tx *Tx) error { return tx.NoticeBounced(out[0].ID, "no such user") })
	if got := state(t, s, "notice", out[0].ID); got != "bounced" {
		t.Errorf("a notice that came back is %s", got)
	}
}

// What a daemon claimed and does not know of is free again; what it knows of,
// and what another claimed, is not.
func TestReleaseOthers(t *testing.T) {
	for engine, options := range map[string]func(*testing.T) Options{
		"SQLite":   func(t *testing.T) Options { return Options{Path: filepath.Join(t.TempDir(), "aside.db")} },
		"Postgres": func(t *testing.T) Options { return Options{DSN: postgres.Start(t).Database(t)} },
	} {
		t.Run(engine, func(t *testing.T) {
			c, o := newClock(), options(t)
			named := func(name string) *Store {
				o.Now, o.Log, o.Daemon = c.Now, slog.New(slog.DiscardHandler), name
				s, err := Open(context.Background(), o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = s.Close() })
				return s
			}
			north, south := named("north"), named("south")
			queueAnswer(t, north, makeScene(t, north), c.Now())
			if len(claim(t, south)) != 1 {
				t.Fatal("not claimed")
			}
			kept := queueAnswer(t, north, makeScene(t, north), c.Now())
			lost := queueAnswer(t, north, makeScene(t, north), c.Now())
			if len(claim(t, north)) != 2 {
				t.Fatal("not claimed")
			}
			update(t, north, func(tx *Tx) error { return tx.ReleaseOthers([]int64{0, kept}, []int64{0}) })
			if out := claim(t, north); len(out) != 1 || out[0].Delivery != lost {
				t.Errorf("claimed %+v, want %d", out, lost)
			}
			update(t, north, func(tx *Tx) error { return tx.ReleaseOthers(nil, nil) })
			if out := claim(t, north); len(out) != 2 {
				t.Errorf("where it knows of none %d are free, want 2", len(out))
			}
		})
	}
}
