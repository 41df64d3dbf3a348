package detect

import (
	"github.com/paulmach/orb"

	"onemap/geo"
)

// File is what is known of one file (or of one layer or sheet of it) before its positions
// are understood.
type File struct {
	Pairs     []Pair    // a sample of its rows, drawn at random; 2,000 to 5,000 serve well
	Statement Statement // how the file states its coordinate system
	CRS       geo.CRS   // what it states; the zero value where it states none
	Unread    Text      // why a stated system is not understood; empty otherwise
	Columns   [2]string // names of the columns of the two numbers, in a table; else empty
	User      User      // what the person said
}

// Pair is one row's position as the file has it. Lines and areas are represented by one
// point of theirs.
type Pair struct {
	Row           int64      // the row's number, to name it by
	First, Second float64    // as written, in this order; not a number where the cell is empty
	Code          string     // administrative code that the row names, of 6, 9 or 12 digits; empty for none
	Published     *orb.Point // published position of the same record, in CGCS2000; nil for none
}

// Statement is how a file states its coordinate system.
type Statement string

// The ways of stating, from weak to strong.
const (
	Silent  Statement = ""        // not at all, as in a table
	Implied Statement = "implied" // by the standard of its format: GeoJSON, KML, GPX
	Written Statement = "written" // in words: a .prj, the tables of a GeoPackage, a crs member
)

// Axis is the order of the two numbers of a pair.
type Axis string

// The orders that a person can state.
const (
	AxisUnsaid Axis = ""
	AxisXY     Axis = "xy" // longitude or easting first
	AxisYX     Axis = "yx" // latitude or northing first
)

// User is what the person said of the file. It wins over the file's word and over all
// evidence; evidence against it is put in words. The zero value says nothing.
type User struct {
	CRS   geo.CRS   // --crs
	Axis  Axis      // --axis
	Shift geo.Datum // --shift: CGCS2000 or WGS84 for none, GCJ02, BD09; empty for unsaid
	Times int       // with Shift GCJ02: 2 where it lies on the positions twice, -1 where it was taken off wrongly; 0 stands for once
	Form  Form      // how degrees are written; empty for unsaid
	// Approximate accepts Xian 1980 and Beijing 1954 without local parameters, with the error that the verdict states.
	Approximate bool
}

// said reports whether the person said anything of how to read the numbers.
func (u User) said() bool {
	return u.CRS != (geo.CRS{}) || u.Axis != AxisUnsaid || u.Shift != "" || u.Form != FormUnsaid
}

// times is how often a shift lies on positions, by the person's word.
func (u User) times() int {
	switch {
	case unshifted(u.Shift):
		return 0
	case u.Times == 0 || u.Shift != geo.GCJ02:
		return 1
	}
	return u.Times
}

func unshifted(d geo.Datum) bool { return d == geo.CGCS2000 || d == geo.WGS84 }
