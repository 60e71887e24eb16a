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
