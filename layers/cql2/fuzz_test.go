package cql2_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/layers/cql2"
	"onemap/layers/fault"
)

// FuzzText reads any text: no panic, and what is accepted comes back from both encodings.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		`name = 'Otsu' AND (a > 1 OR NOT b IN (1, 2))`, `CASEI(x) LIKE casei('%é\_%')`, `d NOT BETWEEN -1 AND 2^-x`, `x IS NOT NULL`,
		`S_WITHIN(geom, POLYGON Z((0 0 1,1 0 1,1 1 1,0 0 1)))`, `s_intersects(g, GEOMETRYCOLLECTION(POINT(1 2),MULTIPOINT((1 2),3 4)))`,
		`S_DISJOINT(g, BBOX(1,2,3,4,5,6))`, `T_DURING(INTERVAL(a,'..'), INTERVAL('2017-06-10','2017-06-11T00:00:00Z'))`,
		`a_equals(ids, ('a', 1, [2, ()]))`, `f() = DATE('2020-01-01')`, `"a""b" <> 'c''d\'e'`, `-a + 7 div 2 % 3 < .5e3`, `x = '\\''`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := cql2.ParseText(s)
		if err != nil {
			expected(t, err)
			return
		}
		returns(t, n)
	})
}

// FuzzJSON does the same with any JSON.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"op":"and","args":[{"op":"=","args":[{"property":"a"},"x"]},true]}`, `{"op":"in","args":[{"property":"a"},[1,{"date":"2020-01-01"}]]}`,
		`{"op":"s_within","args":[{"property":"g"},{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}]}`,
		`{"op":"t_metBy","args":[{"interval":[{"property":"a"},".."]},{"timestamp":"2020-01-01T00:00:00.5+08:00"}]}`,
		`{"op":"a_containedBy","args":[["a",[1]],{"property":"b"}]}`, `{"op":"isNull","args":[{"bbox":[1,2,3,4]}]}`,
		`{"op":"s_touches","args":[{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2,3]}]},{"property":"g"}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		n, err := cql2.ParseJSON(s)
		if err != nil {
			expected(t, err)
			return
		}
		returns(t, n)
	})
}

func expected(t *testing.T, err error) {
	t.Helper()
	if code := fault.CodeOf(err); code != fault.Invalid && code != fault.TooLarge {
		t.Fatal(err)
	}
}

// returns writes a tree and reads it again; a form may be over the limit of length.
func returns(t *testing.T, n cql2.Node) {
	t.Helper()
	if text := cql2.FormatText(n); len(text) <= cql2.MaxLength {
		again, err := cql2.ParseText(text)
		if diff := cmp.Diff(n, again, same); err != nil || diff != "" {
			t.Fatalf("%q: %v %s", text, err, diff)
		}
	}
	if bytes := cql2.FormatJSON(n); len(bytes) <= cql2.MaxLength {
		again, err := cql2.ParseJSON(bytes)
		if diff := cmp.Diff(n, again, same); err != nil || diff != "" {
			t.Fatalf("%s: %v %s", bytes, err, diff)
		}
	}
}
