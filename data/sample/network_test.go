package sample_test

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data/sample"
	"onemap/geo"
)

// One can get from every road to every other; edges end in the places of their nodes.
func TestRoadsConnect(t *testing.T) {
	for name, o := range map[string]sample.Options{"default": whole, "small": {Seed: 2, Small: true}} {
		t.Run(name, func(t *testing.T) {
			edges := records(t, plan(t, o), "road")
			parent := map[int64]int64{}
			var find func(int64) int64
			find = func(n int64) int64 {
				if p, ok := parent[n]; ok && p != n {
					parent[n] = find(p)
					return parent[n]
				}
				parent[n] = n
				return n
			}
			places := map[int64]orb.Point{}
			classes := map[any]int{}
			for _, r := range edges {
				line := r.Geometry.(orb.LineString)
				from, to := r.Values["from_node"].(int64), r.Values["to_node"].(int64)
				for node, p := range map[int64]orb.Point{from: line[0], to: line[len(line)-1]} {
					if q, ok := places[node]; ok && q != p {
						t.Fatalf("node %d is at %v and at %v", node, p, q)
					}
					places[node] = p
				}
				parent[find(from)] = find(to)
				classes[r.Values["class"]]++
				length := 0.0
				for k := 1; k < len(line); k++ {
					length += float64(geo.Distance(line[k-1], line[k]))
				}
				if got := r.Values["length_m"].(float64); math.Abs(got-length) > 0.06+length*1e-5 {
					t.Errorf("%s is %.2f m long, not %.2f", r.SourceID, length, got)
				}
			}
			roots := map[int64]bool{}
			for n := range places {
				roots[find(n)] = true
			}
			if len(roots) != 1 {
				t.Errorf("the network falls into %d parts", len(roots))
			}
			if name == "default" {
				for _, class := range []string{"motorway", "trunk", "expressway", "primary", "arterial", "secondary", "tertiary", "village", "service"} {
					if classes[class] == 0 {
						t.Errorf("no road of class %s", class)
					}
				}
			}
		})
	}
}

// Roads cross in nodes only, motorways apart.
func TestRoadsAreNoded(t *testing.T) {
	type piece struct {
		edge int
		a, b orb.Point
	}
	var pieces []piece
	for i, r := range records(t, plan(t, whole), "road") {
		if r.Values["class"] == "motorway" || r.Values["class"] == "service" && len(r.Values["name"].(string)) > 12 { // slip roads pass under
			continue
		}
		line := r.Geometry.(orb.LineString)
		for k := 1; k < len(line); k++ {
			pieces = append(pieces, piece{i, line[k-1], line[k]})
		}
	}
	slices.SortFunc(pieces, func(x, y piece) int {
		return int(math.Copysign(1, math.Min(x.a[0], x.b[0])-math.Min(y.a[0], y.b[0])))
	})
	crossed := 0
	for i, p := range pieces {
		right := math.Max(p.a[0], p.b[0])
		for _, q := range pieces[i+1:] {
			if math.Min(q.a[0], q.b[0]) > right {
				break
			}
			if p.edge != q.edge && cross(p.a, p.b, q.a, q.b) {
				crossed++
			}
		}
	}
	if crossed > 0 {
		t.Errorf("%d pairs of roads cross without a node", crossed)
	}
}

// cross says whether two pieces cross clearly inside both, more than a centimetre from an end.
func cross(a, b, c, d orb.Point) bool {
	turn := func(p, q, r orb.Point) float64 {
		return ((q[0]-p[0])*(r[1]-p[1]) - (q[1]-p[1])*(r[0]-p[0])) / math.Hypot(q[0]-p[0], q[1]-p[1])
	}
	const near = 5e-7 // degrees, five centimetres
	apart := func(x, y float64) bool { return x > near && y < -near || x < -near && y > near }
	return apart(turn(a, b, c), turn(a, b, d)) && apart(turn(c, d, a), turn(c, d, b))
}

// No two buildings overlap.
func TestBuildingsStandApart(t *testing.T) {
	type house struct {
		id   string
		ring orb.Ring
	}
	squares := map[[2]int][]house{}
	var all []house
	for r, err := range plan(t, sample.Options{Seed: 2, Buildings: 40_000}).Records("building") {
		if err != nil {
			t.Fatal(err)
		}
		h := house{r.SourceID, r.Geometry.(orb.Polygon)[0]}
		if n := len(h.ring) - 1; n < 4 || n > 8 || h.ring.Orientation() != orb.CCW {
			t.Errorf("%s has %d corners, orientation %d", h.id, n, h.ring.Orientation())
		}
		all = append(all, h)
		c := h.ring.Bound().Center()
		k := [2]int{int(c[0] * 1000), int(c[1] * 1000)}
		squares[k] = append(squares[k], h)
	}
	bad := 0
	for _, h := range all {
		c := h.ring.Bound().Center()
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				for _, o := range squares[[2]int{int(c[0]*1000) + dx, int(c[1]*1000) + dy}] {
					if o.id > h.id && h.ring.Bound().Intersects(o.ring.Bound()) && overlap(h.ring, o.ring) {
						if bad++; bad < 5 {
							t.Errorf("%s and %s overlap", h.id, o.id)
						}
					}
				}
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d pairs overlap", bad)
	}
}

func overlap(a, b orb.Ring) bool {
	for i := 1; i < len(a); i++ {
		for k := 1; k < len(b); k++ {
			if cross(a[i-1], a[i], b[k-1], b[k]) {
				return true
			}
		}
	}
	inside := func(r orb.Ring, p orb.Point) bool {
		in := false
		for k := 1; k < len(r); k++ {
			if (r[k-1][1] > p[1]) != (r[k][1] > p[1]) && p[0] > r[k-1][0]+(r[k][0]-r[k-1][0])*(p[1]-r[k-1][1])/(r[k][1]-r[k-1][1]) {
				in = !in
			}
		}
		return in
	}
	return inside(a, b[0]) || inside(b, a[0])
}
