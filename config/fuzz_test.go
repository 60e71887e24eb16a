package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"aside"
)

// nowhere is a machine without files: what a fuzzer writes into a path is
// never opened.
func nowhere() surroundings {
	return surroundings{
		readFile: func(string) ([]byte, error) { return nil, os.ErrNotExist },
		isDir:    func(string) bool { return false },
		hostname: func() (string, error) { return "machine.example", nil },
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/bad/*.toml")
	for _, file := range append(files, "../config.example.toml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse("aside.toml", "/etc/aside", data, nowhere())
		_, again := parse("aside.toml", "/etc/aside", data, nowhere())
		if err == nil {
			soundConfig(t, c)
			return
		}
		if again == nil || again.Error() != err.Error() {
			t.Errorf("the second time it said\n%v\nnot\n%v", again, err)
		}
		var ps Problems
		if !errors.As(err, &ps) || len(ps) == 0 {
			t.Fatalf("no problems in %v", err)
		}
		soundProblems(t, ps, strings.Count(string(data), "\n")+1)
	})
}

func soundProblems(t *testing.T, ps Problems, lines int) {
	t.Helper()
	last := 0
	for _, p := range ps {
		line := p.Line
		if line == 0 {
			line = lines + 1
		}
		if line < last || line > lines+1 || p.Text == "" {
			t.Errorf("after line %d of %d comes %+v", last, lines, p)
		}
		last = line
		if strings.ContainsFunc(p.Error(), unicode.IsControl) {
			t.Errorf("a control character in %q", p.Error())
		}
	}
}

func soundConfig(t *testing.T, c *Config) {
	t.Helper()
	d := c.Directory
	if len(d.Desks) == 0 || c.StateDir == "" || c.Server.Hostname == "" || len(c.Server.SMTP) == 0 || c.Outbound.Relay.Scheme == "" {
		t.Errorf("a config without what it needs: %+v", c)
	}
	for _, k := range d.Desks {
		if len(k.Local()) > aside.MaxDeskLocal || len(k.Separator) != 1 || len(d.TeamAgents(k.Team)) == 0 || k.Location == nil {
			t.Errorf("the desk %+v", k)
		}
	}
	for _, a := range d.Agents {
		if slices.ContainsFunc(a.Addresses, d.IsOurs) || len(a.Addresses) == 0 || d.AgentByHandle(a.Handle) != a || d.Team(a.Handle) != nil {
			t.Errorf("the agent %+v", a)
		}
		for _, team := range a.Teams {
			if d.Team(team) == nil {
				t.Errorf("the agent %+v is in team %s, which is none", a, team)
			}
		}
	}
}
