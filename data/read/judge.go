package read

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// evidence is what the positions of the rows ahead are like.
type evidence struct {
	n       int
	degrees int // pairs that can be degrees, in either order
	normal  int // degrees of China and its seas, longitude first
	swapped int // the same, latitude first
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
	switch {
	case x >= 70 && x <= 140 && y >= 0 && y <= 56:
		e.normal++
	case y >= 70 && y <= 140 && x >= 0 && x <= 56:
		e.swapped++
	}
}

// judge looks at the positions of the rows ahead: whether they are degrees, whether they go
// against their headings, and with that, whether a coordinate system can be taken for granted.
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
			if v := row.Values[f.Columns[0]]; !isBlankCell(v) {
				g, srid, _, _ := f.text(v.Raw)
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
	return f.system(e)
}

// most allows for one odd pair in twenty, which is a fault of its row and not of the file.
func (e *evidence) most(n int) bool { return e.n > 0 && n*20 >= e.n*19 }

func (f *positionFinder) system(e evidence) []Problem {
	f.Degrees = e.most(e.degrees)
	named := f.Axes[0] == Longitude
	f.Contradicted = named && f.Degrees && e.most(e.swapped)
	if f.srid != "" {
		n, err := strconv.Atoi(f.srid)
		if err == nil {
			f.crs, err = geo.EPSG(n)
		}
		if err != nil {
			return []Problem{about(CRSUnknown, Error, "SRID %.20q 不是可识别的坐标系", "the SRID %.20q is not a coordinate system known here", f.srid)}
		}
		return nil
	}
	switch {
	case f.Contradicted:
		return []Problem{about(CRSUnknown, Error, "“%[1]s”列中的数值像是纬度，“%[2]s”列中的像是经度：两列可能填反", "the numbers in %[1]q look like latitudes and those in %[2]q like longitudes: they may be the wrong way round", f.names[0], f.names[len(f.names)-1])}
	case named && (f.Degrees || e.n == 0), f.Degrees && e.most(e.normal):
		f.crs = geo.EPSG4490
		return []Problem{about(CRSAssumed, Warning, "坐标是经纬度，文件没有注明坐标系，暂按 CGCS2000（EPSG:4490）读取", "the positions are degrees; the file does not state their system, and CGCS2000 (EPSG:4490) is taken")}
	}
	return []Problem{about(CRSUnknown, Warning, "表格没有注明坐标系，从数值也不能确定", "the table does not state its coordinate system, and the numbers do not tell")}
}
