package detect

import (
	"slices"

	"onemap/geo"
)

// lost is the verdict where no reading puts the rows where they may be.
func (q *inquiry) lost(v *Verdict, step float64) {
	told := q.f.User.CRS != (geo.CRS{})
	word := q.f.User.CRS
	if !told {
		word = q.f.CRS
	}
	first, second := medians(q.rows)
	where := Text{"本市或其海域、并与行中所写的行政区相符", "the city or its sea and where their rows say"}
	if q.g.blank() {
		where = Text{"国内", "this country"}
	}
	v.Evidence = append(v.Evidence, say(
		"第一个数约 %[1]s，第二个数约 %[2]s；没有一种读法能使多数位置落在%[3]s",
		"the first number is about %[1]s, the second about %[2]s; no reading puts most positions into %[3]s", figure(first), figure(second), where,
	))
	var rows []int
	for i := range some(q.rows, 5) {
		rows = append(rows, i*len(q.rows)/min(len(q.rows), 5))
	}
	for _, c := range q.all {
		stated := word != (geo.CRS{}) && c.exact && !c.swapped && c.form == FormDecimal
		if c.fit < 0.1 && !stated {
			continue
		}
		h := hypothesis{candidate: c, datum: geo.CGCS2000}
		r := h.reading()
		r.Evidence = []Text{fitting(c.fit)}
		r.Examples = q.examples(r, rows)
		if stated && len(r.Examples) == 0 {
			continue
		}
		v.Candidates = append(v.Candidates, r)
	}
	v.Candidates = v.Candidates[:min(len(v.Candidates), 6)]
	v.Resolution = geo.Metres(step)
	if len(v.Candidates) > 0 {
		v.Resolution = geo.Metres(step * v.Candidates[0].Form.unit(v.Candidates[0].CRS))
	}
	if told && q.obey(v) {
		return
	}
	if q.f.User.said() {
		v.Candidates = nil
		for _, other := range q.others() {
			r := other.reading()
			r.Evidence = []Text{fitting(other.fit)}
			r.Examples = q.examples(r, rows)
			v.Candidates = append(v.Candidates, r)
			v.Warnings = append(v.Warnings, say("与所指定的相反，按“%s”读则 %.0f%% 的行落在可能的地方", "against what was said: read as %s, %.0f %% of the rows lie where they may", r.Title(), other.fit*100))
		}
	}
	v.Outcome = Ask
	v.Question = Text{"坐标是什么坐标系，哪一列是东（经度）、哪一列是北（纬度）？", "Which coordinate system are the positions in, and which number is the easting or longitude?"}
	if q.f.CRS != (geo.CRS{}) && !told {
		away := Text{}
		as := slices.IndexFunc(v.Candidates, func(r Reading) bool { return alike(r.CRS, q.f.CRS) && len(r.Examples) > 0 })
		if as >= 0 && !q.g.blank() {
			far := length(float64(geo.Distance(v.Candidates[as].Examples[0].Place, q.g.plane.origin)))
			away = say("（如第一个，离市中心约 %s）", " (the first is about %s from its middle)", far)
		}
		v.Question = say("%s，但这样读位置不在本市%s。是别处的数据，还是坐标系写错了？", "As to the positions, %s, but so read they are not in the city%s. Are they of another place, or is the system wrong?", q.states(), away)
	}
}

func fitting(share float64) Text {
	return say("%.0f%% 的行落在可能的地方", "%.0f %% of the rows lie where they may", share*100)
}

// obey takes the person's system although nothing fits it, if it can place half of the rows anywhere.
func (q *inquiry) obey(v *Verdict) bool {
	best, most := candidate{}, 0
	for _, c := range q.all {
		n := 0
		for _, r := range q.rows {
			if _, _, err := c.degrees(r.First, r.Second); err == nil {
				n++
			}
		}
		if n > most && c.form == FormDecimal {
			best, most = c, n
		}
	}
	if most*2 <= len(q.rows) {
		v.Warnings = append(v.Warnings, say("按 %s 读不出这些数字", "the numbers can't be positions in %s", systemName(q.f.User.CRS)))
		return false
	}
	h := hypothesis{candidate: best, datum: geo.CGCS2000}
	if told := q.f.User; told.Shift != "" {
		h.times = told.times()
		if h.times != 0 {
			h.datum = told.Shift
		}
	}
	v.Reading = h.reading()
	if legacy(best.crs.Datum) {
		v.Reading.Error = legacyError(best.crs.Datum)
	}
	v.Outcome = Decided
	v.Warnings = append(v.Warnings, say("按所指定的 %s 读，但位置不在本市或与行中所写的行政区不符", "read as %s because that was said, but so the positions are not in the city, or not where their rows say", systemName(best.crs)))
	for _, other := range q.others() {
		v.Warnings = append(v.Warnings, say("与所指定的相反，按“%s”读则 %.0f%% 的行落在可能的地方", "against what was said: read as %s, %.0f %% of the rows lie where they may", other.reading().Title(), other.fit*100))
	}
	return true
}

// others are the readings that fit when the person's word is left aside.
func (q *inquiry) others() []hypothesis {
	free := *q.f
	free.User = User{}
	again := &inquiry{g: q.g, f: &free, rows: q.rows}
	again.coarse()
	var out []hypothesis
	for _, c := range again.fits {
		if !c.guessed {
			out = append(out, hypothesis{candidate: c, datum: geo.CGCS2000})
		}
	}
	return out
}
