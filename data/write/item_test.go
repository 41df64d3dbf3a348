package write_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"pgregory.net/rapid"

	"onemap/geo"
	"onemap/layers"
)

// builtin is the catalogue of the program, read once.
var builtin = sync.OnceValues(layers.Builtin)

func view(t testing.TB, id string, role layers.Role) *layers.View {
	t.Helper()
	cat, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	v, err := cat.View(layers.Reader{Role: role}, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var recorded = time.Date(2025, 6, 1, 2, 3, 4, 5000, time.UTC)

// item is a record as the database would hand it out.
func item(v *layers.View, id int64, r layers.Record) layers.Item {
	it := layers.Item{View: v, ID: id}
	if r.Geometry != nil {
		it.WKB = wkb.MustMarshal(r.Geometry, binary.LittleEndian)
	}
	own := map[string]any{
		"source": r.Source, "source_id": r.SourceID, "valid_from": r.ValidFrom, "valid_to": r.ValidTo,
		"recorded_at": recorded, "edition": int64(3), "position_quality": string(r.PositionQuality), "datum": string(r.Datum),
	}
	for i, f := range v.Columns() {
		value := own[f.Name]
		if i < len(v.Fields) {
			value = r.Values[f.Name]
		}
		it.Raw = append(it.Raw, raw(f.Type, value))
	}
	return it
}

// raw is a value in PostgreSQL's binary form.
func raw(t layers.Type, value any) []byte {
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return append([]byte{}, v...)
	case int64:
		return binary.BigEndian.AppendUint64(nil, uint64(v))
	case float64:
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(v))
	case bool:
		return map[bool][]byte{true: {1}, false: {0}}[v]
	case *time.Time:
		if v == nil {
			return nil
		}
		return raw(t, *v)
	case time.Time:
		if t == layers.TypeDate {
			return binary.BigEndian.AppendUint32(nil, uint32(int32(v.Sub(epoch).Hours()/24)))
		}
		return binary.BigEndian.AppendUint64(nil, uint64(v.UnixMicro()-epoch.UnixMicro()))
	case []string:
		if len(v) == 0 {
			return make([]byte, 12) // no dimensions
		}
		b := []byte{}
		for _, n := range []uint32{1, 0, 25, uint32(len(v)), 1} {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		for _, s := range v {
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
		}
		return b
	case map[string]float64:
		text, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return append([]byte{1}, text...)
	}
	panic(fmt.Sprintf("%T", value))
}

// drawRecord makes a record that the layer's own checks let pass.
func drawRecord(t *rapid.T, l *layers.Layer, n int) layers.Record {
	r := layers.Record{
		Source: rapid.SampledFrom([]string{"普查", "register"}).Draw(t, "source"), SourceID: fmt.Sprintf("A-%d", n),
		PositionQuality: layers.PositionNone, Datum: geo.Unknown, Values: map[string]any{},
	}
	if rapid.Bool().Draw(t, "dated") {
		from := time.UnixMicro(rapid.Int64Range(-1e15, 3e15).Draw(t, "from")).UTC()
		r.ValidFrom = &from
	}
	if rapid.IntRange(0, 4).Draw(t, "placed") > 0 {
		r.Geometry = drawGeometry(t, l.Geometry)
		r.PositionQuality = rapid.SampledFrom([]layers.PositionQuality{layers.PositionSurveyed, layers.PositionRoad}).Draw(t, "quality")
		r.Datum = rapid.SampledFrom([]geo.Datum{geo.CGCS2000, geo.WGS84, geo.GCJ02}).Draw(t, "datum")
	}
	keys := map[string]bool{}
	for _, k := range l.Key {
		keys[k] = true
	}
	for _, f := range l.Fields {
		if !f.Required && !keys[f.Name] && rapid.IntRange(0, 3).Draw(t, "null") == 0 {
			continue
		}
		v := drawValue(t, f, n, keys[f.Name] || f.Unique)
		if v != nil {
			r.Values[f.Name] = v
		}
	}
	return r
}

func drawValue(t *rapid.T, f *layers.Field, n int, key bool) any {
	low, high := -1e6, 1e6
	if r := f.Range; r != nil {
		if r.Min != nil {
			low = *r.Min
		}
		if high = low + 1e6; r.Max != nil {
			high = *r.Max
		}
	}
	switch f.Type {
	case layers.TypeInteger:
		if key {
			return int64(n)
		}
		return rapid.Int64Range(int64(math.Ceil(low)), int64(high)).Draw(t, f.Name)
	case layers.TypeNumber:
		return rapid.Float64Range(low, high).Draw(t, f.Name)
	case layers.TypeBoolean:
		return rapid.Bool().Draw(t, f.Name)
	case layers.TypeDate:
		return time.Date(1850, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 100_000).Draw(t, f.Name))
	case layers.TypeDateTime:
		return time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, f.Name)).UTC()
	case layers.TypeCode:
		return rapid.SampledFrom(f.List.Codes()).Draw(t, f.Name)
	case layers.TypeCodes:
		return rapid.SliceOfNDistinct(rapid.SampledFrom(f.List.Codes()), 0, min(3, len(f.List.Items)), rapid.ID).Draw(t, f.Name)
	case layers.TypeQuantities:
		return rapid.MapOfN(rapid.SampledFrom(f.List.Codes()), rapid.Map(rapid.IntRange(0, 1e6), func(n int) float64 { return float64(n) / 8 }), 0, min(3, len(f.List.Items))).Draw(t, f.Name)
	}
	switch {
	case f.Check == layers.CheckCreditCode:
		return creditCode(n)
	case f.Check == layers.CheckAdminCode && key:
		return fmt.Sprintf("320602%06d", n)
	case f.Check == layers.CheckAdminCode:
		return rapid.SampledFrom([]string{"320602", "320612103", "320682104201"}).Draw(t, f.Name)
	case f.Pattern != "":
		return rapid.StringMatching(f.Pattern).Draw(t, f.Name)
	case key:
		return fmt.Sprintf("0%d", n) // zeros in front are lost where a code turns into a number
	}
	s := rapid.StringMatching(`[A-Za-z0-9\p{Han}=]([A-Za-z0-9\p{Han}"',;:|<&_ （）\n]{0,12}[A-Za-z0-9\p{Han}])?`).Draw(t, f.Name)
	if f.Length > 0 && len([]rune(s)) > f.Length {
		s = string([]rune(s)[:1])
	}
	return s
}

// creditCode makes a valid code of GB 32100 out of a number.
func creditCode(n int) string {
	const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	base := fmt.Sprintf("91320600%09d", n)
	for _, d := range digits {
		if s := base + string(d); layers.CreditCode(s) == nil {
			return s
		}
	}
	return ""
}

func drawGeometry(t *rapid.T, kind layers.Geometry) orb.Geometry {
	x := rapid.Float64Range(119, 123).Draw(t, "x")
	y := rapid.Float64Range(31, 34).Draw(t, "y")
	line := func(at float64) orb.LineString { return orb.LineString{{x + at, y}, {x + at + 0.01, y + 0.013}} }
	square := func(at, side float64) orb.Ring {
		return orb.Ring{{x + at, y}, {x + at + side, y}, {x + at + side, y + side}, {x + at, y + side}, {x + at, y}}
	}
	hole := square(0.002, 0.003)
	hole.Reverse()
	for i := range hole {
		hole[i][1] += 0.002
	}
	polygon := orb.Polygon{square(0, 0.01), hole}
	switch kind {
	case layers.Point:
		return orb.Point{x, y}
	case layers.LineString:
		return line(0)
	case layers.MultiLineString:
		return orb.MultiLineString{line(0), line(0.1)}
	case layers.Polygon:
		return polygon
	}
	return orb.MultiPolygon{polygon, {square(0.1, 0.01)}}
}
