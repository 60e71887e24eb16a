package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// onDisk reads real files, relative to a folder given relatively, so that
// messages are the same on every machine.
func onDisk() surroundings {
	return surroundings{
		readFile: func(p string) ([]byte, error) { return readFile(p, maxSecret) },
		isDir: func(p string) bool {
			info, err := os.Stat(p)
			return err == nil && info.IsDir()
		},
		hostname: func() (string, error) { return "machine.example", nil },
	}
}

// TestGallery holds every bad config against the exact error that it must
// give. On failure what it gave lies beside it as .got.
func TestGallery(t *testing.T) {
	const dir = "testdata/bad"
	files, err := filepath.Glob(dir + "/*.toml")
	if err != nil || len(files) < 30 {
		t.Fatalf("found %d bad configs, %v", len(files), err)
	}
	for _, file := range files {
		base := filepath.Base(file)
		t.Run(strings.TrimSuffix(base, ".toml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := "no error at all\n"
			_, err = parse(base, dir, data, onDisk())
			if err != nil {
				got = err.Error() + "\n"
			}
			var ps Problems
			if err != nil && !errors.As(err, &ps) {
				t.Errorf("the error is a %T, not Problems", err)
			}
			compare(t, strings.TrimSuffix(file, ".toml"), got)
		})
	}
}

func compare(t *testing.T, stem, got string) {
	t.Helper()
	want, err := os.ReadFile(stem + ".err")
	if err == nil && string(want) == got {
		os.Remove(stem + ".got")
		return
	}
	if err := os.WriteFile(stem+".got", []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s.err wants\n%s\ngot (see .got)\n%s", stem, want, got)
}
