package desk_test

import (
	"testing"
	"time"

	"aside/desk"
)

// What was sent on and stopped by /undo can be sent on by its link.
func TestRelayAfterUndo(t *testing.T) {
	w := open(t, func(s *desk.Settings) { s.SendDelay = time.Minute })
	n := w.opens(jane, "Kettle", "It leaks.")
	w.says(dana, n, "/side max@repairs.example cc-customer\n\nWhen can you come?")
	back := w.says(max, w.wait(2*time.Minute).find("max", "come"), "At noon.").to("dana")
	w.says(dana, back, "/relay")
	w.says(dana, back, "/undo").find("dana", "stopped before it left")
	w.post(w.click(dana, back, "/relay"))
	w.wait(2*time.Minute).find("jane", "At noon.")
}
