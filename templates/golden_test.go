package templates

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	render = flag.String("render", "", "also write each sample mail as a page into this directory")
)

// TestGolden compares each sample mail, subject, text and HTML, with its
// golden file; what differs is left beside it as .got.
func TestGolden(t *testing.T) {
	for _, s := range scenes(t) {
		t.Run(s.name, func(t *testing.T) {
			if *render != "" {
				if err := os.WriteFile(filepath.Join(*render, s.name+".html"), []byte(s.mail.HTML), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got := "What this is: " + s.about + "\nSubject: " + s.subject + "\n\n" + s.mail.Text + "\n\n" + s.mail.HTML
			compare(t, filepath.Join("testdata", s.name+".golden"), got)
		})
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	side := file[:len(file)-len(".golden")] + ".got"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) == got {
		return
	}
	if err := os.WriteFile(side, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s differs: compare it with %s", file, side)
}
