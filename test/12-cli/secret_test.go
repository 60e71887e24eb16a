package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "aside/test/harness"
)

// The guides have root make the key
// (openssl genpkey writes mode 600) and run aside check; the daemon runs as whom
// the state folder belongs to, and cannot read it.
func TestCheckAsRootSeesWhatTheDaemonCannotRead(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("takes root")
	}
	d := Prepare(t)
	const nobody = 65534
	state, secret := filepath.Join(d.Dir, "state"), filepath.Join(d.Dir, "relay.secret")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(state, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "[outbound]\n", "[outbound]\nuser = \"me\"\npassword_file = \"relay.secret\"\n", 1))
	text = []byte(strings.Replace(string(text), `relay = "maildir:`+d.Dir+`/out"`, `relay = "smtp://127.0.0.1:25"`, 1))
	if err := os.WriteFile(d.Config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]string{0o600: "", 0o644: "chmod 600 " + secret} {
		if err := os.WriteFile(secret, []byte("pw\n"), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(secret, mode); err != nil {
			t.Fatal(err)
		}
		out := d.CLI("check").Stdout
		switch {
		case mode == 0o600 && strings.Contains(out, "ok       secrets"):
			t.Errorf("only root can read %s, and check says:\n%s", secret, out)
		case mode == 0o644 && strings.Contains(out, want+"\n"):
			t.Errorf("who follows %q cannot start the daemon any more", want)
		}
	}
}
