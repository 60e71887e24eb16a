//go:build !unix

package main

import (
	"os"
	"path/filepath"

	"aside/config"
)

// soleDaemon locks nothing here: that one daemon works in a state folder is the
// admin's to see to.
func soleDaemon(c *config.Config) (*os.File, error) {
	return os.OpenFile(filepath.Join(c.StateDir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
}
