package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"
)

// onemap runs a command line and returns what it printed.
func onemap(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(context.Background(), args, &out, &err)
	return code, out.String(), err.String()
}

// output is a buffer that may be read while it is written.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// newHome is a folder that the database's own user can reach too.
func newHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "onemap-home-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	if err := os.Chmod(home, 0o755); err != nil {
		t.Fatal(err)
	}
	return home
}

var address = regexp.MustCompile(`http://[0-9.:]+`)

// serve runs the server until the test ends and returns its address.
func serve(t *testing.T, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var out, errs output
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), &out, &errs) }()
	t.Cleanup(func() {
		stop()
		select {
		case code := <-ended:
			if code != 0 {
				t.Errorf("serve ended with %d: %s", code, errs.String())
			}
		case <-time.After(time.Minute):
			t.Error("serve does not stop")
		}
	})
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if found := address.FindString(out.String()); found != "" {
			return found
		}
		select {
		case code := <-ended:
			ended <- code
			t.Fatalf("serve ended with %d: %s%s", code, out.String(), errs.String())
		default:
		}
	}
	t.Fatalf("serve does not start: %s%s", out.String(), errs.String())
	return ""
}

// get fetches an address and returns status and body.
func get(t *testing.T, url string) (int, []byte) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

func TestHelpExplainsEveryVerb(t *testing.T) {
	if code, out, _ := onemap(t, "--help"); code != 0 || !strings.Contains(out, "ONEMAP_DATABASE_URL") {
		t.Errorf("%d: %s", code, out)
	}
	for _, verb := range []string{"serve", "migrate", "sample", "import", "export", "template", "bake", "bench", "verify", "batch", "edition", "version"} {
		code, out, _ := onemap(t, verb, "--help")
		if code != 0 || !strings.Contains(out, "Example") {
			t.Errorf("%s --help: %d, without an example:\n%s", verb, code, out)
		}
	}
}

func TestTroubleIsOneClearLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	gcj := filepath.Join(t.TempDir(), "maps.yaml")
	if err := os.WriteFile(gcj, []byte("- {id: amap, title: {zh: 高德, en: Amap}, kind: xyz, url: 'https://example.cn/{z}/{x}/{y}', datum: GCJ02}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	bad := t.TempDir()
	if err := os.WriteFile(filepath.Join(bad, "x.yaml"), []byte("id: x\nname: y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"port taken", []string{"serve", "--listen", taken.Addr().String(), "--home", newHome(t)}, 1, taken.Addr().String()},
		{"no database", []string{"migrate", "--database-url", "postgres://nobody@127.0.0.1:1/none"}, 1, "database can't be reached"},
		{"address of a database", []string{"migrate", "--database-url", "::"}, 1, "postgres://"},
		{"unknown layer", []string{"template", "nosuch"}, 1, "nosuch"},
		{"unknown flag", []string{"serve", "--nosuch"}, 2, "--nosuch"},
		{"bad declaration", []string{"--layers", bad, "migrate"}, 1, "x.yaml:2:1"},
		{"base map in GCJ-02", []string{"serve", "--listen", "127.0.0.1:0", "--home", newHome(t), "--basemaps", gcj}, 1, "GCJ-02"},
		{"unknown file", []string{"import", "shelter", "no.geojson", "--home", newHome(t)}, 1, "no.geojson"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, out, errs := onemap(t, test.args...)
			if code != test.code || !strings.Contains(errs, test.want) {
				t.Errorf("status %d, %q %q; want %d and %q", code, out, errs, test.code, test.want)
			}
			for _, never := range []string{"goroutine", "SELECT", ".go:"} {
				if strings.Contains(errs, never) {
					t.Errorf("%q in %s", never, errs)
				}
			}
		})
	}
}

const kiosks = `id: kiosk
title: {zh: 报刊亭, en: Kiosks}
description: {zh: 测试, en: Test}
group: base
geometry: Point
key: [code]
label: name
zoom: {min: 4, max: 16}
visible: true
fields:
  - {name: code, title: {zh: 编号, en: Code}, type: text, required: true, sensitivity: public, search: prefix}
  - {name: name, title: {zh: 名称, en: Name}, type: text, sensitivity: public, tile: 12, search: substring, aliases: [店名]}
  - {name: kind, title: {zh: 类型, en: Kind}, type: code, codes: kiosk_kind, required: true, default: news, sensitivity: public, tile: 0, filter: true}
codelists:
  - id: kiosk_kind
    title: {zh: 报刊亭类型, en: Kiosk kind}
    source: test
    status: provisional
    items:
      - {code: news, title: {zh: 报刊, en: News}, colour: "#aa7744", symbol: circle}
      - {code: fruit, title: {zh: 水果, en: Fruit}, colour: "#44aa55", symbol: square}
style: {by: kind, colour: "#445566", labels: 14}
thin: {until: 12, cells: 8}
source: {name: {zh: 测试, en: Test}, status: provisional, fresh: P1Y}
access: {read: [public, viewer]}
`

const kioskFile = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"K1","店名":"文峰报刊亭","kind":"报刊"},"geometry":{"type":"Point","coordinates":[120.8655,32.0105]}},
{"type":"Feature","properties":{"code":"K2","店名":"狼山水果","kind":"水果"},"geometry":{"type":"Point","coordinates":[120.8660,32.0106]}},
{"type":"Feature","properties":{"code":"K3","店名":"无处","kind":null},"geometry":null}]}`

// TestLayerByOneFile adds a layer by adding one file and uses it from import to tile.
func TestLayerByOneFile(t *testing.T) {
	home, folder, files := newHome(t), t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "kiosk.yaml"), []byte(kiosks), 0o644); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(files, "kiosks.geojson")
	if err := os.WriteFile(file, []byte(kioskFile), 0o644); err != nil {
		t.Fatal(err)
	}
	base := serve(t, "--home", home, "--layers", folder)
	code, out, errs := onemap(t, "import", "kiosk", file, "--home", home, "--layers", folder)
	if code != 0 || !strings.Contains(out, "3 new") {
		t.Fatalf("import: %d\n%s%s", code, out, errs)
	}
	if code, _, errs = onemap(t, "import", "kiosk", file, "--home", home, "--layers", folder); code != 1 || !strings.Contains(errs, "already") {
		t.Errorf("the same file a second time: %d\n%s", code, errs)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(kioskFile, "狼山水果", "狼山果品", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, errs = onemap(t, "import", "kiosk", file, "--home", home, "--layers", folder, "--check"); code != 0 || !strings.Contains(out, "Batch 2") {
		t.Errorf("the mended file: %d\n%s%s", code, out, errs)
	}
	if code, out, errs = onemap(t, "batch", "diff", "2", "--home", home, "--layers", folder); code != 0 || !strings.Contains(out, "狼山果品") || !strings.Contains(out, "1 changed") {
		t.Errorf("batch diff: %d\n%s%s", code, out, errs)
	}
	if code, out, errs = onemap(t, "edition", "diff", "--batch", "2", "--home", home, "--layers", folder); code != 0 || !strings.Contains(out, "狼山果品") {
		t.Errorf("edition diff --batch: %d\n%s%s", code, out, errs)
	}
	for _, to := range []string{"self_checked", "city_checked", "accepted"} {
		if code, out, errs = onemap(t, "batch", "approve", "2", to, "--home", home, "--layers", folder); code != 0 {
			t.Errorf("approve %s: %d\n%s%s", to, code, out, errs)
		}
	}
	if code, out, errs = onemap(t, "edition", "publish", "2", "--home", home, "--layers", folder); code != 0 || !strings.Contains(out, "Edition 2") {
		t.Errorf("edition publish: %d\n%s%s", code, out, errs)
	}
	if code, out, errs = onemap(t, "edition", "diff", "2", "--home", home, "--layers", folder); code != 0 || !strings.Contains(out, "changed  K2  name:") || strings.Contains(out, "K1") {
		t.Errorf("edition diff: %d\n%s%s", code, out, errs)
	}
	if code, out, errs = onemap(t, "edition", "revert", "2", "--home", home, "--layers", folder); code != 0 || !strings.Contains(out, "takes it back") {
		t.Errorf("edition revert: %d\n%s%s", code, out, errs)
	}
	if code, out, _ = onemap(t, "edition", "list", "--home", home, "--layers", folder); code != 0 || !strings.Contains(out, "taken back by 3") {
		t.Errorf("edition list: %d\n%s", code, out)
	}
	var counts struct {
		Total, Placed, Unplaced int
		By                      map[string]int
	}
	status, body := get(t, base+"/layers/kiosk/counts")
	if err := json.Unmarshal(body, &counts); err != nil || status != 200 || counts.Total != 3 || counts.Unplaced != 1 || counts.By["news"] != 2 {
		t.Errorf("counts: %d %s, %v", status, body, err)
	}
	for query, want := range map[string]int{"": 3, "?kind=fruit": 1, "?bbox=120.8,32,120.8658,32.1": 1} {
		var items struct{ NumberMatched int }
		status, body := get(t, base+"/api/collections/kiosk/items"+query)
		if err := json.Unmarshal(body, &items); err != nil || status != 200 || items.NumberMatched != want {
			t.Errorf("items%s: %d %s, %v", query, status, body, err)
		}
	}
	x, y := 13692, 6652 // the tile of 120.8655, 32.0105 at zoom 14
	status, body = get(t, fmt.Sprintf("%s/tiles/kiosk/14/%d/%d.mvt", base, x, y))
	tile, err := mvt.Unmarshal(body)
	if err != nil || status != 200 || len(tile) != 1 || len(tile[0].Features) != 2 {
		t.Errorf("tile: %d, %v, %v", status, tile, err)
	}
	var info struct {
		Legend []struct{ Code, Colour, Symbol string }
	}
	status, body = get(t, base+"/layers/kiosk")
	if err := json.Unmarshal(body, &info); err != nil || status != 200 || len(info.Legend) != 2 || info.Legend[1].Symbol != "square" {
		t.Errorf("legend: %d %s, %v", status, body, err)
	}
	for _, at := range []string{"/tiles/kiosk.json", "/styles/onemap.json", "/api/collections/kiosk/queryables", "/api/openapi.json", "/docs/layers", "/api/search?q=狼山"} {
		if status, body := get(t, base+at); status != 200 || !strings.Contains(string(body), "kiosk") {
			t.Errorf("%s: %d, without the layer", at, status)
		}
	}
	if code, _, errs := onemap(t, "template", "kiosk", "--layers", folder, "-o", filepath.Join(files, "kiosk.xlsx")); code != 0 {
		t.Errorf("template: %s", errs)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(kioskFile, "无处", "某处", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := onemap(t, "import", "kiosk", file, "--home", home, "--layers", folder, "--set", "kind=铁"); code != 1 || !strings.Contains(out+errs, "V2") {
		t.Errorf("a wrong code is taken: %d\n%s%s", code, out, errs)
	}
	if code, _, errs := onemap(t, "import", "kiosk", file, "--home", home, "--layers", folder, "--area", "320681"); code != 1 || !strings.Contains(errs, "no administrative code") {
		t.Errorf("a county's part of a layer without codes: %d %s", code, errs)
	}
	found := filepath.Join(files, "found")
	if code, out, errs := onemap(t, "import", "kiosk", file, "--home", home, "--layers", folder, "--check", "--map", "name=", "--report", found); code != 0 || !strings.Contains(out, "店名 → –") {
		t.Errorf("import --report: %d\n%s%s", code, out, errs)
	}
	if code, out, errs := onemap(t, "batch", "check", "3", "--skip-bad", "--home", home, "--layers", folder); code != 0 || !strings.Contains(out, "店名 → –") {
		t.Errorf("batch check forgets what was said: %d\n%s%s", code, out, errs)
	}
	for _, name := range []string{"marked.xlsx", "summary.xlsx", "signoff.html", "findings.gpkg", "findings.json"} {
		if info, err := os.Stat(filepath.Join(found, name)); err != nil || info.Size() == 0 {
			t.Errorf("the report has no %s: %v", name, err)
		}
	}
	if code, out, errs := onemap(t, "import", "kiosk", file, "--home", home, "--layers", folder, "--check", "--source", "other"); code != 0 || !strings.Contains(out, "matched as admin said") || !strings.Contains(out, `source kiosks.geojson`) {
		t.Errorf("a saved matching, and keys of another source: %d\n%s%s", code, out, errs)
	}
	if code, _, errs := onemap(t, "serve", "--listen", "127.0.0.1:0", "--home", home); code != 1 || !strings.Contains(errs, "another") && !strings.Contains(errs, "already") && !strings.Contains(errs, "process") {
		t.Errorf("a second serve on the same home: %d %s", code, errs)
	}
}
