package ask

import (
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// Scenario is a what-if: records that are lost, added or moved, and roads that are closed.
// It changes answers, never records.
type Scenario struct {
	Name   string    `json:"name"`
	Lost   []Lost    `json:"lost,omitempty"`
	Added  []Added   `json:"added,omitempty"`
	Moved  []Moved   `json:"moved,omitempty"`
	Closed []Closure `json:"closed,omitempty"` // of roads
}

// Lost are records that are not there.
type Lost struct {
	Layer string  `json:"layer"`
	IDs   []int64 `json:"ids"`
}

// Added is a record that is not in the layer: its place and the fields that questions read.
type Added struct {
	Layer      string         `json:"layer"`
	Place      orb.Point      `json:"place"` // longitude, latitude
	Properties map[string]any `json:"properties,omitempty"`
}

// Moved is a record at another place.
type Moved struct {
	Layer string    `json:"layer"`
	ID    int64     `json:"id"`
	Place orb.Point `json:"place"`
}

// Closure is of road segments by id, or of all that meet an area.
type Closure struct {
	IDs  []int64     `json:"ids,omitempty"`
	Area []orb.Point `json:"area,omitempty"` // a ring
}

const mostChanges = 10_000

// Check returns an Invalid error where a scenario can't be used.
func (sc *Scenario) Check(cat *layers.Catalogue, r layers.Reader) error {
	n := len(sc.Added) + len(sc.Moved)
	for _, l := range sc.Lost {
		n += len(l.IDs)
	}
	for _, c := range sc.Closed {
		n += len(c.IDs) + len(c.Area)
		if len(c.Area) > 0 && (len(c.Area) < 4 || c.Area[0] != c.Area[len(c.Area)-1]) {
			return fault.In("scenario", "A closed area is a ring: at least four positions, of which the last is the first.")
		}
	}
	if n > mostChanges {
		return fault.In("scenario", "The scenario has %d changes; %d are the most.", n, mostChanges)
	}
	points := func(layer string, p orb.Point) error {
		v, err := cat.View(r, layer)
		if err != nil {
			return inField(err, "scenario")
		}
		if v.Geometry != layers.Point {
			return fault.In("scenario", "Records of the layer %s are no points and can't be added or moved.", layer)
		}
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 85) {
			return fault.In("scenario", "%v, %v is no longitude and latitude.", p[0], p[1])
		}
		return nil
	}
	for _, a := range sc.Added {
		if err := points(a.Layer, a.Place); err != nil {
			return err
		}
		v, _ := cat.View(r, a.Layer)
		for _, name := range sorted(a.Properties) {
			if err := checkProperty(v, name, a.Properties[name]); err != nil {
				return err
			}
		}
	}
	for _, m := range sc.Moved {
		if err := points(m.Layer, m.Place); err != nil {
			return err
		}
	}
	for _, l := range sc.Lost {
		if _, err := cat.View(r, l.Layer); err != nil {
			return inField(err, "scenario")
		}
	}
	return nil
}

// checkProperty returns an Invalid error where a record that is added can't have a value.
func checkProperty(v *layers.View, name string, value any) error {
	f := v.Field(name)
	if f == nil {
		return fault.In("scenario", "The layer %s has no field %.40q.", v.ID, name)
	}
	switch x := plain(f, value).(type) {
	case nil:
		if value != nil && slices.Contains([]layers.Type{layers.TypeText, layers.TypeCode, layers.TypeCodes, layers.TypeBoolean, layers.TypeInteger, layers.TypeNumber}, f.Type) {
			return fault.In("scenario", "The field %s of the layer %s takes a value of the type %s.", name, v.ID, f.Type)
		}
	case string:
		if f.List != nil && f.List.Code(x) == nil {
			return fault.In("scenario", "%.40q is not one of the codes of %s: %s.", x, name, strings.Join(f.List.Codes(), ", "))
		}
	case int64, float64:
		n, _ := value.(float64)
		if f.Type == layers.TypeInteger && n != math.Trunc(n) {
			return fault.In("scenario", "The field %s of the layer %s takes whole numbers.", name, v.ID)
		}
		if r := f.Range; math.Abs(n) > 1<<53 || r != nil && (r.Min != nil && n < *r.Min || r.Max != nil && n > *r.Max) {
			return fault.In("scenario", "%v is out of the range of the field %s of the layer %s.", n, name, v.ID)
		}
	}
	return nil
}

// changed is a layer's features with the scenario's changes. Added and moved records are
// there whatever the filter says of fields that they do not have.
func (s *Session) changed(v *layers.View, f layers.Features, filters []layers.Predicate) (layers.Features, error) {
	if s.scenario == nil {
		return f, nil
	}
	gone := map[int64]bool{}
	var extra []extra
	for _, l := range s.scenario.Lost {
		if l.Layer == v.ID {
			for _, id := range l.IDs {
				gone[id] = true
			}
		}
	}
	for _, m := range s.scenario.Moved {
		if m.Layer != v.ID || gone[m.ID] {
			continue
		}
		if i, found := f.Find(m.ID); found {
			gone[m.ID] = true
			extra = append(extra, extraOf(m.ID, m.Place, func(field *layers.Field) any { return f.Value(i, field) }))
		}
	}
	for k, a := range s.scenario.Added {
		if a.Layer != v.ID {
			continue
		}
		properties := a.Properties
		extra = append(extra, extraOf(-int64(k)-1, a.Place, func(field *layers.Field) any { return plain(field, properties[field.Name]) }))
	}
	if len(gone) == 0 && len(extra) == 0 {
		return f, nil
	}
	o := &overlay{base: f, kept: make([]int, 0, f.Len())}
	for i := range f.Len() {
		if !gone[f.ID(i)] {
			o.kept = append(o.kept, i)
		}
	}
	for _, e := range extra {
		fits := true
		for _, p := range filters {
			fits = fits && p.Eval(e) == layers.True
		}
		if fits {
			o.extra = append(o.extra, e)
		}
	}
	return o, nil
}

// plain is a value of JSON as a record of the field's type holds it.
func plain(f *layers.Field, v any) any {
	switch x := v.(type) {
	case float64:
		if f.Type == layers.TypeInteger {
			return int64(x)
		}
		if f.Type == layers.TypeNumber {
			return x
		}
	case string:
		if f.Type == layers.TypeText || f.Type == layers.TypeCode {
			return x
		}
	case bool:
		if f.Type == layers.TypeBoolean {
			return x
		}
	case []any:
		if f.Type == layers.TypeCodes {
			list := make([]string, 0, len(x))
			for _, e := range x {
				if s, ok := e.(string); ok {
					list = append(list, s)
				}
			}
			return list
		}
	}
	if v == nil && f.Default != "" {
		return f.Default
	}
	return nil
}

// extra is a record that a scenario added or moved.
type extra struct {
	id    int64
	at    orb.Point
	x, y  uint32
	value func(*layers.Field) any
}

func extraOf(id int64, at orb.Point, value func(*layers.Field) any) extra {
	x, y := geo.World(at[0], at[1])
	return extra{id, at, x, y, value}
}

// Value and Geometry make it a layers.Row.
func (e extra) Value(f *layers.Field) any { return e.value(f) }
func (e extra) Geometry() orb.Geometry    { return e.at }

// overlay is some features of others, and extra ones after them.
type overlay struct {
	base  layers.Features
	kept  []int // rising
	extra []extra
}

func (o *overlay) Revision() uint64 { return o.base.Revision() }
func (o *overlay) Len() int         { return len(o.kept) + len(o.extra) }

func (o *overlay) ID(i int) int64 {
	if i >= len(o.kept) {
		return o.extra[i-len(o.kept)].id
	}
	return o.base.ID(o.kept[i])
}

func (o *overlay) Find(id int64) (int, bool) {
	if k := slices.IndexFunc(o.extra, func(e extra) bool { return e.id == id }); k >= 0 {
		return len(o.kept) + k, true
	}
	if i, found := o.base.Find(id); found {
		k := sort.SearchInts(o.kept, i)
		return k, k < len(o.kept) && o.kept[k] == i
	}
	return 0, false
}

func (o *overlay) Anchor(i int) (x, y uint32) {
	if i >= len(o.kept) {
		e := o.extra[i-len(o.kept)]
		return e.x, e.y
	}
	return o.base.Anchor(o.kept[i])
}

func (o *overlay) Box(i int) geo.WorldBox {
	if i >= len(o.kept) {
		e := o.extra[i-len(o.kept)]
		return geo.WorldBox{MinX: e.x, MinY: e.y, MaxX: e.x, MaxY: e.y}
	}
	return o.base.Box(o.kept[i])
}

func (o *overlay) Geometry(i int) orb.Geometry {
	if i >= len(o.kept) {
		return o.extra[i-len(o.kept)].at
	}
	return o.base.Geometry(o.kept[i])
}

func (o *overlay) Value(i int, f *layers.Field) any {
	if i >= len(o.kept) {
		return o.extra[i-len(o.kept)].value(f)
	}
	return o.base.Value(o.kept[i], f)
}

func (o *overlay) Numbers(f *layers.Field) []float64 {
	all := o.base.Numbers(f)
	if all == nil {
		return nil
	}
	list := make([]float64, 0, o.Len())
	for _, i := range o.kept {
		list = append(list, all[i])
	}
	for _, e := range o.extra {
		x := math.NaN()
		switch v := e.value(f).(type) {
		case int64:
			x = float64(v)
		case float64:
			x = v
		}
		list = append(list, x)
	}
	return list
}

func (o *overlay) Codes(f *layers.Field) ([]uint32, []string) {
	all, texts := o.base.Codes(f)
	if all == nil {
		return nil, nil
	}
	list := make([]uint32, 0, o.Len())
	for _, i := range o.kept {
		list = append(list, all[i])
	}
	texts = slices.Clone(texts)
	for _, e := range o.extra {
		text, _ := e.value(f).(string)
		k := slices.Index(texts, text)
		if k < 0 {
			k, texts = len(texts), append(texts, text)
		}
		list = append(list, uint32(k))
	}
	return list, texts
}

func (o *overlay) Search(box geo.WorldBox, yield func(i int) bool) {
	going := true
	o.base.Search(box, func(i int) bool {
		if k := sort.SearchInts(o.kept, i); k < len(o.kept) && o.kept[k] == i {
			going = yield(k)
		}
		return going
	})
	for k, e := range o.extra {
		if going && box.Contains(e.x, e.y) {
			going = yield(len(o.kept) + k)
		}
	}
}
