package html

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// gallery serves pages to the browser and is the only server that it may ask.
type gallery struct {
	addr string // of the pages
	sink string // where every other host is found

	mu    sync.Mutex
	pages []string
	asked int // connections that came to the sink
}

// openGallery starts both servers.
func openGallery(tb testing.TB) *gallery {
	tb.Helper()
	g := &gallery{}
	pages, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	sink, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	g.addr, g.sink = pages.Addr().String(), sink.Addr().String()
	server := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(pages) }()
	go g.drain(sink)
	tb.Cleanup(func() { _ = server.Close(); _ = sink.Close() })
	return g
}

// drain counts who calls, and hangs up.
func (g *gallery) drain(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go g.greet(c)
	}
}

// greet counts a caller, unless its first words name the browser's maker or its
// search engine, whom it asks about itself now and then.
func (g *gallery) greet(c net.Conn) {
	defer func() { _ = c.Close() }()
	if c.SetReadDeadline(time.Now().Add(patience)) != nil {
		return
	}
	first := make([]byte, 4096)
	n, _ := c.Read(first) // a TLS greeting has the name in clear
	for _, own := range []string{"google", "gvt1.com", "duckduckgo"} {
		if bytes.Contains(first[:n], []byte(own)) {
			return
		}
	}
	g.mu.Lock()
	g.asked++
	g.mu.Unlock()
}

func (g *gallery) calls() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}

// hang adds a page and returns its address.
func (g *gallery) hang(page string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pages = append(g.pages, page)
	return fmt.Sprintf("http://%s/%d", g.addr, len(g.pages)-1)
}

func (g *gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil || n < 0 || n >= len(g.pages) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(g.pages[n]))
}

// tab is one page of the browser, which notes all that a mail should not do.
type tab struct {
	b       *browser
	g       *gallery
	session string

	mu    sync.Mutex
	url   string
	did   []string
	ready chan struct{}
}

// ours is how the scripts of the test itself are known.
const ours = "probe://aside"

func openTab(tb testing.TB, b *browser, g *gallery) *tab {
	tb.Helper()
	t := &tab{b: b, g: g, ready: make(chan struct{}, 8)}
	var target struct{ TargetID string }
	var session struct{ SessionID string }
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	must(b.call("", "Target.createTarget", map[string]any{"url": "about:blank", "newWindow": true}, &target))
	must(b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session))
	t.session = session.SessionID
	b.mu.Lock()
	b.events[t.session] = t.event
	b.mu.Unlock()
	for _, domain := range []string{"Page", "Runtime", "Debugger", "Network"} {
		must(t.call(domain+".enable", nil, nil))
	}
	// A dialogue would wait for an answer, and come again with the focus.
	must(t.call("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": "alert = confirm = prompt = print = () => {};\n//# sourceURL=" + ours}, nil))
	must(t.call("Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true}, nil))
	must(t.call("Network.setCacheDisabled", map[string]any{"cacheDisabled": true}, nil))
	return t
}

func (t *tab) call(method string, params, result any) error {
	return t.b.call(t.session, method, params, result)
}

// event notes scripts, requests, dialogues and ways out of the page.
func (t *tab) event(method string, params json.RawMessage) {
	var p struct {
		URL, Message, Type string
		Request            struct{ URL string }
		ScriptLanguage     string
	}
	if json.Unmarshal(params, &p) != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	note := func(form string, args ...any) { t.did = append(t.did, fmt.Sprintf(form, args...)) }
	switch method {
	case "Page.loadEventFired":
		select {
		case t.ready <- struct{}{}:
		default:
		}
	case "Page.javascriptDialogOpening":
		note("dialogue: %s %.60q", p.Type, p.Message)
		_, _ = t.b.send(t.session, "Page.handleJavaScriptDialog", map[string]any{"accept": false})
	case "Debugger.scriptParsed", "Debugger.scriptFailedToParse":
		if p.URL != ours && p.ScriptLanguage != "WebAssembly" {
			note("script: in %.60q", p.URL)
		}
	case "Network.requestWillBeSent":
		// A cid: names a part of the mail itself (RFC 2392).
		if u := p.Request.URL; !strings.HasPrefix(u, "cid:") && u != t.url && u != "http://"+t.g.addr+"/favicon.ico" && u != "about:blank" {
			note("request: %.100q", u)
		}
	case "Page.frameRequestedNavigation", "Page.windowOpen", "Page.downloadWillBegin", "Network.webSocketCreated":
		note("%s: %.100q", method, p.URL)
	}
}

// open loads a page and returns what it did until it was loaded and touched.
func (t *tab) open(page string) ([]string, error) {
	// What an earlier page still does must not be laid at this one's door.
	if err := t.load(t.g.hang("")); err != nil {
		return nil, err
	}
	before := t.g.calls()
	t.mu.Lock()
	t.did = nil
	t.mu.Unlock()
	if err := t.load(t.g.hang(page)); err != nil {
		return nil, err
	}
	return t.touched(before, t.eval(touch, nil))
}

// touched is what the page did by the time that a script ended with err. A page
// that goes elsewhere takes the script with it: that is a deed of the page, and
// no fault of the test's.
func (t *tab) touched(before int, err error) ([]string, error) {
	if left(err) {
		t.mu.Lock()
		t.did = append(t.did, "left: "+err.Error())
		t.mu.Unlock()
	} else if err != nil {
		return nil, err
	}
	return t.done(before), nil
}

// left says whether a script ended because its page was left.
func left(err error) bool {
	return err != nil && slices.ContainsFunc([]string{"navigated or closed", "context was destroyed", "Cannot find context"},
		func(words string) bool { return strings.Contains(err.Error(), words) })
}

// write puts a page into the tab in place of the one there, and returns what it
// did until it was loaded and touched. It is many times as fast as open, for
// pages that leave nothing behind.
func (t *tab) write(page string) ([]string, error) {
	before := t.g.calls()
	t.mu.Lock()
	t.did = nil
	t.mu.Unlock()
	text, err := json.Marshal(page)
	if err != nil {
		return nil, err
	}
	return t.touched(before, t.eval(`new Promise(done => {
  document.open(); addEventListener("load", () => setTimeout(done, 0)); document.write(`+string(text)+`); document.close();
}).then(() => `+touch+`)`, nil))
}

// sees waits until the page in the tab has done something of a kind: what an
// attack does need not be over when all is loaded.
func (t *tab) sees(kind harm) bool {
	for range 100 {
		if kinds(t.done(t.g.calls()))[string(kind)] {
			return true
		}
		if err := t.eval(`new Promise(done => setTimeout(done, 20))`, nil); err != nil && !left(err) {
			return false
		}
	}
	return false
}

// done is what the page did since then, when so many calls had come.
func (t *tab) done(before int) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := append([]string(nil), t.did...)
	if n := t.g.calls() - before; n > 0 && len(out) == 0 {
		out = append(out, fmt.Sprintf("connections: %d", n))
	}
	return out
}

// load goes to an address and waits until all of the page is there.
func (t *tab) load(url string) error {
	for len(t.ready) > 0 {
		<-t.ready
	}
	t.mu.Lock()
	t.url = url
	t.mu.Unlock()
	if err := t.call("Page.navigate", map[string]any{"url": url}, nil); err != nil {
		return err
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-t.ready:
		return nil
	case <-late.C:
		return fmt.Errorf("%s did not load in %v", url, patience)
	}
}

// eval runs a script of the test's own; what it promises is awaited.
func (t *tab) eval(script string, result any) error {
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	err := t.call("Runtime.evaluate", map[string]any{"expression": script + "\n//# sourceURL=" + ours,
		"awaitPromise": true, "returnByValue": true}, &got)
	if err != nil {
		return err
	}
	if got.ExceptionDetails != nil {
		return fmt.Errorf("%s %s", got.ExceptionDetails.Text, got.ExceptionDetails.Exception.Description)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(got.Result.Value, result)
}

// touch does to every element what a reader may do to it by chance, and lets
// what was set going happen.
const touch = `new Promise(done => {
  const kinds = ["mouseover", "mouseenter", "mousemove", "mousedown", "mouseup", "click", "dblclick", "contextmenu", "wheel",
    "focus", "blur", "focusin", "keydown", "keyup", "input", "change", "copy", "paste", "drag", "drop", "scroll",
    "pointerover", "pointerdown", "touchstart", "animationstart", "transitionend", "toggle", "submit"];
  for (const e of document.querySelectorAll("*")) {
    const outward = e.closest("a") && !/^(javascript|data|vbscript):/.test(e.closest("a").href || "");
    for (const k of kinds) {
      if (outward && k === "click") continue;
      try { e.dispatchEvent(new Event(k, {bubbles: false, cancelable: true})); } catch (x) {}
    }
    if (e.tagName === "A" && !outward && e.hasAttribute("href")) try { e.click(); } catch (x) {}
  }
  setTimeout(() => done(0), 5);
})`

// size sets the width of the window in CSS pixels and its colours.
func (t *tab) size(width int, dark bool) error {
	err := t.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900,
		"deviceScaleFactor": 1, "mobile": width < 600}, nil)
	if err != nil {
		return err
	}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return t.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{
		{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// box is a place on the page in CSS pixels.
type box struct{ X, Y, Width, Height float64 }

// shot is a PNG of a part of the page; the whole page when box is nil.
func (t *tab) shot(at *box) ([]byte, error) {
	params := map[string]any{"format": "png", "captureBeyondViewport": true}
	if at != nil {
		params["clip"] = map[string]any{"x": at.X, "y": at.Y, "width": at.Width, "height": at.Height, "scale": 1}
	}
	var got struct{ Data string }
	if err := t.call("Page.captureScreenshot", params, &got); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(got.Data)
}
