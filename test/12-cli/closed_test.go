package cli

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	. "aside/test/harness"
)

// asNobody runs a command of a user who may read the config and no more.
func asNobody(t *testing.T, d *Daemon, args ...string) string {
	t.Helper()
	bin, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, append(args, "--config", d.Config)...)
	if os.Geteuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		cmd.Path, cmd.Dir = filepath.Join(d.Dir, "aside"), d.Dir
		if err := errors.Join(copyProgram(bin, cmd.Path), os.Chmod(filepath.Dir(d.Dir), 0o711), os.Chmod(d.Dir, 0o711), os.Chmod(d.Config, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("aside %s ended with %v:\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func copyProgram(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return errors.Join(err, in.Close())
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, in.Close(), out.Close())
}

// TestDatabaseOfAnotherUser: who may not open it is told so, and not that there
// is none.
func TestDatabaseOfAnotherUser(t *testing.T) {
	t.Parallel()
	d := Start(t, onSQLite)
	d.Stop()
	state := filepath.Join(d.Dir, "state")
	if os.Geteuid() != 0 { // else it is root's
		if err := os.Chmod(state, 0); err != nil {
			t.Fatal(err)
		}
	}
	want := "aside: open " + filepath.Join(state, "aside.db") + ": permission denied: run this as the user that runs aside, or as root\n"
	for _, command := range []string{"ticket", "queue"} {
		if said := asNobody(t, d, command, "list"); said != want {
			t.Errorf("aside %s list says %q, want %q", command, said, want)
		}
	}
	if err := errors.Join(os.Chmod(state, 0o700), os.RemoveAll(state)); err != nil {
		t.Fatal(err)
	}
	if said := asNobody(t, d, "ticket", "list"); !strings.Contains(said, "was the daemon ever started with this config?") {
		t.Errorf("without a database it says %q", said)
	}
}
