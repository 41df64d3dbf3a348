package read

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"onemap/geo"
	"onemap/layers/fault"
)

func layersBy(driver string) func(*probe, Options) ([]Layer, error) {
	return func(p *probe, opts Options) ([]Layer, error) {
		c, err := newConverter(p, driver, opts)
		if err != nil {
			return nil, err
		}
		found, err := c.list()
		layers := make([]Layer, len(found))
		for i, l := range found {
			layers[i] = l.Layer
		}
		return layers, err
	}
}

func openBy(name, driver string) func(*probe, Options) (Source, error) {
	return func(p *probe, opts Options) (Source, error) {
		c, err := newConverter(p, driver, opts)
		if err != nil {
			return nil, err
		}
		found, err := c.list()
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fault.New(fault.Invalid, "%s has no layers", c.name)
		}
		layers := make([]Layer, len(found))
		for i, l := range found {
			layers[i] = l.Layer
		}
		what := "layer"
		if driver == driverXLS || driver == driverODS {
			what = "sheet"
		}
		i, err := pickLayer(layers, opts.Layer, c.name, what)
		if err != nil {
			return nil, err
		}
		return c.open(name, found[i])
	}
}

// open starts the conversion of a layer and reads what comes out.
func (c *converter) open(format string, l ogrLayer) (Source, error) {
	out, err := c.convert(l.Name)
	if err != nil {
		return nil, err
	}
	encoding := "UTF-8"
	if c.driver == driverMIF { // tables of the character set "Neutral" come out as they are
		encoding = c.opts.Encoding
	}
	features, err := newGeoJSON(out, -1, Options{Limits: c.opts.Limits, Encoding: encoding})
	if err != nil {
		if e := out.failure(); e != nil {
			err = e
		}
		if emptyOutput(err) {
			err = nil
			features = &geoJSON{file: out, err: io.EOF}
		}
	}
	if err != nil {
		return nil, err
	}
	s := &ogrSource{geoJSON: features, out: out, format: format, size: c.size}
	if c.driver == driverXLS || c.driver == driverODS {
		return newTable(&ogrSheet{ogrSource: s}, c.opts)
	}
	switch {
	case l.wkt != "":
		if s.system, err = geo.ParsePRJ(l.wkt); err != nil {
			s.found = append(s.found, about(CRSUnknown, Error, "图层的坐标系无法识别：%v", "the layer's coordinate system: %v", err).of("", clip(l.wkt, 200)))
		}
	case l.shaped:
		s.found = append(s.found, about(CRSMissing, Warning, "图层没有注明坐标系", "the layer does not state its coordinate system"))
	}
	return s, nil
}

// emptyOutput knows the error of a layer without features, which becomes no text at all.
func emptyOutput(err error) bool { return strings.Contains(err.Error(), "the file is empty") }

// ogrSource is a layer as GeoJSON from the converter, with the layer's own coordinate system.
type ogrSource struct {
	*geoJSON
	out    *converted
	format string
	system geo.CRS
	size   int64
	found  []Problem
	ended  bool
}

func (s *ogrSource) Format() string { return s.format }

func (s *ogrSource) CRS() (geo.CRS, bool) { return s.system, s.system != geo.CRS{} }

func (s *ogrSource) Problems() []Problem {
	return append(append(s.found[:len(s.found):len(s.found)], s.geoJSON.Problems()...), s.out.problems()...)
}

// Progress is not known before the end: the converter does not tell how far it is.
func (s *ogrSource) Progress() (done, total int64) {
	if s.ended {
		return s.size, s.size
	}
	return 0, s.size
}

func (s *ogrSource) Encoding() string { return s.encoding }

func (s *ogrSource) Next() (*Row, error) {
	row, err := s.geoJSON.Next()
	if err == nil {
		return row, nil
	}
	if e := s.out.failure(); e != nil { // it says better what was wrong than the text that it left half written
		s.geoJSON.err = e
		return nil, e
	}
	s.ended = errors.Is(err, io.EOF)
	return nil, err
}

// ogrSheet gives the rows of a workbook's sheet, which the converter does not understand, to the table.
type ogrSheet struct{ *ogrSource }

func (s *ogrSheet) format() string { return s.ogrSource.format }

func (s *ogrSheet) encoding() string { return "UTF-8" }

func (s *ogrSheet) merged() []area { return nil }

func (s *ogrSheet) problems() []Problem { return s.Problems() }

func (s *ogrSheet) progress() (done, total int64) { return s.Progress() }

func (s *ogrSheet) close() error { return s.Close() }

func (s *ogrSheet) next() (*sheetRow, error) {
	for {
		row, err := s.Next()
		if err != nil {
			return nil, err
		}
		for _, v := range row.Values {
			if !isBlankCell(v) {
				return &sheetRow{number: row.Number, cells: row.Values}, nil
			}
		}
	}
}

// ready puts what the converter reads where it can be read: in its own folder if it lies in an archive.
func (c *converter) ready(p *probe) error {
	switch {
	case c.driver == driverGDB:
		if first := p.gdb[0]; first.path != "" {
			c.source = filepath.Dir(first.path)
			break
		}
		for _, f := range p.gdb {
			file, err := p.temp.unpack(f, "data.gdb/"+path.Base(f.name))
			if err != nil {
				return err
			}
			c.source = filepath.Dir(file)
		}
	case p.main.path != "":
		c.source = p.main.path
	case p.set != nil:
		for ending, f := range p.set.parts {
			if _, err := p.temp.unpack(f, "data"+ending); err != nil {
				return err
			}
		}
		dir, err := p.temp.path()
		if err != nil {
			return err
		}
		c.source = filepath.Join(dir, "data"+p.set.lead)
	default:
		file, err := p.file(map[string]string{driverXLS: ".xls", driverODS: ".ods", driverDXF: ".dxf", driverMIF: ".mif"}[c.driver])
		if err != nil {
			return err
		}
		c.source = file
	}
	var err error
	if c.source, err = filepath.Abs(c.source); err != nil || strings.HasPrefix(c.source, "/vsi") {
		return fault.New(fault.Invalid, "%s lies in a folder that cannot be read from", c.name)
	}
	return c.named(p)
}

// named gives a file the ending by which alone the converter knows some formats, by a link in its own folder.
func (c *converter) named(p *probe) error {
	need := map[string]string{driverXLS: ".xls", driverDXF: ".dxf"}[c.driver]
	if need == "" || strings.EqualFold(filepath.Ext(c.source), need) {
		return nil
	}
	dir, err := p.temp.path()
	if err != nil {
		return err
	}
	link := filepath.Join(dir, "data"+need)
	if err := os.Symlink(c.source, link); err != nil {
		return fault.Wrap(err, fault.Unavailable, "%s cannot be put ready", c.name)
	}
	c.source = link
	return nil
}

// refused are the kinds of MapInfo table that are made of other files, anywhere on the disk.
func (c *converter) refused(p *probe) error {
	if c.driver != driverMIF {
		return nil
	}
	low := bytes.ToLower(p.head)
	for _, mark := range []string{"create view", "open table", "type linked", "isseamless\" = \"true", "type \"raster\"", "type raster"} {
		if bytes.Contains(low, []byte(mark)) {
			return fault.New(fault.Unsupported, "%s refers to other tables or images and has no records of its own; export it as a table", c.name)
		}
	}
	return nil
}
