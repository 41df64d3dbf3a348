package web

import (
	"net/url"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers/fault"
)

// served are the EPSG codes, besides CRS84, in which features can be had: CGCS2000 and
// WGS 84 in degrees, Web Mercator, and the two 3° Gauss–Krüger zones that the city lies
// in, each with and without its zone before the easting.
var served = []int{4490, 4326, 3857, 4549, 4550, 4528, 4529}

// servedCRS lists the coordinate systems of every collection, the default first.
func servedCRS() []geo.CRS {
	list := []geo.CRS{geo.CRS84}
	for _, code := range served {
		if c, err := geo.EPSG(code); err == nil {
			list = append(list, c)
		}
	}
	return list
}

// crsParam reads a coordinate system parameter, crs or bbox-crs (OGC 18-058r1, 7.3 and
// 7.4): one of those served, CRS84 where it is missing.
func crsParam(params url.Values, name string) (geo.CRS, error) {
	text, err := single(params, name)
	if err != nil || text == "" {
		return geo.CRS84, err
	}
	if asked, err := geo.ParseCRS(text); err == nil {
		for _, c := range servedCRS() {
			if c == asked {
				return c, nil
			}
		}
	}
	return geo.CRS{}, fault.In(name, "%.100q is not among this collection's coordinate systems; its description lists them under crs.", text)
}

// boxIn reads bbox in the coordinate system of bbox-crs, in that system's own order of
// axes, and returns it in longitude and latitude; nil where there is none.
func boxIn(params url.Values) (*orb.Bound, error) {
	crs, err := crsParam(params, "bbox-crs")
	if err != nil {
		return nil, err
	}
	text, err := single(params, "bbox")
	if err != nil || text == "" {
		return nil, err
	}
	b, err := parseNumbers(text)
	if err != nil {
		return nil, err
	}
	if crs.Swapped() {
		b = [4]float64{b[1], b[0], b[3], b[2]}
	}
	if !crs.Projected() {
		return lonLatBox(b[0], b[1], b[2], b[3])
	}
	if b[0] > b[2] || b[1] > b[3] {
		return nil, fault.In("bbox", "The box's lower corner is over its upper one.")
	}
	return outline(crs, b)
}

// sides is the number of parts that a projected box's side is cut into. Along one part,
// a city's length at most, a Gauss–Krüger grid line leaves its chord by metres.
const sides = 64

// outline is the box in degrees around a projected box, found along its sides. A Gauss–
// Krüger grid stands askew to the meridians, so the box takes in slivers outside the
// projected one, a hundredth of its width or so here; in Web Mercator it is exact.
func outline(crs geo.CRS, b [4]float64) (*orb.Bound, error) {
	out := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	for i := range sides + 1 {
		t := float64(i) / sides
		x, y := b[0]+t*(b[2]-b[0]), b[1]+t*(b[3]-b[1])
		for _, p := range [4][2]float64{{x, b[1]}, {x, b[3]}, {b[0], y}, {b[2], y}} {
			lon, lat, err := crs.ToLonLat(p[0], p[1])
			if err != nil {
				return nil, fault.In("bbox", "The box is not within the area of %s.", crs)
			}
			out = out.Extend(orb.Point{lon, lat})
		}
	}
	return &out, nil
}

// digits is the number of decimals of positions: a centimetre in degrees, a millimetre in metres.
func digits(c geo.CRS) int {
	if c.Projected() {
		return 3
	}
	return 7
}
