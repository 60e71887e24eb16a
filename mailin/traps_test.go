package mailin

import (
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"aside"
	"aside/mailin/read"

	"github.com/emersion/go-smtp"
)

// traps are what go-smtp was measured to leave open, and what RFC 5321 and the
// years since have taught, each with the tests that show it shut.
var traps = []struct {
	trap  string
	tests []func(*testing.T)
}{
	{"`BDAT n LAST` cut by a disconnect reaches Data() as clean EOF", tests(TestChunkCutShort)},
	{"ReadTimeout is one deadline for the whole DATA", tests(TestSlowButSteady, TestIdleWithinData)},
	{"a `%w`-wrapped *SMTPError is not unwrapped", tests(TestAnswersOfReceive, TestNoErrorOfOursIsTold)},
	{"a second MAIL is accepted with the old RCPTs kept", tests(TestSecondMailForgetsRecipients)},
	{"RSET during BDAT calls Reset() while Data() runs", tests(TestResetDuringChunks)},
	{"when Shutdown's context ends, connections live on", tests(TestShutdownCutsOff, TestShutdown)},
	{"5,000 bad RCPTs or AUTH failures, no disconnect", tests(TestTooManyBadRecipients, TestTooManyLogins, TestManyRefusals)},
	{"`RCPT TO:<postmaster>` gives 501", tests(TestRecipients, TestCommandsBehindTheDot)},
	{"`\"a b@c\"@x` arrives unquoted", tests(TestRecipients, TestOddAddresses)},
	{"a line over 2000 in DATA gives 554", tests(TestLongLine)},
	{"no per-IP limit, no context, no PROXY", tests(TestConnectionLimits, TestNetworks, TestTwoNetworks)},

	{"an end of DATA behind CR CR LF is overlooked", tests(TestEndBehindCarriageReturns)},
	{"bare LF, bare CR, NUL and dots as ends of a mail", tests(TestEndsThatAreNone, TestPipeliningAndSmuggling)},
	{"commands behind the final dot", tests(TestCommandsBehindTheDot)},
	{"commands behind STARTTLS", tests(TestCommandsBeforeHandshake, TestCommandsBehindTheDot)},
	{"the lines of a mail whose DATA was refused", tests(TestRefusedDataWithItsMail)},
	{"BDAT of no size, or out of place", tests(TestChunksOfNoSize, TestChunksOutOfPlace)},
	{"a chunk that stops is refused for good, with our addresses in the reply", tests(TestChunkThatStops)},
	{"SIZE and 8BITMIME that lie", tests(TestDeclarations, TestTooLarge, TestEndlessMail)},
	{"source routes, null senders, half recipients", tests(TestOddAddresses, TestLongCommands)},
	{"an octet now and then", tests(TestDribble, TestFastEnough, TestIdleBetweenCommands, TestSessionTimeout)},
	{"replies that nobody reads", tests(TestDeafClient)},
	{"commands without end", tests(TestEndlessCommands, TestLongCommands)},
	{"four unknown commands end the session, with 500", tests(TestUnknownCommands, TestUnknownCommandsAtOnce)},
	{"blanks behind a command, DATA too, are 501", tests(TestBlanksBehindCommands)},
	{"a mail of exactly the size that is allowed is refused", tests(TestSizeAsAdvertised)},
	{"EHLO is answered without our name, out of sequence with 502", tests(TestGreetingsNameTheServer, TestOutOfSequence)},
	{"a parameter that is not known is 500 or 504", tests(TestUnknownParameters)},
	{"EHLO from before STARTTLS counts on", tests(TestStartTLSForgetsTheGreeting)},
}

func tests(f ...func(*testing.T)) []func(*testing.T) { return f }

// TestTraps holds the table complete: every trap of the library that was
// collected (where the collection is at hand) has a row, every row a test.
func TestTraps(t *testing.T) {
	rows := map[string]bool{}
	for _, trap := range traps {
		rows[trap.trap] = true
		for _, f := range trap.tests {
			if name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name(); !strings.Contains(name, ".Test") {
				t.Errorf("%s: %s is no test", trap.trap, name)
			}
		}
		if len(trap.tests) == 0 {
			t.Errorf("%s: no test", trap.trap)
		}
	}
	collected, err := os.ReadFile("../../shared/libraries.md")
	if err != nil {
		t.Skip("the collection is not here")
	}
	_, table, _ := strings.Cut(string(collected), "## go-smtp")
	table, _, _ = strings.Cut(table, "\n## ")
	n := 0
	for _, line := range strings.Split(table, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[1]) == "trap" {
			continue
		}
		n++
		found := false
		for row := range rows {
			found = found || strings.HasPrefix(strings.TrimSpace(cells[1]), row)
		}
		if !found {
			t.Errorf("no test for: %s", cells[1])
		}
	}
	if n == 0 {
		t.Error("no table of traps was found")
	}
}

// nothingOfOurs fails if an answer shows how the house is built.
func nothingOfOurs(t *testing.T, answer string) {
	t.Helper()
	for _, word := range []string{"/", "sql", "panic", "runtime", "goroutine", ".go", "127.0.0.1", "10.0.0.5", "timeout", "context", "nil"} {
		if strings.Contains(strings.ToLower(answer), word) {
			t.Errorf("%q tells of %q", answer, word)
		}
	}
}

// Whatever goes wrong inside, a client reads words of ours and whether to try
// again.
func TestNoErrorOfOursIsTold(t *testing.T) {
	for _, err := range []error{
		errInternal, context.Canceled, context.DeadlineExceeded, io.ErrUnexpectedEOF,
		fmt.Errorf("filing: %w", errInternal),
		fmt.Errorf("filing: %w", &smtp.SMTPError{Code: 550, Message: "SQL"}),
		&read.KeepError{Name: "/etc/passwd", Err: errInternal},
	} {
		e := replyTo("id", err)
		if e.Code != 451 {
			t.Errorf("%v is answered %d", err, e.Code)
		}
		nothingOfOurs(t, replyLine(e))
		if e := brokenReply(err); e != errBroken {
			t.Errorf("%v within a mail is answered %v", err, e)
		}
	}
	for _, e := range []*smtp.SMTPError{errTryAgain, errBusy, errBroken, errHops, errLine, errTooManyErrors} {
		nothingOfOurs(t, replyLine(e))
	}
}

// The same through a session, at every place where the server asks the house.
func TestEveryFailureInASession(t *testing.T) {
	big := "\r\n" + strings.Repeat("word word word\r\n", 10000)
	attached := "Content-Type: image/png; name=a.png\r\n\r\nxx\r\n"
	fail := func() error { return errInternal }
	for name, tc := range map[string]struct {
		change func(*setup)
		mail   string
		want   string
	}{
		"Receive": {func(s *setup) {
			s.Receive = func(context.Context, *aside.Inbound) (string, error) { return "", fail() }
		}, smallMail, "451 4.3.0"},
		"Receive panics": {func(s *setup) {
			s.Receive = func(context.Context, *aside.Inbound) (string, error) { panic(errInternal) }
		}, smallMail, "451 4.3.0"},
		"KeepPart": {func(s *setup) {
			s.KeepPart = func(context.Context, io.Reader) (aside.Content, error) { return aside.Content{}, fail() }
		}, attached, "451 4.3.0"},
		"KeepPart panics": {func(s *setup) {
			s.KeepPart = func(context.Context, io.Reader) (aside.Content, error) { panic(errInternal) }
		}, attached, "250 2.0.0 OK: "},
		"KeepRaw": {func(s *setup) {
			s.KeepRaw = func(context.Context, io.Reader) (aside.Content, error) { return aside.Content{}, fail() }
		}, big, "451 4.3.0"},
		"KeepRaw panics": {func(s *setup) {
			s.KeepRaw = func(context.Context, io.Reader) (aside.Content, error) { panic(errInternal) }
		}, big, "451 4.3.0"},
		"SpoolDir": {func(s *setup) { s.SpoolDir = "/var/lib/aside/nowhere" }, big, "451 4.3.0"},
	} {
		for _, chunks := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, chunks %v", name, chunks), func(t *testing.T) {
				h := open(t, tc.change)
				c := h.greeted()
				c.envelope()
				if chunks {
					c.send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(tc.mail), tc.mail))
				} else {
					c.say("DATA", "354")
					c.send(tc.mail + ".\r\n")
				}
				nothingOfOurs(t, c.expect(tc.want))
			})
		}
	}
	t.Run("Recipient panics", func(t *testing.T) {
		h := open(t, func(s *setup) { s.Recipient = func(string) bool { panic(errInternal) } })
		c := h.greeted()
		c.say("MAIL FROM:<>", "250")
		nothingOfOurs(t, c.say("RCPT TO:<support@example.com>", "4"))
	})
}
