package main

import (
	"fmt"
	"slices"
	"time"
)

// quantiles are what is said of many durations.
type quantiles struct {
	N                       int
	P50, P90, P95, P99, Max time.Duration
}

func quantilesOf(d []time.Duration) quantiles {
	if len(d) == 0 {
		return quantiles{}
	}
	d = slices.Sorted(slices.Values(d))
	at := func(p float64) time.Duration { return d[min(len(d)-1, int(p*float64(len(d))))] }
	return quantiles{len(d), at(.5), at(.9), at(.95), at(.99), d[len(d)-1]}
}

// ms is a duration as people compare them.
func ms(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
	case d < 10*time.Second:
		return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000)
	default:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
}
