package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aside"
	"aside/desk/guard"
	"aside/desk/naming"
	"aside/desk/reading"
	"aside/reply/command"
	"aside/templates"
)

// Names beside those of the guards.
const (
	ofLine = "line "   // begins the guard of a line that was not understood; the line follows
	asNote = "as note" // waived where the writer wants the words kept inside
)

// find adds a finding, unless an agent released it.
func (d *deed) find(name, line, why, meant string) {
	d.add(guard.Finding{Guard: name, Reason: templates.Reason{Line: line, Why: why, Meant: meant}})
}

// add adds findings, except those that an agent released.
func (d *deed) add(findings ...guard.Finding) {
	for _, f := range findings {
		if f.Never || !d.waived[f.Guard] {
			d.findings = append(d.findings, f)
		}
	}
}

// refuse adds a problem with a command: nothing in the mail happens.
func (d *deed) refuse(c command.Command, why, meant string) {
	d.findings = append(d.findings, guard.Finding{Guard: ofLine + strings.TrimSpace(c.Source), Cannot: true, Reason: templates.Reason{Line: c.Source, Why: why, Meant: meant}})
}

// check takes the problems of the grammar, and reports whether the commands
// contradict each other: then there is no telling what the rest would be.
func (d *deed) check() (contradicts bool) {
	for _, p := range d.r.Result.Problems {
		line := ofLine + strings.TrimSpace(d.lineOf(p))
		if p.Why != reading.HeardWhy && namesHearers(p) && !d.waived[asNote] {
			// To send this text as it stands would be to send it to the wrong
			// people, with the line that says so.
			d.findings = append(d.findings, guard.Finding{Guard: line, Never: true, Reason: templates.Reason{Line: p.Source, Why: p.Why, Meant: p.Meant}})
			continue
		}
		d.find(line, p.Source, p.Why, p.Meant)
	}
	if d.r.Hidden != "" && !d.waived[asNote] {
		contradicts = true
		d.findings = append(d.findings, guard.Finding{Guard: "hidden command", Never: true, Reason: templates.Reason{Line: d.r.Hidden,
			Why: "Your mail has two forms, plain text and HTML, and this stands in one of them only. Please write it again."}})
	}
	return d.contradictions(d.commands) || contradicts
}

// contradictions are the commands about one ticket that cannot all be meant.
func (d *deed) contradictions(commands []command.Command) (found bool) {
	for _, p := range command.Conflicts(commands) {
		found = true
		d.findings = append(d.findings, guard.Finding{Guard: "contradiction", Never: true, Reason: templates.Reason{Line: p.Source, Why: p.Why, Meant: p.Meant}})
	}
	return found
}

// namesHearers reports whether a line that was not understood or does not
// count, or what it probably meant, says who hears the text. So does a /assign
// that names nobody: beside one that does, the text is for colleagues.
func namesHearers(p command.Problem) bool {
	for _, line := range []string{p.Source, p.Meant} {
		word := strings.TrimLeft(command.Clean(line), "/ ")
		if i := strings.IndexAny(word, " ,.:"); i >= 0 {
			word = word[:i]
		}
		switch command.Verb(strings.ToLower(word)) {
		case command.Note, command.Reply, command.Side, command.Ask, command.New, command.Invite, command.Lead,
			command.Add, command.Remove, command.Requester, command.CcCustomer:
			return true
		case command.Assign:
			if line == p.Source {
				return true
			}
		}
	}
	return false
}

// lineOf is the line of a problem as the mail has it.
func (d *deed) lineOf(p command.Problem) string {
	if p.Line >= 0 && p.Line < len(d.r.Lines) {
		return d.r.Lines[p.Line]
	}
	return p.Source
}

// guards judge what no command in the mail says.
func (d *deed) guards() error {
	d.emptyGuard()
	if d.dest.kind == "" {
		d.findUnshown()
		return nil
	}
	m, err := d.judged()
	if err != nil {
		return err
	}
	found, err := m.Judge()
	if err != nil {
		return err
	}
	d.add(found...)
	d.wordGuard()
	d.findUnshown()
	return nil
}

// wordGuard asks about a word that decides about a held mail or a question, on
// its way out of the team: who writes it alone means what waited, and does so no
// longer, or answered another notice.
func (d *deed) wordGuard() {
	word := d.unsigned()
	_, bare := command.Bare(word)
	if verdict, _ := d.verdict(); (bare || verdict != "") && d.dest.kind != aside.Notes {
		d.find("word", word, "Such a word decides about a held mail or a question, and none waits here for yours. It would leave as your text.", "")
	}
}

// findUnshown finds those who would hear a released mail, and would not have when it
// was held, and its receipt named whom: its ticket is another one since, other
// people hear it, or a name of the address book means somebody else. Where it
// waited for a code nobody was named, and it is the same; so it is with the people
// whom commands name, also where there is no text that they would hear. No earlier
// release waives this: what an earlier receipt showed was let go for those whom it
// named.
func (d *deed) findUnshown() {
	if d.release == nil {
		return
	}
	d.unshown(d.hearers(), d.release.To, "would get this too")
	contacts := slices.DeleteFunc(d.people(), func(a aside.Address) bool { return a.Address == "" }) // our own join as what they are
	d.unshown(contacts, slices.Concat(d.release.Meant, d.release.To), "is meant here")
}

// unshown asks about those who were not among the people of then: what they do now.
func (d *deed) unshown(now, then []aside.Address, do string) {
	held, others := "when your mail was held", "was not named when your mail was held"
	if d.release.Kind == aside.HoldUnproven {
		held, others = "when your mail came", "that was otherwise when your mail came"
	}
	for _, who := range now {
		name := "audience " + cmp.Or(who.Address, who.Name)
		if slices.ContainsFunc(then, same(who)) || d.found(name) {
			continue
		}
		why := fmt.Sprintf("%s %s, and %s.", who.Name, do, others)
		if i := slices.IndexFunc(then, func(a aside.Address) bool { return a.Name == who.Name }); i >= 0 && who.Address != "" {
			why = fmt.Sprintf("%s <%s> %s, and is not the one who was meant %s.", who.Name, who.Address, do, held)
			if !slices.ContainsFunc(now, same(then[i])) {
				why = who.Name + " is " + who.Address + " now, and was somebody else " + held + "."
			}
		}
		d.findings = append(d.findings, guard.Finding{Guard: name, Reason: templates.Reason{Line: who.Name, Why: why}})
	}
}

// found reports whether somebody is asked about already.
func (d *deed) found(name string) bool {
	return slices.ContainsFunc(d.findings, func(f guard.Finding) bool { return f.Guard == name })
}

// same tells whether an address is somebody's. Our own have none there.
func same(who aside.Address) func(aside.Address) bool {
	return func(other aside.Address) bool {
		return who.Address == other.Address && (who.Address != "" || who.Name == other.Name)
	}
}

// emptyGuard holds what has nothing to say where something is to be said.
func (d *deed) emptyGuard() {
	if d.hasText() {
		return
	}
	switch {
	case d.passesOn() && d.dest.open == nil:
		d.findings = append(d.findings, guard.Finding{Guard: guard.Forwards, Never: true, Reason: templates.Reason{Line: naming.Forwarded(d.w.dir, d.r.Forwarded),
			Why: "Your mail only forwards another one, and that does not leave. To send it, answer again and copy it, or attach it."}})
	case d.dest.open != nil && d.dest.open.Share != "" && d.dest.open.Share != "none":
	case d.dest.open != nil:
		d.refuse(*d.dest.open, "There is no text for the side conversation.", "")
	case d.dest.ask != nil:
		d.refuse(*d.dest.ask, "There is no text to ask about.", "")
	case len(d.commands) == 0 && len(d.r.Result.Problems) == 0:
		if o := d.w.in.Mail.Opaque; o != aside.OpaqueNone {
			d.find(guard.Empty, "", fmt.Sprintf("Your mail is packed as %s, which cannot be read here. Please send it as plain text or HTML.", o), "")
			return
		}
		d.find(guard.Empty, "", "Nothing is left of your mail once quoted text and your signature are taken away.", "")
	default:
		for _, c := range d.commands {
			if c.Verb == command.Note || c.Verb == command.Reply { // /attach has said so itself
				d.refuse(c, "There is no text to go with it.", "")
			}
		}
	}
}
