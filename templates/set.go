// Package templates holds what the mails say: the words of every notice and of
// the few mails that aside itself writes to contacts, as text and as HTML.
//
// Each piece is a text/template NAME.txt, an html/template NAME.html where the
// HTML is more than the text in paragraphs, and NAME.subject where the mail
// has a subject of its own. An admin overrides them, most particular first, as
//
//	dir/<desk address>/<language>/NAME
//	dir/<desk address>/NAME
//	dir/<language>/NAME
//	dir/NAME
//
// Where the text found is more particular than the HTML, the HTML is made from
// the text, so that both halves of a mail always say the same.
//
// Everything a stranger can write is cleaned before a template sees it: an
// override cannot forget to.
package templates

import (
	"bytes"
	"embed"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"text/template"

	"aside"
)

//go:embed builtin
var builtin embed.FS

// Key says for whose eyes a piece is rendered.
type Key struct {
	Desk     string // address
	Language string // "en", "de", "pt-br"; en when empty or unknown
}

// KeyOf is the key of a desk's mails.
func KeyOf(d *aside.Desk) Key { return Key{Desk: d.Address, Language: d.Language} }

// Words is a rendered piece. HTML is a fragment whose inline styles carry all
// that matters; its classes only serve the dark style of Assemble.
type Words struct{ Text, HTML string }

// Mail is a rendered piece that has a subject of its own. The subject is one
// line without control characters.
type Mail struct {
	Subject string
	Words
}

// Set is every template, built in and overridden. It is immutable and may be
// used by many goroutines.
type Set struct {
	text map[string]*template.Template     // by place, see places
	html map[string]*htmltemplate.Template // by place
}

// languageName is what a directory named after a language looks like.
var languageName = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})?$`)

// Load reads the built-in templates and the overrides below dir; "" means
// built in only. Every template is executed once with sample data, so a
// misspelled field is found now; the error names file and line. A file that
// overrides nothing is an error too, for it is a misspelled name. Hidden files,
// backups (NAME~) and *.md are left alone.
func Load(dir string) (*Set, error) {
	s := &Set{text: map[string]*template.Template{}, html: map[string]*htmltemplate.Template{}}
	inside, err := fs.Sub(builtin, "builtin")
	if err != nil {
		return nil, fmt.Errorf("reading the built-in templates: %w", err)
	}
	if err := s.readFolder(inside, ".", "builtin", "built in "); err != nil {
		return nil, err
	}
	if dir == "" {
		return s, nil
	}
	if st, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("reading templates: %w", err)
	} else if !st.IsDir() {
		return nil, fmt.Errorf("reading templates: %s is not a directory", dir)
	}
	if err := s.readFolder(os.DirFS(dir), ".", "", dir+string(filepath.Separator)); err != nil {
		return nil, err
	}
	return s, nil
}

// readFolder reads the templates of one folder and of those in it. root is set
// before the places, shown before the names in errors.
func (s *Set) readFolder(tree fs.FS, folder, root, shown string) error {
	entries, err := fs.ReadDir(tree, folder)
	if err != nil {
		return fmt.Errorf("reading templates: %w", err)
	}
	for _, e := range entries {
		if ignored(e.Name()) {
			continue
		}
		name := path.Join(folder, e.Name())
		st, err := fs.Stat(tree, name) // follows links, as config maps are made of them
		if err != nil {
			return fmt.Errorf("reading templates: %w", err)
		}
		if !st.IsDir() {
			if err := s.readFile(tree, name, root, shown); err != nil {
				return err
			}
			continue
		}
		if err := checkFolder(folder, e.Name()); err != nil {
			return fmt.Errorf("%s%s: %w", shown, filepath.FromSlash(name), err)
		}
		if err := s.readFolder(tree, name, root, shown); err != nil {
			return err
		}
	}
	return nil
}

// checkFolder holds the layout: a desk's address, a language, or a language
// inside a desk's folder.
func checkFolder(parent, name string) error {
	low := strings.ToLower(name)
	switch {
	case parent == "." && (strings.Contains(name, "@") || languageName.MatchString(low)):
		return nil
	case strings.Contains(parent, "@") && !strings.Contains(parent, "/") && languageName.MatchString(low):
		return nil
	}
	return fmt.Errorf("a folder of templates is named after a desk's address or a language such as de, or after a language inside a desk's folder")
}

func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasSuffix(strings.ToLower(name), ".md")
}

// readFile parses one template, and executes it with each sample of its piece.
func (s *Set) readFile(tree fs.FS, name, root, shown string) error {
	label := shown + filepath.FromSlash(name)
	base, ext := strings.TrimSuffix(path.Base(name), path.Ext(name)), path.Ext(name)
	p, ok := findPiece(base, ext)
	if !ok {
		return fmt.Errorf("%s: there is no template of that name; there are %s", label, strings.Join(names(), ", "))
	}
	raw, err := fs.ReadFile(tree, name)
	if err != nil {
		return fmt.Errorf("reading a template: %w", err)
	}
	raw = bytes.TrimPrefix(raw, []byte("\uFEFF")) // an editor's mark, which would stand in every mail
	place := strings.ToLower(path.Join(root, name))
	if ext == ".html" {
		t, err := htmltemplate.New(label).Funcs(htmlFuncs()).Option("missingkey=error").Parse(string(raw))
		if err != nil {
			return fmt.Errorf("reading a template: %w", err)
		}
		s.html[place] = t
		return try(p, func(sample any) error { return t.Execute(&bytes.Buffer{}, sample) })
	}
	t, err := template.New(label).Funcs(textFuncs()).Option("missingkey=error").Parse(string(raw))
	if err != nil {
		return fmt.Errorf("reading a template: %w", err)
	}
	s.text[place] = t
	return try(p, func(sample any) error { return t.Execute(&bytes.Buffer{}, sample) })
}

func try(p piece, execute func(any) error) error {
	for _, sample := range p.samples {
		if err := execute(sample); err != nil {
			return fmt.Errorf("trying a template with sample data: %w", err)
		}
	}
	return nil
}

// places lists where a template may stand for this reader, most particular
// first.
func places(k Key, file string) []string {
	desk, languages := strings.ToLower(k.Desk), languageChain(k.Language)
	var out []string
	if desk != "" && !strings.Contains(desk, "/") {
		for _, l := range languages {
			out = append(out, path.Join(desk, l, file))
		}
		out = append(out, path.Join(desk, file))
	}
	for _, l := range languages {
		out = append(out, path.Join(l, file))
	}
	out = append(out, file)
	for _, l := range languages {
		out = append(out, path.Join("builtin", l, file))
	}
	return append(out, path.Join("builtin", file))
}

// languageChain is pt-br, pt for "pt_BR", and nothing for what is no language.
func languageChain(language string) []string {
	l := strings.ToLower(strings.ReplaceAll(language, "_", "-"))
	if !languageName.MatchString(l) {
		return nil
	}
	if short, _, found := strings.Cut(l, "-"); found {
		return []string{l, short}
	}
	return []string{l}
}

// Lacks names the files that a reader gets in English though another language
// was asked for: of those that speak to contacts.
func (s *Set) Lacks(k Key) (files []string) {
	languages := languageChain(k.Language)
	if len(languages) == 0 || slices.Contains(languages, "en") {
		return nil
	}
	for _, file := range []string{"ack.subject", "ack.txt", "message.subject", "question.subject", "request.subject", "sender.txt", "share.txt"} {
		there := places(k, file)
		if i := slices.IndexFunc(there, func(place string) bool { return s.text[place] != nil }); i == len(there)-1 {
			files = append(files, file)
		}
	}
	return files
}

// Languages are those that are built in.
func Languages() []string {
	languages := []string{"en"}
	entries, _ := fs.ReadDir(builtin, "builtin") // it is part of the program
	for _, e := range entries {
		if e.IsDir() {
			languages = append(languages, e.Name())
		}
	}
	slices.Sort(languages)
	return languages
}

// render executes a piece: its text, and its HTML or what the text makes of
// itself.
func (s *Set) render(k Key, name string, view any) (Words, error) {
	raw, rank, err := s.renderText(k, name+".txt", view)
	if err != nil {
		return Words{}, err
	}
	raw = tidy(raw)
	html, err := s.renderHTML(k, name, view, rank, raw)
	return Words{Text: wrapText(raw), HTML: html}, err
}

// renderHTML executes the HTML template of a piece whose text was found at the
// given rank. Where only less particular HTML exists, the text speaks for both.
func (s *Set) renderHTML(k Key, name string, view any, rank int, text string) (string, error) {
	for i, place := range places(k, name+".html") {
		if i > rank {
			break
		}
		if t := s.html[place]; t != nil {
			var b bytes.Buffer
			if err := t.Execute(&b, view); err != nil {
				return "", fmt.Errorf("writing %s.html: %w", name, err)
			}
			return tidyHTML(b.String()), nil
		}
	}
	return paragraphs(text), nil
}

// renderText executes a text template and tells how particular it is: the
// index in places.
func (s *Set) renderText(k Key, file string, view any) (string, int, error) {
	for i, place := range places(k, file) {
		if t := s.text[place]; t != nil {
			var b strings.Builder
			if err := t.Execute(&b, view); err != nil {
				return "", 0, fmt.Errorf("writing %s: %w", file, err)
			}
			return b.String(), i, nil
		}
	}
	return "", 0, fmt.Errorf("writing %s: there is no such template", file)
}

// renderMail executes a piece together with its subject.
func (s *Set) renderMail(k Key, name string, view any) (Mail, error) {
	subject, _, err := s.renderText(k, name+".subject", view)
	if err != nil {
		return Mail{}, err
	}
	w, err := s.render(k, name, view)
	if err != nil {
		return Mail{}, err
	}
	return Mail{Subject: cleanLine(subject, maxSubject), Words: w}, nil
}

// names lists every file that can be overridden.
func names() []string {
	var out []string
	for _, p := range pieces() {
		for _, ext := range []string{".html", ".subject", ".txt"} {
			if p.has(ext) {
				out = append(out, p.name+ext)
			}
		}
	}
	sort.Strings(out)
	return out
}
