package sample

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// edge is a piece of road between two nodes.
type edge struct {
	from, to int32
	line     []xy
	class    string
	name     string
	number   string
	bridge   bool
	village  int
}

// roads is the network. Every edge can be reached from every other; edges meet in nodes
// only, motorways apart, which pass over the rest.
type roads struct {
	nodes []xy
	edges []edge
	index *segments
}

// speeds are the design speeds in km/h, lanes and widths in metres by class.
var roadKinds = map[string]struct {
	speed, width float64
	lanes        int64
}{
	"motorway":   {120, 33.5, 6},
	"trunk":      {80, 24.5, 4},
	"expressway": {80, 32, 6},
	"primary":    {70, 17, 4},
	"arterial":   {50, 24, 6},
	"secondary":  {60, 12, 2},
	"tertiary":   {40, 8.5, 2},
	"village":    {30, 5, 1},
	"service":    {20, 6, 2},
}

// ranks are the classes of roads outside towns, the lowest first.
var ranks = []string{"village", "tertiary", "secondary", "primary", "trunk"}

// draft is the network while it is made: lines that still cross each other.
type draft struct {
	land  *land
	s     stream
	edges []edge
}

func newRoads(l *land, s stream) *roads {
	d := &draft{land: l, s: s}
	d.country()
	d.streets()
	d.lanes()
	r := node(d.edges)
	d.motorways(r)
	r.keepLargest()
	r.fromMiddle(l.districts[0].seat)
	for i := range r.edges {
		e := &r.edges[i]
		middle := e.line[len(e.line)/2]
		if len(e.line) == 2 {
			middle = e.line[0].towards(e.line[1], 0.5)
		}
		if e.village = l.locate(middle.lonLat()); e.village < 0 {
			e.bridge = true
			e.village = l.nearestVillages(middle, -1, 1)[0]
		}
	}
	r.index = newSegments()
	for i, e := range r.edges {
		for k := 1; k < len(e.line); k++ {
			r.index.add(i, e.line[k-1], e.line[k])
		}
	}
	return r
}

// country links the villages and makes the links between towns and seats main roads.
func (d *draft) country() {
	l := d.land
	places := make([]xy, len(l.villages))
	for i := range places {
		places[i] = l.villages[i].middle
	}
	var links []link
	joined := newSets(len(places))
	var wet []link
	for _, k := range gabriel(places, 24) {
		if l.dry(places[k.a], places[k.b]) {
			links = append(links, k)
			joined.join(k.a, k.b)
		} else {
			wet = append(wet, k)
		}
	}
	slices.SortStableFunc(wet, func(x, y link) int {
		return int(places[x.a].distance(places[x.b]) - places[y.a].distance(places[y.b]))
	})
	bridges := len(links)
	for _, k := range wet { // the shortest links over water that hold the rest together
		if joined.join(k.a, k.b) {
			links = append(links, k)
		}
	}
	cost := make([]float64, len(links))
	for i, k := range links {
		cost[i] = places[k.a].distance(places[k.b])
	}
	g := newGraph(len(places), links, cost)
	rank := make([]int, len(links))
	names := make([]string, len(links))
	numbers := make([]string, len(links))
	for i := range links {
		if d.s.chance(0.35) {
			rank[i] = 1
		}
	}
	routes := func(hubs []int, to int, name func(a, b, n int) (string, string)) {
		hubPlaces := make([]xy, len(hubs))
		for i, h := range hubs {
			hubPlaces[i] = places[h]
		}
		for n, pair := range gabriel(hubPlaces, len(hubs)) {
			title, number := name(hubs[pair.a], hubs[pair.b], n)
			for _, k := range g.path(hubs[pair.a], hubs[pair.b]) {
				if rank[k] < to {
					rank[k], names[k], numbers[k] = to, title, number
					g.cost[k] = cost[k] * 0.75 // later routes like to follow
				}
			}
		}
	}
	var seatHubs, hubs []int
	for _, t := range l.districts {
		seatHubs = append(seatHubs, l.nearestVillages(t.seat, -1, 1)[0])
	}
	for i := range l.towns {
		if !l.towns[i].functional {
			hubs = append(hubs, l.towns[i].hub)
		}
	}
	main := []string{"G204", "G345", "G228", "G328", "S226", "S356", "S335", "S221", "S336", "S334", "S602", "S355"}
	routes(seatHubs, 4, func(a, b, n int) (string, string) { return d.lineName(a, b), main[n%len(main)] })
	routes(hubs, 3, func(a, b, n int) (string, string) {
		if n%3 == 0 {
			return d.lineName(a, b), fmt.Sprintf("S%d", 223+n%120)
		}
		return d.lineName(a, b), fmt.Sprintf("X%03d", 201+n)
	})
	for i := range links { // the lesser half of the routes between towns are county roads
		if rank[i] == 3 && numbers[i][0] == 'X' {
			rank[i] = 2
		}
		k := links[i]
		if rank[i] < 2 && i < bridges && l.inCity(places[k.a]) && l.inCity(places[k.b]) {
			continue // the city's streets do that
		}
		bend := 0.08
		if rank[i] >= 3 {
			bend = 0.03
		}
		e := edge{line: d.bent(places[k.a], places[k.b], bend), class: ranks[rank[i]], name: names[i], number: numbers[i], bridge: i >= bridges}
		if i >= bridges {
			e.class, e.line = "primary", []xy{places[k.a], places[k.b]}
			e.name = d.land.towns[l.villages[k.a].town].name + "大桥"
		} else if e.name == "" && rank[i] > 0 {
			e.name = short(l.villages[k.a].name) + short(l.villages[k.b].name)[:3] + "路"
		}
		d.edges = append(d.edges, e)
	}
}

// lineName is the usual name of a road between two towns: the first sign of each and 线.
func (d *draft) lineName(a, b int) string {
	l := d.land
	return string([]rune(l.towns[l.villages[a].town].name)[:1]) + string([]rune(l.towns[l.villages[b].town].name)[:1]) + "线"
}

// bent is a line with two soft bends.
func (d *draft) bent(a, b xy, bend float64) []xy {
	across := b.minus(a).turned(math.Pi / 2)
	one, two := d.s.between(-bend, bend), d.s.between(-bend, bend)
	return []xy{a, a.towards(b, 0.33).plus(across.times(one)), a.towards(b, 0.67).plus(across.times(two)), b}
}

// dry says whether a straight line stays on land, a short bit apart.
func (l *land) dry(a, b xy) bool {
	const steps = 12
	wet := 0
	for i := 1; i < steps; i++ {
		if l.locate(a.towards(b, float64(i)/steps).lonLat()) < 0 {
			wet++
		}
	}
	return wet <= 1
}

// lonLats gives the line in degrees.
func lonLats(line []xy) orb.LineString {
	out := make(orb.LineString, 0, len(line))
	for _, p := range line {
		q := p.lonLat()
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	return out
}
