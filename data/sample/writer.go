package sample

import (
	"fmt"
	"time"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

// values are the fields of a record by name.
type values map[string]any

// record hands on one record. A nil geometry makes it unplaced.
func (w *writer) record(id string, shape orb.Geometry, quality layers.PositionQuality, v values) error {
	datum := geo.CGCS2000
	if shape == nil {
		quality, datum = layers.PositionNone, geo.Unknown
	}
	return w.emit(layers.Record{
		Source: layers.SourceSynthetic, SourceID: id, ValidFrom: w.since,
		PositionQuality: quality, Datum: datum, Geometry: shape, Values: v,
	})
}

// key makes the key of record i: a prefix, the crowd if there are several, and the number.
func (w *writer) key(prefix string, i int) string {
	if w.crowd.n > 0 {
		return fmt.Sprintf("%s-%02d-%06d", prefix, w.crowd.n, i+1)
	}
	return fmt.Sprintf("%s-%06d", prefix, i+1)
}

// list chooses the villages that have a record of their own: all, or in a small city
// those of the central towns. Elsewhere a small city names the township instead.
func (p *Plan) list() {
	l := p.land
	for i := range l.villages {
		v := &l.villages[i]
		t := &l.towns[v.town]
		v.listed = !p.options.Small || l.districts[t.district].towns[0] == v.town
	}
}

// code is the administrative code of a village, or of its township if it has no record.
func (p *Plan) code(village int) string {
	v := &p.land.villages[village]
	if v.listed {
		return v.code
	}
	return p.land.towns[v.town].code
}

// district is the county-level unit of a village.
func (p *Plan) district(village int) *district {
	return &p.land.districts[p.land.towns[p.land.villages[village].town].district]
}

// address is a made-up address in a village.
func (p *Plan) address(s stream, village int) string {
	v := &p.land.villages[village]
	t := &p.land.towns[v.town]
	place := p.land.districts[t.district].name + t.name
	if v.urban > 0.35 {
		return fmt.Sprintf("%s%s路%d号", place, one(s, streetNames), s.whole(1, 398))
	}
	return fmt.Sprintf("%s%s村%d组%d号", place, short(v.name), s.whole(1, 32), s.whole(1, 60))
}

// day is the date n days before the city's moment.
func (p *Plan) day(n int) time.Time {
	d := p.now.AddDate(0, 0, -n)
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
}

func date(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

func moment(y, m, d, h, min int) time.Time {
	return time.Date(y, time.Month(m), d, h, min, 0, 0, beijing)
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func seconds(n float64) time.Duration { return time.Duration(n) * time.Second }
