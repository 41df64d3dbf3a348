// Package write makes the files that leave the program: one small writer a format, each
// fed with records one at a time and in memory bounded whatever their number. A writer
// sees what a View lets its reader see and nothing else. Records without a position stay,
// with an empty geometry.
package write

import (
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// Writer takes the records of one file. Close finishes the file; Discard gives it up and
// releases what it held, and does nothing after Close. A writer is used by one goroutine.
type Writer interface {
	// Add writes a record, whose geometry is in the CRS of the options. The error is
	// TooLarge when the format can hold no more, Invalid when the record does not fit
	// into it, and Unavailable when the file can't be written.
	Add(layers.Item) error
	// Close writes what is left. Without a nil error of Close the file is not whole.
	Close() error
	// Discard releases temporary files. It may be called at any time.
	Discard()
	// Notices tell what the format could not hold as it was, once the file is closed.
	Notices() []Notice
}

// Notice is a change that a format forced on the records: a name that was shortened, a
// text that was cut.
type Notice struct {
	Field   string      `json:"field"`           // name of the field
	Count   int64       `json:"count,omitempty"` // records it happened to; 0 speaks of the column
	First   string      `json:"first,omitempty"` // source_id or id of the first of them
	Message layers.Text `json:"message"`
}

// Options say how a file is to be. The zero value gives the format's usual form.
type Options struct {
	CRS      geo.CRS   // system of the items' geometry and the file; zero: the format's own default
	Shift    geo.Datum // GCJ02 shifts all positions and says so in the file; otherwise empty
	Encoding string    // UTF-8 or GBK, for CSV and shapefiles; empty: UTF-8
	Titles   bool      // CSV and shapefile: columns and codes by their Chinese titles
	About    string    // how the records were chosen, such as status=open; for the file's own description
	At       time.Time // when the records were read; zero: now
	Temp     string    // folder for temporary files; empty: the system's
}

// Format is one kind of file.
type Format struct {
	ID        string      // as in f=csv
	Aliases   []string    // other spellings
	Extension string      // with its dot
	MediaType string      // for Content-Type
	Title     layers.Text // for people
	Packed    bool        // compressed by itself
	Direct    bool        // written as records come; otherwise put together in temporary files and written by Close

	system geo.CRS                    // default
	allows func(geo.CRS) *fault.Error // nil: every system
	create func(*job) (Writer, error)
	char   bool // Encoding may be chosen
}

// Formats lists all formats, the most asked for first.
func Formats() []*Format { return formats() }

// ByName finds a format by its id or an alias, in any case; nil if there is none.
func ByName(name string) *Format {
	name = strings.ToLower(name)
	for _, f := range formats() {
		if f.ID == name || slices.Contains(f.Aliases, name) {
			return f
		}
	}
	return nil
}

// ByFile finds a format by the extension of a file's name, in any case; nil if there is none.
func ByFile(name string) *Format {
	extension := strings.ToLower(filepath.Ext(name))
	for _, f := range formats() {
		if f.Extension == extension {
			return f
		}
	}
	if extension == ".json" {
		return ByName("geojson")
	}
	return nil
}

// Names lists the ids of all formats, for messages.
func Names() string {
	var ids []string
	for _, f := range formats() {
		ids = append(ids, f.ID)
	}
	return strings.Join(ids, ", ")
}

// Settle checks options against the format and fills in its defaults; Options.CRS is then
// the system to ask the records in. The error is Invalid and names the option.
func (f *Format) Settle(o Options) (Options, error) {
	if o.CRS == (geo.CRS{}) {
		o.CRS = f.system
	}
	if err := o.CRS.Usable(); err != nil {
		return o, &fault.Error{Code: fault.Invalid, Field: "crs", Message: err.Error()}
	}
	if f.allows != nil {
		if err := f.allows(o.CRS); err != nil {
			return o, err
		}
	}
	switch {
	case o.Shift == "":
	case o.Shift != geo.GCJ02:
		return o, fault.In("shift", "Positions can be shifted to GCJ02 only, not to %.20q.", o.Shift)
	case o.CRS.Projected():
		return o, fault.In("shift", "GCJ-02 is in degrees; it can't be had in %s.", o.CRS)
	}
	switch strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(o.Encoding)) {
	case "", "utf8":
		o.Encoding = "UTF-8"
	case "gbk", "gb18030", "gb2312", "936", "cp936":
		if !f.char {
			return o, fault.In("encoding", "%s is always in UTF-8.", f.Title.En)
		}
		o.Encoding = "GBK"
	default:
		return o, fault.In("encoding", "The encoding is UTF-8 or GBK, not %.20q.", o.Encoding)
	}
	if o.At.IsZero() {
		o.At = time.Now()
	}
	return o, nil
}

// FileName is what a file of the layer is called. It says what a reader of the file must
// know and the format can't tell: a shift always, the system where it is not the default.
func (f *Format) FileName(v *layers.View, o Options) string {
	name := v.ID
	switch {
	case o.Shift != "":
		name += "-" + string(o.Shift)
	case o.CRS != (geo.CRS{}) && o.CRS != f.system:
		name += "-" + strings.ReplaceAll(o.CRS.String(), ":", "")
	}
	return name + f.Extension
}

// New begins a file of a view's records on w. Close does not close w. The error is Invalid
// for an unknown format or option, and Unavailable when a temporary file can't be made.
func New(format string, w io.Writer, v *layers.View, o Options) (Writer, error) {
	f := ByName(format)
	if f == nil {
		return nil, fault.In("format", "There is no format %.30q; there are %s.", format, Names())
	}
	o, err := f.Settle(o)
	if err != nil {
		return nil, err
	}
	return f.create(newJob(f, w, v, o))
}
