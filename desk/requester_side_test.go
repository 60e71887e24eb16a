package desk_test

import "testing"

// Who hears a side conversation and becomes the customer stands in its notices
// once, and is not nobody.
func TestRequesterWhoHearsASide(t *testing.T) {
	w := open(t)
	n := w.opens(jane, "Kettle", "It leaks.")
	asked := w.says(dana, n, "/side max@repairs.example\n\nWhen can you come?").find("max", "come")
	back := w.says(max, asked, "At noon.").to("dana")
	w.says(dana, back, "/requester max@repairs.example")
	n = w.says(max, asked, "At one.").to("dana")
	contains(t, n, "CUSTOMER + SIDE Max Repair #1-", "YOUR REPLY GOES TO: the customer Max Repair Open")
	w.says(dana, n, "Fine.").find("max", "Fine.")
	w.says(dana, n, "/add courier@vendor.example")
	contains(t, w.says(max, asked, "At two.").to("dana"), "CUSTOMER + SIDE courier at vendor.example #1-", "YOUR REPLY GOES TO: courier@vendor.example + the customer Max Repair Not sent on")
}
