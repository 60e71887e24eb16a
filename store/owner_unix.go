//go:build unix

package store

import (
	"os"
	"syscall"
)

// OwnLike gives a file or folder to the owner of another where root made it: a
// command called by root must leave nothing that the daemon cannot open.
func OwnLike(path, model string) error {
	info, err := os.Stat(model)
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return os.Chown(path, int(st.Uid), int(st.Gid))
	}
	return nil
}
