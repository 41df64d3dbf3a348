package mvt_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"

	"onemap/tiles/mvt"
)

// fixtures is where the public test tiles lie (npm's @mapbox/mvt-fixtures, CC0), beside
// the repository. Without them the tests that read them are skipped.
const fixtures = "../../../shared/realdata/mvt-fixtures"

// undecided are the valid fixtures of which the specification leaves open how they are read.
var undecided = map[string]string{
	"016": "a geometry of unknown type",
	"039": "a geometry of unknown type",
	"049": "a line that leaves the integers",
	"050": "a line that leaves the integers",
	"057": "a command with more vertices announced than there are",
}

// tileJSON is a tile as its fixture spells it out.
type tileJSON struct {
	Layers []struct {
		Version  uint32
		Name     string
		Extent   uint32
		Keys     []string
		Values   []map[string]any
		Features []struct {
			ID       uint64
			Tags     []int
			Type     mvt.GeomType
			Geometry []uint32
		}
	}
}

// record is a feature as a reader has it: its vertices part by part, rings without their
// first vertex at the end again.
type record struct {
	layer      string
	extent     uint32
	id         uint64
	kind       mvt.GeomType
	parts      [][]mvt.Vertex
	properties map[string]any
}

// commands follows a geometry's commands (MVT 2.1, 4.3) to its parts.
func commands(kind mvt.GeomType, numbers []uint32) (parts [][]mvt.Vertex) {
	var at mvt.Vertex
	unzigzag := func(n uint32) int32 { return int32(n>>1) ^ -int32(n&1) }
	for len(numbers) > 0 {
		command, count := numbers[0]&7, int(numbers[0]>>3)
		numbers = numbers[1:]
		if command == 7 {
			continue
		}
		for range count {
			at.X, at.Y = at.X+unzigzag(numbers[0]), at.Y+unzigzag(numbers[1])
			numbers = numbers[2:]
			if command == 1 && (kind != mvt.Point || len(parts) == 0) {
				parts = append(parts, nil)
			}
			parts[len(parts)-1] = append(parts[len(parts)-1], at)
		}
	}
	return parts
}

// spelled lists the features of a fixture.
func spelled(t *testing.T, file string) (list []record) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var tile tileJSON
	if err := json.Unmarshal(text, &tile); err != nil {
		t.Fatal(err)
	}
	list = []record{}
	for _, l := range tile.Layers {
		for _, f := range l.Features {
			r := record{l.Name, cmp.Or(l.Extent, 4096), f.ID, f.Type, commands(f.Type, f.Geometry), map[string]any{}}
			for i := 0; i < len(f.Tags); i += 2 {
				for kind, value := range l.Values[f.Tags[i+1]] {
					if n, ok := value.(float64); ok {
						switch kind {
						case "float_value":
							value = float64(float32(n))
						case "string_value": // 076: JSON says less than the tile
							value = fmt.Sprint(n)
						}
					}
					r.properties[l.Keys[f.Tags[i]]] = value
				}
			}
			list = append(list, r)
		}
	}
	return list
}

// read lists the features of a tile as the reader has them.
func read(body []byte) (list []record, err error) {
	list = []record{}
	parsed, err := orbmvt.Unmarshal(body)
	for _, l := range parsed {
		for _, f := range l.Features {
			r := record{layer: l.Name, extent: l.Extent, properties: map[string]any{}}
			maps.Copy(r.properties, f.Properties)
			if id, ok := f.ID.(float64); ok {
				r.id = uint64(id)
			}
			r.kind, r.parts = partsOf(f.Geometry)
			list = append(list, r)
		}
	}
	return list, err
}

func partsOf(g orb.Geometry) (kind mvt.GeomType, parts [][]mvt.Vertex) {
	add := func(points []orb.Point) {
		part := make([]mvt.Vertex, len(points))
		for i, p := range points {
			part[i] = mvt.Vertex{X: int32(p[0]), Y: int32(p[1])}
		}
		parts = append(parts, part)
	}
	rings := func(p orb.Polygon) {
		for _, ring := range p {
			add(ring[:len(ring)-1])
		}
	}
	switch g := g.(type) {
	case orb.Point:
		add([]orb.Point{g})
		return mvt.Point, parts
	case orb.MultiPoint:
		add(g)
		return mvt.Point, parts
	case orb.LineString:
		add(g)
		return mvt.LineString, parts
	case orb.MultiLineString:
		for _, line := range g {
			add(line)
		}
		return mvt.LineString, parts
	case orb.Polygon:
		rings(g)
	case orb.MultiPolygon:
		for _, p := range g {
			rings(p)
		}
	}
	return mvt.Polygon, parts
}

// single leaves out the features of several points: Writer makes none.
func single(list []record) []record {
	return slices.DeleteFunc(list, func(r record) bool { return r.kind == mvt.Point && len(r.parts[0]) > 1 })
}

// written makes a tile of features, each run of one layer's as a layer.
func written(list []record) (body []byte) {
	var w mvt.Writer
	for i, r := range list {
		if i == 0 || list[i-1].layer != r.layer {
			body = w.AppendTo(body)
			w.Reset(r.layer, r.extent)
		}
		w.Begin(r.id)
		for _, name := range slices.Sorted(maps.Keys(r.properties)) {
			w.Tag(w.Key(name), w.Value(message(r.properties[name])))
		}
		for _, part := range r.parts {
			switch r.kind {
			case mvt.Point:
				w.Point(part[0])
			case mvt.LineString:
				w.Line(part)
			case mvt.Polygon:
				w.Ring(part)
			}
		}
		w.End(r.kind)
	}
	return w.AppendTo(body)
}

func message(value any) []byte {
	switch v := value.(type) {
	case bool:
		return mvt.AppendBool(nil, v)
	case float64:
		if v == float64(int64(v)) {
			return mvt.AppendInteger(nil, int64(v))
		}
		return mvt.AppendNumber(nil, v)
	}
	return mvt.AppendText(nil, fmt.Sprint(value))
}

// TestFixtures holds the reader that tests use against tiles that others wrote and spelled
// out, and then against the same features written by Writer.
func TestFixtures(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixtures, "fixtures", "*", "info.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the public test tiles are not here")
	}
	seen := 0
	for _, file := range files {
		dir := filepath.Dir(file)
		if !valid(t, file) || undecided[filepath.Base(dir)] != "" {
			continue
		}
		seen++
		t.Run(filepath.Base(dir), func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, "tile.mvt"))
			if err != nil {
				t.Fatal(err)
			}
			want := spelled(t, filepath.Join(dir, "tile.json"))
			got, err := read(body)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("read as\n%v, %v\nspelled\n%v", got, err, want)
			}
			want = single(want)
			if again, err := read(written(want)); err != nil || !reflect.DeepEqual(again, want) {
				t.Errorf("written and read as\n%v, %v\nspelled\n%v", again, err, want)
			}
		})
	}
	if seen < 30 {
		t.Errorf("only %d valid fixtures", seen)
	}
}

// valid reports whether a fixture is valid by version 2 of the specification.
func valid(t *testing.T, file string) bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var info struct{ Validity struct{ V2 bool } }
	if err := json.Unmarshal(text, &info); err != nil {
		t.Fatal(err)
	}
	return info.Validity.V2
}

// TestRealTiles writes what the reader finds in tiles of real places anew: the second
// reading is the first.
func TestRealTiles(t *testing.T) {
	var files []string
	for _, pattern := range []string{"real-world/*/*.mvt", "qgis/*.pbf"} {
		found, err := filepath.Glob(filepath.Join(fixtures, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("the public test tiles are not here")
	}
	features := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := read(body)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		want = single(want)
		features += len(want)
		got, err := read(written(want))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d features are not what they were, %v", file, len(want), err)
		}
	}
	t.Logf("%d features of %d tiles", features, len(files))
	if features == 0 {
		t.Error("no tile has a feature")
	}
}
