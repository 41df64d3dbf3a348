package web_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// enterprises is how many enterprises the city has: what a desktop GIS has to read whole.
const enterprises = 33782

// gdal runs one of GDAL's programs and returns what it prints.
func gdal(t *testing.T, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s is needed to test against GDAL; it is in Debian's package gdal-bin", program)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "CPL_TMPDIR="+t.TempDir(), "no_proxy=*", "http_proxy=", "https_proxy=")
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil || strings.Contains(errors.String(), "ERROR") || strings.Contains(errors.String(), "Warning") {
		t.Fatalf("%s %v: %v\n%s", program, args, err, &errors)
	}
	return string(out)
}

// TestGDALReadsEverything has GDAL's OGC API Features driver list the layers with their
// counts and read all of a layer with as many records as the city has enterprises.
func TestGDALReadsEverything(t *testing.T) {
	w := newWorld(t)
	if err := publish(t.Context(), w.store, "dot", random("dot", enterprises, 3)); err != nil {
		t.Fatal(err)
	}
	source := "OAPIF:" + w.url + "/api"
	list := gdal(t, "ogrinfo", "-ro", source)
	for _, id := range []string{"dot", "path", "plot", "enterprise", "shelter"} {
		if !regexp.MustCompile(`(?m)^\d+: ` + id + `\b`).MatchString(list) {
			t.Errorf("%s is not listed:\n%s", id, list)
		}
	}
	summary := gdal(t, "ogrinfo", "-ro", "-so", "-al", source)
	for id, n := range map[string]int{"dot": enterprises, "path": sizes["path"], "plot": sizes["plot"], "enterprise": 0} {
		part := summary[strings.Index(summary, "Layer name: "+id+"\n"):]
		part = part[:strings.Index(part, "\nLayer SRS")]
		if !strings.Contains(part, fmt.Sprintf("Feature Count: %d", n)) {
			t.Errorf("%s, want %d:\n%s", id, n, part)
		}
	}
	if !strings.Contains(summary, "Geometry: Point") {
		t.Errorf("no geometry types:\n%.2000s", summary)
	}
	csv := gdal(t, "ogr2ogr", "-f", "CSV", "/vsistdout/", source, "dot", "-select", "code", "-oo", "PAGE_SIZE=1000")
	seen := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(csv), "\n")[1:] {
		seen[strings.Trim(line, `",`)]++
	}
	if len(seen) != enterprises {
		t.Errorf("GDAL read %d different records, want %d", len(seen), enterprises)
	}
	for code, n := range seen {
		if n != 1 {
			t.Fatalf("GDAL read %s %d times", code, n)
		}
	}
	boxed := gdal(t, "ogrinfo", "-ro", "-so", "-spat", "120.6", "31.9", "121.2", "32.3", source, "dot")
	var c collection
	w.read("/api/collections/dot/items?limit=1&bbox=120.6,31.9,121.2,32.3", &c)
	if !strings.Contains(boxed, fmt.Sprintf("Feature Count: %d", c.NumberMatched)) {
		t.Errorf("in a box of %d: %s", c.NumberMatched, boxed)
	}
}

// readGDALReadsTiles has GDAL's vector tile driver read a tile.
func readGDALReadsTiles(t *testing.T, w *world) {
	out := gdal(t, "ogrinfo", "-ro", "-so", "-al", "MVT:"+w.url+"/tiles/plot,dot/9/428/207.mvt")
	for _, want := range []string{"Layer name: plot", "Layer name: dot", "kind: String"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}
