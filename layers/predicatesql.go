package layers

import (
	"fmt"
	"math"
	"time"

	"github.com/paulmach/orb"
)

func (c *Constant) sql(b *builder) {
	b.text(map[Truth]string{False: "FALSE", Unknown: "NULL::boolean", True: "TRUE"}[c.Truth])
}

func (l *Logic) sql(b *builder) {
	switch l.Op {
	case Not:
		b.text("(NOT ")
		l.Args[0].sql(b)
		b.text(")")
		return
	case Undecided:
		b.text("(")
		l.Args[0].sql(b)
		b.text(" IS NULL)")
		return
	}
	b.text("(")
	for i, p := range l.Args {
		if i > 0 {
			b.text(" ", string(l.Op), " ")
		}
		p.sql(b)
	}
	b.text(")")
}

func (c *Compare) sql(b *builder) {
	b.text("(")
	c.Left.sql(b)
	if c.Left.Type() == TypeText && c.Op != Equal && c.Op != NotEqual {
		b.text(` COLLATE "C"`) // the order of code points
	}
	b.text(" ", string(c.Op), " ")
	c.Right.sql(b)
	b.text(")")
}

func (a *Among) sql(b *builder) {
	b.text("(")
	a.Of.sql(b)
	b.text(" = ANY(").arg(typed(a.Values)).text("::", a.Of.Type().sqlType(), "[]))")
}

// typed is a list of values as a slice of their type.
func typed(values []any) any {
	switch values[0].(type) {
	case string:
		return slice[string](values)
	case bool:
		return slice[bool](values)
	case time.Time:
		return slice[time.Time](values)
	case int64:
		return slice[int64](values)
	}
	return slice[float64](values)
}

func slice[T any](values []any) []T {
	out := make([]T, len(values))
	for i, v := range values {
		out[i] = v.(T)
	}
	return out
}

func (l *Like) sql(b *builder) {
	b.text("(")
	l.Of.sql(b)
	b.text(" LIKE ").arg(l.Pattern).text("::text)")
}

func (n *Null) sql(b *builder) {
	b.text("(")
	n.Of.sql(b)
	b.text(" IS NULL)")
}

func (a *Arrays) sql(b *builder) {
	relation := func(op string) {
		b.text("(")
		a.Left.sql(b)
		b.text(" ", op, " ")
		a.Right.sql(b)
		b.text(")")
	}
	switch a.Op {
	case ArrayContains:
		relation("@>")
	case ArrayContainedBy:
		relation("<@")
	case ArrayOverlaps:
		relation("&&")
	default:
		b.text("(")
		relation("@>")
		b.text(" AND ")
		relation("<@")
		b.text(")")
	}
}

// spatialSQL are the functions of PostGIS.
var spatialSQL = map[SpatialOp]string{
	Intersects: "ST_Intersects", Disjoint: "ST_Disjoint", Equals: "ST_Equals", Touches: "ST_Touches",
	Within: "ST_Within", Contains: "ST_Contains", Overlaps: "ST_Overlaps", Crosses: "ST_Crosses",
}

func (s *Spatial) sql(b *builder) {
	if s.Op == Near {
		s.near(b)
		return
	}
	b.text(spatialSQL[s.Op], "(")
	s.Left.sql(b)
	b.text(", ")
	s.Right.sql(b)
	b.text(")")
}

// near measures on the ellipsoid; a box around the literal lets the index choose first.
func (s *Spatial) near(b *builder) {
	b.text("(")
	if l, ok := s.Right.(Literal); ok {
		if box, ok := around(l.Of.(orb.Geometry).Bound(), s.Metres); ok {
			s.Left.sql(b)
			b.text(" && ")
			envelope(b, box)
			b.text(" AND ")
		}
	}
	b.text("ST_DWithin(")
	s.Left.sql(b)
	b.text("::geography, ")
	s.Right.sql(b)
	b.text("::geography, ").arg(s.Metres).text("::float8))")
}

// around is a box that holds all that is near another, with a margin for sides that are
// geodesics and bulge over it; false where it would not fit between the poles and the
// antimeridian, or be too long for the margin.
func around(box orb.Bound, metres float64) (orb.Bound, bool) {
	const degree = 110000 // metres, less than any degree of latitude
	const margin = 0.01   // degrees; a side of 250 km at 45° bulges by 1.2 km
	if box.Max[0]-box.Min[0] > 2 {
		return box, false
	}
	dy := metres/degree + margin
	top := math.Max(math.Abs(box.Min[1]), math.Abs(box.Max[1])) + dy
	if top > 85 {
		return box, false
	}
	dx := dy / math.Cos(top*math.Pi/180)
	out := orb.Bound{Min: orb.Point{box.Min[0] - dx, box.Min[1] - dy}, Max: orb.Point{box.Max[0] + dx, box.Max[1] + dy}}
	return out, out.Min[0] > -180 && out.Max[0] < 180
}

func (p Property) sql(b *builder) { b.text(ident(p.Field.Name)) }

func (Place) sql(b *builder) { b.text("geom") }

func (l Literal) sql(b *builder) {
	switch v := l.Of.(type) {
	case orb.Geometry:
		b.text("ST_GeomFromWKB(").arg(geometryWKB(v)).text(fmt.Sprintf("::bytea, %d)", SRID))
	case nil:
		b.text("NULL::", l.Kind.sqlType())
	default:
		b.arg(v).text("::", l.Kind.sqlType())
	}
}

func (a Arith) sql(b *builder) {
	b.text("onemap.calculate('", string(a.Op), "', ")
	a.Left.sql(b)
	b.text(", ")
	a.Right.sql(b)
	b.text(")")
}

func (c Call) sql(b *builder) {
	var before, after string
	switch c.Func {
	case FuncCaseI:
		before, after = "onemap.casei(", ")"
	case FuncAccentI:
		before, after = "onemap.accenti(", ")"
	case FuncLength:
		before, after = "char_length(", ")::bigint"
	case FuncAbs, FuncFloor, FuncCeil:
		before, after = string(c.Func)+"((", ")::float8)"
	case FuncYear:
		before, after = "extract(year FROM ", ")::bigint"
		if c.Args[0].Type() == TypeDateTime {
			after = " AT TIME ZONE interval '8 hours')::bigint"
		}
	case FuncDate:
		before, after = "(", " AT TIME ZONE interval '8 hours')::date"
	case FuncQuantity:
		b.text("(")
		c.Args[0].sql(b)
		b.text(" ->> ")
		c.Args[1].sql(b)
		b.text(")::float8")
		return
	}
	b.text(before)
	c.Args[0].sql(b)
	b.text(after)
}
