package desk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	h "aside/test/harness"

	"aside/templates"
)

// withTemplate is the desk's own words for a piece, from now on.
func (w *town) withTemplate(desk, file, text string) {
	w.t.Helper()
	dir := w.t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, desk), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, desk, file), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	set, err := templates.Load(dir)
	if err != nil {
		w.t.Fatal(err)
	}
	w.set.Templates = set
	if err := w.svc.Configure(w.ctx, w.set); err != nil {
		w.t.Fatal(err)
	}
}

// What is due in one ticket and fails keeps nothing back that is due elsewhere,
// be it as much as a tick does; it is named, and done once it can be.
func TestATimerThatFails(t *testing.T) {
	const failing = 51
	w := open(t)
	for i := range failing {
		w.says(dana, w.opens(jane, fmt.Sprint("Kettle ", i), "It leaks."), "/snooze 2026-03-03 09:00")
	}
	pot := w.says(kim, &h.Mail{From: h.Person{Address: billing}}, "My pot leaks.").to("eve")
	w.says(eve, pot, "/snooze 2026-03-03 09:01")
	w.says(dana, w.opens(kim, "Lid", "It is lost."), "/assing omar\n\nHello Kim.").only("dana: NOT SENT")

	w.withTemplate(support, "event.txt", `{{range .Lines}}{{if eq . "The snooze is over: this ticket is open again."}}{{index $.Lines 9}}{{end}}{{.}}{{end}}`)
	w.now = time.Date(2026, 3, 3, 10, 0, 0, 0, w.now.Location())
	for range 2 {
		err := w.svc.Tick(w.ctx)
		if err == nil || !strings.Contains(err.Error(), "end the snooze of #") {
			t.Errorf("it is not said what failed: %v", err)
		}
		w.now = w.now.Add(5 * time.Second)
	}
	got := w.deliver()
	got.find("eve", "The snooze is over")
	got.find("dana", "NOT SENT")

	w.withTemplate(support, "event.txt", "{{range .Lines}}{{.}}\n{{end}}")
	w.wait(time.Minute)
	w.wait(5*time.Second).find("omar", fmt.Sprint("Kettle ", failing-1))
}
