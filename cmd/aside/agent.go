package main

import "errors"

type agentCmd struct {
}

// Run is written next.
func (agentCmd) Run() error { return errors.New("not yet") }
