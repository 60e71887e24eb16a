package command

import "strings"

// Answer is a word that answers a hold's receipt.
type Answer struct {
	Verb  Verb  // Send, Note or Discard
	Hold  int64 // 7 for H7; 0 when not said
	Notes bool  // "send notes"
}

// Bare reads a mail's whole new text as the answer to a hold's receipt: the
// word send, note or discard, in any case, with or without a slash and the
// hold's number, with whatever punctuation a keyboard adds. Anything more is
// no answer but text: "send it" is not, and "send?" asks.
func Bare(text string) (Answer, bool) {
	const longest = 2000 // blank lines and invisible signs included
	var words []string
	for line := range strings.Lines(text) {
		if trim(line) == "--" {
			break
		}
		if blankLine(line) {
			continue
		}
		if words != nil || len(line) > longest {
			return Answer{}, false
		}
		words = strings.FieldsFunc(strings.ToLower(strings.Trim(Clean(line), " .,;:!\"'/()*_`")),
			func(r rune) bool { return r == ' ' || r == ',' })
	}
	if len(words) == 0 {
		return Answer{}, false
	}
	var a Answer
	switch words[0] {
	case "send", "note", "discard":
		a.Verb = Verb(words[0])
	default:
		return Answer{}, false
	}
	for _, w := range words[1:] {
		n, isHold := holdNumber(strings.Trim(w, ".,"))
		switch {
		case isHold && a.Hold == 0:
			a.Hold = n
		case w == "notes" && a.Verb == Send && !a.Notes:
			a.Notes = true
		default:
			return Answer{}, false
		}
	}
	return a, true
}

// ListLine is a command for the tickets of a list: "1042 1043 /assign omar".
type ListLine struct {
	Numbers []int64
	Command Command
}

// maxListed bounds the tickets that one line names.
const maxListed = 200

// ParseList reads the new lines of an answer to a list or a digest, which
// takes commands only: each line names tickets and what to do with them, or is
// a command by itself (in r.Commands). Everything else up to a line "--" is a
// Problem. r.Lines holds the lines of both kinds.
func ParseList(lines []string, o Options) (list []ListLine, r Result) {
	p := newParser(o)
	for i := 0; i < len(lines) && trim(lines[i]) != "--"; i++ {
		if blankLine(lines[i]) {
			continue
		}
		if _, _, kind := head(lines[i]); kind != headText {
			it := p.item(lines[i:i+1], 0)
			it.line, it.n = i, 1
			if it.kind == itemText {
				it.read.fault = &fault{why: listExample}
			}
			r.take(it, lines)
			continue
		}
		numbers, rest, fault := listed(lines[i])
		if fault == "" {
			c, f := p.listCommand(rest)
			if f == nil {
				c.Line, c.Source = i, source(lines[i])
				list = append(list, ListLine{Numbers: numbers, Command: c})
				r.Lines = append(r.Lines, i)
				continue
			}
			if f.later != "" {
				r.Later = append(r.Later, f.later)
			}
			meant := f.meant
			if strings.HasPrefix(meant, "/") {
				plain := fold(lines[i])
				meant = strings.TrimSpace(plain[:strings.IndexByte(plain, '/')]) + " " + meant
			}
			r.Problems = append(r.Problems, Problem{Line: i, Source: source(lines[i]), Why: f.why, Meant: meant})
			continue
		}
		r.Problems = append(r.Problems, Problem{Line: i, Source: source(lines[i]), Why: fault})
	}
	return list, r
}

const listExample = "An answer to a list takes lines such as \u201c1042 1043 /assign omar\u201d."

// listed splits a line into ticket numbers and the command behind them.
func listed(line string) (numbers []int64, rest, why string) {
	plain := fold(line)
	slash := strings.IndexByte(plain, '/')
	if slash < 0 {
		return nil, "", listExample
	}
	for _, w := range strings.FieldsFunc(plain[:slash], func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		n, ok := number(strings.TrimRight(w, ".:"))
		if !ok {
			return nil, "", quoted(w) + " is not the number of a ticket. " + listExample
		}
		if numbers = append(numbers, n); len(numbers) > maxListed {
			return nil, "", "That is too many tickets for one line."
		}
	}
	if len(numbers) == 0 {
		return nil, "", listExample
	}
	return numbers, plain[slash:], ""
}

// Numbered reports whether a line is one for tickets by their numbers, whatever
// command was meant: "1042 /resolv".
func Numbered(line string) bool {
	_, rest, why := listed(line)
	if why != "" {
		return false
	}
	_, _, kind := head(rest)
	return kind == headShape
}

// listCommand reads the command behind ticket numbers.
func (p *parser) listCommand(s string) (Command, *fault) {
	word, rest, kind := head(s)
	if kind != headShape {
		return Command{}, &fault{why: listExample}
	}
	rd := p.read(word, rest, len(rest)*2+1)
	if rd.fault == nil && !rd.rule.list {
		return Command{}, &fault{why: "/" + word + " cannot be used on the lines of a list."}
	}
	return rd.cmd, rd.fault
}

// Conflicts are the commands of one mail that cannot all be meant: a text with
// two destinations, a ticket with two states or owners. The later of the two
// is the Problem's line.
func Conflicts(commands []Command) []Problem {
	var out []Problem
	said := map[string]Command{}
	for _, c := range commands {
		group := conflictGroup(c.Verb)
		if group == "" {
			continue
		}
		before, twice := said[group]
		if !twice {
			said[group] = c
			continue
		}
		out = append(out, Problem{Line: c.Line, Source: c.Source,
			Why: conflictWhy(group) + quoted(before.Source) + " and " + quoted(c.Source) + "."})
	}
	return out
}

func conflictGroup(v Verb) string {
	switch v {
	case Note, Reply, Side, Ask, New:
		return "text"
	case Open, Pending, Resolve, Snooze, Spam:
		return "status"
	case Assign, Lead, Due, CcCustomer, Priority, Subject, Requester, Merge:
		return string(v)
	}
	return ""
}

func conflictWhy(group string) string {
	switch group {
	case "text":
		return "This text cannot go to two places: "
	case "status":
		return "The ticket cannot have two states: "
	}
	return "Only one of these can be meant: "
}
