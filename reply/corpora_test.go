package reply_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"aside"
	"aside/reply"

	"github.com/jhillyerd/enmime/v2"
)

// expectation is what another project says about a sample.
type expectation struct {
	ReplyText     *string  `json:"reply_text"`
	StartsWith    string   `json:"reply_startswith"`
	Contains      []string `json:"reply_contains"`
	NotContains   []string `json:"reply_not_contains"`
	FirstFragment *string  `json:"first_fragment"`
	MaxSeconds    float64  `json:"max_seconds"`
	Note          string   `json:"note"`
}

// argued are the samples where we read differently, and why.
var argued = map[string]string{
	"iphone.eml":       "keeps the phone's line; cut here as a signature",
	"sparrow.eml":      "keeps the signature below two dashes; cut here",
	"inline_reply.eml": "keeps the whole quotation above an answer that stands below all of it; another set cuts it, as we do",
	"newlines.eml":     "its closing boundary is broken and becomes text: a matter of reading MIME",
}

func corpora(t testing.TB) string {
	dir := os.Getenv("ASIDE_CORPORA")
	if dir == "" {
		dir = "../../shared/corpora"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no corpora here: ", dir)
	}
	return dir
}

// mailOf fills a Mail from a sample: a whole mail, or a body alone.
func mailOf(t *testing.T, path string) *aside.Mail {
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(path) {
	case ".eml":
		raw = bytes.TrimLeft(raw, " \r\n\t")
		p := enmime.NewParser(enmime.DisableTextConversion(true), enmime.SkipMalformedParts(true), enmime.MultipartWOBoundaryAsSinglePart(true))
		env, err := p.ReadEnvelope(bytes.NewReader(raw))
		if err != nil {
			t.Logf("%s: %v", path, err)
			return &aside.Mail{}
		}
		if env.Text == "" && env.HTML == "" { // a multipart without any boundary
			_, body, _ := bytes.Cut(raw, []byte("\n\n"))
			env.Text = string(body)
		}
		return &aside.Mail{Subject: env.GetHeader("Subject"), Text: strings.ReplaceAll(env.Text, "\r\n", "\n"), HTML: env.HTML}
	case ".html":
		return &aside.Mail{HTML: string(raw)}
	}
	return &aside.Mail{Text: string(raw)}
}

func squeeze(s string, drop bool) string {
	if drop {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// judgeSample holds what was read against what is expected of it.
func judgeSample(e expectation, got string, took time.Duration) string {
	if e.MaxSeconds > 0 && took > 50*time.Millisecond {
		return "took " + took.String()
	}
	if e.ReplyText != nil && squeeze(got, true) != squeeze(*e.ReplyText, true) {
		return "read   " + squeeze(got, false) + "\n  wanted " + squeeze(*e.ReplyText, false)
	}
	if e.StartsWith != "" && !strings.HasPrefix(squeeze(got, false), squeeze(e.StartsWith, false)) {
		return "does not start with " + e.StartsWith + ":\n" + got
	}
	for _, c := range e.Contains {
		if !strings.Contains(squeeze(got, false), squeeze(c, false)) {
			return "does not contain " + c + ":\n" + got
		}
	}
	for _, c := range e.NotContains {
		if strings.Contains(squeeze(got, false), squeeze(c, false)) {
			return "contains " + c + ":\n" + got
		}
	}
	return ""
}

// counts is how many samples of a set are read as expected, and in how many
// we argue; every other one is a failure.
var counts = map[string]struct{ right, argued int }{
	"talon":                     {19, 2},
	"github_email_reply_parser": {22, 0},
	"gitlab":                    {14, 2},
	"chatwoot":                  {10, 0},
}

func TestCorpora(t *testing.T) {
	dir := corpora(t)
	for set, count := range counts {
		t.Run(set, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, set, "expected.json"))
			if err != nil {
				t.Skip(err)
			}
			var want struct{ Files map[string]expectation }
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			right, differing := 0, 0
			for name, e := range want.Files {
				if strings.Contains(name, "/signature/") {
					continue // signatures without any sign but their place: learned, not read
				}
				m := mailOf(t, filepath.Join(dir, set, name))
				start := busy()
				d := reply.Read(m, reply.Held{CutSignature: true})
				got := d.Text()
				wrong := judgeSample(e, got, busy()-start)
				switch reason, ok := argued[filepath.Base(name)]; {
				case wrong == "" && ok:
					t.Errorf("%s is argued (%s) but agrees", name, reason)
				case wrong == "":
					right++
				case ok:
					differing++
				default:
					t.Errorf("%s: %s", name, wrong)
				}
			}
			if right != count.right || differing != count.argued {
				t.Errorf("%d right and %d argued, expected %d and %d", right, differing, count.right, count.argued)
			}
			t.Logf("%s: %d right, %d argued, of %d", set, right, differing, len(want.Files))
		})
	}
}
