package desk

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"aside"
	"aside/reply"
	"aside/store"
	"aside/threading"
)

// scanned is a text that would leave, as the guards look at it. It is never
// changed.
type scanned struct {
	text      string
	passages  []reply.Passage
	addresses []string
	packed    []string // names of the files in an archive
	binary    string   // where else names of ours may stand: what is no text
	markers   []string
	signed    []threading.Signed
}

func (w *work) scan(text string) scanned {
	s := scanned{text: text, passages: reply.Passages(w.s.Keys.LineKey(), text), addresses: reply.Addresses(text)}
	w.scanMarks(&s, text)
	return s
}

// scanMarks adds what a text carries of ours.
func (w *work) scanMarks(s *scanned, text string) {
	s.markers, s.signed = append(s.markers, w.s.Keys.FindMarkers(text)...), append(s.signed, w.s.Keys.FindSigned(text)...)
}

// leaving are the texts that would leave: the words, a new conversation's
// subject, and of attachments the names and whatever reads like text.
func (d *deed) leaving() ([]scanned, error) {
	texts := []scanned{d.w.scan(d.r.text)}
	if d.dest.open != nil {
		texts = append(texts, d.w.scan(d.sideSubject()))
	}
	for _, f := range d.files() {
		content, err := d.scanned(f)
		if err != nil {
			return nil, err
		}
		texts = append(texts, d.w.scan(f.Name), content)
	}
	return texts, nil
}

// scanned is an attachment as it was looked at before the transaction, or is
// now.
func (d *deed) scanned(f aside.Attachment) (scanned, error) {
	if s, ok := d.w.scans[f.SHA256]; ok {
		return s, nil
	}
	return d.w.scanFile(f)
}

// maxScanned bounds how much of an attachment is read.
const maxScanned = 4 << 20

// scanFile reads an attachment as far as it is text. What a client calls a
// file says nothing of what is in it.
func (w *work) scanFile(f aside.Attachment) (scanned, error) {
	raw, err := w.raw(f)
	if err != nil {
		return scanned{}, err
	}
	in := unpack(raw)
	// Without zero octets UTF-16 reads like ASCII.
	raw = strings.ReplaceAll(raw, "\x00", "")
	content := in.text
	legible := readable(raw) || strings.HasPrefix(f.Type, "text/")
	if legible {
		content = raw + "\n" + content
	}
	if !utf8.ValidString(content) {
		if s, err := charmap.Windows1252.NewDecoder().String(content); err == nil {
			content = s
		}
	}
	if head := strings.ToLower(content[:min(len(content), 1024)]); f.Type == "text/html" || strings.Contains(head, "<html") ||
		strings.Contains(head, "<!doctype html") || strings.Contains(head, "<?xml") {
		content += "\n" + reply.HTMLToText(content)
	}
	s := w.scan(content)
	s.packed = in.names
	if !legible {
		s.binary = raw
		w.scanMarks(&s, raw)
	}
	return s, nil
}

// readable reports whether the beginning of a file is text of some kind: of a
// picture every tenth octet is a control character.
func readable(content string) bool {
	head, controls := content[:min(len(content), 4096)], 0
	for i := range len(head) {
		if c := head[i]; c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			controls++
		}
	}
	return controls*50 < len(head)
}

// raw is the beginning of an attachment as it is.
func (w *work) raw(f aside.Attachment) (string, error) {
	if f.Data != nil || f.Size == 0 {
		return string(f.Data[:min(len(f.Data), maxScanned)]), nil
	}
	r, err := w.s.Store.OpenBlob(w.tx.Context(), f.SHA256)
	if err != nil {
		return "", fmt.Errorf("read attachment %q: %w", f.Name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxScanned))
	if err != nil {
		return "", fmt.Errorf("read attachment %q: %w", f.Name, err)
	}
	return string(b), nil
}

// files are the attachments that go with the text: proper ones, and pictures
// that the kept text shows. What the mail itself came packed in stays inside,
// and so do the pictures of a quotation.
func (d *deed) files() []aside.Attachment {
	return slices.DeleteFunc(slices.Clone(d.w.in.Mail.Attachments), func(f aside.Attachment) bool {
		shown := slices.Contains(d.r.cids, f.ContentID)
		return !shown && (f.Inline || d.pictures[f.SHA256]) || packing(f) && d.dest.kind != aside.Notes
	})
}

// knowPictures finds the parts with a Content-ID that the ticket has already:
// where a mail's HTML was lost on its way, nothing else tells the pictures that
// it quotes from files.
func (d *deed) knowPictures() error {
	d.pictures = map[string]bool{}
	for _, f := range d.w.in.Mail.Attachments {
		if f.ContentID == "" || f.Inline {
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
