package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aside"
)

// TestCheckLanguages: a desk's language that nobody wrote words in, a typing
// mistake most likely, is told of.
func TestCheckLanguages(t *testing.T) {
	for _, tt := range []struct {
		language string
		files    []string // of templates.dir
		says     string   // of the warning; empty for none
	}{
		{"en", nil, ""},
		{"en-GB", nil, ""},
		{"de", nil, ""},
		{"pt-BR", nil, ""},
		{"xx", nil, `support@example.com has language = "xx", and customers get ack.subject, ack.txt, message.subject, question.subject, request.subject, sender.txt, share.txt in English`},
		{"xx", nil, "da de en es fr it nl pl pt sv"},
		{"xx", []string{"xx/ack.subject", "xx/ack.txt", "xx/message.subject", "xx/question.subject", "xx/request.subject", "xx/sender.txt", "xx/share.txt"}, ""},
		{"cs", []string{"support@example.com/ack.subject", "ack.txt"}, "customers get message.subject, question.subject, request.subject, sender.txt, share.txt in English"},
	} {
		dir := ""
		if tt.files != nil {
			dir = t.TempDir()
		}
		for _, f := range tt.files {
			path := filepath.Join(dir, filepath.FromSlash(f))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("words"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		k := checkerOf(zone{})
		k.conf.TemplatesDir = dir
		k.conf.Directory = &aside.Directory{Desks: []*aside.Desk{{Address: "support@example.com", Language: tt.language}}}
		var warnings []string
		for _, f := range k.templates() {
			if f.Level != fine {
				warnings = append(warnings, f.Text+"\n"+f.Do)
			}
		}
		said := strings.Join(warnings, "\n")
		if (tt.says == "") != (said == "") || !strings.Contains(said, tt.says) {
			t.Errorf("language %s with %v: the check says %q, want %q", tt.language, tt.files, said, tt.says)
		}
	}
}
