package main

import "errors"

type searchCmd struct {
}

// Run is written next.
func (searchCmd) Run() error { return errors.New("not yet") }
