package mailout

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// How long a mail waits for better times (RFC 5321 section 4.5.4.1 asks for
// four to five days).
const (
	// DelayedAfter is when the agents hear that a mail has not left yet.
	DelayedAfter = 4 * time.Hour
	// GiveUpAfter is when a mail counts as failed.
	GiveUpAfter = 5 * 24 * time.Hour
)

// pause is how long to wait after so many failed attempts (1 is the first):
// short at first, because greylisting and restarts end within minutes. Up to a
// fifth is added, drawn from the mail itself, so that mails which failed
// together do not all return together.
func pause(attempt int, name string) time.Duration {
	minutes := []time.Duration{1, 2, 5, 10, 20, 40, 60, 120}
	base := 4 * time.Hour
	if attempt = max(attempt, 1); attempt <= len(minutes) {
		base = minutes[attempt-1] * time.Minute
	}
	sum := sha256.Sum256(binary.AppendVarint([]byte(name), int64(attempt)))
	share := binary.BigEndian.Uint16(sum[:])
	return base + base/5*time.Duration(share)/(1<<16)
}

// nextTry is when to try again a mail that was queued at queued. It never
// passes over the moment when the agents are to be told, and the last try is
// made when time is up. ok is false when it is up already.
func nextTry(now, queued time.Time, attempt int, name string) (next time.Time, ok bool) {
	end := queued.Add(GiveUpAfter)
	if !now.Before(end) {
		return time.Time{}, false
	}
	next = now.Add(pause(attempt, name))
	if tell := queued.Add(DelayedAfter); now.Before(tell) && next.After(tell) {
		next = tell
	}
	if next.After(end) {
		next = end
	}
	return next, true
}

// rest keeps everybody away from a relay that is in trouble, for longer each
// time until it takes a mail again.
type rest struct {
	mu    sync.Mutex
	times int
	since time.Time // of the trouble that it rests for
	until time.Time
}

// Bounds of a relay's rest.
const (
	minRest = 5 * time.Second
	maxRest = 5 * time.Minute
)

// trouble notes that the relay failed and returns when to come back. Failures
// that come while it rests already are of the same trouble.
func (r *rest) trouble(now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Before(r.until) {
		return r.until
	}
	d := minRest << min(r.times, 10)
	r.times++
	r.since = now
	r.until = now.Add(min(d, maxRest))
	return r.until
}

// well notes that the relay works.
func (r *rest) well() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.times, r.until = 0, time.Time{}
}

// again ends the rest, if it began before somebody asked for that at a time;
// what trouble there was counts on.
func (r *rest) again(asked time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !asked.After(r.since) {
		return false
	}
	r.until = time.Time{}
	return true
}

// troubled reports that the relay failed and has taken no mail since.
func (r *rest) troubled() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.times > 0
}

// end is when the relay may be tried again.
func (r *rest) end() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.until
}
