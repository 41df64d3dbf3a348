// Package detect finds out how the positions of a survey file are to be understood: degrees
// or metres, which coordinate system, which number comes first, and whether a map
// vendor's shift (GCJ-02, BD-09) lies on them. It compares all readings that may be meant
// with the districts that the rows name and with the published positions of the same
// records. One reading that fits is taken; two or none are a question to the person.
//
// See docs/positions.md for the policy and its limits.
package detect

import (
	"math"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// Judge finds out how a file's positions are to be understood. It never fails: what it can't
// tell it asks or refuses.
func (g *Ground) Judge(f File) Verdict {
	q := &inquiry{g: g, f: &f, named: namedDatum(f.Columns)}
	q.usable()
	v := Verdict{Rows: len(f.Pairs), Unusable: q.unusable, Told: f.User.said()}
	if refusal, refused := q.refusal(); refused {
		v.Outcome, v.Evidence = Refused, refusal
		return v
	}
	if len(q.rows) == 0 {
		v.Outcome = Ask
		v.Question = Text{"没有一行有可用的坐标。坐标在哪两列？", "No row has a position. Which two columns hold the positions?"}
		return v
	}
	step := q.step()
	q.coarse()
	if len(q.fits) == 0 {
		q.lost(&v, step)
		return v
	}
	best := q.fits[0]
	v.Resolution = geo.Metres(step * best.form.unit(best.crs))
	q.resolution = float64(v.Resolution)
	c := q.weigh()
	q.conclude(&v, c)
	return v
}

// findings is all that was weighed.
type findings struct {
	hs      []hypothesis
	plane   plane
	records *records
	borders *borders
	best    int // index of the likeliest hypothesis
}

// minEvidence is the likelihood ratio, as a log, by which evidence alone must set a decided
// reading apart from each other shift: twenty to one. From shifts applied twice or undone in
// vain, which are rare, three to two; from unknown offsets it is enough if evidence does not speak for them.
var minEvidence, someEvidence = math.Log(20), math.Log(1.5)

// weigh compares the hypotheses with each other and finds the likeliest.
func (q *inquiry) weigh() *findings {
	c := &findings{}
	c.hs, c.plane = q.hypotheses()
	c.records = q.compareRecords(c.hs, c.plane)
	c.borders = &borders{}
	if q.coded > 0 && !q.g.blank() {
		c.borders = q.witness(c.hs, c.plane)
	}
	for c.best = 0; c.best < len(c.hs)-1 && c.hs[c.best].barred; c.best++ {
	}
	// The likeliest beats every other one in a direct comparison; where comparisons go round
	// in a circle, the last one met stands, and its confidence is low.
	for range 4 {
		before := c.best
		for h := range c.hs {
			if h != c.best && !c.hs[h].barred && c.over(c.best, h, false) < 0 {
				c.best = h
			}
		}
		if c.best == before {
			break
		}
	}
	against := 0.0
	for h := range c.hs {
		if h != c.best && !c.hs[h].barred {
			c.hs[h].confidence = math.Exp(-c.over(c.best, h, !c.hs[h].rare()))
			against += c.hs[h].confidence
		}
	}
	for h := range c.hs {
		c.hs[h].confidence /= 1 + against
	}
	c.hs[c.best].confidence = min(1/(1+against), 0.999)
	return c
}

// over is the log of how much likelier g is than h. With careful set, what borders say for g is
// counted without the one block that says most.
func (c *findings) over(g, h int, careful bool) float64 {
	border, record := c.evidence(g, h, careful)
	return c.hs[g].belief - c.hs[h].belief + border + record
}

// evidence is the part of over that borders and published positions make.
func (c *findings) evidence(g, h int, careful bool) (border, record float64) {
	if len(c.borders.rows) > 0 && c.comparable(g, h) {
		whole, without := c.borders.compare(g, h)
		border = whole
		if careful {
			border = min(whole, without)
		}
	}
	return border, c.records.compare(g, h)
}

// comparable reports whether two hypotheses are near enough for borders to be the same ones.
func (c *findings) comparable(g, h int) bool {
	for i := range c.hs[g].places {
		if c.hs[g].placed[i] && c.hs[h].placed[i] {
			return c.hs[g].places[i].from(c.hs[h].places[i]) < 5000
		}
	}
	return false
}

// refusal says why a file can't be read at all.
func (q *inquiry) refusal() ([]Text, bool) {
	word := q.f.User.CRS
	if word == (geo.CRS{}) {
		word = q.f.CRS
		if q.f.Unread != (Text{}) {
			return []Text{say(
				"文件所述坐标系无法识别（%s）。请先转换为 CGCS2000（EPSG:4490）；写错了的，用 --crs 指明。",
				"The coordinate system that the file states is not understood (%s). Transform the file to CGCS2000 (EPSG:4490) first, or, if it is stated wrongly, say it with --crs.", q.f.Unread,
			)}, true
		}
	}
	if word == (geo.CRS{}) || word.Usable() == nil {
		return nil, false
	}
	if !legacy(word.Datum) {
		return []Text{say("%s 的大地基准未知，不能发布。", "The datum of %s is unknown; it can't be published.", systemName(word))}, true
	}
	if !q.f.User.Approximate {
		return []Text{say(
			"%s 须用本地转换参数转换为 CGCS2000。没有参数时只能标为近似位置，误差约 ±%.0f 米。",
			"%s needs local parameters to become CGCS2000. Without them its positions can only be marked approximate, with an error of about ±%.0f m.",
			systemName(word), float64(legacyError(word.Datum)),
		)}, true
	}
	return nil, false
}

// legacyError is how far a position of an old datum is off when it is taken as CGCS2000. For
// Beijing 1954 the five parameter sets of the EPSG register for other parts of China give 66
// to 78 m here; for Xian 1980 the register has none. Both figures leave room.
func legacyError(d geo.Datum) geo.Metres {
	if d == geo.Xian1980 {
		return 200
	}
	return 150
}

// examples are the same few rows for every reading, from west to east over the file.
func (q *inquiry) examples(r Reading, rows []int) []Example {
	var out []Example
	for _, i := range rows {
		p := q.rows[i]
		at, err := r.Place(p.First, p.Second)
		if err != nil {
			continue
		}
		out = append(out, Example{p.Row, p.First, p.Second, orb.Point{at[0], at[1]}})
	}
	return out
}
