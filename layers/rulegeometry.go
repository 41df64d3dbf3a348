package layers

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// shape is what checking has learned of a row's geometry.
type shape struct {
	size float64 // m² of polygons, m of lines; 0 for points
}

const (
	tiny       = 0.001 // metres between vertices that are taken for one
	spikeLeg   = 0.5   // metres from which on a vertex that turns back is a spike
	spikeAngle = 1.0   // degrees
	sliver     = 0.3   // metres of mean width
)

// geometry brings the geometry to the layer's type where that changes nothing and names
// what does not fit. A geometry that can't be stored is left out of the record.
func (c *Checker) geometry(row int64, r *Record) []Finding {
	l := c.layer
	c.shape = shape{}
	if empty(r.Geometry) {
		r.Geometry, r.PositionQuality, r.Datum = nil, PositionNone, geo.Unknown
		found := l.find("G1", row, "geom", "", "没有空间位置，按“未定位”入库", "There is no position; the record is kept as unplaced")
		if l.Geometry != Point {
			found = found.With(SeverityWarning)
		}
		return []Finding{found}
	}
	if found := c.unfit(row, r); found != nil {
		r.Geometry, r.PositionQuality, r.Datum = nil, PositionNone, geo.Unknown
		return []Finding{*found}
	}
	if l.Geometry == Point {
		return nil
	}
	findings := c.rings(row, r)
	if r.Geometry == nil {
		r.PositionQuality, r.Datum = PositionNone, geo.Unknown
		return findings
	}
	r.Doubtful = doubtful(r.Geometry)
	findings = append(findings, c.untidy(row, r.Geometry)...)
	if l.Geometry.Dimension() == 2 {
		c.shape.size = areaOf(r.Geometry)
	} else {
		c.shape.size = lengthOf(r.Geometry)
	}
	crossed := r.Doubtful && l.Geometry.Dimension() == 2 // sides may cross, and parts of the area cancel out
	if s := c.size; s != nil && (s.Min != nil && c.shape.size < *s.Min && !crossed || s.Max != nil && c.shape.size > *s.Max) {
		what, unit := "面积", "m²"
		if l.Geometry.Dimension() == 1 {
			what, unit = "长度", "m"
		}
		found := l.find("G6", row, "geom", fmt.Sprintf("%.4g %s", c.shape.size, unit), fmt.Sprintf("%s %.4g %s，应在 %s 之间", what, c.shape.size, unit, s.String()),
			fmt.Sprintf("The geometry has %.4g %s; it must be within %s", c.shape.size, unit, s.String()))
		found.Allowed = s.String() + " " + unit
		findings = append(findings, found)
	}
	return findings
}

// empty reports whether a geometry has no point.
func empty(g orb.Geometry) bool {
	switch g := g.(type) {
	case nil:
		return true
	case orb.MultiPoint:
		return len(g) == 0
	case orb.LineString:
		return len(g) == 0
	case orb.MultiLineString:
		return !slices.ContainsFunc(g, func(l orb.LineString) bool { return len(l) > 0 })
	case orb.Polygon:
		return len(g) == 0 || len(g[0]) == 0
	case orb.MultiPolygon:
		return !slices.ContainsFunc(g, func(p orb.Polygon) bool { return len(p) > 0 && len(p[0]) > 0 })
	}
	return false
}

// unfit names a geometry of another kind, or one that is no place.
func (c *Checker) unfit(row int64, r *Record) *Finding {
	l := c.layer
	bad := func(rule, zh, en string) *Finding {
		f := l.find(rule, row, "geom", r.Geometry.GeoJSONType(), zh, en)
		return &f
	}
	if g, ok := r.Geometry.(orb.MultiPoint); ok && len(g) == 1 {
		r.Geometry = g[0]
	}
	fits := false
	switch g := r.Geometry.(type) {
	case orb.Point:
		fits = l.Geometry == Point
	case orb.LineString:
		fits = l.Geometry.Dimension() == 1
	case orb.MultiLineString:
		fits = l.Geometry == MultiLineString || l.Geometry == LineString && len(g) == 1
	case orb.Polygon:
		fits = l.Geometry.Dimension() == 2
	case orb.MultiPolygon:
		fits = l.Geometry == MultiPolygon || l.Geometry == Polygon && len(g) == 1
	}
	if !fits {
		f := bad("G2", fmt.Sprintf("几何类型为 %s，本图层应为 %s", r.Geometry.GeoJSONType(), l.Geometry),
			fmt.Sprintf("The geometry is a %s; this layer holds %s", r.Geometry.GeoJSONType(), l.Geometry))
		f.Allowed = string(l.Geometry)
		if parts, ok := map[string]Geometry{"MultiPoint": Point, "MultiLineString": LineString, "MultiPolygon": Polygon}[r.Geometry.GeoJSONType()]; ok && parts == l.Geometry {
			f.Hint = Text{Zh: "一个要素有多个部件：在原系统拆成单部件要素（各有编号）再导入。", En: "It has several parts: split it at the source into features of one part (each with its key)."}
		}
		return f
	}
	var off, swapped, zero bool
	var at orb.Point
	eachPoint(r.Geometry, func(p orb.Point) {
		switch {
		case !(p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90):
			off, at = true, p
		case p[0] == 0 && p[1] == 0:
			zero = true
		}
		if p[0] >= 3 && p[0] <= 54 && p[1] > 90 && p[1] <= 136 { // up to 90 it may be a latitude
			swapped, at = true, p
		}
	})
	if !swapped && !off && !zero {
		return nil
	}
	value := fmt.Sprintf("%v, %v", at[0], at[1])
	switch {
	case swapped:
		f := bad("C1", fmt.Sprintf("经纬度颠倒：%s", value), "Longitude and latitude are exchanged: "+value)
		f.Value, f.Repair = value, fmt.Sprintf("%v, %v", at[1], at[0])
		return f
	case off:
		f := bad("G8", "坐标超出经纬度范围，请检查坐标系："+value, "The coordinates are no longitudes and latitudes; check the coordinate system: "+value)
		f.Value = value
		return f
	case zero:
		f := bad("C5", "坐标为 (0,0)", "The position is (0, 0)")
		f.Value = "0, 0"
		return f
	}
	return nil
}

// rings names rings that are not closed or have too few points, and lines of one point.
// Open rings are closed.
func (c *Checker) rings(row int64, r *Record) []Finding {
	l := c.layer
	var findings []Finding
	short := func() []Finding {
		r.Geometry = nil
		return append(findings, l.find("G4", row, "geom", "", "环少于四个点或线少于两个点", "A ring has fewer than four points, or a line fewer than two").With(SeverityError))
	}
	var polygons orb.MultiPolygon
	switch g := r.Geometry.(type) {
	case orb.LineString:
		if len(g) < 2 {
			return short()
		}
	case orb.MultiLineString:
		for _, line := range g {
			if len(line) < 2 {
				return short()
			}
		}
	case orb.Polygon:
		polygons = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		polygons = g
	}
	for _, p := range polygons {
		for i, ring := range p {
			if len(ring) > 2 && ring[0] != ring[len(ring)-1] {
				p[i] = append(slices.Clone(ring), ring[0])
				findings = append(findings, c.at(l.find("G4", row, "geom", "", "环没有闭合，已闭合", "A ring was open and has been closed"), ring[0]))
			}
			if len(p[i]) < 4 {
				return short()
			}
			if i > 0 && (signed(p[i]) > 0) == (signed(p[0]) > 0) {
				findings = append(findings, c.at(l.find("G4", row, "geom", "", "内环与外环方向相同", "A hole is wound like its shell").With(SeverityNotice), p[i][0]))
			}
		}
	}
	return findings
}

func (c *Checker) at(f Finding, p orb.Point) Finding {
	f.Place = &[2]float64{p[0], p[1]}
	return f
}

// signed is twice the planar area of a ring about its first point; positive anticlockwise.
func signed(ring orb.Ring) float64 {
	sum, o := 0.0, ring[0]
	for i := 1; i < len(ring); i++ {
		sum += (ring[i-1][0]-o[0])*(ring[i][1]-o[1]) - (ring[i][0]-o[0])*(ring[i-1][1]-o[1])
	}
	return sum
}

// untidy names duplicate vertices and spikes, once a geometry each with their number, and slivers.
func (c *Checker) untidy(row int64, g orb.Geometry) []Finding {
	var twice, spikes int
	var twiceAt, spikeAt, sliverAt orb.Point
	slivers := 0
	eachLine(g, func(line []orb.Point, ring bool) {
		m := scaleAt(line[0])
		d, s, dAt, sAt := m.tidy(line, ring)
		if d > 0 && twice == 0 {
			twiceAt = dAt
		}
		if s > 0 && spikes == 0 {
			spikeAt = sAt
		}
		twice, spikes = twice+d, spikes+s
		if ring {
			area, around := m.ring(line)
			if area > 0 && 2*area < sliver*around {
				slivers++
				sliverAt = line[0]
			}
		}
	})
	var findings []Finding
	add := func(n int, at orb.Point, zh, en string) {
		if n > 0 {
			findings = append(findings, c.at(c.layer.find("G5", row, "geom", fmt.Sprint(n), fmt.Sprintf(zh, n), fmt.Sprintf(en, n)), at))
		}
	}
	add(twice, twiceAt, "有 %d 个重复点", "There are %d duplicate vertices")
	add(spikes, spikeAt, "有 %d 处尖刺", "There are %d spikes")
	add(slivers, sliverAt, "有 %d 个狭长碎面", "There are %d slivers")
	return findings
}

// tidy counts the vertices that repeat the one before and those at which the line turns
// back on itself, and where the first of each is.
func (m scale) tidy(line []orb.Point, ring bool) (twice, spikes int, twiceAt, spikeAt orb.Point) {
	cosine := math.Cos(spikeAngle * math.Pi / 180)
	var px, py, plen float64 // the last step of some length
	have := false
	turn := func(dx, dy, length float64, at orb.Point) {
		if have && min(length, plen) > spikeLeg && -(dx*px+dy*py) > cosine*length*plen {
			if spikes == 0 {
				spikeAt = at
			}
			spikes++
		}
	}
	var fx, fy, flen float64
	for i := 1; i < len(line); i++ {
		dx, dy := (line[i][0]-line[i-1][0])*m.x, (line[i][1]-line[i-1][1])*m.y
		length := math.Hypot(dx, dy)
		if length < tiny {
			if twice == 0 {
				twiceAt = line[i]
			}
			twice++
			continue
		}
		turn(dx, dy, length, line[i-1])
		if !have {
			fx, fy, flen = dx, dy, length
		}
		px, py, plen, have = dx, dy, length, true
	}
	if ring && have {
		turn(fx, fy, flen, line[0])
	}
	return twice, spikes, twiceAt, spikeAt
}
