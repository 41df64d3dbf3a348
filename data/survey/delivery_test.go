package survey_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"

	"onemap/data"
	"onemap/data/survey"
	"onemap/data/write"
	"onemap/layers"
)

// shapefile is a set of points with a column of codes, by the name of its files.
func shapefile(codes []string, at []orb.Point) map[string][]byte {
	le := binary.LittleEndian
	header := func(length int) []byte {
		h := binary.BigEndian.AppendUint32(nil, 9994)
		h = append(h, make([]byte, 20)...)
		h = binary.BigEndian.AppendUint32(h, uint32(length/2))
		h = le.AppendUint32(le.AppendUint32(h, 1000), 1)
		for range 8 {
			h = le.AppendUint64(h, 0)
		}
		return h
	}
	shp, shx := header(100+28*len(at)), header(100+8*len(at))
	dbf := le.AppendUint32([]byte{3, 126, 1, 1}, uint32(len(codes)))
	dbf = le.AppendUint16(le.AppendUint16(dbf, 65), 11)
	dbf = append(dbf, make([]byte, 20)...)
	dbf = append(dbf, append([]byte("\xb1\xe0\xba\xc5\x00\x00\x00\x00\x00\x00\x00C"), append(make([]byte, 4), 10)...)...)
	dbf = append(append(dbf, make([]byte, 15)...), 13)
	for i, p := range at {
		shx = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(shx, uint32(50+14*i)), 10)
		shp = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(shp, uint32(i+1)), 10)
		shp = le.AppendUint64(le.AppendUint64(le.AppendUint32(shp, 1), math.Float64bits(p[0])), math.Float64bits(p[1]))
		dbf = append(dbf, fmt.Sprintf(" %-10s", codes[i])...)
	}
	const prj = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	return map[string][]byte{"图形.shp": shp, "图形.shx": shx, "图形.dbf": append(dbf, 26), "图形.prj": []byte(prj)}
}

// table is a workbook of one sheet.
func table(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packed(t *testing.T, files map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormsAndGeometriesOfOneDeliveryAreJoined(t *testing.T) {
	in, s := desk(t)
	ctx := context.Background()
	form := []any{"编号", "场所名称", "容纳人数"}
	clean := shapefile([]string{"S1", "S2", "S3"}, []orb.Point{{120.894123, 31.980456}, {120.904123, 32.000456}, {120.914123, 32.010456}})
	clean["登记表.xlsx"] = table(t, form, []any{"S1", "公园", 10}, []any{"S2", "学校", 20}, []any{"S3", "广场", 30})
	clean["说明.pdf"] = []byte("%PDF-1.4")
	b, r := understand(t, in, "交付.zip", packed(t, clean), "clean", survey.Options{})
	if r.Joined == nil || r.Joined.Forms != "登记表/Sheet1" || r.Joined.Geometry != "图形" || r.Joined.By != "shelter_code" || r.Format != "XLSX + Shapefile" {
		t.Fatalf("%+v, %+v", r.Joined, r)
	}
	if tally := check(t, in, b.ID, "census"); tally.Good != 3 || tally.Errors+tally.Warnings > 0 {
		found, _ := s.Findings(ctx, b.ID, data.FindingFilter{})
		t.Fatalf("%+v: %+v", tally, found)
	}
	if _, err := publish(t, in, b.ID); err != nil {
		t.Fatal(err)
	}
	if p, ok := position(t, s, "S2"); !ok || p != (orb.Point{120.904123, 32.000456}) {
		t.Errorf("%v, %v", p, ok)
	}

	// Every way in which the two can disagree.
	faulty := shapefile([]string{"S1", "S2", "S2", "", "S9"}, []orb.Point{{120.894, 31.98}, {120.904, 32}, {120.905, 32}, {120.9, 32.02}, {120.93, 32.03}})
	faulty["登记表.xlsx"] = table(t, form, []any{"S1", "公园", 10}, []any{"S2", "学校", 20}, []any{"S7", "剧院", 30}, []any{nil, "无号", 40})
	b, _ = understand(t, in, "再交付.zip", packed(t, faulty), "faulty", survey.Options{})
	check(t, in, b.ID, "census")
	found, err := s.Findings(ctx, b.ID, data.FindingFilter{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]data.NumberedFinding{}
	for _, f := range found {
		got[fmt.Sprint(f.Rule, " ", f.Row, " ", f.Value)] = f
	}
	for _, want := range []string{"X1 4 S7", "X2 0 S9", "X2 0 ", "U1 0 S2", "V1 5 "} {
		f, ok := got[want]
		if !ok {
			t.Errorf("%s is not found", want)
		} else if f.Hint.Zh == "" || f.Message.En == "" {
			t.Errorf("%s has not all its words: %+v", want, f)
		}
	}
	if p := got["X2 0 S9"].Place; p == nil || *p != [2]float64{120.93, 32.03} {
		t.Errorf("the place of a geometry without form: %v", p)
	}

	// A part that is named is read alone.
	b, r = understand(t, in, "三交付.zip", packed(t, clean), "alone", survey.Options{Part: "登记表"})
	if r.Joined != nil || r.Format != "XLSX" {
		t.Errorf("%+v", r)
	}
	check(t, in, b.ID, "census")
}

func TestWorkbookOfAnOldTemplate(t *testing.T) {
	in, s := desk(t)
	ctx := context.Background()
	l := s.Catalogue().Layer("shelter")
	for _, test := range []struct {
		name, layer, version string
		drop                 string // a column that the template has not
		severity             layers.Severity
	}{
		{"of today", "shelter", l.TemplateVersion(), "", ""},
		{"of last year", "shelter", "20250101", "应急供水", layers.SeverityWarning},
		{"of another layer", "supply_depot", "1", "", layers.SeverityError},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write.Template(&b, l); err != nil {
				t.Fatal(err)
			}
			f, err := excelize.OpenReader(&b)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			heads, err := f.GetRows("数据 Data")
			if err != nil {
				t.Fatal(err)
			}
			set := func(sheet, cell string, v any) {
				if err := f.SetCellValue(sheet, cell, v); err != nil {
					t.Fatal(err)
				}
			}
			set("说明 Guide", "B4", test.layer)
			set("说明 Guide", "C4", test.version)
			values := map[string]any{"场所编号*": "S1" + test.version, "场所名称*": "公园" + test.version, "经度": 120.894123, "纬度": 31.980456}
			for i, head := range heads[0] {
				cell, err := excelize.CoordinatesToCellName(i+1, 2)
				if err != nil {
					t.Fatal(err)
				}
				if v, ok := values[head]; ok {
					set("数据 Data", cell, v)
				}
				if head == test.drop {
					set("数据 Data", strings.TrimRight(cell, "2")+"1", "备用水源")
				}
			}
			var filled bytes.Buffer
			if _, err := f.WriteTo(&filled); err != nil {
				t.Fatal(err)
			}
			batch, _ := understand(t, in, test.name+".xlsx", filled.String(), test.name, survey.Options{})
			tally := check(t, in, batch.ID, "census")
			found, err := s.Findings(ctx, batch.ID, data.FindingFilter{Rule: "F5"})
			switch {
			case err != nil:
				t.Fatal(err)
			case test.severity == "" && (len(found) > 0 || tally.Good != 1):
				t.Errorf("%+v, %+v", tally, found)
			case test.severity != "" && (len(found) != 1 || found[0].Severity != test.severity || found[0].Row != 0):
				t.Errorf("%+v", found)
			}
			if _, err := publish(t, in, batch.ID); (err != nil) != (test.severity == layers.SeverityError) {
				t.Errorf("%v", err)
			}
		})
	}
}
