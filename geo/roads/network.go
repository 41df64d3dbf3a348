package roads

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Conditions are what a question lays over the graph. The zero value is the network as it
// is, by car, at the default speeds.
type Conditions struct {
	Speeds  Speeds            // nil: DefaultSpeeds
	Closed  []int64           // edges that nothing passes
	Factors map[int64]float64 // edges whose speed is multiplied; 0 closes them
	Vehicle Vehicle
	WalkKmh float64 // above 0: on foot at this speed, both ways everywhere, on classes that may be walked
}

// Vehicle obeys the limits that edges state. Zero measures pass everywhere.
type Vehicle struct {
	WeightT, HeightM float64
}

// Network is a graph under conditions: the time that each part takes in each direction. It
// is not changed any more and may be kept and used by several goroutines at once.
type Network struct {
	g       *Graph
	seconds []float64 // of each half, see arc; +Inf: closed
	state   []state   // of each part
	// Unknown are the ids in Closed and Factors that the graph has no edge for.
	Unknown []int64
	// Unclassed counts the edges without declared speed whose class the table lacks, and
	// Unweighed the bridges without weight limit, which let a heavy vehicle pass.
	Unclassed, Unweighed int
}

// Graph returns the graph that the network lies over.
func (n *Network) Graph() *Graph { return n.g }

// Plain is the network under no conditions, made once.
func (g *Graph) Plain() *Network { return g.plain() }

// Under lays conditions over the graph: one pass over the parts, a millisecond or two for
// 100,000. A speed, factor or measure that is negative or no number is an error.
func (g *Graph) Under(c Conditions) (*Network, error) {
	if c.Speeds == nil && len(c.Closed) == 0 && len(c.Factors) == 0 && c.Vehicle == (Vehicle{}) && c.WalkKmh == 0 {
		return g.Plain(), nil
	}
	return g.compile(c)
}

func (g *Graph) compile(c Conditions) (*Network, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Speeds == nil {
		c.Speeds = defaultSpeeds
	}
	n := &Network{g: g, seconds: make([]float64, 2*len(g.parts)), state: make([]state, len(g.parts))}
	factors := g.factors(n, c)
	for i := range g.parts {
		p := &g.parts[i]
		e := &g.edges[p.edge]
		kmh := e.SpeedKmh
		class, known := Class{}, true
		if kmh == 0 || c.WalkKmh > 0 {
			if class, known = c.Speeds.of(e.Class); kmh == 0 {
				kmh = class.Kmh
			}
		}
		if !known && e.SpeedKmh == 0 && p.number == 0 {
			n.Unclassed++
		}
		if c.WalkKmh > 0 {
			kmh = c.WalkKmh
		}
		if factors != nil {
			kmh *= factors[p.edge]
		}
		open := kmh > 0 && (c.WalkKmh == 0 || class.OnFoot)
		if v := c.Vehicle; c.WalkKmh == 0 {
			if e.Bridge && e.WeightLimitT == 0 && v.WeightT > 0 && p.number == 0 {
				n.Unweighed++
			}
			open = open && (e.WeightLimitT == 0 || v.WeightT <= e.WeightLimitT) && (e.HeightLimitM == 0 || v.HeightM <= e.HeightLimitM)
		}
		forward, backward := math.Inf(1), math.Inf(1)
		if open {
			if n.state[i] = mainland; g.components[g.component[p.from]].Island {
				n.state[i] = island
			}
			seconds := p.metres / (kmh / 3.6)
			if c.WalkKmh > 0 || e.Oneway != Backward {
				forward = seconds
			}
			if c.WalkKmh > 0 || e.Oneway != Forward {
				backward = seconds
			}
		}
		n.seconds[2*i], n.seconds[2*i+1] = forward, backward
	}
	return n, nil
}

// factors gives each edge its factor; nil where all are 1.
func (g *Graph) factors(n *Network, c Conditions) []float64 {
	if len(c.Closed) == 0 && len(c.Factors) == 0 {
		return nil
	}
	factors := make([]float64, len(g.edges))
	for i := range factors {
		factors[i] = 1
	}
	set := func(id int64, f float64) {
		if i, ok := g.index(id); ok {
			factors[i] *= f
		} else {
			n.Unknown = append(n.Unknown, id)
		}
	}
	for id, f := range c.Factors {
		set(id, f)
	}
	for _, id := range c.Closed {
		set(id, 0)
	}
	slices.Sort(n.Unknown)
	n.Unknown = slices.Compact(n.Unknown)
	return factors
}

func (c *Conditions) check() error {
	bad := func(v float64) bool { return !(v >= 0 && v < 1e6) }
	for class, s := range c.Speeds {
		if bad(s.Kmh) {
			return fmt.Errorf("the speed of class %q is %v km/h: it must be a number from 0", class, s.Kmh)
		}
	}
	for id, f := range c.Factors {
		if bad(f) {
			return fmt.Errorf("the speed factor of edge %d is %v: it must be a number from 0", id, f)
		}
	}
	switch {
	case bad(c.Vehicle.WeightT):
		return fmt.Errorf("the vehicle's weight is %v t: it must be a number from 0", c.Vehicle.WeightT)
	case bad(c.Vehicle.HeightM):
		return fmt.Errorf("the vehicle's height is %v m: it must be a number from 0", c.Vehicle.HeightM)
	case bad(c.WalkKmh):
		return fmt.Errorf("the walking speed is %v km/h: it must be a number from 0", c.WalkKmh)
	}
	return nil
}

// open says whether a part may be passed in either direction.
func (n *Network) open(part int32) bool { return n.state[part] != shut }

// state is what a snap has to know of a part.
type state uint8

const (
	shut state = iota
	mainland
	island
)

// Edge returns the edge with an id.
func (g *Graph) Edge(id int64) (Edge, bool) {
	i, ok := g.index(id)
	if !ok {
		return Edge{}, false
	}
	return g.edges[i], true
}

// index finds an edge by its id.
func (g *Graph) index(id int64) (int32, bool) {
	i, ok := slices.BinarySearchFunc(g.byID, id, func(i int32, id int64) int { return cmp.Compare(g.edges[i].ID, id) })
	if !ok {
		return 0, false
	}
	return g.byID[i], true
}
