package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"aside"
)

const (
	// chunkSize bounds the memory that one blob in transit takes, and the
	// time a write keeps others waiting.
	chunkSize = 256 << 10
	// SmallBlob is the size up to which bytes travel with the transaction
	// that needs them, rather than by transactions of their own before it.
	SmallBlob = 64 << 10
	// blobGrace is how long a blob without a reference is kept: a mail may
	// still be on its way into the store.
	blobGrace = 24 * time.Hour
)

// Keep stores what r gives. Up to SmallBlob octets come back in Data and are
// not stored yet: they go with the transaction that refers to them
// (PutContent). More is streamed in, a transaction a chunk.
func (s *Store) Keep(ctx context.Context, r io.Reader) (aside.Content, error) {
	head := make([]byte, SmallBlob+1)
	n, err := io.ReadFull(r, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		sum := sha256.Sum256(head[:n])
		return aside.Content{SHA256: hex.EncodeToString(sum[:]), Size: int64(n), Data: bytes.Clone(head[:n])}, nil
	}
	if err != nil {
		return aside.Content{}, err
	}
	return s.KeepStream(ctx, io.MultiReader(bytes.NewReader(head), r))
}

// KeepStream stores what r gives whatever its size: one chunk in one
// transaction, more in a transaction a chunk. An error of r is returned as it
// is, and leaves nothing behind.
func (s *Store) KeepStream(ctx context.Context, r io.Reader) (aside.Content, error) {
	first, more, err := firstChunk(r)
	if err != nil {
		return aside.Content{}, err
	}
	if !more {
		sum := sha256.Sum256(first)
		c := aside.Content{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(first)), Data: first}
		if err := s.Update(ctx, func(tx *Tx) error { return tx.PutContent(c) }); err != nil {
			return aside.Content{}, fmt.Errorf("store a blob: %w", err)
		}
		c.Data = nil
		return c, nil
	}
	return s.stream(ctx, io.MultiReader(bytes.NewReader(first), r))
}

// firstChunk reads at most one chunk, and tells whether r may have more.
func firstChunk(r io.Reader) (first []byte, more bool, err error) {
	var b bytes.Buffer
	n, err := io.CopyN(&b, r, chunkSize)
	if err == io.EOF {
		return b.Bytes(), false, nil
	}
	return b.Bytes(), n == chunkSize, err
}

func (s *Store) stream(ctx context.Context, r io.Reader) (aside.Content, error) {
	var blob int64
	err := s.Update(ctx, func(tx *Tx) (err error) {
		blob, err = tx.insert("blob", "id", `size, touched_at`, 0, micros(tx.now))
		return err
	})
	if err != nil {
		return aside.Content{}, fmt.Errorf("store a blob: %w", err)
	}
	sum, size, err := s.chunks(ctx, blob, r)
	if err == nil {
		err = s.Update(ctx, func(tx *Tx) error { return tx.sealBlob(blob, sum, size) })
	}
	if err != nil {
		// What is left behind without a sum is swept after a day; try now.
		_ = s.Update(context.WithoutCancel(ctx), func(tx *Tx) error { return tx.exec(`DELETE FROM blob WHERE id = $1`, blob) })
		return aside.Content{}, err
	}
	return aside.Content{SHA256: sum, Size: size}, nil
}

func (s *Store) chunks(ctx context.Context, blob int64, r io.Reader) (sum string, size int64, err error) {
	var h hash.Hash = sha256.New()
	buf := make([]byte, chunkSize)
	for n := 0; ; n++ {
		read, err := io.ReadFull(r, buf)
		if read > 0 {
			h.Write(buf[:read])
			size += int64(read)
			e := s.Update(ctx, func(tx *Tx) error {
				return tx.exec(`INSERT INTO blob_chunk (blob, n, data) VALUES ($1, $2, $3)`, blob, n, buf[:read])
			})
			if e != nil {
				return "", 0, fmt.Errorf("store a chunk: %w", e)
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return hex.EncodeToString(h.Sum(nil)), size, nil
		}
		if err != nil {
			return "", 0, err
		}
	}
}

// sealBlob gives the streamed blob its sum, or drops it where the same bytes
// are there already.
func (tx *Tx) sealBlob(blob int64, sum string, size int64) error {
	known, err := tx.touchBlob(sum)
	if err != nil {
		return err
	}
	if known {
		return tx.exec(`DELETE FROM blob WHERE id = $1`, blob)
	}
	return tx.exec(`UPDATE blob SET sha256 = $1, size = $2 WHERE id = $3`, sum, size, blob)
}

// touchBlob keeps an existing blob from being swept, and reports whether it
// exists.
func (tx *Tx) touchBlob(sum string) (bool, error) {
	n, err := tx.affected(`UPDATE blob SET touched_at = $1 WHERE sha256 = $2`, micros(tx.now), sum)
	return n > 0, err
}

// PutContent makes sure that the bytes are stored: those that came along are
// written, for others the blob must exist.
func (tx *Tx) PutContent(c aside.Content) error {
	if c.Data == nil && c.Size > 0 {
		known, err := tx.touchBlob(c.SHA256)
		if err == nil && !known {
			err = fmt.Errorf("blob %s: %w", c.SHA256, ErrNotFound)
		}
		return err
	}
	if tx.q.d.content != "" {
		return tx.exec(tx.q.d.content, c.SHA256, c.Size, micros(tx.now), c.Data)
	}
	id, err := tx.inserted(`INSERT INTO blob (sha256, size, touched_at) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING`, c.SHA256, c.Size, micros(tx.now))
	if err == nil && id == 0 {
		_, err = tx.touchBlob(c.SHA256)
		return err
	}
	if err != nil || c.Size == 0 {
		return err
	}
	return tx.exec(`INSERT INTO blob_chunk (blob, n, data) VALUES ($1, 0, $2)`, id, c.Data)
}

// OpenBlob reads a stored blob, a chunk at a time.
func (s *Store) OpenBlob(ctx context.Context, sum string) (io.ReadCloser, error) {
	b := &blobReader{ctx: ctx, db: s.reader, sum: sum}
	err := s.reader.QueryRowContext(ctx, `SELECT id, size FROM blob WHERE sha256 = $1`, sum).Scan(&b.blob, &b.left)
	if err != nil {
		return nil, notFound(err, "blob", sum)
	}
	return b, nil
}

type blobReader struct {
	ctx  context.Context
	db   *sql.DB
	sum  string
	blob int64
	left int64 // octets not read from the database yet
	n    int
	rest []byte
}

// Read implements io.Reader.
func (b *blobReader) Read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		err := b.db.QueryRowContext(b.ctx, `SELECT data FROM blob_chunk WHERE blob = $1 AND n = $2`, b.blob, b.n).Scan(&b.rest)
		if errors.Is(err, sql.ErrNoRows) && b.left == 0 {
			return 0, io.EOF
		}
		if errors.Is(err, sql.ErrNoRows) {
			// Swept or damaged: half a mail must not pass for a whole one.
			return 0, fmt.Errorf("blob %s: chunk %d is missing: %w", b.sum, b.n, io.ErrUnexpectedEOF)
		}
		if err != nil {
			return 0, fmt.Errorf("blob %s: read chunk %d: %w", b.sum, b.n, err)
		}
		b.n++
		b.left -= int64(len(b.rest))
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// Close implements io.Closer.
func (b *blobReader) Close() error { return nil }

// sweepBatch is how many blobs go in one transaction: with the largest mails
// it is the time that a few of them take to come in.
const sweepBatch = 20

// unreferenced are the conditions that let a blob go: untouched since $1, and
// nothing refers to it.
const unreferenced = ` touched_at < $1
	AND NOT EXISTS (SELECT 1 FROM inbound i WHERE i.raw = b.sha256)
	AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.sha256 = b.sha256)
	AND NOT EXISTS (SELECT 1 FROM hold_part h WHERE h.sha256 = b.sha256)`

// SweepBlobs removes blobs that nothing has referred to for a day. It looks
// for them beside the writer, for that reads the whole table.
func (s *Store) SweepBlobs(ctx context.Context) (removed int64, err error) {
	var ids []int64
	err = s.View(ctx, func(tx *Tx) error {
		return tx.each(func(r scanner) error {
			var id int64
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		}, `SELECT id FROM blob b WHERE`+unreferenced, micros(tx.now.Add(-blobGrace)))
	})
	if err != nil {
		return 0, fmt.Errorf("look for blobs without a reference: %w", err)
	}
	for batch := range slices.Chunk(ids, sweepBatch) {
		var gone int64
		err := s.Update(ctx, func(tx *Tx) error {
			gone = 0
			for _, id := range batch {
				n, err := tx.affected(`DELETE FROM blob AS b WHERE`+unreferenced+` AND id = $2`, micros(tx.now.Add(-blobGrace)), id)
				if err != nil {
					return fmt.Errorf("remove blob %d: %w", id, err)
				}
				gone += n
			}
			return nil
		})
		if err != nil {
			return removed, err
		}
		removed += gone
	}
	return removed, nil
}
