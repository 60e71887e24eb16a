// Package naming says how people are called: inside the team, where a stranger's
// name must not pass for one of ours, and in what leaves.
package naming

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aside"
	"aside/templates"
)

// Bounds of a name inside the team. With them the cue in the composer's To line
// keeps its number behind the name, whatever the name is.
const (
	maxShownRunes  = 40
	maxShownOctets = 120
)

// Inside is how somebody is called inside the team, in frames, cues and
// receipts. A name proves nothing: one that could pass for an address, for our
// own words, or for one of ours gives way to the address or stands beside it.
func Inside(dir *aside.Directory, name, address string) string {
	name = bounded(templates.Name(name))
	if name == "" {
		return address
	}
	if !strings.Contains(address, "@") || dir.AgentByHandle(address) != nil {
		return name // an agent's own, from the config
	}
	plain := skeleton(name)
	switch {
	case strings.Contains(plain, "@"), ourWords.MatchString(plain):
		return address
	case looksLikeOurs(dir, plain, address):
		return name + " [" + address + "]"
	}
	return name
}

// Agent is how the team calls the agent of a handle: by first name.
func Agent(dir *aside.Directory, handle string) string {
	if a := dir.AgentByHandle(handle); a != nil {
		return a.FirstName()
	}
	return handle
}

// Callable are the names that an @ can name.
func Callable(dir *aside.Directory) []string {
	var out []string
	for _, a := range dir.Agents {
		out = append(out, a.Handle, a.Name)
	}
	for _, t := range dir.Teams {
		out = append(out, t.Name)
	}
	return out
}

// Called is the agent of a handle, an address or a name, or nil.
func Called(dir *aside.Directory, name string) *aside.Agent {
	if a := dir.AgentByHandle(name); a != nil {
		return a
	}
	if a := dir.AgentByAddress(name); a != nil {
		return a
	}
	for _, a := range dir.Agents {
		if a.Name != "" && strings.EqualFold(a.Name, name) {
			return a
		}
	}
	return nil
}

// Outside is how somebody's words are introduced in what leaves: by the display
// name, or instead of one that is missing, or could pass for another address or
// for one of ours. Inside the team Inside has the name to use.
func Outside(dir *aside.Directory, name, address, instead string) string {
	name = strings.TrimSpace(name)
	if plain := skeleton(name); name == "" || strings.Contains(plain, "@") || looksLikeOurs(dir, plain, address) {
		return instead
	}
	return name
}

// ForwardedWord begins the line above what a mail forwards.
const ForwardedWord = "Forwarded:"

// Forwarded is that line: whose mail it was, and its subject.
func Forwarded(dir *aside.Directory, f *aside.Forwarded) string {
	of := slices.DeleteFunc([]string{Outside(dir, f.From.Name, f.From.Address, f.From.Address), f.Subject}, func(s string) bool { return s == "" })
	return strings.TrimSpace(ForwardedWord + " " + strings.Join(of, ", "))
}

// ourWords are those by which a frame, a cue or a subject tells who will hear:
// nobody else is called so.
var ourWords = regexp.MustCompile(`#\d|\b(CUSTOMER|SIDE)\b|(?i:\b(team only|not sent|not done|not taking part|your reply|the customer|side conversation)\b)`)

// looksLikeOurs reports a name that an agent or a desk has too, or that names
// one of our domains.
func looksLikeOurs(dir *aside.Directory, plain, address string) bool {
	words := Words(plain)
	like := func(own string) bool {
		mine := Words(skeleton(own))
		if len(mine) < 2 { // "Dana", "Support": many are called so and more
			return len(mine) == 1 && slices.Equal(mine, words)
		}
		return !slices.ContainsFunc(mine, func(m string) bool { return !slices.Contains(words, m) })
	}
	small := strings.ToLower(plain)
	domain := func(d string) bool { return d != "" && strings.Contains(small, d) }
	for _, d := range dir.Desks {
		if like(d.Name) || domain(d.Domain()) || domain(d.TokenDomain()) {
			return true
		}
	}
	return slices.ContainsFunc(dir.Agents, func(a *aside.Agent) bool {
		own := slices.ContainsFunc(a.Addresses, func(o string) bool { return aside.FoldAddress(o) == address })
		return !own && like(a.Name)
	})
}

// Words are the words of a name, in lower case.
func Words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// bounded cuts a name for a line that has more to say.
func bounded(s string) string {
	runes := 0
	for i, r := range s {
		if runes++; runes > maxShownRunes || i+utf8.RuneLen(r) > maxShownOctets {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// First is how "Copied by Jane" calls somebody. What is shown with an
// address stays whole.
func First(shown string) string {
	if strings.ContainsAny(shown, "@[") {
		return shown
	}
	first, _, _ := strings.Cut(shown, " ")
	return first
}

// Fold is a text in lower case and without accents.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String())
}

// skeleton is what a name looks like to a hurried reader: compatibility forms
// and accents gone, letters of other alphabets as the Latin ones that they are
// drawn like.
func skeleton(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		if i := slices.Index(drawnFrom, r); i >= 0 {
			return drawnAs[i]
		}
		return r
	}, norm.NFKD.String(s))
}

// drawnFrom are Cyrillic, Greek and other letters, each drawn as the Latin one
// at the same place in drawnAs.
var (
	drawnFrom = []rune("аеорсухіјѕԁһӏԛԝьвкмнтгиАВЕКМНОРСТУХІЈЅԚԜЬ" + "αοντρικυηγχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "ıȷłøđɑɡℓƿᴀᴄᴅᴇɪᴍɴᴏᴘʀꜱᴛᴜʏ")
	drawnAs   = []rune("aeopcyxijsdhlqwbbkmhtruABEKMHOPCTYXIJSQWb" + "aovtpikunyxwABEZHIKMNOPTYX" + "ijlodaglpACDEIMNOPRSTUY")
)
