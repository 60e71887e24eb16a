//go:build !unix

package main

import (
	"os"

	"aside/config"
)

// occupy locks nothing here: that one daemon works in a state folder is the
// admin's to see to.
func occupy(*config.Config, string) (*os.File, error) { return nil, nil }
