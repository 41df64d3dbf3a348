package sample_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"

	"onemap/data/sample"
	"onemap/layers"
)

// units returns the outlines of today's statutory units by code.
func units(t *testing.T, p *sample.Plan) map[string]layers.Record {
	t.Helper()
	out := map[string]layers.Record{}
	for _, r := range records(t, p, "admin_unit") {
		if r.Values["abolished"] == nil {
			out[r.Values["code"].(string)] = r
		}
	}
	return out
}

// Units of a level part their district without gap or overlap: areas add up, and each
// piece of a village's outline is met by a neighbour's or lies on the city's.
func TestUnitsCover(t *testing.T) {
	for seed, o := range map[uint64]sample.Options{1: whole, 2: {Seed: 2, Buildings: 40_000}} {
		all := units(t, plan(t, o))
		sums := map[string]float64{}
		type side [2]orb.Point
		sides := map[side]int{}
		add := func(g orb.Geometry, by int) {
			for _, polygon := range g.(orb.MultiPolygon) {
				for _, ring := range polygon {
					for k := 1; k < len(ring); k++ {
						if by > 0 {
							sides[side{ring[k-1], ring[k]}]++
						} else {
							sides[side{ring[k], ring[k-1]}]++
						}
					}
				}
			}
		}
		for code, r := range all {
			if r.Values["kind"] != "statutory" || code[:4] != "3206" {
				continue
			}
			area := geo.Area(r.Geometry)
			if area <= 0 {
				t.Errorf("%s has no area", code)
			}
			if len(code) > 6 {
				sums[code[:6]+r.Values["level"].(string)] += area
			}
			switch r.Values["level"] {
			case "village":
				add(r.Geometry, 1)
			case "prefecture":
				add(r.Geometry, -1)
			}
		}
		for s, n := range sides {
			if n != 1 || sides[side{s[1], s[0]}] != 1 {
				t.Fatalf("seed %d: the side %v is drawn %d and %d times", seed, s, n, sides[side{s[1], s[0]}])
			}
		}
		for _, d := range []string{"320612", "320613", "320614", "320623", "320681", "320682", "320685"} {
			want := geo.Area(all[d].Geometry)
			for _, level := range []string{"township", "village"} {
				if got := sums[d+level]; math.Abs(got/want-1) > 1e-9 {
					t.Errorf("seed %d: the %ss of %s have %.1f m² of %.1f", seed, level, d, got, want)
				}
			}
		}
	}
}

// Exclaves lie apart, on Chongming.
func TestExclaves(t *testing.T) {
	all := units(t, plan(t, whole))
	for code, town := range map[string]string{"320614": "320614102", "320681": "320681404"} {
		middle := all[town].Geometry.Bound().Center()
		parts := all[code].Geometry.(orb.MultiPolygon)
		if len(parts) < 2 || all[code].Values["exclaves"] != int64(1) {
			t.Errorf("%s has %d parts", code, len(parts))
		}
		if planar.PolygonContains(parts[0], middle) {
			t.Errorf("%s lies in the mainland", town)
		}
	}
}

// Every placed record on land lies in the unit that its code names, turbines and what
// stands with them at sea lie outside all.
func TestPointsLieInTheirUnits(t *testing.T) {
	p := plan(t, whole)
	all := units(t, p)
	c := catalogue(t)
	for _, id := range p.Layers() {
		l := c.Layer(id)
		if id == "offshore_turbine" {
			for _, r := range records(t, p, id) {
				if planar.MultiPolygonContains(all["320600"].Geometry.(orb.MultiPolygon), point(r)) {
					t.Errorf("the turbine %s stands on land", r.SourceID)
				}
			}
			continue
		}
		if l.Geometry != layers.Point && id != "building" {
			continue
		}
		bad := 0
		for _, r := range records(t, p, id) {
			if r.Geometry == nil || id == "sensor" && r.Values["department"] == "maritime" {
				continue
			}
			code := r.Values[l.Area].(string)
			corners := []orb.Point{}
			switch g := r.Geometry.(type) {
			case orb.Point:
				corners = append(corners, g)
			case orb.Polygon:
				corners = append(corners, g[0]...)
			}
			for _, q := range corners {
				if id == "building" && r.Values["use"] == "industry" && len(code) == 12 { // a hall may stand across a village border
					code = code[:6]
				}
				if !planar.MultiPolygonContains(all[code].Geometry.(orb.MultiPolygon), q) {
					bad++
					if bad < 4 {
						t.Errorf("%s %s does not lie in %s", id, r.SourceID, code)
					}
				}
			}
		}
		if bad > 0 {
			t.Errorf("%s: %d points outside their unit", id, bad)
		}
	}
}
