package harness

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Restore puts what `aside backup FILE` wrote in the place of a state
// directory, as an admin would: a folder is copied, an archive unpacked.
func Restore(tb testing.TB, backup, state string) {
	tb.Helper()
	if err := os.RemoveAll(state); err != nil {
		tb.Fatal(err)
	}
	info, err := os.Stat(backup)
	if err != nil {
		tb.Fatal(err)
	}
	if info.IsDir() {
		err = os.CopyFS(state, os.DirFS(backup))
	} else {
		err = untar(backup, state)
	}
	if err != nil {
		tb.Fatalf("restoring %s: %v", backup, err)
	}
}

func untar(file, dir string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	var r io.Reader = f
	if zr, err := gzip.NewReader(f); err == nil {
		r = zr
	} else if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	tr := tar.NewReader(r)
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		path := filepath.Join(dir, filepath.Clean("/"+h.Name))
		if h.Typeflag == tar.TypeDir {
			if err := os.MkdirAll(path, 0o700); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		b, err := io.ReadAll(tr)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			return err
		}
	}
}
