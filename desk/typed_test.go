package desk_test

import (
	"html"
	"slices"
	"strings"
	"testing"

	"aside"
	h "aside/test/harness"
)

// What an agent typed above the client's own quotation is theirs, also where
// the ticket has the same words: it leaves as typed, or the mail waits, but no
// line of it is lost in silence.
func TestTypedWordsThatAreKnown(t *testing.T) {
	const broken = "my kettle arrived broken on Friday. The order number is 7731."
	const dropped = "the driver dropped it at the depot in Sonnenallee 14 and our colleague Franz threw it on the pile, sorry about that, keep it between us."
	for name, typed := range map[string]string{
		"the customer's words in a sentence":     "Hello Jane,\n\nyou wrote: " + broken + " Is that right, and which colour was it?",
		"a sentence that goes on with them":      "Hello Jane,\n\nyou said that " + broken + " Is that right, and which colour was it?",
		"the customer's line":                    "Hello Jane,\n\nyou wrote:\n" + broken + "\nIs that right, and which colour was it?",
		"the customer's paragraph":               "Hello Jane,\n\nyou wrote:\n\n" + broken + "\n\nIs that right, and which colour was it?",
		"the customer's line and nothing below":  "Hello Jane,\n\nyou wrote:\n\n" + broken,
		"between quotation marks":                "Hello Jane,\n\nyou wrote:\n\n\"" + broken + "\"\n\nIs that right?",
		"a vendor's paragraph":                   "Hello Jane,\n\nthis is what they wrote:\n\n" + dropped + "\n\nDana",
		"a vendor's line":                        "Hello Jane,\n\nthis is what they wrote:\n" + dropped + "\n\nDana",
		"a vendor's words at the end":            "Hello Jane,\n\nthey say: " + strings.TrimSuffix(dropped, ", keep it between us."),
		"a vendor's paragraph at the end":        "Hello Jane,\n\n" + dropped,
		"a vendor's short line":                  "Hello Jane,\n\nthis is what they wrote:\n\nWe can refund 20 EUR.\n\nDana",
		"a vendor's paragraph, dated":            "Hello Jane,\n\nOn Friday the courier wrote:\n\n" + dropped + "\n\nDana",
		"an introduction of words nobody said":   "Hello Jane,\n\nthis is what they wrote:\n\nthe box is lost, we are sorry for that.\n\nDana",
		"the same, the line right below":         "Hello Jane,\n\nas our colleague wrote:\nyour kettle is on its way.\n\nDana",
		"a price right above the block":          "Hello Jane,\n\nit is easy.\n\nPrice: 20 EUR",
		"a question after a name":                "Hello Jane,\n\nJane wrote to us on 20.11.2026 at 10:00, is that right?",
		"a manual, marked by hand":               "Hello Jane,\n\nas the manual says:\n> dir c:\n> is what you type\n\nIs that right?",
		"marked by hand":                         "Hello Jane,\n\nyou wrote:\n> " + broken + "\n\nIs that right?",
		"a vendor's paragraph, marked by hand":   "Hello Jane,\n\nthe courier wrote:\n> " + dropped + "\n\nIs that right?",
		"a vendor's paragraph and no other word": dropped,
	} {
		for client, replies := range programs() {
			t.Run(name+"/"+client, func(t *testing.T) {
				w := open(t)
				n := w.opens(jane, "Kettle", "Hello,\n\n"+broken+"\n\nPlease send a new one.\n\nJane Doe")
				asked, _ := w.asks(n, "/side courier@vendor.example", "Where is it?")
				w.says(vic, asked, "Hi Dana,\n\n"+dropped+"\n\nWe can refund 20 EUR.")
				w.allowed["Sonnenallee"] = true
				got := w.post(replies(n, typed))
				heard := got.said("jane")
				if heard == "" {
					contains(t, got.to("dana"), "NOT SENT")
					heard = got.said("dana")
				}
				lost := slices.DeleteFunc(lines(typed), func(l string) bool {
					return strings.Contains(heard, strings.Join(strings.Fields(strings.TrimPrefix(l, "> ")), " "))
				})
				if len(lost) > 0 {
					t.Errorf("lost in silence: %q of\n%s", lost, heard)
				}
			})
		}
	}
}

// lines are the lines of a text that say something.
func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
}

// said is all that somebody's mails say, in one line.
func (n *news) said(who string) string {
	var b strings.Builder
	for _, m := range n.mails {
		if m.DeliveredTo == recipient(who) {
			b.WriteString(strings.ReplaceAll(m.Plain(), ">", ""))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// programs answer as Dana above what they quote: those of the harness, and
// Outlook as it makes a paragraph of every line.
func programs() map[string]func(n *h.Mail, typed string) *h.Draft {
	out := map[string]func(n *h.Mail, typed string) *h.Draft{}
	clients := h.Clients()
	if testing.Short() {
		clients = []h.Client{h.Gmail(), h.Outlook()} // the race detector makes each ten times as long
	}
	for _, c := range clients {
		c = c.Top()
		out[c.Name] = func(n *h.Mail, typed string) *h.Draft { return c.Reply(dana, n, typed) }
	}
	out["outlook, ruled"] = func(n *h.Mail, typed string) *h.Draft {
		d := h.OutlookWeb().Reply(dana, n, typed)
		paragraphs := ""
		for l := range strings.SplitSeq(typed, "\n") {
			paragraphs += "<p class=MsoNormal>" + html.EscapeString(l) + "<o:p></o:p></p>"
		}
		_, block, _ := strings.Cut(d.HTML, "<b>From:")
		d.HTML = "<html><body><div class=WordSection1>" + paragraphs + "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:" +
			strings.Replace(block, "</font><div>&nbsp;</div></div><div>", "</p></div></div><p class=MsoNormal>&nbsp;</p>", 1)
		return d
	}
	return out
}

// A number before a command is meant for a list. In answer to a ticket's notice
// it is a command all the same, and not the customer's to read.
func TestNumberedCommandsDoNotLeave(t *testing.T) {
	for _, text := range []string{"1 /resolve", "1 2 /tag fraud\nHello Jane.", "#1 /assign omar"} {
		w := open(t)
		n := w.opens(jane, "Kettle", "It leaks.")
		w.says(dana, n, text).none("jane")
	}
}

// A command that stands in one of a mail's two forms alone and would keep the
// text inside, holds it: so does /assign to somebody else.
func TestAssignInOneFormAlone(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "Omar, she is lying, "+w.secret("onlyinside")+".")
	d.HTML = strings.Replace(d.HTML, "<div", "<div>/assign omar</div><div", 1)
	w.post(d).none("jane")
}

// The same for a command that does something else: it is not passed over in silence.
func TestCommandInOneFormAlone(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	d := h.Gmail().Reply(dana, n, "We send a new one.")
	d.HTML = strings.Replace(d.HTML, "<div", "<div>/resolve</div><div", 1)
	got := w.post(d)
	if w.ticket(1).Status == aside.StatusResolved {
		return
	}
	for _, m := range got.mails {
		if m.DeliveredTo == dana.Address && has(m, "/resolve") {
			return
		}
	}
	t.Errorf("/resolve was neither done nor told:\n%s", got)
}
