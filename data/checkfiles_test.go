package data_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"onemap/data"
	"onemap/data/read"
	"onemap/layers"
	"onemap/layers/fault"
)

// points writes .shp and .shx of points. height adds Z.
func points(ps []orb.Point, height bool) (shp, shx []byte) {
	kind, size := uint32(1), 10
	if height {
		kind, size = 11, 18
	}
	header := func(records, each int) []byte {
		b := make([]byte, 100)
		binary.BigEndian.PutUint32(b, 9994)
		binary.BigEndian.PutUint32(b[24:], uint32(50+records*each))
		binary.LittleEndian.PutUint32(b[28:], 1000)
		binary.LittleEndian.PutUint32(b[32:], kind)
		for i, v := range []float64{120, 31, 122, 33} {
			binary.LittleEndian.PutUint64(b[36+8*i:], math.Float64bits(v))
		}
		return b
	}
	shp, shx = header(len(ps), 4+size), header(len(ps), 4)
	for i, p := range ps {
		shx = binary.BigEndian.AppendUint32(shx, uint32(len(shp)/2))
		shx = binary.BigEndian.AppendUint32(shx, uint32(size))
		shp = binary.BigEndian.AppendUint32(shp, uint32(i+1))
		shp = binary.BigEndian.AppendUint32(shp, uint32(size))
		shp = binary.LittleEndian.AppendUint32(shp, kind)
		values := p[:]
		if height {
			values = []float64{p[0], p[1], 4.2, 0}
		}
		for _, v := range values {
			shp = binary.LittleEndian.AppendUint64(shp, math.Float64bits(v))
		}
	}
	return shp, shx
}

// dbf writes a table of two texts; names and cells are bytes in any encoding.
func dbf(names [2]string, width int, rows [][2]string) []byte {
	b := []byte{3, 121, 1, 1}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rows)))
	b = binary.LittleEndian.AppendUint16(b, 97)
	b = binary.LittleEndian.AppendUint16(b, uint16(1+2*width))
	b = append(b, make([]byte, 20)...)
	for _, n := range names {
		field := make([]byte, 32)
		copy(field[:11], n)
		field[11], field[16] = 'C', byte(width)
		b = append(b, field...)
	}
	b = append(b, 13)
	for _, r := range rows {
		b = append(b, ' ')
		for _, cell := range r {
			cell = cell[:min(len(cell), width)]
			b = append(b, cell+strings.Repeat(" ", width-len(cell))...)
		}
	}
	return append(b, 26)
}

func gbk(s string) string {
	text, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return text
}

const prj = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

// set is a good shapefile of two shelters, in the parts of a set.
func set() map[string][]byte {
	shp, shx := points([]orb.Point{{120.8941234, 31.9801234}, {121.1851234, 32.3121234}}, false)
	return map[string][]byte{
		"a.shp": shp, "a.shx": shx, "a.prj": []byte(prj), "a.cpg": []byte("GBK"),
		"a.dbf": dbf([2]string{gbk("编号"), gbk("名称")}, 20, [][2]string{{"S1", gbk("人民公园")}, {"S2", gbk("中心小学")}}),
	}
}

func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func zipped(t *testing.T, files map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "a.zip", b.Bytes())
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// troubles reads a file to its end and returns the rules that its problems belong to, or
// F7 and the error when it is refused.
func troubles(t *testing.T, path string, limits read.Limits) (rules map[string]bool, err error) {
	t.Helper()
	rules = map[string]bool{}
	in, err := read.Open(path, read.Options{Limits: limits})
	if err != nil {
		return rules, err
	}
	defer in.Close()
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rules, err
		}
		for _, p := range row.Problems {
			rules[layers.ReadingRule(string(p.Rule))] = true
		}
	}
	for _, p := range in.Problems() {
		rules[layers.ReadingRule(string(p.Rule))] = true
	}
	return rules, nil
}

// TestSeededFilesAreNamed holds faults of files against the rule that their problem belongs to.
func TestSeededFilesAreNamed(t *testing.T) {
	tests := []struct {
		name  string
		rule  string // empty: none
		code  fault.Code
		make  func(t *testing.T) string
		limit read.Limits
	}{
		{name: "good", make: func(t *testing.T) string { return folder(t, set()) }},
		{name: "no dbf", rule: "F1", make: func(t *testing.T) string { f := set(); delete(f, "a.dbf"); return folder(t, f) }},
		{name: "no shx", rule: "F1", make: func(t *testing.T) string { f := set(); f["a.shx"] = f["a.shx"][:60]; return folder(t, f) }},
		{name: "a row too few", rule: "F2", make: func(t *testing.T) string {
			f := set()
			f["a.dbf"] = dbf([2]string{"BH", "MC"}, 20, [][2]string{{"S1", "x"}})
			return folder(t, f)
		}},
		{name: "a row too many", rule: "F2", make: func(t *testing.T) string {
			f := set()
			f["a.dbf"] = dbf([2]string{"BH", "MC"}, 20, [][2]string{{"S1", "x"}, {"S2", "y"}, {"S3", "z"}})
			return folder(t, f)
		}},
		{name: "a row marked as deleted", rule: "F2", make: func(t *testing.T) string { f := set(); f["a.dbf"][97] = '*'; return folder(t, f) }},
		{name: "an unknown system", rule: "F3", make: func(t *testing.T) string {
			f := set()
			f["a.prj"] = []byte(`LOCAL_CS["My town's grid",UNIT["metre",1]]`)
			return folder(t, f)
		}},
		{name: "a character cut by the field's width", rule: "F4", make: func(t *testing.T) string {
			f := set()
			f["a.dbf"] = dbf([2]string{"BH", "MC"}, 9, [][2]string{{"S1", gbk("人民公园避难场所")}, {"S2", gbk("中心小学避难场所")}})
			return folder(t, f)
		}},
		{name: "no word on the character set", rule: "F4", make: func(t *testing.T) string { f := set(); delete(f, "a.cpg"); return folder(t, f) }},
		{name: "another character set than it says", rule: "F4", make: func(t *testing.T) string { f := set(); f["a.cpg"] = []byte("UTF-8"); return folder(t, f) }},
		{name: "heights", rule: "G7", make: func(t *testing.T) string {
			f := set()
			f["a.shp"], f["a.shx"] = points([]orb.Point{{120.8941234, 31.9801234}, {121.1851234, 32.3121234}}, true)
			return folder(t, f)
		}},
		{name: "a path out of the archive", rule: "F7", code: fault.Invalid, make: func(t *testing.T) string { f := set(); f["../b.txt"] = []byte("x"); return zipped(t, f) }},
		{name: "a bomb", rule: "F7", code: fault.TooLarge, limit: read.Limits{ArchiveBytes: 1 << 16}, make: func(t *testing.T) string {
			f := set()
			f["a.dbf"] = append(f["a.dbf"], make([]byte, 1<<20)...)
			return zipped(t, f)
		}},
		{name: "too many entries", rule: "F7", code: fault.TooLarge, limit: read.Limits{ArchiveEntries: 3}, make: func(t *testing.T) string { return zipped(t, set()) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules, err := troubles(t, test.make(t), test.limit)
			switch {
			case test.rule == "F7":
				if err == nil || fault.CodeOf(err) != test.code {
					t.Errorf("it is not refused: %v", err)
				}
			case err != nil:
				t.Error(err)
			case test.rule == "" && len(rules) > 0:
				t.Errorf("false alarms: %v", rules)
			case test.rule != "" && !rules[test.rule]:
				t.Errorf("missed %s, found %v", test.rule, rules)
			}
		})
	}
	t.Run("F6 the same file again", func(t *testing.T) {
		s := open(t)
		b := data.Batch{Layer: "dot", Source: "county", Scope: data.ScopeLayer, FileName: "a.zip", FileHash: "the same", CreatedBy: "census"}
		if _, err := s.CreateBatch(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CreateBatch(context.Background(), b); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("it is taken twice: %v", err)
		}
	})
}

// Every rule that reading gives its problems is one of the rulebook's.
func TestReadingRulesAreInTheRulebook(t *testing.T) {
	source, err := os.ReadFile("read/problem.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`Rule += "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(names) < 20 {
		t.Fatalf("%d rules of reading", len(names))
	}
	for _, name := range names {
		if id := layers.ReadingRule(name[1]); layers.RuleOf(id).Title.Zh == "" {
			t.Errorf("%s belongs to no rule, but %s", name[1], id)
		}
	}
}
