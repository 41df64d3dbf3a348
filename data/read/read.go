// Package read opens survey files and gives their rows one at a time, as they are:
// typed cells with their raw text, geometry in the file's own coordinates, and every
// problem met on the way, row by row. It decides nothing about layers.
// Files are known by their content, not by their name. Each format is one small reader behind Source.
package read

import (
	"time"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// Source is an open survey file. Its rows are read in the order of the file and in
// memory bounded by Limits, whatever the file's size. It is not safe for use by several goroutines at once.
type Source interface {
	// Format names the kind of file for a person: "GeoJSON", "Shapefile".
	Format() string
	// Columns are the decoded names of the columns. GeoJSON has no list of columns: those
	// of the first thousand features are known when the file is open, and later ones are
	// added at the end as rows with them are read. Names are unique within a file.
	Columns() []string
	// CRS is the coordinate system that the file states or its format implies; false
	// where it states none or one that is not known, of which Problems tells.
	CRS() (geo.CRS, bool)
	// Encoding names the character set of the text: "UTF-8", "GB18030", "windows-1252"; "ASCII"
	// while nothing states it and no other character has been met; empty where there is no text.
	Encoding() string
	// Problems are about the file as a whole. The list may grow until the last row is read.
	Problems() []Problem
	// Positions say which columns of a table the geometries were made from; nil where the
	// file has geometries of its own, and where no such columns were found.
	Positions() *Positions
	// Progress gives the bytes read and the bytes of all, both as stored in the file's parts.
	Progress() (done, total int64)
	// Next returns the next row, which then belongs to the caller; io.EOF after
	// the last. Any other error is a fault.Error about the file, and final.
	Next() (*Row, error)
	// Close releases the file.
	Close() error
}

// Row is one feature or record.
type Row struct {
	// Number is the place of the row in the file, counted from 1, as a person finds it: in a
	// workbook the row of the sheet, in a CSV the row that a spreadsheet shows, titles and header
	// counted. Records that are marked as deleted keep their number and are left out.
	Number int64
	// Values line up with Columns as they were when the row was read; a shorter list lacks the later columns.
	Values []Value
	// Geometry has the file's x, y (easting, northing or longitude, latitude); nil if
	// the row has none or it could not be read, of which Problems tells. Polygons
	// have closed rings of at least four points, lines at least two points.
	Geometry orb.Geometry
	// Problems are about this row.
	Problems []Problem
}

// Options say how a file is to be read. The zero value leaves all to the file.
type Options struct {
	// Encoding is the user's word for the character set, in any usual spelling
	// (GBK, 936, UTF-8 …); it goes before what the file says. Empty: find out.
	Encoding string
	// Layer picks one of several sets in a folder or archive, by its name without ending, or one
	// of several layers in a file, by its own name; in one of several files, "file/layer". Layers lists them.
	Layer string
	// Positions names the columns that a table's positions stand in: two, in the order of x
	// and y, or one with WKT or with both numbers. Empty: they are found by their names. One "-": there are none.
	Positions []string
	// Temp is the folder in which parts are unpacked for the while that the file is
	// open, in a folder of their own. Empty: the system's.
	Temp string
	// Converter is the program ogr2ogr, which reads rarer formats; ogrinfo has to be beside it.
	// Empty: the one that the PATH leads to, if any.
	Converter string
	// Limits bound what is read; each zero stands for the default.
	Limits Limits
}

// Limits keep a damaged or hostile file from filling memory or disk.
type Limits struct {
	FeatureBytes   int64         // of one feature or record, 64 MiB
	Depth          int           // of nested JSON or XML, 64
	Columns        int           // 2,000
	Rows           int64         // of a layer, 100 million
	ArchiveEntries int           // in a zip, or files in a folder, 10,000
	ArchiveBytes   int64         // unpacked, of the parts that are read, 16 GiB
	ArchiveRatio   int64         // unpacked to packed of a part over 64 MiB, 400
	ConverterTime  time.Duration // processor time of the program that reads rarer formats, 30 minutes
	ConverterBytes int64         // memory of that program, 4 GiB
}

func (l Limits) withDefaults() Limits {
	orDefault(&l.FeatureBytes, 64<<20)
	orDefault(&l.Depth, 64)
	orDefault(&l.Columns, 2000)
	orDefault(&l.Rows, 100_000_000)
	orDefault(&l.ArchiveEntries, 10_000)
	orDefault(&l.ArchiveBytes, 16<<30)
	orDefault(&l.ArchiveRatio, 400)
	orDefault(&l.ConverterTime, 30*time.Minute)
	orDefault(&l.ConverterBytes, 4<<30)
	return l
}

func orDefault[N int | int64 | time.Duration](limit *N, byDefault N) {
	if *limit <= 0 {
		*limit = byDefault
	}
}
