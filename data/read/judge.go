package read

import (
	"math"
	"strings"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// evidence is what the positions of the rows ahead are like.
type evidence struct {
	n       int
	degrees int // pairs that can be degrees, in either order
	swapped int // degrees of China and its seas, latitude first
}

func (e *evidence) add(p orb.Point) {
	if p == (orb.Point{}) { // zeros stand for nothing
		return
	}
	e.n++
	x, y := p[0], p[1]
	if math.Abs(x) <= 180 && math.Abs(y) <= 180 && (math.Abs(x) <= 90 || math.Abs(y) <= 90) {
		e.degrees++
	}
	if y >= 70 && y <= 140 && x >= 0 && x <= 56 {
		e.swapped++
	}
}

// judge looks at the positions of the rows ahead, whether they are degrees and go against
// their headings, and at what the table states of its coordinate system.
func (f *positionFinder) judge(t *table) []Problem {
	var e evidence
	row := &Row{Values: make([]Value, len(t.columns))}
	for _, r := range t.ahead {
		for i, v := range r.cells {
			if i < len(t.place) && t.place[i] >= 0 {
				row.Values[t.place[i]] = v
			}
		}
		row.Geometry, row.Problems = nil, nil
		if f.WKT {
			if text := f.wholeText(row.Values); text != "" {
				g, srid, _, _ := f.text(text)
				if g != nil {
					b := g.Bound()
					e.add(b.Min)
					e.add(b.Max)
				}
				if f.srid == "" {
					f.srid = srid
				}
			}
		} else if f.place(row); row.Geometry != nil {
			e.add(row.Geometry.(orb.Point))
		}
		clear(row.Values)
	}
	f.heights = 0
	return f.system(t, e)
}

// most allows for one odd pair in twenty, which is a fault of its row and not of the file.
func (e *evidence) most(n int) bool { return e.n > 0 && n*20 >= e.n*19 }

// system finds what the table states of its coordinate system: an SRID in its geometries, a column that says it
// the same for all rows, or the template of the program's own. Numbers alone state nothing, degrees least of all.
func (f *positionFinder) system(t *table, e evidence) []Problem {
	f.Degrees = e.most(e.degrees)
	f.Contradicted = f.Axes[0] == Longitude && f.Degrees && e.most(e.swapped)
	text := f.srid
	if text == "" {
		text = t.statedSystem()
	}
	if text != "" {
		c, err := geo.ParseCRS(text)
		if err != nil {
			return []Problem{about(CRSUnknown, Error, "表格注明的坐标系 %.40q 无法识别", "the table states the coordinate system %.40q, which is not known here", text).of("", text)}
		}
		f.crs = c
		return nil
	}
	switch {
	case f.Contradicted:
		return []Problem{about(CRSMissing, Warning, "“%[1]s”列中的数值像是纬度，“%[2]s”列中的像是经度：两列可能填反", "the numbers in %[1]q look like latitudes and those in %[2]q like longitudes: they may be the wrong way round", f.names[0], f.names[len(f.names)-1])}
	case f.Degrees:
		return []Problem{about(CRSMissing, Notice, "坐标是经纬度，表格没有注明坐标系", "the positions are degrees; the table does not state their coordinate system")}
	}
	return []Problem{about(CRSMissing, Notice, "表格没有注明坐标系", "the table does not state its coordinate system")}
}

// statedSystem is what a column called crs says, if it says the same in all rows ahead, or what the sheet says of itself.
func (t *table) statedSystem() string {
	for i, c := range t.columns {
		switch strings.ToLower(c) {
		case "crs", "epsg", "srid", "坐标系", "坐标系统", "空间参考":
		default:
			continue
		}
		said, same := "", true
		t.cells(i, func(v Value) {
			text := trimBlank(v.Raw)
			same = same && (said == "" || said == text)
			said = text
		})
		if _, err := geo.ParseCRS(said); said != "" && same && err == nil {
			return said
		}
	}
	if s, ok := t.sheet.(interface{ states() string }); ok {
		return s.states()
	}
	return ""
}
