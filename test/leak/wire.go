package leak

import (
	"fmt"
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
	// filed tells where a mail's words stand now, by the id of its 250; nil
	// where it cannot be looked up.
	filed func(id string) (spot, bool, error)
	// names tells which conversation a reply token names; nil like filed.
	names func(token string) (spot, bool, error)
	// requester tells whose a ticket is; nil like filed.
	requester func(ticket string) (string, error)
	// book gives a name of the address book to an address; nil where the book
	// stays as it is.
	book func(name, addr string) error
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

// spot is a conversation as the cues name it.
type spot struct {
	kind   kind
	ticket string
	tag    string // of a side conversation
}

func (s spot) String() string {
	if s.tag != "" {
		return fmt.Sprintf("%s #%s-%s", s.kind, s.ticket, s.tag)
	}
	return fmt.Sprintf("%s #%s", s.kind, s.ticket)
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
