package cql2_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"onemap/layers/cql2"
	"onemap/layers/fault"
)

// same ignores where nodes stand.
var same = cmp.Options{cmpopts.IgnoreTypes(cql2.At{}), cmpopts.EquateEmpty()}

// TestForms has each construct of the grammar in text as people write it, in canonical
// text, and in JSON.
func TestForms(t *testing.T) {
	for _, test := range []struct{ text, canonical, json string }{
		{`name='Otsu'`, `name = 'Otsu'`, `{"op":"=","args":[{"property":"name"},"Otsu"]}`},
		{`"name" <> 'it''s' and Capacity>=1.50e2`, `(name <> 'it''s') AND (Capacity >= 150)`, `{"op":"and","args":[{"op":"<>","args":[{"property":"name"},"it's"]},{"op":">=","args":[{"property":"Capacity"},150]}]}`},
		{`a=1 or b=2 and not c=3`, `(a = 1) OR ((b = 2) AND (NOT (c = 3)))`, `{"op":"or","args":[{"op":"=","args":[{"property":"a"},1]},{"op":"and","args":[{"op":"=","args":[{"property":"b"},2]},{"op":"not","args":[{"op":"=","args":[{"property":"c"},3]}]}]}]}`},
		{`a=1 AND b=2 AND c=3`, `(a = 1) AND (b = 2) AND (c = 3)`, `{"op":"and","args":[{"op":"=","args":[{"property":"a"},1]},{"op":"=","args":[{"property":"b"},2]},{"op":"=","args":[{"property":"c"},3]}]}`},
		{`(a=1 or b=2) and open`, `((a = 1) OR (b = 2)) AND open`, `{"op":"and","args":[{"op":"or","args":[{"op":"=","args":[{"property":"a"},1]},{"op":"=","args":[{"property":"b"},2]}]},{"property":"open"}]}`},
		{`swimming_pool = true`, `swimming_pool = TRUE`, `{"op":"=","args":[{"property":"swimming_pool"},true]}`},
		{`name LIKE 'B_r%'`, `name LIKE 'B_r%'`, `{"op":"like","args":[{"property":"name"},"B_r%"]}`},
		{`name not like '\%x'`, `NOT (name LIKE '\%x')`, `{"op":"not","args":[{"op":"like","args":[{"property":"name"},"\\%x"]}]}`},
		{`CASEI(road) LIKE casei('Straße%')`, `CASEI(road) LIKE CASEI('Straße%')`, `{"op":"like","args":[{"op":"casei","args":[{"property":"road"}]},{"op":"casei","args":["Straße%"]}]}`},
		{`casei(accenti(état)) = casei(accenti('Débárquér'))`, `CASEI(ACCENTI(état)) = CASEI(ACCENTI('Débárquér'))`, `{"op":"=","args":[{"op":"casei","args":[{"op":"accenti","args":[{"property":"état"}]}]},{"op":"casei","args":[{"op":"accenti","args":["Débárquér"]}]}]}`},
		{`depth between 100.0 and 150.0`, `depth BETWEEN 100 AND 150`, `{"op":"between","args":[{"property":"depth"},100,150]}`},
		{`depth not between -1 and +1`, `NOT (depth BETWEEN -1 AND 1)`, `{"op":"not","args":[{"op":"between","args":[{"property":"depth"},-1,1]}]}`},
		{`kind IN ('a','b')`, `kind IN ('a', 'b')`, `{"op":"in","args":[{"property":"kind"},["a","b"]]}`},
		{`kind not in (1)`, `NOT (kind IN (1))`, `{"op":"not","args":[{"op":"in","args":[{"property":"kind"},[1]]}]}`},
		{`geometry IS NOT NULL`, `NOT (geometry IS NULL)`, `{"op":"not","args":[{"op":"isNull","args":[{"property":"geometry"}]}]}`},
		{`(a > 1) is null`, `(a > 1) IS NULL`, `{"op":"isNull","args":[{"op":">","args":[{"property":"a"},1]}]}`},
		{`S_INTERSECTS(geom,POINT(36.3 32.2))`, `S_INTERSECTS(geom, POINT(36.3 32.2))`, `{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":[36.3,32.2]}]}`},
		{`s_disjoint(geom, bbox(-118,33.8,-117.9,34))`, `S_DISJOINT(geom, BBOX(-118, 33.8, -117.9, 34))`, `{"op":"s_disjoint","args":[{"property":"geom"},{"bbox":[-118,33.8,-117.9,34]}]}`},
		{`S_CROSSES(geom, LINESTRING(1 2 0, 3 4 9))`, `S_CROSSES(geom, LINESTRING(1 2,3 4))`, `{"op":"s_crosses","args":[{"property":"geom"},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}`},
		{`S_WITHIN(geom, POLYGON Z ((0 0 1, 9 0 1, 9 9 1, 0 0 1), (1 .5 0,2 .5 0,2 1 0,1 .5 0)))`, `S_WITHIN(geom, POLYGON((0 0,9 0,9 9,0 0),(1 0.5,2 0.5,2 1,1 0.5)))`, `{"op":"s_within","args":[{"property":"geom"},{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]],[[1,0.5],[2,0.5],[2,1],[1,0.5]]]}]}`},
		{`S_EQUALS(geom, MULTIPOINT((1 2),(3 4)))`, `S_EQUALS(geom, MULTIPOINT((1 2),(3 4)))`, `{"op":"s_equals","args":[{"property":"geom"},{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}]}`},
		{`S_TOUCHES(geom, MULTILINESTRING((1 2,3 4),(5 6,7 8)))`, `S_TOUCHES(geom, MULTILINESTRING((1 2,3 4),(5 6,7 8)))`, `{"op":"s_touches","args":[{"property":"geom"},{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}]}`},
		{`S_OVERLAPS(MULTIPOLYGON(((0 0,1 0,1 1,0 0))), geom)`, `S_OVERLAPS(MULTIPOLYGON(((0 0,1 0,1 1,0 0))), geom)`, `{"op":"s_overlaps","args":[{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]},{"property":"geom"}]}`},
		{`S_CONTAINS(geom, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4)))`, `S_CONTAINS(geom, GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4)))`, `{"op":"s_contains","args":[{"property":"geom"},{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}]}`},
		{`updated >= date('2012-08-10')`, `updated >= DATE('2012-08-10')`, `{"op":">=","args":[{"property":"updated"},{"date":"2012-08-10"}]}`},
		{`T_AFTER(updated, TIMESTAMP('2012-08-10T05:30:00+08:00'))`, `T_AFTER(updated, TIMESTAMP('2012-08-09T21:30:00Z'))`, `{"op":"t_after","args":[{"property":"updated"},{"timestamp":"2012-08-09T21:30:00Z"}]}`},
		{`T_FINISHEDBY(INTERVAL(start, 'stop'), x)`, "", ""},
		{`T_FINISHEDBY(interval(start, '..'), INTERVAL('2017-06-10','2017-06-11T00:00:00.5Z'))`, `T_FINISHEDBY(INTERVAL(start, '..'), INTERVAL('2017-06-10', '2017-06-11T00:00:00.5Z'))`, `{"op":"t_finishedBy","args":[{"interval":[{"property":"start"},".."]},{"interval":["2017-06-10","2017-06-11T00:00:00.5Z"]}]}`},
		{`A_CONTAINEDBY(layer:ids, ['a','b'])`, `A_CONTAINEDBY(layer:ids, ('a', 'b'))`, `{"op":"a_containedBy","args":[{"property":"layer:ids"},["a","b"]]}`},
		{`a_overlaps(('a'), ids)`, `A_OVERLAPS(('a'), ids)`, `{"op":"a_overlaps","args":[["a"],{"property":"ids"}]}`},
		{`a_equals(ids, ())`, `A_EQUALS(ids, ())`, `{"op":"a_equals","args":[{"property":"ids"},[]]}`},
		{`a_contains(ids, (('a'), 1, DATE('2020-01-01')))`, "", ""},
		{`a + b*2 > c/4 - 1`, `(a + (b * 2)) > ((c / 4) - 1)`, `{"op":">","args":[{"op":"+","args":[{"property":"a"},{"op":"*","args":[{"property":"b"},2]}]},{"op":"-","args":[{"op":"/","args":[{"property":"c"},4]},1]}]}`},
		{`a-b-c = 7 div 2 % 3`, `((a - b) - c) = ((7 DIV 2) % 3)`, `{"op":"=","args":[{"op":"-","args":[{"op":"-","args":[{"property":"a"},{"property":"b"}]},{"property":"c"}]},{"op":"%","args":[{"op":"div","args":[7,2]},3]}]}`},
		{`-a = 2^-b^2`, `(-1 * a) = (2 ^ ((-1 * b) ^ 2))`, `{"op":"=","args":[{"op":"*","args":[-1,{"property":"a"}]},{"op":"^","args":[2,{"op":"^","args":[{"op":"*","args":[-1,{"property":"b"}]},2]}]}]}`},
		{`height > (clearance-1)`, `height > (clearance - 1)`, `{"op":">","args":[{"property":"height"},{"op":"-","args":[{"property":"clearance"},1]}]}`},
		{`avg(wind) < 4 AND within_km(geom, POINT(1 2), 3.5)`, `(AVG(wind) < 4) AND WITHIN_KM(geom, POINT(1 2), 3.5)`, `{"op":"and","args":[{"op":"<","args":[{"op":"avg","args":[{"property":"wind"}]},4]},{"op":"within_km","args":[{"property":"geom"},{"type":"Point","coordinates":[1,2]},3.5]}]}`},
		{`"div" = 1 AND "a b" = 'x' AND 名称 = '化工'`, `("div" = 1) AND ("a b" = 'x') AND (名称 = '化工')`, `{"op":"and","args":[{"op":"=","args":[{"property":"div"},1]},{"op":"=","args":[{"property":"a b"},"x"]},{"op":"=","args":[{"property":"名称"},"化工"]}]}`},
		{`date = DATE('2020-01-01') AND point IS NULL`, `("date" = DATE('2020-01-01')) AND ("point" IS NULL)`, `{"op":"and","args":[{"op":"=","args":[{"property":"date"},{"date":"2020-01-01"}]},{"op":"isNull","args":[{"property":"point"}]}]}`},
		{`a = 'x\'y'`, `a = 'x''y'`, `{"op":"=","args":[{"property":"a"},"x'y"]}`},
		{`a = '\\''`, `a = '\\''`, `{"op":"=","args":[{"property":"a"},"\\'"]}`},
		{`true`, `TRUE`, `true`},
	} {
		n, err := cql2.ParseText(test.text)
		if test.canonical == "" {
			if (err == nil) != strings.HasPrefix(test.text, "a_contains") {
				t.Errorf("%s: %v", test.text, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if got := cql2.FormatText(n); got != test.canonical {
			t.Errorf("%s: text %s, want %s", test.text, got, test.canonical)
		}
		if diff := jsonDiff(t, cql2.FormatJSON(n), []byte(test.json)); diff != "" {
			t.Errorf("%s: JSON (-got +want) %s", test.text, diff)
		}
		again, err := cql2.ParseText(test.canonical)
		if diff := cmp.Diff(n, again, same); err != nil || diff != "" {
			t.Errorf("%s: canonical text: %v %s", test.text, err, diff)
		}
		again, err = cql2.ParseJSON([]byte(test.json))
		if diff := cmp.Diff(n, again, same); err != nil || diff != "" {
			t.Errorf("%s: from JSON: %v %s", test.text, err, diff)
		}
	}
}

func jsonDiff(t *testing.T, a, b []byte) string {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return cmp.Diff(x, y)
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct{ src, message string }{
		{``, "empty"},
		{`name`, ""},
		{`name =`, "ends here"},
		{`name = 'x`, "not closed"},
		{`name = 'x' AND`, "ends here"},
		{`name = 'x' y = 2`, "AND, OR or the end"},
		{`name == 'x'`, "character 7"},
		{`name 'x'`, "character 6"},
		{`a = 1 AND (b = 2`, "ends here"},
		{`名称 = § 1`, "character 6"},
		{`a IS 3`, "null"},
		{`a NOT = 3`, "LIKE, BETWEEN or IN"},
		{`a IN ()`, "no values"},
		{`a IN 'x'`, "list in parentheses"},
		{`a LIKE b`, "pattern in quotes"},
		{`a LIKE 3`, "pattern in quotes"},
		{`a BETWEEN 1`, "ends here"},
		{`'x'`, "condition"},
		{`a + 1`, "condition"},
		{`a AND 5`, "condition"},
		{`(a = 1) = (b = 2)`, "not a condition"},
		{`a = POINT(1 2)`, "S_INTERSECTS"},
		{`a = INTERVAL('..','..')`, "T_DURING"},
		{`a = ('x','y')`, "A_CONTAINS"},
		{`a + 'x' = 1`, "number"},
		{`a = DATE('2020-13-01')`, "2020-13-01"},
		{`a = DATE('2020-01-01T00:00:00Z')`, "DATE takes a day"},
		{`a = TIMESTAMP('2020-01-01')`, "TIMESTAMP a time"},
		{`a = DATE(5)`, "day or time in quotes"},
		{`T_AFTER(a, INTERVAL('2021-01-01','2020-01-01'))`, "ends before"},
		{`T_AFTER(a, INTERVAL(1,2))`, "An interval is"},
		{`S_INTERSECTS(geom)`, "2 arguments"},
		{`CASEI(a, b) = 'x'`, "1 arguments"},
		{`S_INTERSECTS(geom, POINT(1))`, "number"},
		{`S_INTERSECTS(geom, POINT(1 2, 3 4))`, "one position"},
		{`S_INTERSECTS(geom, POINT EMPTY)`, "empty"},
		{`S_INTERSECTS(geom, LINESTRING(1 2, 1 2))`, "two different"},
		{`S_INTERSECTS(geom, POLYGON((0 0, 1 0, 1 1, 0 1)))`, "first again"},
		{`S_INTERSECTS(geom, BBOX(1,2,3))`, "four numbers"},
		{`S_INTERSECTS(geom, POINT(a b))`, "a number"},
		{`a = 1e999`, "too large"},
		{`"" = 1`, "has a name"},
		{"a = '\x00'", "NUL"},
		{"a = '\xff'", "UTF-8"},
		{strings.Repeat("(", 100000), "bytes"},
		{strings.Repeat("(", 60000), "nested"},
		{strings.Repeat("NOT ", 10000) + "a", "nested"},
		{"a = " + strings.Repeat("b+", 20000) + "1", "in a row"},
		{"a = " + strings.Repeat("2^", 20000) + "1", "nested"},
		{strings.Repeat("a_equals(", 5000), "nested"},
		{"a IN (" + strings.Repeat("1,", 20000) + "1)", "parts"},
		{"S_WITHIN(g,MULTIPOINT(" + strings.Repeat("1 1,", 15000) + "1 1))", "vertices"},
	} {
		_, err := cql2.ParseText(test.src)
		refused(t, test.src, err, test.message)
	}
	for _, test := range []struct{ src, message string }{
		{``, "no JSON"},
		{`{"op":`, "no JSON"},
		{`{"op":"=","args":[1,1e999]}`, "no JSON"},
		{`true true`, "follows"},
		{`null`, "isNull"},
		{`{}`, "An object has one of"},
		{`{"op":"and","args":[true]}`, "two conditions"},
		{`{"op":"=","args":[{"property":"a"}]}`, "two arguments"},
		{`{"op":"=","args":[{"property":"a"},null]}`, "/args/1"},
		{`{"op":"in","args":[{"property":"a"},3]}`, "array"},
		{`{"op":"=","arguments":[]}`, "arguments"},
		{`{"op":7,"args":[]}`, "op is the name"},
		{`{"op":"a b","args":[]}`, "no operator"},
		{`{"property":""}`, "name of a property"},
		{`{"op":"=","args":[{"property":"a"},"x\\"]}`, "backslash"},
		{`{"op":"=","args":[{"date":"2020-01-01T00:00:00Z"},1]}`, "date is a day"},
		{`{"op":"t_after","args":[{"property":"a"},{"interval":["2020-01-01"]}]}`, "array of two"},
		{`{"op":"s_within","args":[{"property":"a"},{"type":"Point","coordinates":[1]}]}`, "/args/1/coordinates"},
		{`{"op":"s_within","args":[{"property":"a"},{"type":"Circle"}]}`, "type is"},
		{`{"op":"s_within","args":[{"property":"a"},{"bbox":[1,2,3,"x"]}]}`, "numbers"},
		{strings.Repeat("[", 20000), "JSON"},
		{strings.Repeat(`{"op":"not","args":[`, 1000) + "true" + strings.Repeat("]}", 1000), "nested"},
		{strings.Repeat(`[`, 9000) + strings.Repeat("]", 9000), "nested"},
	} {
		_, err := cql2.ParseJSON([]byte(test.src))
		refused(t, test.src, err, test.message)
	}
}

func refused(t *testing.T, src string, err error, message string) {
	t.Helper()
	if message == "" {
		if err != nil {
			t.Errorf("%.60s: %v", src, err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), message) {
		t.Errorf("%.60s: %v, want a word of %q", src, err, message)
		return
	}
	if code := fault.CodeOf(err); code != fault.Invalid && code != fault.TooLarge {
		t.Errorf("%.60s: code %s", src, code)
	}
	if _, field := fault.MessageOf(err); field != cql2.Field {
		t.Errorf("%.60s: field %s", src, field)
	}
	if len(err.Error()) > 400 {
		t.Errorf("%.60s: a message of %d bytes", src, len(err.Error()))
	}
}

// TestRandomTrees writes random trees in both encodings and reads them again.
func TestRandomTrees(t *testing.T) {
	g := grower{rand.New(rand.NewPCG(3, 4))}
	for range 5000 {
		n := g.condition(4)
		text := cql2.FormatText(n)
		a, err := cql2.ParseText(text)
		if diff := cmp.Diff(n, a, same); err != nil || diff != "" {
			t.Fatalf("%s: %v %s", text, err, diff)
		}
		bytes := cql2.FormatJSON(a)
		b, err := cql2.ParseJSON(bytes)
		if diff := cmp.Diff(n, b, same); err != nil || diff != "" {
			t.Fatalf("%s: %v %s", bytes, err, diff)
		}
		if again := cql2.FormatText(b); again != text {
			t.Fatalf("%s became %s", text, again)
		}
	}
}

// grower makes random trees.
type grower struct{ *rand.Rand }

func (g grower) of(words ...string) string { return words[g.IntN(len(words))] }

func (g grower) some(least, most int, make func() cql2.Node) []cql2.Node {
	out := []cql2.Node{}
	for range least + g.IntN(most-least+1) {
		out = append(out, make())
	}
	return out
}

func (g grower) condition(depth int) cql2.Node {
	within := func() cql2.Node { return g.condition(depth - 1) }
	value := func() cql2.Node { return g.value(depth - 1) }
	if depth == 0 {
		return &cql2.Boolean{Value: g.IntN(2) == 0}
	}
	switch g.IntN(11) {
	case 0:
		return &cql2.Logic{Op: g.of("and", "or"), Args: g.some(2, 4, within)}
	case 1:
		return &cql2.Logic{Op: "not", Args: []cql2.Node{within()}}
	case 2:
		return &cql2.Like{Of: value(), Pattern: &cql2.Call{Name: "casei", Args: []cql2.Node{g.text()}}}
	case 3:
		return &cql2.Between{Of: value(), Low: value(), High: value()}
	case 4:
		return &cql2.InList{Of: value(), List: g.some(1, 3, value)}
	case 5:
		return &cql2.IsNull{Of: g.operand(depth - 1)}
	case 6:
		return &cql2.Call{Name: g.of("s_intersects", "s_touches"), Args: []cql2.Node{&cql2.Geometry{Of: g.geometry(2)}, g.property()}}
	case 7:
		return &cql2.Call{Name: g.of("t_finishedby", "t_during"), Args: []cql2.Node{g.interval(), g.property()}}
	case 8:
		return &cql2.Call{Name: g.of("a_containedby", "a_equals"), Args: []cql2.Node{g.array(depth), g.property()}}
	case 9:
		return &cql2.Call{Name: g.of("f", "x.y:z_1"), Args: g.some(0, 3, func() cql2.Node { return g.operand(depth - 1) })}
	}
	return &cql2.Comparison{Op: g.of("=", "<>", "<", "<=", ">", ">="), Left: value(), Right: value()}
}

func (g grower) operand(depth int) cql2.Node {
	switch g.IntN(5) {
	case 0:
		return &cql2.Geometry{Of: g.geometry(2)}
	case 1:
		return g.interval()
	case 2:
		return g.array(depth)
	case 3:
		return g.condition(max(depth-1, 0))
	}
	return g.value(depth)
}

func (g grower) array(depth int) cql2.Node {
	return &cql2.Array{Items: g.some(0, 3, func() cql2.Node {
		if depth > 0 && g.IntN(4) == 0 {
			return g.array(depth - 1)
		}
		return g.value(max(depth-1, 0))
	})}
}

func (g grower) value(depth int) cql2.Node {
	switch g.IntN(7) {
	case 0:
		return g.text()
	case 1:
		return &cql2.Boolean{Value: g.IntN(2) == 0}
	case 2:
		return g.moment()
	case 3:
		return g.number(depth)
	case 4:
		if depth > 0 {
			return &cql2.Call{Name: g.of("casei", "accenti"), Args: []cql2.Node{g.value(depth - 1)}}
		}
	}
	return g.property()
}

func (g grower) number(depth int) cql2.Node {
	if depth > 0 && g.IntN(2) == 0 {
		return &cql2.Arith{Op: g.of("+", "-", "*", "/", "%", "div", "^"), Left: g.number(depth - 1), Right: g.number(depth - 1)}
	}
	switch g.IntN(3) {
	case 0:
		return g.property()
	case 1:
		return &cql2.Number{Value: float64(g.IntN(20) - 10)}
	}
	return &cql2.Number{Value: g.NormFloat64() * 1e10}
}

func (g grower) property() cql2.Node {
	return &cql2.Property{Name: g.of("a", "名称", "layer:ids", "x.y", "and", "point", "with space", `q"q`, "1st", "é-", "date", "z", "empty")}
}

func (g grower) text() cql2.Node {
	s := ""
	for range g.IntN(6) {
		s += g.of("a", "'", `\`, "%", "化", " ", `"`, "\n", "ß")
	}
	return &cql2.Text{Value: strings.TrimRight(s, `\`)}
}

func (g grower) moment() cql2.Node {
	at := time.Date(1900+g.IntN(200), 1, 1+g.IntN(365), 0, 0, 0, 0, time.UTC)
	if g.IntN(2) == 0 {
		return &cql2.Date{Value: at}
	}
	return &cql2.Timestamp{Value: at.Add(time.Duration(g.Int64N(86400e9)))}
}

func (g grower) interval() cql2.Node {
	ends := []cql2.Node{&cql2.Open{}, g.property(), &cql2.Date{Value: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}}
	return &cql2.Interval{From: ends[g.IntN(3)], To: ends[g.IntN(3)]}
}

func (g grower) geometry(depth int) orb.Geometry {
	point := func() orb.Point { return orb.Point{g.Float64()*360 - 180, float64(g.IntN(90))} }
	line := func() orb.LineString { return orb.LineString{point(), point(), point()} }
	area := func() orb.Polygon {
		p := point()
		return orb.Polygon{{p, point(), point(), p}}
	}
	switch g.IntN(8) {
	case 0:
		return orb.MultiPoint{point(), point()}
	case 1:
		return line()
	case 2:
		return orb.MultiLineString{line(), line()}
	case 3:
		return area()
	case 4:
		return orb.MultiPolygon{area(), area()}
	case 5:
		return orb.Bound{Min: point(), Max: point()}
	case 6:
		if depth > 0 {
			if inner := g.geometry(depth - 1); inner.GeoJSONType() != "Polygon" {
				return orb.Collection{point(), inner} // a box stands in no collection
			}
		}
	}
	return point()
}
