package desk

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"aside"
	"aside/desk/action"
	"aside/desk/guard"
	"aside/desk/reading"
	"aside/reply/command"
	"aside/store"
)

// judged is the mail as the guards look at it: where it leaves the team, with
// the texts that would leave. Those are the words, a new conversation's subject,
// and of attachments the names and whatever reads like text.
func (d *deed) judged() (*guard.Mail, error) {
	w := d.w
	m := &guard.Mail{Tx: w.tx, Dir: w.dir, Keys: w.s.Keys, Tickets: w.tickets, In: w.in.Mail, Reading: d.r, Commands: d.commands,
		Agent: d.a, Place: w.place, Answered: d.answered, View: d.v,
		Kind: d.dest.kind, To: d.dest.conv, Directed: d.dest.named, NewAudience: d.newAudience()}
	m.Copies = d.v != nil && slices.ContainsFunc(d.commands, copiesCustomer)
	m.Silent = slices.ContainsFunc(d.findings, func(f guard.Finding) bool { return f.Guard == guard.Empty })
	if m.Kind == aside.Notes || m.Kind == "" {
		return m, nil
	}
	if d.v != nil {
		m.Hearers, m.Named = d.readers(), d.named()
	}
	m.Texts = append(m.Texts, guard.Scan(w.s.Keys, d.r.Text))
	if d.dest.open != nil {
		subject, err := d.sideSubject()
		if err != nil {
			return nil, err
		}
		m.Texts = append(m.Texts, guard.Scan(w.s.Keys, subject))
	}
	for _, f := range d.files() {
		content, err := w.scanned(f)
		if err != nil {
			return nil, err
		}
		m.Files = append(m.Files, guard.File{Attachment: f, Content: content})
		m.Texts = append(m.Texts, guard.Scan(w.s.Keys, f.Name), content)
	}
	for _, f := range d.attached {
		content, err := w.scanned(f)
		if err != nil {
			return nil, err
		}
		m.Meant = append(m.Meant, guard.Scan(w.s.Keys, f.Name), content)
	}
	return m, nil
}

// marked reports whether a sign of our own notices is in some files that are to
// go into a conversation as they are.
func (d *deed) marked(to aside.Conversation, files []aside.Attachment) (bool, error) {
	m := &guard.Mail{Tx: d.w.tx, Dir: d.w.dir, Keys: d.w.s.Keys, Reading: &reading.Reading{}, View: d.v, To: &to}
	for _, f := range files {
		content, err := d.w.scanned(f)
		if err != nil {
			return false, err
		}
		m.Texts = append(m.Texts, guard.Scan(d.w.s.Keys, f.Name), content)
	}
	return len(m.Marks()) > 0, nil
}

// readers are the addresses of those who would hear the text.
func (d *deed) readers() (addresses []string) {
	for _, who := range d.textHearers() {
		if who.Address != "" {
			addresses = append(addresses, aside.FoldAddress(who.Address))
		}
	}
	return addresses
}

// named are those whom the mail's commands let hear it, by every name that
// they have there.
func (d *deed) named() []aside.Address {
	var out []aside.Address
	for _, c := range d.commands {
		if c.Verb != command.Side && c.Verb != command.Add && c.Verb != command.Requester {
			continue
		}
		for i, who := range c.Args {
			out = append(out, aside.Address{Name: who})
			if i < len(c.Names) {
				out = append(out, aside.Address{Name: c.Names[i]})
			}
			if t, why := action.Whom(d.w.dir, d.v, who); why == "" {
				out = append(out, t.Contact)
			}
		}
	}
	return out
}

// scanned is an attachment as it was looked at before the transaction, or is
// now.
func (w *work) scanned(f aside.Attachment) (guard.Text, error) {
	if s, ok := w.scans[f.SHA256]; ok {
		return s, nil
	}
	raw, err := w.raw(f)
	if err != nil {
		return guard.Text{}, err
	}
	return guard.ScanFile(w.s.Keys, f, raw), nil
}

// raw is the beginning of an attachment as it is.
func (w *work) raw(f aside.Attachment) (string, error) {
	if f.Data != nil || f.Size == 0 {
		return string(f.Data[:min(len(f.Data), guard.MaxScanned)]), nil
	}
	r, err := w.s.Store.OpenBlob(w.tx.Context(), f.SHA256)
	if err != nil {
		return "", fmt.Errorf("read attachment %q: %w", f.Name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, guard.MaxScanned))
	if err != nil {
		return "", fmt.Errorf("read attachment %q: %w", f.Name, err)
	}
	return string(b), nil
}

// files are the attachments that go with the text: proper ones, and pictures
// that the kept text shows. What the mail itself came packed in stays inside,
// and so do the pictures of a quotation; those of a forward stay with it.
func (d *deed) files() []aside.Attachment {
	return slices.DeleteFunc(slices.Clone(d.w.in.Mail.Attachments), func(f aside.Attachment) bool {
		shown := slices.Contains(d.r.ContentIDs, f.ContentID)
		switch {
		case d.forwarded != nil:
			return d.theirs(f) || f.Inline && !shown && d.knowsPictures()
		case !shown && (f.Inline && !d.keepsForward() || d.pictures[f.SHA256]):
			return true
		default:
			return packing(f) && d.dest.kind != aside.Notes
		}
	})
}

// knowPictures finds the pictures with a Content-ID that the ticket has already:
// where a mail's HTML was lost on its way, nothing else tells those that it
// quotes from files. Where the HTML is there, what it does not show is a file:
// some mail servers give every file a Content-ID.
func (d *deed) knowPictures() error {
	d.pictures = map[string]bool{}
	if d.w.in.Mail.HTML != "" {
		return nil
	}
	for _, f := range d.w.in.Mail.Attachments {
		if f.ContentID == "" || f.Inline || !strings.HasPrefix(f.Type, "image/") {
			continue
		}
		uses, err := d.w.tx.FileUses(f.SHA256, 1000)
		if err != nil {
			return err
		}
		d.pictures[f.SHA256] = slices.ContainsFunc(uses, func(u store.FileUse) bool { return u.Ticket == d.v.Ticket.Number || u.Ticket == d.w.place.FromTicket })
	}
	return nil
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
