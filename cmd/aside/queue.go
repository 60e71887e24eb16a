package main

import "errors"

type queueCmd struct {
}

// Run is written next.
func (queueCmd) Run() error { return errors.New("not yet") }
