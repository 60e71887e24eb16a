package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"aside"
	"aside/store"
)

// answerWithin is how long a page waits for the store.
const answerWithin = 10 * time.Second

// server is that of the pages. A connection that asks for nothing, or reads no
// answer, does not stay: it would take a place of those that bring mail.
func (d *daemon) server() *http.Server {
	return &http.Server{Handler: d.pages(), ReadTimeout: 10 * time.Second, WriteTimeout: answerWithin + 20*time.Second, IdleTimeout: 2 * time.Minute}
}

// serveHTTP serves the pages until ctx ends, and then lets those that are being
// answered end: the store is closed after it.
func (d *daemon) serveHTTP(ctx context.Context) error {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
		defer cancel()
		_ = d.http.Shutdown(end)
	})
	err := d.http.Serve(d.web)
	if stop() {
		return err // not ended by us
	}
	<-ended
	return nil
}

// pages are for monitoring: alive, ready to take mail, and figures.
func (d *daemon) pages() http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newQueueFigures(d.store, d.log))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := d.ready(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	return mux
}

// queueFigures counts the queue for each scrape. Where the store cannot be asked
// the scrape fails: a 0 would tell an alarm that all is well.
type queueFigures struct {
	store          *store.Store
	log            *slog.Logger
	queued, failed *prometheus.Desc
}

func newQueueFigures(s *store.Store, log *slog.Logger) *queueFigures {
	return &queueFigures{s, log,
		prometheus.NewDesc("aside_queue_queued", "Deliveries and notices that wait to leave.", nil, nil),
		prometheus.NewDesc("aside_queue_failed", "Those that were given up.", nil, nil)}
}

// Describe names the figures.
func (q *queueFigures) Describe(to chan<- *prometheus.Desc) { to <- q.queued; to <- q.failed }

// Collect counts.
func (q *queueFigures) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	var queued, failed int
	err := q.store.View(ctx, func(tx *store.Tx) (err error) {
		if queued, err = tx.QueueLength(string(aside.DeliveryQueued)); err != nil {
			return err
		}
		failed, err = tx.QueueLength(string(aside.DeliveryFailed))
		return err
	})
	if err != nil {
		q.log.Error("the queue could not be counted", "err", err)
		to <- prometheus.NewInvalidMetric(q.queued, errors.New("the store does not answer"))
		return
	}
	to <- prometheus.MustNewConstMetric(q.queued, prometheus.GaugeValue, float64(queued))
	to <- prometheus.MustNewConstMetric(q.failed, prometheus.GaugeValue, float64(failed))
}

// unkeptFor is how long a mail that could not be stored counts against being
// ready: where mail is sent to those who are ready, none would come that shows
// the contrary.
const unkeptFor = time.Minute

// ready tries whether the store takes a change. One that is small finds room
// where a mail does not, so the last mail's fate counts too.
func (d *daemon) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	err := d.store.Update(ctx, func(tx *store.Tx) error { return tx.SetMeta("ready", d.now().UTC().Format(time.RFC3339)) })
	switch at := d.unkept.Load(); {
	case store.Full(err):
		return errors.New("the disk is full")
	case err != nil:
		return errors.New("the store does not answer")
	case at > 0 && d.now().Sub(time.Unix(0, at)) < unkeptFor:
		return errors.New("the store did not take the last mail")
	}
	return nil
}

// kept remembers whether the last mail could be stored.
func (d *daemon) kept(ok bool) {
	if ok {
		d.unkept.Store(0)
	} else {
		d.unkept.Store(d.now().UnixNano())
	}
}
