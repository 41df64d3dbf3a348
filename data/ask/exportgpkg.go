package ask

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/paulmach/orb"

	"onemap/data/write"
)

// writeGeoPackage writes a layer a table, whose rows without a place have none; one of the
// shapes; and the whole answer but its tables as metadata.
func writeGeoPackage(w io.Writer, a *Answer, lang string) error {
	whole := *a
	whole.Tables, whole.Shapes = nil, nil
	about, err := json.Marshal(&whole)
	if err != nil {
		return err
	}
	sheets := []write.Sheet{{
		Name: "shapes", Title: In(lang, a.Title), Columns: []write.SheetColumn{{Name: "shape"}, {Name: "role"}, {Name: "title"}, {Name: "value"}, {Name: "unit"}, {Name: "colour"}},
		Rows: func(yield func(orb.Geometry, []any) error) error {
			for _, d := range a.Shapes {
				if err := yield(d.Geometry, []any{d.ID, d.Role, In(lang, d.Title), Column{}.Plain(d.Value, lang), d.Unit, d.Colour}); err != nil {
					return err
				}
			}
			return nil
		},
	}}
	for i, t := range a.Tables {
		sheet := write.Sheet{Name: fmt.Sprintf("t%02d_%s", i+1, strings.NewReplacer(".", "_", "-", "_").Replace(t.ID)), Title: In(lang, t.Title)}
		for _, c := range t.Columns {
			sheet.Columns = append(sheet.Columns, write.SheetColumn{Name: c.ID, Title: c.Heading(lang)})
		}
		sheet.Columns = append(sheet.Columns, write.SheetColumn{Name: "record_layer"}, write.SheetColumn{Name: "record_id"})
		sheet.Rows = func(yield func(orb.Geometry, []any) error) error {
			for _, r := range t.Rows {
				values := make([]any, len(t.Columns), len(t.Columns)+2)
				for k, c := range t.Columns {
					values[k] = c.Plain(valueAt(r.Values, k), lang)
				}
				if r.ID == 0 {
					values = append(values, nil, nil)
				} else {
					values = append(values, r.Layer, r.ID)
				}
				if err := yield(r.Geometry, values); err != nil {
					return err
				}
			}
			return nil
		}
		sheets = append(sheets, sheet)
	}
	return write.Sheets(w, sheets, string(about), "")
}
