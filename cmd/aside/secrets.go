package main

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"aside/config"
)

// exposed is a file or folder that others can open and should not.
type exposed struct {
	path string
	mode fs.FileMode
	text string
}

// exposures looks at the state folder and at every file that the config says
// holds a secret. A group may read those files: systemd and containers hand
// secrets over that way, and whoever set a group meant it.
func exposures(c *config.Config) (found []exposed) {
	look := func(path string, forbidden fs.FileMode, text string) {
		info, err := os.Stat(path)
		if err != nil {
			return // whoever needs the file says so
		}
		if mode := info.Mode().Perm(); mode&forbidden != 0 {
			found = append(found, exposed{path, mode, text})
		}
	}
	look(c.StateDir, 0o077, "is open to other users")
	if len(found) > 0 { // behind a closed folder its mode does not matter
		look(filepath.Join(c.StateDir, databaseName), 0o027, "holds all mail, and other users can read or change it")
	}
	for _, file := range c.SecretFiles {
		look(file, 0o027, "holds a secret, and other users can read or change it")
	}
	return found
}

// keepOut tells of what others can open. A state folder in which anybody may
// put files is refused: a key or a database of theirs would be taken for ours.
func keepOut(c *config.Config, log *slog.Logger) error {
	for _, e := range exposures(c) {
		if e.path == c.StateDir && e.mode&0o002 != 0 {
			return fmt.Errorf("anybody on this machine can write to the state folder %s (mode %04o): chmod 700 %s", e.path, e.mode, e.path)
		}
		log.Warn("other users can open what should be private", "file", e.path, "mode", fmt.Sprintf("%04o", e.mode))
	}
	return nil
}

// secrets are the checks of the same.
func (k checker) secrets() (found []finding) {
	for _, e := range exposures(k.conf) {
		if e.path == k.conf.StateDir {
			continue // stateFolder has it
		}
		command := "chmod 600 " + e.path
		if _, c := closedTo(k.conf.StateDir, e.path); c != "" { // of root, as the guides have it made
			command = c
		}
		found = append(found, finding{"secrets", warning, fmt.Sprintf("%s %s (mode %04o)", e.path, e.text, e.mode), command})
	}
	for _, file := range k.conf.SecretFiles {
		if closed, command := closedTo(k.conf.StateDir, file); closed {
			found = append(found, finding{"secrets", warning, file + " is closed to the owner of the state folder and to their group: as that user the daemon cannot read it", command})
		}
	}
	if len(found) == 0 && len(k.conf.SecretFiles) > 0 {
		found = append(found, finding{"secrets", fine, "passwords and private keys can be read by their owner's group at most", ""})
	}
	return found
}
