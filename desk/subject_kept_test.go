package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// What a program on the way did to a subject makes it no subject of the agent's:
// neither a vendor nor another customer gets the customer's, or a name that the
// team gave the ticket.
func TestAlteredSubjectStaysInside(t *testing.T) {
	for _, altered := range []string{"Re: [#1] Größe des Kessels falsch, cheatwords (EXTERN)", "Re: [#1] Gr??e des Kessels falsch, cheatwords [SPAM]"} {
		w := open(t)
		w.signing = true
		w.secret("cheatwords")
		n := w.post(h.Write(dana, support, "Größe des Kessels falsch, cheatwords", "She cheats.")).find("omar", "cheats")
		d := h.Gmail().Reply(omar, n, "/side max@repairs.example\n\nCan you repair it?")
		d.Subject = altered
		contains(t, w.post(d).find("max", "Can you repair it"), "A question from Example Support")
		contains(t, w.post(h.Write(omar, support, altered, "/new joe@elsewhere.example\n\nHello Joe.")).find("joe", "Hello Joe"), "A message from Example Support")
		d = h.Gmail().Reply(omar, n, "/side max@repairs.example\n\nWhat does it cost?")
		d.Subject = "Re: [#1] Price of a kettle"
		contains(t, w.post(d).find("max", "What does it cost"), "Price of a kettle")
	}
}
