package main

import "errors"

type checkCmd struct {
}

// Run is written next.
func (checkCmd) Run() error { return errors.New("not yet") }
