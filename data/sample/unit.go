package sample

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
)

// village is the smallest unit; villages part the land completely.
type village struct {
	code, name string
	town       int
	middle     xy // its centre, inside its largest part
	center     orb.Point
	shape      orb.MultiPolygon
	bound      orb.Bound
	km2        float64
	urban      float64 // 0 open country to 1 city core
	coast      float64 // metres to the sea
	bank       float64 // metres to the Yangtze
	residents  int
	listed     bool // has a record of its own
}

// town is a township: the villages in it, or, when it is functional, an area of its own.
type town struct {
	code, name string
	district   int // -1: of the zone 320671
	near       xy
	villages   []int
	hub        int // its central village
	functional bool
	turn       float64 // direction of its streets, radians
	shape      orb.MultiPolygon
	residents  int
}

// district is a county-level unit.
type district struct {
	code, name, english string
	seat                xy // where its town centre is
	towns               []int
	villages            []int
	shape               orb.MultiPolygon
	residents           int
}

// land is the parted city.
type land struct {
	mesh      *mesh
	cells     [][]directed
	villages  []village
	towns     []town
	districts []district
	shape     orb.MultiPolygon
	around    []area
	grid      *grid
	coast     [][2]xy
	bank      [][2]xy
}

// seats are the town centres of the districts, by code, good to a kilometre or two.
var seats = map[string]struct {
	english string
	at      xy
}{
	"320613": {"Chongchuan District", at(120.868, 32.005)},
	"320612": {"Tongzhou District", at(121.075, 32.065)},
	"320614": {"Haimen District", at(121.172, 31.895)},
	"320623": {"Rudong County", at(121.185, 32.318)},
	"320681": {"Qidong City", at(121.660, 31.812)},
	"320682": {"Rugao City", at(120.563, 32.382)},
	"320685": {"Hai'an City", at(120.460, 32.548)},
}

// exclaves are the townships on Chongming Island and their districts' second parts.
var exclaves = map[string]bool{"320614102": true, "320681404": true}

func newLand(s stream) (*land, error) {
	l := &land{mesh: &mesh{byPoint: map[orb.Point]int32{}}}
	areas, err := outlines("districts.geojson")
	if err != nil {
		return nil, err
	}
	if l.around, err = outlines("surroundings.geojson"); err != nil {
		return nil, err
	}
	listed, err := listedTowns()
	if err != nil {
		return nil, err
	}
	l.shores(areas)
	var domains []domain
	for _, a := range areas {
		seat := seats[a.code]
		l.districts = append(l.districts, district{code: a.code, name: a.name, english: seat.english, seat: seat.at})
		l.addTowns(s, len(l.districts)-1, a, listed, &domains)
	}
	if len(l.villages) != Villages {
		return nil, fmt.Errorf("names.tsv has %d villages, not %d", len(l.villages), Villages)
	}
	if l.cells, err = partition(l.mesh, domains, len(l.villages)); err != nil {
		return nil, err
	}
	l.shapes()
	l.people()
	l.functional(listed)
	return l, nil
}

// addTowns places the townships and villages of a district, exclaves by themselves.
func (l *land) addTowns(s stream, d int, a area, listed []listedTown, domains *[]domain) {
	mainland := domain{first: len(l.villages)}
	var exclave *domain
	var apart *listedTown
	var own []listedTown
	for _, t := range listed {
		switch {
		case t.code[:6] != a.code || len(t.villages) == 0:
		case exclaves[t.code]:
			apart = &t
		default:
			own = append(own, t)
		}
	}
	for _, part := range a.shape {
		// The exclave is the part on the north shore of Chongming; other small parts are islands.
		if apart != nil && plane(part.Bound().Center()).distance(apart.near) < 8000 {
			exclave = &domain{shape: orb.MultiPolygon{part}}
			continue
		}
		mainland.shape = append(mainland.shape, part)
	}
	mainland.sites = l.place(s, mainland.shape, own, d)
	*domains = append(*domains, mainland)
	if exclave != nil {
		exclave.first = len(l.villages)
		exclave.sites = l.place(s, exclave.shape, []listedTown{*apart}, d)
		*domains = append(*domains, *exclave)
	}
}

// place spreads the villages of the given townships over a shape and deals them out, so
// that each township gets a connected stretch near where the real one is.
func (l *land) place(s stream, shape orb.MultiPolygon, listed []listedTown, d int) []xy {
	count := 0
	for _, t := range listed {
		count += len(t.villages)
	}
	sites := spread(s, shape, count, l.districts[d].seat)
	first := len(l.villages)
	order := make([]int, count)
	for i := range order {
		order[i] = i
	}
	l.villages = append(l.villages, make([]village, count)...)
	deal(s, sites, order, listed, func(t listedTown, members []int) {
		middle := xy{}
		for _, i := range members {
			middle = middle.plus(sites[i].times(1 / float64(len(members))))
		}
		if slices.Contains(members, 0) && sites[0] == l.districts[d].seat {
			middle = sites[0] // the town that holds the seat is centred on it
		}
		slices.SortFunc(members, func(a, b int) int {
			return cmp.Compare(sites[a].distance(middle), sites[b].distance(middle))
		})
		n := len(l.towns)
		town := town{code: t.code, name: t.name, district: d, near: t.near, hub: first + members[0], turn: s.between(-0.35, 0.35)}
		for k, i := range members {
			l.villages[first+i] = village{code: t.villages[k].code, name: t.villages[k].name, town: n, middle: sites[i], center: sites[i].lonLat()}
			town.villages = append(town.villages, first+i)
		}
		l.towns = append(l.towns, town)
		l.districts[d].towns = append(l.districts[d].towns, n)
		l.districts[d].villages = append(l.districts[d].villages, town.villages...)
	})
	return sites
}

// deal halves sites and townships again and again along the longer way, until each
// township has as many sites as it has villages.
func deal(s stream, sites []xy, members []int, towns []listedTown, done func(listedTown, []int)) {
	if len(towns) == 1 {
		done(towns[0], members)
		return
	}
	lo, hi := sites[members[0]], sites[members[0]]
	for _, i := range members {
		lo = xy{math.Min(lo.x, sites[i].x), math.Min(lo.y, sites[i].y)}
		hi = xy{math.Max(hi.x, sites[i].x), math.Max(hi.y, sites[i].y)}
	}
	angle := s.between(-0.4, 0.4)
	if hi.y-lo.y > hi.x-lo.x {
		angle += math.Pi / 2
	}
	along := xy{1, 0}.turned(angle)
	slices.SortFunc(towns, func(a, b listedTown) int { return cmp.Compare(a.near.dot(along), b.near.dot(along)) })
	slices.SortFunc(members, func(a, b int) int { return cmp.Compare(sites[a].dot(along), sites[b].dot(along)) })
	half, count := 0, 0
	for half < len(towns)-1 && (half == 0 || count+len(towns[half].villages)/2 < len(members)/2) {
		count += len(towns[half].villages)
		half++
	}
	deal(s, sites, members[:count:count], towns[:half:half], done)
	deal(s, sites, members[count:], towns[half:], done)
}

// spread puts n sites into a shape, the first at the seat if that lies in it, the others
// the closer together the nearer to the seat: of some random places the one farthest
// from all others, in terms of the spacing there, is taken.
func spread(s stream, shape orb.MultiPolygon, n int, seat xy) []xy {
	bound := shape.Bound()
	spacing := func(p xy) float64 { return 0.3 + math.Min(1, p.distance(seat)/14_000) }
	sites := make([]xy, 0, n)
	if contains(shape, seat.lonLat()) {
		sites = append(sites, seat)
	}
	for len(sites) < n {
		best, score := xy{}, -1.0
		for tries := 0; tries < 10; {
			p := orb.Point{round7(s.between(bound.Min[0], bound.Max[0])), round7(s.between(bound.Min[1], bound.Max[1]))}
			if !contains(shape, p) {
				continue
			}
			tries++
			here, near := plane(p), math.Inf(1)
			for _, q := range sites {
				near = math.Min(near, here.distance(q))
			}
			if v := near / spacing(here); v > score {
				best, score = here, v
			}
		}
		sites = append(sites, best)
	}
	return sites
}

// shapes makes the outlines of all levels from the cells.
func (l *land) shapes() {
	l.grid = newGrid()
	for i := range l.villages {
		v := &l.villages[i]
		v.shape = l.mesh.shape(l.cells[i])
		v.bound = v.shape.Bound()
		v.km2 = km2(v.shape)
		l.grid.add(int32(i), v.bound)
	}
	all := make([]int, len(l.villages))
	for i := range all {
		all[i] = i
	}
	for i := range l.towns {
		l.towns[i].shape = l.union(l.towns[i].villages)
	}
	for i := range l.districts {
		l.districts[i].shape = l.union(l.districts[i].villages)
	}
	l.shape = l.union(all)
}

// union is the outline of villages put together.
func (l *land) union(villages []int) orb.MultiPolygon {
	return l.mesh.shape(dissolve(l.cells, villages))
}

// km2 is the area on the ellipsoid: that on the equator's sphere, brought to the radii at 32°.
func km2(shape orb.MultiPolygon) float64 {
	const ellipsoid = 0.997050
	return geo.Area(shape) * ellipsoid / 1e6
}
