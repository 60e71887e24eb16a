package desk_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	h "aside/test/harness"
)

// matter is what one ticket is about: long names and figures that everybody
// who writes of it uses, and that no reply can do without.
type matter struct{ product, order, place, day, sum string }

func drawMatter(r *rand.Rand) matter {
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	return matter{
		product: pick("Bolton Styline cordless kettle, stainless steel and black", "Harrow four slice toaster with bun rack in cream",
			"Lindqvist enamelled cast iron casserole 28 cm, midnight blue", "Aurora bean to cup coffee machine with steam wand"),
		order: fmt.Sprintf("%d-%04d", 2026, r.IntN(10000)),
		place: fmt.Sprintf("%s %d, %s", pick("Elm Road", "Harbour Street", "Am Alten Markt", "Station Square"), 1+r.IntN(200), pick("10115 Berlin", "Leeds LS1 4DY", "1012 Amsterdam")),
		day:   pick("Monday the 2nd of November", "Wednesday morning", "the last Friday of October", "the 14th"),
		sum:   fmt.Sprintf("%d euros and %d cents", 10+r.IntN(200), r.IntN(100)),
	}
}

func (m matter) fill(s string) string {
	return strings.NewReplacer("PRODUCT", m.product, "ORDER", m.order, "PLACE", m.place, "DAY", m.day, "SUM", m.sum).Replace(s)
}

// What is said inside, and what is said to the customer of the same matter.
// No two of the sentences share more than the names and figures.
var (
	inside = []string{
		"Between us, the PRODUCT from order ORDER came from a batch that head office wanted to recall in spring, and nobody here may say so.",
		"I called the depot twice about ORDER and the man at the desk admitted that they lost the pallet on DAY.",
		"Accounts will write off SUM if she asks a second time, but let us offer a voucher first and see whether she takes it.",
		"She has returned four parcels this year, so please do not send the PRODUCT before we have the old one back from PLACE.",
		"Legal says that we owe nothing for the floor, although the expert's letter about ORDER reads quite differently.",
		"If this drags on past DAY, ask Ingrid to approve SUM out of the goodwill budget without another form.",
	}
	vendors = []string{
		"Our driver noted for ORDER that nobody opened at PLACE and left the parcel with the kiosk across the road on DAY.",
		"For your records, the PRODUCT leaves our house at a dealer price of SUM, which we ask you to keep to yourselves.",
		"We could not find any scan of consignment ORDER after the belt in Hall 4, so we treat it as lost from today.",
		"Replacing the heating element takes our workshop two hours, and we would invoice you SUM for parts and labour.",
		"Please have the customer keep the damaged PRODUCT at PLACE until our surveyor has looked at it on DAY.",
	}
	honest = []string{
		"Thank you for telling us about the PRODUCT, and I am sorry that it reached you like this.",
		"A new one goes out to PLACE today, free of charge, and should be with you by DAY.",
		"We are looking into what became of order ORDER and will write again as soon as we know more.",
		"You will see SUM back on your card within a week; the bank sometimes takes a little longer.",
		"Could you send us a photograph of the label on the bottom of the PRODUCT?",
		"There is no need to return anything, so feel free to recycle the broken one.",
		"The parcel for PLACE has a tracking number now, and you should get a message from the carrier on DAY.",
		"If you would rather have the money, just say so and we refund SUM for ORDER instead.",
		"I have passed on what you wrote about your floor to the colleague who deals with such claims.",
		"Please let me know whether DAY would suit you for the delivery to PLACE.",
		"May I ask when you first noticed that the PRODUCT was not working as it should?",
		"We know how annoying this must be, and we would like to put it right without more ado.",
	}
	customers = []string{
		"The PRODUCT I bought with you under ORDER does not work at all, and I need it for a party on DAY.",
		"I have paid SUM and received nothing at PLACE so far, which I find hard to believe after three weeks.",
		"When I opened the box on DAY there was water in it, and the PRODUCT had a dent as big as my hand.",
	}
)

func draw(r *rand.Rand, m matter, from []string, n int) []string {
	var out []string
	for _, i := range r.Perm(len(from))[:n] {
		out = append(out, m.fill(from[i]))
	}
	return out
}

// affair is a ticket with all that is said inside of one matter.
type affair struct {
	m        matter
	secrets  []string
	customer *h.Mail
	vendor   *h.Mail
	quotes   string
}

func (w *town) affair(r *rand.Rand, serial int) affair {
	clear(w.boxes)
	a := affair{m: drawMatter(r)}
	jane := h.Person{Name: "Jane Doe", Address: fmt.Sprintf("jane%d@customer.example", serial)}
	vendor := h.Person{Name: "Courier GmbH", Address: fmt.Sprintf("courier%d@vendor.example", serial)}
	a.quotes = strings.Join(draw(r, a.m, customers, 2), " ")
	a.customer = w.opens(jane, "About "+a.m.product, a.quotes)
	for _, s := range draw(r, a.m, inside, 3) {
		w.says(omar, w.lastTo("omar", a.m.fill(a.quotes)[:20]), "/note\n\n"+s)
		a.secrets = append(a.secrets, s)
	}
	w.says(dana, a.customer, "/side "+vendor.Address+"\n\nCould you tell us more about "+a.m.order+" please?")
	box := w.boxes[vendor.Address]
	said := strings.Join(draw(r, a.m, vendors, 2), "\n\n")
	a.vendor = w.says(vendor, box[len(box)-1], said).to("dana")
	a.secrets = append(a.secrets, strings.Split(said, "\n\n")...)
	return a
}

// heldOf reports whether an answer of Dana's was held.
func (w *town) heldOf(d *h.Draft) (bool, string) {
	for _, m := range w.post(d).mails {
		if m.DeliveredTo == dana.Address && strings.HasPrefix(m.Subject, "NOT") {
			return true, all(m)
		}
	}
	return false, ""
}

// alarms is how many replies of each kind are tried, and how many one ticket
// gets.
func alarms() (n, each int) {
	if testing.Short() {
		return 100, 20
	}
	return 1000, 20
}

func seedOf(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// Replies of the same matter in other words go, but for one in a hundred.
func TestHonestRepliesAreNotHeld(t *testing.T) {
	w, r := open(t), seedOf(t)
	n, each := alarms()
	wrong := 0
	var a affair
	for i := range n {
		if i%each == 0 {
			a = w.affair(r, i)
		}
		text := "Dear Jane,\n\n" + strings.Join(draw(r, a.m, honest, 2+r.IntN(3)), " ")
		if was, why := w.heldOf(h.Gmail().Reply(dana, a.customer, text)); was {
			wrong++
			t.Logf("held:\n%s\n%s", text, why)
		}
		// The customer's own words go to the vendor, always.
		if i%5 == 0 {
			if was, why := w.heldOf(h.Gmail().Reply(dana, a.vendor, "The customer writes: "+a.quotes)); was {
				t.Errorf("the customer's words were held on their way to a vendor:\n%s", why)
			}
		}
	}
	t.Logf("%d of %d honest replies were held", wrong, n)
	if wrong*100 >= n {
		t.Errorf("%d of %d honest replies were held", wrong, n)
	}
}

// Whatever carries a passage of a note or of a vendor is held, in any dress.
func TestPastedPassagesAreHeld(t *testing.T) {
	w, r := open(t), seedOf(t)
	n, each := alarms()
	var a affair
	for i := range n {
		if i%each == 0 {
			a = w.affair(r, i)
		}
		words := strings.Fields(a.secrets[r.IntN(len(a.secrets))])
		size := min(len(words), 12+r.IntN(8))
		from := r.IntN(len(words) - size + 1)
		if strings.Contains(strings.Join(words[from:from+size], " "), a.m.product) {
			from, size = 0, len(words) // the customer knows the name: what is left of so few words is no passage
		}
		d, dress := dressed(r, a, words[from:from+size])
		if was, _ := w.heldOf(d); !was {
			t.Errorf("not held, %s: %q", dress, words[from:from+size])
		}
	}
}

// dressed is a reply that carries a passage in one of many ways.
func dressed(r *rand.Rand, a affair, words []string) (*h.Draft, string) {
	polite := draw(r, a.m, honest, 2)
	passage := strings.Join(words, " ")
	around := func(p string) string { return "Dear Jane,\n\n" + polite[0] + "\n\n" + p + "\n\n" + polite[1] }
	reply := func(p string) *h.Draft { return h.Gmail().Reply(dana, a.customer, around(p)) }
	switch r.IntN(10) {
	case 0:
		return reply(passage), "as it is"
	case 1:
		return reply(polite[1] + " " + passage + " " + polite[0]), "within a line"
	case 2:
		return reply(strings.Join(words[:5], " ") + "\n" + strings.Join(words[5:9], "\n") + "\n" + strings.Join(words[9:], " ")), "wrapped anew"
	case 3:
		return reply(strings.ToUpper(passage)), "in capitals"
	case 4:
		return reply("“" + strings.ReplaceAll(strings.ReplaceAll(passage, ",", " –"), "'", "’") + "”"), "in curly quotes"
	case 5:
		d := reply("x")
		d.Text, d.HTML = "", "<div>Dear Jane,</div><div>"+polite[0]+"</div><ul><li>"+strings.Join(words[:6], " ")+"</li><li>"+strings.Join(words[6:], "&nbsp;")+"</li></ul>"
		return d, "as HTML"
	case 6:
		return h.Gmail().Reply(dana, a.customer, "/side max@repairs.example subject "+passage+"\n\n"+polite[0]), "in a subject"
	case 7:
		d := reply("See the file.")
		d.Files = []h.File{{Name: "letter.txt", Type: "text/plain", Data: []byte(strings.ReplaceAll(around(passage), "\n", "\r\n"))}}
		return d, "in a text file"
	case 8:
		return h.Gmail().Reply(dana, a.vendor, "/reply\n\n"+around(passage)), "by /reply from the vendor's mail"
	default:
		return reply("- " + strings.Join(words[:7], " ") + "\n- " + strings.Join(words[7:], " ")), "as a list"
	}
}
