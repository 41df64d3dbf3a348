package detect

import (
	"math"
	"strings"

	"onemap/geo"
)

// Policy is how much is believed before looking, and how much must be known to decide.
// The Unshifted figures are the belief that positions carry no shift, by what the file says of itself; what
// is left of it is shared by GCJ-02 (68 %), BD-09 (27 %), GCJ-02 twice (4 %) and GCJ-02
// taken off once too often (1 %).
type Policy struct {
	Decide float64 // confidence from which a reading is decided, if evidence bears it
	Trust  float64 // confidence from which the file's own word is taken where nothing can check it; 1 never takes it
	Fit    float64 // share of rows that must lie where they may, for a reading to fit at all

	Surveyed      float64 // unshifted: a projected system, in writing
	Geographic    float64 // unshifted: CGCS2000 degrees, in writing
	Worldwide     float64 // unshifted: WGS 84 degrees or Web Mercator, in writing
	Implied       float64 // unshifted: degrees by the standard of the format
	SilentMetres  float64 // unshifted: metres of a file that says nothing
	SilentDegrees float64 // unshifted: degrees of a file that says nothing
	Named         float64 // the shift that a column's name states
}

// DefaultPolicy believes what a file says of itself until evidence speaks against it, and
// asks about a table that says nothing.
func DefaultPolicy() Policy {
	return Policy{
		Decide: 0.98, Trust: 0.85, Fit: 0.6,
		Surveyed: 0.98, Geographic: 0.95, Worldwide: 0.90, Implied: 0.90, SilentMetres: 0.80, SilentDegrees: 0.60, Named: 0.95,
	}
}

// shift is a state that positions may be in, with a part of the belief.
type shift struct {
	datum geo.Datum
	times int
	share float64 // of the belief that is left by "unshifted"
}

var shifts = []shift{
	{geo.CGCS2000, 0, 0},
	{geo.GCJ02, 1, 0.68},
	{geo.BD09, 1, 0.27},
	{geo.GCJ02, 2, 0.04},
	{geo.GCJ02, -1, 0.01},
}

// unshifted is the belief that a system's numbers carry no shift. With believed, the file
// itself states the system.
func (p Policy) unshifted(c geo.CRS, s Statement, believed bool) float64 {
	switch {
	case !believed || s == Silent:
		if c.Projected() {
			return p.SilentMetres
		}
		return p.SilentDegrees
	case s == Implied:
		return p.Implied
	case c.Projection == geo.TransverseMercatorProjection:
		return p.Surveyed
	case c.Datum == geo.CGCS2000:
		return p.Geographic
	}
	return p.Worldwide
}

// prior is the log of the belief in a shift.
func (p Policy) prior(s shift, c geo.CRS, statement Statement, believed bool, named geo.Datum) float64 {
	none := p.unshifted(c, statement, believed)
	belief := (1 - none) * s.share
	if s.times == 0 {
		belief = none
	}
	if named != "" {
		if unshifted(named) == (s.times == 0) && (s.times == 0 || named == s.datum && s.times == 1) {
			belief = p.Named
		} else {
			belief *= 1 - p.Named
		}
	}
	return math.Log(belief)
}

// marks are words in column names that state a datum.
var marks = []struct {
	datum geo.Datum
	words []string
}{
	{geo.BD09, []string{"bd09", "bd-09", "bd_", "baidu", "百度"}},
	{geo.GCJ02, []string{"gcj", "amap", "gaode", "高德", "腾讯", "火星"}},
	{geo.CGCS2000, []string{"wgs", "cgcs", "2000坐标", "大地2000", "国家2000"}},
}

// namedDatum is the datum that the names of both columns state; empty for none.
func namedDatum(columns [2]string) geo.Datum {
	var found [2]geo.Datum
	for i, name := range columns {
		flat := strings.ToLower(name)
		for _, m := range marks {
			for _, w := range m.words {
				if strings.Contains(flat, w) && found[i] == "" {
					found[i] = m.datum
				}
			}
		}
	}
	if found[0] != found[1] {
		return ""
	}
	return found[0]
}
