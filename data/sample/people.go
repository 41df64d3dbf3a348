package sample

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// people gives each village how urban it is, how far from the water, and its residents.
func (l *land) people() {
	weights := make([]float64, len(l.villages))
	for i := range l.villages {
		v := &l.villages[i]
		t := &l.towns[v.town]
		v.coast, v.bank = toLine(v.middle, l.coast), toLine(v.middle, l.bank)
		core := 3500.0
		if l.districts[t.district].code == "320613" {
			core = 7000
		}
		seat := math.Exp(-square2(v.middle.distance(l.districts[t.district].seat) / core))
		hub := 0.45 * math.Exp(-square2(v.middle.distance(l.villages[t.hub].middle)/1800))
		v.urban = math.Max(seat, hub)
		// People a square kilometre: open country 430, city cores over 10,000.
		weights[i] = v.km2*(430+1500*v.urban+9500*v.urban*v.urban) + 500
	}
	shares := make([]float64, len(l.districts))
	for i := range shares {
		shares[i] = settled[l.districts[i].code]
	}
	for i, total := range apportion(Residents, shares) {
		d := &l.districts[i]
		d.residents = total
		own := make([]float64, len(d.villages))
		for k, v := range d.villages {
			own[k] = weights[v]
		}
		for k, n := range apportion(total, own) {
			v := &l.villages[d.villages[k]]
			v.residents = n
			l.towns[v.town].residents += n
		}
	}
}

// settled are rough shares of the districts in the residents, thousands.
var settled = map[string]float64{"320613": 1480, "320612": 1250, "320614": 985, "320623": 880, "320681": 970, "320682": 1240, "320685": 875}

func square2(v float64) float64 { return v * v }

// zoneVillages is how many statutory villages a street of the development zone overlaps.
const zoneVillages = 5

// functional gives the zone's streets and the farms and parks without villages an area:
// the statutory villages nearest to where the real one is, which it overlaps.
func (l *land) functional(listed []listedTown) {
	for _, t := range listed {
		if len(t.villages) > 0 {
			continue
		}
		d := slices.IndexFunc(l.districts, func(d district) bool { return d.code == t.code[:6] })
		size := 1
		switch {
		case d < 0:
			size = zoneVillages
		case hasAny(t.name, "开发区", "高新区", "产业园", "科技园"):
			size = 3
		}
		members := l.nearestVillages(t.near, d, size)
		l.towns = append(l.towns, town{code: t.code, name: t.name, district: d, near: t.near, functional: true, hub: members[0], shape: l.union(members)})
	}
}

// nearestVillages returns the n villages of a district (any, if -1) nearest to a place.
func (l *land) nearestVillages(p xy, district, n int) []int {
	var order []int
	for i := range l.villages {
		if district < 0 || l.towns[l.villages[i].town].district == district {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Compare(l.villages[a].middle.distance(p), l.villages[b].middle.distance(p))
	})
	return order[:n]
}

func hasAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}
