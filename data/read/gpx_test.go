package read_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/data/read"
)

const gpxFile = `<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><metadata><name>m</name><time>2024-01-01T00:00:00Z</time></metadata>
<wpt lat="32.0" lon="120.8"><ele>4.5</ele><time>2024-02-29T08:00:00Z</time><name>桥</name><link href="http://127.0.0.1/p.jpg"><text>p</text></link><extensions><a:more xmlns:a="x"><a:depth>deep</a:depth></a:more></extensions></wpt>
<wpt lat="x" lon="120"><ele>high</ele></wpt>
<rte><name>路线</name><number>3</number><rtept lat="1" lon="2"/><rtept lat="3" lon="4"><name>p</name></rtept></rte>
<trk><name>巡查</name><trkseg><trkpt lat="1" lon="2"><time>2024-01-01T00:00:00Z</time></trkpt><trkpt lat="3" lon="4"><ele>1</ele></trkpt></trkseg>
 <trkseg><trkpt lat="5" lon="6"/><trkpt lat="7" lon="8"/></trkseg><trkseg><trkpt lat="9" lon="9"/></trkseg></trk></gpx>`

func TestGPX(t *testing.T) {
	file := written(t, "a.xml", []byte(gpxFile))
	fails(t, file, read.Options{}, "5 layers; name the one to read: waypoints (2 rows), routes (1 rows), tracks (1 rows), route_points (2 rows), track_points (5 rows)")
	fails(t, file, read.Options{Layer: "roads"}, `no layer "roads"`)
	tests := map[string]struct {
		columns    []string
		values     []any
		geometry   orb.Geometry
		rows       int
		rules, all []read.Rule
	}{
		"waypoints": {
			[]string{"ele", "time", "name", "link", "depth"},
			[]any{4.5, date(2024, 2, 29).Add(8 * 3600e9), "桥", "http://127.0.0.1/p.jpg", "deep"},
			orb.Point{120.8, 32},
			2, nil, nil,
		},
		"routes": {[]string{"name", "number"}, []any{"路线", int64(3)}, orb.LineString{{2, 1}, {4, 3}}, 1, nil, nil},
		"tracks": {
			[]string{"name"},
			[]any{"巡查"},
			orb.MultiLineString{{{2, 1}, {4, 3}}, {{6, 5}, {8, 7}}},
			1,
			[]read.Rule{read.PartDropped},
			[]read.Rule{read.HeightDropped, read.TimesDropped},
		},
		"track_points": {[]string{"track", "segment", "time", "ele"}, []any{"巡查", int64(1), date(2024, 1, 1)}, orb.Point{2, 1}, 5, nil, nil},
		"route_points": {[]string{"track", "name"}, []any{"路线"}, orb.Point{2, 1}, 2, nil, nil},
	}
	for layer, tt := range tests {
		t.Run(layer, func(t *testing.T) {
			c := readAll(t, file, read.Options{Layer: layer})
			if len(c.rows) != tt.rows || c.crs != "OGC:CRS84" || c.format != "GPX" {
				t.Fatalf("%d rows of %s in %s", len(c.rows), c.format, c.crs)
			}
			diff := cmp.Diff(tt.columns, c.columns) + cmp.Diff(tt.values, anys(c.rows[0].Values)) + cmp.Diff(tt.geometry, c.rows[0].Geometry)
			if diff += cmp.Diff(tt.rules, rules(c.rows[0].Problems)) + cmp.Diff(tt.all, rules(c.problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
	c := readAll(t, file, read.Options{Layer: "waypoints"})
	if diff := cmp.Diff([]read.Rule{read.BadGeometry, read.BadNumber}, rules(c.rows[1].Problems)); diff != "" || c.rows[1].Geometry != nil {
		t.Error(diff)
	}
	// One kind of line alone needs no name, whatever its points.
	only := strings.ReplaceAll(gpxFile[strings.Index(gpxFile, "<trk>"):], "</gpx>", "")
	if c := readAll(t, written(t, "b.gpx", []byte("<gpx>"+only+"</gpx>")), read.Options{}); len(c.rows) != 1 {
		t.Errorf("%d rows", len(c.rows))
	}
	fails(t, written(t, "c.gpx", []byte(gpxFile[:len(gpxFile)-30])), read.Options{}, "unexpected EOF")
	if c := readAll(t, written(t, "d.gpx", []byte(`<gpx/>`)), read.Options{}); len(c.rows) != 0 {
		t.Errorf("%d rows", len(c.rows))
	}
}

func TestGPXAsOGRReads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.gpx")
	text := strings.ReplaceAll(strings.ReplaceAll(gpxFile, `lat="x"`, `lat="1"`), "<ele>high</ele>", "")
	text = strings.ReplaceAll(text, `<trkseg><trkpt lat="9" lon="9"/></trkseg>`, "")
	file = written(t, filepath.Base(file), []byte(text))
	for _, layer := range []string{"waypoints", "routes", "tracks", "route_points", "track_points"} {
		t.Run(layer, func(t *testing.T) { asOGRReads(t, file, layer, map[string]string{"track": "", "link": "link1_href"}) })
	}
}

func FuzzGPX(f *testing.F) {
	f.Add([]byte(gpxFile))
	f.Add([]byte(`<gpx><trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>`))
	f.Fuzz(func(t *testing.T, b []byte) { drain(t, put(t, t.TempDir(), "a.gpx", b)) })
}
