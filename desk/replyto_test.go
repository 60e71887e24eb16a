package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// What a form of a web site sends names the customer in Reply-To alone. That
// proves nothing, and the answer goes to the form; so the team is told, and can
// let the customer hear it.
func TestReplyToIsOffered(t *testing.T) {
	w := open(t)
	form := h.Person{Name: "Shop form", Address: "form@shop.example"}
	d := h.Write(form, support, "Contact form", "My kettle leaks.")
	d.Headers = append(d.Headers, [2]string{"Reply-To", "Jane Doe <" + jane.Address + ">"})
	n := w.post(d).to("dana")
	contains(t, n, "YOUR REPLY GOES TO: Shop form", "Asks for answers at another address, which gets none: "+jane.Address+" (Add)")
	w.post(w.click(dana, n, "/add "+jane.Address)).only("dana: hears the customer conversation from now on")
	w.says(dana, n, "It comes.").find("jane", "It comes.")
	// Who takes part is not offered, nor is where the mail comes from, nor an
	// address of ours.
	for _, to := range []string{jane.Address, form.Address, support, dana.Address} {
		d = h.Write(form, w.lastTo("jane", "It comes.").ReplyTo.Address, "Contact form", "And one more thing about "+to)
		d.Headers = append(d.Headers, [2]string{"Reply-To", to})
		lacks(t, w.post(d).to("dana"), "Asks for answers")
	}
}
