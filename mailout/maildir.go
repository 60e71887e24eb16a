package mailout

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aside"
)

// Maildir delivers into Dir/<recipient>/new, a maildir for each recipient, with
// Return-Path and Delivered-To on top and LF line ends, as delivery agents
// write it. A mail's file name is the same on every attempt: a crash between
// writing the file and recording it overwrites the file, and makes no second.
type Maildir struct {
	Dir string
}

// Deliver implements Transport. When it returns, file and folder are on disk.
func (m *Maildir) Deliver(ctx context.Context, e Envelope, write func(io.Writer) error) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, &Failure{Detail: "stopped", Err: err}
	}
	box := filepath.Join(m.Dir, folder(e.To))
	if e.Again && readAlready(box, e.Name) {
		return Answer{Detail: "already there"}, nil
	}
	if err := m.deliver(box, e, write); err != nil {
		var disk *fs.PathError
		var link *os.LinkError
		if errors.As(err, &disk) || errors.As(err, &link) {
			return Answer{}, &Failure{Detail: cut(oneLine(err.Error()), maxDetail), Relay: true, Err: fmt.Errorf("writing to maildir: %w", err)}
		}
		return Answer{}, err
	}
	return Answer{Detail: "written to maildir"}, nil
}

// Close implements Transport.
func (m *Maildir) Close() error { return nil }

func (m *Maildir) deliver(box string, e Envelope, write func(io.Writer) error) error {
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(box, sub), 0o700); err != nil {
			return err
		}
	}
	tmp := filepath.Join(box, "tmp", e.Name)
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(tmp) // gone already when all went well
	if err := fillFile(f, e, write); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(tmp, filepath.Join(box, "new", e.Name)); err != nil {
		return err
	}
	// The folder's own entry is as new as the mail when this is the first one.
	for _, dir := range []string{filepath.Join(box, "new"), box, m.Dir} {
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func fillFile(f *os.File, e Envelope, write func(io.Writer) error) error {
	bw := bufio.NewWriter(&lfWriter{w: f})
	fmt.Fprintf(bw, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", e.From, e.To)
	if err := write(bw); err != nil {
		return err
	}
	if err := bw.Flush(); err != nil {
		return err
	}
	return f.Sync()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// lfWriter makes CRLF line ends LF.
type lfWriter struct {
	w  io.Writer
	cr bool // the last octet was a CR, not yet written
	b  []byte
}

// Write implements io.Writer.
func (l *lfWriter) Write(p []byte) (int, error) {
	l.b = l.b[:0]
	for _, c := range p {
		if l.cr && c != '\n' {
			l.b = append(l.b, '\r')
		}
		l.cr = c == '\r'
		if !l.cr {
			l.b = append(l.b, c)
		}
	}
	if _, err := l.w.Write(l.b); err != nil {
		return 0, err
	}
	return len(p), nil
}

// folder makes a folder's name of a recipient: the folded address, with every
// octet but the usual ones of addresses written as %XX, so that no address
// leads out of Dir or hides in it.
func folder(address string) string {
	var b strings.Builder
	for i, c := range []byte(aside.FoldAddress(address)) {
		usual := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("@+-_=.", c) >= 0
		if !usual || i == 0 && c == '.' {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	name := b.String()
	if len(name) > 200 {
		sum := sha256.Sum256([]byte(name))
		name = name[:150] + "%" + hex.EncodeToString(sum[:16])
	}
	return name
}

// readAlready reports whether a reader took an earlier attempt's file over into
// cur, where it carries flags behind its name.
func readAlready(box, name string) bool {
	entries, err := os.ReadDir(filepath.Join(box, "cur"))
	if err != nil {
		return false
	}
	for _, entry := range entries {
		if base, _, _ := strings.Cut(entry.Name(), ":"); base == name {
			return true
		}
	}
	return false
}
