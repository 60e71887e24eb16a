package main

import "errors"

type readCmd struct {
}

// Run is written next.
func (readCmd) Run() error { return errors.New("not yet") }
