package main

import "errors"

type verifyCmd struct {
}

// Run is written next.
func (verifyCmd) Run() error { return errors.New("not yet") }
