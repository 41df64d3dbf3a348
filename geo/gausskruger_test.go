package geo_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"onemap/geo"
)

func TestGaussKruger(t *testing.T) {
	centre, qidong := orb.Point{120.894, 31.980}, orb.Point{121.66, 31.81}
	tests := map[string]struct {
		cm      geo.Degrees
		fe      geo.Metres
		place   orb.Point
		easting float64
	}{
		"4549 centre": {120, 500_000, centre, 584496.72},
		"4549 Qidong": {120, 500_000, qidong, 657191.06},
		"4528 centre": {120, 40_500_000, centre, 40584496.72},
		"4528 Qidong": {120, 40_500_000, qidong, 40657191.06},
		"4550 centre": {123, 500_000, centre, 300934.43},
		"4550 Qidong": {123, 500_000, qidong, 373113.60},
		"4529 centre": {123, 41_500_000, centre, 41300934.43},
		"4529 Qidong": {123, 41_500_000, qidong, 41373113.60},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, n := geo.GaussKruger(tt.cm, tt.fe).Forward(tt.place[0], tt.place[1])
			if math.Abs(e-tt.easting) > 0.005 {
				t.Errorf("easting %.4f, want %.2f", e, tt.easting)
			}
			if n < 3_500_000 || n > 3_630_000 {
				t.Errorf("northing %.2f is not in the city", n)
			}
		})
	}
}

// The expected numbers come from PROJ 9.1 (etmerc), printed to 0.1 mm.
func TestTransverseMercatorAgainstPROJ(t *testing.T) {
	utm33 := geo.TransverseMercator{Ellipsoid: geo.WGS84Ellipsoid, CentralMeridian: 15, Scale: 0.9996, FalseEasting: 500000}
	tests := map[string]struct {
		m                 geo.TransverseMercator
		lon, lat          float64
		easting, northing float64
	}{
		"4549 at 120.894, 31.98":    {geo.GaussKruger(120, 500_000), 120.894, 31.98, 584496.7180, 3539983.8526},
		"4528 at 121.66, 31.81":     {geo.GaussKruger(120, 40_500_000), 121.66, 31.81, 40657191.0647, 3521984.7354},
		"4550 at 120.894, 31.98":    {geo.GaussKruger(123, 500_000), 120.894, 31.98, 300934.4289, 3541572.8604},
		"4550 at 121.66, 31.81":     {geo.GaussKruger(123, 500_000), 121.66, 31.81, 373113.5963, 3521566.4464},
		"4498 at 118.5, 40.25":      {geo.GaussKruger(117, 20_500_000), 118.5, 40.25, 20627624.8739, 4458367.8421},
		"4549 at 123.9, 53.5":       {geo.GaussKruger(120, 500_000), 123.9, 53.5, 758741.9051, 5937349.3110},
		"32633 at 12.3364, 45.4341": {utm33, 12.3364, 45.4341, 291659.8726, 5034626.6548},
		"4549 at 118.0, -33.3":      {geo.GaussKruger(120, 500_000), 118.0, -33.3, 313713.5260, -3687805.6655},
		"4549 at 121.95, 32.6":      {geo.GaussKruger(120, 500_000), 121.95, 32.6, 683066.5553, 3610066.4748},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, n := tt.m.Forward(tt.lon, tt.lat)
			if math.Abs(e-tt.easting) > 1e-4 || math.Abs(n-tt.northing) > 1e-4 {
				t.Errorf("got %.4f, %.4f, want %.4f, %.4f", e, n, tt.easting, tt.northing)
			}
		})
	}
}

func TestTransverseMercatorRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := geo.GaussKruger(geo.Degrees(rapid.IntRange(25, 45).Draw(t, "zone")*3), 500_000)
		m.Ellipsoid = rapid.SampledFrom([]geo.Ellipsoid{geo.CGCS2000Ellipsoid, geo.WGS84Ellipsoid, geo.KrasovskyEllipsoid}).Draw(t, "ellipsoid")
		m.FalseNorthing = geo.Metres(rapid.SampledFrom([]float64{0, 1e7}).Draw(t, "false northing"))
		p := orb.Point{
			float64(m.CentralMeridian) + rapid.Float64Range(-20, 20).Draw(t, "lon"),
			rapid.Float64Range(-85, 85).Draw(t, "lat"),
		}
		lon, lat := m.Inverse(m.Forward(p[0], p[1]))
		if d := geo.Distance(p, orb.Point{lon, lat}); !(d < 1e-6) {
			t.Errorf("%v came back as %v, %v: %g m away", p, lon, lat, d)
		}
	})
}

func TestTransverseMercatorFarAway(t *testing.T) {
	m := geo.GaussKruger(120, 500_000)
	if e, n := m.Forward(12, 45); !math.IsNaN(e) || !math.IsNaN(n) {
		t.Errorf("a place 108° away was projected to %v, %v", e, n)
	}
	if lon, lat := m.Inverse(40584524.89, 3539968); !math.IsNaN(lon) || !math.IsNaN(lat) {
		t.Errorf("a zone-prefixed easting was read as %v, %v", lon, lat)
	}
	if lon, lat := m.Inverse(math.Inf(1), math.NaN()); !math.IsNaN(lon) || !math.IsNaN(lat) {
		t.Errorf("infinity was read as %v, %v", lon, lat)
	}
}
