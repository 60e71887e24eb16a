package main

import (
	"bytes"
	"io"
	"sync"

	"aside/threading/mark"
)

// redacting writes whole lines on, with the tokens, Message-IDs and codes in
// them shortened: what aside prints and logs is read by more people than may
// speak for the team.
type redacting struct {
	mu   sync.Mutex
	w    io.Writer
	rest []byte // a line that is not complete yet
}

// Write implements io.Writer.
func (r *redacting) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rest = append(r.rest, p...)
	end := bytes.LastIndexByte(r.rest, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	lines := mark.Redact(string(r.rest[:end]))
	r.rest = append(r.rest[:0], r.rest[end:]...)
	if _, err := io.WriteString(r.w, lines); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close writes a last line that did not end.
func (r *redacting) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err := io.WriteString(r.w, mark.Redact(string(r.rest)))
	r.rest = nil
	return err
}
