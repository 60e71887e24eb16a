package disk

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "aside/test/harness"
)

// TestReadyOnAFullDisk: where mail is answered 451 for want of room, /readyz
// says so, and so do lines of level ERROR and aside check, with what to do. Once
// there is room, all is well by itself.
func TestReadyOnAFullDisk(t *testing.T) {
	d := Prepare(t, func(c *Config) { c.SQLite = true })
	text, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	web := FreeAddr(t)
	if err := os.WriteFile(d.Config, []byte(strings.Replace(string(text), `http = ""`, `http = "`+web+`"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	ready := func() (status int, said string) {
		t.Helper()
		answer, err := http.Get("http://" + web + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
	mount(t, filepath.Join(d.Dir, "state"), 24)
	d.Launch()
	t.Cleanup(func() { d.Stop() })
	d.Opens(Jane, "Kettle", "There was room for this.")
	if status, said := ready(); status != http.StatusOK || said != "ready\n" {
		t.Errorf("with room /readyz says %d %s", status, said)
	}
	free := fillMounted(t, d)
	squeeze(t, d, 10)
	if status, said := ready(); status != http.StatusServiceUnavailable {
		t.Errorf("ten mails in a row were answered 451, and /readyz says %d %s", status, said)
	}
	if log := d.Log(); !strings.Contains(log, "level=ERROR msg=deferred") {
		t.Error("no line of the log is an error")
	}
	if out := d.CLI("check"); out.Exit == 0 || !strings.Contains(out.Stdout, "make room") {
		t.Errorf("on a full disk aside check ends with %d and says:\n%s%s", out.Exit, out.Stdout, out.Stderr)
	}
	free()
	d.Opens(Max, "Pot", "And for this again.")
	if status, said := ready(); status != http.StatusOK {
		t.Errorf("with room again /readyz says %d %s", status, said)
	}
}
