package verify

import (
	"context"
	"net"
	"sync"

	"github.com/emersion/go-msgauth/dkim"
)

func verification(domain, identifier string) *dkim.Verification {
	return &dkim.Verification{Domain: domain, Identifier: identifier}
}

// counting counts what is asked.
type counting struct {
	Resolver
	mu sync.Mutex
	n  int
}

func (c *counting) one() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

func (c *counting) LookupTXT(ctx context.Context, name string) ([]string, error) {
	c.one()
	return c.Resolver.LookupTXT(ctx, name)
}

func (c *counting) LookupIPAddr(ctx context.Context, name string) ([]net.IPAddr, error) {
	c.one()
	return c.Resolver.LookupIPAddr(ctx, name)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }
