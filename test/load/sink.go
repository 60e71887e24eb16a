package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

// sink is where the daemon's mail goes: everybody's mail server.
type sink struct {
	addr string
	got  func(arrival) // called by many at once
}

// arrival is one mail at the sink.
type arrival struct {
	to   string // lower case
	at   time.Time
	head []byte // its beginning, at most keepHead octets; all of it where whole
	size int
	all  bool
}

// keepHead is how much of a mail is looked at: the words stand first.
const keepHead = 128 << 10

// startSink takes every mail until ctx ends.
func startSink(ctx context.Context, got func(arrival)) (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for what leaves: %w", err)
	}
	s := &sink{addr: l.Addr().String(), got: got}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { _ = c.Close() })
			go s.serve(c)
		}
	}()
	return s, nil
}

func (s *sink) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	r := bufio.NewReaderSize(c, 64<<10)
	say := func(line string) { _, _ = c.Write([]byte(line + "\r\n")) }
	say("220 sink ESMTP")
	var to []string
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.TrimSpace(line[:min(len(line), 5)]))
		switch {
		case verb == "EHLO":
			say("250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8")
		case strings.HasPrefix(verb, "RCPT"):
			_, rest, _ := strings.Cut(line, "<")
			addr, _, _ := strings.Cut(rest, ">")
			to = append(to, strings.ToLower(addr))
			say("250 ok")
		case verb == "DATA":
			say("354 go on")
			a, err := readMail(r)
			if err != nil {
				return
			}
			for _, rcpt := range to {
				a.to = rcpt
				s.got(a)
			}
			to = nil
			say("250 ok")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// readMail reads to the lone dot.
func readMail(r *bufio.Reader) (arrival, error) {
	var a arrival
	begin := true
	for {
		line, err := r.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			return a, err
		}
		if begin && bytes.Equal(line, []byte(".\r\n")) {
			a.at, a.all = time.Now(), a.size == len(a.head)
			return a, nil
		}
		if begin && len(line) > 0 && line[0] == '.' {
			line = line[1:]
		}
		begin = err == nil
		a.size += len(line)
		if len(a.head) < keepHead {
			a.head = append(a.head, line...)
		}
	}
}
