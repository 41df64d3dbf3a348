package geo_test

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"onemap/geo"
)

// The shifted numbers are those of the npm package gcoord 1.0.7. Libraries differ by millimetres
// in the ellipsoid they use, hence a tolerance of 2 cm.
var shifted = map[string]struct {
	place, gcj, bd orb.Point
	metres         geo.Metres // from the place to GCJ-02, on a sphere
}{
	"Nantong centre":  {orb.Point{120.894, 31.980}, orb.Point{120.898215730, 31.977830298}, orb.Point{120.904813436, 31.983469765}, 465.1},
	"Rudong":          {orb.Point{121.185, 32.312}, orb.Point{121.189591620, 32.310034274}, orb.Point{121.196028056, 32.316350327}, 483.9},
	"Qidong":          {orb.Point{121.657, 31.808}, orb.Point{121.661310055, 31.805939482}, orb.Point{121.667762715, 31.812144757}, 467.4},
	"Hai'an":          {orb.Point{120.468, 32.533}, orb.Point{120.472645137, 32.531069046}, orb.Point{120.479065266, 32.537406850}, 485.7},
	"Rudong offshore": {orb.Point{121.900, 32.600}, orb.Point{121.904222987, 32.597834922}, orb.Point{121.910641173, 32.604078634}, 463.1},
}

func TestPositionShifts(t *testing.T) {
	for name, tt := range shifted {
		t.Run(name, func(t *testing.T) {
			truth := geo.Position{Lon: tt.place[0], Lat: tt.place[1], Datum: geo.CGCS2000}
			gcj, err := truth.To(geo.GCJ02)
			if err != nil {
				t.Fatal(err)
			}
			if d := geo.Distance(gcj.Point(), tt.gcj); d > 0.02 {
				t.Errorf("GCJ-02 is %v, want %v: %.3f m away", gcj, tt.gcj, d)
			}
			if d := geo.Distance(gcj.Point(), truth.Point()); math.Abs(float64(d/tt.metres-1)) > 0.001 {
				t.Errorf("the shift is %.2f m, want about %.1f", d, tt.metres)
			}
			bd, err := gcj.To(geo.BD09)
			if err != nil {
				t.Fatal(err)
			}
			if d := geo.Distance(bd.Point(), tt.bd); d > 0.02 {
				t.Errorf("BD-09 is %v, want %v: %.3f m away", bd, tt.bd, d)
			}
			direct, err := truth.To(geo.BD09)
			if err != nil || direct != bd {
				t.Errorf("by one step %v, by two %v, %v", direct, bd, err)
			}
		})
	}
}

func TestPositionRoundTrip(t *testing.T) {
	datums := []geo.Datum{geo.CGCS2000, geo.WGS84, geo.GCJ02, geo.BD09}
	rapid.Check(t, func(t *rapid.T) {
		start := geo.Position{
			Lon:   rapid.Float64Range(73, 135).Draw(t, "lon"),
			Lat:   rapid.Float64Range(4, 53).Draw(t, "lat"),
			Datum: rapid.SampledFrom(datums).Draw(t, "from"),
		}
		there, err := start.To(rapid.SampledFrom(datums).Draw(t, "to"))
		if err != nil {
			t.Fatal(err)
		}
		back, err := there.To(start.Datum)
		if err != nil {
			t.Fatal(err)
		}
		if d := geo.Distance(start.Point(), back.Point()); d > 1e-8 {
			t.Errorf("%v came back as %v, %g m away", start, back, d)
		}
	})
}

func TestPositionCannotBeShiftedTwice(t *testing.T) {
	p := geo.Position{Lon: 120.894, Lat: 31.98, Datum: geo.WGS84}
	once, err := p.To(geo.GCJ02)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := once.To(geo.GCJ02)
	if err != nil || twice != once {
		t.Errorf("a second shift gave %v, %v, want %v", twice, err, once)
	}
}

func TestPositionRefuses(t *testing.T) {
	tests := map[string]struct {
		from geo.Position
		to   geo.Datum
		want string
	}{
		"from unknown":     {geo.Position{Lon: 120, Lat: 32, Datum: geo.Unknown}, geo.CGCS2000, "unknown"},
		"without a datum":  {geo.Position{Lon: 120, Lat: 32}, geo.CGCS2000, "unknown"},
		"to unknown":       {geo.Position{Lon: 120, Lat: 32, Datum: geo.WGS84}, geo.Unknown, "unknown"},
		"Xian 1980":        {geo.Position{Lon: 120, Lat: 32, Datum: geo.Xian1980}, geo.CGCS2000, "parameters"},
		"to Beijing 1954":  {geo.Position{Lon: 120, Lat: 32, Datum: geo.WGS84}, geo.Beijing1954, "parameters"},
		"a made-up datum":  {geo.Position{Lon: 120, Lat: 32, Datum: "Mars"}, geo.CGCS2000, "Mars"},
		"outside China":    {geo.Position{Lon: 12, Lat: 45, Datum: geo.GCJ02}, geo.CGCS2000, "outside"},
		"metres":           {geo.Position{Lon: 584524, Lat: 3539968, Datum: geo.CGCS2000}, geo.WGS84, "degrees"},
		"not a number":     {geo.Position{Lon: math.NaN(), Lat: 3, Datum: geo.CGCS2000}, geo.WGS84, "degrees"},
		"swapped ordinate": {geo.Position{Lon: 32, Lat: 120, Datum: geo.CGCS2000}, geo.WGS84, "degrees"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := tt.from.To(tt.to)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestDatumKnown(t *testing.T) {
	if !geo.Beijing1954.Known() || geo.Unknown.Known() || geo.Datum("").Known() || geo.Datum("wgs").Known() {
		t.Error("Known does not know the declared datums")
	}
}
