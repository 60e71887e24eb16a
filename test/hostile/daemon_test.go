package hostile_test

import (
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	h "aside/test/harness"
	"aside/test/hostile"
)

var large = flag.Bool("large", false, "send 50 mails of 30 MB at once")

// status reads a field of a process in kB, such as VmHWM, the most memory that
// it ever had.
func status(t *testing.T, pid int, field string) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("no /proc here")
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}

// cpu is the processor's time that a process has used, to the clock tick.
func cpu(t *testing.T, pid int) time.Duration {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Skip("no /proc here")
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest) // from the third field of proc(5) on
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// TestTheDaemonLives sends every shape to the real daemon. Each is taken, and
// the customer who writes after all of them is heard.
func TestTheDaemonLives(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of hostile input")
	}
	d := h.Start(t)
	const size = 300 << 10
	for _, shape := range hostile.All() {
		if only := os.Getenv("SHAPE"); only != "" && only != shape.Name {
			continue
		}
		raw := []byte(shape.Mail(size))
		before := cpu(t, d.PID())
		if err := send(d.Addr, 0, raw); err != nil {
			t.Errorf("%s: %v", shape.Name, err)
		}
		// Sending goes on behind the 250; what it takes is told with the next.
		if took := cpu(t, d.PID()) - before; took > slow {
			t.Logf("slow: %s: %v", shape.Name, took)
		}
	}
	d.Opens(h.Jane, "Kettle arrived broken", "Is anybody there after all this?")
	if log := d.Log(); strings.Contains(log, "msg=panic") || strings.Contains(log, "panicked") {
		t.Error("something panicked, see the log")
	}
	t.Logf("%d MB resident at most", status(t, d.PID(), "VmHWM")>>10)
}

// send hands a mail over in one chunk, from an address of the sender's own: a
// line may be as long as it likes then.
func send(addr string, i int, raw []byte) error {
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(i+1))}}
	conn, err := from.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Minute))
	c := textproto.NewConn(conn)
	for _, step := range []struct {
		say  string
		code int
	}{{"", 220}, {"EHLO client.example\r\n", 250}, {fmt.Sprintf("MAIL FROM:<c%d@customer.example>\r\n", i), 250},
		{"RCPT TO:<support@example.com>\r\n", 250}, {fmt.Sprintf("BDAT %d LAST\r\n%s", len(raw), raw), 250}} {
		if _, err := io.WriteString(conn, step.say); err != nil {
			return fmt.Errorf("%.20q: %w", step.say, err)
		}
		if _, _, err := c.ReadResponse(step.code); err != nil {
			return fmt.Errorf("%.20q: %w", step.say, err)
		}
	}
	return nil
}

// attached is a mail with a file of so many octets, which no other mail has.
func attached(i, size int) []byte {
	line := make([]byte, 57*64)
	rng := rand.New(rand.NewPCG(uint64(i), 30))
	for k := range line {
		line[k] = byte(rng.Uint32())
	}
	var b strings.Builder
	b.WriteString(letter(i) + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\n" +
		"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for b.Len() < size {
		for chunk := range slices.Chunk(line, 57) {
			b.WriteString(base64.StdEncoding.EncodeToString(chunk) + "\r\n")
		}
	}
	return []byte(b.String() + "--b--\r\n")
}

// worded is a mail of so many octets that a person could have typed.
func worded(i, size int) []byte {
	return []byte(letter(i) + "\r\n" + strings.Repeat(fmt.Sprintf("Line after line of letter %d, and none of them the last.\r\n", i), size/56))
}

func letter(i int) string {
	return fmt.Sprintf("From: c%d@customer.example\r\nTo: support@example.com\r\nSubject: large %d\r\nMessage-ID: <large%d@customer.example>\r\n", i, i, i)
}

// TestManyLargeMailsAtOnce holds the memory of the daemon while many senders
// send large mails at the same time: 50 of 30 MB each with -large, else 8 of 12.
// The bound is on the most that was ever resident, and leaves no room for two of
// the mails beside each other.
func TestManyLargeMailsAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred megabytes of mail")
	}
	for _, kind := range []struct {
		name string
		mail func(i, size int) []byte
		most int // MB, whatever is sent
	}{{"files", attached, 200}, {"words", worded, 300}} {
		t.Run(kind.name, func(t *testing.T) {
			senders, size := 8, 12<<20
			if *large {
				senders, size = 50, 30<<20
			}
			d := h.Start(t)
			before := status(t, d.PID(), "VmHWM")
			start := time.Now()
			var wg sync.WaitGroup
			for i := range senders {
				wg.Go(func() {
					if err := send(d.Addr, i, kind.mail(i, size)); err != nil {
						t.Errorf("mail %d: %v", i, err)
					}
				})
			}
			wg.Wait()
			most := status(t, d.PID(), "VmHWM")
			t.Logf("%d mails of %d MB in %v: %d MB resident at most, %d before", senders, size>>20, time.Since(start).Round(time.Second), most>>10, before>>10)
			if most > kind.most<<10 {
				t.Errorf("%d MB were resident", most>>10)
			}
			left, err := os.ReadDir(filepath.Join(d.Dir, "state", "spool"))
			if err != nil || len(left) > 0 {
				t.Errorf("%v were left behind (%v)", left, err)
			}
		})
	}
}

// TestIdle holds what a daemon takes that has nothing to do: 36 to 39 MB, of which
// 21 are the program itself.
func TestIdle(t *testing.T) {
	d := h.Start(t)
	if idle := status(t, d.PID(), "VmRSS"); idle > 44<<10 {
		t.Errorf("%d MB were resident", idle>>10)
	}
	t.Logf("%d kB resident, %d at most", status(t, d.PID(), "VmRSS"), status(t, d.PID(), "VmHWM"))
}
