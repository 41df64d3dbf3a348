package cql2

import (
	"encoding/json"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// FormatJSON is a filter in CQL2 JSON.
func FormatJSON(n Node) []byte {
	bytes, err := json.Marshal(object(n))
	if err != nil {
		panic(err) // numbers are finite, and everything else has a form
	}
	return bytes
}

type operation struct {
	Op   string `json:"op"`
	Args []any  `json:"args"`
}

func op(name string, args ...Node) operation { return operation{name, objects(args)} }

func objects(nodes []Node) []any {
	out := make([]any, len(nodes))
	for i, n := range nodes {
		out[i] = object(n)
	}
	return out
}

func object(n Node) any {
	switch n := n.(type) {
	case *Logic:
		return op(n.Op, n.Args...)
	case *Comparison:
		return op(n.Op, n.Left, n.Right)
	case *Like:
		return op("like", n.Of, n.Pattern)
	case *Between:
		return op("between", n.Of, n.Low, n.High)
	case *InList:
		return operation{"in", []any{object(n.Of), objects(n.List)}}
	case *IsNull:
		return op("isNull", n.Of)
	case *Arith:
		return op(n.Op, n.Left, n.Right)
	case *Call:
		name := n.Name
		if s, ok := standard[name]; ok {
			name = s.json
		}
		return op(name, n.Args...)
	case *Property:
		return map[string]string{"property": n.Name}
	case *Text:
		return n.Value
	case *Number:
		return n.Value
	case *Boolean:
		return n.Value
	case *Date:
		return map[string]string{"date": momentText(n)}
	case *Timestamp:
		return map[string]string{"timestamp": momentText(n)}
	case *Interval:
		return map[string][2]any{"interval": {intervalObject(n.From), intervalObject(n.To)}}
	case *Array:
		return objects(n.Items)
	case *Geometry:
		return geometryObject(n.Of)
	}
	return nil
}

func intervalObject(n Node) any {
	switch n.(type) {
	case *Date, *Timestamp, *Open:
		return momentText(n)
	}
	return object(n)
}

func geometryObject(g orb.Geometry) any {
	if b, ok := g.(orb.Bound); ok {
		return map[string][4]float64{"bbox": {b.Min[0], b.Min[1], b.Max[0], b.Max[1]}}
	}
	return geojson.NewGeometry(g)
}
