// Package keys is about the secret keys: rotating them loses no reply, who
// lacks one does not start, and nobody else can read them. All of it runs with
// a umask of 0, so that no file is private by chance.
package keys

import (
	"context"
	"encoding/json"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	. "aside/test/harness"
	"aside/threading/mark"
)

var seed = flag.Uint64("keys.seed", 0, "seed of the moments of kills; 0 takes a new one")

func TestMain(m *testing.M) {
	syscall.Umask(0)
	os.Exit(m.Run())
}

// rotate runs the command and returns what it printed.
func rotate(t *testing.T, d *Daemon) (r struct {
	Key, File, Former string
	Made              bool
	Daemons, Silent   []string
}) {
	t.Helper()
	if err := json.Unmarshal([]byte(d.Must("key", "rotate", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// key reads a key file of the installation.
func key(t *testing.T, d *Daemon, name string) mark.Key {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.Dir, "state", "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	k, err := mark.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signedBy reports whether a mail's reply address was made with that key.
func signedBy(m *Mail, k mark.Key) bool {
	local, _, _ := strings.Cut(m.ReplyTo.Address, "@")
	_, ok := mark.NewKeyRing(k).Parse(local[strings.IndexByte(local, '+')+1:])
	return ok
}

// story is mail from before a rotation.
type story struct {
	notice, answer, asked *Mail
}

func before(d *Daemon) story {
	s := story{notice: d.Opens(Jane, "Kettle", "It leaks at the handle since Monday.")}
	d.Answers(Gmail(), Dana, s.notice, "/side courier\n\nWhere is the parcel?")
	s.asked = d.Await(Vic.Address, "the question", Has("Where is the parcel?"))
	d.Answers(Gmail(), Dana, s.notice, "A new one is on its way.")
	s.answer = d.Await(Jane.Address, "the answer", Has("A new one is on its way."))
	return s
}

// after answers what left before the rotation, by address, by Message-ID
// alone, and with a whole notice quoted.
func (s story) after(t *testing.T, d *Daemon, word string) {
	t.Helper()
	d.Answers(Gmail(), Vic, s.asked, "Parcel lies in Hamburg, "+word+".")
	d.Await(Dana.Address, "the vendor's answer", Both(Has("Hamburg, "+word), Cue("SIDE")))
	d.Answers(Thunderbird(), Jane, s.answer, "Thank you for "+word+".")
	d.Await(Dana.Address, "the customer's answer", Both(Has("Thank you for "+word), Cue("CUSTOMER")))
	m := Gmail().Reply(Vic, s.asked, "By Message-ID "+word+".")
	NoPlus(m)
	d.Post(m)
	d.Await(Dana.Address, "the vendor's answer without a token", Both(Has("By Message-ID "+word), Cue("SIDE")))
	// The notice's lines and marker are known, though another key signs now.
	d.Answers(Outlook(), Dana, s.notice, "It left today, "+word+".")
	got := d.Await(Jane.Address, "the reply", Has("It left today, "+word))
	for _, frame := range []string{"aside-", "YOUR REPLY GOES TO", "Resolve |", "since Monday"} {
		if strings.Contains(got.Plain(), frame) {
			t.Errorf("%q of the quoted notice was taken for new:\n%s", frame, got.Raw)
		}
	}
	if refs := strings.Join(got.References, " "); !strings.Contains(refs, s.answer.MessageID) {
		t.Errorf("References %q do not name what Jane has, %s: her thread is split", refs, s.answer.MessageID)
	}
	d.Silent(Jane.Address, "Hamburg", "By Message-ID")
}

func TestRotationWhileRunning(t *testing.T) {
	t.Parallel()
	d := Start(t)
	s := before(d)
	first := key(t, d, "0001.key")
	r := rotate(t, d)
	second := key(t, d, "0002.key")
	if !r.Made || r.Former != first.Fingerprint() || r.Key != second.Fingerprint() || len(r.Daemons) != 1 || len(r.Silent) != 0 {
		t.Errorf("the rotation says %+v", r)
	}
	s.after(t, d, "firstrotation")
	// Within seconds the daemon signs with it.
	fresh := awaitSigned(t, d, second)
	if signedBy(fresh, first) {
		t.Error("the former key still signs")
	}
	if out := d.Must("key", "rotate"); !strings.Contains(out, "0003.key") {
		t.Errorf("the second rotation says\n%s", out)
	}
	s.after(t, d, "secondrotation")
	d.Answers(Gmail(), Dana, fresh, "Between the two.")
	d.Await(Jane.Address, "an answer to what the middle key signed", Has("Between the two."))
	d.Restart()
	s.after(t, d, "restarted")
	if out := d.Must("verify"); !strings.Contains(out, "0 problems") && strings.Contains(out, "problem") {
		t.Error(out)
	}
}

// awaitSigned lets Jane write until a notice is signed with the key.
func awaitSigned(t *testing.T, d *Daemon, k mark.Key) *Mail {
	t.Helper()
	for n := range 200 {
		word := "Freshmail" + strings.Repeat("x", n)
		if m := d.Opens(Jane, "Fresh", word+"."); signedBy(m, k) {
			return m
		}
	}
	t.Fatal("the new key never signed")
	return nil
}

func TestRotationWhileStopped(t *testing.T) {
	t.Parallel()
	d := Start(t)
	s := before(d)
	d.Stop()
	if r := rotate(t, d); len(r.Daemons)+len(r.Silent) != 0 {
		t.Errorf("nobody runs, and the rotation says %+v", r)
	}
	d.Launch()
	if n := d.Opens(Kim, "Pot", "The pot leaks, too."); !signedBy(n, key(t, d, "0002.key")) {
		t.Error("the new key does not sign after a start")
	}
	s.after(t, d, "stopped")
}

// TestKilledRotations kills the command at random moments, and the daemon now
// and then: no reply is lost at any time, and the next call ends what was
// begun.
func TestKilledRotations(t *testing.T) {
	t.Parallel()
	now := *seed
	if now == 0 {
		now = rand.Uint64()
	}
	t.Logf("seed %d", now)
	rng := rand.New(rand.NewPCG(now, 15))
	d := Start(t)
	s := before(d)
	bin, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	ended := 0
	for round := range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(5+rng.IntN(60))*time.Millisecond)
		if round%4 == 3 {
			ctx, cancel = context.WithTimeout(t.Context(), 2500*time.Millisecond) // far enough for the daemon's answer
		}
		if exec.CommandContext(ctx, bin, "key", "rotate", "--config", d.Config).Run() == nil {
			ended++
		}
		cancel()
		if round%5 == 4 {
			d.Kill9()
			d.Launch()
			s.after(t, d, "afterkill"+string(rune('a'+round)))
		}
	}
	r := rotate(t, d)
	files, err := filepath.Glob(filepath.Join(d.Dir, "state", "keys", "*"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of 20 rotations were not killed in time; %d key files; the last says %+v", ended, len(files), r)
	if len(files) > ended+2+20 || filepath.Base(r.File) != filepath.Base(files[len(files)-1]) {
		t.Errorf("%v are there, and %s signs", files, r.File)
	}
	s.after(t, d, "atlast")
	awaitSigned(t, d, key(t, d, filepath.Base(r.File)))
	if out := d.CLI("check"); strings.Contains(out.Stdout, "did not end") {
		t.Errorf("aside check after the last rotation:\n%s", out.Stdout)
	}
}

func TestDaemonThatLacksAKey(t *testing.T) {
	t.Parallel()
	d := Start(t)
	s := before(d)
	rotate(t, d)
	file := filepath.Join(d.Dir, "backup.tar")
	d.Must("backup", file)
	d.Stop()
	keys := filepath.Join(d.Dir, "state", "keys")
	for _, name := range []string{"0001.key", "0002.key"} {
		print := key(t, d, name).Fingerprint()
		away := filepath.Join(d.Dir, name)
		if err := os.Rename(filepath.Join(keys, name), away); err != nil {
			t.Fatal(err)
		}
		if out := d.CLI("serve"); out.Exit != 1 || !strings.Contains(out.Stderr, print) || !strings.Contains(out.Stderr, "restore it from the backup") {
			t.Errorf("without %s: exit status %d\n%s", name, out.Exit, out.Stderr)
		}
		if out := d.CLI("key", "rotate"); out.Exit != 1 || !strings.Contains(out.Stderr, print) {
			t.Errorf("a rotation without %s: exit status %d\n%s", name, out.Exit, out.Stderr)
		}
		if err := os.Rename(away, filepath.Join(keys, name)); err != nil {
			t.Fatal(err)
		}
	}
	Restore(t, file, filepath.Join(d.Dir, "state"))
	d.Launch()
	s.after(t, d, "restored")
}

func TestKeyThatOthersCanRead(t *testing.T) {
	t.Parallel()
	d := Start(t)
	d.Stop()
	file := filepath.Join(d.Dir, "state", "keys", "0001.key")
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"serve"}, {"key", "rotate"}, {"backup", filepath.Join(d.Dir, "b.tar")}, {"check"}} {
		out := d.CLI(command...)
		if all := out.Stdout + out.Stderr; out.Exit != 1 || !strings.Contains(all, file) || !strings.Contains(all, "chmod 600") {
			t.Errorf("aside %s: exit status %d\n%s", command[0], out.Exit, all)
		}
	}
}

func TestFolderThatOthersCanWriteTo(t *testing.T) {
	t.Parallel()
	d := Start(t)
	d.Stop()
	state := filepath.Join(d.Dir, "state")
	if err := os.Chmod(state, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "check"} {
		out := d.CLI(command)
		if all := out.Stdout + out.Stderr; out.Exit != 1 || !strings.Contains(all, "chmod 700 "+state) {
			t.Errorf("aside %s: exit status %d\n%s", command, out.Exit, all)
		}
	}
}

func TestPasswordFileThatOthersCanRead(t *testing.T) {
	t.Parallel()
	d := Prepare(t)
	toml, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	relay := "relay = \"smtp://127.0.0.1:1\"\nuser = \"aside\"\npassword_file = \"relay.secret\"\n"
	changed := strings.Replace(string(toml), "relay = \"maildir:"+d.Dir+"/out\"\n", relay, 1)
	if err := os.WriteFile(d.Config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(d.Dir, "relay.secret")
	for _, c := range []struct {
		mode fs.FileMode
		told bool
	}{{0o600, false}, {0o440, false}, {0o644, true}, {0o620, true}} {
		if err := os.WriteFile(secret, []byte("hunter2hunter2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(secret, c.mode); err != nil {
			t.Fatal(err)
		}
		if out := d.CLI("check"); strings.Contains(out.Stdout, "chmod 600 "+secret) != c.told || strings.Contains(out.Stdout+out.Stderr, "hunter2") {
			t.Errorf("mode %04o: aside check says\n%s", c.mode, out.Stdout)
		}
	}
	d.Launch()
	defer d.Stop()
	if log := d.Log(); !strings.Contains(log, "file="+secret+" mode=0620") {
		t.Errorf("the daemon does not say that others can change its password:\n%s", log)
	}
}

// TestEverythingIsPrivate looks at every file that aside made.
func TestEverythingIsPrivate(t *testing.T) {
	t.Parallel()
	d := Start(t)
	before(d)
	rotate(t, d)
	file := filepath.Join(d.Dir, "backup.tar")
	d.Must("backup", file)
	seen := map[string]bool{}
	for _, top := range []string{filepath.Join(d.Dir, "state"), filepath.Join(d.Dir, "out"), file} {
		err := filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			seen[filepath.Base(path)] = true
			if mode := info.Mode().Perm(); mode&0o077 != 0 {
				t.Errorf("%s has mode %04o: others can open it", path, mode)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"aside.db", "aside.db-wal", "aside.db-shm", "0001.key", "0002.key", "new", "backup.tar"} {
		if !seen[name] {
			t.Errorf("%s was not looked at", name)
		}
	}
}

// TestANewHandleEndsOldAddresses holds what docs/security.md says to do when
// an agent's secret addresses are in other hands.
func TestANewHandleEndsOldAddresses(t *testing.T) {
	t.Parallel()
	d := Start(t)
	n := d.Opens(Jane, "Kettle", "It leaks.")
	d.Answers(Gmail(), Dana, n, "Before the theft.")
	d.Await(Jane.Address, "the control", Has("Before the theft."))
	toml, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.Config, []byte(strings.Replace(string(toml), `handle = "dana"`, `handle = "dana.reyes"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Restart()
	d.Answers(Gmail(), Dana, n, "Words of a thief.")
	d.Silent(Jane.Address, "Words of a thief")
	fresh := d.Opens(Jane, "Pot", "It leaks, too.")
	d.Answers(Gmail(), Dana, fresh, "After the theft.")
	d.Await(Jane.Address, "an answer by a new address", Has("After the theft."))
}
