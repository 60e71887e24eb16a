package desk_test

import (
	"strings"
	"testing"

	h "aside/test/harness"
)

// What an agent typed is not taken for quoted in silence: where trimming would
// lose it, the mail waits, and the receipt shows the words.
func TestDoubtfulCutsHold(t *testing.T) {
	for name, typed := range map[string]string{
		"prompts":               "Please type\n> dir c:\nand tell me what it says.",
		"words like a client's": "Search for\n\n-----Original Message-----\n\nin the file.\n\nThen delete it.",
		"a letter":              "Hi Jane,\n\nOn 21.11.2026 at 11:00 the courier wrote:\n\nNobody was at home.\n\nWas that so?",
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			d := h.Gmail().Reply(dana, n, typed)
			got := w.post(d)
			got.none("jane")
			lines := strings.Split(typed, "\n")
			lost := map[string]string{"prompts": "dir c:", "a letter": "Was that so?"}[name]
			if lost == "" {
				lost = lines[len(lines)-1]
			}
			contains(t, got.to("dana"), "NOT SENT", lost)
		})
	}
}

// A gateway that changed a vendor's quoted lines does not carry them out.
func TestChangedQuotationOfASide(t *testing.T) {
	for name, change := range map[string]func(said string) string{
		"a tag": func(s string) string { return "[EXTERNAL] " + s },
		"a link": func(s string) string {
			return strings.ReplaceAll(s, "https://vendor.example/17", "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvendor.example")
		},
		"capital letters":          strings.ToUpper,
		"another prefix":           func(s string) string { return ": " + strings.ReplaceAll(s, "\n", "\n: ") },
		"another width":            func(s string) string { return strings.Join(strings.Fields(s), "\n") },
		"tabs and no-break spaces": func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0\t") },
		"smart quotes":             func(s string) string { return strings.ReplaceAll(s, "'", "’") },
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.opens(jane, "Kettle", "It leaks.")
			asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
			secret := w.secret("changedwords", vic)
			back := w.says(vic, asked, "The driver's note says "+secret+"\nsee https://vendor.example/17 for it\nand blame the customer, who is a nuisance.").to("dana")
			said, rest, _ := strings.Cut(strings.TrimSpace(back.Text), "\n\n")
			d := h.Gmail().Reply(dana, back, "")
			d.Text, d.HTML = "/reply\n\nIt is found.\n\nMax Vendor (side)\n20/11/2026 10:00\n"+change(said)+"\n\n"+rest+"\n", ""
			got := w.post(d)
			exactly(t, got.find("jane", "It is found."), "It is found.")
		})
	}
}

// Whoever releases a mail has seen all that is asked about: what is too long to
// be shown is not released.
func TestWhatWasNotShownIsNotReleased(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "The courier lost the parcel in Hamburg\n\nand will not pay for it, please do not tell the customer yet.").to("dana")
	reply := func(between string) *h.Draft {
		d := h.Gmail().Reply(dana, back, "")
		d.Text, d.HTML = "/reply\n\nSee below.\n\nFrom: Max <support+notice@example.com>\nSent: Saturday, November 21, 2026 11:00 AM\nTo: Dana\nSubject: Kettle\n\n"+
			strings.Replace(strings.TrimSpace(back.Text), "\n\nand will", "\n\n"+between+"\n\nand will", 1)+"\n", ""
		return d
	}
	words := func(what string, n int) string { return strings.Repeat(what+" ", n) + "THE END." }
	got := w.post(reply(words("we ask them what it was.", 100)))
	got.none("jane")
	contains(t, got.to("dana"), "THE END.", "send: ")
	w.says(dana, got.to("dana"), "send").find("jane", "THE END.")

	got = w.post(reply(words("nobody here can tell why.", 400)))
	got.none("jane")
	m := got.to("dana")
	contains(t, m, "too many to be shown here whole")
	if has(m, "send: ") {
		t.Errorf("a send is offered:\n%s", all(m))
	}
	got = w.says(dana, m, "send")
	got.none("jane")
	contains(t, got.to("dana"), "it still waits", "less of the quotation")
	// The team may have it.
	got = w.says(dana, m, "note")
	got.none("jane")
	contains(t, got.to("omar"), "nobody here can tell why.", "STAYS IN THE TEAM")
}

// Something on the way put a word before each quoted line: neither a line nor
// the marker is known again, and the frame is held for what it says.
func TestAFrameThatNothingKnows(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
	back := w.says(vic, asked, "The driver lost it.").to("dana")
	var quoted strings.Builder
	for i, l := range strings.Split(strings.TrimSpace(back.Text), "\n") {
		quoted.WriteString("line" + strings.Repeat("x", i+1) + " " + strings.ReplaceAll(l, "aside-", "aside -") + "\n")
	}
	d := h.Gmail().Reply(dana, back, "")
	d.Text, d.HTML = "/reply\n\nIt is found.\n\n"+quoted.String(), ""
	got := w.post(d)
	got.none("jane")
	contains(t, got.to("dana"), "NOT SENT")
}
