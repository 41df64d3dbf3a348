package read

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"onemap/layers/fault"
)

// workbook is an XLSX file (ECMA-376 part 1, SpreadsheetML). Its parts are read as streams here, because the library that
// writes workbooks gives, when it streams, neither the type of a cell nor its format, by which alone dates and codes can be told from numbers.
type workbook struct {
	probe   *probe
	opts    Options
	parts   map[string]part
	sheets  []workbookSheet
	date04  bool // days count from 1904
	styles  []cellStyle
	shared  string // the part with the shared strings
	strings *stringPool
}

type workbookSheet struct {
	name   string
	target string // of its part
	hidden bool
	scan   sheetScan
}

func isWorkbookPart(name string) bool {
	return name == "xl/workbook.xml" || strings.HasPrefix(name, "xl/worksheets/")
}

func sniffXLSX(p *probe) bool {
	if p.inside != nil {
		return p.has(isWorkbookPart) || p.has(func(name string) bool { return name == "xl/workbook.bin" })
	}
	return p.has(func(name string) bool { return name == "[Content_Types].xml" || strings.HasPrefix(name, "xl/") }) && !p.has(func(name string) bool { return strings.HasPrefix(name, "word/") || strings.HasPrefix(name, "ppt/") })
}

// openWorkbook reads what describes the workbook and looks through its sheets.
func openWorkbook(p *probe, opts Options) (*workbook, error) {
	parts, err := p.document(opts.Limits)
	if err != nil {
		return nil, err
	}
	w := &workbook{probe: p, opts: opts, parts: map[string]part{}}
	for _, f := range parts {
		w.parts[strings.ToLower(strings.TrimPrefix(f.name, "/"))] = f
	}
	if _, binary := w.parts["xl/workbook.bin"]; binary {
		return nil, fault.New(fault.Unsupported, "%s is an XLSB workbook; save it as XLSX", path.Base(p.main.name))
	}
	main := "xl/workbook.xml"
	for id, target := range w.relations("_rels/.rels", "") {
		if strings.HasSuffix(id, "|officeDocument") {
			main = target
		}
	}
	if err := w.describe(main); err != nil {
		return nil, err
	}
	for i := range w.sheets {
		s := &w.sheets[i]
		f, ok := w.parts[strings.ToLower(s.target)]
		if !ok {
			continue
		}
		if s.scan, err = scanSheet(f); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// relations reads a part's relations: by id, and by "|" with the last word of the kind, the targets as names of parts. Missing ones are none.
func (w *workbook) relations(name, base string) map[string]string {
	targets := map[string]string{}
	f, ok := w.parts[strings.ToLower(name)]
	if !ok {
		return targets
	}
	w.each(f, func(e xml.StartElement) {
		if e.Name.Local == "Relationship" {
			target := attribute(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(base, target)
			}
			target = strings.TrimPrefix(target, "/")
			targets[attribute(e, "Id")] = target
			targets["|"+path.Base(attribute(e, "Type"))] = target
		}
	})
	return targets
}

// each calls do at every element of a part, to its end or first fault.
func (w *workbook) each(f part, do func(xml.StartElement)) error {
	x, err := openXML(f, Options{Limits: w.opts.Limits})
	if err != nil {
		return err
	}
	defer x.closer.Close()
	for {
		t, err := x.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			do(e)
		}
	}
}

const maxSheets = 10_000

// describe reads the list of sheets, and with it the styles.
func (w *workbook) describe(main string) error {
	f, ok := w.parts[strings.ToLower(main)]
	if !ok {
		return fault.New(fault.Invalid, "%s is no workbook: it has no part %s", path.Base(w.probe.main.name), main)
	}
	targets := w.relations(path.Join(path.Dir(main), "_rels", path.Base(main)+".rels"), path.Dir(main))
	err := w.each(f, func(e xml.StartElement) {
		switch e.Name.Local {
		case "workbookPr":
			w.date04 = isTrue(attribute(e, "date1904"))
		case "sheet":
			if len(w.sheets) < maxSheets {
				state := attribute(e, "state")
				w.sheets = append(w.sheets, workbookSheet{name: attribute(e, "name"), target: targets[attribute(e, "id")], hidden: state != "" && state != "visible"})
			}
		}
	})
	if err != nil {
		return err
	}
	if f, ok := w.parts[strings.ToLower(targets["|styles"])]; ok {
		if w.styles, err = w.readStyles(f); err != nil {
			return err
		}
	}
	w.strings = &stringPool{temp: w.probe.temp}
	w.shared = targets["|sharedStrings"]
	return nil
}

func isTrue(s string) bool { return s == "1" || s == "true" || s == "on" }

// asides are the names of sheets that explain or list codes and hold no records. The first two are those of
// the program's own templates.
var asides = map[string]bool{
	"说明 Guide": true, "代码 Codes": true, "说明": true, "填表说明": true, "填报说明": true, "填写说明": true, "使用说明": true, "指标说明": true, "指标解释": true,
	"代码": true, "代码表": true, "字典": true, "数据字典": true, "编码": true, "示例": true, "样例": true, "目录": true, "封面": true, "guide": true, "codes": true, "readme": true, "instructions": true,
}

// list describes the sheets. Hidden, empty and explaining ones are read only when named.
func (w *workbook) list() []Layer {
	layers := make([]Layer, len(w.sheets))
	for i, s := range w.sheets {
		l := Layer{Name: s.name, Rows: s.scan.rows}
		name := trimBlank(s.name)
		switch {
		case s.hidden:
			l.Note, l.quiet = "hidden", true
		case s.scan.rows == 0:
			l.quiet = true
		case asides[name] || asides[strings.ToLower(name)]:
			l.Note, l.quiet = "explains", true
		}
		layers[i] = l
	}
	return layers
}

func layersXLSX(p *probe, opts Options) ([]Layer, error) {
	w, err := openWorkbook(p, opts)
	if err != nil {
		return nil, err
	}
	defer w.strings.close()
	return w.list(), nil
}

func openXLSX(p *probe, opts Options) (Source, error) {
	w, err := openWorkbook(p, opts)
	if err != nil {
		return nil, err
	}
	layers := w.list()
	if len(layers) == 0 {
		w.strings.close()
		return nil, fault.New(fault.Invalid, "%s has no sheets", path.Base(p.main.name))
	}
	i, err := pickLayer(layers, opts.Layer, path.Base(p.main.name), "sheet")
	var s *xlsxSheet
	if err == nil {
		s, err = w.open(w.sheets[i])
	}
	if err != nil {
		w.strings.close()
		return nil, err
	}
	if opts.Layer == "" {
		s.tellOthers(w, i)
	}
	return newTable(s, opts)
}

// guideSheet explains, in the program's own template.
const guideSheet = "说明 Guide"

// states is the coordinate system of the program's own template, whose guide asks for it in words.
func (s *xlsxSheet) states() string {
	names := map[string]bool{}
	for _, o := range s.w.sheets {
		names[o.name] = true
	}
	if names["数据 Data"] && names[guideSheet] && names["代码 Codes"] {
		return "EPSG:4490"
	}
	return ""
}

// tellOthers names the sheets with content that were passed over without being asked about.
func (s *xlsxSheet) tellOthers(w *workbook, picked int) {
	var hidden []string
	for i, o := range w.sheets {
		if i != picked && o.hidden && o.scan.rows > 0 {
			hidden = append(hidden, o.name)
		}
	}
	if len(hidden) > 0 {
		s.found = append(s.found, about(HiddenPart, Notice, "隐藏的工作表未读取：%[1]s", "hidden sheets are not read: %[1]s", clip(strings.Join(hidden, ", "), 200)))
	}
}
