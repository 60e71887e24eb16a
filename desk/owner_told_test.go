package desk_test

import "testing"

// Whose a ticket is, or was, learns what a colleague did with it; a text that the
// mail says tells by itself.
func TestOwnerLearnsWhatColleaguesDo(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	o := w.lastTo("omar", "It leaks")
	w.says(omar, o, "/take").only("omar: assigned to Omar")
	for _, c := range [][2]string{
		{"/snooze 2d", "Dana snoozed this ticket until Wed 4 Mar 10:00."},
		{"/pending", "Dana set this ticket pending."},
		{"/resolve", "Dana resolved this ticket."},
		{"/open", "Dana opened this ticket."},
	} {
		w.says(dana, n, c[0]).only("dana: Done", "omar: "+c[1])
	}
	w.says(dana, n, "/open").only("dana: open")
	w.says(omar, o, "/resolve").only("omar: resolved")
	w.says(omar, o, "/open")
	w.says(dana, n, "/take").only("dana: assigned to Dana", "omar: Dana took this ticket over.")
	w.says(omar, o, "/assign eve").only("omar: assigned to Eve", "dana: Omar assigned this ticket to Eve.", "eve: Omar assigned this ticket to you.")
	w.says(omar, o, "/assign billing").only("omar: given to the team billing", "eve: Omar gave this ticket to the team billing.")
	e := w.lastTo("eve", "gave this ticket")
	w.says(eve, e, "/assign omar").only("eve: assigned to Omar", "omar: Eve assigned this ticket to you.")
	w.says(eve, e, "/assign support").only("eve: given to the team support", "dana: Eve gave", "omar: Eve gave")
	w.says(dana, n, "/take").only("dana: assigned")
	w.says(omar, o, "/assign none").only("omar: nobody's", "dana: Omar made this ticket nobody's.")
	w.says(dana, n, "/take").only("dana: assigned")
	w.says(omar, o, "/take\n\nDear Jane, I am on it.").only("jane: I am on it", "dana: I am on it", "omar: assigned to Omar")
}

// What is so already is told nobody again.
func TestNothingIsToldTwice(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/assign omar").only("dana: assigned to Omar", "omar: assigned this ticket to you")
	w.says(dana, n, "/assign omar").only("dana: assigned to Omar")
	w.says(dana, n, "/invite omar, eve").only("dana: Omar takes part already; Eve invited", "eve: Dana invited you")
	w.says(dana, n, "/invite eve").only("dana: Eve takes part already")
	w.says(dana, n, "/lead omar").only("dana: Omar leads this ticket", "omar: Omar leads this ticket", "eve: Omar leads this ticket")
	w.says(dana, n, "/lead omar").only("dana: Omar leads this ticket already")
	w.says(dana, n, "/assign support").only("dana: given", "omar: Dana gave")
	w.says(dana, n, "/assign support").only("dana: given to the team support")
}

// A team that gets a ticket with a note gets one mail.
func TestTeamGetsTheNoteAlone(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	got := w.says(dana, n, "/assign billing\n\nThis is yours, please.").only("eve: This is yours", "omar: This is yours", "dana: given to the team billing")
	contains(t, got[0], "Dana gave this ticket to the team billing.", "answer with /show")
	lacks(t, got[1], "gave this ticket")
}

// Whoever no longer follows, and hears all the same, learns why.
func TestUnfollowOfWhoHearsAllTheSame(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/take")
	w.says(dana, n, "/unfollow").only("dana: you no longer follow this ticket; its mail comes to you all the same while it is yours (/leave ends that)")
	w.says(dana, n, "/assign none\n/lead dana")
	w.says(dana, n, "/unfollow").find("dana", "its mail comes to you all the same while you lead it (/leave ends that)")
	w.says(dana, n, "/leave").only("dana: you left this ticket")
	w.says(omar, w.lastTo("omar", "It leaks"), "/unfollow").find("omar", "while nobody else of the team gets it")
}
