package store

import (
	"bytes"
	"context"
	"database/sql"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aside"
)

// tour calls every method of Tx, by name, so that its queries are known. A
// method that writes nothing into the rows of the scene may fail.
func tour(sc *scene, c *clock) map[string]func(*Tx) {
	now := c.Now()
	return map[string]func(*Tx){
		"Acted": func(tx *Tx) { tx.Acted("m@x") },
		"AddConversation": func(tx *Tx) {
			tx.AddConversation(&aside.Conversation{Ticket: 1, Kind: aside.Side, Token: 501})
		},
		"AddDelivery": func(tx *Tx) { tx.AddDelivery(502, sc.question, sc.courier, now, false) },
		"AddHad":      func(tx *Tx) { tx.AddHad(506, sc.question, sc.courier) },
		"AddEvent":    func(tx *Tx) { tx.AddEvent(1, "a", "b", nil) },
		"AddHold": func(tx *Tx) {
			m := &aside.Mail{Attachments: []aside.Attachment{{Content: aside.Content{SHA256: "p", Size: 1, Data: []byte("p")}}}}
			tx.AddHold(&HeldMail{Hold: aside.Hold{InboundID: "r"}, Mail: aside.Inbound{Mail: m}})
		},
		"AddLines": func(tx *Tx) { tx.AddLines(1, 1, 1, []uint64{1}) },
		"AddMessage": func(tx *Tx) {
			a := aside.Attachment{Content: aside.Content{SHA256: "a", Size: 1, Data: []byte("a")}}
			tx.AddMessage(&aside.Message{Conversation: 1, Token: 503, Kind: aside.MessageInbound, Attachments: []aside.Attachment{a}}, true)
		},
		"AddPassages":  func(tx *Tx) { tx.AddPassages(1, 1, Ours, []uint64{1}) },
		"ForgetKept":   func(tx *Tx) { tx.ForgetKept(1, 1, []uint64{1}) },
		"KeepPassages": func(tx *Tx) { tx.KeepPassages(1, 1, Ours, []uint64{1}) },
		"AddNotices": func(tx *Tx) {
			addNotice(tx, &aside.Notice{Token: 504, Agent: "dana", MessageRow: 1, Conversation: 1}, About{})
		},
		"AddParticipant": func(tx *Tx) {
			tx.AddParticipant(&aside.Participant{Conversation: 1, Role: "to", Holder: 505}, aside.Customer)
		},
		"AddRecord": func(tx *Tx) {
			tx.AddRecord(&Record{ID: "r"}, aside.Content{SHA256: "r", Size: 1, Data: []byte("r")})
		},
		"AddTicket":     func(tx *Tx) { tx.AddTicket(&aside.Ticket{Status: "open", Turn: "team"}, 0) },
		"AgentOfHolder": func(tx *Tx) { tx.AgentOfHolder(1 << 40) },
		"AllowAll": func(tx *Tx) {
			tx.AllowAll(Limit{"a", []string{"b", "c"}, time.Hour}, Limit{"d", []string{"e"}, time.Hour})
		},
		"Allow":           func(tx *Tx) { tx.Allow("a", "b", time.Hour) },
		"Audience":        func(tx *Tx) { tx.Audience(1) },
		"Bounced":         func(tx *Tx) { tx.Bounced(1, "") },
		"CancelUnsent":    func(tx *Tx) { tx.CancelUnsent(1) },
		"BackToNow":       func(tx *Tx) { tx.BackToNow(); tx.sweepLimits(); tx.sweepLines(aside.StatusResolved, c.Now()) },
		"ClaimDeliveries": func(tx *Tx) { tx.ClaimDeliveries(time.Minute, 5) },
		"ClaimNotices":    func(tx *Tx) { tx.ClaimNotices(time.Minute, 5) },
		"CausedBy":        func(tx *Tx) { tx.CausedBy("") },
		"Candidates": func(tx *Tx) {
			tx.Candidates(Needs{[]uint64{sc.side.Token}, []uint64{sc.jane.Holder, 1 << 41}, []uint64{504}, []string{"m@x"}, []int64{1}, []Case{{"t", "s"}}})
		},
		"Context":          func(tx *Tx) { tx.Context() },
		"Conversation":     func(tx *Tx) { tx.Conversation(1) },
		"Conversations":    func(tx *Tx) { tx.Conversations(1) },
		"CopyLines":        func(tx *Tx) { tx.CopyLines(1, 2, 3, 4) },
		"DeliveryByID":     func(tx *Tx) { tx.DeliveryByID(1) },
		"DeliveryByToken":  func(tx *Tx) { tx.DeliveryByToken(502) },
		"Drop":             func(tx *Tx) { tx.Drop("delivery", 1); tx.Drop("notice", 1) },
		"DueConversations": func(tx *Tx) { tx.DueConversations(now, 5) },
		"DueHolds":         func(tx *Tx) { tx.DueHolds(now, 5) },
		"Duplicate":        func(tx *Tx) { tx.Duplicate("m@x", "d") },
		"EndParticipant":   func(tx *Tx) { tx.EndParticipant(2) },
		"Events":           func(tx *Tx) { tx.Events(1) },
		"Family":           func(tx *Tx) { tx.Family(1) },
		"FileUses":         func(tx *Tx) { tx.FileUses("a", 5) },
		"ForgetPassages":   func(tx *Tx) { tx.ForgetPassages(1) },
		"Stopped":          func(tx *Tx) { tx.Stopped(sc.answer) },
		"HadBy":            func(tx *Tx) { tx.HadBy(sc.answer) },
		"HasInternal":      func(tx *Tx) { tx.HasInternal(1) },
		"FinishAttempt": func(tx *Tx) {
			tx.FinishAttempt(Attempt{Delivery: 1, State: "sent"})
			tx.FinishAttempt(Attempt{Notice: 1, State: "sent"})
		},
		"Hold":         func(tx *Tx) { tx.Hold(1) },
		"Holder":       func(tx *Tx) { tx.Holder("dana", 506) },
		"HolderIn":     func(tx *Tx) { tx.HolderIn(1, "dana") },
		"InboundCount": func(tx *Tx) { tx.InboundCount(1, "a", now) },
		"NoteCount":    func(tx *Tx) { tx.NoteCount(1) },
		"Join":         func(tx *Tx) { tx.Join(1, "dana", "invited") },
		"LastUnsent":   func(tx *Tx) { tx.LastUnsent("dana", tx.Now(), 1) },
		"KnowFrame":    func(tx *Tx) { tx.KnowFrame(1, []uint64{1}) },
		"Load": func(tx *Tx) {
			tx.Load([]aside.Outgoing{{Message: aside.Message{ID: 1, Conversation: 1}}}, nil)
			tx.Load(nil, []aside.Notice{{ID: 5, Agent: "dana", Conversation: 1}})
		},
		"FewNoticesSince": func(tx *Tx) { tx.FewNoticesSince([]string{"dana"}, 1, now, 3) },
		"LearnCase":       func(tx *Tx) { tx.LearnCase("t", "s", sc.side.ID) },
		"Leave":           func(tx *Tx) { tx.Leave(1, "dana") },
		"KeepLines":       func(tx *Tx) { tx.KeepLines(1, map[int64][]uint64{1: {1}}) },
		"KnowLines":       func(tx *Tx) { tx.KnowLines(1, 1, 1) },
		"Lines": func(tx *Tx) {
			tx.Lines(1, 0, nil, func(LineSet) {})
			tx.Lines(1, 0, func(int64, string) []uint64 { return nil }, func(LineSet) {})
		},
		"MarkRelayed": func(tx *Tx) { tx.MarkRelayed(1, 2) },
		"Message":     func(tx *Tx) { tx.Message(1) },
		"Messages":    func(tx *Tx) { tx.Messages(1, 5) },
		"Meta":        func(tx *Tx) { tx.Meta("k") },
		"MoveMessage": func(tx *Tx) {
			m := aside.Message{Conversation: sc.customer.ID, Token: 31339, Kind: aside.MessageInbound, Author: "jane@customer.example"}
			tx.AddMessage(&m, true)
			tx.MoveMessage(m.ID, sc.side)
		},
		"NameParticipant":    func(tx *Tx) { tx.NameParticipant(1, "Jane") },
		"NextDue":            func(tx *Tx) { tx.NextDue() },
		"NoticeBounced":      func(tx *Tx) { tx.NoticeBounced(1, "") },
		"RepeatNotice":       func(tx *Tx) { tx.RepeatNotice(1, 2, "{}") },
		"NoticeByID":         func(tx *Tx) { tx.NoticeByID(1) },
		"AlsoTold":           func(tx *Tx) { tx.AlsoTold(NoticeOf{}, []string{"dana"}) },
		"NoticeByToken":      func(tx *Tx) { tx.NoticeByToken(504) },
		"NoticesSince":       func(tx *Tx) { tx.NoticesSince("dana", 1, now, 5) },
		"Now":                func(tx *Tx) { tx.Now() },
		"OpenTicketsOf":      func(tx *Tx) { tx.OpenTicketsOf("a", 5) },
		"Participants":       func(tx *Tx) { tx.Participants(1) },
		"PutContent":         func(tx *Tx) { tx.PutContent(aside.Content{SHA256: "q", Size: 1, Data: []byte("q")}) },
		"Passages":           func(tx *Tx) { tx.Passages(1, []uint64{1}) },
		"PassagesUpto":       func(tx *Tx) { tx.PassagesUpto(1, 1) },
		"Queue":              func(tx *Tx) { tx.Queue(false, 5); tx.Queue(true, 5) },
		"QueueLength":        func(tx *Tx) { tx.QueueLength("queued"); tx.QueueLength("failed") },
		"Record":             func(tx *Tx) { tx.Record("r") },
		"Records":            func(tx *Tx) { tx.Records("m@x") },
		"RedrawHolder":       func(tx *Tx) { tx.RedrawHolder(1, "dana", 507) },
		"ReleaseLeases":      func(tx *Tx) { tx.ReleaseLeases() },
		"ReleaseOthers":      func(tx *Tx) { tx.ReleaseOthers([]int64{1}, nil) },
		"Renew":              func(tx *Tx) { tx.Renew(1, 0, 0, now); tx.Renew(0, 1, 0, now) },
		"RepliedSince":       func(tx *Tx) { tx.RepliedSince(1, now, "a") },
		"ResolvesAt":         func(tx *Tx) { tx.ResolvesAt(1) },
		"ResolvingAt":        func(tx *Tx) { tx.ResolvingAt(now, 5) },
		"RetryNow":           func(tx *Tx) { tx.RetryNow("delivery", 1); tx.RetryNow("notice", 1) },
		"Room":               func(tx *Tx) { tx.Room(1) },
		"SaveConversation":   func(tx *Tx) { tx.SaveConversation(sc.side) },
		"WithdrawCodes":      func(tx *Tx) { tx.WithdrawCodes("dana", "dana@example.com") },
		"SaveHold":           func(tx *Tx) { tx.SaveHold(&HeldMail{}) },
		"SaveRecord":         func(tx *Tx) { tx.SaveRecord(&Record{}) },
		"SaveTicket":         func(tx *Tx) { tx.SaveTicket(sc.ticket) },
		"Search":             func(tx *Tx) { tx.Search("a b", nil, 5, 5); tx.Search("a b", &Sight{"dana", []string{"a"}}, 5, 5) },
		"SentElsewhere":      func(tx *Tx) { tx.SentElsewhere("a", 1, "b c", 3) },
		"SetField":           func(tx *Tx) { tx.SetField(1, "a", "b"); tx.SetField(1, "a", "") },
		"SetMeta":            func(tx *Tx) { tx.SetMeta("a", "b") },
		"SetResolvesAt":      func(tx *Tx) { tx.SetResolvesAt(1, now) },
		"SetTag":             func(tx *Tx) { tx.SetTag(1, "a", true); tx.SetTag(1, "a", false) },
		"SnoozedUntil":       func(tx *Tx) { tx.SnoozedUntil(now, 5) },
		"ChangedSince":       func(tx *Tx) { tx.ChangedSince(1, "a", now) },
		"ActedAt":            func(tx *Tx) { tx.ActedAt(1, "dana", "a", now) },
		"TagsAndFields":      func(tx *Tx) { tx.TagsAndFields(sc.ticket) },
		"TellDelay":          func(tx *Tx) { tx.TellDelay(1, 0); tx.TellDelay(0, 1) },
		"Ticket":             func(tx *Tx) { tx.Ticket(1) },
		"ShownInside":        func(tx *Tx) { tx.ShownInside("dana", 1) },
		"TicketMessages":     func(tx *Tx) { tx.TicketMessages(1, 5) },
		"TicketParticipants": func(tx *Tx) { tx.TicketParticipants(1) },
		"TicketRecords":      func(tx *Tx) { tx.TicketRecords(1, 5) },
		"OpenTickets":        func(tx *Tx) { tx.OpenTickets() },
		"Tickets": func(tx *Tx) {
			tx.Tickets(TicketFilter{Limit: 5})
			tx.Tickets(TicketFilter{Statuses: []aside.Status{"open", "pending"}, Teams: []string{"a"}, Also: "dana", Limit: 5})
			tx.Tickets(TicketFilter{Statuses: []aside.Status{"open"}, Assignee: "dana", Limit: 5})
			tx.Tickets(TicketFilter{Statuses: []aside.Status{"open"}, Free: true, Agents: []string{"dana"}, Limit: 5})
		},
		"WithoutPassages": func(tx *Tx) { tx.WithoutPassages(1, 5) },
		"WaitingHolds":    func(tx *Tx) { tx.WaitingHolds("dana") },
		"UnprovenHolds":   func(tx *Tx) { tx.UnprovenHolds("dana", "", 5) },
	}
}

// knowingly are the queries that read a whole table: an admin's or an agent's
// command now and then, or work beside the writer.
var knowingly = []string{
	`FROM delivery d JOIN participant p ON p.id = d.participant JOIN conversation c ON c.id = d.conversation WHERE d.state IN ('queued', 'failed', 'bounced')`, // queue list --all
	`FROM ticket WHERE 1 = 1 ORDER BY updated_at DESC`, // a list without any filter
	`SELECT id FROM blob b WHERE touched_at < $1`,      // the hourly sweep, on a snapshot
}

// short are the indexes that hold only what waits or went wrong, and tables
// that do not grow with the mail: reading all of them is cheap. So are the
// results of bounded queries within a query, which have names.
var short = regexp.MustCompile(`USING (COVERING )?INDEX (delivery|notice)_(due|leased|failed)\b|^SCAN (h|holder|meta|migration|c|soonest_delivery|soonest_notice|newest|first|others)\b`)

// Every query finds its rows by an index.
func TestPlans(t *testing.T) {
	c := newClock()
	s := openSQLite(t, c)
	sc := makeScene(t, s)
	stops := tour(sc, c)
	methods := reflect.TypeFor[*Tx]()
	for i := range methods.NumMethod() {
		if name := methods.Method(i).Name; stops[name] == nil {
			t.Errorf("method %s is not on the tour: call it there, so that its queries are looked at", name)
		}
	}
	for range 2 { // the second time finds what the first wrote
		for _, name := range slices.Sorted(maps.Keys(stops)) {
			// What is refused is undone with all else of the same change.
			_ = s.Update(context.Background(), func(tx *Tx) error { stops[name](tx); return nil })
		}
	}
	fill(t, s)
	if _, err := s.KeepStream(context.Background(), bytes.NewReader(octets(chunkSize+1, 1))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SweepBlobs(context.Background()); err != nil {
		t.Fatal(err)
	}
	queries := slices.Collect(maps.Keys(s.conn.byQ))
	for _, r := range s.readers.free {
		queries = slices.AppendSeq(queries, maps.Keys(r.byQ))
	}
	looked := 0
	for _, q := range queries {
		if strings.HasPrefix(q, "PRAGMA") || strings.Contains("BEGIN IMMEDIATE COMMIT ROLLBACK SAVEPOINT member ROLLBACK TO member RELEASE member", q) {
			continue
		}
		looked++
		for _, step := range plan(t, s, q) {
			if strings.HasPrefix(step, "SCAN ") && !harmless(q, step) {
				t.Errorf("%s\n in %s", step, q)
			}
		}
	}
	if looked < 110 {
		t.Errorf("only %d queries were looked at", looked)
	}
}

// plan is how SQLite would run a query.
func plan(t *testing.T, s *Store, query string) (steps []string) {
	t.Helper()
	args := slices.Repeat([]any{1}, 32) // no query has more; those over its number are left out
	rows, err := s.reader.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, other sql.NullInt64
		var step string
		if err := rows.Scan(&id, &parent, &other, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	return steps
}

func harmless(query, step string) bool {
	if strings.Contains(step, "VIRTUAL TABLE INDEX") || strings.Contains(step, "CONSTANT ROW") || strings.HasPrefix(step, "SCAN (") || short.MatchString(step) {
		return true
	}
	return slices.ContainsFunc(knowingly, func(k string) bool { return strings.Contains(strings.Join(strings.Fields(query), " "), k) })
}
