package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aside/test/harness"
	"aside/test/postgres"
)

// profileCmd says where the daemon's time goes.
type profileCmd struct {
	Mails    int    `default:"3000" help:"How many mails to send."`
	Conns    int    `default:"20" help:"Over how many kept connections."`
	Size     int    `default:"10000" help:"Octets of a mail."`
	Replies  bool   `help:"Answers to 200 tickets instead of first mails."`
	Deliver  bool   `default:"true" negatable:"" help:"Deliver the notices meanwhile."`
	Postgres bool   `help:"On a PostgreSQL, started for it with the installed programs, rather than on SQLite."`
	Keep     string `help:"A file to keep the CPU profile in, for go tool pprof; what was allocated stands beside it, in FILE.allocs."`
	Seed     uint64 `default:"1" help:"Of the mails."`
}

// Help is shown by --help.
func (profileCmd) Help() string {
	return "The daemon is built as a test binary of cmd/aside that writes a CPU profile; every sample is given to the innermost part of a mail's way that its stack names."
}

// part is a step of a mail's way, known by functions on the stack.
type part struct {
	name string
	any  []string // a sample belongs here when its stack has one of these
}

// parts are looked for in this order; the first whose function is on the stack
// has the sample.
func parts() []part {
	return []part{
		{"index: full-text search", []string{"store.(*Store).index", "store.(*Store).Index"}},
		{"queue: claim and finish, in the transaction", []string{"desk.(*Service).Claim.func1", "desk.(*Service).Claim.func3", "cmd/aside.finish.func1"}},
		{"draw: frames and their hashes, after the claim", []string{"desk/notice.(*Drawer).Draw"}},
		{"queue: look and load, before it leaves", []string{"desk.(*Service).Claim", "cmd/aside.sender.func"}},
		{"compose and send what leaves", []string{"mailout.", "desk.(*Service).NoticeBody", "desk.(*Service).Body"}},
		{"verify: DKIM, SPF, DMARC", []string{"mailin/verify."}},
		{"parse: MIME into facts", []string{"mailin/read."}},
		{"trim: reply and lines, before the transaction", []string{"aside/desk.(*Service).prepare+aside/reply", "aside/desk.(*work).read+aside/reply"}},
		{"place: candidates, before the transaction", []string{"desk.(*Service).prepare"}},
		{"render: notices, in the transaction", []string{"store.(*Store).run+aside/templates.", "store.(*Store).run+reply.", "store.(*Store).run+markup.", "store.(*Store).run+html/template", "store.(*Store).run+text/template", "store.(*Store).try+aside/templates.", "store.(*Store).try+reply."}},
		{"write rows: SQLite, in the transaction", []string{"store.(*Store).run+modernc.org", "store.(*Store).run+database/sql"}},
		{"write rows: PostgreSQL, in the transaction", []string{"store.call+store.(*pipeline)"}},
		{"decide: the rest of the transaction", []string{"store.(*Store).run", "store.call"}},
		{"commit: log and fsync", []string{"store.(*Store).together", "store.(*Store).try"}},
		{"read: SMTP session", []string{"mailin.", "go-smtp."}},
		{"garbage collection", []string{"runtime.gcBgMarkWorker", "runtime.bgsweep", "runtime.bgscavenge"}},
	}
}

// Run sends the mails, stops the daemon and prints the table.
func (c profileCmd) Run(ctx context.Context, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dir, err := os.MkdirTemp("", "aside-load-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	w := newWriter(c.Seed)
	server, dsn := (*postgres.Server)(nil), ""
	if c.Postgres {
		if server, dsn, err = postgres.Run(); err != nil {
			return err
		}
	}
	d, err := c.daemon(ctx, dir, w, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = d.stop() }()
	letters, err := c.letters(ctx, d, w)
	if err != nil {
		return err
	}
	before, beforeServer := d.cpu(), cpuOfServer(server)
	r, err := pump(ctx, d.addr, c.Conns, false, letters)
	if err != nil {
		return err
	}
	spent, spentServer := d.cpu()-before, cpuOfServer(server)-beforeServer
	if err := d.stop(); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d mails of %d octets over %d connections: %.0f a second, p50 %s, p99 %s; %.2f ms of CPU time a mail",
		len(letters), c.Size, c.Conns, r.rate, ms(r.p50), ms(r.p99), spent.Seconds()*1000/float64(len(letters)))
	if c.Postgres {
		fmt.Fprintf(out, ", and %.2f ms in PostgreSQL", spentServer.Seconds()*1000/float64(len(letters)))
	}
	fmt.Fprint(out, "\n\n")
	if c.Keep != "" {
		for _, kind := range []string{"", ".allocs"} {
			b, err := os.ReadFile(filepath.Join(dir, "cpu"+kind))
			if err != nil {
				return err
			}
			if err := os.WriteFile(c.Keep+kind, b, 0o600); err != nil {
				return err
			}
		}
	}
	return attribute(ctx, out, filepath.Join(dir, "aside-profiled"), filepath.Join(dir, "cpu"))
}

// daemon builds and starts the daemon that writes a profile; dsn is that of its
// PostgreSQL, if it has one.
func (c profileCmd) daemon(ctx context.Context, dir string, w *writer, dsn string) (*installation, error) {
	dns, err := startDNS(ctx, w.public())
	if err != nil {
		return nil, err
	}
	binary := filepath.Join(dir, "aside-profiled")
	build := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, "./cmd/aside")
	build.Dir = harness.Root()
	if msg, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go test -c ./cmd/aside: %w: %s", err, msg)
	}
	to, err := startSink(ctx, func(arrival) {})
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	relay := to.addr
	if !c.Deliver {
		relay = "127.0.0.1:1"
	}
	d := &installation{dir: dir, addr: addr, binary: binary, env: []string{"ASIDE_CPUPROFILE=" + filepath.Join(dir, "cpu")}}
	if err := configure(dir, addr, dns, "smtp://"+relay, "0s"); err != nil {
		return nil, err
	}
	if err := inPostgres(dir, dsn); err != nil {
		return nil, err
	}
	_, err = d.launch(ctx)
	return d, err
}

// inPostgres adds to a config that the store is in PostgreSQL, unless dsn is
// empty.
func inPostgres(dir, dsn string) error {
	if dsn == "" {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(dir, "aside.toml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "[store]\ndriver = \"postgres\"\ndsn = %q\n", dsn)
	return errors.Join(err, f.Close())
}

// letters are what is sent; tickets to answer are opened first.
func (c profileCmd) letters(ctx context.Context, d *installation, w *writer) ([]letter, error) {
	if !c.Replies {
		return w.plains(0, c.Mails, c.Size)
	}
	const tickets = 200
	first, err := w.plains(0, tickets, c.Size)
	if err != nil {
		return nil, err
	}
	if _, err := pump(ctx, d.addr, c.Conns, false, first); err != nil {
		return nil, err
	}
	out := make([]letter, c.Mails)
	for i := range out {
		if out[i], err = w.answer(first[i%tickets], tickets+i, c.Size); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// attribute gives every sample of a CPU profile to a part, and prints them.
func attribute(ctx context.Context, out io.Writer, binary, profile string) error {
	text, err := exec.CommandContext(ctx, "go", "tool", "pprof", "-traces", "-unit", "ms", binary, profile).Output()
	if err != nil {
		return fmt.Errorf("go tool pprof: %w", err)
	}
	sum, total := sumOf(text)
	fmt.Fprintln(out, "| part | CPU ms | share |\n|---|---:|---:|")
	for _, p := range append(parts(), part{name: "the rest: runtime, scheduling, logging"}) {
		fmt.Fprintf(out, "| %s | %.0f | %.1f %% |\n", p.name, sum[p.name], 100*sum[p.name]/total)
	}
	fmt.Fprintf(out, "| all | %.0f | 100 %% |\n", total)
	return nil
}

// sumOf reads what pprof -traces prints: stacks between dashed lines, the
// first line of each with its value.
func sumOf(text []byte) (sum map[string]float64, total float64) {
	sum = map[string]float64{}
	var stack []string
	var value float64
	flush := func() {
		if len(stack) > 0 {
			sum[partOf(strings.Join(stack, "\n"))] += value
			total += value
		}
		stack, value = nil, 0
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "-----------+") {
			flush()
			continue
		}
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if number, ok := strings.CutSuffix(f[0], "ms"); ok && len(f) > 1 {
			if v, err := strconv.ParseFloat(number, 64); err == nil {
				value, f = v, f[1:]
			}
		}
		stack = append(stack, f[0])
	}
	flush()
	return sum, total
}

func partOf(stack string) string {
	for _, p := range parts() {
		for _, want := range p.any {
			all := true
			for piece := range strings.SplitSeq(want, "+") {
				all = all && strings.Contains(stack, piece)
			}
			if all {
				return p.name
			}
		}
	}
	return "the rest: runtime, scheduling, logging"
}

// cpu is the daemon's CPU time so far, of user and system.
func (d *installation) cpu() time.Duration { return postgres.CPU(d.cmd.Process.Pid) }

// cpuOfServer is the CPU time of a PostgreSQL so far; 0 without one.
func cpuOfServer(s *postgres.Server) time.Duration {
	if s == nil {
		return 0
	}
	spent, err := s.CPU()
	if err != nil {
		return 0
	}
	return spent
}
