package desk_test

import (
	"strings"
	"testing"

	"aside"
	"aside/desk"
	h "aside/test/harness"
)

func TestNote(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	got := w.says(dana, n, "/note\n\nShe is right, "+w.secret("notewords")+".").only("omar: notewords")
	note := got[0]
	if note.From.Name != "Dana Reyes (note)" || note.ReplyTo.Name != "TEAM ONLY #1" || note.Subject != "[#1 team] Kettle" {
		t.Errorf("From %q, cue %q, subject %q", note.From.Name, note.ReplyTo.Name, note.Subject)
	}
	contains(t, note, "YOUR REPLY STAYS IN THE TEAM")
	lacks(t, note, "/note")
	if tick := w.ticket(1); tick.Turn != aside.TurnTeam {
		t.Error("a note moved the turn")
	}
	// Every client's answer to a note stays inside.
	for i, c := range h.Clients() {
		text := []string{"So do I.", "Yes, of course.", "Who else?", "Nobody denies it.", "What now?", "We should pay.", "At once?", "Today!", "Or tomorrow.", "Fine with me."}[i]
		w.post(c.Reply(omar, note, text)).only("dana: " + text)
	}
	// Unless it says /reply, and then without the note.
	for _, c := range h.Clients() {
		m := w.post(commanded(c, dana, w.lastTo("dana", "So do I."), "/reply", "You are right, "+c.Name+".")).
			only("jane: You are right, "+c.Name, "omar: You are right")[0]
		exactly(t, m, "You are right, "+c.Name+".")
	}
}

// Who asks a colleague hears the answer, though the ticket is the colleague's
// now and nobody else is in its room; unless they unfollowed it.
func TestAnswerToANoteReachesItsWriter(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	note := w.says(omar, w.lastTo("omar", "It leaks."), "/assign dana\n\nYou know her, can you do this?").find("dana", "You know her")
	w.says(dana, note, "Not before Friday.").only("omar: Not before Friday.")
	w.says(omar, w.lastTo("omar", "Not before"), "That will do.").only("dana: That will do.")
	w.says(dana, n, "/note\n\nFor myself: it is the old model.").none("omar")
	w.says(omar, w.lastTo("omar", "Not before"), "/unfollow").find("omar", "Done")
	w.says(dana, note, "Or Saturday.").none("omar")
}

// commanded is an answer with a command above everything, quotations
// included: below quoted text none counts.
func commanded(c h.Client, who h.Person, m *h.Mail, line, text string) *h.Draft {
	d := c.Reply(who, m, line+"\n\n"+text)
	if d.HTML == "" {
		d.Text = line + "\n\n" + strings.Replace(d.Text, line+"\n\n", "", 1)
	}
	return d
}

// lastTo is the newest mail to somebody with the words.
func (w *town) lastTo(who, words string) *h.Mail {
	w.t.Helper()
	box := w.boxes[recipient(who)]
	for i := len(box) - 1; i >= 0; i-- {
		if has(box[i], words) {
			return box[i]
		}
	}
	w.t.Fatalf("%s has no mail with %q", who, words)
	return nil
}

// Quoted lines around answers survive only where they were heard.
func TestInterleavedAnswerFromANote(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "Does it leak?\n\nDoes it hiss?")
	c := h.NeomuttInterleaved()
	m := w.post(c.Reply(dana, n, "It must not.")).find("jane", "It must not.")
	contains(t, m, "> Does it leak?")
	lacks(t, m, "YOUR REPLY", "Resolve")
	note := w.says(omar, w.boxes[omar.Address][0], "/note\n\nHer "+w.secret("notewords")+" fault.\n\nReally.").to("dana")
	// A command below quoted text is held; it goes above.
	w.post(c.Reply(dana, note, "/reply\n\nIt is fine.")).only("dana: NOT DONE")
	d := c.Reply(dana, note, "It is fine.")
	d.Text = "/reply\n" + d.Text
	m = w.post(d).find("jane", "It is fine.")
	exactly(t, m, "It is fine.")
}

func TestMentions(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"handle", "@omar what do you think?", []string{"omar: what do you"}},
		{"name", "@Omar Haddad what do you think?", []string{"omar: what do you"}},
		{"of another team", "@eve is that paid?", []string{"eve: is that paid"}},
		{"team", "@billing is that paid?", []string{"eve: is that paid"}},
		{"in the middle, in a note", "/note\n\nIs that paid, @eve?", []string{"eve: Is that paid", "omar: Is that"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			w.says(dana, n, "/take").only("dana: Done: assigned to Dana")
			got := w.says(dana, n, test.text)
			got.none("jane")
			who, words, _ := strings.Cut(test.want[0], ": ")
			m := got.find(who, words)
			if m.ReplyTo.Name != "TEAM ONLY #1" {
				t.Errorf("cue %q", m.ReplyTo.Name)
			}
			// Who was mentioned follows from then on.
			w.says(jane, w.boxes[jane.Address][0], "And it hisses.").find(who, "And it hisses.")
		})
	}
}

// An agent of another team, invited by a mention, may answer.
func TestMentionedAgentTakesPart(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/note\n\n@eve is that paid?").find("eve", "is that paid")
	w.says(eve, m, "Yes, it is.").only("dana: Yes, it is.", "omar: Yes, it is.")
	w.says(eve, m, "/reply\n\nIt is paid, dear Jane.").only("jane: It is paid", "dana: It is paid", "omar: It is paid")
}

func TestMentionGuards(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	contains(t, w.says(dana, n, "@nobody what is this?").only("dana: NOT")[0], "@nobody")
	contains(t, w.says(dana, n, "/note\n\nWhat is this, @omra?").only("dana: NOT")[0], "@omra")
	contains(t, w.says(dana, n, "It is new.\n@omar is that right?").only("dana: NOT SENT")[0], "@omar")
	contains(t, w.says(dana, n, "It is new, says @Omar Haddad.").only("dana: NOT SENT")[0], "colleague")
	contains(t, w.says(dana, n, "/reply\n\n@omar is that right?").only("dana: NOT SENT")[0], "@omar")
	contains(t, w.says(dana, n, "/side courier@vendor.example\n\nAsk @omar.").only("dana: NOT SENT")[0], "@omar")
	// Mail addresses, times and links are none.
	w.says(dana, n, "Write to shop@customer.example @ 5pm, https://x.example/@omar").only("jane: Write to", "omar: Write to")
}

func TestTextThatIsForColleagues(t *testing.T) {
	for _, line := range []string{"/assign omar", "/invite omar", "/lead omar", "/assign billing", "/take", "/assign me", "/assign dana"} {
		t.Run(line, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			got := w.says(dana, n, line+"\n\nPlease look at it.")
			if strings.Contains(line, "take") || strings.Contains(line, "me") || strings.Contains(line, "dana") {
				got.find("jane", "Please look")
				got.find("dana", "Done: assigned to Dana")
				return
			}
			got.none("jane")
			contains(t, got.to("dana"), "kept as a note", "/reply")
		})
	}
}

// With /reply it goes, though its own command gives the ticket away.
func TestReplyBesideACommandForColleagues(t *testing.T) {
	for _, line := range []string{"/assign omar", "/invite omar", "/assign billing"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, line+"\n/reply\n\nWe look at it.").find("jane", "We look at it.")
	}
}

func TestLead(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	other := w.lastTo("omar", "It leaks.")
	w.says(dana, n, "/lead omar").only("dana: Omar leads", "omar: leads this ticket")
	got := w.says(dana, n, "We send a new one, "+w.secret("leadwords")+".")
	got.none("jane")
	contains(t, got.to("dana"), "kept as a note", "Omar leads")
	got.find("omar", "leadwords")
	w.says(omar, other, "We send a new one.").only("jane: We send", "dana: We send")
	// /reply does not get around it.
	w.says(dana, n, "/reply\n\nMe too, "+w.secret("metoowords")).none("jane")
	w.says(dana, n, "/lead none").find("dana", "nobody leads")
	w.says(dana, n, "/reply\n\nNow me.") // Omar has answered since: held
	w.says(dana, w.lastTo("dana", "NOT SENT"), "send").find("jane", "Now me.")
}

func TestAsk(t *testing.T) {
	for _, answer := range []string{"approve", "decline"} {
		t.Run(answer, func(t *testing.T) {
			w := open(t)
			w.opens(jane, "Kettle", "It leaks.")
			got := w.says(omar, w.lastTo("omar", "It leaks."), "/ask dana\n\nMay I give her 20 euro, "+w.secret("askwords")+"?").
				only("dana: asks for your decision", "omar: Dana is asked")
			contains(t, got[0], "askwords")
			if got[0].ReplyTo.Name != "TEAM ONLY #1" {
				t.Errorf("cue %q", got[0].ReplyTo.Name)
			}
			done := map[string]string{"approve": "approved", "decline": "declined"}[answer]
			w.post(w.click(dana, got[0], answer)).only("omar: Dana "+done, "dana: Done: "+done)
			w.history(1, "dana "+done, "May I give her 20 euro, askwords?")
		})
	}
}

func TestAskByWord(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(omar, w.lastTo("omar", "It leaks."), "/ask dana\n\nMay I?").find("dana", "decision")
	w.says(dana, asked, "Approve.").only("omar: Dana approved", "dana: Done: approved")
}

func TestOnlyWhoWasAskedDecides(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks.")
	// Only who was asked decides.
	asked := w.says(omar, w.lastTo("omar", "It leaks."), "/ask dana\n\nMay I again?").find("dana", "decision")
	link := w.click(dana, asked, "approve")
	link.From = omar
	link.To = []h.Person{w.lastTo("omar", "Dana is asked").ReplyTo}
	w.post(link)
	for _, e := range w.events(1) {
		if strings.HasPrefix(e, "omar approved") {
			t.Errorf("Omar approved his own request: %s", e)
		}
	}
}

func TestUnassignedGoesToTheTeamAssignedToItsRoom(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/take").only("dana: Done: assigned to Dana")
	w.says(jane, w.boxes[jane.Address][0], "And it hisses.").only("dana: And it hisses.")
	w.says(dana, n, "/invite omar").only("dana: Omar invited", "omar: invited you")
	w.says(jane, w.boxes[jane.Address][0], "And now?").only("dana: And now?", "omar: And now?")
	w.says(omar, w.lastTo("omar", "And now?"), "/leave").only("omar: you left")
	w.says(jane, w.boxes[jane.Address][0], "Hello?").only("dana: Hello?")
	w.says(omar, w.lastTo("omar", "you left"), "/follow").only("omar: you follow")
	w.says(jane, w.boxes[jane.Address][0], "Hello again?").only("dana: Hello again?", "omar: Hello again?")
	w.says(omar, w.lastTo("omar", "you follow"), "/unfollow").only("omar: no longer follow")
	w.says(jane, w.boxes[jane.Address][0], "Hello once more?").only("dana: once more")
	w.says(dana, n, "/assign none").only("dana: nobody's")
	w.says(dana, n, "/assign billing").only("dana: given to the team billing", "eve: to the team billing")
	w.says(jane, w.boxes[jane.Address][0], "Is it paid?").find("eve", "Is it paid?")
}

func TestNotifySettings(t *testing.T) {
	w := open(t, func(s *desk.Settings) {
		s.Directory.Agents[1].Notify = aside.NotifyAll
		s.Directory.Agents[0].Notify = aside.NotifyMentions
	})
	w.writes(jane, "Kettle", "It leaks.").only("omar: It leaks.", "jane: arrived")
	n := w.lastTo("omar", "It leaks.")
	w.says(omar, n, "/note\n\n@dana look").only("dana: look")
	w.says(omar, n, "/assign dana").only("dana: assigned this ticket", "omar: assigned to Dana")
	w.says(jane, w.boxes[jane.Address][0], "Hello?").only("dana: Hello?", "omar: Hello?")
}

// Somebody of another team who was never invited sees nothing and does nothing.
func TestAnotherTeamSeesNothing(t *testing.T) {
	w := open(t)
	w.opens(jane, "Kettle", "It leaks, "+"kettlewords.")
	n := w.post(h.Write(joe, billing, "Bill", "I paid twice.")).to("eve")
	lacks(t, w.says(eve, n, "/show 1").to("eve"), "kettlewords")
	lacks(t, w.says(eve, n, "/search kettlewords").to("eve"), "It leaks")
	lacks(t, w.says(eve, n, "/list").to("eve"), "#1 ")
	lacks(t, w.says(eve, n, "/why 1").to("eve"), "It leaks", jane.Address)
	w.says(eve, n, "/merge 1").only("eve: NOT")
}

// Who is brought into a ticket hears so once, with the note that does it, and
// how to read what was said before.
func TestBroughtIntoATicket(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	m := w.says(dana, n, "/assign omar\n\nYou know her.").find("omar", "You know her.")
	contains(t, m, "Dana assigned this ticket to you.")
	lacks(t, m, "/show") // it came to him before
	n = w.lastTo("omar", "It leaks.")
	m = w.says(omar, n, "/invite eve\n\nPlease look at the invoice.").find("eve", "Please look")
	contains(t, m, "To read all of it, answer with /show.")
	contains(t, w.says(eve, m, "/show").to("eve"), "It leaks.")
	lacks(t, w.says(omar, n, "/note\n\nDid you look?").find("eve", "Did you"), "/show")
	contains(t, w.says(omar, n, "/assign eve").find("eve", "Omar assigned this ticket to you."), "answer with /show")
}
