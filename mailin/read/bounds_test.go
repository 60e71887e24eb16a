package read

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"aside"
	"aside/test/hostile"
)

// What reading may allocate in all, whatever the shape of a mail: so many
// octets for each of the mail's, and some for any. It bounds memory, and the
// work too, as far as work makes garbage.
const (
	perOctet = 16
	forAny   = 32 << 20
)

// allocated is how many octets f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestBounds holds memory under a bound that does not depend on a mail's shape.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	for _, shape := range hostile.All() {
		for _, size := range []int{256 << 10, 4 << 20} {
			raw := []byte(shape.Mail(size))
			start := time.Now()
			got := allocated(func() {
				if _, err := Mail(context.Background(), raw, Options{Timeout: time.Hour}); err != nil {
					t.Errorf("%s: %v", shape.Name, err)
				}
			})
			took := time.Since(start)
			if bound := uint64(len(raw))*perOctet + forAny; got > bound {
				t.Errorf("%s: %d octets are read with %d MB, %d an octet", shape.Name, len(raw), got>>20, got/uint64(len(raw)))
			}
			t.Logf("%-40s %9d octets %5.1f allocated for each, %v", shape.Name, len(raw), float64(got)/float64(len(raw)), took.Round(time.Millisecond))
		}
	}
}

// TestDeadline holds that reading ends by itself when its time is over: what
// was not read by then is left out, and told.
func TestDeadline(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	over, end := context.WithCancel(context.Background())
	end()
	for _, shape := range hostile.All() {
		raw := []byte(shape.Mail(1 << 20))
		for name, try := range map[string]func() (*aside.Mail, error){
			"context": func() (*aside.Mail, error) { return Mail(over, raw, Options{}) },
			"timeout": func() (*aside.Mail, error) { return Mail(context.Background(), raw, Options{Timeout: 1}) },
		} {
			var m *aside.Mail
			var err error
			got := allocated(func() { m, err = try() })
			if err != nil || m.Text != "" || m.HTML != "" || len(m.Attachments) > 0 || !slices.Contains(m.Problems, "reading took too long, the rest was left out") {
				t.Errorf("%s: %v, %v", shape.Name, err, m.Problems)
			}
			// The header is read all the same: it says whose mail it was.
			if got > forAny {
				t.Errorf("%s, %s: %d MB were allocated", shape.Name, name, got>>20)
			}
		}
	}
}
