package notice

import (
	"testing"

	"aside"
)

// Where nothing can be read of what a notice showed it does not go again: that must
// not be in the way of telling that it was refused.
func TestWithoutFilesOfADamagedFrame(t *testing.T) {
	files := []aside.Attachment{{Name: "leak.zip"}}
	for shown, goes := range map[string]bool{"{}": true, "": false, "{": false, `{"fileless":true}`: false} {
		again, err := WithoutFiles(shown, files, "552")
		if err != nil || (again != "") != goes {
			t.Errorf("%q goes again as %q, %v", shown, again, err)
		}
	}
	if again, err := WithoutFiles("{}", nil, "552"); again != "" || err != nil {
		t.Errorf("without files it goes again as %q, %v", again, err)
	}
}
