package store

import (
	"context"
	"errors"
	"sync"
)

// pool lends connections, first the one that came back last: while little
// happens one serves, and the others take no memory for they are never opened.
type pool struct {
	out  chan struct{} // a place for each that is lent
	mu   sync.Mutex
	free []*statements
}

func newPool(n int, fresh func() *statements) *pool {
	p := &pool{out: make(chan struct{}, n)}
	for range n {
		p.free = append(p.free, fresh())
	}
	return p
}

// size is how many can be lent at once.
func (p *pool) size() int { return cap(p.out) }

// take lends a connection as soon as one is free. It fails with ErrClosed once
// the store closes, and with ctx.
func (p *pool) take(ctx context.Context, closing <-chan struct{}) (*statements, error) {
	select {
	case p.out <- struct{}{}:
	case <-closing:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.free) - 1
	c := p.free[last]
	p.free = p.free[:last]
	return c, nil
}

// put gives a connection back.
func (p *pool) put(c *statements) {
	p.mu.Lock()
	p.free = append(p.free, c)
	p.mu.Unlock()
	<-p.out
}

// close waits for every connection that is lent, and closes all. Nothing is
// lent afterwards.
func (p *pool) close() error {
	for range p.size() {
		p.out <- struct{}{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var err error
	for _, c := range p.free {
		err = errors.Join(err, c.close())
	}
	return err
}
