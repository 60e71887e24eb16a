package harness

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// binary is built once per test process. Test processes of one repository
// share the file, because linking takes longer than most scenarios: go build
// leaves a file that is up to date alone.
var binary = sync.OnceValues(buildBinary)

// Root is the repository's root folder.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Binary returns the path of a freshly built aside. ASIDE_BINARY names one to
// use instead.
func Binary() (string, error) {
	if b := os.Getenv("ASIDE_BINARY"); b != "" {
		return b, nil
	}
	return binary()
}

func buildBinary() (string, error) {
	root := Root()
	if err := dependOnSources(root); err != nil {
		return "", err
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("aside-test-%d-%x", os.Getuid(), sha256.Sum256([]byte(root)))[:40])
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making a folder for the binary: %w", err)
	}
	unlock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	out := filepath.Join(dir, "aside")
	cmd := exec.Command("go", "build", "-o", out, "./cmd/aside")
	cmd.Dir = root
	if msg, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/aside: %w\n%s", err, msg)
	}
	return out, nil
}

// dependOnSources looks at every file that the binary is made of. The go
// command remembers what a test looked at, and so does not answer from its
// cache when the daemon has changed.
func dependOnSources(root string) error {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("looking for sources: %w", err)
		}
		name := e.Name()
		if e.IsDir() && (name == ".git" || name == "testdata" || path == filepath.Join(root, "test")) {
			return fs.SkipDir
		}
		if e.IsDir() || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".got") {
			return nil
		}
		if _, err := os.Stat(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // an editor's, gone by now
			return err
		}
		return nil
	})
}

// lockFile keeps two test processes from building at once.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the build lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("taking the build lock: %w", err)
	}
	return func() { _ = f.Close() }, nil
}
