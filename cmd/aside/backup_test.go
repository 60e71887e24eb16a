package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// TestBackupIntoNoFolder: a mistaken path is that and nothing else.
func TestBackupIntoNoFolder(t *testing.T) {
	in := serveForTest(t, toFolders)
	file := filepath.Join(t.TempDir(), "none", "wed.tar")
	var out, errs bytes.Buffer
	if got := run(context.Background(), []string{"backup", "--config", in.config, file}, output{&out, &errs}); got != exitFailed {
		t.Errorf("exit status %d", got)
	}
	if got := errs.String(); !strings.HasPrefix(got, "aside: back up to "+file+": ") || strings.Count(got, "\n") != 1 {
		t.Errorf("standard error says %q", got)
	}
}
