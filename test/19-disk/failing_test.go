package disk

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	. "aside/test/harness"
)

// failing is a disk on which writing fails once it has taken so much: an ext4
// file system on a loop device whose own file lies where there is too little
// room. Its journal is aborted then, and it becomes read-only while it is used.
type failing struct {
	t              *testing.T
	medium, folder string
	device         string
}

// attach makes the disk and puts it in the place of a folder, until the test
// ends. Where that is not allowed the test is skipped.
func attach(t *testing.T, folder string, megabytes int) *failing {
	t.Helper()
	f := &failing{t: t, medium: filepath.Join(t.TempDir(), "medium"), folder: folder}
	mount(t, f.medium, megabytes)
	image := filepath.Join(f.medium, "disk")
	if err := errors.Join(os.WriteFile(image, nil, 0o600), os.Truncate(image, 256<<20), os.MkdirAll(folder, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := command("mkfs.ext4", "-q", "-F", "-m", "0", image); err != nil {
		t.Skipf("making a file system: %v", err)
	}
	device, err := command("losetup", "-f", "--show", image)
	if err != nil {
		t.Skipf("attaching a disk takes root: %v", err)
	}
	f.device = device
	t.Cleanup(func() {
		if _, err := command("losetup", "-d", f.device); err != nil {
			t.Error(err)
		}
	})
	if err := f.mount(); err != nil {
		t.Skipf("mounting takes root: %v", err)
	}
	t.Cleanup(func() { f.unmount() })
	return f
}

func (f *failing) mount() error {
	return errors.Join(syscall.Mount(f.device, f.folder, "ext4", 0, "errors=remount-ro"), os.Chmod(f.folder, 0o700))
}

func (f *failing) unmount() {
	f.t.Helper()
	if err := syscall.Unmount(f.folder, 0); err != nil {
		f.t.Error(err)
	}
}

// repair is what an admin does: the disk gets sound, its file system is checked
// and mounted again. Nobody may use it meanwhile.
func (f *failing) repair() {
	f.t.Helper()
	f.unmount()
	if err := syscall.Mount("tmpfs", f.medium, "tmpfs", syscall.MS_REMOUNT, "size=300m"); err != nil {
		f.t.Fatal(err)
	}
	out, err := command("e2fsck", "-f", "-y", f.device)
	var ended *exec.ExitError
	if err != nil && (!errors.As(err, &ended) || ended.ExitCode() > 2) { // 1 and 2 are: repaired
		f.t.Fatalf("e2fsck: %v\n%s", err, out)
	}
	if err := f.mount(); err != nil {
		f.t.Fatal(err)
	}
}

func command(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return strings.TrimSpace(string(out)), err
}

// TestFailingDisk: a disk fails under the running daemon. From then on mail is
// answered 451. Once the disk was repaired and the daemon started again, what
// was answered 250 is there, and a sender who comes again is heard once,
// whatever reached the disk of the first time.
func TestFailingDisk(t *testing.T) {
	d := Prepare(t, func(c *Config) { c.SQLite = true })
	disk := attach(t, filepath.Join(d.Dir, "state"), 24)
	t.Cleanup(func() { d.Stop() })
	d.Launch()
	d.Opens(Jane, "Kettle", "It could be written.")
	kept, refused := squeeze(t, d, 10)
	alive(t, d)
	if log := d.Log(); !strings.Contains(log, "disk I/O error") && !strings.Contains(log, "readonly") {
		t.Errorf("nothing in the log tells of the disk:\n%s", log[max(0, len(log)-2000):])
	}
	d.Kill9()
	disk.repair()
	d.Launch()
	heard := append(kept, "It could be written.")
	for _, m := range refused {
		d.Post(m)
		heard = append(heard, m.Text)
	}
	d.Settle()
	for _, words := range heard {
		if n := d.Count(Dana.Address, Has(words)); n != 1 {
			t.Errorf("Dana heard %q %d times", words, n)
		}
	}
	d.Must("verify")
	t.Logf("%d mails were kept, %d were answered 451", len(kept), len(refused))
}
