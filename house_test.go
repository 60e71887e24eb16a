package aside_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport is the house: which of our packages a package may import. A room
// (mailin/read) may import what its house may, and its neighbours, but never
// its hall; one with a row of its own (desk/ticket) no more than that.
var mayImport = map[string][]string{
	"aside":     {},
	"config":    {"aside"},
	"templates": {"aside"},
	"threading": {"aside"},
	"reply":     {"aside"},
	"store":     {"aside"},
	"mailin":    {"aside", "threading", "reply"},
	"desk":      {"aside", "threading", "reply", "store", "templates"},
	"mailout":   {"aside", "store"},

	"threading/mark": {},

	"desk/naming":  {"aside", "templates"},
	"desk/ticket":  {"aside", "threading", "store", "templates", "desk/naming"},
	"desk/reading": {"aside", "threading", "reply", "store"},
	"desk/guard":   {"aside", "threading", "reply", "store", "templates", "desk/naming", "desk/ticket", "desk/reading"},
	"desk/notice":  {"aside", "threading", "reply", "store", "templates", "desk/naming", "desk/ticket"},
	"desk/action":  {"aside", "reply", "store", "templates", "desk/naming", "desk/ticket", "desk/notice"},
	"desk/answer":  {"aside", "reply", "store", "templates", "desk/naming", "desk/ticket"},

	"report":  {"aside", "store", "templates"},
	"mailbox": {"aside", "store", "desk", "mailout"},
	"cmd":     {"aside", "config", "templates", "threading", "reply", "store", "mailin", "desk", "mailout", "report", "mailbox"},
}

const (
	maxFile     = 600 // lines
	maxFunction = 100 // lines
)

// source is one Go file of the tree.
type source struct {
	path string // from the root, with slashes
	test bool
	fset *token.FileSet
	file *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		p := filepath.ToSlash(path)
		out = append(out, source{path: p, test: strings.HasSuffix(p, "_test.go") || strings.HasPrefix(p, "test/"), fset: fset, file: f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// house is the first folder of a path: the package whose rules hold there.
func house(path string) string {
	first, _, nested := strings.Cut(path, "/")
	if !nested {
		return "aside"
	}
	return first
}

func imports(s source, path string) bool {
	return slices.ContainsFunc(s.file.Imports, func(i *ast.ImportSpec) bool { return strings.Trim(i.Path.Value, `"`) == path })
}

func TestImportsFollowTheHouse(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		own, room := house(s.path), path.Dir(s.path)
		allowed, known := mayImport[own]
		strict, ruled := mayImport[room]
		if !known {
			t.Errorf("%s: the house has no room called %s", s.path, own)
			continue
		}
		for _, imp := range s.file.Imports {
			target, ours := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), "aside")
			if target = strings.TrimPrefix(target, "/"); !ours {
				continue
			}
			if target == "" {
				target = "aside"
			}
			of, _, _ := strings.Cut(target, "/")
			switch {
			case ruled && room != own:
				if !slices.Contains(strict, target) && (of == own || !slices.Contains(strict, of)) {
					t.Errorf("%s imports %s, and this room may import only %v", s.path, target, strict)
				}
			case target == own && room != own && own != "aside":
				t.Errorf("%s imports %s, and no room imports its hall", s.path, target)
			case of != own && !slices.Contains(allowed, of):
				t.Errorf("%s imports %s, and %s may import only %v", s.path, target, own, allowed)
			}
		}
	}
}

func TestFilesAndFunctionsStaySmall(t *testing.T) {
	for _, s := range sources(t) {
		text, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > maxFile && !s.test {
			t.Errorf("%s has %d lines, more than %d", s.path, n, maxFile)
		}
		for _, d := range s.file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || s.test {
				continue
			}
			n := s.fset.Position(fn.End()).Line - s.fset.Position(fn.Pos()).Line + 1
			if n > maxFunction {
				t.Errorf("%s: %s has %d lines, more than %d", s.path, fn.Name.Name, n, maxFunction)
			}
			if fn.Name.Name == "init" && fn.Recv == nil {
				t.Errorf("%s: init makes order matter; wire it in cmd", s.path)
			}
			if fn.Name.IsExported() && fn.Doc == nil && !ofUnexported(fn) {
				t.Errorf("%s: %s is exported and has no doc comment", s.path, fn.Name.Name)
			}
		}
	}
}

// ofUnexported reports a method that nobody outside can name.
func ofUnexported(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return false
	}
	typ := fn.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && !id.IsExported()
}

func TestNamesSayWhatIsInside(t *testing.T) {
	for _, s := range sources(t) {
		for _, bad := range []string{"util", "utils", "common", "helpers", "misc"} {
			if slices.Contains(strings.Split(strings.TrimSuffix(s.path, ".go"), "/"), bad) {
				t.Errorf("%s: a name that says nothing", s.path)
			}
		}
	}
}

// A test that sleeps is slow where it is lucky and fails where it is not.
func TestNoTestSleeps(t *testing.T) {
	for _, s := range sources(t) {
		if imports(s, "testing/synctest") {
			continue // in its bubble a sleep takes no time
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if ok && s.test && sel.Sel.Name == "Sleep" {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
					t.Errorf("%s sleeps", s.fset.Position(call.Pos()))
				}
			}
			return true
		})
	}
}
