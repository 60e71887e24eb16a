package command

import (
	"strings"
	"unicode/utf8"
)

// nearWord is the command word that word is, or is one edit away from; "" if
// there is none. Short words are compared exactly: too much is one edit away
// from them.
func (p *parser) nearWord(word string) string {
	if p.rules[word] != nil {
		return word
	}
	if utf8.RuneCountInString(word) < 3 {
		return ""
	}
	for _, w := range p.words {
		if len(w) >= 4 && editOne(word, w) {
			return w
		}
	}
	return ""
}

// nearName is the one of some names that is one edit away from name, itself
// unknown; "" if there is none, or more than one.
func (p *parser) nearName(name string, names ...[]string) string {
	if p.known[name] || name == "me" || name == "none" || utf8.RuneCountInString(name) < 3 {
		return ""
	}
	found := ""
	for _, list := range names {
		for _, n := range list {
			if editOne(name, strings.ToLower(n)) {
				if found != "" && !strings.EqualFold(found, n) {
					return ""
				}
				found = n
			}
		}
	}
	return found
}

// Nearest is the candidate that is one edit away from word in any case, for
// "did you mean"; "" if there is none or more than one.
func Nearest(word string, candidates []string) string {
	found := ""
	for _, c := range candidates {
		if editOne(strings.ToLower(word), strings.ToLower(c)) {
			if found != "" && !strings.EqualFold(found, c) {
				return ""
			}
			found = c
		}
	}
	return found
}

// suggest is the command that an unknown word probably meant, with its
// arguments, or "".
func (p *parser) suggest(word, rest string) string {
	if first, more, _ := strings.Cut(Clean(rest), " "); word == "cc" && strings.EqualFold(first, "customer") {
		return p.withArgs(string(CcCustomer), more)
	}
	if w := elsewhere(word); w != "" {
		if strings.Contains(w, " ") {
			return "/" + w
		}
		return p.withArgs(w, rest)
	}
	if w := p.nearWord(word); w != "" {
		return p.withArgs(w, rest)
	}
	if utf8.RuneCountInString(word) < 2 {
		return ""
	}
	found := ""
	for _, w := range p.words {
		longer := strings.HasPrefix(w, word) || utf8.RuneCountInString(word) > 4 && len(w) >= 4 && strings.HasPrefix(word, w)
		if longer && (found == "" || p.rules[found] != p.rules[w]) {
			if found != "" {
				return ""
			}
			found = w
		}
	}
	if found == "" {
		return ""
	}
	return p.withArgs(found, rest)
}

// withArgs is a command line of word with the arguments as written, where the
// command takes any.
func (p *parser) withArgs(word, rest string) string {
	rest = short(Clean(rest))
	if r := p.rules[word]; r == nil || r.args == "" || rest == "" {
		return "/" + word
	}
	return "/" + word + " " + rest
}

// meant is the line that a command in the middle of the text stands for.
func (p *parser) meant(rd reading) string {
	if near := p.nearWord(rd.word); near != "" {
		return p.withArgs(near, strings.TrimLeft(fold(rd.rest), ":;!?)]\"' "))
	}
	return ""
}

// elsewhere is what the words of other helpdesks, and plain words for the same
// thing, are called here.
func elsewhere(word string) string {
	if w := elsewhereTalk(word); w != "" {
		return w
	}
	switch word {
	case "assignee", "assigned", "owner", "reassign", "delegate", "give", "handoff", "assign-to":
		return "assign"
	case "claim", "grab", "mine", "assign-me", "own":
		return "take"
	case "unassign", "drop":
		return "assign none"
	case "solved", "solve", "fixed", "complete", "completed", "finish", "finished", "closed", "end":
		return "resolve"
	case "reopen", "active", "unresolve", "unsnooze", "wake":
		return "open"
	case "wait", "waiting", "on-hold", "onhold":
		return "pending"
	case "remind", "later", "defer", "postpone", "sleep", "followup", "follow-up":
		return "snooze"
	case "file", "attachment":
		return "attach"
	case "deadline", "duedate", "due-date":
		return "due"
	case "mention", "join":
		return "invite"
	case "watch", "subscribe":
		return "follow"
	case "unwatch", "unsubscribe", "mute":
		return "unfollow"
	case "prio", "urgency", "severity", "importance":
		return "priority"
	case "tags", "label", "labels", "untag":
		return "tag"
	case "field", "custom", "category":
		return "set"
	case "junk":
		return "spam"
	case "title", "rename":
		return "subject"
	case "duplicate", "dup", "link":
		return "merge"
	case "create", "ticket":
		return "new"
	case "template", "snippet", "canned":
		return "macro"
	case "release":
		return "send"
	case "cancel", "abort", "trash":
		return "discard"
	case "recall", "revert":
		return "undo"
	case "vacation", "ooo", "holiday":
		return "away"
	case "view", "info", "history":
		return "show"
	case "ls", "tickets", "queue":
		return "list"
	case "find", "query":
		return "search"
	case "stats", "statistics":
		return "report"
	case "commands", "usage", "man":
		return "help"
	}
	return ""
}

// elsewhereTalk are the words about who hears a text.
func elsewhereTalk(word string) string {
	switch word {
	case "internal", "private", "comment", "notes", "team", "whisper":
		return "note"
	case "public", "answer", "respond", "customer":
		return "reply"
	case "vendor", "forward", "fwd", "aside", "consult", "external", "loop":
		return "side"
	case "approve", "approval":
		return "ask"
	case "cc", "bcc", "addcc", "add-cc", "include", "participant":
		return "add"
	case "uncc", "kick", "rm", "del":
		return "remove"
	}
	return ""
}

// editOne reports whether a and b differ by exactly one edit: a letter too
// many, too few, another, or two neighbours exchanged.
func editOne(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return string(x[i:]) == string(y[i+1:])
	}
	if i == len(x) {
		return false // the same but for broken bytes
	}
	if i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:]) {
		return true
	}
	return string(x[i+1:]) == string(y[i+1:])
}
