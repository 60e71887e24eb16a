//go:build unix

package main

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// closedTo reports whether a file's mode keeps it from whom a folder belongs to,
// and what opens it to them and to nobody else; the command is empty where the
// file is theirs.
func closedTo(folder, file string) (closed bool, command string) {
	f, err := os.Stat(folder)
	if err != nil {
		return false, "" // it is made at the first start
	}
	i, err := os.Stat(file)
	if err != nil {
		return false, ""
	}
	who, ok := f.Sys().(*syscall.Stat_t)
	whose, known := i.Sys().(*syscall.Stat_t)
	if !ok || !known || who.Uid == 0 || who.Uid == whose.Uid {
		return false, ""
	}
	group := strconv.Itoa(int(who.Gid))
	if g, err := user.LookupGroupId(group); err == nil {
		group = g.Name
	}
	mode := i.Mode().Perm()
	closed = mode&0o004 == 0 && (who.Gid != whose.Gid || mode&0o040 == 0)
	return closed, "chgrp " + group + " " + file + " && chmod 640 " + file
}
