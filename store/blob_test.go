package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"aside"
)

// octets are n bytes that do not repeat, the same for the same seed.
func octets(n int, seed byte) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{seed})
	_, _ = r.Read(b)
	return b
}

func readBlob(t *testing.T, s *Store, sum string) []byte {
	t.Helper()
	r, err := s.OpenBlob(context.Background(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(uneven(r))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// uneven makes the first read a short one, so that chunks are cut anew.
func uneven(r io.Reader) io.Reader { return io.MultiReader(io.LimitReader(r, 3), r) }

const (
	allBlobs  = `SELECT count(*) FROM blob`
	allChunks = `SELECT count(*) FROM blob_chunk`
)

func testBlobs(t *testing.T, open opener) {
	s := open(t, newClock())
	ctx := context.Background()
	for _, n := range []int{0, 1, SmallBlob, SmallBlob + 1, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 17} {
		want := octets(n, 1)
		c, err := s.Keep(ctx, iotest.HalfReader(bytes.NewReader(want)))
		if err != nil || c.Size != int64(n) || (c.Data != nil) != (n <= SmallBlob) {
			t.Fatalf("kept %d octets as %d, with them %v: %v", n, c.Size, c.Data != nil, err)
		}
		if n <= SmallBlob {
			if _, err := s.OpenBlob(ctx, c.SHA256); !errors.Is(err, ErrNotFound) {
				t.Errorf("%d octets were stored before their transaction: %v", n, err)
			}
			update(t, s, func(tx *Tx) error { return tx.PutContent(c) })
		}
		if got := readBlob(t, s, c.SHA256); !bytes.Equal(got, want) {
			t.Errorf("%d octets read back as %d others", n, len(got))
		}
		rows := count(t, s, allBlobs)
		again, err := s.KeepStream(ctx, bytes.NewReader(want))
		if err != nil || again.SHA256 != c.SHA256 || again.Data != nil || count(t, s, allBlobs) != rows {
			t.Errorf("the same %d octets again: %+v %v, %d blobs after %d", n, again.SHA256, err, count(t, s, allBlobs), rows)
		}
	}
	testBlobsAtOnce(t, s)
	testBlobFailures(t, s)
	f, err := s.Verify(ctx)
	if err != nil || len(f.Problems) > 0 {
		t.Errorf("verify: %v %v", f.Problems, err)
	}
}

// The same bytes coming in many times at once are stored once.
func testBlobsAtOnce(t *testing.T, s *Store) {
	want := octets(2*chunkSize+5, 2)
	blobs, chunks := count(t, s, allBlobs), count(t, s, allChunks)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Keep(context.Background(), bytes.NewReader(want)); err != nil {
				t.Errorf("one of many at once: %v", err)
			}
		})
	}
	wg.Wait()
	if b, c := count(t, s, allBlobs)-blobs, count(t, s, allChunks)-chunks; b != 1 || c != 3 {
		t.Errorf("%d blobs of %d chunks were added, want 1 of 3", b, c)
	}
}

// cancelAfter ends a context once it was read to its end.
type cancelAfter struct {
	io.Reader
	cancel context.CancelFunc
}

func (c cancelAfter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err != nil {
		c.cancel()
	}
	return n, err
}

// What cannot be read to its end leaves nothing behind.
func testBlobFailures(t *testing.T, s *Store) {
	broken := errors.New("the connection was lost")
	blobs, chunks := count(t, s, allBlobs), count(t, s, allChunks)
	for _, n := range []int{0, 10, SmallBlob + 1, 2*chunkSize + 1} {
		half := io.MultiReader(bytes.NewReader(octets(n, 3)), iotest.ErrReader(broken))
		if _, err := s.Keep(context.Background(), half); !errors.Is(err, broken) {
			t.Errorf("the reader's error after %d octets came back as %v", n, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	long := cancelAfter{bytes.NewReader(octets(2*chunkSize+1, 4)), cancel}
	if _, err := s.Keep(ctx, long); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while it came in: %v", err)
	}
	missing := aside.Content{SHA256: "ab", Size: 3}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.PutContent(missing) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("content that neither came along nor is there: %v", err)
	}
	if _, err := s.OpenBlob(context.Background(), "ab"); !errors.Is(err, ErrNotFound) {
		t.Errorf("opened what is not there: %v", err)
	}
	if b, c := count(t, s, allBlobs), count(t, s, allChunks); b != blobs || c != chunks {
		t.Errorf("%d blobs of %d chunks, before the failures %d of %d", b, c, blobs, chunks)
	}
	c, err := s.KeepStream(context.Background(), bytes.NewReader(octets(2*chunkSize, 5)))
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error {
		return tx.exec(`DELETE FROM blob_chunk WHERE n = 1 AND blob = (SELECT id FROM blob WHERE sha256 = $1)`, c.SHA256)
	})
	r, err := s.OpenBlob(context.Background(), c.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a blob was read as a whole one: %v", err)
	}
	update(t, s, func(tx *Tx) error { return tx.exec(`DELETE FROM blob WHERE sha256 = $1`, c.SHA256) })
}

// The sweep takes what nothing refers to for a day, and nothing else.
func testSweep(t *testing.T, open opener) {
	c := newClock()
	s := open(t, c)
	sc := makeScene(t, s)
	ctx := context.Background()
	keep := func(seed byte, n int) aside.Content {
		content, err := s.KeepStream(ctx, bytes.NewReader(octets(n, seed)))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	raw, file, held, gone, renewed := keep(1, 10), keep(2, chunkSize+1), keep(3, 10), keep(4, 2*chunkSize), keep(5, 10)
	update(t, s, func(tx *Tx) error {
		if err := tx.AddRecord(&Record{ID: "r1", ReceivedAt: c.Now()}, raw); err != nil {
			return err
		}
		m := aside.Message{Conversation: sc.notes.ID, Token: 4711, Kind: aside.MessageNote, Attachments: []aside.Attachment{{Name: "a", Content: file}}}
		if err := tx.AddMessage(&m, true); err != nil {
			return err
		}
		h := &HeldMail{Hold: aside.Hold{Agent: "dana", InboundID: "r1", Kind: aside.HoldGuard}}
		h.Mail.Mail = &aside.Mail{Attachments: []aside.Attachment{{Name: "b", Content: held}}}
		if err := tx.AddHold(h); err != nil {
			return err
		}
		// Half a stream, as a crash leaves it.
		return tx.exec(`INSERT INTO blob (size, touched_at) VALUES (0, $1)`, micros(c.Now()))
	})
	sweep := func(want int64) {
		t.Helper()
		if n, err := s.SweepBlobs(ctx); err != nil || n != want {
			t.Errorf("swept %d (%v), want %d", n, err, want)
		}
	}
	c.Add(blobGrace)
	sweep(0)
	if keep(5, 10).SHA256 != renewed.SHA256 { // the same bytes come in again: their day begins anew
		t.Fatal("not the same blob")
	}
	c.Add(time.Microsecond)
	sweep(2) // gone, and the half
	for _, kept := range []aside.Content{raw, file, held, renewed} {
		readBlob(t, s, kept.SHA256)
	}
	if _, err := s.OpenBlob(ctx, gone.SHA256); !errors.Is(err, ErrNotFound) {
		t.Errorf("a blob without a reference is still there: %v", err)
	}
	if n := count(t, s, allChunks); n != 5 {
		t.Errorf("%d chunks are left, want 5", n)
	}
	c.Add(blobGrace)
	sweep(1)
	sweep(0)
	testSweepMany(t, s, c)
	for _, kept := range []aside.Content{raw, file, held} {
		if err := attempt(s, `DELETE FROM blob WHERE sha256 = $1`, kept.SHA256); err == nil {
			t.Errorf("plain SQL removed a blob that is referred to")
		}
	}
}

func testSweepMany(t *testing.T, s *Store, c *clock) {
	const many = 2*sweepBatch + 1
	for i := range many {
		if _, err := s.KeepStream(context.Background(), bytes.NewReader([]byte{'x', byte(i)})); err != nil {
			t.Fatal(err)
		}
	}
	c.Add(2 * blobGrace)
	if n, err := s.SweepBlobs(context.Background()); err != nil || n != many {
		t.Errorf("swept %d (%v), want %d", n, err, many)
	}
}
