package html

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// patience is how long the browser may take over one answer.
const patience = 20 * time.Second

// browser is a headless Chromium, spoken to by the DevTools protocol over a
// pair of pipes: messages are JSON, each ended by a zero byte.
type browser struct {
	cmd *exec.Cmd
	out *os.File

	mu      sync.Mutex
	last    int
	waiting map[int]chan answer
	events  map[string]func(method string, params json.RawMessage) // by session
	ended   error
}

type answer struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

// chromium is the path of the browser. Without one the test is skipped, but
// never in CI.
func chromium(tb testing.TB) string {
	tb.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "there is no chromium on this machine: apt-get install --no-install-recommends chromium"
	if os.Getenv("CI") == "true" {
		tb.Fatal(missing)
	}
	tb.Skip(missing)
	return ""
}

// startBrowser starts a Chromium that finds every host at sink, an address of
// the test's own, except what stands at 127.0.0.1 already.
func startBrowser(tb testing.TB, sink string) *browser {
	tb.Helper()
	path := chromium(tb)
	in, out, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	back, answers, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	args := []string{"--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--mute-audio",
		"--force-color-profile=srgb", "--hide-scrollbars",
		"--disable-features=BackForwardCache,Translate,OptimizationHints,MediaRouter", "--user-data-dir=" + tb.TempDir(),
		"--host-resolver-rules=MAP * " + sink + ", EXCLUDE 127.0.0.1"}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox")
	}
	b := &browser{cmd: exec.Command(path, args...), out: out, waiting: map[int]chan answer{},
		events: map[string]func(string, json.RawMessage){}}
	b.cmd.ExtraFiles = []*os.File{in, answers}
	if err := b.cmd.Start(); err != nil {
		tb.Fatalf("starting %s: %v", path, err)
	}
	_, _ = in.Close(), answers.Close()
	done := make(chan struct{})
	go func() { b.read(bufio.NewReaderSize(back, 1<<16)); close(done) }()
	tb.Cleanup(func() {
		_ = b.call("", "Browser.close", nil, nil)
		_ = out.Close()
		<-done
		_ = b.cmd.Wait()
	})
	return b
}

// read hands answers and events on until the browser ends.
func (b *browser) read(r *bufio.Reader) {
	for {
		raw, err := r.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			b.ended = fmt.Errorf("the browser is gone: %w", err)
			for id, ch := range b.waiting {
				close(ch)
				delete(b.waiting, id)
			}
			b.mu.Unlock()
			return
		}
		var m struct {
			ID                int
			SessionID, Method string
			Params            json.RawMessage
			answer
		}
		if json.Unmarshal(raw[:len(raw)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		ch, event := b.waiting[m.ID], b.events[m.SessionID]
		delete(b.waiting, m.ID)
		b.mu.Unlock()
		switch {
		case ch != nil:
			ch <- m.answer
		case m.Method != "" && event != nil:
			event(m.Method, m.Params)
		}
	}
}

// send writes a call and returns where its answer will come.
func (b *browser) send(session, method string, params any) (chan answer, error) {
	if params == nil {
		params = struct{}{}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended != nil {
		return nil, b.ended
	}
	b.last++
	raw, err := json.Marshal(map[string]any{"id": b.last, "method": method, "params": params, "sessionId": session})
	if session == "" {
		raw, err = json.Marshal(map[string]any{"id": b.last, "method": method, "params": params})
	}
	if err != nil {
		return nil, err
	}
	ch := make(chan answer, 1)
	b.waiting[b.last] = ch
	if _, err := b.out.Write(append(raw, 0)); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	return ch, nil
}

// call is one call of the protocol; result may be nil.
func (b *browser) call(session, method string, params, result any) error {
	ch, err := b.send(session, method, params)
	if err != nil {
		return err
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-late.C:
		return fmt.Errorf("%s: no answer in %v", method, patience)
	case a, ok := <-ch:
		switch {
		case !ok:
			return fmt.Errorf("%s: the browser is gone", method)
		case a.Error != nil:
			return fmt.Errorf("%s: %s", method, a.Error.Message)
		case result == nil:
			return nil
		}
		if err := json.Unmarshal(a.Result, result); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		return nil
	}
}
