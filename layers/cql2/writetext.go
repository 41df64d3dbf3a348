package cql2

import (
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// FormatText is a filter in CQL2 text: keywords in capitals, parentheses around each
// condition or calculation within another.
func FormatText(n Node) string {
	var w writer
	w.node(n)
	return w.String()
}

type writer struct{ strings.Builder }

func (w *writer) text(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
}

// inner writes a node that stands within another.
func (w *writer) inner(n Node) {
	switch n.(type) {
	case *Logic, *Comparison, *Like, *Between, *InList, *IsNull, *Arith:
		w.text("(")
		w.node(n)
		w.text(")")
	default:
		w.node(n)
	}
}

func (w *writer) list(nodes []Node, write func(Node)) {
	for i, n := range nodes {
		if i > 0 {
			w.text(", ")
		}
		write(n)
	}
}

func (w *writer) node(n Node) {
	switch n := n.(type) {
	case *Logic:
		if n.Op == "not" {
			w.text("NOT ")
			w.inner(n.Args[0])
			return
		}
		for i, a := range n.Args {
			if i > 0 {
				w.text(" ", strings.ToUpper(n.Op), " ")
			}
			w.inner(a)
		}
	case *Comparison:
		w.inner(n.Left)
		w.text(" ", n.Op, " ")
		w.inner(n.Right)
	case *Like:
		w.inner(n.Of)
		w.text(" LIKE ")
		w.inner(n.Pattern)
	case *Between:
		w.inner(n.Of)
		w.text(" BETWEEN ")
		w.inner(n.Low)
		w.text(" AND ")
		w.inner(n.High)
	case *InList:
		w.inner(n.Of)
		w.text(" IN (")
		w.list(n.List, w.inner)
		w.text(")")
	case *IsNull:
		w.inner(n.Of)
		w.text(" IS NULL")
	case *Arith:
		w.inner(n.Left)
		op := n.Op
		if op == "div" {
			op = "DIV"
		}
		w.text(" ", op, " ")
		w.inner(n.Right)
	case *Call:
		w.text(strings.ToUpper(n.Name), "(")
		w.list(n.Args, func(a Node) {
			if items, ok := a.(*Array); ok && takesArrays(n.Name) {
				w.text("(")
				w.list(items.Items, w.inner)
				w.text(")")
				return
			}
			w.inner(a)
		})
		w.text(")")
	case *Array:
		w.text("[")
		w.list(n.Items, w.inner)
		w.text("]")
	default:
		w.literal(n)
	}
}

func (w *writer) literal(n Node) {
	switch n := n.(type) {
	case *Property:
		w.text(propertyText(n.Name))
	case *Text:
		w.quoted(n.Value)
	case *Number:
		w.text(numberText(n.Value))
	case *Boolean:
		w.text(strings.ToUpper(strconv.FormatBool(n.Value)))
	case *Date:
		w.text("DATE('", momentText(n), "')")
	case *Timestamp:
		w.text("TIMESTAMP('", momentText(n), "')")
	case *Interval:
		w.text("INTERVAL(")
		w.list([]Node{n.From, n.To}, func(end Node) {
			switch end := end.(type) {
			case *Date, *Timestamp, *Open:
				w.text("'", momentText(end), "'")
			default:
				w.inner(end)
			}
		})
		w.text(")")
	case *Geometry:
		w.geometry(n.Of)
	}
}

// quoted writes a text literal. After \ a quote is written as \', since \” would end it.
func (w *writer) quoted(s string) {
	w.text("'")
	for i := range len(s) {
		switch {
		case s[i] == '\'' && i > 0 && s[i-1] == '\\':
			w.text(`\'`)
		case s[i] == '\'':
			w.text("''")
		default:
			w.WriteByte(s[i])
		}
	}
	w.text("'")
}

func numberText(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// momentText is a day or time as it stands in quotes.
func momentText(n Node) string {
	switch n := n.(type) {
	case *Date:
		return n.Value.Format(time.DateOnly)
	case *Timestamp:
		return n.Value.UTC().Format(time.RFC3339Nano)
	}
	return ".."
}

// propertyText is a name, in quotes where it could be read as something else.
func propertyText(name string) string {
	plain := name != "" && !reserved[strings.ToLower(name)] && !literal[strings.ToLower(name)]
	for i, r := range name {
		plain = plain && (startsName(r) || i > 0 && continuesName(r))
	}
	if plain {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (w *writer) geometry(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Bound:
		w.text("BBOX(", numberText(g.Min[0]), ", ", numberText(g.Min[1]), ", ", numberText(g.Max[0]), ", ", numberText(g.Max[1]), ")")
	case orb.Point:
		w.text("POINT")
		w.positions([]orb.Point{g})
	case orb.LineString:
		w.text("LINESTRING")
		w.positions(g)
	case orb.Polygon:
		w.text("POLYGON")
		w.polygon(g)
	case orb.MultiPoint:
		w.text("MULTIPOINT")
		w.group(len(g), func(i int) { w.positions(g[i : i+1]) })
	case orb.MultiLineString:
		w.text("MULTILINESTRING")
		w.group(len(g), func(i int) { w.positions(g[i]) })
	case orb.MultiPolygon:
		w.text("MULTIPOLYGON")
		w.group(len(g), func(i int) { w.polygon(g[i]) })
	case orb.Collection:
		w.text("GEOMETRYCOLLECTION")
		w.group(len(g), func(i int) { w.geometry(g[i]) })
	}
}

func (w *writer) polygon(p orb.Polygon) { w.group(len(p), func(i int) { w.positions(p[i]) }) }

func (w *writer) positions(points []orb.Point) {
	w.group(len(points), func(i int) { w.text(numberText(points[i][0]), " ", numberText(points[i][1])) })
}

func (w *writer) group(n int, part func(i int)) {
	w.text("(")
	for i := range n {
		if i > 0 {
			w.text(",")
		}
		part(i)
	}
	w.text(")")
}
