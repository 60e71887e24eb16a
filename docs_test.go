package aside_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityPageNamesWhatIsThere: every file and folder that
// docs/security.md names exists, and every test stands where the page says.
func TestSecurityPageNamesWhatIsThere(t *testing.T) {
	page, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	path := regexp.MustCompile("`([a-z0-9][a-z0-9._/-]*(?:\\.(?:go|sql|service)|/[a-z0-9-]+))`")
	test := regexp.MustCompile("`(Test[A-Za-z]+)` in `([^`]+)`")
	files, tests := path.FindAllSubmatch(page, -1), test.FindAllSubmatch(page, -1)
	if len(files) < 30 || len(tests) < 8 {
		t.Fatalf("only %d files and %d tests are named", len(files), len(tests))
	}
	for _, f := range files {
		if _, err := os.Stat(filepath.FromSlash(string(f[1]))); err != nil {
			t.Errorf("docs/security.md names %s: %v", f[1], err)
		}
	}
	for _, f := range tests {
		text, err := os.ReadFile(filepath.FromSlash(string(f[2])))
		if err != nil || !strings.Contains(string(text), "func "+string(f[1])+"(") {
			t.Errorf("docs/security.md says that %s is in %s (%v)", f[1], f[2], err)
		}
	}
}

// Cron's PATH is /usr/bin:/bin, also for files in /etc/cron.d, and the README
// installs to /usr/local/bin; what a line prints on success is a mail to root
// every night, in which a failure is lost.
func TestCronLinesRun(t *testing.T) {
	line := regexp.MustCompile(`(?m)^[0-9*]+ +[0-9*]+ +\* +\* +\* +[a-z]+ +(\S+)(.*)$`)
	page, err := os.ReadFile("docs/admin.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := line.FindAllStringSubmatch(string(page), -1)
	if len(lines) == 0 {
		t.Fatal("docs/admin.md has no line for cron")
	}
	for _, l := range lines {
		if !strings.HasPrefix(l[1], "/") {
			t.Errorf("cron does not find %q", l[1])
		}
		if strings.Contains(l[1], "aside") && !strings.HasSuffix(l[2], " >/dev/null") {
			t.Errorf("cron mails what this prints: %q", l[0])
		}
	}
}
