package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"onemap/data/write"
)

// TestEveryFormatIsServedWhole asks for a layer as each kind of file.
func TestEveryFormatIsServedWhole(t *testing.T) {
	w := newWorld(t)
	for _, f := range write.Formats() {
		t.Run(f.ID, func(t *testing.T) {
			a := w.get("/api/collections/dot/items?f=" + f.ID)
			if a.StatusCode != 200 {
				t.Fatalf("%s: %s", a.Status, a.body)
			}
			if kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";"); kind != f.MediaType {
				t.Errorf("Content-Type %s", kind)
			}
			if d := a.Header.Get("Content-Disposition"); d != `attachment; filename="dot`+f.Extension+`"` {
				t.Errorf("Content-Disposition %s", d)
			}
			if begins := map[string]string{"gpkg": "SQLite format 3\x00", "parquet": "PAR1", "kml": "<?xml", "geojson": "{", "csv": "\ufeff"}[f.ID]; !bytes.HasPrefix(a.body, []byte(begins)) {
				t.Errorf("it begins with %q", a.body[:20])
			}
			if f.Packed && f.ID != "parquet" {
				if _, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body))); err != nil {
					t.Error(err)
				}
			}
			if bytes.Contains(a.body, []byte("不可见")) || bytes.Contains(a.body, []byte("secret")) {
				t.Error("a field that the reader may not see is in it")
			}
			if some := w.get("/api/collections/dot/items?properties=size&sortby=-size&f=" + f.ID); some.StatusCode != 200 || len(some.body) == 0 || len(some.body) >= len(a.body) {
				t.Errorf("with one field: %s, %d bytes of %d", some.Status, len(some.body), len(a.body))
			}
			if n := bytes.Count(a.body, []byte(`"type":"Feature",`)); strings.HasPrefix(f.ID, "geojson") && n != sizes["dot"] {
				t.Errorf("%d features", n)
			}
		})
	}
}

func (w *world) table(path string) [][]string {
	w.t.Helper()
	a := w.get(path)
	if a.StatusCode != 200 {
		w.t.Fatalf("%s: %s %s", path, a.Status, a.body)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\ufeff")))).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func TestFilesFollowFiltersAndPolicy(t *testing.T) {
	w := newWorld(t)
	all := w.table("/api/collections/dot/items?f=csv")
	if len(all) != sizes["dot"]+1 || slices.Contains(all[0], "secret") {
		t.Errorf("%d lines, %v", len(all), all[0])
	}
	for _, query := range []string{"kind=a", "bbox=120.5,31.9,121,32.3", "kind=a,b&size=100/200", "datetime=2021-04-30"} {
		var c collection
		w.read("/api/collections/dot/items?limit=10000&"+query, &c)
		if rows := w.table("/api/collections/dot/items?f=csv&" + query); len(rows) != len(c.Features)+1 {
			t.Errorf("%s: %d lines, %d features", query, len(rows)-1, len(c.Features))
		}
	}
	if rows := w.table("/api/collections/dot/items?f=csv&crs=EPSG:4549&kind=a"); rows[0][len(rows[0])-1] != "northing" || !strings.HasPrefix(rows[1][len(rows[1])-1], "35") && rows[1][len(rows[1])-1] != "" {
		t.Errorf("%v %v", rows[0], rows[1])
	}
	a := w.get("/api/collections/dot/items?f=csv&titles=true&encoding=GBK")
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(a.body)
	if err != nil || !bytes.Contains(text, []byte("编号,名称,类型")) || !bytes.Contains(text, []byte("甲")) || a.Header.Get("Content-Type") != "text/csv; charset=gb18030" {
		t.Errorf("%v %v %.200s", err, a.Header, text)
	}
	a = w.get("/api/collections/dot/items?f=csv&shift=GCJ02")
	if !strings.Contains(a.Header.Get("Content-Disposition"), "dot-GCJ02.csv") || a.Header.Get("Content-Crs") != "" || !bytes.Contains(a.body, []byte("position_shift")) {
		t.Errorf("a shifted file does not say so: %v", a.Header)
	}
}

func TestWrongFilesAreProblems(t *testing.T) {
	w := newWorld(t)
	for query, field := range map[string]string{
		"f=doc": "f", "f=csv&limit=5": "limit", "f=csv&cursor=5": "cursor", "f=csv&crs=EPSG:2385": "crs", "f=csv&crs=here": "crs",
		"f=kml&crs=EPSG:4549": "crs", "f=csv&shift=BD09": "shift", "f=csv&shift=GCJ02&crs=EPSG:4549": "shift", "f=gpkg&encoding=GBK": "encoding",
		"f=csv&encoding=Big5": "encoding", "f=csv&secret=1": "secret", "f=csv&titles=so": "titles", "encoding=GBK": "encoding",
	} {
		a := w.get("/api/collections/dot/items?" + query)
		var p struct{ Field string }
		if err := json.Unmarshal(a.body, &p); err != nil || a.StatusCode != 400 || p.Field != field {
			t.Errorf("%s: %s %s", query, a.Status, a.body)
		}
		if a.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: the problem would be saved as a file", query)
		}
	}
	if a := w.get("/api/collections/hidden/items?f=csv"); a.StatusCode != 404 {
		t.Errorf("a hidden layer: %s", a.Status)
	}
}

func TestHeadOfAFileIsQuick(t *testing.T) {
	w := newWorld(t)
	response, err := w.http.Client().Head(w.url + "/api/collections/dot/items?f=gpkg")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/geopackage+sqlite3" {
		t.Errorf("%s %v", response.Status, response.Header)
	}
}

// TestManyFilesAtOnce asks for more files than are made at a time: each gets its turn.
func TestManyFilesAtOnce(t *testing.T) {
	w := newWorld(t)
	sizes := make(chan int, 8)
	for range cap(sizes) {
		go func() {
			response, err := w.http.Client().Get(w.url + "/api/collections/dot/items?f=geojson")
			if err != nil {
				sizes <- -1
				return
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != http.StatusOK {
				sizes <- -2
				return
			}
			sizes <- bytes.Count(body, []byte(`"type":"Feature",`))
		}()
	}
	for range cap(sizes) {
		select {
		case n := <-sizes:
			if n != 900 {
				t.Errorf("%d features", n)
			}
		case <-time.After(time.Minute):
			t.Fatal("an export does not end")
		}
	}
}

func TestCollectionLinksItsFiles(t *testing.T) {
	w := newWorld(t)
	var c struct {
		Links []struct{ Href, Rel, Type string }
	}
	w.read("/api/collections/dot", &c)
	for _, f := range write.Formats() {
		if !slices.ContainsFunc(c.Links, func(l struct{ Href, Rel, Type string }) bool {
			return strings.HasSuffix(l.Href, "/items?f="+f.ID) && l.Rel == "enclosure" && l.Type == f.MediaType
		}) {
			t.Errorf("no link to %s", f.ID)
		}
	}
}
