package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/data/ask"
	"onemap/data/bench"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// benchEdges is how many segments the road layer is cut into for the questions.
const benchEdges = 100_000

// benchCentre is where the questions are asked: the middle of the city's first district.
var benchCentre = orb.Point{120.87, 31.98}

// cutRoads puts the same roads into the layer in so many segments, each cut evenly.
func (m *benchmark) cutRoads(ctx context.Context) error {
	edges := m.plan.Count("road")
	pieces := max(benchEdges/max(edges, 1), 1)
	if m.Quick || pieces == 1 {
		return nil
	}
	m.say("%d roads in %d segments", edges, edges*pieces)
	_, err := m.d.Publish(ctx, data.Publication{
		Layer: "road", Scope: data.ScopeSource(layers.SourceSynthetic), Name: layers.SourceSynthetic, By: string(layers.RoleAdmin),
	}, func(yield func(layers.Record, error) bool) {
		for r, err := range m.plan.Records("road") {
			if err != nil {
				yield(layers.Record{}, err)
				return
			}
			for k, line := range evenly(r.Geometry.(orb.LineString), pieces) {
				piece := r
				piece.Geometry, piece.Values = line, map[string]any{}
				for name, value := range r.Values {
					piece.Values[name] = value
				}
				piece.SourceID = fmt.Sprintf("%s.%d", r.SourceID, k)
				piece.Values["road_id"] = fmt.Sprintf("%s.%d", r.Values["road_id"], k)
				for _, name := range []string{"from_node", "to_node", "length_m"} {
					delete(piece.Values, name)
				}
				if !yield(piece, nil) {
					return
				}
			}
		}
	})
	return err
}

// evenly cuts a line into n of about the same length.
func evenly(line orb.LineString, n int) []orb.LineString {
	total := 0.0
	for i := 1; i < len(line); i++ {
		total += float64(geo.Distance(line[i-1], line[i]))
	}
	pieces := []orb.LineString{{line[0]}}
	at := 0.0
	for i := 1; i < len(line); i++ {
		from, to := line[i-1], line[i]
		length := float64(geo.Distance(from, to))
		for len(pieces) < n && length > 0 && at+length > total*float64(len(pieces))/float64(n) {
			share := (total*float64(len(pieces))/float64(n) - at) / length
			p := orb.Point{from[0] + share*(to[0]-from[0]), from[1] + share*(to[1]-from[1])}
			pieces[len(pieces)-1] = append(pieces[len(pieces)-1], p)
			pieces = append(pieces, orb.LineString{p})
		}
		at += length
		pieces[len(pieces)-1] = append(pieces[len(pieces)-1], to)
	}
	return pieces
}

// question is one of the bench: asked as given, held against statements of PostGIS.
type question struct {
	name   string
	id     string
	inputs string
	limit  float64 // ms; 0: no target
	times  int
	floor  func(context.Context) (time.Duration, error)
	what   string // the floor
	sc     *ask.Scenario
}

// measureQuestions asks the planners' questions of the process itself, as the server does,
// and plain PostGIS and pgRouting the same on one connection. The first asking, which also
// makes the indexes that are kept, is given apart.
func (m *benchmark) measureQuestions(ctx context.Context) error {
	if err := m.cutRoads(ctx); err != nil {
		return err
	}
	if err := m.floor.Settle(ctx); err != nil {
		return err
	}
	routing := m.floor.Network(ctx)
	if routing != nil && fault.CodeOf(routing) != fault.Unsupported {
		return routing
	}
	for begun := time.Now(); !m.mirror.Settled() && time.Since(begun) < time.Minute; {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(2 * time.Second) // until the cut roads are in memory
	asker := ask.New(m.d.Store, m.mirror)
	for _, q := range m.questions(routing == nil) {
		if ask.ByID(q.id) == nil {
			continue
		}
		m.say("question: %s", q.name)
		first, took, err := m.askOften(ctx, asker, q)
		if err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		f := newFigure("question "+q.name, took, "ms")
		if q.floor != nil {
			plain, err := q.floor(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
			f = f.beside(q.what, milliseconds(plain))
		}
		if q.limit > 0 {
			f = f.under(q.limit)
		}
		m.add(f, newFigure("question "+q.name+", first time", first, "ms"))
	}
	return nil
}

// askOften returns the first time and the median of the others, in ms.
func (m *benchmark) askOften(ctx context.Context, asker *ask.Asker, q question) (first, median float64, err error) {
	var inputs map[string]json.RawMessage
	if err := json.Unmarshal([]byte(q.inputs), &inputs); err != nil {
		return 0, 0, err
	}
	times := q.times
	if m.Quick {
		times = 2
	}
	var took []float64
	for k := range times + 1 {
		begun := time.Now()
		answer, err := asker.Ask(ctx, ask.Request{Question: q.id, Inputs: inputs, Reader: layers.Reader{Role: layers.RoleViewer}, Scenario: q.sc})
		if err != nil {
			return 0, 0, err
		}
		if k == 0 {
			for _, src := range answer.Sources {
				m.say("  %s: %d records", src.Layer, src.Used)
			}
		}
		ms := float64(time.Since(begun).Microseconds()) / 1000
		if k == 0 {
			first = ms
		} else {
			took = append(took, ms)
		}
	}
	slices.Sort(took)
	return first, took[len(took)/2], nil
}

// firstShelters is a pattern of the codes of the shelters of one city.
const firstShelters = "BN-______"

func (m *benchmark) questions(routing bool) []question {
	lon, lat := benchCentre[0], benchCentre[1]
	at := fmt.Sprintf("[%v, %v]", lon, lat)
	plain := func(text string, args ...any) func(context.Context) (time.Duration, error) {
		return func(ctx context.Context) (time.Duration, error) {
			if _, _, err := m.floor.Ask(ctx, text, args...); err != nil {
				return 0, err
			}
			_, took, err := m.floor.Ask(ctx, text, args...)
			return took, err
		}
	}
	routed := func(text string, args ...any) func(context.Context) (time.Duration, error) {
		if !routing {
			return nil
		}
		return plain(text, args...)
	}
	each := func(text string, args ...any) func(context.Context) (time.Duration, error) {
		return func(ctx context.Context) (time.Duration, error) {
			sum := time.Duration(0)
			for _, v := range m.d.Catalogue().For(layers.Reader{Role: layers.RoleViewer}) {
				by := "'all'"
				if f := v.By(); f != nil {
					by = f.Name
				}
				_, took, err := m.floor.Ask(ctx, fmt.Sprintf(text, v.ID, by), args...)
				if err != nil {
					return 0, err
				}
				sum += took
			}
			return sum, nil
		}
	}
	circle, _ := json.Marshal(map[string]any{"type": "Polygon", "coordinates": geo.Circle(benchCentre, 60_000, 128)})
	shelters := fmt.Sprintf(`"filter": "shelter_code LIKE '%s'"`, firstShelters)
	added := &ask.Scenario{Name: "one more", Added: []ask.Added{{Layer: "shelter", Place: benchCentre, Properties: map[string]any{"shelter_code": "BN-999999", "status": "open", "capacity": 1000.0}}}}
	return []question{
		{name: "nearest 10 by line", id: "nearest", inputs: `{"place": ` + at + `, "by": "line", "usable": false}`, limit: 1, times: 200, floor: plain(bench.NearestByLine, lon, lat), what: "KNN in PostGIS"},
		{name: "nearest 10 by road", id: "nearest", inputs: `{"place": ` + at + `, "usable": false}`, limit: 20, times: 50, floor: routed(bench.NearestByRoad, lon, lat), what: "pgr_dijkstraCost"},
		{name: "around 3 km, all layers", id: "around", inputs: `{"shape": {"type": "Circle", "coordinates": ` + at + `, "radius": 3000}}`, limit: 50, times: 20, floor: each(bench.Around, lon, lat, 3000.0), what: "ST_DWithin(geography)"},
		{name: "service area 15 min", id: "service-area", inputs: `{"places": [` + at + `], "minutes": [15]}`, limit: 100, times: 10, floor: routed(bench.RoadReach, lon, lat, 15.0), what: "pgr_drivingDistance"},
		{name: "coverage 1 km of all buildings", id: "coverage", inputs: `{"demand": "building", "metres": 1000, "usable": false, ` + shelters + `}`, limit: 500, times: 5, floor: plain(bench.Coverage, 1000.0, firstShelters), what: "anti-join in PostGIS"},
		{name: "coverage 15 min of all buildings", id: "coverage", inputs: `{"demand": "building", "by": "road", "minutes": 15, "usable": false, ` + shelters + `}`, limit: 2000, times: 3},
		{name: "coverage with one more shelter", id: "coverage", inputs: `{"demand": "building", "metres": 1000, "usable": false, ` + shelters + `}`, limit: 100, times: 5, sc: added},
		{name: "exposure in 60 km", id: "exposure", inputs: `{"shape": {"type": "Circle", "coordinates": ` + at + `, "radius": 60000}}`, limit: 200, times: 5, floor: each(bench.Exposure, string(circle)), what: "ST_Intersects, all layers"},
		{name: "allocate two districts' buildings", id: "allocate", inputs: `{"demand": "building", "demand_filter": "admin_code LIKE '320613%' OR admin_code LIKE '320614%'", ` + shelters + `}`, limit: 10_000, times: 1},
	}
}
