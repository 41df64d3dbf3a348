package ask

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo/region"
	"onemap/layers"
	"onemap/layers/fault"
)

// footprint is the ground that is exposed, and grades of it, the mildest first: each is
// within the one before. The first is all of it.
type footprint struct {
	stages []stage
	shapes []Drawing // beside the stages' outlines
	storm  *storm    // nil: no typhoon
}

// stage is one grade of a footprint: a wind class, or water of some depth.
type stage struct {
	title  layers.Text
	value  float64 // wind class, metres of water; 0: all
	unit   string
	region *region.Region
}

// footprint reads what is exposed from one of the three ways to say it.
func (s *Session) footprint(in Values) (*footprint, error) {
	given := []string{}
	for _, name := range []string{"shape", "layer", "track"} {
		if in.Has(name) {
			given = append(given, name)
		}
	}
	switch {
	case len(given) == 0:
		return nil, fault.In("shape", "The question needs a footprint: a shape that is drawn, records of a layer, or the track of a typhoon.")
	case len(given) > 1:
		return nil, fault.In(given[1], "The footprint is given in two ways, %s and %s; one is right.", given[0], given[1])
	}
	switch given[0] {
	case "layer":
		return s.recordFootprint(in)
	case "track":
		return s.stormFootprint(in)
	}
	area, err := s.region(in, "shape", "radius")
	if err != nil {
		return nil, err
	}
	if len(area.Outline()) == 0 {
		return nil, fault.In("radius", "A point or a line has no area; a distance around it makes one.")
	}
	title := layers.Text{Zh: "分析范围", En: "Area asked about"}
	depth := 0.0
	if in.Has("depth") {
		depth = in.Number("depth")
		title = layers.Text{Zh: fmt.Sprintf("淹没范围（水深 %g 米）", depth), En: fmt.Sprintf("Under %g m of water", depth)}
	}
	return &footprint{stages: []stage{{title, depth, "m", area}}}, nil
}

// depths are the grades of a flood, in metres of the zones' greatest depth.
var depths = []float64{0.5, 1, 2, 3}

// recordFootprint is the footprint of records of a layer.
func (s *Session) recordFootprint(in Values) (*footprint, error) {
	v, err := s.view(in.Text("layer"), "layer")
	if err != nil {
		return nil, err
	}
	set, err := s.set(v, "", "")
	if err != nil {
		return nil, err
	}
	chosen, err := s.footprintRecords(set, in)
	if err != nil {
		return nil, err
	}
	depth, err := s.greatestDepths(set)
	if err != nil {
		return nil, err
	}
	f := &footprint{}
	last := 0
	for k, least := range append([]float64{0}, depths...) {
		var areas []orb.MultiPolygon
		for _, i := range chosen {
			if k == 0 || depth != nil && depth[i] >= least {
				areas = append(areas, areasOf(set.Geometry(i)))
			}
		}
		if len(areas) == 0 || len(areas) == last {
			continue
		}
		last = len(areas)
		union := areas[0]
		if len(areas) > 1 {
			if union, err = s.asker.store.Union(s.ctx, areas); err != nil {
				return nil, err
			}
		}
		if len(union) == 0 {
			return nil, fault.In("ids", "The records cover no ground.")
		}
		title := layers.Text{Zh: v.Title.Zh + "范围", En: v.Title.En}
		if len(chosen) == 1 {
			title = layers.Text{Zh: nameOf(set, chosen[0]), En: nameOf(set, chosen[0])}
		}
		if k > 0 {
			title = layers.Text{Zh: fmt.Sprintf("水深可达 %g 米", least), En: fmt.Sprintf("Water up to %g m or more", least)}
		}
		f.stages = append(f.stages, stage{title, least, "m", region.FromAreas(union)})
	}
	if len(f.stages) > 1 {
		s.assume("水深按区划记录的最大水深（depth_max_m）分档，深档包含在浅档之内。", "Depth goes by the greatest depth of the zones; deeper grades are within milder ones.")
	}
	return f, nil
}

// footprintRecords are the records that make a footprint: those named, or those of a hazard and levels.
func (s *Session) footprintRecords(set *Set, in Values) ([]int, error) {
	var chosen []int
	if ids := in.Numbers("ids"); len(ids) > 0 {
		for _, id := range ids {
			i, found := set.Find(int64(id))
			if !found {
				s.trouble(Trouble{Text: layers.Text{Zh: "没有这条记录，或它没有位置或已失效", En: "There is no such record, or it has no place or is not valid now"}, Layer: set.View.ID, ID: int64(id), Input: "ids"})
			} else if !slices.Contains(chosen, i) {
				chosen = append(chosen, i)
			}
		}
		if len(chosen) == 0 {
			return nil, fault.In("ids", "The layer %s has none of these records in force and with a place.", set.View.ID)
		}
		return chosen, nil
	}
	hazard, levels := in.Text("hazard"), in.Texts("levels")
	if hazard == "" && set.View.ID == "hazard_zone" {
		return nil, fault.In("hazard", "Hazard zones are chosen by their ids, or by a hazard and levels.")
	}
	field := "hazard"
	if set.View.ID == "warning" {
		field = "event"
	}
	for i := range set.Len() {
		if (hazard == "" || set.text(i, field) == hazard) && (len(levels) == 0 || slices.Contains(levels, set.text(i, "level"))) {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) == 0 {
		return nil, fault.In("hazard", "The layer %s has no record of this kind and level in force and with a place.", set.View.ID)
	}
	return chosen, nil
}

// greatestDepths are the zones' greatest depths, NaN for none; nil of other layers.
func (s *Session) greatestDepths(set *Set) ([]float64, error) {
	if set.field("depth_max_m") == nil {
		return nil, nil
	}
	return s.numbers(set, "depth_max_m")
}
