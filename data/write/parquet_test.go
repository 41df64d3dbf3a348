package write_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/data/write"
	"onemap/geo"
	"onemap/layers"
)

// geoParquet is the key geo of a file (GeoParquet 1.1).
type geoParquet struct {
	Version string
	Primary string `json:"primary_column"`
	Columns map[string]struct {
		Encoding string
		Types    []string `json:"geometry_types"`
		CRS      *struct {
			Type string
			ID   struct {
				Authority string
				Code      any
			}
		}
		BBox     []float64
		Covering map[string]map[string][]string
	}
}

func TestGeoParquet(t *testing.T) {
	for _, id := range oneOfEach {
		t.Run(id, func(t *testing.T) {
			v := view(t, id, layers.RoleAdmin)
			records := gallery(v.Layer)
			b, _ := file(t, "parquet", v, write.Options{}, records...)
			f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			text, _ := f.Lookup("geo")
			var about geoParquet
			if err := json.Unmarshal([]byte(text), &about); err != nil {
				t.Fatal(err)
			}
			c := about.Columns["geometry"]
			if about.Version != "1.1.0" || about.Primary != "geometry" || c.Encoding != "WKB" || len(c.Types) != 1 || c.Types[0] != string(v.Geometry) {
				t.Errorf("%s", text)
			}
			if c.CRS == nil || c.CRS.ID.Code != 4490.0 || len(c.BBox) != 4 || cmp.Diff([]string{"bbox", "xmin"}, c.Covering["bbox"]["xmin"]) != "" {
				t.Errorf("%s", text)
			}
			if f.NumRows() != 3 {
				t.Fatalf("%d rows", f.NumRows())
			}
			var names []string
			for _, column := range f.Root().Columns() {
				names = append(names, column.Name())
			}
			want := []string{"id"}
			for _, field := range v.Columns() {
				want = append(want, field.Name)
			}
			if diff := cmp.Diff(append(want, "geometry", "bbox"), names); diff != "" {
				t.Error(diff)
			}
			rows := parquet.NewReader(bytes.NewReader(b))
			defer rows.Close()
			for i, r := range records {
				row := map[string]any{}
				if err := rows.Read(&row); err != nil {
					t.Fatal(err)
				}
				if row["id"] != int64(i+1) || row["source"] != r.Source {
					t.Errorf("%v", row)
				}
				if r.Geometry == nil {
					if row["geometry"] != nil || row["bbox"] != nil {
						t.Errorf("an unplaced record is at %v, %v", row["geometry"], row["bbox"])
					}
					continue
				}
				shape, _ := row["geometry"].(string)
				if g, err := wkb.Unmarshal([]byte(shape)); err != nil || !near(g, r.Geometry) {
					t.Errorf("record %d: %v %v", i, g, err)
				}
			}
		})
	}
}

func TestGeoParquetNamesItsSystem(t *testing.T) {
	v := view(t, "shelter", layers.RoleAdmin)
	zone, err := geo.EPSG(4549)
	if err != nil {
		t.Fatal(err)
	}
	for want, o := range map[string]write.Options{"4549": {CRS: zone}, "4490": {}, "absent": {CRS: geo.CRS84}, "null": {Shift: geo.GCJ02}} {
		b, _ := file(t, "parquet", v, o, gallery(v.Layer)[2])
		f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := f.Lookup("geo")
		var about struct {
			Columns map[string]map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(text), &about); err != nil {
			t.Fatal(err)
		}
		crs, ok := about.Columns["geometry"]["crs"]
		got := "absent"
		switch {
		case ok && string(crs) == "null":
			got = "null"
		case ok:
			var id struct{ ID struct{ Code int } }
			if err := json.Unmarshal(crs, &id); err != nil {
				t.Fatal(err)
			}
			got = map[int]string{4549: "4549", 4490: "4490"}[id.ID.Code]
		}
		if got != want {
			t.Errorf("crs is %s, want %s: %s", got, want, text)
		}
		if _, ok := about.Columns["geometry"]["bbox"]; ok {
			t.Error("a file without positions has a box")
		}
	}
}
