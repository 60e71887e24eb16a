package leak

import (
	"errors"
	"os"
	"time"

	"aside/test/harness"
)

// overSMTP reaches a running daemon: one connection for many mails, and the
// folders into which the daemon delivers, emptied as they are read.
type overSMTP struct {
	daemon  *harness.Daemon
	session *harness.Session
}

func (o *overSMTP) wire() wire { return wire{send: o.send, collect: o.collect, now: time.Now} }

func (o *overSMTP) send(l letter) (string, error) {
	for try := 0; ; try++ {
		if o.session == nil {
			s, err := harness.Dial(o.daemon.Addr)
			if err != nil {
				return "", err
			}
			o.session = s
		}
		id, err := o.session.Send(l.from, l.rcpts, l.raw)
		var refused *harness.SMTPError
		if err == nil || errors.As(err, &refused) && refused.Code != 421 || try > 0 {
			return id, err
		}
		o.close() // a connection has its limits
	}
}

func (o *overSMTP) close() {
	if o.session != nil {
		o.session.Close()
		o.session = nil
	}
}

func (o *overSMTP) collect(addr string) ([]*harness.Mail, error) {
	mails, err := harness.ReadFolder(o.daemon.Folder(addr), nil)
	if err != nil {
		return nil, err
	}
	for _, m := range mails {
		if err := os.Remove(m.File); err != nil {
			return nil, err
		}
	}
	return mails, nil
}
