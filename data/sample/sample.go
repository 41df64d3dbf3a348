// Package sample makes a synthetic city on the extent of Nantong: every layer filled,
// the figures of the report exactly, the same for the same seed. Outlines and names of
// districts, towns and villages are real (see NOTICE.md); everything else is invented, and
// every record says so by its source, layers.SourceSynthetic.
package sample

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"onemap/layers"
)

// Options say which city to make. The zero value is the default city of seed 0.
type Options struct {
	Seed      uint64
	Buildings int       // census buildings of one city; 0: 200,000
	Scale     int       // so many cities' worth of records within the same outline; 0: 1
	Small     bool      // about a fiftieth of everything, for tests; every layer still has records
	Now       time.Time // the moment that states and ages refer to; zero: the end of 2021, the report's year
}

// DefaultBuildings is the number of census buildings of the default city.
const DefaultBuildings = 200_000

const (
	smallShare       = 50
	largestScale     = 100
	largestBuildings = 10_000_000 // of 14 million plots
)

// beijing is the time zone of the city.
var beijing = time.FixedZone("UTC+8", 8*3600)

// Plan is a city ready to be written down: the ground, the roads, the enterprises and
// how many records each layer will have. It is not changed any more; Each may be called
// for several layers at once.
type Plan struct {
	options Options
	now     time.Time
	since   *time.Time // the day from which most records are valid
	land    *land
	roads   *roads
	parks   []park
	crowds  []*crowd
	pipes   []pipe
	cells   []cell
	layers  []layer
}

// layer is how one layer is made. Layers of the ground are made once, whatever the scale.
type layer struct {
	id     string
	ground bool
	count  func(*Plan, *crowd) int
	write  func(*writer) error
}

// writer hands on the records of one layer for one crowd.
type writer struct {
	*Plan
	*crowd
	s     stream
	count int
	emit  func(layers.Record) error
}

// City plans the city. It takes under a second; an option out of bounds is an error.
func City(o Options) (*Plan, error) {
	if o.Buildings == 0 {
		o.Buildings = DefaultBuildings
	}
	o.Scale = max(o.Scale, 1)
	if o.Buildings < 0 || o.Buildings*o.Scale > largestBuildings {
		return nil, fmt.Errorf("%d buildings in %d cities: at most %d find a place", o.Buildings, o.Scale, largestBuildings)
	}
	if o.Scale > largestScale {
		return nil, fmt.Errorf("a scale of %d is over %d", o.Scale, largestScale)
	}
	if o.Now.IsZero() {
		o.Now = time.Date(2021, 12, 31, 16, 0, 0, 0, beijing)
	}
	since := time.Date(2021, 1, 1, 0, 0, 0, 0, beijing)
	p := &Plan{options: o, now: o.Now.In(beijing).Truncate(time.Minute), since: &since, layers: order}
	var err error
	if p.land, err = newLand(newStream(o.Seed, "land", 0)); err != nil {
		return nil, err
	}
	p.list()
	p.roads = newRoads(p.land, newStream(o.Seed, "roads", 0))
	if p.parks, err = newParks(p.land); err != nil {
		return nil, err
	}
	for n := range o.Scale {
		p.crowds = append(p.crowds, newCrowd(p, n))
	}
	p.pipes = newPipes(p)
	p.cells = newCells(p)
	return p, nil
}

// few is a figure of the default city, or a fiftieth of it, at least one, in a small one.
func (p *Plan) few(n int) int {
	if !p.options.Small || n == 0 {
		return n
	}
	return max(1, (n+smallShare/2)/smallShare)
}

// Layers returns the ids of the layers in the order in which to load them.
func (p *Plan) Layers() []string {
	ids := make([]string, len(p.layers))
	for i, l := range p.layers {
		ids[i] = l.id
	}
	return ids
}

// Count returns how many records a layer has; 0 if there is no such layer.
func (p *Plan) Count(layerID string) int {
	for _, l := range p.layers {
		if l.id == layerID {
			total := 0
			for _, c := range p.crowdsOf(l) {
				total += l.count(p, c)
			}
			return total
		}
	}
	return 0
}

// Records yields the records of a layer, always in the same order; an error is the last
// that it yields. An unknown layer is an error.
func (p *Plan) Records(layerID string) iter.Seq2[layers.Record, error] {
	return func(yield func(layers.Record, error) bool) {
		enough := errors.New("enough")
		err := p.write(layerID, func(r layers.Record) error {
			if !yield(r, nil) {
				return enough
			}
			return nil
		})
		if err != nil && !errors.Is(err, enough) {
			yield(layers.Record{}, err)
		}
	}
}

// write hands the records of a layer to emit and stops at its first error.
func (p *Plan) write(layerID string, emit func(layers.Record) error) error {
	for _, l := range p.layers {
		if l.id != layerID {
			continue
		}
		for _, c := range p.crowdsOf(l) {
			w := &writer{Plan: p, crowd: c, s: newStream(p.options.Seed, l.id, uint64(c.n)), count: l.count(p, c), emit: emit}
			if err := l.write(w); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("the sample city has no layer %q", layerID)
}

func (p *Plan) crowdsOf(l layer) []*crowd {
	if l.ground {
		return p.crowds[:1]
	}
	return p.crowds
}

// fixed is the count of a layer with a set number of records a crowd.
func fixed(n int) func(*Plan, *crowd) int {
	return func(p *Plan, _ *crowd) int { return p.few(n) }
}

// order is the layers as they are loaded: units first.
var order = []layer{
	{"admin_unit", true, func(p *Plan, _ *crowd) int { return p.countUnits() }, (*writer).units},
	{"road", true, func(p *Plan, _ *crowd) int { return p.few(len(p.roads.edges)) }, (*writer).roadEdges},
	{"population", true, func(p *Plan, _ *crowd) int { return len(p.cells) }, (*writer).populationCells},
	{"chemical_park", true, func(p *Plan, _ *crowd) int { return p.countChemicalParks() }, (*writer).chemicalParks},
	{"enterprise", false, func(_ *Plan, c *crowd) int { return len(c.enterprises) }, (*writer).enterpriseRecords},
	{"major_hazard_source", false, func(_ *Plan, c *crowd) int { return len(c.sources) }, (*writer).hazardSources},
	{"hidden_danger", false, func(_ *Plan, c *crowd) int { return len(c.dangers) }, (*writer).hiddenDangers},
	{"fire_unit", false, fixed(fireUnits), (*writer).fireUnitRecords},
	{"lpg_station", false, fixed(stations), (*writer).stationRecords},
	{"offshore_turbine", false, fixed(turbines), (*writer).turbineRecords},
	{"public_facility", false, fixed(facilities), (*writer).facilityRecords},
	{"lifeline", false, func(p *Plan, _ *crowd) int { return len(p.pipes) }, (*writer).lifelines},
	{"sensor", false, fixed(sensors), (*writer).sensorRecords},
	{"shelter", false, func(p *Plan, _ *crowd) int { return p.countShelters() }, (*writer).shelterRecords},
	{"rescue_team", false, fixed(Teams), (*writer).teamRecords},
	{"supply_depot", false, fixed(depots), (*writer).depotRecords},
	{"hazard_zone", true, func(p *Plan, _ *crowd) int { return len(p.zones()) }, (*writer).hazardZones},
	{"disaster_event", true, func(*Plan, *crowd) int { return len(events) }, (*writer).eventRecords},
	{"warning", true, func(*Plan, *crowd) int { return activeWarnings + Sendings }, (*writer).warningRecords},
	{"disaster_history", false, func(p *Plan, c *crowd) int { return p.countHistory(c) }, (*writer).historyRecords},
	{"building", true, func(p *Plan, _ *crowd) int { return p.few(p.options.Buildings) * p.options.Scale }, (*writer).buildingRecords},
}
