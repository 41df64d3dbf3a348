package write_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"onemap/data/write"
	"onemap/layers"
	"onemap/layers/fault"
)

// TestMemoryStaysBounded writes many polygons in every format and watches the heap:
// 200,000 with ONEMAP_SOAK=1, fewer in the usual tests.
func TestMemoryStaysBounded(t *testing.T) {
	rows, limit := 20_000, uint64(160<<20)
	if os.Getenv("ONEMAP_SOAK") != "" {
		rows = 200_000
	}
	v := view(t, "building", layers.RoleAdmin)
	records := gallery(v.Layer)
	items := make([]layers.Item, len(records))
	for i, r := range records {
		items[i] = item(v, 0, r)
	}
	for _, f := range write.Formats() {
		t.Run(f.ID, func(t *testing.T) {
			folder := t.TempDir()
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			before, most := m.HeapAlloc, uint64(0)
			w, err := write.New(f.ID, io.Discard, v, write.Options{Temp: folder})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Discard()
			for i := range rows {
				it := items[i%len(items)]
				it.ID = int64(i + 1)
				if err := w.Add(it); err != nil {
					t.Fatal(err)
				}
				if i%2_000 == 0 {
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&m)
			if most = max(most, m.HeapAlloc); most-before > limit {
				t.Errorf("the heap grew by %d MB", (most-before)>>20)
			}
			t.Logf("%d MB", (most-before)>>20)
			if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
				t.Errorf("temporary files are left: %v %v", left, err)
			}
		})
	}
}

// part is a file of a shapefile's archive.
func part(t *testing.T, b []byte, name string) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	content, err := fs.ReadFile(archive, name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestTextIsCutAtTheEdgeOfACharacter gives a shapefile texts that are too long in either
// character set, and characters that GBK lacks.
func TestTextIsCutAtTheEdgeOfACharacter(t *testing.T) {
	v := view(t, "shelter", layers.RoleAdmin)
	for name, test := range map[string]struct {
		o       write.Options
		text    string
		want    int // characters kept
		charset string
	}{
		"utf-8":     {write.Options{}, "x" + strings.Repeat("避", 100), 85, "UTF-8"},
		"gbk":       {write.Options{Encoding: "GBK"}, "x" + strings.Repeat("避", 200), 127, "GBK"},
		"rare":      {write.Options{Encoding: "GBK"}, strings.Repeat("𠀀", 70), 63, "GB18030"},
		"fits":      {write.Options{}, strings.Repeat("避", 84), 84, "UTF-8"},
		"exactly":   {write.Options{Encoding: "GBK"}, strings.Repeat("避", 127), 127, "GBK"},
		"new lines": {write.Options{}, "一\n二", 3, "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			r := gallery(v.Layer)[1]
			r.Values["host"] = test.text
			b, notices := file(t, "shp", v, test.o, r)
			if got := string(part(t, b, "shelter.cpg")); got != test.charset {
				t.Errorf("the character set is %s", got)
			}
			table := part(t, b, "shelter.dbf")
			if test.o.Encoding == "GBK" {
				var err error
				if table, err = simplifiedchinese.GB18030.NewDecoder().Bytes(table); err != nil {
					t.Fatal(err)
				}
			}
			want := string([]rune(test.text)[:test.want])
			if !bytes.Contains(table, []byte(want)) || bytes.Contains(table, []byte(test.text)) != (want == test.text) {
				t.Error("the text is not cut where it should be")
			}
			noted := false
			for _, n := range notices {
				noted = noted || n.Field == "host" && n.Count == 1 && n.First == "A-2" && n.Message.Zh != "" && n.Message.En != ""
			}
			if noted != (want != test.text || test.charset == "GB18030") {
				t.Errorf("notices: %v", notices)
			}
			if !utf8.Valid(part(t, b, "shelter.README.txt")) {
				t.Error("README.txt is not UTF-8")
			}
		})
	}
}

func TestListsAreCutBetweenParts(t *testing.T) {
	v := view(t, "supply_depot", layers.RoleAdmin)
	r := gallery(v.Layer)[1]
	stock := map[string]float64{}
	for i, code := range v.Field("stock").List.Codes() {
		stock[code] = 1e9/7 + float64(i)
	}
	r.Values["stock"] = stock
	b, notices := file(t, "shp", v, write.Options{}, r)
	table := part(t, b, "supply_depot.dbf")
	at := bytes.Index(table, []byte(v.Field("stock").List.Codes()[0]+":"))
	if at < 0 {
		t.Fatal("no stock")
	}
	cell := strings.TrimRight(string(table[at:at+254]), " ")
	for _, p := range strings.Split(cell, ";") {
		if _, number, ok := strings.Cut(p, ":"); !ok || len(number) < 17 {
			t.Errorf("%q is not whole in %q", p, cell)
		}
	}
	if len(notices) == 0 {
		t.Error("nothing is noted")
	}
}

// TestNamesOfAShapefile holds the names of every layer's columns: at most ten bytes, none
// twice, and such that the import knows each field by its column.
func TestNamesOfAShapefile(t *testing.T) {
	cat, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range cat.Layers() {
		for name, o := range map[string]write.Options{"names": {}, "titles": {Titles: true}, "gbk": {Titles: true, Encoding: "GBK"}} {
			t.Run(l.ID+"/"+name, func(t *testing.T) {
				v := view(t, l.ID, layers.RoleAdmin)
				b, _ := file(t, "shp", v, o)
				table := part(t, b, l.ID+".dbf")
				var names []string
				taken := map[string]bool{}
				for at := 32; table[at] != '\r'; at += 32 {
					raw, _, _ := bytes.Cut(table[at:at+11], []byte{0})
					if len(raw) > 10 || len(raw) == 0 {
						t.Errorf("the name %q", raw)
					}
					if o.Encoding == "GBK" {
						if raw, err = simplifiedchinese.GBK.NewDecoder().Bytes(raw); err != nil {
							t.Fatal(err)
						}
					}
					if key := strings.ToUpper(string(raw)); taken[key] || !utf8.Valid(raw) {
						t.Errorf("the name %s stands twice or is broken", key)
					} else {
						taken[key] = true
					}
					names = append(names, string(raw))
				}
				m, _, err := l.Match(names, layers.Hints{})
				if err != nil {
					t.Fatal(err)
				}
				for i, f := range v.Fields {
					if m.Of[f.Name] != i+1 {
						t.Errorf("%s is looked for in column %d of %v, not in %d", f.Name, m.Of[f.Name], names, i+1)
					}
				}
				if m.Origin["source"] == 0 || m.Origin["source_id"] == 0 {
					t.Errorf("the source is not known: %v", m.Origin)
				}
			})
		}
	}
}

// TestNullsOfAShapefile holds the bytes of absent values, which are GDAL's.
func TestNullsOfAShapefile(t *testing.T) {
	v := view(t, "building", layers.RoleAdmin)
	b, _ := file(t, "shp", v, write.Options{}, gallery(v.Layer)[2])
	table := part(t, b, "building.dbf")
	if n := binary.LittleEndian.Uint32(table[4:]); n != 1 {
		t.Fatalf("%d records", n)
	}
	at := int(binary.LittleEndian.Uint16(table[8:])) + 1
	for field := 32; table[field] != '\r'; field += 32 {
		name, _, _ := strings.Cut(string(table[field:field+11]), "\x00")
		width := int(table[field+16])
		cell := string(table[at : at+width])
		at += width
		if fill, ok := map[string]string{"storeys": "*", "height_m": "*", "surveyed_o": "0", "seismic_re": "?", "measure": " "}[name]; ok && cell != strings.Repeat(fill, width) {
			t.Errorf("%s is %q", name, cell)
		}
	}
	if table[len(table)-1] != 0x1a || at != len(table)-1 {
		t.Errorf("the table ends at %d of %d", at, len(table))
	}
	shapes := part(t, b, "building.shp")
	if size := binary.BigEndian.Uint32(shapes[24:]); int(size)*2 != len(shapes) || binary.LittleEndian.Uint32(shapes[108:]) != 0 {
		t.Errorf("no null shape: % x", shapes[100:])
	}
}

// TestOutlinesLongerThanACell gives a workbook an outline that takes three cells.
func TestOutlinesLongerThanACell(t *testing.T) {
	v := view(t, "building", layers.RoleAdmin)
	records := gallery(v.Layer)
	var ring orb.Ring
	for i := range 2000 {
		ring = append(ring, orb.Point{120 + float64(i)/3e5, 32 + float64(i*i)/7e8})
	}
	ring = append(ring, orb.Point{120.5, 31.5}, ring[0])
	records[1].Geometry = orb.Polygon{ring}
	b, notices := file(t, "xlsx", v, write.Options{}, records...)
	if len(notices) != 0 {
		t.Error(notices)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("数据 Data")
	if err != nil {
		t.Fatal(err)
	}
	text, parts := "", 0
	for i, name := range rows[0] {
		if strings.HasPrefix(name, "几何WKT") {
			text += rows[2][i]
			parts++
		}
	}
	if g, err := wkt.Unmarshal(text); err != nil || parts != 3 || !orb.Equal(g, records[1].Geometry) {
		t.Errorf("%d cells, %v", parts, err)
	}
}

func TestTooMuchForAFormat(t *testing.T) {
	v := view(t, "shelter", layers.RoleAdmin)
	it := item(v, 1, gallery(v.Layer)[2])
	w, err := write.New("xlsx", io.Discard, v, write.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	for range 1_048_575 {
		if err := w.Add(it); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Add(it); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("one row too many: %v", err)
	}

	r := gallery(v.Layer)[1]
	r.Values["host"] = strings.Repeat("长", 40_000) + "\x01"
	_, notices := file(t, "xlsx", v, write.Options{}, r)
	if len(notices) != 2 || notices[0].Field != "host" {
		t.Errorf("%v", notices)
	}
}

// TestShapefileIsRefusedOver2GB comes close to the size and then over it.
func TestShapefileIsRefusedOver2GB(t *testing.T) {
	v := view(t, "building", layers.RoleAdmin)
	it := item(v, 1, gallery(v.Layer)[1])
	w, err := write.New("shp", io.Discard, v, write.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	write.Swell(w, 1<<31-1-100-300)
	if err := w.Add(it); err != nil {
		t.Errorf("below 2 GB: %v", err)
	}
	if err := w.Add(it); fault.CodeOf(err) != fault.TooLarge || !strings.Contains(err.Error(), "2 GB") {
		t.Errorf("over 2 GB: %v", err)
	}
}
