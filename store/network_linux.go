package store

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// giveUp has the kernel give a connection up whose other end acknowledges
// nothing for a time; by itself it goes on for a quarter of an hour.
func giveUp(c syscall.RawConn, after time.Duration) error {
	var err error
	e := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(after.Milliseconds()))
	})
	if e != nil {
		return e
	}
	return err
}
