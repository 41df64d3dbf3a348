package sample

import (
	"math"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// enterprise is what other layers need to know of an enterprise.
type enterprise struct {
	code, name, industry string
	at                   orb.Point
	quality              layers.PositionQuality
	village              int
	park                 int // -1 outside parks
	employees            int
	graded, hazchem      bool
	open, sources        int // hidden dangers not closed, major hazard sources
}

// danger says at which enterprise a hidden danger was found and how it stands.
type danger struct {
	enterprise int32
	status     uint8
}

// dangerStates are the codes of danger.status, with their weights in a thousand.
var dangerStates = pick{{"closed", 946}, {"review", 27}, {"open", 20}, {"overdue", 7}}

// crowd is one city's worth of enterprises and what hangs on them; scale makes several.
type crowd struct {
	n           int
	enterprises []enterprise
	dangers     []danger
	sources     []source
	hazchem     []int32 // enterprises by kind
	plain       []int32
}

func newCrowd(p *Plan, n int) *crowd {
	c := &crowd{n: n}
	c.settle(p, newStream(p.options.Seed, "enterprises", uint64(n)))
	c.inspect(p, newStream(p.options.Seed, "dangers", uint64(n)))
	c.store(p, newStream(p.options.Seed, "sources", uint64(n)))
	return c
}

// settle founds the enterprises: in parks, in town, piled up on village centres, along
// roads, and some without a position.
func (c *crowd) settle(p *Plan, s stream) {
	total := p.few(Enterprises)
	graded := scatter(s, total, p.few(Graded))
	parks, towns, villages := p.haunts()
	var risky []float64 // how likely an enterprise is a hazchem user
	for i := range total {
		e := enterprise{park: -1, graded: graded[i]}
		switch where := s.Float64(); {
		case where < 0.46:
			e.park = parks.draw(s)
			k := &p.parks[e.park]
			e.at = k.frame.lonLat(s.between(-0.48, 0.48)*k.long, s.between(-0.48, 0.48)*k.wide)
			e.quality = one(s, []layers.PositionQuality{layers.PositionSurveyed, layers.PositionImage, layers.PositionImage, layers.PositionGeocoded})
			e.industry = one(s, k.lines)
			e.village = p.land.locate(e.at)
		case where < 0.68:
			e.village = towns.draw(s)
			e.at = p.land.near(s, e.village, 1100)
			e.quality = one(s, []layers.PositionQuality{layers.PositionImage, layers.PositionGeocoded, layers.PositionGeocoded})
		case where < 0.88:
			e.village = villages.draw(s)
			e.at, e.quality = p.land.villages[e.village].center, layers.PositionVillage
		case where < 0.97:
			road := one(s, p.roads.edges)
			for road.class == "motorway" || road.bridge {
				road = one(s, p.roads.edges)
			}
			e.at, e.village, e.quality = p.beside(s, road), road.village, layers.PositionRoad
		default:
			e.village, e.quality = villages.draw(s), layers.PositionNone
		}
		if e.village < 0 || e.quality != layers.PositionNone && e.quality != layers.PositionVillage {
			if v := p.land.locate(e.at); v >= 0 {
				e.village = v
			} else { // a park's edge over the bank
				e.village = p.parks[max(e.park, 0)].village
				e.at = p.land.villages[e.village].center
			}
		}
		if e.industry == "" {
			e.industry = everywhere.draw(s)
		}
		d := p.district(e.village)
		place := short(d.name)
		if r := []rune(d.name); len(r) == 3 {
			place = string(r[:2])
		}
		if s.chance(0.45) {
			place = "南通"
		} else if s.chance(0.12) {
			place = "江苏"
		}
		e.name = companyName(s, place, e.industry)
		e.code = creditCode(d.code, c.n*100_000+i)
		e.employees = s.skewed(4, 260)
		if e.park >= 0 && s.chance(0.15) {
			e.employees = s.skewed(100, 4200)
		}
		risky = append(risky, riskOf(e))
		c.enterprises = append(c.enterprises, e)
	}
	c.chooseUsers(s, risky, p.few(HazchemUsers))
}

// riskOf is the weight with which an enterprise uses hazardous chemicals.
func riskOf(e enterprise) float64 {
	switch e.industry {
	case "C25", "C26", "C27", "D45":
		return 40
	case "C28", "C22", "C31", "C32", "C37", "C39", "D46":
		return 3
	case "C17", "C33", "C34", "C35", "C36", "C38", "C29":
		return 1.2
	}
	return 0.5
}

// chooseUsers marks exactly k hazchem users, the risky ones first by chance.
func (c *crowd) chooseUsers(s stream, risky []float64, k int) {
	// Efraimidis and Spirakis: the k largest of u^(1/weight) are a weighted sample.
	score := make([]float64, len(risky))
	for i, w := range risky {
		score[i] = math.Pow(s.Float64(), 1/w)
	}
	for _, i := range largest(score, k) {
		c.enterprises[i].hazchem = true
	}
	for i, e := range c.enterprises {
		if e.hazchem {
			c.hazchem = append(c.hazchem, int32(i))
		} else {
			c.plain = append(c.plain, int32(i))
		}
	}
}

// haunts are the places where enterprises settle: parks, villages in town, any village.
func (p *Plan) haunts() (parks, towns, villages *weighted[int]) {
	parks, towns, villages = &weighted[int]{}, &weighted[int]{}, &weighted[int]{}
	for i, k := range p.parks {
		parks.add(i, k.weight)
	}
	s := newStream(p.options.Seed, "piles", 0)
	for i := range p.land.villages {
		v := &p.land.villages[i]
		towns.add(i, v.urban*v.urban*v.km2+0.02)
		villages.add(i, math.Pow(s.Float64(), 6)+0.02) // few with many
	}
	return parks, towns, villages
}

// beside is a point a few metres off a road.
func (p *Plan) beside(s stream, e edge) orb.Point {
	k := s.IntN(len(e.line) - 1)
	a, b := e.line[k], e.line[k+1]
	along := b.minus(a)
	across := along.turned(math.Pi / 2).times(s.between(14, 45) / max(along.length(), 1))
	if s.chance(0.5) {
		across = across.times(-1)
	}
	q := a.towards(b, s.Float64()).plus(across).lonLat()
	if p.land.locate(q) < 0 {
		return p.land.villages[e.village].center
	}
	return q
}

// inspect finds the hidden dangers, so many at hazchem users.
func (c *crowd) inspect(p *Plan, s stream) {
	total, users := p.few(Dangers), p.few(DangersAtHazchemUsers)
	for _, atUser := range scatter(s, total, users) {
		among := c.plain
		if atUser {
			among = c.hazchem
		}
		// The square makes some enterprises far worse than others.
		at := among[int(square2(s.Float64())*float64(len(among)))]
		d := danger{enterprise: at}
		switch dangerStates.draw(s) {
		case "review":
			d.status = 1
		case "open":
			d.status = 2
		case "overdue":
			d.status = 3
		}
		if d.status > 0 {
			c.enterprises[at].open++
		}
		c.dangers = append(c.dangers, d)
	}
}
