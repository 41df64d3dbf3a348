package mirror_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"onemap/geo"
	"onemap/layers"
	"onemap/tiles/mirror"
)

// geometryWKT finds the geometries that ogrinfo prints, one of a feature.
var geometryWKT = regexp.MustCompile(`(?m)^  (?:MULTI)?(POINT|LINESTRING|POLYGON) \(`)

// dimensions are the same as geometries of another reader have them.
var dimensions = []string{"POINT", "LINESTRING", "POLYGON"}

// TestGDALReadsTiles has GDAL's MVT driver read tiles of points, lines and polygons: the
// layer is of that name, with as many features as another reader finds, of the same types.
func TestGDALReadsTiles(t *testing.T) {
	if _, err := exec.LookPath("ogrinfo"); err != nil {
		t.Fatal("GDAL is not installed; make setup installs it")
	}
	store := city(t)
	m := mirrored(t, store, mirror.Options{})
	x, y := geo.World(120.87, 32.01)
	tile := geo.TileAt(x, y, 9)
	for dimension, id := range []string{"shelter", "lifeline", "hazard_zone"} {
		body, ok := m.Tile(layers.Query{View: view(t, store, id), Datetime: layers.Now()}, tile)
		if !ok {
			t.Fatalf("%s is not in memory", id)
		}
		parsed, err := mvt.Unmarshal(body)
		if err != nil || len(parsed) != 1 || len(parsed[0].Features) == 0 {
			t.Fatalf("%s: %d layers, %v", id, len(parsed), err)
		}
		file := filepath.Join(t.TempDir(), id+".mvt")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "ogrinfo", "-ro", "-al", "-oo", "CLIP=NO", file).CombinedOutput()
		said := string(out)
		if err != nil || strings.Contains(said, "ERROR") || strings.Contains(said, "Warning") {
			t.Fatalf("%v: %s", err, said)
		}
		if strings.Count(said, "Layer name: ") != 1 || !strings.Contains(said, "Layer name: "+id+"\n") {
			t.Errorf("%s is not the only layer:\n%.2000s", id, said)
		}
		n := len(parsed[0].Features)
		if !strings.Contains(said, fmt.Sprintf("Feature Count: %d\n", n)) {
			t.Errorf("%s has %d features, GDAL finds\n%.2000s", id, n, said)
		}
		want, got := map[string]int{}, map[string]int{}
		for _, f := range parsed[0].Features {
			want[dimensions[f.Geometry.Dimensions()]]++
		}
		for _, found := range geometryWKT.FindAllStringSubmatch(said, -1) {
			got[found[1]]++
		}
		if want[dimensions[dimension]] == 0 || !maps.Equal(got, want) {
			t.Errorf("%s has %v, GDAL finds %v", id, want, got)
		}
	}
}
