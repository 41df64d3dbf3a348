package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"onemap/layers"
	"onemap/tiles"
	"onemap/tiles/archive"
)

// TestBakeTheSampleCity bakes, verifies, changes the city and verifies again.
func TestBakeTheSampleCity(t *testing.T) {
	home, dir := newHome(t), t.TempDir()
	base := serve(t, "--home", home, "--sample", "--sample-small")
	city := filepath.Join(dir, "city.pmtiles")
	must := func(want string, args ...string) {
		t.Helper()
		code, out, errs := onemap(t, append(args, "--home", home)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Fatalf("%v: %d, without %q\n%s%s", args, code, want, out, errs)
		}
	}
	must("role public", "bake", city, "admin_unit", "enterprise", "shelter", "--zoom", "0-11")
	must("all as in the database", "verify", city)

	r, err := archive.Open(city)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var m tiles.Metadata
	if err := r.Metadata(&m); err != nil {
		t.Fatal(err)
	}
	if b := m.Baked; b.Role != layers.RolePublic || !b.Synthetic || b.Datum != "CGCS2000" || b.Editions["shelter"] == 0 || len(b.Changed) > 0 || !strings.Contains(b.Notice.Zh, "合成") {
		t.Errorf("metadata %+v", b)
	}
	if len(m.VectorLayers) < 3 || r.MaxZoom != 11 || !r.Bound.Contains(r.Center) || r.Bound.Min[0] < 119 || r.Bound.Max[0] > 124 {
		t.Errorf("%d vector layers, %+v", len(m.VectorLayers), r.Header)
	}
	allowed := map[string]map[string]string{}
	for _, l := range m.VectorLayers {
		allowed[l.ID] = l.Fields
	}
	seen := 0
	for c, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		if c.Tile.Z != 11 {
			continue
		}
		plain, err := r.Unpack(c.Packed)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := mvt.Unmarshal(plain)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range parsed {
			for _, f := range l.Features {
				for name := range f.Properties {
					if allowed[l.Name][name] == "" {
						t.Fatalf("a public tile of %s has %s, which the metadata don't name", l.Name, name)
					}
				}
			}
		}
	}
	if seen == 0 || uint64(seen) != r.Addressed {
		t.Errorf("%d tiles, %d in the header", seen, r.Addressed)
	}

	nowhere := filepath.Join(dir, "nowhere")
	alone := serve(t, "--archive", city, "--home", nowhere)
	if status, body := get(t, alone+"/tiles/shelter/0/0/0.mvt"); status != 200 || len(body) == 0 {
		t.Errorf("a tile of the archive: %d, %d bytes", status, len(body))
	}
	if status, body := get(t, alone+"/counts"); status != 503 || !strings.Contains(string(body), "archive") {
		t.Errorf("counts of the archive: %d %s", status, body)
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("serving an archive has made a home")
	}

	part := filepath.Join(dir, "part.mbtiles")
	must("role duty", "bake", part, "building", "shelter", "--zoom", "6-12", "--bbox", "120.8,31.95,120.95,32.1", "--role", "duty")
	checkMBTiles(t, part, base)

	// A change in the database is found, tile and sum.
	if err := os.WriteFile(filepath.Join(dir, "one.geojson"), []byte(oneShelter), 0o644); err != nil {
		t.Fatal(err)
	}
	must("1 new", "import", "shelter", filepath.Join(dir, "one.geojson"), "--source", "other", "--crs", "CRS84", "--axis", "xy", "--shift", "none")
	code, out, _ := onemap(t, "verify", city, "--home", home)
	for _, want := range []string{"shelter: the archive is of edition", "11/", "shelter, zoom 0: the archive shows"} {
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("verify after a change: %d, without %q\n%s", code, want, out)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.p*")); err != nil || len(left) != 1 {
		t.Errorf("%v are left over (%v)", left, err)
	}
	for want, args := range map[string][]string{
		"does not say the format": {filepath.Join(dir, "x.zip")},
		"span of zooms":           {city, "--zoom", "3-40"},
		"bbox":                    {city, "--bbox", "1,2,3"},
		"no layer":                {city, "building"}, // not for the public
		"No tile holds anything":  {filepath.Join(dir, "sea.pmtiles"), "shelter", "--bbox", "10,10,11,11", "--zoom", "9-10"},
	} {
		if code, _, errs := onemap(t, append([]string{"bake", "--home", home}, args...)...); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s, want %q", args, code, errs, want)
		}
	}
}

const oneShelter = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"shelter_code":"ZZ-1","name":"新建避难场所","status":"unknown"},"geometry":{"type":"Point","coordinates":[120.86,32.01]}}]}`

// checkMBTiles reads the file as any other program would and asks for one of its tiles.
func checkMBTiles(t *testing.T, name, base string) {
	t.Helper()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var format, more string
	if err := db.QueryRow("SELECT max(CASE name WHEN 'format' THEN value END), max(CASE name WHEN 'json' THEN value END) FROM metadata").Scan(&format, &more); err != nil {
		t.Fatal(err)
	}
	var m struct {
		VectorLayers []layers.VectorLayer `json:"vector_layers"`
	}
	if err := json.Unmarshal([]byte(more), &m); err != nil || format != "pbf" || len(m.VectorLayers) < 2 {
		t.Errorf("metadata %q %q (%v)", format, more, err)
	}
	var n, least, most int
	var packed []byte
	if err := db.QueryRow("SELECT count(*), min(zoom_level), max(zoom_level) FROM tiles").Scan(&n, &least, &most); err != nil || n == 0 || least != 6 || most != 12 {
		t.Errorf("%d tiles of zooms %d to %d (%v)", n, least, most, err)
	}
	var z, x, y int
	err = db.QueryRow("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles WHERE zoom_level = 12 ORDER BY length(tile_data) DESC LIMIT 1").Scan(&z, &x, &y, &packed)
	if err != nil || len(packed) < 3 || packed[0] != 0x1f || packed[1] != 0x8b {
		t.Fatalf("the largest tile begins with %x (%v)", packed[:min(3, len(packed))], err)
	}
	// The same place in the viewer's tiles has the same records.
	_, body := get(t, fmt.Sprintf("%s/tiles/building,shelter/%d/%d/%d.mvt", base, z, x, 1<<z-1-y))
	parsed, err := mvt.UnmarshalGzipped(packed)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := mvt.Marshal(parsed)
	if err != nil {
		t.Fatal(err)
	}
	if difference, err := tiles.Difference(plain, body); err != nil || difference != "" {
		t.Errorf("%d/%d/%d: %s (%v)", z, x, y, difference, err)
	}
}

// breaker is an output that stops the program when it says a certain thing.
type breaker struct {
	output
	at   string
	stop func()
}

func (b *breaker) Write(p []byte) (int, error) {
	n, err := b.output.Write(p)
	if strings.Contains(b.String(), b.at) {
		b.stop()
	}
	return n, err
}

// TestBakeGoesOn breaks a baking off, gives the command again, and gives it a third time
// after a layer has changed.
func TestBakeGoesOn(t *testing.T) {
	home, folder, dir := newHome(t), t.TempDir(), t.TempDir()
	at := []string{"--home", home, "--layers", folder}
	source := filepath.Join(dir, "kiosks.geojson")
	if err := os.WriteFile(filepath.Join(folder, "kiosk.yaml"), []byte(kiosks), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(source, []byte(kioskFile), 0o644); err != nil {
		t.Fatal(err)
	}
	serve(t, at...)
	if code, _, errs := onemap(t, append([]string{"import", "kiosk", source}, at...)...); code != 0 {
		t.Fatal(errs)
	}
	name := filepath.Join(dir, "k.pmtiles")
	bake := append([]string{"bake", name, "kiosk", "--zoom", "0-18"}, at...)
	breakOff := func() {
		t.Helper()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		errs := breaker{at: "zoom 12", stop: stop}
		if code := run(ctx, bake, &output{}, &errs); code != 1 || !strings.Contains(errs.String(), "the same command goes on") {
			t.Fatalf("broken off: %d\n%s", code, errs.String())
		}
		if _, err := os.Stat(name + ".journal"); err != nil {
			t.Fatal(err)
		}
	}
	breakOff()
	code, out, errs := onemap(t, bake...)
	if code != 0 || !strings.Contains(errs, "Going on with") {
		t.Fatalf("%d\n%s%s", code, out, errs)
	}
	if code, out, errs = onemap(t, append([]string{"verify", name}, at...)...); code != 0 {
		t.Errorf("verify: %d\n%s%s", code, out, errs)
	}
	breakOff()
	if err := os.WriteFile(source, []byte(strings.Replace(kioskFile, "120.8655", "120.8755", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errs = onemap(t, append([]string{"import", "kiosk", source}, at...)...); code != 0 {
		t.Fatal(errs)
	}
	if code, out, errs = onemap(t, bake...); code != 0 || strings.Contains(errs, "Going on with") {
		t.Errorf("after a change: %d\n%s%s", code, out, errs)
	}
	if code, out, errs = onemap(t, append([]string{"verify", name}, at...)...); code != 0 {
		t.Errorf("verify after a change: %d\n%s%s", code, out, errs)
	}
}
