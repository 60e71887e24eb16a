package desk_test

import (
	"testing"

	"aside/desk"
	h "aside/test/harness"
)

// What aside itself writes into subjects and From is in the desk's language.
func TestSubjectsInTheDesksLanguage(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.Directory.Desks[0].Language = "de-AT" })
	w.signing = true
	n := w.opens(jane, "Kettle", "It leaks.")
	vendor := w.says(dana, n, "/side max@repairs.example\n\nWhere is it?").to("max")
	contains(t, vendor, "] Eine Frage von Example Support")
	if vendor.From.Name != "Dana von Example Support" {
		t.Errorf("From has the name %q", vendor.From.Name)
	}
	w.says(dana, w.says(max, vendor, "Here.").to("dana"), "/cc-customer on\n\nHello both.").find("jane", "] Eine Frage von Example Support")
	told := w.writes(dana, "Call from Joe", "Joe called.").to("dana")
	w.says(dana, told, "/requester joe@elsewhere.example")
	w.says(dana, told, "/reply\n\nDear Joe.").find("joe", "Ihre Anfrage an Example Support")
	w.post(h.Write(omar, support, "", "/new joe@elsewhere.example\n\nHello Joe.")).find("joe", "Eine Nachricht von Example Support")
}
