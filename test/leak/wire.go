package leak

import (
	"time"

	"aside/test/harness"
)

// wire is how a universe reaches the installation under test: the real daemon
// over SMTP, or the same code in this process.
type wire struct {
	send    func(l letter) (id string, err error)
	collect func(addr string) ([]*harness.Mail, error) // what came since the last time
	now     func() time.Time
	// pass lets simulated time go by; nil where time is the clock on the wall.
	pass func(d time.Duration) error
	// did tells what the installation wrote down since it was last asked; nil
	// where it cannot be looked into.
	did func() ([]act, error)
	// dmarc tells that an agent is known by the domain's signature, not by a
	// token.
	dmarc bool
}

// letter is a mail on its way to the installation.
type letter struct {
	from   string // MAIL FROM
	rcpts  []string
	raw    []byte
	signed bool // the domain of From signed it, and the signature arrived whole
}

// act is one thing that an installation wrote down: an event, a message, a
// delivery, somebody who joined or left, a changed ticket, a decided hold.
type act struct {
	table  string // event, message, delivery, participant, ticket, hold
	what   string // the event's kind, the column that changed, …
	actor  string // the agent's handle, or whoever is named as its author
	ticket int64
	fresh  bool // of a ticket that began with it
}
