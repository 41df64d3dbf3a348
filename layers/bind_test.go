package layers_test

import (
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/cql2"
	"onemap/layers/fault"
)

// TestBind has what filters become; a message instead where they are refused.
func TestBind(t *testing.T) {
	v := poleView(t)
	for _, test := range []struct{ filter, key, message string }{
		{`kind = 'wood' AND wires >= 2`, `kind = 'wood' AND wires >= 2`, ""},
		{`wires >= 2 AND ('wood' = kind AND wires >= 2)`, `kind = 'wood' AND wires >= 2`, ""},
		{`3 < wires`, `wires > 3`, ""},
		{`wires IN (3, 1, 3)`, `wires IN (1, 3)`, ""},
		{`wires IN (1.5, 2)`, `wires = 1.5 OR wires = 2`, ""},
		{`height BETWEEN 1 AND 2`, `height <= 2 AND height >= 1`, ""},
		{`height > 2 * (3 + 1) - 1/0`, `height > NULL`, ""},
		{`CASEI(name) LIKE CASEI('%ÉCOLE%')`, `casei(name) LIKE '%école%'`, ""},
		{`lit AND NOT lit`, `NOT (lit = TRUE) AND lit = TRUE`, ""},
		{`valid_from > DATE('2020-01-01')`, `valid_from >= TIMESTAMP('2020-01-01T16:00:00Z')`, ""},
		{`valid_from = DATE('2020-01-01')`, `valid_from < TIMESTAMP('2020-01-01T16:00:00Z') AND valid_from >= TIMESTAMP('2019-12-31T16:00:00Z')`, ""},
		{`built < TIMESTAMP('2020-01-01T20:00:00Z')`, `built < DATE('2020-01-02')`, ""},
		{`built < valid_from`, `built < date(valid_from)`, ""},
		{`T_DURING(valid_from, INTERVAL('2020-01-01T00:00:00Z','..'))`, `valid_from = valid_from AND valid_from > TIMESTAMP('2020-01-01T00:00:00Z')`, ""},
		{`1 = 1 AND 'a' LIKE 'b%'`, `FALSE AND TRUE`, ""},
		{`S_CONTAINS(BBOX(120,31,121,32), geom)`, `s_within(geometry, POLYGON((120 31,121 31,121 32,120 32,120 31)))`, ""},
		{`S_INTERSECTS(geometry, BBOX(179,0,-179,1))`, `s_intersects(geometry, MULTIPOLYGON(((179 0,180 0,180 1,179 1,179 0)),((-180 0,-179 0,-179 1,-180 1,-180 0))))`, ""},
		{`geometry IS NULL`, `geometry IS NULL`, ""},

		{`nme = 'x'`, "", "did you mean name?"},
		{`owner = 'x'`, "", `no field "owner"`}, // a field that the reader may not see does not exist
		{`name = 'x' AND zzzzzzzz = 1`, "", "character 16"},
		{`kind = 'wod'`, "", "did you mean 'wood'?"},
		{`kind IN ('wood', 'brass')`, "", "character 18"},
		{`kind < 'wood'`, "", "no order"},
		{`wires = '3'`, "", "without quotes"},
		{`built > '2020-01-01'`, "", "DATE('2021-04-30')"},
		{`name = 3`, "", "can't be compared"},
		{`wires + name > 2`, "", "number must stand"},
		{`wires LIKE '3%'`, "", "for texts"},
		{`name`, "", "compare it"},
		{`lenght(name) > 3`, "", "did you mean length?"},
		{`length(wires) > 3`, "", "takes a text"},
		{`S_INTERSECTS(name, POINT(1 2))`, "", "geometry must stand"},
		{`S_INTERSECTS(geometry, POINT(31.9 120.6))`, "", "longitude and latitude"},
		{`S_WITHIN(geometry, POLYGON((0 0,2 2,2 0,0 2,0 0)))`, "", "cross at about 1.0"},
		{`S_DWITHIN(geometry, POINT(120 31), -5)`, "", "number of metres"},
		{`S_TOUCHES(geometry, GEOMETRYCOLLECTION(POINT(1 2)))`, "", "GEOMETRYCOLLECTION"},
		{`T_AFTER(wires, DATE('2020-01-01'))`, "", "day or time"},
		{`A_CONTAINS(kind, ('wood'))`, "", "takes lists"},
	} {
		p, err := layers.FilterCQL2(v, test.filter)
		if test.message != "" {
			_, field := fault.MessageOf(err)
			if err == nil || fault.CodeOf(err) != fault.Invalid || field != "filter" || !strings.Contains(err.Error(), test.message) {
				t.Errorf("%s: %v, want a word of %q", test.filter, err, test.message)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.filter, err)
			continue
		}
		if p.Key() != test.key {
			t.Errorf("%s: %s, want %s", test.filter, p.Key(), test.key)
		}
	}
}

// TestBindBringsPositionsHome gives the same point in other systems, in their axis orders.
func TestBindBringsPositionsHome(t *testing.T) {
	v := poleView(t)
	for _, code := range []int{4490, 4326, 3857, 4549} {
		crs, err := geo.EPSG(code)
		if err != nil {
			t.Fatal(err)
		}
		x, y, err := crs.FromLonLat(121, 32)
		if err != nil {
			t.Fatal(err)
		}
		if crs.Swapped() {
			x, y = y, x
		}
		r := row{at: geo.Circle(orb.Point{121, 32}, 0.01, 16)}
		for _, g := range []cql2.Node{
			&cql2.Geometry{Of: orb.Point{x, y}},
			&cql2.Geometry{Of: orb.Point{x, y}.Bound().Pad(1e-4)},
		} {
			n := &cql2.Call{Name: "s_intersects", Args: []cql2.Node{&cql2.Property{Name: "geom"}, g}}
			p, err := layers.BindCQL2(v, n, crs)
			if err != nil {
				t.Errorf("%s: %v", crs, err)
				continue
			}
			if p.Eval(r) != layers.True {
				t.Errorf("%s: %s is not there", crs, p.Key())
			}
		}
	}
}

// TestPlannersQuestions binds the examples of docs/filters.md to the layers they are about.
func TestPlannersQuestions(t *testing.T) {
	cat := builtin(t)
	for _, test := range []struct{ layer, filter string }{
		{"shelter", "status = 'open' AND accessible AND capacity >= 1000\n  AND S_DWITHIN(geometry, POINT(121.03 31.87), 3000)"},
		{"shelter", "occupancy > 0.9 * capacity"},
		{"shelter", "A_CONTAINS(hazards, ('flood', 'typhoon'))"},
		{"shelter", "name LIKE '%小学%' AND geometry IS NOT NULL AND address IS NULL"},
		{"hazard_zone", "hazard IN ('flood', 'storm_surge')"},
		{"supply_depot", "quantity(stock, 'tent') >= 2"},
		{"shelter", "T_DURING(recorded_at, INTERVAL('2021-04-01', '..')) AND recorded_at > TIMESTAMP('2021-04-30T12:00:00+08:00')"},
	} {
		v, err := cat.View(layers.Reader{Role: layers.RolePlanner}, test.layer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := layers.FilterCQL2(v, test.filter); err != nil {
			t.Errorf("%s: %s: %v", test.layer, test.filter, err)
		}
	}
	v, err := cat.View(layers.Reader{Role: layers.RolePlanner}, "shelter")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := layers.FilterCQL2(v, "accessible AND capcity > 3"); err == nil ||
		err.Error() != `filter: At character 16: The layer shelter has no field "capcity"; did you mean capacity?` {
		t.Errorf("a misspelt field: %v", err)
	}
}
