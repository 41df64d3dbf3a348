package roads

import (
	"slices"

	"github.com/paulmach/orb"
)

// Path is the way between a stop of a search and a snapped point, in the direction of travel.
type Path struct {
	Stop     int // index
	Seconds  float64
	Metres   float64 // on the road
	StopWalk float64 // metres between the stop's place and the road
	Walk     float64 // metres between the road and the point
	Steps    []Step
	Line     orb.LineString // on the road; at least two points
}

// Step is a piece of a path that lies on one part.
type Step struct {
	Edge     int64 // id
	Part     int   // number
	From, To float64
	// From and To are shares of the part's length, From > To where the line is gone along
	// against its direction.
	Seconds, Metres float64
}

// Path gives the way between a snapped point and the stop that To names; false if there is none.
func (t *Tree) Path(s Snapped) (Path, bool) {
	seconds, stop := t.To(s)
	if stop < 0 {
		return Path{}, false
	}
	g := t.n.g
	at := t.search.From[stop].At
	p := Path{Stop: stop, Seconds: seconds, StopWalk: at.Walk(), Walk: s.Walk()}
	number, share := int32(s.part)-1, float64(s.at)
	b := t.place(number, share)
	t.step(&p, number, b.at, share) // in the direction of the search, from the far end
	if b.by != 2 {
		node := g.parts[number].from
		if b.by == 1 {
			node = g.parts[number].to
		}
		l := t.labels[node]
		for ; l.via >= 0; l = t.labels[node] {
			if l.via&1 == 0 {
				t.step(&p, l.via>>1, 0, 1)
				node = g.parts[l.via>>1].from
			} else {
				t.step(&p, l.via>>1, 1, 0)
				node = g.parts[l.via>>1].to
			}
		}
		t.step(&p, int32(at.part)-1, float64(at.at), float64(l.via+2)) // -1: by its end, 1; -2: by its start, 0
	}
	if t.flip == 0 {
		slices.Reverse(p.Steps)
	}
	for _, step := range p.Steps {
		p.Metres += step.Metres
		p.Line = g.appendLine(p.Line, step)
	}
	if len(p.Line) == 1 {
		p.Line = append(p.Line, p.Line[0])
	}
	return p, true
}

// step appends a piece that the search went along from one share of a part to another.
func (t *Tree) step(p *Path, number int32, from, to float64) {
	seconds := share(t.rightward(number), to-from)
	if from > to {
		seconds = share(t.leftward(number), from-to)
	}
	if t.flip == 1 {
		from, to = to, from
	}
	part := &t.n.g.parts[number]
	p.Steps = append(p.Steps, Step{
		t.n.g.edges[part.edge].ID, int(number), from, to, seconds, max(from-to, to-from) * part.metres,
	})
}

// appendLine appends the line of a step, without points that repeat the one before them.
func (g *Graph) appendLine(line orb.LineString, s Step) orb.LineString {
	number := int32(s.Part)
	edge := g.parts[number].edge
	add := func(p orb.Point) {
		if len(line) == 0 || line[len(line)-1] != p {
			line = append(line, p)
		}
	}
	from, t := g.find(number, s.From)
	to, u := g.find(number, s.To)
	add(g.between(edge, from, t))
	if s.From <= s.To {
		for v := from + 1; v <= to; v++ {
			add(g.vertex(edge, v))
		}
	} else {
		for v := from; v > to; v-- {
			add(g.vertex(edge, v))
		}
	}
	add(g.between(edge, to, u))
	return line
}

// between is the point on an edge some way from a vertex to the next.
func (g *Graph) between(edge, v int32, t float64) orb.Point {
	a := g.vertex(edge, v)
	switch t {
	case 0:
		return a
	case 1:
		return g.vertex(edge, v+1)
	}
	b := g.vertex(edge, v+1)
	return orb.Point{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t}
}
