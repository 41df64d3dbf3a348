package ask

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"onemap/layers"
	"onemap/layers/fault"
)

// standardBeta are the factors of toxic gases (GB 18218-2018, table 3); others go by their
// class, which the layer does not hold.
var standardBeta = map[string]float64{
	"carbon_monoxide": 2, "sulfur_dioxide": 2, "ammonia": 2, "ethylene_oxide": 2, "hydrogen_chloride": 3, "methyl_bromide": 3, "chlorine": 4,
	"hydrogen_sulfide": 5, "hydrogen_fluoride": 5, "nitrogen_dioxide": 10, "hydrogen_cyanide": 10, "phosgene": 20, "phosphine": 20, "methyl_isocyanate": 20,
}

// ratio is Σ βq/Q of a source, NaN where it can't be computed, and what is to be said of it.
type ratio struct {
	ratio  float64
	zh, en string
}

// ratios reads the quantities of the sources. known is false where the reader may not.
func (s *Session) ratios(set *Set) (ratios map[int64]ratio, known bool, err error) {
	q, limit, beta := set.field("q_t"), set.field("q_threshold_t"), set.field("beta")
	if q == nil || limit == nil || beta == nil {
		s.trouble(Trouble{Layer: set.View.ID, Text: layers.Text{Zh: "无权查看q、Q和β，只复核α，未重算R和级别。", En: "q, Q and β can't be read here: α is audited, R and the grade are not computed again."}})
		return nil, false, nil
	}
	ratios = map[int64]ratio{}
	err = s.asker.store.Items(s.ctx, layers.Query{View: set.View, Datetime: layers.Now()}, func(it layers.Item) error {
		if _, wanted := set.Find(it.ID); !wanted {
			return nil
		}
		quantities := func(name string) map[string]any {
			v, _ := it.Value(name)
			m, _ := v.(map[string]any)
			return m
		}
		r := ratioOf(quantities("q_t"), quantities("q_threshold_t"), quantities("beta"))
		if math.IsNaN(r.ratio) {
			s.trouble(Trouble{Layer: set.View.ID, ID: it.ID, Text: layers.Text{Zh: "R未能计算：" + r.zh, En: "R was not computed: " + r.en}})
		}
		ratios[it.ID] = r
		return nil
	})
	return ratios, true, err
}

func ratioOf(q, limit, beta map[string]any) (r ratio) {
	if len(q) == 0 {
		return ratio{math.NaN(), "未填存在量q", "no quantity q is given"}
	}
	var zh, en []string
	for _, code := range sorted(q) {
		quantity, ok := q[code].(float64)
		threshold, has := limit[code].(float64)
		factor, given := beta[code].(float64)
		switch {
		case !ok || quantity < 0:
			return ratio{math.NaN(), code + "的q有误", "q of " + code + " is wrong"}
		case !has || threshold <= 0:
			return ratio{math.NaN(), code + "没有临界量Q", code + " has no threshold Q"}
		case !given || factor <= 0:
			return ratio{math.NaN(), code + "没有β", code + " has no β"}
		}
		if b := standardBeta[code]; b > 0 && b != factor {
			zh = append(zh, fmt.Sprintf("%s的β申报%g，标准为%g", code, factor, b))
			en = append(en, fmt.Sprintf("β of %s is declared %g, the standard has %g", code, factor, b))
		}
		r.ratio += factor * quantity / threshold
	}
	r.zh, r.en = strings.Join(zh, "；"), strings.Join(en, "; ")
	return r
}

// lastAudit are the values of an earlier run, by id.
type lastAudit map[int64]struct {
	name  string
	alpha float64
	r     float64 // NaN: not computed
	grade string
}

// previousAudit reads the answer of an earlier run; nil for none.
func previousAudit(in Values) (lastAudit, error) {
	if !in.Has("previous") {
		return nil, nil
	}
	var old struct {
		Question string
		Tables   []struct {
			ID      string
			More    int
			Columns []struct{ ID string }
			Rows    []struct {
				ID     int64
				Values []any
			}
		}
	}
	if json.Unmarshal(in.Given()["previous"], &old) != nil || old.Question != "hazard-audit" {
		return nil, fault.In("previous", "This is the answer of an earlier hazard-audit, as JSON.")
	}
	last := lastAudit{}
	for _, t := range old.Tables {
		if t.ID != "sources" {
			continue
		}
		if t.More > 0 {
			return nil, fault.In("previous", "The earlier answer leaves out %d sources: ask it with a greater limit.", t.More)
		}
		for _, row := range t.Rows {
			x := last[row.ID]
			x.r = math.NaN()
			for k, v := range row.Values[:min(len(row.Values), len(t.Columns))] {
				switch t.Columns[k].ID {
				case "name":
					x.name, _ = v.(string)
				case "alpha":
					x.alpha, _ = v.(float64)
				case "r":
					if r, ok := v.(float64); ok {
						x.r = r
					}
				case "computed_grade":
					x.grade, _ = v.(string)
				}
			}
			last[row.ID] = x
		}
		return last, nil
	}
	return nil, fault.In("previous", "The earlier answer has no table of sources.")
}

// changes lists the sources that are new, gone, or whose α, R or grade are other than then.
func (last lastAudit) changes(set *Set, list []audited) *Table {
	t := &Table{ID: "changes", Title: layers.Text{Zh: "与上次的差别", En: "Changes since the last run"}, Columns: []Column{
		textColumn("name", "名称", "Name"), textColumn("what", "项目", "What"), textColumn("before", "上次", "Before"), textColumn("after", "本次", "Now"),
	}}
	grade := set.field("grade")
	now := map[int64]bool{}
	for k := range list {
		x := &list[k]
		id := set.ID(x.at)
		now[id] = true
		row := func(what layers.Text, before, after any) {
			t.Rows = append(t.Rows, Row{Layer: set.View.ID, ID: id, Geometry: place(set, x.at), Values: []any{nameOf(set, x.at), what, before, after}})
		}
		old, known := last[id]
		if !known {
			row(layers.Text{Zh: "新增", En: "New"}, nil, titleOrNone(grade, x.grade))
			continue
		}
		if old.alpha != x.alpha {
			row(layers.Text{Zh: "α", En: "α"}, old.alpha, x.alpha)
		}
		if math.IsNaN(old.r) != math.IsNaN(x.r) || math.Abs(old.r-x.r) > 0.005 {
			row(layers.Text{Zh: "R", En: "R"}, numberOrNone(old.r), numberOrNone(x.r))
		}
		if old.grade != x.grade {
			row(layers.Text{Zh: "级别", En: "Grade"}, titleOrNone(grade, old.grade), titleOrNone(grade, x.grade))
		}
	}
	for _, id := range sorted(last) {
		if !now[id] {
			t.Rows = append(t.Rows, Row{Layer: set.View.ID, ID: id, Values: []any{last[id].name, layers.Text{Zh: "不再有", En: "Gone"}, titleOrNone(grade, last[id].grade), nil}})
		}
	}
	return t
}

func titleOrNone(f *layers.Field, code string) any {
	if code == "" {
		return nil
	}
	return titleOf(f, code)
}
