package ask

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"onemap/geo/region"
	"onemap/layers"
)

var hazardAudit = &Question{
	ID:    "hazard-audit",
	Title: layers.Text{Zh: "重大危险源复核", En: "Audit of major hazard sources"},
	Description: layers.Text{
		Zh: "按GB 18218-2018由厂界外500米内人口重新计算每个重大危险源的α和R，与申报值对照，并与上次结果比较。",
		En: "α and R of GB 18218-2018 computed again for every major hazard source from the people within 500 m of its boundary, held against what was declared and against the last run.",
	},
	Inputs: []Input{
		{Name: "people", Title: layers.Text{Zh: "人口来源", En: "People from"}, Kind: Choice, Default: "cells", Choices: []Option{
			{"cells", layers.Text{Zh: "人口格网（常住，按面积折算）", En: "Population cells (residents, by area)"}}, {"buildings", layers.Text{Zh: "房屋居住人数", En: "Residents of buildings"}},
		}},
		{Name: "filter", Title: layers.Text{Zh: "筛选", En: "Filter"}, Kind: Filter, Of: "major_hazard_source"},
		{Name: "previous", Title: layers.Text{Zh: "上次结果", En: "The last run"}, Description: layers.Text{Zh: "上次本问题的完整回答（JSON）。", En: "The whole answer of this question's last run, as JSON."}, Kind: Object},
		{Name: "limit", Title: layers.Text{Zh: "最多列出", En: "Records listed a table"}, Kind: Integer, Default: 1000, Min: least(0), Max: most(100_000)},
	},
	answer: answerHazardAudit,
}

// auditMetres is how far from the boundary people count (GB 18218-2018, table 5).
const auditMetres = 500

// audited is one source: declared values are NaN or empty where there are none, and
// computed ones where they can't be computed.
type audited struct {
	at                                         int
	people, declaredPeople                     float64
	alpha, declaredAlpha                       float64
	ratio, r, declaredR                        float64 // ratio is Σ βq/Q
	grade, declaredGrade, remarksZh, remarksEn string
}

// alphaOf is the factor of the people exposed.
func alphaOf(people float64) float64 {
	switch n := math.Round(people); {
	case math.IsNaN(n):
		return n
	case n >= 100:
		return 2
	case n >= 50:
		return 1.5
	case n >= 30:
		return 1.2
	case n >= 1:
		return 1
	}
	return 0.5
}

// gradeOf is the grade of a source by its R.
func gradeOf(r float64) string {
	switch {
	case math.IsNaN(r):
		return ""
	case r >= 100:
		return "first"
	case r >= 50:
		return "second"
	case r >= 10:
		return "third"
	}
	return "fourth"
}

func (a *audited) differs() (alpha, r, grade bool) {
	return a.alpha != a.declaredAlpha && !math.IsNaN(a.alpha) && !math.IsNaN(a.declaredAlpha), math.Abs(a.r-a.declaredR) > max(0.01, 0.005*a.declaredR), a.grade != "" && a.grade != a.declaredGrade
}

func answerHazardAudit(s *Session, in Values) (*Answer, error) {
	last, err := previousAudit(in)
	if err != nil {
		return nil, err
	}
	set, err := s.layer("major_hazard_source", in.Text("filter"), "filter")
	if err != nil {
		return nil, err
	}
	people, err := s.peopleNear(set, in.Text("people"))
	if err != nil {
		return nil, err
	}
	ratios, known, err := s.ratios(set)
	if err != nil {
		return nil, err
	}
	list := make([]audited, set.Len())
	declared := func(name string) []float64 {
		if numbers, err := s.numbers(set, name); err == nil {
			return numbers
		}
		none := make([]float64, set.Len())
		for i := range none {
			none[i] = math.NaN()
		}
		return none
	}
	declaredPeople, declaredAlpha, declaredR := declared("people_500m"), declared("alpha"), declared("r_value")
	for i := range list {
		x := &list[i]
		*x = audited{at: i, people: people[i], declaredPeople: declaredPeople[i], declaredAlpha: declaredAlpha[i], declaredR: declaredR[i], declaredGrade: set.text(i, "grade")}
		x.alpha, x.ratio = alphaOf(x.people), math.NaN()
		if q, found := ratios[set.ID(i)]; found {
			x.ratio, x.remarksZh, x.remarksEn = q.ratio, q.zh, q.en
		}
		x.r = math.Round(x.alpha*x.ratio*100) / 100
		x.grade = gradeOf(x.r)
	}
	answer := &Answer{}
	auditTables(s, set, list, known, int(in.Number("limit")), answer)
	if last != nil {
		answer.Tables = append(answer.Tables, last.changes(set, list))
		answer.Summary = append(answer.Summary, Figure{"changed", layers.Text{Zh: "与上次不同", En: "Other than last time"}, len(answer.Tables[len(answer.Tables)-1].Rows), "1"})
	}
	s.assume("α按厂界外500米内常住人口：100人及以上2.0，50～99人1.5，30～49人1.2，1～29人1.0，0人0.5；R＝αΣβq/Q；R≥100一级，50～100二级，10～50三级，10以下四级（GB 18218-2018）。",
		"α by the residents within 500 m of the boundary: 100 or more 2.0, 50 to 99 1.5, 30 to 49 1.2, 1 to 29 1.0, none 0.5; R = α Σ βq/Q; grade 1 from R 100, 2 from 50, 3 from 10, else 4 (GB 18218-2018).")
	s.assume("厂界取图层中的危险源边界；不含边界以内的人口；人数四舍五入后取α。", "The boundary is that of the source in the layer; people inside it are left out; people are rounded before α is taken.")
	return answer, nil
}

// peopleNear are the people within 500 m of each source, those inside it left out.
func (s *Session) peopleNear(set *Set, from string) ([]float64, error) {
	id, field := "population", "residents"
	s.report(0.05, "统计人口", "Counting people")
	if from == "buildings" {
		id = "building"
		s.assume("人口为房屋居住人数（residents）；房屋有任何部分在500米内、且中心不在厂界内的计入。", "People are the residents of buildings, of those of which some part is within 500 m and whose centre is not inside the boundary.")
	} else {
		s.assume("人口为人口格网常住人口，格网内按均匀分布、按面积折算。", "People are the residents of population cells, spread evenly in each and taken by area.")
	}
	of, err := s.layer(id, "", "")
	if err != nil {
		return nil, err
	}
	numbers, err := s.numbers(of, field)
	if err != nil {
		return nil, err
	}
	count := func() ([]float64, error) {
		people := make([]float64, set.Len())
		var group errgroup.Group
		group.SetLimit(2)
		for i := range people {
			group.Go(func() (err error) {
				people[i], err = s.peopleAround(set, i, of, numbers, from == "cells")
				return err
			})
		}
		return people, group.Wait()
	}
	if of.key == "" { // a scenario's
		return count()
	}
	return derive(s, set, fmt.Sprintf("people within 500 m by %s %d", from, of.Revision()), count)
}

func (s *Session) peopleAround(set *Set, i int, of *Set, numbers []float64, byArea bool) (float64, error) {
	if err := s.left(); err != nil {
		return 0, err
	}
	site := region.FromAreas(areasOf(set.Geometry(i)))
	near, err := s.regionOf(set.Geometry(i), auditMetres, "filter")
	if err != nil {
		s.trouble(Trouble{Layer: set.View.ID, ID: set.ID(i), Text: layers.Text{Zh: "边界有误，未能统计人口", En: "Its boundary is faulty; people were not counted"}})
		return math.NaN(), nil
	}
	sum := 0.0
	of.Search(near.Box(), func(k int) bool {
		n := numbers[k]
		if !(n > 0) {
			return true
		}
		g := of.Geometry(k)
		if byArea {
			_, share := near.Relate(g)
			_, own := site.Relate(g)
			sum += n * max(0, share-own)
		} else if near.Touches(g) && !site.Holds(place(of, k)) {
			sum += n
		}
		return true
	})
	return sum, nil
}

// auditTables lists the sources, those whose grade differs first.
func auditTables(s *Session, set *Set, list []audited, known bool, limit int, answer *Answer) {
	rank := func(x *audited) int {
		alpha, r, grade := x.differs()
		switch {
		case grade:
			return 0
		case alpha:
			return 1
		case r:
			return 2
		}
		return 3
	}
	order := slices.Clone(list)
	slices.SortFunc(order, func(a, b audited) int {
		return cmp.Or(cmp.Compare(rank(&a), rank(&b)), cmp.Compare(b.r, a.r), cmp.Compare(set.ID(a.at), set.ID(b.at)))
	})
	grade := set.field("grade")
	legend := map[string]Legend{}
	for _, code := range grade.List.Codes() {
		legend[code] = Legend{titleOf(grade, code), grade.List.Code(code).Colour}
	}
	t := recordTable(set, "sources", layers.Text{Zh: "逐个复核", En: "Source by source"},
		numberColumn("people", "500米内人口", "People within 500 m", "1"), numberColumn("declared_people", "申报人口", "Declared people", "1"),
		numberColumn("alpha", "α", "α", "1"), numberColumn("declared_alpha", "申报α", "Declared α", "1"), numberColumn("ratio", "Σβq/Q", "Σβq/Q", "1"),
		numberColumn("r", "R", "R", "1"), numberColumn("declared_r", "申报R", "Declared R", "1"),
		Column{ID: "computed_grade", Title: layers.Text{Zh: "复核级别", En: "Computed grade"}, Codes: legend},
		textColumn("differences", "差异", "Differences"), textColumn("remarks", "说明", "Remarks"))
	counts := map[[2]string]int{}
	var alphas, grades, rs, unknown int
	for k := range order {
		x := &order[k]
		alpha, r, g := x.differs()
		var zh, en string
		add := func(yes bool, count *int, z, e string) {
			if yes {
				*count++
				zh, en = zh+"、"+z, en+", "+e
			}
		}
		add(g, &grades, "级别", "grade")
		add(alpha, &alphas, "α", "α")
		add(r, &rs, "R", "R")
		if zh != "" {
			zh, en = zh[len("、"):], en[2:]
		}
		if math.IsNaN(x.r) {
			unknown++
		}
		counts[[2]string{x.declaredGrade, x.grade}]++
		if k < limit {
			t.Rows = append(t.Rows, recordRow(set, x.at, rounded1(x.people), numberOrNone(x.declaredPeople), numberOrNone(x.alpha), numberOrNone(x.declaredAlpha), rounded3(x.ratio), numberOrNone(x.r), numberOrNone(x.declaredR),
				x.grade, layers.Text{Zh: zh, En: en}, layers.Text{Zh: x.remarksZh, En: x.remarksEn}))
		}
	}
	t.More = max(len(order)-limit, 0)
	matrix := &Table{ID: "grades", Title: layers.Text{Zh: "申报级别与复核级别", En: "Declared and computed grades"}, Columns: []Column{
		{ID: "declared", Title: grade.Title}, textColumn("computed", "复核级别", "Computed grade"), numberColumn("count", "数量", "Count", "1"),
	}}
	codes := append(grade.List.Codes(), "")
	for _, d := range codes {
		for _, c := range codes {
			if n := counts[[2]string{d, c}]; n > 0 {
				computed := layers.Text{Zh: "未能计算", En: "not computed"}
				if c != "" {
					computed = titleOf(grade, c)
				}
				matrix.Rows = append(matrix.Rows, Row{Values: []any{titleOf(grade, d), computed, n}})
			}
		}
	}
	matrix.Total = []any{"", "", len(order)}
	answer.Tables = append(answer.Tables, matrix, t)
	answer.Summary = append(answer.Summary,
		Figure{"sources", layers.Text{Zh: "复核的重大危险源", En: "Sources audited"}, len(order), "1"},
		Figure{"alpha", layers.Text{Zh: "α与申报不同", En: "α other than declared"}, alphas, "1"})
	if known {
		answer.Summary = append(answer.Summary, Figure{"grade", layers.Text{Zh: "级别与申报不同", En: "Grade other than declared"}, grades, "1"},
			Figure{"r", layers.Text{Zh: "R与申报不同", En: "R other than declared"}, rs, "1"}, Figure{"unknown", layers.Text{Zh: "R未能计算", En: "R not computed"}, unknown, "1"})
	}
}

// numberOrNone is a number, or nil for none.
func numberOrNone(x float64) any {
	if math.IsNaN(x) {
		return nil
	}
	return x
}

func rounded1(x float64) any { return numberOrNone(math.Round(x*10) / 10) }
func rounded3(x float64) any { return numberOrNone(math.Round(x*1000) / 1000) }
