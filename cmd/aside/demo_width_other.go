//go:build !unix

package main

import "os"

// terminalWidth knows no terminals on this system: the demo is shown plain.
func terminalWidth(*os.File) (columns int, ok bool) { return 0, false }
