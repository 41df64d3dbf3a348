package detect

import (
	"math"
	"slices"

	"onemap/geo"
)

// candidates ranks the readings that a person may choose from: all that are not far-fetched,
// and always the three states of shift of the likeliest system. Each has the same examples.
func (q *inquiry) candidates(c *findings) []Reading {
	best := &c.hs[c.best]
	var out []Reading
	rows := c.exampleRows()
	for h := range c.hs {
		x := &c.hs[h]
		usual := x.place == best.place && x.times >= 0 && x.times < 2
		if x.barred || x.datum == geo.Unknown || x.confidence < 0.005 && !usual {
			continue
		}
		r := x.reading()
		r.Evidence = q.speaks(c, h)
		r.Examples = q.examples(r, rows)
		if legacy(r.CRS.Datum) {
			r.Error = legacyError(r.CRS.Datum)
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Reading) int {
		switch {
		case a.Confidence > b.Confidence:
			return -1
		case a.Confidence < b.Confidence:
			return 1
		}
		return 0
	})
	return out[:min(len(out), 6)]
}

// exampleRows are five rows from west to east among those that the likeliest hypothesis places in the middle of things.
func (c *findings) exampleRows() []int {
	best := &c.hs[c.best]
	var rows []int
	for i, ok := range best.placed {
		if ok {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		switch d := best.places[a][0] - best.places[b][0]; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	var out []int
	for _, part := range []float64{0.1, 0.3, 0.5, 0.7, 0.9} {
		if len(rows) == 0 {
			break
		}
		if i := rows[int(part*float64(len(rows)))]; !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// speaks says in words what the districts and the published positions say of a hypothesis.
func (q *inquiry) speaks(c *findings, h int) []Text {
	x := &c.hs[h]
	var out []Text
	if !q.g.blank() {
		in, foreign, coded, city, free := 0, 0, 0, 0, 0
		for i, r := range q.rows {
			at, ok := x.places[i], x.placed[i]
			if !ok {
				at, ok = c.plain(x, i)
			}
			switch {
			case r.unit < 0:
				free++
				if ok && q.g.city.contains(at) {
					city++
				}
			case ok && q.g.areas[r.unit].contains(at):
				coded++
				in++
			default:
				coded++
				if ok && q.g.elsewhere(at, r.unit) {
					foreign++
				}
			}
		}
		if coded > 0 {
			out = append(out, say("%s / %s 个位置在其行所写的行政区内，%s 个在别的行政区内", "%s of %s positions lie in the district that their row names, %s in another one", count(in), count(coded), count(foreign)))
		}
		if free > 0 {
			out = append(out, say("%s / %s 个未写行政区的位置在本市境内", "%s of %s positions whose rows name no district lie in the city", count(city), count(free)))
		}
	}
	if c.records.count > 0 {
		m, s := c.records.median[h], c.records.spread[h]
		if m.length() < 1 {
			out = append(out, say("与 %s 条已发布记录一致（离散 %s）", "agrees with %s published records (spread %s)", count(c.records.count), length(s)))
		} else {
			out = append(out, say("与 %[4]s 条已发布记录相比，系统偏差 %[1]s，方向%[2]s，离散 %[3]s", "systematic offset %[1]s %[2]s against %[4]s published records, spread %[3]s",
				length(m.length()), direction(m[0], m[1]), length(s), count(c.records.count)))
		}
	}
	return out
}

// plain is where the unshifted hypothesis of the same reading puts a row, which stands for the
// shifted ones where these do not place it.
func (c *findings) plain(x *hypothesis, i int) (xy, bool) {
	h := c.unshifted(x)
	if h < 0 {
		return xy{}, false
	}
	return c.hs[h].places[i], c.hs[h].placed[i]
}

// describe adds what the verdict rests on and what is wrong with the numbers.
func (q *inquiry) describe(v *Verdict, c *findings) {
	best := &c.hs[c.best]
	first, second := medians(q.rows)
	v.Evidence = append(v.Evidence, say("第一个数约 %s，第二个数约 %s：%s", "the first number is about %s, the second about %s: %s", figure(first), figure(second), best.reading().Title()))
	if legacy(best.crs.Datum) {
		v.Evidence = append(v.Evidence, say("没有本地转换参数，位置误差约 ±%.0f 米，只能作为近似位置", "without local parameters the positions are only approximate, about ±%.0f m", float64(legacyError(best.crs.Datum))))
	}
	v.Evidence = append(v.Evidence, q.speaks(c, c.best)...)
	// What the numbers would mean as they stand, against the shift that was found.
	if h := c.unshifted(best); best.times != 0 && h >= 0 {
		for _, t := range q.speaks(c, h) {
			v.Evidence = append(v.Evidence, say("若按无偏移读：%s", "read without a shift: %s", t))
		}
		if c.records.share(c.best) >= agreeing && !c.constant(c.best) {
			m := c.records.median[h]
			v.Evidence = append(v.Evidence, say("%s（%s）正是 %s 在此地的偏移", "%s %s is what %s shifts here", length(m.length()), direction(m[0], m[1]), shiftName(best.datum, best.times)))
		}
	}
	switch {
	case q.f.CRS == (geo.CRS{}):
	case best.exact && q.f.User.CRS == (geo.CRS{}):
		v.Evidence = append(v.Evidence, q.states())
	case !best.exact && q.f.User.CRS == (geo.CRS{}):
		v.Warnings = append(v.Warnings, say("%s，但数字是 %s 的", "%s, but the numbers are those of %s", q.states(), systemName(best.crs)))
	case !alike(q.f.CRS, q.f.User.CRS):
		v.Warnings = append(v.Warnings, say("%s，与所指定的 %s 不同", "%s, other than the %s that was said", q.states(), systemName(q.f.User.CRS)))
	}
	q.warn(v, c)
}

// states says in words what the file, or the standard of its format, says of the system.
func (q *inquiry) states() Text {
	if q.f.Statement == Implied {
		return say("按其格式的标准应为 %s", "by the standard of its format it is in %s", systemName(q.f.CRS))
	}
	return say("文件写明 %s", "the file states %s", systemName(q.f.CRS))
}

// warn adds what contradicts somebody's word, and faults of the numbers.
func (q *inquiry) warn(v *Verdict, c *findings) {
	best := &c.hs[c.best]
	if q.unusable > 0 {
		v.Warnings = append(v.Warnings, say("%s / %s 行没有坐标或坐标为 0", "%s of %s rows have no position, or 0", count(q.unusable), count(v.Rows)))
	}
	if off := 1 - best.fit; off > 0 {
		v.Warnings = append(v.Warnings, say("%.1f%% 的行不在应在的地方", "%.1f %% of the rows do not lie where they should", off*100))
	}
	if q.mixed > 0 && q.mixed < mixedShare {
		v.Warnings = append(v.Warnings, say("%.1f%% 的行像是按另一种方式写的", "%.1f %% of the rows look as if written in another way", q.mixed*100))
	}
	if v.Resolution >= 50 {
		v.Warnings = append(v.Warnings, say("坐标小数位太少：只精确到约 %s", "the numbers have too few digits: they are only good to about %s", length(float64(v.Resolution))))
	}
	if a, b := axisWord(q.f.Columns[0]), axisWord(q.f.Columns[1]); a*b < 0 && best.swapped == (a > 0) {
		v.Warnings = append(v.Warnings, say("列名与内容相反：“%s”列里是%s", "the column names are the wrong way round: %q holds the %s", q.f.Columns[0], axisName(best)))
	}
	for h := range c.hs {
		x := &c.hs[h]
		if !x.barred || x.place != best.place {
			continue
		}
		border, record := c.evidence(h, c.best, true)
		if c.records.witness < minWitnesses || c.records.share(h) < agreeing {
			record = 0
		}
		if border+record < minEvidence {
			continue
		}
		v.Warnings = append(v.Warnings, say("所指定的“%s”与证据相反，证据指向“%s”", "the evidence is against what was said (%s); it points to: %s", shiftName(best.datum, best.times), shiftName(x.datum, x.times)))
		for _, t := range q.speaks(c, h) {
			v.Warnings = append(v.Warnings, say("若按%s读：%s", "read with %s: %s", shiftName(x.datum, x.times), t))
		}
	}
}

func axisName(h *hypothesis) Text {
	switch {
	case h.crs.Projected() && h.swapped:
		return Text{"北坐标", "northings"}
	case h.crs.Projected():
		return Text{"东坐标", "eastings"}
	case h.swapped:
		return Text{"纬度", "latitudes"}
	}
	return Text{"经度", "longitudes"}
}

func medians(rows []row) (first, second float64) {
	a, b := make([]float64, len(rows)), make([]float64, len(rows))
	for i, r := range rows {
		a[i], b[i] = r.First, r.Second
	}
	slices.Sort(a)
	slices.Sort(b)
	return a[len(a)/2], b[len(b)/2]
}

// figure writes a number of a file: metres without decimals, degrees with four.
func figure(v float64) Text {
	if math.Abs(v) < 1000 {
		return say("%.4f", "%.4f", v)
	}
	return Text{count(int(math.Round(v))), count(int(math.Round(v)))}
}
