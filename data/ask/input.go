package ask

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/cql2"
	"onemap/layers/fault"
)

// Values are a question's inputs, checked, with defaults filled in. The zero value of a
// missing input is returned; Has tells it from a given one.
type Values struct {
	given map[string]any
	raw   map[string]json.RawMessage
}

// Has reports whether an input was given or has a default.
func (v Values) Has(name string) bool { _, ok := v.given[name]; return ok }

func value[T any](v Values, name string) (x T) {
	x, _ = v.given[name].(T)
	return x
}

func list[T any](v Values, name string) []T {
	any, _ := v.given[name].([]any)
	out := make([]T, len(any))
	for i, x := range any {
		out[i], _ = x.(T)
	}
	return out
}

// Number is a number; Integer ones are whole.
func (v Values) Number(name string) float64 { return value[float64](v, name) }

// Numbers are those of a list.
func (v Values) Numbers(name string) []float64 { return list[float64](v, name) }

// Text is a Word, Choice or Layer.
func (v Values) Text(name string) string { return value[string](v, name) }

// Texts are those of a list.
func (v Values) Texts(name string) []string { return list[string](v, name) }

// Bool is a Boolean.
func (v Values) Bool(name string) bool { return value[bool](v, name) }

// Time is a Moment.
func (v Values) Time(name string) time.Time { return value[time.Time](v, name) }

// Place is a Place.
func (v Values) Place(name string) orb.Point { return value[orb.Point](v, name) }

// Places are those of a list.
func (v Values) Places(name string) []orb.Point { return list[orb.Point](v, name) }

// Drawn is a Shape: its geometry and, of a circle, the radius in metres.
func (v Values) Drawn(name string) (g orb.Geometry, radius geo.Metres) {
	s := value[drawn](v, name)
	return s.geometry, s.radius
}

// Object reads an Object into what to points to. The error names the input.
func (v Values) Object(name string, to any) error {
	raw, ok := v.given[name].(json.RawMessage)
	if !ok {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return fault.In(name, "It can't be read: %s.", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// Given are the inputs as they came and the defaults, for the answer.
func (v Values) Given() map[string]json.RawMessage { return v.raw }

// drawn is a shape with the radius of a circle.
type drawn struct {
	geometry orb.Geometry
	radius   geo.Metres
}

// Check returns the error that Ask would give for the inputs as such, before any layer is read.
func (q *Question) Check(inputs map[string]json.RawMessage) error {
	_, err := q.read(inputs)
	return err
}

// read checks the inputs. The error is Invalid and names the input.
func (q *Question) read(inputs map[string]json.RawMessage) (Values, error) {
	v := Values{map[string]any{}, map[string]json.RawMessage{}}
	known := map[string]bool{}
	for _, in := range q.Inputs {
		known[in.Name] = true
		raw, given := inputs[in.Name]
		if !given || string(raw) == "null" {
			if in.Required {
				return v, fault.In(in.Name, "The question %s needs this input: %s.", q.ID, in.Title.En)
			}
			if in.Default == nil {
				continue
			}
			var err error
			if raw, err = json.Marshal(in.Default); err != nil {
				return v, err
			}
		}
		x, err := in.read(raw)
		if err != nil {
			return v, err
		}
		v.given[in.Name], v.raw[in.Name] = x, raw
	}
	for name := range inputs {
		if !known[name] {
			names := make([]string, len(q.Inputs))
			for i, in := range q.Inputs {
				names[i] = in.Name
			}
			return v, fault.In(name, "The question %s has no input of this name; it has %s.", q.ID, strings.Join(names, ", "))
		}
	}
	return v, nil
}

func (in Input) read(raw json.RawMessage) (any, error) {
	if !in.Many {
		return in.one(raw)
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(raw, &raws); err != nil {
		return nil, fault.In(in.Name, "This is a list.")
	}
	if len(raws) > MostMany {
		return nil, fault.In(in.Name, "The list has %d entries; %d are the most.", len(raws), MostMany)
	}
	values := make([]any, len(raws))
	for i, r := range raws {
		var err error
		if values[i], err = in.one(r); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (in Input) one(raw json.RawMessage) (any, error) {
	if string(raw) == "null" { // of a list: it would read as 0 or as an empty text
		return nil, fault.In(in.Name, "An entry of the list is null.")
	}
	switch in.Kind {
	case Number, Integer:
		var x float64
		if err := json.Unmarshal(raw, &x); err != nil {
			return nil, fault.In(in.Name, "This is a number%s.", unit(in.Unit))
		}
		if in.Kind == Integer && (x != math.Trunc(x) || math.Abs(x) > 1<<53) {
			return nil, fault.In(in.Name, "This is a whole number of 2^53 at most.")
		}
		if in.Min != nil && x < *in.Min || in.Max != nil && x > *in.Max {
			return nil, fault.In(in.Name, "%v is not %s.", x, in.span())
		}
		return x, nil
	case Boolean:
		var b bool
		if err := json.Unmarshal(raw, &b); err != nil {
			return nil, fault.In(in.Name, "This is true or false.")
		}
		return b, nil
	case Place:
		return in.place(raw)
	case Shape:
		return in.shape(raw)
	case Object:
		if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
			return nil, fault.In(in.Name, "This is a JSON object.")
		}
		return raw, nil
	case Filter:
		if raw = bytes.TrimSpace(raw); len(raw) > 0 && raw[0] == '{' {
			return string(raw), nil
		}
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fault.In(in.Name, "This is a text.")
	}
	if len(s) > 10_000 {
		return nil, fault.In(in.Name, "The text is too long.")
	}
	if in.Kind == Moment {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return nil, fault.In(in.Name, "%.40q is not a time such as 2021-07-25T12:00:00+08:00.", s)
		}
		return t, nil
	}
	if in.Choices != nil && !slices.ContainsFunc(in.Choices, func(o Option) bool { return o.Code == s }) {
		codes := make([]string, len(in.Choices))
		for i, o := range in.Choices {
			codes[i] = o.Code
		}
		return nil, fault.In(in.Name, "%.40q is not one of %s.", s, strings.Join(codes, ", "))
	}
	return s, nil
}

func unit(u string) string {
	if u == "" || u == "1" {
		return ""
	}
	return " of " + u
}

func (in Input) span() string {
	switch {
	case in.Min == nil:
		return fmt.Sprintf("at most %v%s", *in.Max, unit(in.Unit))
	case in.Max == nil:
		return fmt.Sprintf("at least %v%s", *in.Min, unit(in.Unit))
	}
	return fmt.Sprintf("%v to %v%s", *in.Min, *in.Max, unit(in.Unit))
}

// place reads a position.
func (in Input) place(raw json.RawMessage) (orb.Point, error) {
	var xy []float64
	if json.Unmarshal(raw, &xy) != nil {
		var g struct {
			Type        string
			Coordinates []float64
		}
		if json.Unmarshal(raw, &g) == nil && g.Type == "Point" {
			xy = g.Coordinates
		}
	}
	if len(xy) != 2 {
		return orb.Point{}, fault.In(in.Name, "This is a place: [longitude, latitude] or a GeoJSON Point.")
	}
	if math.Abs(xy[0]) > 180 || math.Abs(xy[1]) > 85 {
		hint := ""
		if math.Abs(xy[1]) <= 180 && math.Abs(xy[0]) <= 85 {
			hint = " Longitude comes first."
		}
		return orb.Point{}, fault.In(in.Name, "%v, %v is no longitude and latitude.%s", xy[0], xy[1], hint)
	}
	return orb.Point{xy[0], xy[1]}, nil
}

// shape reads a drawn shape. What it may be is checked when a region is made of it.
func (in Input) shape(raw json.RawMessage) (drawn, error) {
	var head struct {
		Type        string
		Coordinates json.RawMessage
		Radius      *float64
		Geometry    json.RawMessage
	}
	wrong := fault.In(in.Name, "This is a GeoJSON geometry, or a circle such as {\"type\": \"Circle\", \"coordinates\": [120.86, 32.01], \"radius\": 3000}.")
	if json.Unmarshal(raw, &head) != nil {
		return drawn{}, wrong
	}
	switch head.Type {
	case "Feature":
		var inner struct{ Type string }
		if json.Unmarshal(head.Geometry, &inner) != nil || inner.Type == "Feature" {
			return drawn{}, wrong
		}
		return in.shape(head.Geometry)
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon":
		if !positions(head.Coordinates) {
			return drawn{}, fault.In(in.Name, "The coordinates of a %s are positions, each with longitude and latitude.", head.Type)
		}
		g, err := geojson.UnmarshalGeometry(raw)
		if err != nil || g.Coordinates == nil {
			return drawn{}, wrong
		}
		return drawn{geometry: g.Geometry()}, nil
	case "Circle":
		p, err := in.place(head.Coordinates)
		if err != nil {
			return drawn{}, err
		}
		if head.Radius == nil || !(*head.Radius > 0) {
			return drawn{}, fault.In(in.Name, "A circle has a radius in metres.")
		}
		return drawn{p, geo.Metres(*head.Radius)}, nil
	}
	return drawn{}, wrong
}

// positions reports whether all positions in coordinates have two numbers or more; a missing
// one would read as 0.
func positions(coordinates json.RawMessage) bool {
	var all any
	if json.Unmarshal(coordinates, &all) != nil {
		return false
	}
	var whole func(any) bool
	whole = func(v any) bool {
		list, ok := v.([]any)
		if !ok {
			return false
		}
		if len(list) > 0 {
			if _, number := list[0].(float64); number {
				return len(list) >= 2
			}
		}
		for _, x := range list {
			if !whole(x) {
				return false
			}
		}
		return true
	}
	return whole(all)
}

// bind reads a filter on a view.
func bind(v *layers.View, name, text string) (layers.Predicate, error) {
	var n cql2.Node
	var err error
	if strings.HasPrefix(text, "{") {
		n, err = cql2.ParseJSON([]byte(text))
	} else {
		n, err = cql2.ParseText(text)
	}
	if err != nil {
		return nil, inField(err, name)
	}
	p, err := layers.BindCQL2(v, n, geo.CRS{})
	return p, inField(err, name)
}

// inField says of which input an error is.
func inField(err error, name string) error {
	if err == nil {
		return nil
	}
	message, _ := fault.MessageOf(err)
	return &fault.Error{Code: fault.CodeOf(err), Field: name, Message: message, Err: err}
}
