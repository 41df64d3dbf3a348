package layers

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"onemap/layers/fault"
)

//go:embed defs/*.yaml codes/*.yaml
var builtin embed.FS

// Catalogue is the set of all declared layers and code lists.
type Catalogue struct {
	layers []*Layer // page order
	byID   map[string]*Layer
	codes  map[string]*CodeList
	views  sync.Map // of viewKey: *View
}

// Layer returns the layer of that id, or nil.
func (c *Catalogue) Layer(id string) *Layer { return c.byID[id] }

// Layers returns all layers in page order: by group, then by order, then by id.
func (c *Catalogue) Layers() []*Layer { return c.layers }

// CodeList returns the code list of that id, or nil.
func (c *Catalogue) CodeList(id string) *CodeList { return c.codes[id] }

// Builtin loads the declarations that the program carries.
func Builtin() (*Catalogue, error) { return Load() }

// Load reads the declarations that the program carries and then those of the given
// folders: every *.yaml at a folder's top and in its defs/ is a layer, every *.yaml in
// its codes/ a code list. Reading is strict: an unknown key, a missing code list or a
// bad range is refused with file, line and column. The error is Invalid.
func Load(folders ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{byID: map[string]*Layer{}, codes: map[string]*CodeList{}}
	for _, folder := range append([]fs.FS{builtin}, folders...) {
		if err := c.read(folder); err != nil {
			return nil, err
		}
	}
	for _, l := range c.byID {
		c.layers = append(c.layers, l)
	}
	sort.Slice(c.layers, func(i, j int) bool {
		a, b := c.layers[i], c.layers[j]
		if ga, gb := groupOrder(a.Group), groupOrder(b.Group); ga != gb {
			return ga < gb
		}
		if a.Order != b.Order {
			return a.Order < b.Order
		}
		return a.ID < b.ID
	})
	return c, nil
}

func (c *Catalogue) read(folder fs.FS) error {
	codeFiles, err := yamlFiles(folder, "codes")
	if err != nil {
		return err
	}
	for _, name := range codeFiles {
		doc, err := readDocument(folder, name)
		if err != nil {
			return err
		}
		list := &CodeList{}
		if err := doc.decode(list); err != nil {
			return err
		}
		if err := c.addCodeList(doc, "$", list); err != nil {
			return err
		}
	}
	top, err := yamlFiles(folder, ".")
	if err != nil {
		return err
	}
	defs, err := yamlFiles(folder, "defs")
	if err != nil {
		return err
	}
	var added []*Layer
	var docs []*document
	for _, name := range append(top, defs...) {
		doc, err := readDocument(folder, name)
		if err != nil {
			return err
		}
		l := &Layer{file: name}
		if err := doc.decode(l); err != nil {
			return err
		}
		for i, list := range l.CodeLists {
			if err := c.addCodeList(doc, fmt.Sprintf("$.codelists[%d]", i), list); err != nil {
				return err
			}
		}
		if err := c.check(doc, l); err != nil {
			return err
		}
		if other := c.byID[l.ID]; other != nil {
			return doc.at("$.id", "the layer %s is declared in %s already", l.ID, other.file)
		}
		c.byID[l.ID] = l
		added, docs = append(added, l), append(docs, doc)
	}
	for i, l := range added {
		if err := c.checkForeign(docs[i], l); err != nil {
			return err
		}
	}
	return nil
}

func yamlFiles(folder fs.FS, dir string) ([]string, error) {
	entries, err := fs.ReadDir(folder, dir)
	if err != nil {
		if dir != "." { // a folder without defs/ or codes/ is fine
			return nil, nil
		}
		return nil, fault.Wrap(err, fault.Invalid, "The folder with layer declarations can't be read")
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".yaml") {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return names, nil
}

// document is one YAML file while it is being read.
type document struct {
	name string
	text []byte
}

func readDocument(folder fs.FS, name string) (*document, error) {
	const largest = 1 << 20
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The declaration %s can't be read", name)
	}
	if len(text) > largest {
		return nil, fault.New(fault.TooLarge, "The declaration %s is over 1 MiB.", name)
	}
	return &document{name: name, text: text}, nil
}

func (d *document) decode(into any) error {
	err := yaml.UnmarshalWithOptions(d.text, into, yaml.Strict())
	if err == nil {
		return nil
	}
	if e, ok := err.(yaml.Error); ok && e.GetToken() != nil && e.GetToken().Position != nil {
		p := e.GetToken().Position
		return &fault.Error{Code: fault.Invalid, Message: fmt.Sprintf("%s:%d:%d: %s", d.name, p.Line, p.Column, e.GetMessage())}
	}
	return &fault.Error{Code: fault.Invalid, Message: d.name + ": " + firstLine(err.Error())}
}

// at makes an error that points at the value of a YAML path in the document.
func (d *document) at(yamlPath, format string, args ...any) error {
	place := d.name
	if p, err := yaml.PathString(yamlPath); err == nil {
		if node, err := p.ReadNode(strings.NewReader(string(d.text))); err == nil && node.GetToken() != nil {
			pos := node.GetToken().Position
			place = fmt.Sprintf("%s:%d:%d", d.name, pos.Line, pos.Column)
		}
	}
	return &fault.Error{Code: fault.Invalid, Field: yamlPath, Message: place + ": " + fmt.Sprintf(format, args...)}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
