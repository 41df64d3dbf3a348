package detect

import (
	"math"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// Area is the outline of an administrative unit.
type Area struct {
	Code  string           // 6 digits for a county, 9 for a township, 12 for a village
	Shape orb.MultiPolygon // in CGCS2000, longitude first
	Error geo.Metres       // how far the outline may be from the true boundary (one standard deviation); 0 stands for 150
}

// Ground is what is known of the place that files are about. It is made once and may be
// used by many files at a time.
type Ground struct {
	Policy Policy

	plane plane
	areas []area
	byID  map[string]int
	city  *outline
	sea   orb.Bound
}

type area struct {
	code string
	*outline
	sigma float64
}

// assumedError is the error of outlines that do not state theirs, in metres.
const assumedError = 150

// NewGround prepares outlines: the units by whose codes rows are checked, the city, and a
// box around city and sea in which objects off the coast lie. Each may be left out; without
// city, the units together stand for it; without any, only the file's word can be taken.
// The caller chooses units that were valid when the file was made; those of several
// dates may be given together. All must be in CGCS2000: outlines from a map vendor turn every verdict about shifts round.
func NewGround(units []Area, city orb.MultiPolygon, sea orb.Bound) *Ground {
	g := &Ground{Policy: DefaultPolicy(), byID: map[string]int{}}
	if sea.Max[0] > sea.Min[0] && sea.Max[1] > sea.Min[1] {
		g.sea = sea
	}
	whole := city
	if len(whole) == 0 {
		for _, u := range units {
			whole = append(whole, u.Shape...)
		}
	}
	if len(whole) == 0 {
		return g
	}
	g.plane = planeAt(whole.Bound().Center())
	g.city = newOutline(whole, g.plane)
	for _, u := range units {
		o := newOutline(u.Shape, g.plane)
		if _, twice := g.byID[u.Code]; o == nil || twice {
			continue
		}
		g.byID[u.Code] = len(g.areas)
		sigma := float64(u.Error)
		if sigma <= 0 {
			sigma = assumedError
		}
		g.areas = append(g.areas, area{u.Code, o, sigma})
	}
	return g
}

// blank reports whether nothing is known of the place.
func (g *Ground) blank() bool { return g.city == nil }

// unit is the index of the smallest area that a code names; -1 for none.
func (g *Ground) unit(code string) int {
	for _, n := range [...]int{12, 9, 6} {
		if len(code) >= n {
			if i, ok := g.byID[code[:n]]; ok {
				return i
			}
		}
	}
	return -1
}

// elsewhere reports whether a place lies in an area of the same level other than the given one.
func (g *Ground) elsewhere(v xy, unit int) bool {
	for i := range g.areas {
		if i != unit && len(g.areas[i].code) == len(g.areas[unit].code) && g.areas[i].contains(v) {
			return true
		}
	}
	return false
}

// standing is where a place lies with regard to where its row says that it should.
type standing uint8

const (
	right   standing = iota // in the named unit, near the published position, or in the city where the row names nothing
	atSea                   // in no unit, inside the box of the sea
	astray                  // in the city but not where named
	outside                 // anywhere else
)

// stand places a row, with a tolerance wide enough for any shift.
func (g *Ground) stand(p orb.Point, unit int, published *orb.Point) standing {
	if published != nil {
		east, north := metresPerDegree(published[1])
		if math.Hypot((p[0]-published[0])*east, (p[1]-published[1])*north) < reach {
			return right
		}
	}
	if g.blank() {
		if published == nil && inChina(p) {
			return right
		}
		return outside
	}
	v := g.plane.metres(p)
	if unit >= 0 && g.areas[unit].depth(v) > -reach {
		return right
	}
	if g.city.depth(v) > -reach {
		if unit >= 0 || published != nil {
			return astray
		}
		return right
	}
	if g.sea.Contains(p) {
		return atSea
	}
	return outside
}

// inChina is the box around the country in which the shifts are met.
func inChina(p orb.Point) bool {
	return p[0] > 73 && p[0] < 136 && p[1] > 3 && p[1] < 54
}
