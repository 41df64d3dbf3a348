package read

import (
	"io"

	"onemap/layers/fault"
)

// format is one kind of file. sniff looks at the content only. layers and open are called if
// it says yes; layers is nil where a file has one layer always.
type format struct {
	name   string
	sniff  func(*probe) bool
	layers func(*probe, Options) ([]Layer, error)
	open   func(*probe, Options) (Source, error)
}

// formats are asked in this order: from what is surest to know to what any text may be.
func formats() []*format {
	return []*format{
		{"File geodatabase", sniffGDB, layersBy(driverGDB), openBy("File geodatabase", driverGDB)},
		{"MapInfo", sniffMapInfo, layersBy(driverMIF), openBy("MapInfo", driverMIF)},
		{"Shapefile", sniffShapefile, nil, openShapefile},
		{"GeoPackage", sniffGPKG, layersGPKG, openGPKG},
		{"ODS", sniffODS, layersBy(driverODS), openBy("ODS", driverODS)},
		{"XLS", sniffXLS, layersBy(driverXLS), openBy("XLS", driverXLS)},
		{"XLSX", sniffXLSX, layersXLSX, openXLSX},
		{"KML", sniffKML, nil, openKML},
		{"GPX", sniffGPX, layersGPX, openGPX},
		{"GeoJSON", sniffGeoJSON, nil, openGeoJSON},
		{"DXF", sniffDXF, layersBy(driverDXF), openBy("DXF", driverDXF)},
		{"CSV", sniffCSV, nil, openCSV},
	}
}

// Open finds out what a file is by its content and opens it. docs/formats.md lists what is read. A folder or
// zip archive may hold any of these; where it has several sets, or a file several layers, Options.Layer names
// one. It is an error, for a person to read, if the file is not there, is none of these,
// breaks a limit, or holds several and Options.Layer names none.
func Open(path string, opts Options) (Source, error) {
	opts.Limits = opts.Limits.withDefaults()
	c, err := openContainer(path, opts)
	if err != nil {
		return nil, err
	}
	p, inner, err := c.pick(opts)
	if err == nil {
		opts.Layer = inner
		var s Source
		if s, err = p.format.open(p, opts); err == nil {
			return &opened{s, c, opts.Limits.Rows}, nil
		}
	}
	c.close()
	return nil, err
}

// Layers lists all that Options.Layer can name in a file, folder or archive. Errors are those of Open,
// but for the choice.
func Layers(path string, opts Options) ([]Layer, error) {
	opts.Limits = opts.Limits.withDefaults()
	c, err := openContainer(path, opts)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if len(c.probes) == 1 && c.probes[0].format.layers != nil {
		return c.probes[0].layers(opts)
	}
	var all []Layer
	for _, p := range c.probes {
		if p.format.layers == nil {
			all = append(all, Layer{Name: p.name, Format: p.format.name, Rows: -1})
			continue
		}
		inner, err := p.layers(opts)
		if err != nil {
			return nil, err
		}
		for _, l := range inner {
			l.Name = p.name + "/" + l.Name
			all = append(all, l)
		}
	}
	return all, nil
}

// opened is a source with the container it comes from.
type opened struct {
	Source
	container *container
	rows      int64 // that may still be read
}

func (o *opened) Next() (*Row, error) {
	row, err := o.Source.Next()
	if err != nil {
		return nil, err
	}
	if o.rows--; o.rows < 0 {
		return nil, fault.New(fault.TooLarge, "the file has more rows than the limit allows; row %d is one too many", row.Number)
	}
	return row, nil
}

func (o *opened) Close() error {
	err := o.Source.Close()
	if e := o.container.close(); err == nil {
		err = e
	}
	return err
}

// readAtMost reads a part that is small by nature; more than limit bytes are an error.
func readAtMost(p part, limit int64) ([]byte, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fileError(err, p.name)
	}
	if int64(len(b)) > limit {
		return nil, fault.New(fault.TooLarge, "%s is over %d bytes long, which none of its kind is", p.name, limit)
	}
	return b, nil
}
