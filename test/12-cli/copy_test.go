package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	. "aside/test/harness"
)

// TestCopyAsRoot: docs/admin.md has root copy the store. What is made belongs to
// whom the state folder belongs to, or the daemon, which is not root, cannot
// open it.
func TestCopyAsRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("takes root")
	}
	const nobody = 65534
	d := Start(t, func(c *Config) { c.SQLite = true })
	d.Opens(Jane, "Kettle", "It leaks.")
	d.Stop()
	text, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(d.Dir, "state")
	if err := os.Chown(state, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"there already", "missing"} {
		t.Run(name, func(t *testing.T) {
			other := filepath.Join(t.TempDir(), "other")
			to := other + ".toml"
			if err := os.WriteFile(to, []byte(strings.Replace(string(text), state, other, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			if name != "missing" {
				if err := os.Mkdir(other, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.Chown(other, nobody, nobody); err != nil {
					t.Fatal(err)
				}
			}
			d.Must("store", "copy", "--to", to)
			made := []string{other}
			inside, err := filepath.Glob(filepath.Join(other, "*"))
			if err != nil {
				t.Fatal(err)
			}
			if made = append(made, inside...); len(made) < 2 {
				t.Error("there is no database")
			}
			for _, path := range made {
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				if uid := info.Sys().(*syscall.Stat_t).Uid; uid != nobody {
					t.Errorf("%s belongs to user %d", path, uid)
				}
			}
		})
	}
}
