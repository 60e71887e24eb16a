package main

import "errors"

type backupCmd struct {
}

// Run is written next.
func (backupCmd) Run() error { return errors.New("not yet") }
