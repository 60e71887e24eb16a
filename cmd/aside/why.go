package main

import "errors"

type whyCmd struct {
}

// Run is written next.
func (whyCmd) Run() error { return errors.New("not yet") }
