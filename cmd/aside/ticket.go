package main

import "errors"

type ticketCmd struct {
}

// Run is written next.
func (ticketCmd) Run() error { return errors.New("not yet") }
