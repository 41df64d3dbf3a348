package ask

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/near"
	"onemap/geo/roads"
	"onemap/layers"
	"onemap/layers/fault"
)

// mostCandidates is how many places a question compares.
const mostCandidates = 20_000

// candidates are the places where a facility could be.
func (s *Session) candidates(in Values, x *plan) (list []candidateSite, err error) {
	switch in.Text("candidates") {
	case "drawn":
		places := in.Places("places")
		if len(places) == 0 {
			return nil, fault.In("places", "Draw one or more candidates.")
		}
		for k, p := range places {
			list = append(list, candidateSite{name: layers.Text{Zh: fmt.Sprintf("点 %d", k+1), En: fmt.Sprintf("Point %d", k+1)}, at: p})
		}
	case "grid":
		list = x.gridOf(in.Number("spacing"))
		s.assume(fmt.Sprintf("候选位置为约 %g 米方格的中心，仅取有未覆盖对象的方格。", in.Number("spacing")), fmt.Sprintf("Candidates are the middles of squares of about %g m that hold somebody who is not covered.", in.Number("spacing")))
	default:
		if list, err = s.facilitySites(in); err != nil {
			return nil, err
		}
	}
	if len(list) > mostCandidates {
		return nil, fault.In("candidates", "There are %d candidates; %d are the most. Ask with a wider grid, for fewer kinds or for a smaller area.", len(list), mostCandidates)
	}
	return list, nil
}

// facilitySites are public facilities as candidates.
func (s *Session) facilitySites(in Values) ([]candidateSite, error) {
	v, err := s.view("public_facility", "candidates")
	if err != nil {
		return nil, err
	}
	var wanted []condition
	if kinds := in.Texts("candidate_kind"); len(kinds) > 0 {
		by := v.By()
		for _, k := range kinds {
			if by == nil || by.List.Code(k) == nil {
				return nil, fault.In("candidate_kind", "%.40q is no kind of public facility.", k)
			}
		}
		wanted = append(wanted, condition{filter: by.Name + " IN (" + quoted(kinds...) + ")", input: "candidate_kind"})
	}
	if text := in.Text("candidate_filter"); text != "" {
		wanted = append(wanted, condition{filter: text, input: "candidate_filter"})
	}
	set, err := s.fitting(v, wanted)
	if err != nil {
		return nil, err
	}
	list := make([]candidateSite, set.Len())
	for i := range list {
		name := nameOf(set, i)
		list[i] = candidateSite{layers.Text{Zh: name, En: name}, v.ID, set.ID(i), place(set, i)}
	}
	return list, nil
}

// gridOf are the middles of the squares that hold somebody who is not covered, from south
// to north and west to east.
func (x *plan) gridOf(spacing float64) []candidateSite {
	if len(x.cells) == 0 {
		return nil
	}
	_, y := x.Anchor(int(x.cells[0]))
	lat := geo.LonLat(0, y)[1]
	side := max(uint32(math.Round(spacing/(2*math.Pi*geo.CGCS2000Ellipsoid.SemiMajor*math.Cos(lat*math.Pi/180))*(1<<32))), 1)
	squares := map[[2]uint32]bool{}
	for _, i := range x.cells {
		if x.now(int(i)) == unserved {
			px, py := x.Anchor(int(i))
			squares[[2]uint32{py / side, px / side}] = true
		}
	}
	keys := make([][2]uint32, 0, len(squares))
	for k := range squares {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]uint32) int {
		return slices.Compare([]uint32{b[0], a[1]}, []uint32{a[0], b[1]}) // y grows to the south
	})
	list := make([]candidateSite, len(keys))
	for n, k := range keys {
		middle := func(v uint32) uint32 { return uint32(min(uint64(v)*uint64(side)+uint64(side)/2, math.MaxUint32)) }
		list[n] = candidateSite{name: layers.Text{Zh: fmt.Sprintf("方格 %d", n+1), En: fmt.Sprintf("Square %d", n+1)}, at: geo.LonLat(middle(k[1]), middle(k[0]))}
	}
	return list
}

// pairedByLine finds whom each candidate reaches within metres.
func (s *Session) pairedByLine(in Values, x *plan) (err error) {
	points := make([]orb.Point, len(x.cells))
	for k, i := range x.cells {
		points[k] = place(x.Set, int(i))
	}
	x.choice.Candidates, err = s.pairsByLine(len(x.candidates), func(k int) (orb.Point, bool) { return x.candidates[k].at, true },
		near.Build(near.FromLonLat(points)), in.Number("metres"))
	return err
}

// pairedByRoad finds whom each candidate reaches within minutes.
func (s *Session) pairedByRoad(in Values, x *plan) error {
	t := x.travel
	at := make([]orb.Point, len(x.candidates))
	for k, c := range x.candidates {
		at[k] = c.at
	}
	snapped, err := t.SnapAll(s.ctx, at, t.offRoad)
	if err != nil {
		return s.given(err)
	}
	all, err := s.snapped(t, x.Set)
	if err != nil {
		return s.given(err)
	}
	off := 0
	for _, p := range snapped {
		if !p.On() {
			off++
		}
	}
	if off > 0 {
		s.trouble(Trouble{Text: layers.Text{
			Zh: fmt.Sprintf("%d 个候选位置 %g 米内没有可通行的道路，未参与", off, t.offRoad), En: fmt.Sprintf("%d candidates have no open road within %g m and are left out", off, t.offRoad),
		}, Input: "candidates"})
	}
	targets := make([]roads.Stop, len(x.cells))
	for k, i := range x.cells {
		targets[k].At = all[i]
	}
	x.choice.Candidates, err = s.pairsByRoad(t, t.search(roads.Stops(snapped...), x.toward, in.Number("minutes")), targets)
	return err
}
