package write

import (
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// job is what every writer begins with.
type job struct {
	Options
	w       io.Writer
	format  *Format
	view    *layers.View
	columns []column
	notes   notes
	temps   []*os.File
}

// column is one attribute of the file.
type column struct {
	*layers.Field
	at    int    // in View.Columns(); recordID or constant
	fixed string // value of a constant
}

const (
	recordID = -1
	constant = -2
)

// The fields of a file that no layer declares.
var (
	idField    = &layers.Field{Name: "id", Title: layers.Text{Zh: "记录号", En: "Record id"}, Type: layers.TypeInteger, Required: true}
	shiftField = &layers.Field{Name: "position_shift", Title: layers.Text{Zh: "坐标偏移", En: "Shift of the position"}, Type: layers.TypeText, Required: true}
	crsField   = &layers.Field{Name: "crs", Title: layers.Text{Zh: "坐标系", En: "Coordinate system"}, Type: layers.TypeText, Required: true}
)

func newJob(f *Format, w io.Writer, v *layers.View, o Options) *job {
	j := &job{Options: o, w: w, format: f, view: v, columns: []column{{idField, recordID, ""}}}
	for i, field := range v.Columns() {
		j.columns = append(j.columns, column{field, i, ""})
	}
	if o.Shift != "" {
		j.columns = append(j.columns, column{shiftField, constant, string(o.Shift)})
	}
	return j
}

// titled reports whether a declared field has a title, so that no other column may bear it.
func (j *job) titled(title string) bool {
	return slices.ContainsFunc(j.view.Fields, func(f *layers.Field) bool { return f.Title.Zh == title })
}

// cell returns the column's value of an item, as layers.Item.Cell does.
func (c column) cell(it layers.Item) any {
	switch c.at {
	case recordID:
		return it.ID
	case constant:
		return c.fixed
	}
	return it.Cell(c.at)
}

// wkb returns the item's geometry as it goes into the file, nil when unplaced.
func (j *job) wkb(it layers.Item) ([]byte, error) {
	if j.Shift == "" || it.WKB == nil {
		return it.WKB, nil
	}
	g, err := j.geometry(it)
	if err != nil {
		return nil, err
	}
	b, err := wkb.Marshal(g)
	return b, fault.Wrap(err, fault.Internal, "The geometry of record %d can't be written", it.ID)
}

// geometry is wkb, unpacked.
func (j *job) geometry(it layers.Item) (orb.Geometry, error) {
	if it.WKB == nil {
		return nil, nil
	}
	g, err := wkb.Unmarshal(it.WKB)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "The geometry of record %d can't be read", it.ID)
	}
	if j.Shift == "" {
		return g, nil
	}
	g, err = geo.MapPoints(g, func(p orb.Point) (orb.Point, error) {
		at, err := geo.Position{Lon: p[0], Lat: p[1], Datum: layers.StoredDatum}.To(j.Shift)
		return at.Point(), err
	})
	return g, fault.Wrap(err, fault.Invalid, "Record %d can't be shifted to %s", it.ID, j.Shift)
}

// known names an item for a person: what its source calls it, else its number here.
func (j *job) known(it layers.Item) string {
	for i, f := range j.view.Standard {
		if f.Name == "source_id" {
			if s, ok := it.Cell(len(j.view.Fields) + i).(string); ok {
				return s
			}
		}
	}
	return strconv.FormatInt(it.ID, 10)
}

// temp makes a temporary file that Discard removes.
func (j *job) temp(kind string) (*os.File, error) {
	f, err := os.CreateTemp(j.Temp, "onemap-*."+kind)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "No temporary file can be made")
	}
	j.temps = append(j.temps, f)
	return f, nil
}

// Discard releases the temporary files.
func (j *job) Discard() {
	for _, f := range j.temps {
		f.Close()
		os.Remove(f.Name())
	}
	j.temps = nil
}

// Notices returns what was noted, in the order of the columns.
func (j *job) Notices() []Notice { return j.notes.list }

// notes gathers notices: one for each field and message.
type notes struct{ list []Notice }

// add counts a record to the notice of its field and message.
func (n *notes) add(field, first string, message layers.Text) {
	for i := range n.list {
		if n.list[i].Field == field && n.list[i].Message == message {
			n.list[i].Count++
			return
		}
	}
	n.list = append(n.list, Notice{Field: field, Count: 1, First: first, Message: message})
}

// column notes something about a whole column or file.
func (n *notes) column(field string, message layers.Text) {
	n.list = append(n.list, Notice{Field: field, Message: message})
}

// unwritable is the error of a file that takes no more.
func unwritable(err error) error {
	return fault.Wrap(err, fault.Unavailable, "The file can't be written")
}

// about is the file's own description, for formats that hold one.
func (j *job) about() object {
	v := j.view
	o := object{
		"title": v.Title, "description": v.Description, "source": v.Source, "crs": j.CRS.String(),
		"exported_at": j.At.UTC().Format(time.RFC3339),
	}
	if j.About != "" {
		o["chosen_by"] = j.About
	}
	if j.Shift != "" {
		o["crs"], o["position_shift"] = nil, string(j.Shift)
	}
	return o
}
