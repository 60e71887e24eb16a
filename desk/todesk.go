package desk

import (
	"fmt"
	"maps"
	"slices"

	"aside"
	"aside/desk/action"
	"aside/desk/answer"
	"aside/desk/reading"
	"aside/desk/ticket"
	"aside/reply/command"
	"aside/store"
)

// atDesk carries out what an agent wrote to the desk itself, or as an answer
// to a notice that belongs to no ticket.
func (d *deed) atDesk() error {
	d.commands = d.r.Result.Commands
	if len(d.r.Listed) > 0 && len(d.r.Result.Problems) == 0 {
		return d.onList()
	}
	if !d.bringsMail() {
		if done, err := d.questions(); done || err != nil {
			d.because("It asks, and changes nothing.")
			return err
		}
	}
	d.check()
	if len(d.commands) == 1 && d.commands[0].Verb == command.Confirm && !d.hasText() {
		return d.confirmAlone(d.commands[0])
	}
	for _, c := range d.commands {
		if c.Verb == command.New {
			return d.begin(c)
		}
	}
	if d.w.place.NoTicket || !d.hasText() && !d.bringsMail() {
		return d.opensNone()
	}
	return d.newAtDesk()
}

// because adds to the reason why the mail is where it is what became of it at
// the desk.
func (d *deed) because(why string) {
	d.w.place.Reason += " " + why
	d.w.rec.Reason += " " + why
}

// opensNone is a mail that no ticket begins with: it says nothing, or answers a
// list or a receipt.
func (d *deed) opensNone() error {
	for _, c := range d.commands {
		why := "This needs a ticket: answer one of its mails, or write the ticket's number before the command."
		if c.Verb == command.Confirm { // a machine that answers has the code, too, but never alone
			why = "A code counts only where nothing else is written. Send this line alone."
		}
		d.refuse(c, why, "")
	}
	d.emptyGuard()
	if err := d.notRead(); err != nil {
		return err
	}
	if len(d.findings) > 0 {
		return d.hold()
	}
	d.notDone = append(d.notDone, "an answer to a list or a receipt takes commands only")
	d.next = "Write lines such as \u201c1042 1043 /assign omar\u201d."
	d.w.rec.Outcome = store.OutcomeDone
	return d.receipt()
}

// notRead finds what cannot be read of the mail, and in a note whom it cannot
// mean.
func (d *deed) notRead() error {
	m, err := d.judged()
	if err != nil {
		return err
	}
	d.add(m.Opaque()...)
	if m.Kind == aside.Notes {
		d.add(m.Mentions()...)
	}
	return nil
}

func (d *deed) confirmAlone(c command.Command) error {
	ok, err := d.confirm(c)
	if err != nil {
		return err
	}
	if !ok {
		d.notDone = append(d.notDone, "the code is not valid, or its day is over")
	}
	d.because("It carries a confirmation code.")
	d.w.rec.Outcome = store.OutcomeDone
	return d.receipt()
}

// onList carries out lines such as "1042 1043 /assign omar", all or none.
func (d *deed) onList() error {
	var acts []func() error
	of := map[int64][]command.Command{}
	for _, line := range d.r.Listed {
		if d.bringsMail() {
			d.refuse(line.Command, "Your mail forwards another one, and this line is about another ticket. Send it in a mail of its own.", "")
			break
		}
		for _, number := range line.Numbers {
			of[number] = append(of[number], line.Command)
			if do := d.onNumber(number, line.Command); do != nil {
				acts = append(acts, do)
			}
		}
	}
	for _, number := range slices.Sorted(maps.Keys(of)) {
		d.contradictions(of[number])
	}
	if len(d.findings) > 0 {
		return d.hold()
	}
	d.because("Its lines name the tickets that they are about.")
	for _, do := range acts {
		if err := do(); err != nil {
			return err
		}
	}
	d.w.rec.Outcome = store.OutcomeDone
	return d.receipt()
}

// onNumber plans a command about the ticket of a number. It is nil where the
// command is refused.
func (d *deed) onNumber(number int64, c command.Command) func() error {
	v, err := d.w.tickets.Open(number)
	if err != nil || !v.SeenBy(d.a) {
		d.refuse(c, fmt.Sprintf("There is no ticket #%d that you can see.", number), "")
		return nil
	}
	asks := answer.Asks(c.Verb)
	if into := v.Ticket.MergedInto; into != 0 && !asks {
		d.refuse(c, fmt.Sprintf("#%d was merged into #%d.", number, into), fmt.Sprintf("%d /%s", into, c.Verb))
		return nil
	}
	if v.Ending != 0 && !asks {
		d.refuse(c, action.Ends(v), "")
		return nil
	}
	sub := &deed{w: d.w, a: d.a, v: v, r: &reading.Reading{}, waived: map[string]bool{}}
	do := func() error { return sub.answer(c) }
	if !asks {
		do, _ = sub.step(c)
	}
	d.findings = append(d.findings, sub.findings...)
	if do == nil {
		return nil
	}
	return func() error {
		if err := do(); err != nil {
			return fmt.Errorf("ticket %d: %w", number, err)
		}
		d.done = append(d.done, ofTicket(v, sub.done)...)
		d.notDone = append(d.notDone, ofTicket(v, sub.notDone)...)
		if asks {
			return nil
		}
		return v.Save()
	}
}

// ofTicket says of some things that were done, or were not, which ticket they
// are about.
func ofTicket(v *ticket.View, told []string) (out []string) {
	for _, t := range told {
		out = append(out, fmt.Sprintf("#%d %s", v.Ticket.Number, t))
	}
	return out
}

// namedCustomer finds the one live ticket whose customer stands in To or Cc.
func (d *deed) namedCustomer() (v *ticket.View, several bool, err error) {
	var found []int64
	for _, a := range d.w.outsiders(append(slices.Clone(d.w.in.Mail.To), d.w.in.Mail.Cc...)) {
		list, err := d.w.tx.OpenTicketsOf(a.Address, 5)
		if err != nil {
			return nil, false, err
		}
		for _, t := range list {
			found = append(found, t.Number)
		}
	}
	if len(found) == 0 {
		return nil, false, nil
	}
	if len(found) > 1 {
		return nil, true, nil
	}
	v, err = d.w.tickets.Open(found[0])
	if err != nil || !v.SeenBy(d.a) {
		return nil, false, err
	}
	return v, false, nil
}
