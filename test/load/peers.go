package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"aside/test/harness"
	"aside/test/postgres"
)

// peersCmd measures aside beside Postfix.
type peersCmd struct {
	Seconds float64 `default:"6" help:"How long each measurement should take."`
	Repeat  int     `default:"3" help:"How often the whole round is played; the table has the medians."`
	Size    int     `default:"10000" help:"Octets of a mail."`
	Seed    uint64  `default:"1" help:"Of the mails."`

	Pipelining bool `help:"Say MAIL, RCPT and DATA at once (RFC 2920), as mail servers do and smtp-source does not."`
}

// Help is shown by --help.
func (peersCmd) Help() string {
	return `Needs root and Debian's postfix package (apt-get install --no-install-recommends postfix). Postfix runs as an instance of its own, with its own
config and queue in a temporary folder; the system's is not touched. One round measures, one after the other:

  wire      Postfix's smtp-source into its smtp-sink, which keeps nothing
  client    our client into smtp-sink: what the measuring itself can do
  postfix   our client into Postfix's queue, with its fsync; delivery is deferred
  aside     our client into aside serve: SQLite FULL, DKIM, SPF and DMARC asked of a DNS server on loopback, three agents' notices queued; the relay
            does not answer meanwhile, as Postfix's deliveries wait
  aside+    the same while the notices are delivered to smtp-sink

each over 20 kept connections and over one. Machines differ and this one may be busy: only the ratios within a round mean anything.`
}

// contestant is one thing to send mail to.
type contestant struct {
	name  string
	start func(ctx context.Context, dir string) (peer, error)
}

// peer is one that runs.
type peer struct {
	addr string
	stop func()
	cpu  func() time.Duration // spent so far, by all its processes
}

// result is one measurement.
type result struct {
	rate float64
	p50  time.Duration
	p99  time.Duration
	cpu  time.Duration // a mail
}

// Run plays the rounds and prints the table.
func (c peersCmd) Run(ctx context.Context, out io.Writer) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("only root may start Postfix")
	}
	for _, p := range []string{"postfix", "smtp-source", "smtp-sink"} {
		if _, err := exec.LookPath(p); err != nil {
			return fmt.Errorf("%s is missing: apt-get install -y --no-install-recommends postfix", p)
		}
	}
	w := newWriter(c.Seed)
	dns, err := startDNS(ctx, w.public())
	if err != nil {
		return err
	}
	binary, err := harness.Binary()
	if err != nil {
		return err
	}
	all := []contestant{{"client", startSMTPSink}, {"postfix", startPostfix},
		{"aside", func(ctx context.Context, dir string) (peer, error) {
			return startAside(ctx, dir, binary, dns, false)
		}},
		{"aside+", func(ctx context.Context, dir string) (peer, error) {
			return startAside(ctx, dir, binary, dns, true)
		}}}
	results := map[string][]result{}
	serial := 0
	for round := range c.Repeat {
		for _, conns := range []int{20, 1} {
			r, err := wire(ctx, conns, c.Size, c.Seconds)
			if err != nil {
				return err
			}
			key := fmt.Sprintf("wire/%d", conns)
			results[key] = append(results[key], r)
			fmt.Fprintf(out, "round %d  %-10s %7.0f mails/s\n", round+1, key, r.rate)
			for _, k := range all {
				r, err := c.measure(ctx, w, k, conns, &serial)
				if err != nil {
					return fmt.Errorf("%s over %d: %w", k.name, conns, err)
				}
				key := fmt.Sprintf("%s/%d", k.name, conns)
				results[key] = append(results[key], r)
				fmt.Fprintf(out, "round %d  %-10s %7.0f mails/s  p50 %s  p99 %s  CPU %s a mail\n", round+1, key, r.rate, ms(r.p50), ms(r.p99), ms(r.cpu))
			}
		}
	}
	return table(out, results)
}

// median of one figure over the rounds.
func median(rs []result, of func(result) float64) float64 {
	var v []float64
	for _, r := range rs {
		v = append(v, of(r))
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// table prints the medians, and the ratios as the median of each round's own.
func table(out io.Writer, results map[string][]result) error {
	ratio := func(a, b string) string {
		ra, rb := results[a], results[b]
		var v []result
		for i := range min(len(ra), len(rb)) {
			v = append(v, result{rate: ra[i].rate / rb[i].rate})
		}
		return fmt.Sprintf("%.2f", median(v, func(r result) float64 { return r.rate }))
	}
	fmt.Fprintf(out, "\n| connections | into | mails/s | p50 | p99 | CPU a mail | times Postfix | of the wire |\n|---|---|---:|---:|---:|---:|---:|---:|\n")
	for _, conns := range []string{"20", "1"} {
		for _, name := range []string{"wire", "client", "postfix", "aside", "aside+"} {
			rs := results[name+"/"+conns]
			p50 := time.Duration(median(rs, func(r result) float64 { return float64(r.p50) }))
			p99 := time.Duration(median(rs, func(r result) float64 { return float64(r.p99) }))
			cpu := time.Duration(median(rs, func(r result) float64 { return float64(r.cpu) }))
			var lat [3]string
			if p50 > 0 {
				lat = [3]string{ms(p50), ms(p99), ms(cpu)}
			}
			fmt.Fprintf(out, "| %s | %s | %.0f | %s | %s | %s | %s | %s |\n", conns, name, median(rs, func(r result) float64 { return r.rate }),
				lat[0], lat[1], lat[2], ratio(name+"/"+conns, "postfix/"+conns), ratio(name+"/"+conns, "wire/"+conns))
		}
	}
	return nil
}

// measure starts a contestant afresh, warms it up, and sends for the time.
func (c peersCmd) measure(ctx context.Context, w *writer, k contestant, conns int, serial *int) (result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dir, err := os.MkdirTemp("", "aside-load-")
	if err != nil {
		return result{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p, err := k.start(ctx, dir)
	if err != nil {
		return result{}, err
	}
	defer p.stop()
	warm, err := w.plains(*serial, 20*conns, c.Size)
	if err != nil {
		return result{}, err
	}
	*serial += len(warm)
	r, err := pump(ctx, p.addr, conns, c.Pipelining, warm)
	if err != nil {
		return result{}, err
	}
	letters, err := w.plains(*serial, max(int(min(r.rate, 6000)*c.Seconds), conns), c.Size)
	if err != nil {
		return result{}, err
	}
	*serial += len(letters)
	before := p.cpu()
	r, err = pump(ctx, p.addr, conns, c.Pipelining, letters)
	r.cpu = (p.cpu() - before) / time.Duration(len(letters))
	return r, err
}

// pump sends the letters over kept connections as fast as they are taken.
func pump(ctx context.Context, addr string, conns int, pipelining bool, letters []letter) (result, error) {
	sessions := make([]*session, conns)
	for i := range sessions {
		s, err := dial(addr, 1+i)
		if err != nil {
			return result{}, err
		}
		defer s.quit()
		s.pipelining = s.pipelining && pipelining
		sessions[i] = s
	}
	var (
		next  atomic.Int64
		wg    sync.WaitGroup
		mu    sync.Mutex
		took  []time.Duration
		first error
	)
	began := time.Now()
	for _, s := range sessions {
		wg.Go(func() {
			var mine []time.Duration
			for i := next.Add(1) - 1; i < int64(len(letters)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				at := time.Now()
				if _, err := s.send(letters[i].from, []string{support}, letters[i].raw); err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
					return
				}
				mine = append(mine, time.Since(at))
			}
			mu.Lock()
			took = append(took, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	all := time.Since(began)
	q := quantilesOf(took)
	return result{rate: float64(len(took)) / all.Seconds(), p50: q.P50, p99: q.P99}, first
}

// wire is smtp-source into smtp-sink, with as many mails as take the time.
func wire(ctx context.Context, conns, size int, seconds float64) (result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dir, err := os.MkdirTemp("", "aside-load-")
	if err != nil {
		return result{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p, err := startSMTPSink(ctx, dir)
	if err != nil {
		return result{}, err
	}
	defer p.stop()
	rate := 0.0
	for _, n := range []int{1000, 0} {
		if n == 0 {
			n = int(rate * seconds)
		}
		began := time.Now()
		cmd := exec.CommandContext(ctx, "smtp-source", "-d", "-s", strconv.Itoa(conns), "-m", strconv.Itoa(n), "-l", strconv.Itoa(size-250),
			"-f", "jane@customer.example", "-t", support, p.addr)
		if msg, err := cmd.CombinedOutput(); err != nil {
			return result{}, fmt.Errorf("smtp-source: %w: %s", err, msg)
		}
		rate = float64(n) / time.Since(began).Seconds()
	}
	return result{rate: rate}, nil
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}

// awaitListener waits until something greets at addr.
func awaitListener(ctx context.Context, addr string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		s, err := dial(addr, 0)
		if err == nil {
			s.quit()
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("nobody greets at %s: %w", addr, err)
		case <-tick.C:
		}
	}
}

func startSMTPSink(ctx context.Context, dir string) (peer, error) {
	addr, err := freeAddr()
	if err != nil {
		return peer{}, err
	}
	cmd := exec.CommandContext(ctx, "smtp-sink", "-u", "nobody", addr, "1000")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return peer{}, fmt.Errorf("start smtp-sink: %w", err)
	}
	stop := func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	if err := awaitListener(ctx, addr); err != nil {
		stop()
		return peer{}, err
	}
	return peer{addr, stop, func() time.Duration { return postgres.CPU(cmd.Process.Pid) }}, nil
}

// startPostfix runs an instance of Postfix of its own: an unaltered smtpd and
// queue, deliveries deferred, DNS and user tables not asked, and no pause for a
// queue that fills: Postfix at its best.
func startPostfix(ctx context.Context, dir string) (peer, error) {
	addr, err := freeAddr()
	if err != nil {
		return peer{}, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return peer{}, err
	}
	etc := filepath.Join(dir, "etc")
	for _, d := range []string{etc, filepath.Join(dir, "queue"), filepath.Join(dir, "data")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return peer{}, err
		}
	}
	own := exec.CommandContext(ctx, "chown", "postfix", filepath.Join(dir, "data"))
	if msg, err := own.CombinedOutput(); err != nil {
		return peer{}, fmt.Errorf("give Postfix its folder: %w: %s", err, msg)
	}
	main := fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %s/queue
data_directory = %s/data
syslog_name = aside-peer
maillog_file = %s/queue/maillog
maillog_file_prefixes = %s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = peer.example.com
mydestination =
relay_domains = example.com
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:1
defer_transports = smtp, relay, local, virtual
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
in_flow_delay = 0s
`, dir, dir, dir, dir)
	master := addr + ` inet n - n - 50 smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
	if err := os.WriteFile(filepath.Join(etc, "main.cf"), []byte(main), 0o644); err != nil {
		return peer{}, err
	}
	if err := os.WriteFile(filepath.Join(etc, "master.cf"), []byte(master), 0o644); err != nil {
		return peer{}, err
	}
	if msg, err := exec.CommandContext(ctx, "postfix", "-c", etc, "start").CombinedOutput(); err != nil {
		return peer{}, fmt.Errorf("start Postfix: %w: %s", err, msg)
	}
	stop := func() { _ = exec.Command("postfix", "-c", etc, "stop").Run() }
	if err := awaitListener(ctx, addr); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "queue", "maillog"))
		stop()
		return peer{}, fmt.Errorf("%w\n%s", err, log)
	}
	return peer{addr, stop, func() time.Duration { return postfixCPU(filepath.Join(dir, "queue")) }}, nil
}

// startAside runs the daemon. Where it does not deliver, its relay takes the
// connection and says nothing.
func startAside(ctx context.Context, dir, binary, dns string, deliver bool) (peer, error) {
	var relay string
	stopRelay := func() {}
	if deliver {
		p, err := startSMTPSink(ctx, dir)
		if err != nil {
			return peer{}, err
		}
		relay, stopRelay = p.addr, p.stop
	} else {
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return peer{}, err
		}
		relay, stopRelay = silent.Addr().String(), func() { _ = silent.Close() }
	}
	addr, err := freeAddr()
	if err != nil {
		return peer{}, err
	}
	d := &installation{dir: dir, addr: addr, binary: binary}
	if err := configure(dir, addr, dns, "smtp://"+relay, "0s"); err != nil {
		return peer{}, err
	}
	if _, err := d.launch(ctx); err != nil {
		return peer{}, err
	}
	return peer{addr, func() { stopRelay(); _ = d.stop() }, d.cpu}, nil
}

// postfixCPU is what the master, its children, and those that ended have spent.
func postfixCPU(queue string) time.Duration {
	b, err := os.ReadFile(filepath.Join(queue, "pid", "master.pid"))
	if err != nil {
		return 0
	}
	master := strings.TrimSpace(string(b))
	id, err := strconv.Atoi(master)
	if err != nil {
		return 0
	}
	sum := postgres.CPU(id)
	children, _ := os.ReadFile(filepath.Join("/proc", master, "task", master, "children"))
	for _, c := range strings.Fields(string(children)) {
		if id, err := strconv.Atoi(c); err == nil {
			sum += postgres.CPU(id)
		}
	}
	return sum
}
