package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// Exchange gives every file a Content-ID, and no HTML refers to it: what an agent
// attaches goes along, also where the ticket has it already.
func TestFilesWithContentIDs(t *testing.T) {
	files := []h.File{{Name: "invoice.pdf", Type: "application/pdf", Data: []byte("%PDF invoice")}, {Name: "photo.jpg", Type: "image/jpeg", Data: []byte("\xff\xd8\xff\xe0 photo")}}
	l := leaking(t)
	d := h.Gmail().Reply(jane, l.boxes[jane.Address][0], "See these.")
	d.Files = files
	l.post(d)
	r := h.OutlookWeb().Reply(dana, l.repairs, "Max, see what she wrote.")
	for _, f := range files {
		f.ContentID = f.Name + "@eurprd.prod.outlook.com"
		r.Files = append(r.Files, f)
	}
	m := l.post(r).find("max", "see what she wrote")
	for _, f := range files {
		if m.HasFile(f.Name) == nil {
			t.Errorf("%s is missing", f.Name)
		}
	}
	// As plain text a picture may be a quotation's, and no other file is.
	r = h.Neomutt().Reply(dana, l.vendor, "See the invoice.")
	r.Files = []h.File{{Name: "invoice.pdf", Type: "application/pdf", ContentID: "a@b.example", Data: []byte("%PDF invoice")}}
	if l.post(r).find("vic", "See the invoice").HasFile("invoice.pdf") == nil {
		t.Error("the invoice is missing")
	}
}
