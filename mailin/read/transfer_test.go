package read

import (
	"encoding/base64"
	"strings"
	"testing"
)

// What stands below base64 and is none is text; what only looks odd is decoded as
// before.
func TestBase64Footer(t *testing.T) {
	long := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("Grüße. ", 20)))
	for name, tt := range map[string]struct{ body, encoded, footer string }{
		"a footer":                    {"R3LDvMOfZQ==\n\n-- \nScanned by ACME.\n", "R3LDvMOfZQ==\n", "-- \nScanned by ACME."},
		"no line between":             {"R3LDvMOfZQ==\nScanned by ACME.\n", "R3LDvMOfZQ==\n", "Scanned by ACME."},
		"a heading of a word":         {"R3LDvMOfZQ==\n\nConfidential\n\nFor you alone.\n", "R3LDvMOfZQ==\n", "Confidential\n\nFor you alone."},
		"a long line, then a shorter": {long[:76] + "\n" + long[76:80] + "\n\nFor you alone.", long[:76] + "\n" + long[76:80] + "\n", "For you alone."},
		"joined pieces":               {"R3LDvMOfZQ==\nR3LDvMOfZQ==\n", "R3LDvMOfZQ==\nR3LDvMOfZQ==\n", ""},
		"a stray line between":        {"R3LDvMOfZQ==\n!!\nR3LDvMOfZQ==\n", "R3LDvMOfZQ==\n!!\nR3LDvMOfZQ==\n", ""},
		"prose":                       {"It only says base64.\n", "It only says base64.\n", ""},
	} {
		encoded, footer := base64Footer([]byte(tt.body))
		if string(encoded) != tt.encoded || string(footer) != tt.footer {
			t.Errorf("%s: %q and %q", name, encoded, footer)
		}
	}
}
