package hostile_test

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
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

// TestManyLargeMailsAtOnce holds the memory of the daemon while 50 senders send
// 30 MB each at the same time.
func TestManyLargeMailsAtOnce(t *testing.T) {
	if !*large {
		t.Skip("a gigabyte and a half of mail: -large sends it")
	}
	senders, size := 50, 30<<20
	d := h.Start(t)
	before := status(t, d.PID(), "VmHWM")
	line := strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAx", 1) + "\r\n"
	mail := func(i int) []byte {
		return []byte(fmt.Sprintf("From: c%d@customer.example\r\nTo: support@example.com\r\nSubject: large %d\r\nMessage-ID: <large%d@customer.example>\r\n", i, i, i) +
			"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			strings.Repeat(line, size/len(line)) + "--b--\r\n")
	}
	start := time.Now()
	var wg sync.WaitGroup
	for i := range senders {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := send(d.Addr, i, mail(i)); err != nil {
				t.Errorf("mail %d: %v", i, err)
			}
		}()
	}
	wg.Wait()
	most := status(t, d.PID(), "VmHWM")
	t.Logf("%d mails of %d MB in %v: %d MB resident at most, %d before", senders, size>>20, time.Since(start).Round(time.Second), most>>10, before>>10)
	if most > 600<<10 {
		t.Errorf("%d MB were resident", most>>10)
	}
}
