package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onemap/data/write"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

type exportCommand struct {
	Layer string `arg:"" help:"Layer id, such as shelter."`

	Out      string  `help:"File to write, or - for standard output; default: the layer's id with the format's ending." short:"o" placeholder:"FILE"`
	Format   string  `help:"xlsx, csv, gpkg, shp, geojson, geojsonseq, geojsonl, kml, kmz or parquet; default: what the file's name says, else xlsx."`
	CRS      string  `name:"crs" help:"Coordinate system, such as EPSG:4549; default: EPSG:4490, for GeoJSON and KML CRS84."`
	Encoding string  `help:"Character set of csv and shp: UTF-8 or GBK; default: UTF-8."`
	Shift    string  `help:"Shift the positions to GCJ02, which the file and its name then say." enum:",GCJ02" default:""`
	Titles   bool    `help:"In csv and shp: columns and codes by their Chinese titles."`
	Filter   string  `help:"Records to take, in CQL2, text or JSON: \"kind IN ('school', 'park') AND capacity >= 100\"." placeholder:"CQL2"`
	BBox     string  `name:"bbox" help:"Only records that meet the box: west,south,east,north in degrees." placeholder:"W,S,E,N"`
	Datetime string  `help:"Only records valid then: a date, a time, or two with a slash."`
	SortBy   string  `name:"sortby" help:"Fields to sort by, - before one for descending: -capacity,name; default: the order of ids." placeholder:"FIELDS"`
	Fields   *string `name:"properties" help:"Fields to write: name,capacity; default: all." placeholder:"FIELDS"`
	Role     string  `help:"Whose fields are in the file: public, viewer, duty, planner, census, reviewer, editor or admin; default: admin, who sees all." enum:",public,viewer,duty,planner,census,reviewer,editor,admin" default:""`
}

func (exportCommand) Help() string {
	return `Writes a layer, or what fits the filters, as one file that is one state of the layer. A workbook is in
the form of the template: export, edit, import gives exactly the edits, if all fields are in it (--role admin).

Examples:
  onemap export shelter -o shelters.xlsx
  onemap export building --format shp --encoding GBK --crs EPSG:4549 --filter "danger_grade = 'd'"
  onemap export enterprise -o - --format csv --bbox 120.8,31.9,121,32.1 --role viewer`
}

// Run writes the file beside and then in place, so that a failure leaves no half file.
func (e exportCommand) Run(ctx context.Context, p *program) error {
	f, o, err := e.form()
	if err != nil {
		return err
	}
	d, err := p.prepared(ctx, false)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	v, err := d.Catalogue().View(layers.Reader{Role: e.role(d.Catalogue())}, e.Layer)
	if err != nil {
		return err
	}
	q, err := e.query(v)
	if err != nil {
		return err
	}
	q.CRS = o.CRS
	total, err := d.Count(ctx, q)
	if err != nil {
		return err
	}
	out, err := e.begin(p, e.name(f.FileName(v, o)))
	if err != nil {
		return err
	}
	defer out.discard()
	w, err := write.New(f.ID, out, q.View, o)
	if err != nil {
		return err
	}
	defer w.Discard()
	bar := newProgress(p.err, e.Layer, int(total))
	var n int64
	err = d.Export(ctx, q, func(it layers.Item) error {
		n++
		bar.add(1)
		return w.Add(it)
	})
	bar.finish()
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := out.keep(); err != nil {
		return err
	}
	e.report(out.notes, out.name, f, q.View, o, n, w.Notices())
	return nil
}

// role is whose fields are wanted: where nothing is said, those of the role that may read
// most of the layer.
func (e exportCommand) role(cat *layers.Catalogue) layers.Role {
	l := cat.Layer(e.Layer)
	switch {
	case e.Role != "":
		return layers.Role(e.Role)
	case l == nil || len(l.Access.Read) == 0 || slices.Contains(l.Access.Read, layers.RoleAdmin):
		return layers.RoleAdmin
	}
	return l.Access.Read[len(l.Access.Read)-1]
}

// form settles format and options.
func (e exportCommand) form() (*write.Format, write.Options, error) {
	name := e.Format
	f := write.ByName(name)
	switch {
	case name == "" && e.Out != "" && e.Out != "-":
		if f = write.ByFile(e.Out); f == nil {
			return nil, write.Options{}, fault.In("format", "The name %s does not say the format; add --format with one of %s.", filepath.Base(e.Out), write.Names())
		}
	case name == "":
		f = write.ByName("xlsx")
	case f == nil:
		return nil, write.Options{}, fault.In("format", "There is no format %q; there are %s.", name, write.Names())
	}
	var filters []string
	for _, part := range []string{e.Filter, prefixed("bbox=", e.BBox), prefixed("datetime=", e.Datetime)} {
		if part != "" {
			filters = append(filters, part)
		}
	}
	o := write.Options{Encoding: e.Encoding, Shift: geo.Datum(e.Shift), Titles: e.Titles, About: strings.Join(filters, " ")}
	if e.CRS != "" {
		var err error
		if o.CRS, err = geo.ParseCRS(e.CRS); err != nil {
			return nil, o, &fault.Error{Code: fault.Invalid, Field: "crs", Message: err.Error()}
		}
	}
	o, err := f.Settle(o)
	return f, o, err
}

func prefixed(name, value string) string {
	if value == "" {
		return ""
	}
	return name + value
}

// query reads which records are wanted.
func (e exportCommand) query(v *layers.View) (layers.Query, error) {
	q := layers.Query{View: v}
	var err error
	if e.Filter != "" {
		filter, err := layers.FilterCQL2(v, e.Filter)
		if err != nil {
			return q, err
		}
		q.Filters = []layers.Predicate{filter}
	}
	if q.Sort, err = layers.ParseSort(v, e.SortBy); err != nil {
		return q, err
	}
	if e.Fields != nil {
		if q.View, err = v.Pick(*e.Fields); err != nil {
			return q, err
		}
	}
	if e.Datetime != "" {
		if q.Datetime, err = layers.ParseInterval(e.Datetime); err != nil {
			return q, err
		}
	}
	q.BBox, err = parseBox(e.BBox)
	return q, err
}

// target is a file in the making, or standard output.
type target struct {
	io.Writer
	name  string
	notes io.Writer // where words about the file go
	temp  *os.File
	flush func() error
}

// name is the file's name: the one asked for, which says a shift in any case, or the usual one.
func (e exportCommand) name(usual string) string {
	name := e.Out
	switch {
	case name == "":
		return usual
	case name != "-" && e.Shift != "" && !strings.Contains(filepath.Base(name), e.Shift):
		extension := filepath.Ext(name)
		return strings.TrimSuffix(name, extension) + "-" + e.Shift + extension
	}
	return name
}

func (e exportCommand) begin(p *program, name string) (*target, error) {
	if name == "-" {
		b := bufio.NewWriter(p.out)
		return &target{Writer: b, name: name, notes: p.err, flush: b.Flush}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".onemap-*"+filepath.Ext(name))
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The file can't be written")
	}
	return &target{Writer: f, name: name, notes: p.out, temp: f}, nil
}

// keep puts the finished file in place of whatever had its name.
func (t *target) keep() error {
	if t.temp == nil {
		return fault.Wrap(t.flush(), fault.Unavailable, "The file can't be written")
	}
	err := t.temp.Chmod(0o644)
	if err == nil {
		err = t.temp.Sync()
	}
	if err == nil {
		err = t.temp.Close()
	}
	if err == nil {
		err = os.Rename(t.temp.Name(), t.name)
	}
	return fault.Wrap(err, fault.Unavailable, "The file can't be written")
}

// discard removes a file that has not been kept.
func (t *target) discard() {
	if t.temp != nil {
		t.temp.Close()
		os.Remove(t.temp.Name())
	}
}

// report says what is in the file and what the format could not hold.
func (e exportCommand) report(to io.Writer, name string, f *write.Format, v *layers.View, o write.Options, n int64, notices []write.Notice) {
	system := o.CRS.String()
	if o.Shift != "" {
		system = string(o.Shift)
	}
	fmt.Fprintf(to, "%s: %d records, %s, %s\n", name, n, f.Title.En, system)
	var closed []string
	for _, field := range v.Fields {
		if field.Sensitivity != layers.Public && field.Sensitivity != layers.Internal {
			closed = append(closed, field.Name)
		}
	}
	if len(closed) > 0 {
		fmt.Fprintf(to, "  含受限字段，请勿外传。Has restricted fields: %s (--role viewer leaves them out)\n", strings.Join(closed, ", "))
	}
	for _, notice := range notices {
		count := ""
		if notice.Count > 0 {
			count = fmt.Sprintf(" ×%d, %s …", notice.Count, notice.First)
		}
		fmt.Fprintf(to, "  %s%s: %s。%s\n", notice.Field, count, notice.Message.Zh, notice.Message.En)
	}
}
