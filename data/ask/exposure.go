package ask

import (
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"onemap/geo/region"
	"onemap/layers"
)

var exposure = &Question{
	ID:    "exposure",
	Title: layers.Text{Zh: "暴露分析", En: "Exposure"},
	Description: layers.Text{
		Zh: "一片区域、预警或区划记录、台风风圈或分级淹没范围内的企业、危险源、人口、房屋、设施、队伍：完全在内、有所涉及和按面积折算三个数，并按两种分区逐级相加。",
		En: "Enterprises, hazard sources, people, buildings, facilities and teams in an area, a warning or hazard zone, the wind circles of a typhoon or a flood: wholly inside, touched and by area, broken down by both partitions.",
	},
	Inputs: []Input{
		{Name: "shape", Title: layers.Text{Zh: "范围", En: "Area"}, Kind: Shape},
		{Name: "radius", Title: layers.Text{Zh: "外扩距离", En: "Distance around it"}, Kind: Number, Unit: "m", Min: least(0), Max: most(region.MostWithin)},
		{Name: "depth", Title: layers.Text{Zh: "水深", En: "Depth of water in it"}, Kind: Number, Unit: "m", Min: least(0), Max: most(50)},
		{Name: "layer", Title: layers.Text{Zh: "图层", En: "Records of a layer"}, Kind: Layer, Choices: []Option{
			{"warning", layers.Text{Zh: "预警信息", En: "Warnings"}}, {"hazard_zone", layers.Text{Zh: "灾害风险区划", En: "Hazard zones"}},
		}},
		{Name: "ids", Title: layers.Text{Zh: "记录编号", En: "Their ids"}, Description: layers.Text{Zh: "不填时按灾种和等级选取。", En: "If none is given, they are chosen by hazard and level."}, Kind: Integer, Many: true},
		{Name: "hazard", Title: layers.Text{Zh: "灾种或预警类型", En: "Hazard, or event of warnings"}, Description: layers.Text{Zh: "灾害种类（区划）或预警类型的代码。", En: "A code of kind of hazard (zones) or of warning event."}, Kind: Choice, Codes: []string{"hazard", "warning_event"}},
		{Name: "levels", Title: layers.Text{Zh: "等级", En: "Levels"}, Description: layers.Text{Zh: "等级代码；不选为全部。", En: "Codes of levels; all, if none is named."}, Kind: Choice, Codes: []string{"hazard_level", "warning_level"}, Many: true},
		{Name: "water_level", Title: layers.Text{Zh: "水面高程", En: "Elevation of the water surface"}, Description: layers.Text{Zh: "用于与房屋首层地面高程比较。", En: "To compare with the ground floors of buildings."}, Kind: Number, Unit: "m", Min: least(-20), Max: most(500)},
		{Name: "track", Title: layers.Text{Zh: "台风路径", En: "Track of a typhoon"}, Description: layers.Text{
			Zh: `路径点及各级风圈半径：{"points": [{"time": …, "place": [经度, 纬度], "wind_ms": 28, "radii_km": {"7": [280, 260, 200, 220], "10": 100}}]}；或中国气象局最佳路径文件的文本和台风编号（best_track、typhoon），并给出假定半径（radii_km）。`,
			En: `Points with the radii of wind classes: {"points": [{"time": …, "place": [lon, lat], "wind_ms": 28, "radii_km": {"7": [280, 260, 200, 220], "10": 100}}]}; or the text of a best-track file of the CMA and a typhoon's number (best_track, typhoon) with assumed radii (radii_km). from and to bound the time.`,
		}, Kind: Object},
		{Name: "recall_hours", Title: layers.Text{Zh: "风机撤离提前量", En: "Turbines are left this long before"}, Kind: Number, Unit: "h", Default: 24.0, Min: least(0), Max: most(240)},
		{Name: "limit", Title: layers.Text{Zh: "列出设施数", En: "Facilities listed"}, Kind: Integer, Default: 200, Min: least(0), Max: most(100_000)},
	},
	answer: answerExposure,
}

func answerExposure(s *Session, in Values) (*Answer, error) {
	f, err := s.footprint(in)
	if err != nil {
		return nil, err
	}
	s.report(0.2, "统计", "Counting")
	ready, err := s.prepareAll()
	if err != nil {
		return nil, err
	}
	if in.Has("water_level") {
		s.addFloors(ready, in.Number("water_level"))
	}
	stages := make([][]*tally, len(f.stages))
	for k, stage := range f.stages {
		if stages[k], err = s.measureAll(ready, stage.region.Cover(), k == 0); err != nil {
			return nil, err
		}
		s.report(0.2+0.7*float64(k+1)/float64(len(f.stages)), "统计", "Counting")
	}
	all := stages[0]
	answer := &Answer{Summary: exposureSummary(all), Shapes: f.shapes}
	answer.Tables = append(answer.Tables, exposureTable(all))
	if len(stages) > 1 {
		answer.Tables = append(answer.Tables, stageTable(f.stages, stages))
	}
	for k := len(f.stages) - 1; k >= 0; k-- {
		value := f.stages[k].value
		d := Drawing{ID: "footprint", Role: "band", Title: f.stages[k].title, Unit: f.stages[k].unit, Geometry: f.stages[k].region.Outline()}
		if value > 0 {
			d.Value = &value
		} else {
			d.Role, d.Unit = "area", ""
		}
		answer.Shapes = append(answer.Shapes, d)
	}
	answer.Tables = append(answer.Tables, unitTables(all)...)
	answer.Tables = append(answer.Tables, classTables(all)...)
	if t := siteTable(all, f.stages, int(in.Number("limit"))); t != nil {
		answer.Tables = append(answer.Tables, t)
	}
	if f.storm != nil {
		t, err := s.hoursTable(f.storm)
		if err != nil {
			return nil, err
		}
		if t != nil {
			answer.Tables = append(answer.Tables, t)
		}
		for _, x := range all {
			if x.layer == "offshore_turbine" {
				answer.Tables = append(answer.Tables, s.recallTable(f.storm, x, in.Number("recall_hours")))
			}
		}
	}
	s.assume("“完全在内”指记录整体在范围内，“涉及”指有任何部分在内，“折算”按在内面积的比例计；点状记录三数相同。人口格网内按均匀分布。", "Inside: the whole record; touched: any part of it; by area: its share of area in the footprint; for points the three are the same. People are taken as spread evenly in their cells.")
	s.assume("记录按其锚点归入行政区；不在任何单元内的另列一行。", "A record belongs to the unit that holds its anchor; those in none have a row of their own.")
	return answer, nil
}

// prepareAll readies the subjects that the reader may see, in their order.
func (s *Session) prepareAll() ([]*tally, error) {
	return s.inTurns(len(subjects), func(k int) (*tally, error) { return s.prepare(subjects[k]) })
}

// measureAll measures subjects in one footprint.
func (s *Session) measureAll(ready []*tally, cover *region.Cover, first bool) ([]*tally, error) {
	return s.inTurns(len(ready), func(k int) (*tally, error) { return ready[k].in(s, cover, first) })
}

// inTurns does the same for many layers, on all processors; nil results are left out.
func (s *Session) inTurns(n int, do func(k int) (*tally, error)) ([]*tally, error) {
	list := make([]*tally, n)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for k := range n {
		group.Go(func() (err error) {
			list[k], err = do(k)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(t *tally) bool { return t == nil }), nil
}
