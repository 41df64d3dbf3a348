package detect

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// The bounds of a decision.
const (
	minRows       = 3
	minWitnesses  = 3.0   // published records at different places
	agreeing      = 0.6   // share of them that the decided reading brings near
	disagreeing   = 0.2   // share that any other reading may bring near
	coarsestSteps = 150.0 // metres: with coarser numbers no shift can be told
	mixedShare    = 0.1
)

// doubt is a reason against deciding, with the question that it raises.
type doubt struct {
	question Text
	file     bool // it also speaks against taking the file's word
}

// conclude turns what was weighed into the verdict.
func (q *inquiry) conclude(v *Verdict, c *findings) {
	best := &c.hs[c.best]
	v.Candidates = q.candidates(c)
	q.describe(v, c)
	doubts := q.doubts(v, c)
	reading := best.reading()
	if len(v.Candidates) > 0 && same(v.Candidates[0], reading) {
		reading = v.Candidates[0]
	}
	user := q.f.User
	switch {
	case user.CRS != (geo.CRS{}) && user.Shift != "" || legacy(best.crs.Datum):
		v.Outcome, v.Reading = Decided, reading
		for _, d := range doubts {
			if d.file {
				v.Warnings = append(v.Warnings, d.question)
			}
		}
		return
	case len(doubts) == 0:
		v.Outcome, v.Reading = Decided, reading
		return
	case q.trusted(c) && !slices.ContainsFunc(doubts, func(d doubt) bool { return d.file }):
		v.Outcome, v.Reading = Trusted, reading
		v.Evidence = append(v.Evidence, Text{
			"按文件自身的说明采用；这里没有可以核对的资料。", "Taken on the file's own word; nothing here can check it.",
		})
		if at := q.middle(best); q.f.Statement == Implied && q.f.User == (User{}) && inChina(at) && !(at[0] > 123.5 && at[1] < 38 || at[0] > 128 && at[1] < 41) { // Japan and Korea are in the box too
			v.Warnings = append(v.Warnings, Text{
				"该格式默认无偏移，但地图网站导出的同类文件常为 GCJ-02（偏约 500 米）；如是，请指定 --shift GCJ02。",
				"The format means no shift, but files of this kind that come from map services are often in GCJ-02, about 500 m off; if this is one, say --shift GCJ02.",
			})
		}
		return
	}
	v.Outcome = Ask
	v.Question = doubts[0].question
	for _, d := range doubts {
		if d.file {
			v.Question = d.question
			break
		}
	}
}

// middle is the median position by a hypothesis that has no shift taken off.
func (q *inquiry) middle(h *hypothesis) orb.Point {
	first, second := medians(q.rows)
	lon, lat, err := h.degrees(first, second)
	if err != nil {
		return orb.Point{}
	}
	return orb.Point{lon, lat}
}

// trusted reports whether the likeliest reading is just what the file or the person states, and
// nothing makes that doubtful.
func (q *inquiry) trusted(c *findings) bool {
	best := &c.hs[c.best]
	stated := best.believed && (q.f.Statement != Silent || q.f.User.CRS != (geo.CRS{})) || q.named != "" && !best.guessed
	unsaid := best.times == 0 && best.datum != geo.Unknown || best.times == 1 && best.datum == q.named
	return stated && (unsaid || q.f.User.Shift != "") && best.confidence >= q.g.Policy.Trust && !c.against(c.best)
}

// against reports whether evidence makes some other reading at least three times as likely as
// the given one, however strong the belief in it, or whether there are published records that it does
// not agree with: a word that evidence speaks against is not taken.
func (c *findings) against(best int) bool {
	if c.records.count > 0 && c.records.share(best) < 0.5 {
		return true
	}
	for h := range c.hs {
		if h == best || c.hs[h].barred {
			continue
		}
		if border, record := c.evidence(h, best, false); border+record > math.Log(3) {
			return true
		}
	}
	return false
}

// doubts are all reasons against deciding for the likeliest reading.
func (q *inquiry) doubts(v *Verdict, c *findings) []doubt {
	best := &c.hs[c.best]
	told := q.f.User
	var out []doubt
	if q.mixed >= mixedShare {
		out = append(out, doubt{say(
			"文件似乎混用了几种坐标写法：%.0f%% 的行只能按另一种方式读。请拆分文件。",
			"The file seems to mix ways of writing positions: %.0f %% of its rows can only be read in another way. Split the file.", q.mixed*100,
		), true})
	}
	if c.records.steady(c.best, q.resolution) {
		m := c.records.median[c.best]
		out = append(out, doubt{say(
			"与 %[1]s 条已发布记录相比，仍有 %[2]s（%[3]s）的系统偏差，不是已知的偏移；可能是地方坐标系或旧坐标系（北京 54、西安 80）。坐标是什么坐标系？",
			"All positions stay %[2]s %[3]s of their %[1]s published ones, which is no known shift: perhaps a local system, or an old one (Beijing 1954, Xian 1980). Which system is it?",
			count(c.records.count), length(m.length()), direction(m[0], m[1]),
		), true})
	}
	if told.Shift == "" && best.times != 0 && c.constant(c.best) {
		plain := c.unshifted(best)
		m := c.records.median[plain]
		out = append(out, doubt{say(
			"与 %[1]s 条已发布记录的偏差处处相同（%[2]s，%[3]s），而 %[4]s 的偏移随地点变化；可能是地方坐标系。坐标是什么坐标系？",
			"All positions are off by the same %[2]s %[3]s from their %[1]s published ones, but %[4]s changes from place to place: perhaps a local system. Which is it?",
			count(c.records.count), length(m.length()), direction(m[0], m[1]), shiftName(best.datum, best.times),
		), true})
	}
	if best.datum == geo.Unknown && told.Shift == "" {
		off := best.places[firstPlaced(best)].minus(c.hs[0].places[firstPlaced(best)])
		out = append(out, doubt{say(
			"行政区对照显示约 %s（%s）的系统偏差，不是已知的偏移。坐标是什么坐标系？",
			"By the districts that the rows name, the positions are about %s too far %s, which is no known shift. Which system is it?",
			length(off.length()), direction(-off[0], -off[1]),
		), true})
	}
	if best.times == 2 || best.times == -1 {
		if told.Shift == "" {
			out = append(out, doubt{say(
				"坐标看来是“%s”；也可能是已发布的位置有误。哪一个对？",
				"The positions look like this: %s. Or the published ones are wrong. Which is it?", shiftName(best.datum, best.times),
			), true})
		}
	}
	if best.guessed {
		out = append(out, doubt{say(
			"坐标像是地方坐标系（%s）。请确认中央子午线和加常数。", "The numbers look like a local system (%s). Confirm its meridian and constants.", best.crs.Name,
		), true})
	}
	if q.contradicted(best) {
		out = append(out, doubt{say(
			"%s，但只有按 %s 读才落在应在的地方。以哪一个为准？",
			"As to the positions, %s, but only read as %s they lie where they should. Which is right?", q.states(), systemName(best.crs),
		), true})
	}
	if told.Shift == "" {
		out = append(out, q.shiftDoubts(c)...)
	}
	if best.confidence < q.g.Policy.Decide {
		out = append(out, doubt{q.whichOf(v.Candidates), false})
	}
	if len(q.rows) < minRows {
		out = append(out, doubt{Text{"行数太少，无法核对。坐标是这样读吗？", "There are too few rows to check. Is this how the positions are to be read?"}, false})
	}
	return out
}

// shiftDoubts are the reasons why evidence does not single out a shift.
func (q *inquiry) shiftDoubts(c *findings) []doubt {
	best := &c.hs[c.best]
	ask := Text{
		"坐标是测量所得（无偏移），还是来自高德、腾讯（GCJ-02）或百度（BD-09）地图？",
		"Are the positions surveyed (no shift), or from a map of Amap or Tencent (GCJ-02) or of Baidu (BD-09)?",
	}
	if q.resolution >= coarsestSteps {
		return []doubt{{say("坐标只精确到约 %s，无法判断偏移。%s", "The numbers are only good to about %s; no shift can be told. %s", length(q.resolution), ask), false}}
	}
	r := c.records
	for h := range c.hs {
		if h == c.best || r.witness < minWitnesses {
			continue
		}
		if r.share(c.best) >= disagreeing && r.share(h) >= disagreeing && c.apart(h, c.best) {
			return []doubt{{say(
				"已发布位置把各行分成两组（%.0f%%：%s；%.0f%%：%s）。文件是否由不同来源拼成？",
				"By their published positions the rows fall into two groups (%.0f %%: %s; %.0f %%: %s). Was the file put together from several sources?",
				r.share(c.best)*100, shiftName(best.datum, best.times), r.share(h)*100, shiftName(c.hs[h].datum, c.hs[h].times),
			), true}}
		}
	}
	compared := 0
	for h := range c.hs {
		if h == c.best || c.hs[h].place != best.place {
			continue
		}
		if c.hs[h].rare() {
			// What is rare need not be disproved, but belief alone must not rule it out.
			least := someEvidence
			if c.hs[h].datum == geo.Unknown {
				least = 0
			}
			if border, record := c.evidence(c.best, h, false); border+record < least {
				return []doubt{{ask, false}}
			}
			continue
		}
		compared++
		border, record := c.evidence(c.best, h, true)
		if r.witness < minWitnesses || r.share(c.best) < agreeing {
			record = min(record, 0)
		}
		if border+record < minEvidence {
			return []doubt{{ask, false}}
		}
		if border <= -minEvidence || record <= -minEvidence {
			return []doubt{{say(
				"行政区与已发布位置对偏移的说法不一致。%s", "The districts and the published positions do not agree about the shift. %s", ask,
			), true}}
		}
	}
	if compared == 0 { // outside the country, where no shift is met
		return []doubt{{Text{"位置在国外，无法核对。坐标是这样读吗？", "The positions lie outside the country, where nothing can check them. Is this how they are to be read?"}, false}}
	}
	return nil
}

// contradicted reports whether the likeliest reading is another system than the file states,
// without evidence that settles it: rows at different places that lie where they name.
func (q *inquiry) contradicted(best *hypothesis) bool {
	if q.f.Statement == Silent || q.f.CRS == (geo.CRS{}) || q.f.User.CRS != (geo.CRS{}) || best.believed {
		return false
	}
	if q.f.Statement == Implied && best.crs.Projected() {
		return false // GeoJSON in metres breaks its standard; the standard's word is worth nothing then
	}
	cells := map[[2]int32]bool{}
	for i, r := range q.rows {
		if (r.unit >= 0 || r.Published != nil) && best.placed[i] {
			cells[best.places[i].cell(witnessSide)] = true
		}
	}
	return len(cells) < 10 || best.rightly < 0.9
}

// apart reports whether two hypotheses put the rows at places that records can tell apart.
func (c *findings) apart(g, h int) bool {
	for i := range c.hs[g].places {
		if c.hs[g].placed[i] && c.hs[h].placed[i] {
			return c.hs[g].places[i].from(c.hs[h].places[i]) > 2*nearRecord
		}
	}
	return false
}

// constant reports whether the offset of the records from their published positions varies less
// than the shift of a hypothesis does, which a true shift's never does.
func (c *findings) constant(h int) bool {
	plain := c.unshifted(&c.hs[h])
	return plain >= 0 && c.records.witness >= 8 && c.records.spread[h] > 8 && c.records.spread[plain] < c.records.spread[h]/2
}

// unshifted is the index of the hypothesis that reads the same numbers without a shift; -1 for none.
func (c *findings) unshifted(x *hypothesis) int {
	return slices.IndexFunc(c.hs, func(h hypothesis) bool {
		return h.place == x.place && h.times == 0 && h.datum != geo.Unknown
	})
}

func firstPlaced(h *hypothesis) int { return max(slices.Index(h.placed, true), 0) }

func same(a, b Reading) bool {
	return a.CRS == b.CRS && a.Form == b.Form && a.Swapped == b.Swapped && a.Shift == b.Shift && a.Times == b.Times && math.Abs(a.Confidence-b.Confidence) < 1e-12
}

// whichOf asks to choose between the two likeliest readings.
func (q *inquiry) whichOf(candidates []Reading) Text {
	if len(candidates) < 2 || candidates[1].Confidence < 0.005 {
		return Text{"坐标是这样读吗？", "Is this how the positions are to be read?"}
	}
	return say("两种读法都说得通：“%s”，还是“%s”？", "Two readings fit: %s; or %s. Which is it?", candidates[0].Title(), candidates[1].Title())
}
