package layers

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/encoding/wkt"
)

// Key is canonical.
func (c *Constant) Key() string {
	return map[Truth]string{False: "FALSE", Unknown: "NULL", True: "TRUE"}[c.Truth]
}

// Key is canonical.
func (l *Logic) Key() string {
	switch l.Op {
	case Not:
		return "NOT (" + l.Args[0].Key() + ")"
	case Undecided:
		return "(" + l.Args[0].Key() + ") IS NULL"
	}
	parts := make([]string, len(l.Args))
	for i, p := range l.Args {
		parts[i] = p.Key()
		if inner, ok := p.(*Logic); ok && (inner.Op == And || inner.Op == Or) {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " "+string(l.Op)+" ")
}

// Key is canonical.
func (c *Compare) Key() string {
	return c.Left.Key() + " " + string(c.Op) + " " + c.Right.Key()
}

// Key is canonical.
func (a *Among) Key() string {
	parts := make([]string, len(a.Values))
	for i, v := range a.Values {
		parts[i] = Literal{a.Of.Type(), v}.Key()
	}
	return a.Of.Key() + " IN (" + strings.Join(parts, ", ") + ")"
}

// Key is canonical.
func (l *Like) Key() string { return l.Of.Key() + " LIKE " + quoted(l.Pattern) }

// Key is canonical.
func (n *Null) Key() string { return n.Of.Key() + " IS NULL" }

// Key is canonical.
func (a *Arrays) Key() string { return call(string(a.Op), a.Left, a.Right) }

// Key is canonical.
func (s *Spatial) Key() string {
	if s.Op == Near {
		return call(string(s.Op), s.Left, s.Right, Literal{TypeNumber, s.Metres})
	}
	return call(string(s.Op), s.Left, s.Right)
}

// Key is canonical.
func (p Property) Key() string { return p.Field.Name }

// Key is canonical.
func (Place) Key() string { return "geometry" }

// Key is canonical.
func (a Arith) Key() string {
	return "(" + a.Left.Key() + " " + string(a.Op) + " " + a.Right.Key() + ")"
}

// Key is canonical.
func (c Call) Key() string { return call(string(c.Func), c.Args...) }

// Key is canonical. Large geometries stand as the hash of their WKB.
func (l Literal) Key() string {
	switch v := l.Of.(type) {
	case string:
		return quoted(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	case time.Time:
		if l.Kind == TypeDate {
			return "DATE('" + v.Format(time.DateOnly) + "')"
		}
		return "TIMESTAMP('" + v.UTC().Format(time.RFC3339Nano) + "')"
	case []string:
		parts := make([]string, len(v))
		for i, s := range v {
			parts[i] = quoted(s)
		}
		slices.Sort(parts)
		return "(" + strings.Join(slices.Compact(parts), ", ") + ")"
	case orb.Geometry:
		if bytes := geometryWKB(v); len(bytes) > 200 {
			sum := sha256.Sum256(bytes)
			return v.GeoJSONType() + " " + hex.EncodeToString(sum[:])
		}
		return wkt.MarshalString(v)
	}
	return "NULL"
}

// geometryWKB is a geometry that is known to have a binary form.
func geometryWKB(g orb.Geometry) []byte {
	bytes, err := wkb.Marshal(g)
	if err != nil {
		return nil
	}
	return bytes
}

func call(name string, args ...Operand) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = a.Key()
	}
	return name + "(" + strings.Join(parts, ", ") + ")"
}

// quoted is a text literal of CQL2.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
