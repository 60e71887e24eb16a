package command

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestWhen: Saturday 21 November 2026, 15:30 in Berlin.
func TestWhen(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	now := time.Date(2026, 11, 21, 15, 30, 0, 0, berlin)
	for _, c := range []struct{ in, want string }{
		{"2h", "2026-11-21 17:30"},
		{"2 hours", "2026-11-21 17:30"},
		{"in 2 hrs", "2026-11-21 17:30"},
		{"an hour", "2026-11-21 16:30"},
		{"30m", "2026-11-21 16:00"},
		{"30 min", "2026-11-21 16:00"},
		{"1h30m", "2026-11-21 17:00"},
		{"1h 30m", "2026-11-21 17:00"},
		{"1 hour and 30 minutes", "2026-11-21 17:00"},
		{"3d", "2026-11-24 15:30"},
		{"2 days", "2026-11-23 15:30"},
		{"in 3 days", "2026-11-24 15:30"},
		{"for 2 days", "2026-11-23 15:30"},
		{"two days", "2026-11-23 15:30"},
		{"1d 4h", "2026-11-22 19:30"},
		{"1w", "2026-11-28 15:30"},
		{"2 weeks", "2026-12-05 15:30"},
		{"1 month", "2026-12-21 15:30"},
		{"3 months", "2027-02-21 15:30"},
		{"tomorrow", "2026-11-22 09:00"},
		{"Tomorrow.", "2026-11-22 09:00"},
		{"until tomorrow", "2026-11-22 09:00"},
		{"tomorrow 9am", "2026-11-22 09:00"},
		{"tomorrow at 14:30", "2026-11-22 14:30"},
		{"tomorrow, 2.30 p.m.", "2026-11-22 14:30"},
		{"9am tomorrow", "2026-11-22 09:00"},
		{"tomorrow morning", "2026-11-22 09:00"},
		{"tomorrow noon", "2026-11-22 12:00"},
		{"today 17:00", "2026-11-21 17:00"},
		{"5pm", "2026-11-21 17:00"},
		{"at 17:00", "2026-11-21 17:00"},
		{"until monday", "2026-11-23 09:00"},
		{"monday 14:30", "2026-11-23 14:30"},
		{"tue 9am", "2026-11-24 09:00"},
		{"TUE 9 AM", "2026-11-24 09:00"},
		{"Tues, 9am", "2026-11-24 09:00"},
		{"on thurs at 12pm", "2026-11-26 12:00"},
		{"by fri", "2026-11-27 09:00"},
		{"saturday", "2026-11-28 09:00"},
		{"saturday 16:00", "2026-11-21 16:00"},
		{"saturday 15:00", "2026-11-28 15:00"},
		{"12am tomorrow", "2026-11-22 00:00"},
		{"2026-12-01", "2026-12-01 09:00"},
		{"2026-12-01 14:00", "2026-12-01 14:00"},
		{"2026\u201112\u201101 14:00", "2026-12-01 14:00"},
		{"2026-12-01T14:00", "2026-12-01 14:00"},
		{"2026/12/01 2pm", "2026-12-01 14:00"},
		{"1 dec", "2026-12-01 09:00"},
		{"1st of December, 14:00", "2026-12-01 14:00"},
		{"dec 1", "2026-12-01 09:00"},
		{"December 1st 2027 8am", "2027-12-01 08:00"},
		{"1. dec", "2026-12-01 09:00"},
		{"21 nov", "2027-11-21 09:00"},
		{"21 nov 16:00", "2026-11-21 16:00"},
		{"29 feb", "2028-02-29 09:00"},
	} {
		w, err := ParseWhen(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		got, err := w.Resolve(now, berlin)
		if err != nil || got.Format("2006-01-02 15:04") != c.want {
			t.Errorf("%q: %v %v, want %s", c.in, got, err, c.want)
		}
		again, err := ParseWhen(w.String())
		if err != nil || again != w {
			t.Errorf("%q is written %q, which reads %+v, %v; want %+v", c.in, w, again, err, w)
		}
	}
}

// TestWhenNotMisread: what is not wholly understood is an error with examples.
func TestWhenNotMisread(t *testing.T) {
	for _, in := range []string{
		"", "  ", ".", "banana", "soon", "3", "9", "1400", "3 d x", "0d", "0h", "-2d", "1.5h", "1,5 h", "2d2d", "4h 1d",
		"2 business days", "next monday", "next week", "last friday", "today", "tonight", "midnight", "monday tuesday",
		"9am 10am", "25:00", "9:60", "9:5", "13pm", "0am", "tomorrow 9", "tomorrow afternoon", "1/12", "12/1/2026",
		"01.12.2026", "2026-13-01", "2026-02-30", "2026-1-1", "30 feb", "dec", "dec 2026", "1 dec 26", "1 dec 0026",
		"2026-12-01 14:00:00", "2026-12-01 14:00 CET", "2026-12-01T14:00Z", "tomorrow tomorrow", "in", "in monday", "for", "for monday",
		"until", "at", "monday at", "2h tomorrow", "12345 days", "9999 weeks", "99999999999999999999d", "a", "a b",
		"tomorow", "mondays", "14h30", "@", "2\u00b2 days", strings.Repeat("9 ", 500), strings.Repeat("9", 5000),
	} {
		w, err := ParseWhen(in)
		if err == nil {
			t.Errorf("%.40q was read as %q", in, w)
			continue
		}
		if !w.IsZero() || !strings.Contains(err.Error(), "tue 9am") || len(err.Error()) > 400 {
			t.Errorf("%.40q: %v", in, err)
		}
	}
}

func TestWhenRefused(t *testing.T) {
	now := time.Date(2026, 11, 21, 15, 30, 0, 0, time.UTC)
	for _, c := range []struct{ in, why string }{
		{"2026-11-20", "in the past"},
		{"2026-11-21 15:30", "in the past"},
		{"today 9am", "tomorrow 09:00"},
		{"15:00", "passed today"},
		{"2062-12-01", "check the year"},
		{"9999 days", "check the year"},
	} {
		w, err := ParseWhen(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if got, err := w.Resolve(now, nil); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q: %v %v, want %q", c.in, got, err, c.why)
		}
	}
	if _, err := (When{}).Resolve(now, nil); err == nil {
		t.Error("no moment was resolved")
	}
}

// TestWhenClockChanges: days keep the time of day, hours are hours.
func TestWhenClockChanges(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct{ now, in, want string }{
		{"2026-10-24T12:00:00+02:00", "1d", "2026-10-25T12:00:00+01:00"},
		{"2026-10-24T12:00:00+02:00", "24h", "2026-10-25T11:00:00+01:00"},
		{"2026-10-24T12:00:00+02:00", "tomorrow", "2026-10-25T09:00:00+01:00"},
		{"2027-03-27T12:00:00+01:00", "1d", "2027-03-28T12:00:00+02:00"},
		{"2027-03-27T12:00:00+01:00", "24h", "2027-03-28T13:00:00+02:00"},
		{"2027-03-25T12:00:00Z", "1w", "2027-04-01T13:00:00+02:00"},
		{"2026-12-31T23:30:00Z", "tomorrow", "2027-01-02T09:00:00+01:00"}, // it is already 1 January there
		{"2027-01-31T12:00:00+01:00", "1 month", "2027-02-28T12:00:00+01:00"},
		{"2026-11-23T08:00:00+01:00", "monday", "2026-11-30T09:00:00+01:00"},
		{"2026-11-23T08:00:00+01:00", "monday 9am", "2026-11-23T09:00:00+01:00"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		w, err := ParseWhen(c.in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Resolve(now, berlin)
		if err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s at %s: %s %v, want %s", c.in, c.now, got.Format(time.RFC3339), err, c.want)
		}
	}
}

// TestWhenProperty: whatever is read is written so that it reads back, and
// resolves to the future or not at all.
func TestWhenProperty(t *testing.T) {
	words := rapid.SampledFrom([]string{"2h", "30", "m", "3d", "days", "tomorrow", "today", "until", "at", "monday", "tue",
		"9am", "9", "pm", "14:30", "2026-12-01", "1", "dec", "1st", "of", "2027", "noon", "in", "an", "hour", "and", ",", "1w",
		"month", "sat", "29", "feb", "2028-02-29"})
	loc := zone(t, "America/St_Johns")
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(words, 1, 5).Draw(t, "words"), " ")
		w, err := ParseWhen(s)
		if err != nil {
			return
		}
		if again, err := ParseWhen(w.String()); err != nil || again != w {
			t.Fatalf("%q is written %q, which reads %q %v", s, w, again, err)
		}
		now := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "now"), 0)
		if at, err := w.Resolve(now, loc); err == nil && !at.After(now) {
			t.Fatalf("%q at %s is %s", s, now, at)
		}
	})
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"2h", "tue 9am", "2026-12-01T14:00", "1st of dec", "in 1d 4h", "until monday, 2 p.m."} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 21, 15, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWhen(s)
		if err != nil {
			return
		}
		if again, err := ParseWhen(w.String()); err != nil || again != w {
			t.Fatalf("%q is written %q, which reads %q %v", s, w, again, err)
		}
		if at, err := w.Resolve(now, nil); err == nil && !at.After(now) {
			t.Fatalf("%q is %s", s, at)
		}
	})
}
