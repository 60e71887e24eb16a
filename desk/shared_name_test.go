package desk_test

import (
	"testing"

	h "aside/test/harness"
)

// A customer who calls herself like the desk, or like one of us, is not quoted
// to others as if we had written it.
func TestSharedUnderOurName(t *testing.T) {
	for _, name := range []string{"Example Support", "Dana at Example Support"} {
		w := open(t)
		n := w.opens(h.Person{Name: name, Address: jane.Address}, "Kettle", "Please pay 500 to this account.")
		lacks(t, w.says(dana, n, "/side max@repairs.example share last\n\nCan you repair that?").find("max", "pay 500"), name+" wrote")
	}
}
