package ask

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/region"
	"onemap/layers"
	"onemap/layers/fault"
)

func textColumn(id, zh, en string) Column {
	return Column{ID: id, Title: layers.Text{Zh: zh, En: en}}
}

func numberColumn(id, zh, en, unit string) Column {
	return Column{ID: id, Title: layers.Text{Zh: zh, En: en}, Unit: unit}
}

var distanceColumn = numberColumn("metres", "距离", "Distance", "m")

// metres is a length as answers write it: to a decimetre.
func metres(x float64) float64 { return math.Round(x*10) / 10 }

// titleOf is what a code of a field reads as.
func titleOf(f *layers.Field, code string) layers.Text {
	if c := f.List.Code(code); c != nil {
		return c.Title
	}
	return layers.Text{Zh: "未填", En: "none given"}
}

// recordTable begins a table of records: name and styled field, then columns of its own.
func recordTable(set *Set, id string, title layers.Text, own ...Column) *Table {
	t := &Table{ID: id, Title: title}
	t.Columns = append(t.Columns, textColumn("name", "名称", "Name"))
	if by := set.View.By(); by != nil {
		c := Column{ID: by.Name, Title: by.Title, Codes: map[string]Legend{}}
		for _, code := range by.List.Codes() {
			c.Codes[code] = Legend{titleOf(by, code), by.List.Code(code).Colour}
		}
		t.Columns = append(t.Columns, c)
	}
	t.Columns = append(t.Columns, own...)
	return t
}

// recordRow is a row of such a table. It stands at the record's anchor.
func recordRow(set *Set, i int, own ...any) Row {
	row := Row{Layer: set.View.ID, ID: set.ID(i), Geometry: place(set, i), Values: []any{nameOf(set, i)}}
	if by := set.View.By(); by != nil {
		row.Values = append(row.Values, set.Value(i, by))
	}
	row.Values = append(row.Values, own...)
	return row
}

// place is a record's anchor in degrees.
func place(set *Set, i int) orb.Point {
	x, y := set.Anchor(i)
	return geo.LonLat(x, y)
}

// nameOf is what a record is called; its number where it has no name.
func nameOf(set *Set, i int) string {
	if f := set.View.Named(); f != nil {
		if name, _ := set.Value(i, f).(string); name != "" {
			return name
		}
	}
	return fmt.Sprintf("%s %d", set.View.Title.Zh, set.ID(i))
}

// region makes the region that is drawn in one input, with the distance in another, or of
// the circle that was drawn.
func (s *Session) region(in Values, shape, radius string) (*region.Region, error) {
	g, within := in.Drawn(shape)
	if radius != "" && in.Has(radius) {
		within += geo.Metres(in.Number(radius))
	}
	return s.regionOf(g, within, shape)
}

// regionOf makes the region within some metres of a geometry.
func (s *Session) regionOf(g orb.Geometry, within geo.Metres, input string) (*region.Region, error) {
	var outline orb.MultiPolygon
	if _, point := g.(orb.Point); within > 0 && !point {
		// Made first without the distance, so that what is wrong is told in words.
		if _, err := region.New(g, 0, nil); err != nil {
			return nil, fault.In(input, "%s.", sentence(err))
		}
		var err error
		if outline, err = s.asker.store.Buffer(s.ctx, g, within); err != nil {
			return nil, err
		}
	}
	r, err := region.New(g, within, outline)
	if err != nil {
		return nil, fault.In(input, "%s.", sentence(err))
	}
	if parts, many := g.(orb.MultiPolygon); many && len(parts) > 1 && within == 0 {
		// Where parts overlap, their ground counts once.
		union, err := s.asker.store.Union(s.ctx, []orb.MultiPolygon{parts})
		if err != nil {
			return nil, err
		}
		r = region.FromAreas(union)
	}
	return r, nil
}

// sentence begins an error's text with a capital.
func sentence(err error) string {
	text := []rune(err.Error())
	if len(text) > 0 && text[0] >= 'a' && text[0] <= 'z' {
		text[0] -= 'a' - 'A'
	}
	return string(text)
}

// views are the layers named, or all that the reader may see.
func (s *Session) views(ids []string, input string) ([]*layers.View, error) {
	if len(ids) == 0 {
		return s.asker.cat.For(s.reader), nil
	}
	var views []*layers.View
	for _, id := range ids {
		v, err := s.view(id, input)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(views, v) {
			views = append(views, v)
		}
	}
	return views, nil
}

// sorted returns the keys of a map in order.
func sorted[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
