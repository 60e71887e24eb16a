package desk

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	"aside"
)

// opaqueGuard holds what cannot be read here and so cannot be composed anew,
// and what is signed as a whole.
func (d *deed) opaqueGuard() error {
	m := d.w.in.Mail
	empty := slices.ContainsFunc(d.findings, func(f finding) bool { return f.guard == "empty" })
	if m.Opaque != aside.OpaqueNone && !empty {
		why := "Part of your mail is packed as %s, which cannot be read here and does not go along. Please send it as plain text or HTML, with files beside it."
		if d.r.text == "" || armored(d.r.lines, "") {
			why = "Your mail is packed as %s, which cannot be read here. Please send it as plain text or HTML."
		}
		d.find("opaque", "", fmt.Sprintf(why, m.Opaque), "")
	}
	if d.dest.kind == aside.Notes || d.dest.kind == "" {
		return nil
	}
	switch {
	case armored(d.r.lines, "SIGNED "):
		d.find("signed", "", "Your text is signed with PGP, and would leave with the lines that PGP adds. Please send it unsigned.", "")
	case m.Signed != aside.OpaqueNone:
		d.find("signed", "", fmt.Sprintf("Your mail is signed with %s. What leaves here is written anew, so the signature does not go along.", m.Signed), "")
	}
	for _, f := range d.files() {
		if f.Type == "message/rfc822" || attachedMail(f.Name) {
			d.find("attached mail", f.Name, "A whole mail is attached, and it may say more than you mean to send. Please attach the file or copy the text you want.", "")
			continue
		}
		content, err := d.scanned(f)
		if err != nil {
			return err
		}
		names := content.packed
		if at := slices.IndexFunc(names, attachedMail); at >= 0 {
			d.find("attached mail", f.Name, "A whole mail ("+names[at]+") is in this file, and it may say more than you mean to send.", "")
		}
	}
	return nil
}

// attachedMail reports whether a file's name is that of a whole mail.
func attachedMail(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".eml") || strings.HasSuffix(name, ".msg")
}

// packing reports whether a file is only another wrapping of the mail itself:
// it may hold what was quoted, and whoever hears the text has no use for it.
func packing(f aside.Attachment) bool {
	switch f.Type {
	case "application/ms-tnef", "application/vnd.ms-tnef", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pkcs7-signature",
		"application/x-pkcs7-signature", "application/pgp-encrypted", "application/pgp-signature":
		return true
	}
	switch strings.ToLower(f.Name) {
	case "winmail.dat", "smime.p7m", "smime.p7s", "encrypted.asc":
		return true
	}
	return false
}

// armored reports whether new text is a message of PGP's: of kind "SIGNED ", or
// encrypted.
func armored(lines []string, kind string) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "-----BEGIN PGP "+kind+"MESSAGE") })
}

// What is taken out of archives at most.
const (
	maxUnpacked = 4 << 20 // octets, in all
	maxEntries  = 1000
)

// unpacked is what an archive holds, as far as the bounds reach.
type unpacked struct {
	text  string
	names []string
}

// unpack reads ZIP files, which many kinds of documents are, and gzip. Files
// are found by their own headers: of a long archive only the beginning is here,
// and its directory stands at the end (APPNOTE.TXT section 4.3.7).
func unpack(data string) unpacked {
	var u unpacked
	var out bytes.Buffer
	if strings.HasPrefix(data, "\x1f\x8b") {
		if z, err := gzip.NewReader(strings.NewReader(data)); err == nil {
			_, _ = io.Copy(&out, io.LimitReader(z, maxUnpacked)) // what can be read counts
			u.names = append(u.names, z.Name)
		}
	}
	u.entries(data, &out)
	// An archive inside the archive.
	if inner := out.String(); strings.Contains(inner, zipEntry) {
		u.entries(inner, &out)
	}
	u.text = out.String()
	return u
}

// zipEntry begins the header of each file in a ZIP.
const zipEntry = "PK\x03\x04"

// entries reads the files of a ZIP one after the other.
func (u *unpacked) entries(data string, out *bytes.Buffer) {
	const header = 30
	for at := 0; len(u.names) < maxEntries && out.Len() < maxUnpacked; {
		i := strings.Index(data[at:], zipEntry)
		if i < 0 || at+i+header > len(data) {
			return
		}
		h := []byte(data[at+i : at+i+header])
		at += i + len(zipEntry)
		flags, method := binary.LittleEndian.Uint16(h[6:]), binary.LittleEndian.Uint16(h[8:])
		name := int(binary.LittleEndian.Uint16(h[26:]))
		start := at - len(zipEntry) + header + name + int(binary.LittleEndian.Uint16(h[28:]))
		if start > len(data) || name == 0 {
			continue
		}
		u.names = append(u.names, data[at-len(zipEntry)+header:at-len(zipEntry)+header+name])
		const encrypted, deflated = 1, 8
		if flags&encrypted != 0 || method != deflated {
			continue // what is only stored is read with the archive itself
		}
		z := flate.NewReader(strings.NewReader(data[start:]))
		_, _ = io.Copy(out, io.LimitReader(z, int64(maxUnpacked-out.Len()))) // what can be read counts
		out.WriteByte('\n')
	}
}
