package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aside"
)

// killPath names, to the child process, the file that it writes until it is
// killed.
const killPath = "ASIDE_STORE_TEST_KILL"

// TestKilledChild is the child: it writes tickets from several goroutines, and
// blobs, and says of each when it was acknowledged.
func TestKilledChild(t *testing.T) {
	path := os.Getenv(killPath)
	if path == "" {
		t.Skip("runs within TestKill")
	}
	s, err := Open(context.Background(), Options{Path: path, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var out sync.Mutex
	say := func(format string, a ...any) {
		out.Lock()
		defer out.Unlock()
		fmt.Fprintf(os.Stdout, "ack "+format+"\n", a...)
	}
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				var sc scene
				err := s.Update(context.Background(), func(tx *Tx) error {
					if err := sc.write(tx); err != nil {
						return err
					}
					return errors.Join(tx.AddEvent(sc.ticket.Number, "dana", "made", nil),
						tx.AddDelivery(sc.answer.Token, sc.answer, sc.jane, tx.Now(), false))
				})
				if err != nil {
					say("error %v", err)
					return
				}
				say("ticket %d", sc.ticket.Number)
				if w == 0 && i%8 == 0 {
					c, err := s.KeepStream(context.Background(), bytes.NewReader(octets(chunkSize+i, byte(w))))
					if err != nil {
						say("error %v", err)
						return
					}
					say("blob %s", c.SHA256)
				}
			}
		}()
	}
	select {}
}

// TestKill kills a process in the middle of its writing, again and again on
// the same file: what was acknowledged is there, and all of it is whole.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	path := filepath.Join(t.TempDir(), "aside.db")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	acknowledged := 0
	for round := range 20 {
		acks := writeUntilKilled(t, path, 1+random.IntN(60))
		acknowledged += len(acks)
		s, err := Open(context.Background(), Options{Path: path, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		checkSurvived(t, s, acks)
		if err := s.Close(); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d acknowledged writes survived", acknowledged)
}

// writeUntilKilled starts the child, kills it after some acknowledgements, and
// returns all of them, those that came until it was dead included.
func writeUntilKilled(t *testing.T, path string, after int) (acks []string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKilledChild$")
	child.Env = append(os.Environ(), killPath+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // half a line was no acknowledgement
		}
		if ack, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "ack "); ok {
			acks = append(acks, ack)
		}
		if len(acks) == after {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
	if len(acks) < after {
		t.Fatalf("the child ended by itself after %q", acks)
	}
	return acks
}

func checkSurvived(t *testing.T, s *Store, acks []string) {
	t.Helper()
	for _, ack := range acks {
		what, id, _ := strings.Cut(ack, " ")
		switch what {
		case "ticket":
			if n := count(t, s, `SELECT count(*) FROM ticket k JOIN conversation c ON c.ticket = k.number JOIN message m ON m.conversation = c.id WHERE k.number = $1`, id); n != 3 {
				t.Errorf("ticket %s was acknowledged and has %d messages", id, n)
			}
		case "blob":
			if _, err := s.OpenBlob(context.Background(), id); err != nil {
				t.Errorf("blob %s was acknowledged: %v", id, err)
			}
		default:
			t.Errorf("the child said %q", ack)
		}
	}
	f, err := s.Verify(context.Background())
	if err != nil || len(f.Problems) > 0 || f.Messages != 3*f.Tickets || f.Events != f.Tickets {
		t.Errorf("after the kill: %+v (%v)", f, err)
	}
	if n := count(t, s, `SELECT count(*) FROM delivery WHERE state = 'queued'`); int64(n) != f.Tickets {
		t.Errorf("%d deliveries of %d tickets", n, f.Tickets)
	}
	var due []aside.Outgoing
	update(t, s, func(tx *Tx) (err error) { due, err = tx.ClaimDeliveries(time.Microsecond, 1); return err })
	if len(due) != 1 {
		t.Error("nothing can be claimed")
	}
}
