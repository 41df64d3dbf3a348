package sample_test

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"onemap/data/sample"
	"onemap/geo"
	"onemap/layers"
)

// checkRecord holds a record against the declaration of its layer.
func checkRecord(l *layers.Layer, patterns map[string]*regexp.Regexp, r layers.Record) error {
	if r.Source != layers.SourceSynthetic || r.SourceID == "" {
		return fmt.Errorf("source %q, source id %q", r.Source, r.SourceID)
	}
	if err := checkShape(l, r); err != nil {
		return err
	}
	for name := range r.Values {
		if l.Field(name) == nil {
			return fmt.Errorf("the layer has no field %q", name)
		}
	}
	for _, f := range l.Fields {
		v, ok := r.Values[f.Name]
		if !ok || v == nil {
			if f.Required {
				return fmt.Errorf("%s is missing", f.Name)
			}
			continue
		}
		if err := checkValue(f, patterns[f.Name], v); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func checkShape(l *layers.Layer, r layers.Record) error {
	if r.Geometry == nil {
		if r.PositionQuality != layers.PositionNone || r.Datum != geo.Unknown {
			return fmt.Errorf("unplaced, but %s and %s", r.PositionQuality, r.Datum)
		}
		return nil
	}
	if r.PositionQuality == layers.PositionNone || r.PositionQuality == "" || r.Datum != geo.CGCS2000 {
		return fmt.Errorf("placed, but %q and %s", r.PositionQuality, r.Datum)
	}
	if got := r.Geometry.GeoJSONType(); got != string(l.Geometry) {
		return fmt.Errorf("a %s in a layer of %s", got, l.Geometry)
	}
	b := r.Geometry.Bound()
	if b.Min[0] < 118.5 || b.Max[0] > 124.6 || b.Min[1] < 29.5 || b.Max[1] > 34 {
		return fmt.Errorf("far away: %v", b)
	}
	return nil
}

func checkValue(f *layers.Field, pattern *regexp.Regexp, v any) error {
	inRange := func(x float64) error {
		if g := f.Range; g != nil && (g.Min != nil && x < *g.Min || g.Max != nil && x > *g.Max) {
			return fmt.Errorf("%v is out of range", x)
		}
		return nil
	}
	code := func(c string) error {
		if f.List.Code(c) == nil {
			return fmt.Errorf("%q is not in the list %s", c, f.List.ID)
		}
		return nil
	}
	switch f.Type {
	case layers.TypeText:
		s, ok := v.(string)
		switch {
		case !ok || s == "":
			return fmt.Errorf("%T %q is no text", v, v)
		case f.Length > 0 && len([]rune(s)) > f.Length:
			return fmt.Errorf("%q is over %d characters", s, f.Length)
		case pattern != nil && !pattern.MatchString(s):
			return fmt.Errorf("%q does not match %s", s, f.Pattern)
		case f.Check == layers.CheckCreditCode:
			return layers.CreditCode(s)
		case f.Check == layers.CheckAdminCode && !slices.Contains([]int{6, 9, 12}, len(s)):
			return fmt.Errorf("%q is no administrative code", s)
		}
		return nil
	case layers.TypeInteger:
		if n, ok := v.(int64); ok {
			return inRange(float64(n))
		}
	case layers.TypeNumber:
		if x, ok := v.(float64); ok {
			return inRange(x)
		}
	case layers.TypeBoolean:
		if _, ok := v.(bool); ok {
			return nil
		}
	case layers.TypeDate:
		if d, ok := v.(time.Time); ok && d.Equal(d.Truncate(24*time.Hour)) {
			return nil
		}
	case layers.TypeDateTime:
		if _, ok := v.(time.Time); ok {
			return nil
		}
	case layers.TypeCode:
		if c, ok := v.(string); ok {
			return code(c)
		}
	case layers.TypeCodes:
		if list, ok := v.([]string); ok {
			seen := map[string]bool{}
			for _, c := range list {
				if seen[c] {
					return fmt.Errorf("%q stands twice", c)
				}
				seen[c] = true
				if err := code(c); err != nil {
					return err
				}
			}
			return nil
		}
	case layers.TypeQuantities:
		if m, ok := v.(map[string]float64); ok {
			for c := range m {
				if err := code(c); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return fmt.Errorf("%T is no %s", v, f.Type)
}

var builtin = sync.OnceValues(layers.Builtin)

func catalogue(t *testing.T) *layers.Catalogue {
	t.Helper()
	c, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// whole is the city that most tests look at: the default one with fewer buildings.
var whole = sample.Options{Seed: 1, Buildings: 20_000}

var plans sync.Map // of *sample.Plan by options

// plan makes a city, or takes the one that another test has made.
func plan(t *testing.T, o sample.Options) *sample.Plan {
	t.Helper()
	if p, ok := plans.Load(o); ok {
		return p.(*sample.Plan)
	}
	p, err := sample.City(o)
	if err != nil {
		t.Fatal(err)
	}
	plans.Store(o, p)
	return p
}

// records collects a layer.
func records(t *testing.T, p *sample.Plan, layer string) []layers.Record {
	t.Helper()
	list := make([]layers.Record, 0, p.Count(layer))
	for r, err := range p.Records(layer) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

func point(r layers.Record) orb.Point { return r.Geometry.(orb.Point) }

// Every record of the default, a small and a scaled city fits its declaration, keys are
// distinct, codes name units that are there, and counts are as announced.
func TestRecordsFitDeclarations(t *testing.T) {
	c := catalogue(t)
	for name, o := range map[string]sample.Options{
		"default": whole,
		"small":   {Seed: 2, Small: true},
		"scaled":  {Seed: 3, Small: true, Scale: 3},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, o)
			if got, want := len(p.Layers()), len(c.Layers()); got != want {
				t.Errorf("%d layers of %d", got, want)
			}
			units := map[string]bool{}
			for _, r := range records(t, p, "admin_unit") {
				units[r.Values["code"].(string)] = true
			}
			for _, id := range p.Layers() {
				checkLayer(t, c.Layer(id), p, units)
			}
		})
	}
}

func checkLayer(t *testing.T, l *layers.Layer, p *sample.Plan, units map[string]bool) {
	t.Helper()
	patterns := map[string]*regexp.Regexp{}
	for _, f := range l.Fields {
		if f.Pattern != "" {
			patterns[f.Name] = regexp.MustCompile("^(?:" + f.Pattern + ")$")
		}
	}
	n, bad := 0, 0
	keys, ids := map[string]bool{}, map[string]bool{}
	for r, err := range p.Records(l.ID) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		err = checkRecord(l, patterns, r)
		key := fmt.Sprint(r.Values[l.Key[0]])
		switch {
		case err != nil:
		case keys[key] || ids[r.SourceID]:
			err = fmt.Errorf("the key %s stands twice", key)
		case l.Area != "" && r.Values[l.Area] != nil && !units[r.Values[l.Area].(string)]:
			err = fmt.Errorf("there is no unit %v", r.Values[l.Area])
		}
		keys[key], ids[r.SourceID] = true, true
		if err != nil {
			if bad++; bad <= 5 {
				t.Errorf("%s %s: %v", l.ID, r.SourceID, err)
			}
		}
	}
	if n == 0 || n != p.Count(l.ID) {
		t.Errorf("%s: %d records, announced %d", l.ID, n, p.Count(l.ID))
	}
	if bad > 5 {
		t.Errorf("%s: %d more", l.ID, bad-5)
	}
}
