package main

import (
	"path/filepath"
	"strings"
	"testing"

	"aside/test/harness"
)

// TestFilledStoreIsUsed has the program show, find and continue what was
// filled in by SQL, so that the filler follows the schema.
func TestFilledStoreIsUsed(t *testing.T) {
	ctx, dir, w := t.Context(), t.TempDir(), newWriter(1)
	dns, err := startDNS(ctx, w.public())
	if err != nil {
		t.Fatal(err)
	}
	to, err := startSink(ctx, func(arrival) {})
	if err != nil {
		t.Fatal(err)
	}
	binary, err := harness.Binary()
	if err != nil {
		t.Fatal(err)
	}
	addr, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	d := &installation{dir: dir, addr: addr, binary: binary}
	if err := configure(dir, addr, dns, "smtp://"+to.addr, "0s"); err != nil {
		t.Fatal(err)
	}
	start := func() {
		if _, err := d.launch(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.makeStore(ctx); err != nil {
		t.Fatal(err)
	}
	const tickets = 200
	if err := fill(ctx, filepath.Join(dir, "state", "aside.db"), tickets, 1); err != nil {
		t.Fatal(err)
	}
	start()
	t.Cleanup(func() { _ = d.stop() })

	l, err := w.answer(letter{requesterOf(190, tickets), []byte("A: b\r\nMessage-ID: <q190.0@customer.example>\r\n\r\n")}, 1, 2000)
	if err != nil {
		t.Fatal(err)
	}
	s, err := dial(addr, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.quit()
	id, err := s.send(l.from, []string{support}, l.raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"ticket", "show", "7", "--json"}, "Case q7-2"},
		{[]string{"ticket", "show", "7", "--json"}, `"status":"resolved"`},
		{[]string{"search", "q7-1", "--json"}, `"ticket":7,`},
		{[]string{"why", id, "--json"}, `"ticket":190,`},
	} {
		out, err := d.run(c.args...)
		if err != nil || !strings.Contains(out, c.want) {
			t.Errorf("aside %v does not say %s (%v):\n%s", c.args, c.want, err, out)
		}
	}
}
