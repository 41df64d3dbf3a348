package sample

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// lot is a village's ground for houses: a turned lattice of plots about its centre, row
// by row outwards. Houses stay inside their plot, and plots inside the village, so that
// no two houses of the city overlap.
type lot struct {
	frame          frame
	pitchX, pitchY float64
	columns        int // plots either side of the middle
	next           int // number of the next plot to look at
	last           int
	village        int
	urban          bool
}

func (p *Plan) newLot(i, houses int) *lot {
	v := &p.land.villages[i]
	half, angle := p.land.lane(i)
	b := &lot{village: i, urban: v.urban > 0.45, frame: newFrame(v.center, angle), pitchX: 19, pitchY: 27}
	if b.urban {
		b.pitchX, b.pitchY = 52, 38
	}
	// Villages lie along their lane, the longer the more houses; towns spread evenly.
	reach := math.Max(v.bound.Max[0]-v.bound.Min[0], v.bound.Max[1]-v.bound.Min[1]) * 115_000
	wide, rows := max(1, int(reach/b.pitchX)), max(1, int(reach/b.pitchY))
	b.columns = min(wide, max(int(half*1.6/b.pitchX), int(math.Sqrt(float64(houses)))))
	if b.urban {
		b.columns = wide
	}
	b.last = 2 * rows * 2 * b.columns
	return b
}

// plot returns the middle of plot k in the frame: rows in turn above and below the lane.
func (b *lot) plot(k int) (x, y float64) {
	row, column := k/(2*b.columns), k%(2*b.columns)
	side := float64(1 - 2*(row%2))
	y = side * (float64(row/2) + 0.75) * b.pitchY
	x = (float64(column) - float64(b.columns) + 0.5) * b.pitchX
	return x, y
}

// buildingRecords deals out the buildings by residents; what does not fit into one
// village goes on to the next.
func (w *writer) buildingRecords() error {
	b := &builder{writer: w}
	total := w.count
	factories := total / 30
	weights := make([]float64, len(w.land.villages))
	for i := range w.land.villages {
		v := &w.land.villages[i]
		weights[i] = math.Pow(float64(v.residents), 0.75)
	}
	shares := apportion(total-factories, weights)
	left := 0
	if err := b.works(factories, &left); err != nil {
		return err
	}
	lots := make([]*lot, len(shares))
	for i, n := range shares {
		lots[i] = w.newLot(i, n)
		if err := b.fill(lots[i], n, &left); err != nil {
			return err
		}
	}
	for left > 0 { // those that found no place yet, evenly over the villages with free plots
		open := 0
		for _, l := range lots {
			if l.next < l.last {
				open++
			}
		}
		if open == 0 {
			return fmt.Errorf("no place is left for %d of %d buildings", left, total)
		}
		each := left/open + 1
		for _, l := range lots {
			if n := min(left, each); n > 0 && l.next < l.last {
				left -= n
				if err := b.fill(l, n, &left); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

type builder struct {
	*writer
	number int
}

// fill builds n houses on the free plots of a village; those without a place are added to left.
func (b *builder) fill(l *lot, n int, left *int) error {
	v := &b.land.villages[l.village]
	for ; n > 0 && l.next < l.last; l.next++ {
		x, y := l.plot(l.next)
		if b.s.chance(0.12) { // yards, ponds, groves
			continue
		}
		if !b.free(l, v, x, y) {
			continue
		}
		if err := b.house(l, v, x, y); err != nil {
			return err
		}
		n--
	}
	*left += n
	return nil
}

// free says whether a plot lies in the village, off the roads and outside parks.
func (b *builder) free(l *lot, v *village, x, y float64) bool {
	w, h := l.pitchX/2, l.pitchY/2
	middle := l.frame.lonLat(x, y)
	for _, c := range [4]orb.Point{l.frame.lonLat(x-w, y-h), l.frame.lonLat(x+w, y-h), l.frame.lonLat(x+w, y+h), l.frame.lonLat(x-w, y+h)} {
		if !v.bound.Contains(c) || !contains(v.shape, c) {
			return false
		}
	}
	for i := range b.parks {
		if k := &b.parks[i]; k.bound.Pad(0.002).Contains(middle) && k.contains(middle, math.Hypot(w, h)) {
			return false
		}
	}
	return b.roads.index.clear(plane(middle), h+5)
}

var houseUses = pick{{"urban_housing", 62}, {"commerce", 13}, {"office", 6}, {"education", 4}, {"health", 2}, {"culture", 1.5}, {"public_service", 5}, {"industry", 5}, {"other", 1.5}}

func (b *builder) house(l *lot, v *village, x, y float64) error {
	s := b.s
	use, storeys := "rural_housing", s.whole(1, 3)
	var long, wide float64
	if l.urban {
		use = houseUses.draw(s)
		long, wide = s.between(26, 46), s.between(11, 17)
		storeys = one(s, []int{5, 6, 6, 6, 7, 11, 18, 26})
		if use != "urban_housing" {
			storeys, wide = s.whole(1, 8), s.between(14, 28)
		}
	} else {
		long, wide = s.between(9, 14.5), s.between(7.5, 11.5)
		if s.chance(0.05) {
			use, long = one(s, []string{"public_service", "education", "industry", "commerce"}), 15.5
		}
	}
	// The plot's margin leaves room for the shift.
	dx, dy := (l.pitchX-long)/2-1, (l.pitchY-wide)/2-1
	x, y = x+s.between(-0.8, 0.8)*dx, y+s.between(-0.5, 0.5)*dy
	ring := l.frame.rectangle(x, y, long, wide)
	if s.chance(0.3) {
		ring = l.frame.corner(s, x, y, long, wide)
	}
	return b.write(ring, l.village, use, storeys, long*wide)
}

// corner is an L-shaped house: a rectangle with a corner cut out, 7 points; sometimes a
// U of 9.
func (f frame) corner(s stream, x, y, long, wide float64) orb.Ring {
	w, h := long/2, wide/2
	cx, cy := long*s.between(0.3, 0.5), wide*s.between(0.3, 0.5)
	a := f.lonLat(x-w, y-h)
	if s.chance(0.2) {
		g := long * 0.28
		return orb.Ring{a, f.lonLat(x+w, y-h), f.lonLat(x+w, y+h), f.lonLat(x+w-g, y+h), f.lonLat(x+w-g, y+h-cy), f.lonLat(x-w+g, y+h-cy), f.lonLat(x-w+g, y+h), f.lonLat(x-w, y+h), a}
	}
	return orb.Ring{a, f.lonLat(x+w, y-h), f.lonLat(x+w, y+h-cy), f.lonLat(x+w-cx, y+h-cy), f.lonLat(x+w-cx, y+h), f.lonLat(x-w, y+h), a}
}

// works builds the halls of the parks on a lattice of their own.
func (b *builder) works(n int, left *int) error {
	weights := make([]float64, len(b.parks))
	for i := range weights {
		weights[i] = b.parks[i].long * b.parks[i].wide
	}
	for i, n := range apportion(n, weights) {
		k := &b.parks[i]
		pitchX, pitchY := 92.0, 66.0
		columns, rows := int(k.long/pitchX), int(k.wide/pitchY)
		share := 1.4 * float64(n) / float64(columns*rows)
		for c := 0; c < columns*rows && n > 0; c++ {
			if !b.s.chance(share) {
				continue
			}
			x := (float64(c%columns) - float64(columns)/2 + 0.5) * pitchX
			y := (float64(c/columns) - float64(rows)/2 + 0.5) * pitchY
			long, wide := b.s.between(34, 82), b.s.between(22, 54)
			ring := k.frame.rectangle(x, y, long, wide)
			if b.s.chance(0.3) {
				ring = k.frame.corner(b.s, x, y, long, wide)
			}
			village := b.land.locate(ring[0])
			if village < 0 || !b.oneDistrict(village, ring) || !b.roads.index.clear(plane(k.frame.lonLat(x, y)), 42) {
				continue
			}
			if err := b.write(ring, village, "industry", b.s.whole(1, 4), long*wide); err != nil {
				return err
			}
			n--
		}
		*left += n
	}
	return nil
}

// oneDistrict says whether all corners lie in the district of a village.
func (b *builder) oneDistrict(village int, ring orb.Ring) bool {
	for _, c := range ring {
		if v := b.land.locate(c); v < 0 || b.district(v) != b.district(village) {
			return false
		}
	}
	return true
}

func (b *builder) write(ring orb.Ring, village int, use string, storeys int, footprint float64) error {
	s := b.s
	year := s.whole(1978, 2021)
	structure := "reinforced_concrete"
	switch {
	case use == "rural_housing":
		structure = pick{{"masonry", 86}, {"timber", 4}, {"earth", 2}, {"mixed", 6}, {"other", 2}}.draw(s)
		year = s.whole(1968, 2021)
	case use == "industry":
		structure = one(s, []string{"steel", "steel", "reinforced_concrete", "mixed"})
		year = s.whole(1992, 2021)
	case storeys <= 6 && s.chance(0.6):
		structure = "masonry"
	}
	grade := pick{{"a", 24}, {"b", 5}, {"c", 1}, {"d", 0.3}, {"unknown", 70}}
	if year < 1985 {
		grade = pick{{"a", 6}, {"b", 14}, {"c", 7}, {"d", 3}, {"unknown", 70}}
	}
	id := b.key("FW", b.number)
	b.number++
	v := values{
		"code": id, "admin_code": b.code(village), "danger_grade": grade.draw(s), "use": use, "structure": structure, "storeys": int64(storeys), "basement_storeys": int64(0),
		"height_m": round(float64(storeys)*3.1+0.6, 1), "built_year": int64(year), "area_m2": round(footprint*float64(storeys), 1),
		"ground_floor_m": round(2.9+s.NormFloat64()*0.45, 2), "seismic_retrofit": s.chance(0.03), "surveyed_on": date(2021, s.whole(1, 12), s.whole(1, 28)),
	}
	if use == "rural_housing" {
		v["households"], v["residents"] = int64(1), int64(s.whole(0, 6))
	} else if use == "urban_housing" {
		homes := storeys * s.whole(2, 6)
		v["households"], v["residents"] = int64(homes), int64(homes*5/2)
		if storeys > 8 {
			v["basement_storeys"] = int64(1)
		}
	} else if s.chance(0.3) {
		v["name"] = short(b.land.villages[village].name) + one(s, buildingNames[use])
	}
	return b.record(id, orb.Polygon{ring}, layers.PositionImage, v)
}

var buildingNames = map[string][]string{
	"industry": {"厂房", "仓库", "车间"}, "commerce": {"商铺楼", "商业楼", "综合楼"}, "office": {"办公楼", "商务楼"}, "education": {"教学楼", "幼儿园", "小学综合楼"},
	"health": {"卫生院楼", "门诊楼"}, "culture": {"文化中心", "活动中心"}, "public_service": {"便民服务中心", "党群服务中心"}, "other": {"附属楼", "泵房"},
}
