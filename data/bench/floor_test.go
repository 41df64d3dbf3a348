package bench_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/data/bench"
	"onemap/data/pgtest"
	"onemap/data/storetest"
	"onemap/geo"
	"onemap/layers"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var center = orb.Point{120.86, 32.01}

// records are n records of a layer with two fields or more, close together.
func records(l *layers.Layer, n int) []layers.Record {
	list := make([]layers.Record, n)
	for i := range list {
		p := orb.Point{center[0] + float64(i)*1e-5, center[1]}
		r := layers.Record{Source: "test", SourceID: fmt.Sprint(i), PositionQuality: layers.PositionSurveyed, Datum: geo.CGCS2000, Values: map[string]any{}}
		switch l.ID {
		case "enterprise":
			r.Geometry = p
			r.Values["credit_code"], r.Values["name"], r.Values["risk_grade"] = fmt.Sprintf("91320600MA1%07d", i), fmt.Sprintf("第%d号企业", i), "major"
			r.Values["standardization"] = "none"
		case "building":
			r.Geometry = orb.Polygon{{p, {p[0] + 1e-4, p[1]}, {p[0] + 1e-4, p[1] + 1e-4}, {p[0], p[1] + 1e-4}, p}}
			r.Values["code"], r.Values["danger_grade"] = fmt.Sprint(i), "unknown"
		}
		list[i] = r
	}
	list[n-1].Geometry, list[n-1].PositionQuality = nil, layers.PositionNone
	return list
}

// prepared gives both sides on a fresh database: the store, and the floor under it.
func prepared(t *testing.T) (*data.Store, *bench.Floor) {
	t.Helper()
	s, url := storetest.Empty(t)
	f, err := bench.Open(t.Context(), url, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return s, f
}

func publish(t *testing.T, s *data.Store, id string, list []layers.Record) *layers.View {
	t.Helper()
	if _, err := s.Publish(t.Context(), data.Publication{Layer: id, Scope: data.ScopeLayer, Name: "test", By: "test"}, storetest.Records(list)); err != nil {
		t.Fatal(err)
	}
	v, err := s.Catalogue().View(layers.Reader{Role: layers.RoleViewer}, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTile(t *testing.T) {
	s, f := prepared(t)
	cat := s.Catalogue()
	enterprise := publish(t, s, "enterprise", records(cat.Layer("enterprise"), 10))
	building := publish(t, s, "building", records(cat.Layer("building"), 7))
	at := maptile.At(center, 14)
	bytes, err := f.Tile(t.Context(), at, enterprise, building)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := mvt.Unmarshal(bytes)
	if err != nil || len(parsed) != 2 {
		t.Fatalf("%d layers, %v", len(parsed), err)
	}
	for i, want := range []struct {
		name, field string
		n           int
	}{{"enterprise", "risk_grade", 9}, {"building", "danger_grade", 6}} {
		l := parsed[i]
		if l.Name != want.name || len(l.Features) != want.n || l.Extent != 4096 || l.Version != 2 {
			t.Errorf("layer %s version %d, extent %d with %d features", l.Name, l.Version, l.Extent, len(l.Features))
		}
		for _, feature := range l.Features {
			if feature.ID == nil || len(feature.Properties) != 1 || feature.Properties[want.field] == nil {
				t.Errorf("%s: id %v, %v", l.Name, feature.ID, feature.Properties)
			}
		}
	}
	if bytes, err = f.Tile(t.Context(), maptile.New(0, 0, 14), enterprise, building); err != nil || len(bytes) != 0 {
		t.Errorf("a place with nothing: %d bytes, %v", len(bytes), err)
	}
	dense, err := f.Dense(t.Context(), enterprise.Layer, 14, 5)
	if err != nil || len(dense) != 1 || dense[0] != at {
		t.Errorf("dense: %v, %v; want %v", dense, err, at)
	}
}

func TestDocumentHasWhatItemsHave(t *testing.T) {
	s, f := prepared(t)
	v := publish(t, s, "enterprise", records(s.Catalogue().Layer("enterprise"), 10))
	box := orb.Bound{Min: orb.Point{120.8, 31.9}, Max: orb.Point{120.9, 32.1}}
	document, err := f.Document(t.Context(), v, box, 5)
	if err != nil {
		t.Fatal(err)
	}
	features, err := geojson.UnmarshalFeatureCollection(document)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	err = s.Items(t.Context(), layers.Query{View: v, BBox: &box, Limit: 5}, func(item layers.Item) error {
		got := features.Features[i].Properties
		for _, c := range v.Columns() {
			want, _ := item.Value(c.Name)
			if _, there := got[c.Name]; !there || c.Type == layers.TypeText && got[c.Name] != want {
				t.Errorf("%s: %v, an item has %v", c.Name, got[c.Name], want)
			}
		}
		i++
		return nil
	})
	if err != nil || i != 5 || len(features.Features) != 5 {
		t.Errorf("%d items, %d features, %v", i, len(features.Features), err)
	}
	nothing, err := f.Document(t.Context(), v, orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{2, 2}}, 5)
	if err != nil || !json.Valid(nothing) {
		t.Errorf("%s, %v", nothing, err)
	}
}

func TestCopyLeavesNothing(t *testing.T) {
	s, f := prepared(t)
	for _, id := range []string{"enterprise", "building"} {
		l := s.Catalogue().Layer(id)
		for range 2 {
			if took, err := f.Copy(t.Context(), l, records(l, 100)); err != nil || took <= 0 {
				t.Fatalf("%s: %v, %v", id, took, err)
			}
		}
		bad := records(l, 100)
		bad[50].Values["name"] = 5i
		if _, err := f.Copy(t.Context(), l, bad); err == nil {
			t.Errorf("%s: a value of no type was copied", id)
		}
	}
	v := publish(t, s, "building", records(s.Catalogue().Layer("building"), 10))
	if err := f.Clear(t.Context(), v.Layer); err != nil {
		t.Fatal(err)
	}
	if empty, err := s.Empty(t.Context()); err != nil || !empty {
		t.Errorf("empty: %v, %v", empty, err)
	}
	if err := f.Settle(t.Context()); err != nil {
		t.Error(err)
	}
}
