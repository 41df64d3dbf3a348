package detect_test

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
	"github.com/paulmach/orb/simplify"

	"onemap/geo"
	"onemap/geo/detect"
)

// The sample city's districts stand for the truth in these tests; what the detective is
// given are outlines that miss it by up to 150 m.
var city = sync.OnceValue(func() map[string]orb.MultiPolygon {
	text, err := os.ReadFile("../../data/sample/districts.geojson")
	if err != nil {
		panic(err)
	}
	all, err := geojson.UnmarshalFeatureCollection(text)
	if err != nil {
		panic(err)
	}
	units := map[string]orb.MultiPolygon{}
	for _, f := range all.Features {
		units[f.Properties.MustString("code")] = f.Geometry.(orb.MultiPolygon)
	}
	return units
})

var sea = orb.Bound{Min: orb.Point{120, 31.4}, Max: orb.Point{122.8, 33.3}}

var ground = sync.OnceValue(func() *detect.Ground {
	var areas []detect.Area
	var whole orb.MultiPolygon
	for code, shape := range city() {
		rough := simplify.DouglasPeucker(0.0015).MultiPolygon(shape.Clone())
		areas = append(areas, detect.Area{Code: code, Shape: rough})
		whole = append(whole, rough...)
	}
	return detect.NewGround(areas, whole, sea)
})

var codes = []string{"320612", "320613", "320614", "320623", "320681", "320682", "320685"}

// lay is how a test's true positions are spread.
type lay string

const (
	everywhere lay = "whole city"
	oneCounty  lay = "one county"
	eastern    lay = "Qidong east of 121.5"
	offshore   lay = "offshore"
	village    lay = "one village"
	borderTown lay = "one border town"
	alone      lay = "one row"
)

type truth struct {
	at   orb.Point
	code string
}

// inside draws a place of a district.
func inside(r *rand.Rand, code string) orb.Point {
	shape := city()[code]
	b := shape.Bound()
	for {
		p := orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])}
		if planar.MultiPolygonContains(shape, p) {
			return p
		}
	}
}

// around draws a place near another one, in the same district.
func around(r *rand.Rand, code string, p orb.Point, metres float64) orb.Point {
	for range 20 {
		q := orb.Point{p[0] + r.NormFloat64()*metres/94_000, p[1] + r.NormFloat64()*metres/111_000}
		if code == "" || planar.MultiPolygonContains(city()[code], q) {
			return q
		}
	}
	return p
}

// spread draws true positions.
func spread(r *rand.Rand, how lay, n int) []truth {
	if how == alone {
		n = 1
	}
	county := codes[r.IntN(len(codes))]
	var villages []truth
	count := 20 + r.IntN(150)
	switch how {
	case village, borderTown, alone:
		count = 1
	case eastern, offshore:
		county = "320681"
	}
	for len(villages) < count {
		code := county
		if how == everywhere {
			code = codes[r.IntN(len(codes))]
		}
		p := inside(r, code)
		switch {
		case how == eastern && p[0] < 121.5:
			continue
		case how == offshore:
			code = "320623"
			p = orb.Point{121.6 + r.Float64()*0.8, 32.2 + r.Float64()*0.6}
		case how == borderTown && nearest(p, code) > 600:
			continue
		}
		villages = append(villages, truth{p, code})
	}
	out := make([]truth, n)
	for i := range out {
		v := villages[r.IntN(len(villages))]
		far := 400.0
		switch how {
		case offshore:
			out[i] = truth{around(r, "", v.at, 2000), v.code}
			continue
		case village:
			far = 30
		case borderTown:
			far = 1000
		}
		out[i] = truth{around(r, v.code, v.at, far), v.code}
	}
	return out
}

// nearest is the distance in metres to the nearest corner of a district.
func nearest(p orb.Point, code string) float64 {
	best := math.Inf(1)
	for _, polygon := range city()[code] {
		for _, q := range polygon[0] {
			best = min(best, math.Hypot((p[0]-q[0])*94_000, (p[1]-q[1])*111_000))
		}
	}
	return best
}

// writing is how a test's file writes its positions.
type writing struct {
	crs     geo.CRS
	swapped bool
	shift   geo.Datum
	times   int
	form    func(float64) float64 // degrees in another form; nil for decimal
	digits  int                   // after the point; 0 for all, -1 for none
}

// write turns a true position into the numbers of the file.
func (w writing) write(t testing.TB, p orb.Point) (first, second float64) {
	t.Helper()
	at := geo.Position{Lon: p[0], Lat: p[1], Datum: geo.CGCS2000}
	for range w.times {
		next, err := at.To(w.shift)
		if err != nil {
			t.Fatal(err)
		}
		at = geo.Position{Lon: next.Lon, Lat: next.Lat, Datum: geo.CGCS2000}
	}
	x, y, err := w.crs.FromLonLat(at.Lon, at.Lat)
	if err != nil {
		t.Fatal(err)
	}
	if w.form != nil {
		x, y = w.form(x), w.form(y)
	}
	if w.digits != 0 {
		scale := math.Pow(10, float64(max(w.digits, 0)))
		x, y = math.Trunc(x*scale)/scale, math.Trunc(y*scale)/scale
	}
	if w.swapped {
		return y, x
	}
	return x, y
}

func epsg(code int) geo.CRS {
	c, err := geo.EPSG(code)
	if err != nil {
		panic(err)
	}
	return c
}

// matter is what a file of a test comes with.
type matter struct {
	stated    bool // a .prj
	coded     bool
	published bool
	garbage   float64
}

// file writes true positions into a file.
func file(t testing.TB, r *rand.Rand, w writing, m matter, places []truth) detect.File {
	t.Helper()
	f := detect.File{}
	if m.stated {
		f.Statement, f.CRS = detect.Written, w.crs
	}
	for i, p := range places {
		pair := detect.Pair{Row: int64(i + 1)}
		pair.First, pair.Second = w.write(t, p.at)
		if m.coded {
			pair.Code = p.code + "001002"
			if r.Float64() < 0.01 {
				pair.Code = codes[r.IntN(len(codes))]
			}
		}
		if m.published && (len(places) < 10 || r.Float64() < 0.3) {
			was := around(r, "", p.at, 3)
			if r.Float64() < 0.04 {
				was = around(r, "", p.at, 2000)
			}
			pair.Published = &was
		}
		if r.Float64() < m.garbage {
			switch r.IntN(5) {
			case 0:
				pair.First, pair.Second = 0, 0
			case 1:
				pair.First, pair.Second = math.NaN(), math.NaN()
			case 2:
				pair.First, pair.Second = pair.Second, pair.First
			case 3:
				pair.First *= r.Float64() * 10
			default:
				pair.First, pair.Second = r.Float64()*4e7, r.Float64()*4e6
			}
		}
		f.Pairs = append(f.Pairs, pair)
	}
	return f
}

// missed is how far in metres a reading leaves a file's rows from their true places: three rows in
// five are no farther, so that rubbish does not count.
func missed(rd detect.Reading, f detect.File, places []truth) float64 {
	var off []float64
	for i, p := range f.Pairs {
		d := math.Inf(1)
		if at, err := rd.Place(p.First, p.Second); err == nil {
			d = float64(geo.Distance(at, places[i].at))
		}
		off = append(off, d)
	}
	if len(off) == 0 {
		return math.Inf(1)
	}
	slices.Sort(off)
	return off[len(off)*3/5]
}

func contains(p orb.Polygon, at orb.Point) bool { return planar.PolygonContains(p, at) }
