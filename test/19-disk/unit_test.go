package disk

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	. "aside/test/harness"
)

// TestSystemdLeavesADamagedDatabase: "do not start it again on these files"
// (docs/admin.md) holds for systemd, too. With Restart=on-failure the unit has to
// name the exit status that is not to be followed by a restart.
func TestSystemdLeavesADamagedDatabase(t *testing.T) {
	l := live(t)
	l.damage(t, l.page(t, "event"), bytes.Repeat([]byte{0xA5, 0x13, 0x7F}, 200))
	said, exit, _ := l.ending(t, "serve")
	if !strings.Contains(said, "the database is damaged") {
		t.Fatalf("status %d: %s", exit, said)
	}
	unit, err := os.ReadFile(filepath.Join(Root(), "contrib", "aside.service"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?m)^RestartPreventExitStatus=(.*)$`).FindStringSubmatch(string(unit))
	if named == nil || !slices.Contains(strings.Fields(named[1]), fmt.Sprint(exit)) {
		t.Errorf("systemd starts it again 5 seconds after status %d, and again, without end", exit)
	}
}
