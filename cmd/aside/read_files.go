package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// maxRead is how much of one mail is read, in octets: several times what any
// server takes.
const maxRead = 256 << 20

// add reads what an argument names, and returns how many files could not be
// opened.
func (r *reading) add(name string, stdin io.Reader, stderr io.Writer) (missing int) {
	fail := func(err error) {
		if errors.Is(err, errStopped) {
			return
		}
		missing++
		fmt.Fprintln(stderr, "aside: read", err)
	}
	if name == "-" {
		if err := r.mails("-", stdin); err != nil {
			fail(fmt.Errorf("standard input: %w", err))
		}
		return missing
	}
	// A link given by name is followed; one inside a folder could lead round.
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		if err := r.file(name); err != nil {
			fail(err)
		}
		return missing
	}
	err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			err = r.file(path)
		}
		if errors.Is(err, errStopped) {
			return fs.SkipAll
		}
		if err != nil {
			fail(err)
		}
		return nil
	})
	if err != nil {
		fail(err)
	}
	return missing
}

// errStopped ends the reading early; it is told elsewhere.
var errStopped = errors.New("stopped")

func (r *reading) file(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return r.mails(path, f)
}

// separator is the line between the mails of an mbox (RFC 4155): a sender, a
// time of day and a year. Demanding so much keeps "From here on" in a mail's
// text from dividing it.
var separator = regexp.MustCompile(`^From .*[0-9]:[0-9]{2}.*[0-9]{4}`)

// mails hands over the mail in a file, or each mail of an mbox, without
// reading more of it than one.
func (r *reading) mails(file string, in io.Reader) error {
	br := bufio.NewReaderSize(in, 64<<10)
	start, _ := br.Peek(40)
	mbox, found := bytes.CutPrefix(start, []byte("From "))
	// "From : a@x.example" is a field (RFC 5322 section 4.5).
	if !found || bytes.HasPrefix(bytes.TrimLeft(mbox, " \t"), []byte(":")) {
		raw, err := io.ReadAll(io.LimitReader(br, maxRead+1))
		if err != nil {
			return err
		}
		long := len(raw) > maxRead
		if !r.mail(file, raw[:min(len(raw), maxRead)], long) {
			return errStopped
		}
		return nil
	}
	return r.mbox(file, br)
}

// mbox divides at separators after an empty line, and takes back one ">" of
// lines that quote "From " (mboxrd).
func (r *reading) mbox(file string, br *bufio.Reader) error {
	var mail []byte
	begun, empty, long := false, true, false
	flush := func() bool {
		ok := !begun || r.mail(file, mail, long)
		mail, long = nil, false
		return ok
	}
	for lineStart := true; ; {
		part, err := br.ReadSlice('\n')
		if lineStart && empty && (!begun || separator.Match(part)) && bytes.HasPrefix(part, []byte("From ")) {
			if !flush() {
				return errStopped
			}
			begun, part, err = true, nil, skipLine(br, err)
		}
		if lineStart && quotedFrom(part) {
			part = part[1:]
		}
		if room := maxRead - len(mail); len(part) > room {
			part, long = part[:room], true
		}
		mail = append(mail, part...)
		if lineStart {
			empty = len(bytes.TrimRight(part, "\r\n")) == 0
		}
		switch {
		case err == nil:
			lineStart = true
		case errors.Is(err, bufio.ErrBufferFull):
			lineStart = false
		case errors.Is(err, io.EOF):
			if !flush() {
				return errStopped
			}
			return nil
		default:
			return err
		}
	}
}

// skipLine reads to the end of the line that is being read, whatever its
// length.
func skipLine(br *bufio.Reader, err error) error {
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = br.ReadSlice('\n')
	}
	return err
}

// quotedFrom reports ">From ", with any number of ">".
func quotedFrom(line []byte) bool {
	rest := bytes.TrimLeft(line, ">")
	return len(rest) < len(line) && bytes.HasPrefix(rest, []byte("From "))
}
