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

// KeepStream stores what r gives whatever its size. An error of r is returned
// as it is.
func (s *Store) KeepStream(ctx context.Context, r io.Reader) (aside.Content, error) {
	var blob int64
	err := s.Update(ctx, func(tx *Tx) (err error) {
		blob, err = tx.insert(`INSERT INTO blob (size, touched_at) VALUES (0, $1) RETURNING id`, micros(tx.now))
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
	known, err := tx.touchBlob(c.SHA256)
	if err != nil || known {
		return err
	}
	if c.Data == nil && c.Size > 0 {
		return fmt.Errorf("blob %s: %w", c.SHA256, ErrNotFound)
	}
	id, err := tx.insert(`INSERT INTO blob (sha256, size, touched_at) VALUES ($1, $2, $3) RETURNING id`, c.SHA256, c.Size, micros(tx.now))
	if err != nil || c.Size == 0 {
		return err
	}
	return tx.exec(`INSERT INTO blob_chunk (blob, n, data) VALUES ($1, 0, $2)`, id, c.Data)
}

// OpenBlob reads a stored blob, a chunk at a time.
func (s *Store) OpenBlob(ctx context.Context, sum string) (io.ReadCloser, error) {
	var id int64
	err := s.reader.QueryRowContext(ctx, `SELECT id FROM blob WHERE sha256 = $1`, sum).Scan(&id)
	if err != nil {
		return nil, notFound(err, "blob", sum)
	}
	return &blobReader{ctx: ctx, db: s.reader, blob: id}, nil
}

type blobReader struct {
	ctx  context.Context
	db   *sql.DB
	blob int64
	n    int
	rest []byte
}

func (b *blobReader) Read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		err := b.db.QueryRowContext(b.ctx, `SELECT data FROM blob_chunk WHERE blob = $1 AND n = $2`, b.blob, b.n).Scan(&b.rest)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("read chunk %d of blob %d: %w", b.n, b.blob, err)
		}
		b.n++
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

func (b *blobReader) Close() error { return nil }

// SweepBlobs removes blobs that nothing has referred to for a day.
func (s *Store) SweepBlobs(ctx context.Context) (removed int64, err error) {
	err = s.Update(ctx, func(tx *Tx) error {
		removed, err = tx.affected(`DELETE FROM blob WHERE id IN (
			SELECT id FROM blob b WHERE touched_at < $1
			AND NOT EXISTS (SELECT 1 FROM inbound WHERE raw = b.sha256)
			AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.sha256 = b.sha256)
			AND NOT EXISTS (SELECT 1 FROM hold_part h WHERE h.sha256 = b.sha256)
			LIMIT 500)`, micros(tx.now.Add(-blobGrace)))
		return err
	})
	return removed, err
}
