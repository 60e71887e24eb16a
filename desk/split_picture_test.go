package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// A picture that a quotation brought stays behind also where its mail became a
// ticket of its own meanwhile.
func TestPictureOfAMailThatWasSplitOff(t *testing.T) {
	for _, split := range []bool{false, true} {
		w := open(t)
		first := w.says(dana, w.opens(jane, "Kettle", "It leaks."), "We look at it.").to("jane")
		d := h.Gmail().Reply(kim, first, "Here, see the picture.")
		d.HTML = strings.Replace(d.HTML, "see the picture", `<img src="cid:p1">`, 1)
		d.Files = []h.File{{Name: "hall.png", Type: "image/png", ContentID: "p1", Data: []byte("\x89PNG the hall")}}
		n := w.post(d).to("dana")
		if split {
			w.says(omar, w.lastTo("omar", "Here"), "/split").find("omar", "was started with this mail")
		}
		out := h.IPhone().Reply(dana, n, "Thank you, Jane.")
		out.HTML = "" // a gateway took it
		out.Files = []h.File{{Name: "hall.png", Type: "image/png", ContentID: "q7", Data: d.Files[0].Data}}
		for _, m := range w.post(out).mails {
			if m.DeliveredTo == jane.Address && len(m.Files) > 0 {
				t.Errorf("split %v: Jane got the stranger's picture", split)
			}
		}
	}
}
