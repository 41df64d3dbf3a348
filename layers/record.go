package layers

import (
	"time"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// PositionQuality says how a position was come by.
type PositionQuality string

// The position qualities, best first. PositionNone goes with a nil geometry.
const (
	PositionSurveyed PositionQuality = "surveyed"
	PositionImage    PositionQuality = "image"    // picked on an image
	PositionGeocoded PositionQuality = "geocoded" // geocoded to the door
	PositionRoad     PositionQuality = "road"
	PositionVillage  PositionQuality = "village"  // village centroid
	PositionTownship PositionQuality = "township" // township centroid
	PositionNone     PositionQuality = "none"     // unplaced
)

// Record is one row on its way into a layer. Geometry is in StoredDatum, longitude
// first, nil when unplaced; Datum is what the source declared before it was brought
// there. Values holds the declared fields by name: string, int64, float64, bool,
// time.Time (date, datetime), []string (codes), map[string]float64 (quantities) or nil.
// Cells, where it is not nil, holds them in place of Values in the order of the layer's
// fields. Row, Faulty and Doubtful are for staging: the row of the file, whether it has an
// error and must not be published, and whether PostGIS must look if the geometry is valid.
type Record struct {
	Row             int64
	Faulty          bool
	Doubtful        bool
	Source          string
	SourceID        string
	ValidFrom       *time.Time
	ValidTo         *time.Time
	PositionQuality PositionQuality
	Datum           geo.Datum
	Geometry        orb.Geometry
	Values          map[string]any
	Cells           []any
}

// Value is the value of a layer's field, or nil.
func (r *Record) Value(f *Field) any {
	if r.Cells != nil {
		return r.Cells[f.pos]
	}
	return r.Values[f.Name]
}

// SourceSynthetic is the source of every record of the sample city.
const SourceSynthetic = "synthetic"
