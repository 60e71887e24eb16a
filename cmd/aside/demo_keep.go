package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// invite prints how to play on with the daemon that still runs. Every command
// in it works when pasted.
func (s *stage) invite(w io.Writer, p *play) {
	notice := p.last(danaAddress, "CUSTOMER")
	side := p.last(courierAddress, "")
	fmt.Fprintf(w, "\nThe daemon runs on until Ctrl-C. It takes mail at 127.0.0.1:%s.\n", s.port())
	fmt.Fprintf(w, "\nThe mailboxes, one maildir for each address that was written to:\n  ls %s\n", s.boxes)
	fmt.Fprintf(w, "\nWrite as a customer:\n  %s\n", s.swaks("ben@customer.example", deskAddress, "Toaster smokes", "It smokes a little.", ""))
	if notice != nil {
		fmt.Fprintf(w, "\nAnswer Jane as Dana. The address and the In-Reply-To are those of Dana's last notice; they work for Dana alone:\n  %s\n",
			s.swaks(danaAddress, notice.replyTo.Address, "Re: "+notice.subject, "You are welcome.", notice.id))
		fmt.Fprintf(w, "\nAsk somebody else aside, by the same address:\n  %s\n",
			s.swaks(danaAddress, notice.replyTo.Address, "Re: "+notice.subject, `/side max@repairs.example\n\nCan kettles be mended?`, notice.id))
	}
	if side != nil {
		fmt.Fprintf(w, "\nAnswer as the courier:\n  %s\n",
			s.swaks(courierAddress, side.replyTo.Address, "Re: "+side.subject, "We found another piece.", side.id))
	}
	// Without folder and record neomutt asks whether it may make ~/Mail.
	settings := fmt.Sprintf(`set from=%s realname="Dana Reyes" folder=%s record="" smtp_url=smtp://127.0.0.1:%s ssl_starttls=no ssl_force_tls=no use_envelope_from=yes reply_to=yes fast_reply include=yes`,
		danaAddress, s.boxes, s.port())
	fmt.Fprintf(w, "\nRead and answer as Dana in neomutt:\n  neomutt -n -F /dev/null -e '%s' -f %s\n", settings, filepath.Join(s.boxes, danaAddress))
	fmt.Fprintf(w, "\nLook inside:\n  aside ticket list --config %s\n  less %s\n",
		filepath.Join(s.dir, "aside.toml"), filepath.Join(s.dir, "aside.log"))
}

// last is the newest mail of a mailbox whose Reply-To begins with a cue.
func (p *play) last(address, cue string) *letter {
	var found *letter
	for _, s := range p.scenes {
		for _, l := range s.mails[address] {
			if !l.written && strings.HasPrefix(l.replyTo.Name, cue) {
				found = l
			}
		}
	}
	return found
}

// swaks is the command that sends a mail; an id makes it an answer.
func (s *stage) swaks(from, to, subject, body, id string) string {
	command := fmt.Sprintf("swaks --server 127.0.0.1:%s --from %s --to '%s' --header 'Subject: %s' --body '%s'", s.port(), from, to, subject, body)
	if id != "" {
		command += fmt.Sprintf(" --add-header 'In-Reply-To: <%s>'", id)
	}
	return command
}
