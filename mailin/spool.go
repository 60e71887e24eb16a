package mailin

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// spooled is the raw mail while it is being taken: in memory when it is small,
// else in a file that only this process can reach.
type spooled struct {
	io.ReaderAt
	size int64
	data []byte   // of a small mail
	file *os.File // of another
}

// spoolName is how the files are called for the moment in which they have a
// name.
const spoolName = "mail-*"

// spool reads a mail to its end. What it takes must be given back by close.
func spool(dir string, head *bytes.Buffer, r io.Reader) (*spooled, error) {
	if _, err := io.CopyN(head, r, int64(maxInMemory-head.Len()+1)); err != nil && err != io.EOF {
		return nil, err
	}
	if head.Len() <= maxInMemory {
		b := head.Bytes()
		return &spooled{ReaderAt: bytes.NewReader(b), size: int64(len(b)), data: b}, nil
	}
	f, err := os.CreateTemp(dir, spoolName) // 0600
	if err != nil {
		return nil, fmt.Errorf("making a file for the mail: %w", err)
	}
	// Without a name it is gone whatever becomes of us. Where a system does not
	// let go of the name of an open file, close and CleanSpool do.
	_ = os.Remove(f.Name())
	s := &spooled{ReaderAt: f, file: f}
	if s.size, err = io.Copy(f, io.MultiReader(head, r)); err != nil {
		s.close()
		return nil, fmt.Errorf("writing the mail to a file: %w", err)
	}
	return s, nil
}

// open reads the mail from its beginning.
func (s *spooled) open() io.ReadCloser { return io.NopCloser(io.NewSectionReader(s, 0, s.size)) }

// close gives the file back.
func (s *spooled) close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
	}
}

// CleanSpool makes the folder of Server.SpoolDir, for its owner only, and removes
// what a daemon that was killed may have left there.
func CleanSpool(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder for mail on its way in: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, spoolName))
	if err != nil {
		return fmt.Errorf("look for mail left in %s: %w", dir, err)
	}
	for _, file := range left {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remove mail left on its way in: %w", err)
		}
	}
	return nil
}
