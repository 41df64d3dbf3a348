package layers

import (
	"github.com/paulmach/orb"

	"onemap/geo"
)

// Features are the placed features of one layer in memory, as of one moment: those of the
// present that fit a query. They are numbered from 0 in an order of their own. What is held
// are the Mirrored fields, and geometries to the centimetre. They do not change; their
// methods may be used by several at once, and what these return is not to be written to.
type Features interface {
	// Revision is another number after any change of the layer, and never the same again.
	Revision() uint64
	Len() int
	ID(i int) int64
	// Find returns the number of an id.
	Find(id int64) (i int, found bool)
	// Anchor is where the feature is counted, in Web Mercator world coordinates (geo.World).
	Anchor(i int) (x, y uint32)
	// Box is the box of the feature in world coordinates, by which Search finds it.
	Box(i int) geo.WorldBox
	// Geometry is in longitude and latitude of CGCS2000.
	Geometry(i int) orb.Geometry
	// Value is a field as a record holds it (string, int64, float64, bool, time.Time,
	// []string); nil for none, and of a field that is not held.
	Value(i int, f *Field) any
	// Numbers are the values of an integer or number field, NaN for none; nil of a field
	// that is not held.
	Numbers(f *Field) []float64
	// Codes are the values of a text or code field as places in a list of distinct texts,
	// of which the first is empty and stands for none; nil of a field that is not held.
	Codes(f *Field) (codes []uint32, texts []string)
	// Search yields the features whose boxes meet the box, in no order, until told to stop.
	Search(box geo.WorldBox, yield func(i int) bool)
}
