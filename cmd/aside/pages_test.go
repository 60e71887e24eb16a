package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aside/config"
)

// withPages is a daemon that was begun and does not run.
func withPages(t *testing.T, log *slog.Logger) *daemon {
	t.Helper()
	path, err := writeConfig(t.TempDir(), toFolders)
	if err != nil {
		t.Fatal(err)
	}
	conf, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	conf.Server.HTTP = "127.0.0.1:0"
	d, err := start(t.Context(), conf, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	return d
}

// Where the store cannot be asked nothing says that nothing waits: an alarm on
// the queue would end in the moment in which the database goes.
func TestFiguresWithoutAStore(t *testing.T) {
	var log strings.Builder
	d := withPages(t, slog.New(slog.NewTextHandler(&log, nil)))
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]int{"/metrics": http.StatusInternalServerError, "/readyz": http.StatusServiceUnavailable, "/healthz": http.StatusOK} {
		w := httptest.NewRecorder()
		d.http.Handler.ServeHTTP(w, httptest.NewRequest("GET", page, nil))
		if w.Code != want || strings.Contains(w.Body.String(), "aside_queue_queued 0") {
			t.Errorf("%s: status %d, %d is wanted; %s", page, w.Code, want, w.Body)
		}
	}
	if !strings.Contains(log.String(), "the queue could not be counted") {
		t.Errorf("the log does not tell why: %s", &log)
	}
}

// A connection that asks for nothing more, or reads no answer, does not stay.
func TestPagesEndConnections(t *testing.T) {
	s := withPages(t, slog.New(slog.DiscardHandler)).http
	if s.ReadTimeout <= 0 || s.IdleTimeout <= 0 || s.WriteTimeout <= answerWithin {
		t.Errorf("read %v, idle %v, write %v, where a page may take %v", s.ReadTimeout, s.IdleTimeout, s.WriteTimeout, answerWithin)
	}
}

// The pages have ended when what was being answered has: the store is closed
// after them.
func TestPagesEndWithTheirAnswers(t *testing.T) {
	d := withPages(t, slog.New(slog.DiscardHandler))
	asked, answer := make(chan bool), make(chan bool)
	d.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		fmt.Fprintln(w, "ready")
	})
	ctx, end := context.WithCancel(t.Context())
	served, got := make(chan error, 1), make(chan error, 1)
	go func() { served <- d.serveHTTP(ctx) }()
	go func() {
		resp, err := http.Get("http://" + d.web.Addr().String() + "/readyz")
		if err == nil {
			err = resp.Body.Close()
		}
		got <- err
	}()
	<-asked
	end()
	select {
	case err := <-served:
		t.Errorf("they end under an answer: %v", err)
		close(answer)
		return
	case <-time.After(100 * time.Millisecond):
	}
	close(answer)
	if err := <-got; err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
