package read_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/data/read"
)

const cgcs2000 = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

// contents is all that a source gives.
type contents struct {
	format, encoding string
	crs              string
	columns          []string
	rows             []*read.Row
	problems         []read.Problem
}

func open(t testing.TB, path string, opts read.Options) read.Source {
	t.Helper()
	s, err := read.Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// readAll reads a file whole and checks what holds for every source.
func readAll(t testing.TB, path string, opts read.Options) contents {
	t.Helper()
	s := open(t, path, opts)
	var c contents
	for {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("after %d rows: %v", len(c.rows), err)
		}
		if len(row.Values) > len(s.Columns()) {
			t.Fatalf("row %d has %d values for %d columns", row.Number, len(row.Values), len(s.Columns()))
		}
		c.rows = append(c.rows, row)
	}
	if _, err := s.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end comes %v", err)
	}
	if done, total := s.Progress(); done < total-1 || done > total { // a DBF ends with a mark of one byte
		t.Errorf("at the end, %d of %d bytes are read", done, total)
	}
	c.format, c.encoding, c.columns, c.problems = s.Format(), s.Encoding(), s.Columns(), s.Problems()
	if crs, ok := s.CRS(); ok {
		c.crs = crs.String()
	}
	return c
}

// fails opens and reads a file that must give an error with some words.
func fails(t *testing.T, path string, opts read.Options, want string) {
	t.Helper()
	s, err := read.Open(path, opts)
	if err == nil {
		defer s.Close()
		for err == nil {
			_, err = s.Next()
		}
	}
	if err == io.EOF || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want one with %q", err, want)
	}
}

func anys(values []read.Value) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v.Any()
	}
	return out
}

func rules(problems []read.Problem) []read.Rule {
	var out []read.Rule
	for _, p := range problems {
		if p.ZH == "" || p.EN == "" || p.Severity == "" {
			panic("a problem without words: " + string(p.Rule))
		}
		out = append(out, p.Rule)
	}
	return out
}

// enterprises is a table as a county sends it: GBK, column names of five characters, nulls as GDAL writes them.
func enterprises() table {
	return table{
		columns: []column{
			{gbk("企业名称"), 'C', 20, 0},
			{gbk("从业人员数"), 'N', 9, 0},
			{gbk("面积"), 'F', 12, 3},
			{gbk("成立日期"), 'D', 8, 0},
			{gbk("规模以上"), 'L', 1, 0},
		},
		rows: [][]string{
			{gbk("南通化工厂"), "120", "12.500", "20200131", "T"},
			{gbk("张聽"), "*********", "************", "00000000", "?"},
			{"", "", "", "", ""},
		},
	}
}

var enterpriseShapes = []record{pointShape(1, orb.Point{120.9, 31.9}), pointShape(1, orb.Point{121, 32}), nullShape()}

func TestShapefileGBK(t *testing.T) {
	made := set("qy", 1, enterpriseShapes, enterprises(), map[string]string{".cpg": "GBK", ".prj": cgcs2000})
	folder := made.folder(t)
	tests := map[string]string{
		"the .shp":   filepath.Join(folder, "qy.shp"),
		"the folder": folder,
		"a zip":      made.zipped(t),
	}
	for name, path := range tests {
		t.Run(name, func(t *testing.T) {
			c := readAll(t, path, read.Options{})
			if c.format != "Shapefile" || c.encoding != "GB18030" || c.crs != "EPSG:4490" || len(c.problems) != 0 {
				t.Errorf("%s, %s, %s, %v", c.format, c.encoding, c.crs, c.problems)
			}
			if diff := cmp.Diff([]string{"企业名称", "从业人员数", "面积", "成立日期", "规模以上"}, c.columns); diff != "" {
				t.Error(diff)
			}
			if len(c.rows) != 3 {
				t.Fatalf("%d rows", len(c.rows))
			}
			first := c.rows[0]
			want := []any{"南通化工厂", int64(120), 12.5, date(2020, 1, 31), true}
			if diff := cmp.Diff(want, anys(first.Values)); diff != "" {
				t.Error(diff)
			}
			if first.Number != 1 || first.Geometry != (orb.Point{120.9, 31.9}) || first.Values[2].Raw != "12.500" {
				t.Errorf("first row is %+v", first)
			}
			// 聽 is C2 A0 in GBK: its second byte must not be taken for a blank.
			if diff := cmp.Diff([]any{"张聽", nil, nil, nil, nil}, anys(c.rows[1].Values)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]any{nil, nil, nil, nil, nil}, anys(c.rows[2].Values)); diff != "" {
				t.Error(diff)
			}
			if c.rows[2].Geometry != nil || len(c.rows[2].Problems) != 0 {
				t.Errorf("a null shape is %v, %v", c.rows[2].Geometry, c.rows[2].Problems)
			}
		})
	}
}

func TestShapefileCharsets(t *testing.T) {
	chinese := func(s string) table {
		return table{columns: []column{{"NAME", 'C', 30, 0}}, rows: [][]string{{s}}}
	}
	with := func(d table, language byte) table { d.language = language; return d }
	tests := map[string]struct {
		table    table
		cpg      string
		word     string
		encoding string
		text     string
		rules    []read.Rule
	}{
		"cpg GBK":                    {chinese(gbk("国语國語")), "GBK", "", "GB18030", "国语國語", nil},
		"cpg GB2312 and line end":    {chinese(gbk("国语國語")), "GB2312\r\n", "", "GB18030", "国语國語", nil},
		"cpg 936":                    {chinese(gbk("国语國語")), "936", "", "GB18030", "国语國語", nil},
		"cpg CP936":                  {chinese(gbk("国语國語")), "cp936", "", "GB18030", "国语國語", nil},
		"cpg OEM 936":                {chinese(gbk("国语國語")), "OEM 936", "", "GB18030", "国语國語", nil},
		"cpg ANSI 936":               {chinese(gbk("国语國語")), "ANSI 936", "", "GB18030", "国语國語", nil},
		"cpg with byte order mark":   {chinese(gbk("国语國語")), "\ufeffGB18030", "", "GB18030", "国语國語", nil},
		"four bytes of GB18030":      {chinese(gbk("𠀀㐀")), "GB18030", "", "GB18030", "𠀀㐀", nil},
		"cpg UTF-8":                  {chinese("国语國語"), "UTF-8", "", "UTF-8", "国语國語", nil},
		"cpg 65001":                  {chinese("国语國語"), "65001", "", "UTF-8", "国语國語", nil},
		"cpg 8859-1":                 {chinese("caf\xe9"), "8859-1", "", "ISO-8859-1", "café", nil},
		"cpg ISO 88591":              {chinese("caf\xe9"), "ISO 88591", "", "ISO-8859-1", "café", nil},
		"cpg BIG5":                   {chinese("\xb0\xea\xbby"), "BIG-5", "", "Big5", "國語", nil},
		"cpg without sense":          {chinese(gbk("国语國語")), "OEM", "", "GB18030", "国语國語", []read.Rule{read.EncodingDoubted, read.EncodingGuessed}},
		"cpg against the text":       {chinese(gbk("国语國語")), "UTF-8", "", "UTF-8", "\ufffdZ", []read.Rule{read.EncodingDoubted}},
		"language byte 4D":           {with(chinese(gbk("国语國語")), 0x4d), "", "", "GB18030", "国语國語", nil},
		"language byte 4D, is UTF-8": {with(chinese("国语國語测"), 0x4d), "", "", "UTF-8", "国语國語测", []read.Rule{read.EncodingDoubted}},
		"language byte 03, is UTF-8": {with(chinese("国语國語"), 3), "", "", "UTF-8", "国语國語", []read.Rule{read.EncodingDoubted}},
		"detected, accents":          {chinese("Québec à côté"), "", "", "UTF-8", "Québec à côté", []read.Rule{read.EncodingGuessed}},
		"detected, one accident":     {chinese("\xc4\xa3"), "", "", "GB18030", "模", []read.Rule{read.EncodingGuessed}},
		"language byte 03":           {with(chinese("\xe4\xf6\xfc"), 3), "", "", "windows-1252", "äöü", nil},
		"language byte 57 is silent": {with(chinese(gbk("国语")), 0x57), "", "", "GB18030", "国语", []read.Rule{read.EncodingGuessed}},
		"cpg before language byte":   {with(chinese("国语國語"), 0x4d), "UTF-8", "", "UTF-8", "国语國語", nil},
		"detected GBK":               {chinese(gbk("国语國語")), "", "", "GB18030", "国语國語", []read.Rule{read.EncodingGuessed}},
		"detected UTF-8":             {chinese("国语國語"), "", "", "UTF-8", "国语國語", []read.Rule{read.EncodingGuessed}},
		"nothing but ASCII":          {chinese("plain"), "", "", "ASCII", "plain", nil},
		"the user's word":            {chinese(gbk("国语國語")), "UTF-8", "gbk", "GB18030", "国语國語", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := files{"a.dbf": tt.table.bytes()}
			if tt.cpg != "" {
				f["a.cpg"] = []byte(tt.cpg)
			}
			c := readAll(t, f.folder(t), read.Options{Encoding: tt.word})
			if c.encoding != tt.encoding || c.rows[0].Values[0].Raw != tt.text {
				t.Errorf("%q in %s, want %q in %s", c.rows[0].Values[0].Raw, c.encoding, tt.text, tt.encoding)
			}
			if diff := cmp.Diff(tt.rules, rules(c.problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
	fails(t, files{"a.dbf": chinese("x").bytes()}.folder(t), read.Options{Encoding: "klingon"}, "klingon")
}

func TestShapefileCutCharacter(t *testing.T) {
	tests := map[string]struct {
		cell, cpg, want string
		rules           []read.Rule
	}{
		"GBK, cut in a pair":        {gbk("南通市崇川区")[:9], "GBK", "南通市崇", []read.Rule{read.CutCharacter}},
		"GB18030, cut in four":      {gbk("南𠀀𠀀")[:9], "GB18030", "南𠀀", []read.Rule{read.CutCharacter}},
		"UTF-8, cut in three":       {"南通市崇"[:11][:9-1], "UTF-8", "南通", []read.Rule{read.CutCharacter}},
		"whole characters":          {gbk("南通市a"), "GBK", "南通市a", nil},
		"wrong in the middle":       {gbk("南") + "\xff" + gbk("通"), "GBK", "南\ufffd通", []read.Rule{read.BadEncoding}},
		"UTF-8 wrong in the middle": {"南\xff通", "UTF-8", "南\ufffd通", []read.Rule{read.BadEncoding}},
		"NUL filling":               {gbk("南通") + "\x00\x00x", "GBK", "南通", nil},
		"blanks kept at the front":  {"  a ", "GBK", "  a", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := table{columns: []column{{"A", 'C', 9, 0}, {"B", 'C', 4, 0}}, rows: [][]string{{tt.cell, "next"}}}
			c := readAll(t, files{"a.dbf": d.bytes(), "a.cpg": []byte(tt.cpg)}.folder(t), read.Options{})
			row := c.rows[0]
			if row.Values[0].Raw != tt.want || row.Values[1].Raw != "next" {
				t.Errorf("got %q, %q, want %q", row.Values[0].Raw, row.Values[1].Raw, tt.want)
			}
			if diff := cmp.Diff(tt.rules, rules(row.Problems)); diff != "" {
				t.Error(diff)
			}
			for _, p := range row.Problems {
				if p.Column != "A" || p.Raw != tt.want {
					t.Errorf("problem is about %q, %q", p.Column, p.Raw)
				}
			}
		})
	}
}

// The first other character of a file may come after more ASCII than is looked at when it is opened.
func TestShapefileLateCharacters(t *testing.T) {
	for encoding, text := range map[string]string{"GB18030": gbk("南通市"), "UTF-8": "南通市"} {
		t.Run(encoding, func(t *testing.T) {
			d := table{columns: []column{{"A", 'C', 250, 0}}}
			for range 5000 {
				d.rows = append(d.rows, []string{"plain"})
			}
			d.rows = append(d.rows, []string{text})
			s := open(t, files{"a.dbf": d.bytes()}.folder(t), read.Options{})
			if s.Encoding() != "ASCII" {
				t.Errorf("begins as %s", s.Encoding())
			}
			var last *read.Row
			for {
				row, err := s.Next()
				if err != nil {
					break
				}
				last = row
			}
			if last.Values[0].Raw != "南通市" || s.Encoding() != encoding {
				t.Errorf("ends with %q in %s", last.Values[0].Raw, s.Encoding())
			}
		})
	}
}

func TestShapefileCells(t *testing.T) {
	tests := map[string]struct {
		column column
		cell   string
		want   any
		raw    string
		rule   read.Rule
	}{
		"whole":               {column{"A", 'N', 9, 0}, "-42", int64(-42), "-42", ""},
		"whole with point":    {column{"A", 'N', 9, 0}, "42.5", 42.5, "42.5", ""},
		"decimals":            {column{"A", 'N', 12, 2}, "42", 42.0, "42", ""},
		"exponent":            {column{"A", 'F', 19, 11}, "1.2e+003", 1200.0, "1.2e+003", ""},
		"18 digits":           {column{"A", 'N', 18, 0}, "913206001234567890", int64(913206001234567890), "913206001234567890", ""},
		"beyond int64":        {column{"A", 'N', 20, 0}, "99999999999999999999", 1e20, "99999999999999999999", ""},
		"stars":               {column{"A", 'N', 4, 0}, "****", nil, "", ""},
		"comma":               {column{"A", 'N', 6, 2}, "12,5", "12,5", "12,5", read.BadNumber},
		"infinity":            {column{"A", 'N', 6, 2}, "inf", "inf", "inf", read.BadNumber},
		"hexadecimal":         {column{"A", 'N', 6, 2}, "0x1p-2", "0x1p-2", "0x1p-2", read.BadNumber},
		"Chinese in a number": {column{"A", 'N', 6, 2}, gbk("无"), "无", "无", read.BadNumber},
		"date":                {column{"A", 'D', 8, 0}, "20240229", date(2024, 2, 29), "20240229", ""},
		"no such day":         {column{"A", 'D', 8, 0}, "20230229", "20230229", "20230229", read.BadDate},
		"half a date":         {column{"A", 'D', 8, 0}, "2023", "2023", "2023", read.BadDate},
		"zero date":           {column{"A", 'D', 8, 0}, "00000000", nil, "", ""},
		"true":                {column{"A", 'L', 1, 0}, "y", true, "y", ""},
		"false":               {column{"A", 'L', 1, 0}, "F", false, "F", ""},
		"neither":             {column{"A", 'L', 1, 0}, "1", "1", "1", read.BadBoolean},
		"binary whole":        {column{"A", 'I', 4, 0}, "\xfe\xff\xff\xff", int64(-2), "-2", ""},
		"long text":           {column{"A", 'C', 300, 0}, strings.Repeat("x", 300), strings.Repeat("x", 300), strings.Repeat("x", 300), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := table{columns: []column{tt.column}, rows: [][]string{{tt.cell}}}
			c := readAll(t, files{"a.dbf": d.bytes()}.folder(t), read.Options{Encoding: "GBK"})
			v := c.rows[0].Values[0]
			if diff := cmp.Diff(tt.want, v.Any()); diff != "" || v.Raw != tt.raw {
				t.Errorf("%s, raw %q", diff, v.Raw)
			}
			var want []read.Rule
			if tt.rule != "" {
				want = []read.Rule{tt.rule}
			}
			if diff := cmp.Diff(want, rules(c.rows[0].Problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestShapefileFoxProDouble(t *testing.T) {
	d := table{version: 0x30, columns: []column{{"A", 'B', 8, 0}, {"M", 'M', 10, 0}}, rows: [][]string{{"\x00\x00\x00\x00\x00\x00\xf8\x3f", "1"}}}
	c := readAll(t, files{"a.dbf": d.bytes()}.folder(t), read.Options{})
	if diff := cmp.Diff([]any{1.5, nil}, anys(c.rows[0].Values)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]read.Rule{read.ColumnUnread}, rules(c.problems)); diff != "" {
		t.Error(diff)
	}
}

func TestShapefileColumnNames(t *testing.T) {
	d := table{columns: []column{
		{gbk("应急避难场") + "\xb3", 'C', 2, 0}, // ten bytes and half a character
		{"X", 'C', 2, 0},
		{"X", 'C', 2, 0},
		{"", 'C', 2, 0},
	}}
	d.columns[0].name = gbk("a应急避难场")[:10]
	c := readAll(t, files{"a.dbf": d.bytes()}.folder(t), read.Options{Encoding: "GBK"})
	if diff := cmp.Diff([]string{"a应急避难", "X", "X_2", "column_4"}, c.columns); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]read.Rule{read.ColumnRenamed, read.ColumnRenamed, read.ColumnRenamed}, rules(c.problems)); diff != "" {
		t.Error(diff)
	}
}

func TestShapefileParts(t *testing.T) {
	three := enterprises()
	deleted := enterprises()
	deleted.rows[1] = append([]string{deletedMark}, deleted.rows[1]...)
	two := enterprises()
	two.rows = two.rows[:2]
	prj := map[string]string{".prj": cgcs2000}
	all := func(f files, without ...string) files {
		for name := range f {
			if slices.Contains(without, filepath.Ext(name)) {
				delete(f, name)
			}
		}
		return f
	}
	guessed := read.EncodingGuessed
	tests := map[string]struct {
		files   files
		numbers []int64
		rules   []read.Rule
	}{
		"complete":         {set("a", 1, enterpriseShapes, three, prj), []int64{1, 2, 3}, []read.Rule{guessed}},
		"no .shx":          {all(set("a", 1, enterpriseShapes, three, prj), ".shx"), []int64{1, 2, 3}, []read.Rule{guessed}},
		"no .prj":          {set("a", 1, enterpriseShapes, three, nil), []int64{1, 2, 3}, []read.Rule{guessed, read.PartMissing}},
		"no .dbf":          {all(set("a", 1, enterpriseShapes, three, prj), ".dbf"), []int64{1, 2, 3}, []read.Rule{read.PartMissing}},
		"no .shp":          {all(set("a", 1, enterpriseShapes, three, prj), ".shp", ".shx"), []int64{1, 2, 3}, []read.Rule{guessed}},
		"deleted record":   {set("a", 1, enterpriseShapes, deleted, prj), []int64{1, 3}, []read.Rule{guessed, read.RecordsDeleted}},
		"table is shorter": {set("a", 1, enterpriseShapes, two, prj), []int64{1, 2, 3}, []read.Rule{guessed, read.CountMismatch}},
		"shapes are fewer": {set("a", 1, enterpriseShapes[:2], three, prj), []int64{1, 2, 3}, []read.Rule{guessed, read.CountMismatch}},
		"unknown system":   {set("a", 1, enterpriseShapes, three, map[string]string{".prj": "LOCAL_CS[\"plant\"]"}), []int64{1, 2, 3}, []read.Rule{guessed, read.CRSUnknown}},
		"capital endings":  {files{"A.SHP": set("a", 1, enterpriseShapes, three, nil)["a.shp"], "a.DBF": three.bytes(), "A.Prj": []byte(cgcs2000)}, []int64{1, 2, 3}, []read.Rule{guessed}},
		"useless .shx":     {func() files { f := set("a", 1, enterpriseShapes, three, prj); f["a.shx"] = []byte("x"); return f }(), []int64{1, 2, 3}, []read.Rule{read.IndexIgnored, guessed}},
		"heights are told": {set("a", 11, []record{pointShape(11, orb.Point{1, 2}, 3, 4)}, table{columns: []column{{"A", 'C', 1, 0}}, rows: [][]string{{"x"}}}, prj), []int64{1}, []read.Rule{read.HeightDropped}},
		"other files there": {func() files {
			f := set("a", 1, enterpriseShapes, three, prj)
			f["a.shp.xml"], f["a.sbn"], f["readme.txt"] = nil, nil, nil
			return f
		}(), []int64{1, 2, 3}, []read.Rule{guessed}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for how, path := range map[string]string{"folder": tt.files.folder(t), "zip": tt.files.zipped(t)} {
				c := readAll(t, path, read.Options{})
				var numbers []int64
				for _, r := range c.rows {
					numbers = append(numbers, r.Number)
				}
				if diff := cmp.Diff(tt.numbers, numbers); diff != "" {
					t.Errorf("%s: %s", how, diff)
				}
				if diff := cmp.Diff(tt.rules, rules(c.problems)); diff != "" {
					t.Errorf("%s: %s", how, diff)
				}
			}
		})
	}
}

func TestShapefileGapBetweenRecords(t *testing.T) {
	f := set("a", 1, enterpriseShapes, enterprises(), nil)
	f["a.shp"], f["a.shx"] = shapes(1, 30, enterpriseShapes...)
	c := readAll(t, f.zipped(t), read.Options{})
	if len(c.rows) != 3 || c.rows[1].Geometry != (orb.Point{121, 32}) {
		t.Errorf("%d rows", len(c.rows))
	}
	delete(f, "a.shx")
	fails(t, f.zipped(t), read.Options{}, "no record 2 follows")
}

func TestShapefileSeveralSets(t *testing.T) {
	f := set("roads", 1, enterpriseShapes, enterprises(), nil)
	for name, b := range set("bridges", 1, enterpriseShapes[:1], table{columns: []column{{"B", 'C', 1, 0}}, rows: [][]string{{"x"}}}, nil) {
		f[name] = b
	}
	for how, path := range map[string]string{"folder": f.folder(t), "zip": f.zipped(t)} {
		fails(t, path, read.Options{}, "2 data sets; name the one to read: bridges (Shapefile), roads (Shapefile)")
		fails(t, path, read.Options{Layer: "rails"}, `no data set "rails"; it has bridges (Shapefile), roads (Shapefile)`)
		if c := readAll(t, path, read.Options{Layer: "bridges"}); len(c.rows) != 1 {
			t.Errorf("%s: bridges have %d rows", how, len(c.rows))
		}
	}
}

func TestShapefileRefuses(t *testing.T) {
	good := func() files { return set("a", 1, enterpriseShapes, enterprises(), nil) }
	with := func(name string, change func([]byte) []byte) files {
		f := good()
		f[name] = change(slices.Clone(f[name]))
		return f
	}
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)-n] } }
	put := func(at int, c ...byte) func([]byte) []byte {
		return func(b []byte) []byte { copy(b[at:], c); return b }
	}
	promised := enterprises()
	promised.promised = 4
	tests := map[string]struct {
		files files
		limit int64
		want  string
	}{
		"shp cut in a record":     {with("a.shp", cut(1)), 0, "a.shp is cut off"},
		"shp cut in its header":   {with("a.shp", func(b []byte) []byte { return b[:50] }), 0, "a.shp is cut off in its header"},
		"shp is something else":   {with("a.shp", put(0, 1)), 0, "is not the .shp of a shapefile"},
		"shp length of nothing":   {with("a.shp", put(24, 0, 0, 0, 1)), 0, "damaged"},
		"multipatch":              {with("a.shp", put(32, 31)), 0, "MultiPatch"},
		"unknown kind of shape":   {with("a.shp", put(32, 77)), 0, "77"},
		"record longer than file": {with("a.shp", put(104, 0x7f)), 0, "no record 1 follows"},
		"record over the limit":   {good(), 10, "at most 10 are read"},
		"dbf cut in a record":     {with("a.dbf", cut(10)), 0, "a.dbf is cut off: its header promises 3 records"},
		"dbf cut in its header":   {with("a.dbf", func(b []byte) []byte { return b[:20] }), 0, "a.dbf is cut off in its header"},
		"dbf cut in its columns":  {with("a.dbf", func(b []byte) []byte { return append(put(4, 0, 0, 0, 0)(b)[:40], make([]byte, 0)...) }), 0, "a.dbf is cut off"},
		"dbf header of nothing":   {with("a.dbf", put(8, 1, 0)), 0, "damaged"},
		"dbf columns too wide":    {with("a.dbf", put(32+16, 255)), 0, "wider than its records"},
		"dbf ends early": {func() files {
			f := good()
			f["a.dbf"] = append(promised.bytes(), make([]byte, 200)...)
			return f
		}(), 0, "ends after record 3; its header promises 4"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			opts := read.Options{Limits: read.Limits{FeatureBytes: tt.limit}}
			fails(t, tt.files.folder(t), opts, tt.want)
			fails(t, tt.files.zipped(t), opts, tt.want)
		})
	}
	many := table{columns: []column{{"A", 'C', 1, 0}, {"B", 'C', 1, 0}, {"C", 'C', 1, 0}}}
	fails(t, files{"a.dbf": many.bytes()}.folder(t), read.Options{Limits: read.Limits{Columns: 2}}, "3 columns; at most 2")
}

func TestOpenRefuses(t *testing.T) {
	empty := t.TempDir()
	tests := map[string]struct{ path, want string }{
		"not there":       {filepath.Join(empty, "none.shp"), "there is no file none.shp"},
		"an empty folder": {empty, "none of the formats"},
		"an empty file":   {written(t, "a.shp", nil), "none of the formats"},
		"some text":       {written(t, "a.shp", []byte("hello")), "none of the formats"},
		"an empty zip":    {files{}.zipped(t), "none of the formats"},
		"half a zip":      {written(t, "a.zip", []byte("PK\x03\x04 and no more")), "cut off"},
		"a device":        {os.DevNull, "neither a file nor a folder"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { fails(t, tt.path, read.Options{}, tt.want) })
	}
}

// The name of a file says nothing: a .shp called .json is read as what it is.
func TestOpenGoesByContent(t *testing.T) {
	f := set("a", 1, enterpriseShapes, enterprises(), nil)
	if c := readAll(t, written(t, "a.json", f["a.shp"]), read.Options{}); c.format != "Shapefile" || len(c.rows) != 3 {
		t.Errorf("%s with %d rows", c.format, len(c.rows))
	}
	if c := readAll(t, written(t, "a.shp", []byte(`{"type":"Point","coordinates":[1,2]}`)), read.Options{}); c.format != "GeoJSON" || len(c.rows) != 1 {
		t.Errorf("%s with %d rows", c.format, len(c.rows))
	}
}
