package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run aside: the test binary calls itself, and run is
// what answers.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"aside":          func() { os.Exit(run(context.Background(), os.Args[1:], output{os.Stdout, os.Stderr})) },
		"aside-profiled": func() { os.Exit(profiled()) },
	})
}

// profiled is aside with a profile of its CPU time in the file that
// ASIDE_CPUPROFILE names, and one of what it allocated beside it: test/load
// builds it, under this name, so that the daemon itself needs no listener for
// it.
func profiled() int {
	f, err := os.Create(os.Getenv("ASIDE_CPUPROFILE"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "aside-profiled:", err)
		return exitUsage
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		fmt.Fprintln(os.Stderr, "aside-profiled:", err)
		return exitFailed
	}
	defer pprof.StopCPUProfile()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	status := run(ctx, os.Args[1:], output{os.Stdout, os.Stderr})
	var allocated bytes.Buffer
	if err := pprof.Lookup("allocs").WriteTo(&allocated, 0); err == nil {
		err = os.WriteFile(f.Name()+".allocs", allocated.Bytes(), 0o600)
		if err != nil {
			fmt.Fprintln(os.Stderr, "aside-profiled:", err)
		}
	}
	return status
}

// TestScripts runs testdata/script. Besides the usual commands a script has
//
//	serve RELAY        start a daemon here with aside.toml for it
//	stop               end it
//	post FROM FILE     send a mail to the desk; $id becomes the id of the 250
//	await TEXT ARG...  run aside until its output has the text
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": scriptServe, "stop": scriptStop, "post": scriptPost, "await": scriptAwait,
			"config": func(ts *testscript.TestScript, _ bool, args []string) {
				_, err := writeConfig(ts.MkAbs("."), args[0])
				ts.Check(err)
			},
		},
		Setup: func(e *testscript.Env) error {
			e.Values[running{}] = &running{}
			e.Vars = append(e.Vars, "HOME="+e.WorkDir)
			return nil
		},
	})
}

// running is the daemon of a script.
type running struct{ in *installation }

func daemonOf(ts *testscript.TestScript) *running { return ts.Value(running{}).(*running) }

func scriptServe(ts *testscript.TestScript, _ bool, args []string) {
	in, err := serveIn(ts.MkAbs("."), args[0])
	ts.Check(err)
	daemonOf(ts).in = in
	ts.Defer(func() { _ = in.stop() })
}

func scriptStop(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(daemonOf(ts).in.stop())
}

func scriptPost(ts *testscript.TestScript, neg bool, args []string) {
	mail, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	answer, err := post(daemonOf(ts).in.addr, args[0], "support@example.com", bytes.ReplaceAll(mail, []byte("\n"), []byte("\r\n")))
	if neg != (err != nil) {
		ts.Fatalf("the mail was answered with %q, %v", answer, err)
	}
	ts.Setenv("id", strings.TrimPrefix(answer, "2.0.0 OK: "))
}

func scriptAwait(ts *testscript.TestScript, _ bool, args []string) {
	var out, errs bytes.Buffer
	found := eventually(func() bool {
		out.Reset()
		errs.Reset()
		run(context.Background(), append(args[1:], "--config", filepath.Join(ts.MkAbs("."), "aside.toml")), output{&out, &errs})
		return strings.Contains(out.String(), args[0])
	})
	if !found {
		ts.Fatalf("aside %v never said %q:\n%s%s", args[1:], args[0], out.String(), errs.String())
	}
}
