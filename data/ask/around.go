package ask

import (
	"slices"

	"golang.org/x/sync/errgroup"

	"onemap/geo/region"
	"onemap/layers"
)

var around = &Question{
	ID:    "around",
	Title: layers.Text{Zh: "周边分析", En: "What is around"},
	Description: layers.Text{
		Zh: "一个点、一条线或一片区域周围给定距离内各图层有什么：按样式字段分类计数，并由近到远列出记录。",
		En: "What all layers have within a distance of a point, line or area: counts by the styled field, and the records, nearest first.",
	},
	Inputs: []Input{
		{Name: "shape", Title: layers.Text{Zh: "位置或区域", En: "Place or area"}, Kind: Shape, Required: true},
		{Name: "radius", Title: layers.Text{Zh: "距离", En: "Distance"}, Kind: Number, Unit: "m", Min: least(0), Max: most(region.MostWithin)},
		{Name: "layers", Title: layers.Text{Zh: "图层", En: "Layers"}, Description: layers.Text{Zh: "不选为全部图层。", En: "All, if none is named."}, Kind: Layer, Many: true},
		{Name: "limit", Title: layers.Text{Zh: "每层列出", En: "Records listed a layer"}, Kind: Integer, Default: 20, Min: least(0), Max: most(100_000)},
	},
	answer: answerAround,
}

// member is a feature in a region, and how far from the region's shape it is, in metres.
type member struct {
	at     int
	metres float64
}

func answerAround(s *Session, in Values) (*Answer, error) {
	area, err := s.region(in, "shape", "radius")
	if err != nil {
		return nil, err
	}
	views, err := s.views(in.Texts("layers"), "layers")
	if err != nil {
		return nil, err
	}
	limit := int(in.Number("limit"))
	counts := &Table{
		ID: "counts", Title: layers.Text{Zh: "各图层数量", En: "Counts by layer"}, Chart: "bars",
		Columns: []Column{textColumn("layer", "图层", "Layer"), textColumn("class", "分类", "Class"), numberColumn("count", "数量", "Count", "1")},
	}
	type part struct {
		rows    []Row
		members *Table
		total   int
	}
	parts := make([]part, len(views))
	var group errgroup.Group
	group.SetLimit(2)
	for k, v := range views {
		group.Go(func() error {
			set, err := s.set(v, "", "")
			if err != nil {
				return err
			}
			members := membersOf(s, set, area)
			if err := s.left(); err != nil {
				return err
			}
			parts[k] = part{countRows(set, members), memberTable(set, members, limit), len(members)}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	answer := &Answer{Tables: []*Table{counts}, Shapes: []Drawing{{ID: "area", Role: "area", Title: layers.Text{Zh: "分析范围", En: "Area asked about"}, Geometry: area.Outline()}}}
	total := 0
	for _, p := range parts {
		total += p.total
		counts.Rows = append(counts.Rows, p.rows...)
		if p.total > 0 && limit > 0 {
			answer.Tables = append(answer.Tables, p.members)
		}
	}
	unplaced := int64(0)
	for _, src := range s.sources {
		unplaced += src.Unplaced
	}
	counts.Total = []any{"", "", total}
	answer.Summary = []Figure{
		{"members", layers.Text{Zh: "范围内记录", En: "Records in the area"}, total, "1"},
		{"unplaced", layers.Text{Zh: "无位置记录（不知是否在范围内）", En: "Records without a place (in the area or not)"}, unplaced, "1"},
	}
	s.assume("记录有任何部分在范围内即计入；距离为到所画图形的最短测地距离。", "A record counts if any part of it is in the area; distances are the shortest geodesic ones to what was drawn.")
	return answer, nil
}

// membersOf are the features of a set that touch a region, nearest to its shape first.
func membersOf(s *Session, set *Set, area *region.Region) []member {
	var members []member
	seen := 0
	set.Search(area.Box(), func(i int) bool {
		if seen++; seen%4096 == 0 && s.ctx.Err() != nil {
			return false
		}
		if g := set.Geometry(i); area.Touches(g) {
			members = append(members, member{i, float64(area.Metres(g))})
		}
		return true
	})
	slices.SortFunc(members, func(a, b member) int {
		switch {
		case a.metres < b.metres:
			return -1
		case a.metres > b.metres:
			return 1
		case set.ID(a.at) < set.ID(b.at):
			return -1
		}
		return 1
	})
	return members
}

// countRows divides members by the styled field, in the order of its codes.
func countRows(set *Set, members []member) []Row {
	by := set.View.By()
	if by == nil {
		return []Row{{Layer: set.View.ID, Values: []any{set.View.Title, "", len(members)}}}
	}
	counts := map[string]int{}
	for _, m := range members {
		code, _ := set.Value(m.at, by).(string)
		counts[code]++
	}
	var rows []Row
	for _, code := range append(by.List.Codes(), "") {
		if n := counts[code]; n > 0 {
			rows = append(rows, Row{Layer: set.View.ID, Values: []any{set.View.Title, titleOf(by, code), n}})
		}
	}
	if len(rows) == 0 {
		rows = []Row{{Layer: set.View.ID, Values: []any{set.View.Title, "", 0}}}
	}
	return rows
}

// memberTable lists the first members as records.
func memberTable(set *Set, members []member, limit int) *Table {
	t := recordTable(set, "members."+set.View.ID, set.View.Title, distanceColumn)
	t.More = max(len(members)-limit, 0)
	for _, m := range members[:min(limit, len(members))] {
		t.Rows = append(t.Rows, recordRow(set, m.at, metres(m.metres)))
	}
	return t
}
