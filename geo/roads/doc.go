// Package roads answers questions of travel time over a road network in memory.
//
//	g := roads.Build(edges)                         // a Graph, for as long as the edges stay as they are
//	n, err := g.Under(roads.Conditions{Closed: ids}) // a Network: the graph in one situation
//	at := n.Snap(point, 500)                         // a point on the nearest open edge, and the walk to it
//	hits, err := n.Nearest(ctx, search, stops, 10)   // the ten soonest
//	t, err := n.Tree(ctx, search)                    // times from, or to, the nearest of many stops
//	t.To(at); t.Serve(ctx, points)                   // of one place, of a million
//	t.Path(at); t.Stretches(); t.Outlines(ctx, o)    // the way there; all that is reached in time, and its picture
//
// # Where edges are joined
//
// A place is where vertices lie within 0.1 m of each other. Edges are joined in a place if
// one of them ends there, be it at the end of the other or on its way (which splits that
// one), or if both have a vertex there on their way, unless one is a bridge and the other is
// not. Lines that cross without a common vertex pass over each other. Declared nodes join
// ends that lie up to 2 m apart; they part nothing, and a node that is declared in places
// farther apart is a Problem and joins nothing. A piece of an edge between junctions is a
// Part; the number of a part, and a Snapped point, belong to one graph.
//
// A component under a fiftieth of the longest one's length is an island. Points are
// snapped to edges, not to nodes, and rather to the mainland: see Network.Snap.
//
// # Time
//
// Seconds are geodesic metres by the declared speed, else by that of the class (Speeds),
// times a factor of the question. Left out: turns, lights, traffic, the slowing at bends,
// and turning round, which is allowed everywhere. A way begins and ends with a straight walk between
// the point and the road (Search.AccessKmh). Weight and height limits hold wherever they
// are stated; a bridge that states none lets pass, and Network counts such bridges.
//
// # Bounds
//
// Every search can be bounded in seconds and ends with its context. A bad edge, stop or
// point spoils nothing but itself: see Graph.Problems, Tree.Off, and Snapped.On.
package roads
