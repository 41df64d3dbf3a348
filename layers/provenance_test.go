package layers_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

func TestExportedFileBringsItsProvenanceBack(t *testing.T) {
	cat, err := layers.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l := cat.Layer("shelter")
	for name, columns := range map[string][]string{
		"names":  {"id", "shelter_code", "name", "source", "source_id", "valid_from", "valid_to", "recorded_at", "edition", "position_quality", "datum"},
		"titles": {"id", "场所编号*", "场所名称*", "来源", "来源编号", "生效时间", "失效时间", "入库时间", "版次", "定位精度", "来源坐标系"},
		"cut":    {"id", "shelter_co", "name", "source", "source_id", "valid_from", "valid_to", "recorded_a", "edition", "position_q", "datum"},
	} {
		t.Run(name, func(t *testing.T) {
			m, findings, err := l.Match(columns, layers.Hints{})
			for _, f := range findings {
				if name != "cut" || f.Rule != "S5" {
					t.Error(f)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			c := l.NewChecker(m, "file.xlsx")
			from := "2024-03-01T08:30:00.123456Z"
			r, findings := c.Record(1, "", []any{int64(7), "S1", "人民公园", "普查", "A-1", from, nil, nil, nil, "实测", "GCJ02"}, orb.Point{120.9, 32}, geo.CGCS2000)
			if len(findings) != 0 {
				t.Fatal(findings)
			}
			at := time.Date(2024, 3, 1, 8, 30, 0, 123456000, time.UTC)
			want := layers.Record{
				Row: 1, Source: "普查", SourceID: "A-1", ValidFrom: &at, PositionQuality: layers.PositionSurveyed, Datum: geo.GCJ02,
				Geometry: orb.Point{120.9, 32}, Values: map[string]any{"shelter_code": "S1", "name": "人民公园", "status": "unknown"},
			}
			if diff := cmp.Diff(want, r); diff != "" {
				t.Error(diff)
			}
			// A row that somebody has added and placed.
			r, findings = c.Record(2, "", []any{nil, "S2", "学校", nil, nil, nil, nil, nil, nil, "none", "unknown"}, orb.Point{120.9, 32}, geo.CGCS2000)
			if len(findings) != 0 || r.Source != "file.xlsx" || r.SourceID != "S2" || r.PositionQuality != layers.PositionImage || r.Datum != geo.CGCS2000 {
				t.Errorf("%+v, %v", r, findings)
			}
		})
	}
	m, findings, err := l.Match([]string{"编号", "名称", "来源"}, layers.Hints{})
	if err != nil || m.Origin != nil || len(findings) != 3 || findings[2].Rule != "S2" {
		t.Errorf("a county's column 来源 is taken for ours: %v, %v, %v", m.Origin, findings, err)
	}
}
