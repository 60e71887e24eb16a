package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestBackupAfterAnInterruptedOne: what a backup left that was killed does not
// keep the next one of that name from being made, and goes with it. One that
// may still be at work is let be.
func TestBackupAfterAnInterruptedOne(t *testing.T) {
	in := serveForTest(t, toFolders)
	dir := t.TempDir()
	for _, left := range []string{"wed.tar.tmp", ".aside-backup-1/aside.db", ".aside-backup-2/aside.db", "other/aside.db"} {
		path := filepath.Join(dir, left)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("mail"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-24 * time.Hour)
	for _, folder := range []string{".aside-backup-1", "other"} {
		if err := os.Chtimes(filepath.Join(dir, folder), old, old); err != nil {
			t.Fatal(err)
		}
	}
	in.aside(t, exitOK, "backup", filepath.Join(dir, "wed.tar"))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{".aside-backup-2", "other", "wed.tar", "wed.tar.tmp"}; !slices.Equal(names, want) {
		t.Errorf("the folder has %q, want %q", names, want)
	}
	in.aside(t, exitFailed, "backup", filepath.Join(dir, "wed.tar"))
}
