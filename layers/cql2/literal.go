package cql2

import (
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// literal reads what follows DATE, TIMESTAMP, INTERVAL or BBOX; the present token is (.
func (p *parser) literal(at At, name string) (n Node, err error) {
	if name == "bbox" {
		return p.box(at)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch name {
	case "date", "timestamp":
		if p.tok.kind != text {
			return nil, p.unexpected("a day or time in quotes")
		}
		n, err = moment(at, p.tok.text)
		if _, day := n.(*Date); err == nil && day != (name == "date") {
			err = failure(at, "DATE takes a day such as '2021-04-30', TIMESTAMP a time such as '2021-04-30T12:00:00Z'.")
		}
		if err == nil {
			err = p.advance()
		}
	default:
		i := &Interval{At: at}
		if i.From, err = p.intervalEnd(); err == nil {
			if err = p.expect(","); err == nil {
				i.To, err = p.intervalEnd()
			}
		}
		n = i
		if err == nil {
			err = checkInterval(i)
		}
	}
	if err != nil {
		return nil, err
	}
	return n, p.expect(")")
}

func (p *parser) intervalEnd() (Node, error) {
	at := p.here()
	if p.tok.kind == text {
		n, err := intervalText(at, p.tok.text)
		if err != nil {
			return nil, err
		}
		return n, p.advance()
	}
	return p.signed()
}

// intervalText reads one end of an interval.
func intervalText(at At, s string) (Node, error) {
	if s == ".." {
		return &Open{at}, nil
	}
	return moment(at, s)
}

func checkInterval(i *Interval) error {
	var ends [2]time.Time
	for k, n := range []Node{i.From, i.To} {
		switch n := n.(type) {
		case *Date:
			ends[k] = n.Value
		case *Timestamp:
			ends[k] = n.Value
		case *Open, *Property, *Call:
		default:
			return failure(n.Where(), "An interval is from and to a day, a time, '..' for no end, or a property.")
		}
	}
	if !ends[0].IsZero() && !ends[1].IsZero() && ends[1].Before(ends[0]) {
		return failure(i.At, "The interval ends before it begins.")
	}
	return nil
}

// moment reads a day or a time (RFC 3339).
func moment(at At, s string) (Node, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return &Date{at, t}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		if t = t.UTC(); t.Year() >= 0 && t.Year() <= 9999 {
			return &Timestamp{at, t}, nil
		}
	}
	return nil, failure(at, "%q is no day such as 2021-04-30 and no time such as 2021-04-30T12:00:00Z.", shorten(s))
}

func geometryWord(s string) bool {
	return literal[s] && s != "date" && s != "timestamp" && s != "interval" && s != "bbox"
}

// box reads what follows BBOX.
func (p *parser) box(at At) (Node, error) {
	items, err := p.list(")")
	if err != nil {
		return nil, err
	}
	var b []float64
	for _, n := range items {
		x, ok := n.(*Number)
		if !ok {
			return nil, failure(n.Where(), "A box has numbers only.")
		}
		b = append(b, x.Value)
	}
	return newBox(at, b)
}

// newBox makes a box of four numbers, or six with heights, which are left out.
func newBox(at At, b []float64) (Node, error) {
	if len(b) == 6 {
		b = []float64{b[0], b[1], b[3], b[4]}
	}
	if len(b) != 4 {
		return nil, failure(at, "A box has four numbers, as in BBOX(120.2, 31.6, 122, 32.8), or six with heights.")
	}
	return &Geometry{at, orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}}, nil
}

// geometry reads well-known text; its keyword has been read.
func (p *parser) geometry(name token) (orb.Geometry, error) {
	if p.tok.is("empty") {
		return nil, p.fail(p.tok.at, "An empty geometry meets nothing; leave it out.")
	}
	high, err := p.take("z")
	if err != nil {
		return nil, err
	}
	var g orb.Geometry
	switch strings.ToLower(name.text) {
	case "point":
		var points []orb.Point
		if points, err = p.positions(high); err == nil {
			if len(points) != 1 {
				return nil, p.fail(name.at, "A POINT has one position.")
			}
			g = points[0]
		}
	case "linestring":
		var points []orb.Point
		points, err = p.positions(high)
		g = orb.LineString(points)
	case "polygon":
		g, err = p.polygon(high)
	case "multipoint":
		g, err = p.multiPoint(high)
	case "multilinestring":
		var lines orb.MultiLineString
		err = p.group(func() error {
			points, err := p.positions(high)
			lines = append(lines, points)
			return err
		})
		g = lines
	case "multipolygon":
		var polygons orb.MultiPolygon
		err = p.group(func() error {
			a, err := p.polygon(high)
			polygons = append(polygons, a)
			return err
		})
		g = polygons
	default:
		var all orb.Collection
		err = p.group(func() error {
			inner := p.tok
			if inner.kind != word || !geometryWord(strings.ToLower(inner.text)) {
				return p.unexpected("a geometry such as POINT")
			}
			if err := p.advance(); err != nil {
				return err
			}
			part, err := p.geometry(inner)
			all = append(all, part)
			return err
		})
		g = all
	}
	if err != nil {
		return nil, err
	}
	return g, checkGeometry(p.place(name.at), g)
}

// group reads parts in parentheses with commas between.
func (p *parser) group(part func() error) error {
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	if err := p.expect("("); err != nil {
		return err
	}
	for {
		if err := part(); err != nil {
			return err
		}
		if more, err := p.take(","); err != nil {
			return err
		} else if !more {
			return p.expect(")")
		}
	}
}

func (p *parser) polygon(high bool) (orb.Polygon, error) {
	var a orb.Polygon
	err := p.group(func() error {
		points, err := p.positions(high)
		a = append(a, points)
		return err
	})
	return a, err
}

// multiPoint reads points, each with or without parentheses of its own.
func (p *parser) multiPoint(high bool) (orb.MultiPoint, error) {
	var all orb.MultiPoint
	err := p.group(func() error {
		if p.tok.is("(") {
			points, err := p.positions(high)
			all = append(all, points...)
			return err
		}
		point, err := p.position(high)
		all = append(all, point)
		return err
	})
	return all, err
}

func (p *parser) positions(high bool) ([]orb.Point, error) {
	var points []orb.Point
	err := p.group(func() error {
		point, err := p.position(high)
		points = append(points, point)
		return err
	})
	return points, err
}

// position reads two numbers and, if there is one, a height, which is left out.
func (p *parser) position(high bool) (at orb.Point, err error) {
	if err := p.vertex(); err != nil {
		return at, err
	}
	for i := 0; i < 3; i++ {
		if p.tok.kind != number && !p.tok.is("-") && !p.tok.is("+") {
			if i == 2 && !high {
				break
			}
			return at, p.unexpected("a number")
		}
		before := p.nodes
		n, err := p.signed()
		if err != nil {
			return at, err
		}
		p.nodes = before // vertices have a limit of their own
		x, ok := n.(*Number)
		if !ok {
			return at, failure(n.Where(), "A position has two numbers, x and y, with a space between them.")
		}
		if i < 2 {
			at[i] = x.Value
		}
	}
	return at, nil
}

// checkGeometry asks for parts that are long enough and rings that are closed.
func checkGeometry(at At, g orb.Geometry) error {
	switch g := g.(type) {
	case orb.MultiPoint:
		if len(g) == 0 {
			return failure(at, "An empty geometry meets nothing; leave it out.")
		}
	case orb.LineString:
		if len(g) < 2 || !moves(g) {
			return failure(at, "A line has two different positions or more.")
		}
	case orb.MultiLineString:
		return checkParts(at, g)
	case orb.Polygon:
		if len(g) == 0 {
			return failure(at, "A polygon has a ring.")
		}
		for _, ring := range g {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return failure(at, "A ring of a polygon has four positions or more, and the last is the first again.")
			}
		}
	case orb.MultiPolygon:
		return checkParts(at, g)
	case orb.Collection:
		return checkParts(at, g)
	}
	return nil
}

func checkParts[G orb.Geometry](at At, parts []G) error {
	if len(parts) == 0 {
		return failure(at, "An empty geometry meets nothing; leave it out.")
	}
	for _, g := range parts {
		if err := checkGeometry(at, g); err != nil {
			return err
		}
	}
	return nil
}

// moves reports whether not all positions are one.
func moves(line []orb.Point) bool {
	for _, p := range line {
		if p != line[0] {
			return true
		}
	}
	return false
}
