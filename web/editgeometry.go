package web

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/geo"
	"onemap/layers/fault"
)

// contentCRS reads the coordinate system of a request's positions (OGC 20-002, section
// on features): one of those served, in angle brackets; CRS84 where it is missing.
func contentCRS(r *http.Request) (geo.CRS, error) {
	const name = "Content-Crs"
	text := r.Header.Get(name)
	if text == "" {
		return geo.CRS84, nil
	}
	uri, found := strings.CutPrefix(text, "<")
	uri, closed := strings.CutSuffix(uri, ">")
	if found && closed {
		return crsParam(map[string][]string{name: {uri}}, name)
	}
	return geo.CRS{}, fault.In(name, "%.100q is not the URI of a coordinate system in angle brackets.", text)
}

// positions reads the geometry of a feature.
type positions struct {
	crs  geo.CRS
	kept map[orb.Point]orb.Point // positions as the client has them, to those stored
}

// geometry reads a GeoJSON geometry (RFC 7946, section 3.1), as JSON has it with numbers as
// json.Number, in the order of axes of its coordinate system, into longitude and latitude.
// The error is Invalid.
func (p positions) geometry(value any) (orb.Geometry, error) {
	if value == nil {
		return nil, nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fault.In("geometry", "It is a GeoJSON geometry or null.")
	}
	for name := range object {
		if name != "type" && name != "coordinates" && name != "bbox" {
			return nil, fault.In("geometry", "A geometry has no member %.60q; it has type and coordinates.", name)
		}
	}
	at := object["coordinates"]
	switch kind, _ := object["type"].(string); kind {
	case "Point":
		return p.point(at)
	case "MultiPoint":
		points, err := many(at, p.point)
		return orb.MultiPoint(points), err
	case "LineString":
		return p.line(at)
	case "MultiLineString":
		lines, err := many(at, p.line)
		return orb.MultiLineString(lines), err
	case "Polygon":
		return p.polygon(at)
	case "MultiPolygon":
		polygons, err := many(at, p.polygon)
		return orb.MultiPolygon(polygons), err
	default:
		return nil, fault.In("geometry", "%.60q is not one of Point, MultiPoint, LineString, MultiLineString, Polygon, MultiPolygon.", kind)
	}
}

// many reads an array whose items are alike.
func many[T any](value any, one func(any) (T, error)) ([]T, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, fault.In("geometry", "An array of coordinates is missing.")
	}
	out := make([]T, len(list))
	for i, item := range list {
		var err error
		if out[i], err = one(item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p positions) line(value any) (orb.LineString, error) {
	points, err := many(value, p.point)
	return points, err
}

func (p positions) polygon(value any) (orb.Polygon, error) {
	lines, err := many(value, p.line)
	rings := make(orb.Polygon, len(lines))
	for i, line := range lines {
		rings[i] = orb.Ring(line)
	}
	return rings, err
}

func (p positions) point(value any) (at orb.Point, err error) {
	list, ok := value.([]any)
	if !ok || len(list) != 2 {
		return at, fault.In("geometry", "A position is two numbers, without a height.")
	}
	for i, ordinate := range list {
		number, ok := ordinate.(json.Number)
		if at[i], err = number.Float64(); !ok || err != nil {
			return at, fault.In("geometry", "%.60q is not a number of a position.", fmt.Sprint(ordinate))
		}
	}
	if stored, same := p.kept[at]; same {
		return stored, nil
	}
	if p.crs.Swapped() {
		at[0], at[1] = at[1], at[0]
	}
	if !p.crs.Projected() {
		return at, nil // the rules of records say more of what is no longitude and latitude
	}
	if at[0], at[1], err = p.crs.ToLonLat(at[0], at[1]); err != nil {
		return at, fault.In("geometry", "%v.", err)
	}
	return at, nil
}

// keeping lets positions that a client sends as it was given them stand for those stored,
// which have more decimals: what is not moved stays where it is. shown is the geometry in
// the client's coordinate system and stored the same in degrees, both as WKB.
func (p *positions) keeping(shown, stored []byte) error {
	if stored == nil {
		return nil
	}
	there, err := wkb.Unmarshal(stored)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "A stored geometry can't be read.")
	}
	here, err := wkb.Unmarshal(shown)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "A stored geometry can't be read.")
	}
	seen, exact := pointsOf(here), pointsOf(there)
	if len(seen) != len(exact) {
		return nil
	}
	p.kept = make(map[orb.Point]orb.Point, len(seen))
	scale := math.Pow10(digits(p.crs))
	for i, at := range seen {
		at[0], at[1] = math.Round(at[0]*scale)/scale, math.Round(at[1]*scale)/scale
		if p.crs.Swapped() {
			at[0], at[1] = at[1], at[0]
		}
		if _, twice := p.kept[at]; !twice {
			p.kept[at] = exact[i]
		}
	}
	return nil
}

// pointsOf lists the positions of a geometry in their order.
func pointsOf(g orb.Geometry) (points []orb.Point) {
	switch g := g.(type) {
	case orb.Point:
		return []orb.Point{g}
	case orb.LineString:
		return g
	case orb.MultiLineString:
		for _, line := range g {
			points = append(points, line...)
		}
	case orb.Polygon:
		for _, ring := range g {
			points = append(points, ring...)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			points = append(points, pointsOf(p)...)
		}
	}
	return points
}
