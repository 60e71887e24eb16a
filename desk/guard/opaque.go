package guard

import (
	"fmt"
	"slices"
	"strings"

	"aside"
)

// Opaque is what cannot be read here and so cannot be composed anew,
// and what is signed as a whole.
func (m *Mail) Opaque() (out []Finding) {
	if m.In.Opaque != aside.OpaqueNone && !m.Silent {
		why := "Part of your mail is packed as %s, which cannot be read here and does not go along. Please send it as plain text or HTML, with files beside it."
		if m.Reading.Text == "" || armored(m.Reading.Lines, "") {
			why = "Your mail is packed as %s, which cannot be read here. Please send it as plain text or HTML."
		}
		out = append(out, found("opaque", "", fmt.Sprintf(why, m.In.Opaque)))
	}
	if m.Kind == aside.Notes || m.Kind == "" {
		return out
	}
	switch {
	case armored(m.Reading.Lines, "SIGNED "):
		out = append(out, found("signed", "", "Your text is signed with PGP, and would leave with the lines that PGP adds. Please send it unsigned."))
	case m.In.Signed != aside.OpaqueNone:
		out = append(out, found("signed", "", fmt.Sprintf("Your mail is signed with %s. What leaves here is written anew, so the signature does not go along.", m.In.Signed)))
	}
	for _, f := range m.Files {
		if f.Type == "message/rfc822" || attachedMail(f.Name) {
			out = append(out, found("attached mail", f.Name, "A whole mail is attached, and it may say more than you mean to send. Please attach the file or copy the text you want."))
			continue
		}
		names := f.Content.packed
		if at := slices.IndexFunc(names, attachedMail); at >= 0 {
			out = append(out, found("attached mail", f.Name, "A whole mail ("+names[at]+") is in this file, and it may say more than you mean to send."))
		}
	}
	return out
}

// attachedMail reports whether a file's name is that of a whole mail.
func attachedMail(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".eml") || strings.HasSuffix(name, ".msg")
}

// armored reports whether new text is a message of PGP's: of kind "SIGNED ", or
// encrypted.
func armored(lines []string, kind string) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "-----BEGIN PGP "+kind+"MESSAGE") })
}
