package main

import (
	"bytes"
	"fmt"
	"html"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// figures are the durations of the day: to the 250, and to who should hear it.
func (o *outcome) figures(of func(*mail) bool) (accept, whole quantiles) {
	var a, w []time.Duration
	for _, m := range o.mails {
		if m.accepted.IsZero() || !of(m) {
			continue
		}
		a = append(a, m.accepted.Sub(m.connect))
		if !m.heard.IsZero() {
			w = append(w, m.heard.Sub(m.connect))
		}
	}
	return quantilesOf(a), quantilesOf(w)
}

// groups are the rows of the tables.
func groups() []struct {
	name string
	of   func(*mail) bool
} {
	type group = struct {
		name string
		of   func(*mail) bool
	}
	out := []group{{"all", func(*mail) bool { return true }}}
	for _, s := range mixture() {
		out = append(out, group{string(s.kind), func(m *mail) bool { return m.kind == s.kind }})
	}
	return append(out, group{"under 100 kB", func(m *mail) bool { return m.size < 100e3 }}, group{"over 1 MB", func(m *mail) bool { return m.size > 1e6 }})
}

func (o *outcome) accepted() (n int, octets int64) {
	for _, m := range o.mails {
		if !m.accepted.IsZero() {
			n++
			octets += int64(m.size)
		}
	}
	return n, octets
}

// summary is the day in some lines.
func (o *outcome) summary() []string {
	n, octets := o.accepted()
	var peak int64
	for _, s := range o.memory {
		peak = max(peak, s.bytes)
	}
	lines := []string{
		fmt.Sprintf("%d mails written, %d accepted in %.1f s (%.1f a second, %.1f MB), seed %d", len(o.mails), n, o.sending.Seconds(), float64(n)/o.sending.Seconds(), float64(octets)/1e6, o.cmd.Seed),
		fmt.Sprintf("daemon: %.0f MB resident at most, %.1f ms of CPU time a mail", float64(peak)/(1<<20), float64(o.cpu.Microseconds())/1000/float64(max(n, 1))),
		fmt.Sprintf("%d attempts were told to come again; %d agents' mails were held and their writers asked", o.retried, o.held),
	}
	for _, code := range slices.Sorted(maps.Keys(o.refused)) {
		lines = append(lines, fmt.Sprintf("%s: %d times", code, o.refused[code]))
	}
	if len(o.lost) == 0 {
		return append(lines, "every accepted mail is in the store once, and was heard")
	}
	return append(lines, fmt.Sprintf("NOT AS IT SHOULD BE: %d mails", len(o.lost)))
}

// text is the report for a terminal.
func (o *outcome) text() string {
	var b strings.Builder
	for _, l := range o.summary() {
		fmt.Fprintln(&b, l)
	}
	for _, l := range o.lost[:min(len(o.lost), 20)] {
		fmt.Fprintln(&b, "  "+l)
	}
	fmt.Fprintf(&b, "\n| mails | n | to the 250: p50 | p90 | p99 | max | to the reader: p50 | p90 | p99 | max |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, g := range groups() {
		if a, w := o.figures(g.of); a.N > 0 {
			fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s | %s | %s | %s | %s |\n", g.name, a.N, ms(a.P50), ms(a.P90), ms(a.P99), ms(a.Max), ms(w.P50), ms(w.P90), ms(w.P99), ms(w.Max))
		}
	}
	return b.String()
}

// page is the report as one HTML page.
func (o *outcome) page() []byte {
	var b bytes.Buffer
	b.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><title>aside: a day under load</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1d2530}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.25rem .7rem;border-bottom:1px solid #dde2e8;text-align:right}td:first-child,th:first-child{text-align:left}
svg{width:100%;height:auto;font:11px system-ui,sans-serif}.bad{color:#b3261e}.good{color:#1b6e3c}</style><h1>aside: a day under load</h1>`)
	fmt.Fprintf(&b, "<p>%s, at %s</p><ul>", o.began.UTC().Format("2 January 2006 15:04 MST"), html.EscapeString(o.pace()))
	for _, l := range o.summary() {
		fmt.Fprintf(&b, "<li>%s</li>", html.EscapeString(l))
	}
	b.WriteString("</ul>")
	for _, l := range o.lost {
		fmt.Fprintf(&b, `<p class="bad">%s</p>`, html.EscapeString(l))
	}
	b.WriteString("<h2>How long mails took</h2><table><tr><th>mails<th>n<th>to the 250: p50<th>p90<th>p99<th>max<th>to the reader: p50<th>p90<th>p99<th>max</tr>")
	for _, g := range groups() {
		if a, w := o.figures(g.of); a.N > 0 {
			fmt.Fprintf(&b, "<tr><td>%s<td>%d<td>%s<td>%s<td>%s<td>%s<td>%s<td>%s<td>%s<td>%s</tr>", g.name, a.N, ms(a.P50), ms(a.P90), ms(a.P99), ms(a.Max), ms(w.P50), ms(w.P90), ms(w.P99), ms(w.Max))
		}
	}
	b.WriteString("</table>")
	var accept, whole []time.Duration
	in, heard := map[int]int{}, map[int]int{}
	for _, m := range o.mails {
		if m.accepted.IsZero() {
			continue
		}
		accept = append(accept, m.accepted.Sub(m.connect))
		in[int(m.accepted.Sub(o.began).Seconds())]++
		if !m.heard.IsZero() {
			whole = append(whole, m.heard.Sub(m.connect))
			heard[int(m.heard.Sub(o.began).Seconds())]++
		}
	}
	b.WriteString("<h2>From the connection to the 250</h2>" + histogram(accept, "#3567b0"))
	b.WriteString("<h2>From the connection to the reader's mailbox</h2>" + histogram(whole, "#2f8f6b"))
	var memory, inRate, outRate []point
	for _, s := range o.memory {
		memory = append(memory, point{s.at.Seconds(), float64(s.bytes) / (1 << 20)})
	}
	for s := range int(o.lastMoment()) + 1 {
		inRate = append(inRate, point{float64(s), float64(in[s])})
		outRate = append(outRate, point{float64(s), float64(heard[s])})
	}
	b.WriteString("<h2>Mails a second: accepted (blue), heard (green)</h2>" + curves("mails/s", []series{{"#3567b0", inRate}, {"#2f8f6b", outRate}}))
	b.WriteString("<h2>The daemon's resident memory</h2>" + curves("MB", []series{{"#8a4fb0", memory}}))
	b.WriteString("</html>\n")
	return b.Bytes()
}

func (o *outcome) pace() string {
	if o.cmd.Rate == 0 {
		return fmt.Sprintf("as fast as it takes over %d connections", o.cmd.Conns)
	}
	return fmt.Sprintf("%g mails a second", o.cmd.Rate)
}

func (o *outcome) lastMoment() float64 {
	if len(o.memory) == 0 {
		return o.sending.Seconds()
	}
	return o.memory[len(o.memory)-1].at.Seconds()
}

const (
	plotWidth, plotHeight        = 900, 220
	marginLeft, marginBottom     = 60, 30
	innerWidth, innerHeight  int = plotWidth - marginLeft - 10, plotHeight - marginBottom - 10
)

// histogram shows durations in classes that grow by a quarter of a decade.
func histogram(d []time.Duration, colour string) string {
	if len(d) == 0 {
		return "<p>none</p>"
	}
	class := func(v time.Duration) int { return int(math.Floor(math.Log10(max(float64(v.Microseconds()), 1)) * 8)) }
	low, high, count := math.MaxInt, math.MinInt, map[int]int{}
	for _, v := range d {
		c := class(v)
		count[c]++
		low, high = min(low, c), max(high, c)
	}
	most := slices.Max(slices.Collect(maps.Values(count)))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img">`, plotWidth, plotHeight)
	width := float64(innerWidth) / float64(high-low+1)
	for c := low; c <= high; c++ {
		x, h := marginLeft+width*float64(c-low), float64(innerHeight)*float64(count[c])/float64(most)
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"><title>%d mails</title></rect>`, x, 10+float64(innerHeight)-h, max(width-1, 1), h, colour, count[c])
		if (c-low)%max(1, (high-low+1)/9) == 0 {
			from := time.Duration(math.Pow(10, float64(c)/8) * float64(time.Microsecond))
			fmt.Fprintf(&b, `<text x="%.1f" y="%d">%s</text>`, x, plotHeight-10, ms(from))
		}
	}
	fmt.Fprintf(&b, `<text x="5" y="18">%d mails</text><line x1="%d" x2="%d" y1="%d" y2="%d" stroke="#99a"/></svg>`, most, marginLeft, plotWidth-10, 10+innerHeight, 10+innerHeight)
	return b.String()
}

type point struct{ x, y float64 }

// series is one curve.
type series struct {
	colour string
	points []point
}

// curves shows values over seconds, from zero.
func curves(unit string, all []series) string {
	var right, top float64 = 1, 1
	for _, s := range all {
		for _, p := range s.points {
			right, top = max(right, p.x), max(top, p.y)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img">`, plotWidth, plotHeight)
	for i := range 5 {
		y := 10 + float64(innerHeight)*(1-float64(i)/4)
		fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#e3e7ec"/><text x="5" y="%.1f">%.4g %s</text>`, marginLeft, plotWidth-10, y, y, y+4, top*float64(i)/4, html.EscapeString(unit))
		fmt.Fprintf(&b, `<text x="%.1f" y="%d">%.0f s</text>`, marginLeft+float64(innerWidth-30)*float64(i)/4, plotHeight-10, right*float64(i)/4)
	}
	for _, s := range all {
		fmt.Fprintf(&b, `<polyline fill="none" stroke="%s" stroke-width="1.5" points="`, s.colour)
		for _, p := range s.points {
			fmt.Fprintf(&b, "%.1f,%.1f ", marginLeft+float64(innerWidth)*p.x/right, 10+float64(innerHeight)*(1-p.y/top))
		}
		b.WriteString(`"/>`)
	}
	b.WriteString("</svg>")
	return b.String()
}
