package notice

import "testing"

func TestOrdinal(t *testing.T) {
	for n, want := range map[int]string{2: "Second", 10: "Tenth", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 22: "22nd", 103: "103rd", 111: "111th", 120: "120th"} {
		if got := ordinal(n); got != want {
			t.Errorf("%d is %s, not %s", n, got, want)
		}
	}
}
