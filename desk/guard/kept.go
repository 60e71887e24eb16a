package guard

import (
	"slices"
	"strings"
)

// What a hold keeps beside the names of its guards: it forbids a release, and
// says why.
const (
	Never  = "never"   // a finding that no release lets leave
	Sign   = "sign"    // and it is a sign of our own notices
	Cannot = "cannot"  // a command that cannot be carried out
	NoText = "no text" // there is nothing to send or to keep
)

// Kept are the names that a hold keeps of a mail, sorted: of what was found, of
// what an agent has waived before, and of what forbids a release.
func Kept(findings []Finding, waived map[string]bool, silent bool) []string {
	var names []string
	for name := range waived {
		names = append(names, name)
	}
	for _, f := range findings {
		if f.Never {
			names = append(names, Never)
			switch f.Guard {
			case Marker:
				names = append(names, Sign)
			case Long, Forwards:
				names = append(names, f.Guard)
			}
			continue
		}
		if f.Cannot {
			names = append(names, Cannot)
		}
		names = append(names, f.Guard)
	}
	if silent {
		names = append(names, NoText)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Waived are the guards that a release waives, of the names that a hold kept.
func Waived(names []string) map[string]bool {
	waived := map[string]bool{}
	for _, name := range names {
		if name != Never && name != NoText && name != Cannot {
			waived[name] = true
		}
	}
	return waived
}

// OfNotes reports whether a guard is about something of the notes.
func OfNotes(guard string) bool {
	return strings.HasPrefix(guard, "passage "+notesGuard+" ") || strings.HasPrefix(guard, "file "+notesGuard+" ")
}
