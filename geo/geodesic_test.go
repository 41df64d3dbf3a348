package geo_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"onemap/geo"
)

func TestDistance(t *testing.T) {
	tests := map[string]struct {
		a, b orb.Point
		want geo.Metres
	}{
		"same place":            {orb.Point{120, 32}, orb.Point{120, 32}, 0},
		"a degree of longitude": {orb.Point{120, 0}, orb.Point{121, 0}, 111319.491},
		"pole to pole":          {orb.Point{0, 90}, orb.Point{77, -90}, 20003931.459},
		// The nearly antipodal example of Karney 2013, on WGS 84; CGCS2000 differs by less than 1 mm.
		"nearly antipodal": {orb.Point{0, -30}, orb.Point{179.8, 29.9}, 19989832.828},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := geo.Distance(tt.a, tt.b); math.Abs(float64(got-tt.want)) > 1e-3 {
				t.Errorf("%.4f m, want %.4f", got, tt.want)
			}
		})
	}
	if d := geo.Distance(orb.Point{math.NaN(), 0}, orb.Point{0, 0}); !math.IsNaN(float64(d)) {
		t.Errorf("distance from nowhere is %v", d)
	}
}

func TestDestination(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-80, 80).Draw(t, "lat")}
		azimuth := geo.Degrees(rapid.Float64Range(-180, 180).Draw(t, "azimuth"))
		d := geo.Metres(rapid.Float64Range(1, 1e6).Draw(t, "metres"))
		q := geo.Destination(p, azimuth, d)
		if got := geo.Distance(p, q); math.Abs(float64(got-d)) > 1e-6 {
			t.Errorf("went %v m, arrived %v m away", d, got)
		}
		off := math.Remainder(float64(geo.Direction(p, q)-azimuth), 360)
		if math.Abs(off)*float64(d) > 1e-4 {
			t.Errorf("went %v°, arrived %v° off", azimuth, off)
		}
		if math.Abs(q[0]-p[0]) > 180 {
			t.Errorf("%v is around the world from %v", q, p)
		}
	})
}

func TestCircle(t *testing.T) {
	tests := map[string]struct {
		centre  orb.Point
		radius  geo.Metres
		n       int
		corners int
	}{
		"500 m in the city":      {orb.Point{120.894, 31.98}, 500, 64, 64},
		"across the antimeridan": {orb.Point{179.999, -16}, 5000, 32, 32},
		"too few corners":        {orb.Point{120, 32}, 100, 1, 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ring := geo.Circle(tt.centre, tt.radius, tt.n)[0]
			if len(ring) != tt.corners+1 || !ring.Closed() {
				t.Fatalf("%d points, closed %v", len(ring), ring.Closed())
			}
			if ring.Orientation() != orb.CCW {
				t.Error("runs clockwise")
			}
			for _, p := range ring {
				if d := geo.Distance(tt.centre, p); math.Abs(float64(d-tt.radius)) > 1e-6 {
					t.Errorf("%v is %v m from the centre", p, d)
				}
			}
			if !planar.RingContains(ring, tt.centre) {
				t.Error("the centre is outside")
			}
		})
	}
}
