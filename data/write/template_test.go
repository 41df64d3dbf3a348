package write_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"onemap/data/write"
	"onemap/layers"
)

func TestTemplateIsRecognisedByImport(t *testing.T) {
	cat, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range cat.Layers() {
		t.Run(l.ID, func(t *testing.T) {
			var b bytes.Buffer
			if err := write.Template(&b, l); err != nil {
				t.Fatal(err)
			}
			f, err := excelize.OpenReader(&b)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			rows, err := f.GetRows("数据 Data")
			if err != nil || len(rows) != 1 {
				t.Fatalf("%v, %v", rows, err)
			}
			m, findings, err := l.Match(rows[0], layers.Hints{})
			if err != nil {
				t.Fatal(err)
			}
			for _, field := range l.Fields {
				if i, ok := m.Of[field.Name]; !ok || strings.TrimSuffix(rows[0][i], "*") != field.Title.Zh {
					t.Errorf("the column of %s is not recognised", field.Name)
				}
			}
			for _, found := range findings {
				if found.Severity == layers.SeverityError {
					t.Error(found.Message.En)
				}
			}
			for _, field := range l.Fields {
				if field.Type != layers.TypeCode {
					continue
				}
				for _, c := range field.List.Items {
					if got := field.List.Match(c.Title.Zh); got != c {
						t.Errorf("%s: the choice %s is read as %v", field.Name, c.Title.Zh, got)
					}
				}
			}
			if v, err := f.GetDataValidations("数据 Data"); err != nil || l.By() != nil && len(v) == 0 {
				t.Errorf("%d validations, %v", len(v), err)
			}
		})
	}
}
