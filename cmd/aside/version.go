package main

import "errors"

type versionCmd struct {
}

// Run is written next.
func (versionCmd) Run() error { return errors.New("not yet") }
