package main

import (
	"fmt"
	"runtime/debug"
)

// versionCmd prints which aside this is.
type versionCmd struct {
	Config string `hidden:""`
	jsonFlag
}

// Help is shown by --help.
func (versionCmd) Help() string { return "Example:\n  aside version" }

// buildInfo is what `aside version --json` prints.
type buildInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
}

// Run prints it.
func (c versionCmd) Run(o output) error {
	b := build()
	if c.JSON {
		return printJSON(o.out, b)
	}
	line := "aside " + b.Version
	if b.Revision != "" {
		line += " (" + b.Revision[:min(12, len(b.Revision))]
		if b.Modified {
			line += ", modified"
		}
		line += ")"
	}
	_, err := fmt.Fprintln(o.out, line+" "+b.Go)
	return err
}

// build asks the binary what it was made of.
func build() buildInfo {
	b := buildInfo{Version: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	if v := info.Main.Version; v != "" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
