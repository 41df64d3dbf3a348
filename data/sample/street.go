package sample

import "math"

// streetNames are usual names of town streets.
var streetNames = []string{
	"人民", "青年", "工农", "建设", "解放", "新华", "文化", "友谊", "振兴", "江海", "长江", "黄海", "通江", "濠滨", "世纪",
	"育才", "朝阳", "光明", "和平", "胜利", "健康", "钟秀", "跃龙", "永福", "瑞兴", "崇文", "通源", "星湖", "兴富", "宏图",
	"开发", "团结", "东风", "红星", "花园", "学士", "桃源", "碧桂", "龙腾", "富民", "迎宾", "府前", "中心", "银河", "金沙",
	"海安", "曙光", "民生", "创业", "纬一", "纬二", "经一", "经二", "沿河", "滨海", "港城", "科技", "园林", "通盛", "瑞江",
}

// The streets of the city itself: so many blocks of so many metres either side of the
// middle of 崇川区, and their direction in radians.
const (
	cityHalf = 10
	cityGap  = 480
	cityTurn = 0.12
)

// inCity says whether a place lies within the city's own street grid.
func (l *land) inCity(p xy) bool {
	q := p.minus(seats["320613"].at).turned(-cityTurn)
	return math.Abs(q.x) < cityHalf*cityGap && math.Abs(q.y) < cityHalf*cityGap
}

// streets lays a grid of streets over the middle of each town. The middle of the grid is
// the town's central village, where the country roads come in.
func (d *draft) streets() {
	l := d.land
	for i := range l.towns {
		t := &l.towns[i]
		if t.functional {
			continue
		}
		hub := l.villages[t.hub].middle
		if l.inCity(hub) {
			continue // within the grid of the city itself
		}
		half := 1
		switch {
		case hub == l.districts[t.district].seat:
			half = 5
		case t.residents > 140_000:
			half = 4
		case t.residents > 60_000:
			half = 2
		}
		d.grid(hub, half, d.s.between(230, 340), t.turn)
	}
	for i := range l.districts {
		seat, radius := l.districts[i].seat, d.s.between(2600, 3600)
		if l.districts[i].code == "320613" {
			d.grid(seat, cityHalf, cityGap, cityTurn)
			radius = 6300
		}
		d.ring(seat, radius)
	}
}

// grid lays 2·half+1 streets each way; pieces that would leave the land are left out.
func (d *draft) grid(middle xy, half int, gap, angle float64) {
	at := func(x, y int) xy { return middle.plus(xy{float64(x) * gap, float64(y) * gap}.turned(angle)) }
	for k := -half; k <= half; k++ {
		class := "service"
		switch {
		case k == 0:
			class = "arterial"
		case k%2 == 0:
			class = "tertiary"
		}
		eastward, northward := one(d.s, streetNames)+"路", one(d.s, streetNames)+"街"
		for n := -half; n < half; n++ {
			if a, b := at(n, k), at(n+1, k); d.land.onLand(a.lonLat(), b.lonLat()) {
				d.edges = append(d.edges, edge{line: []xy{a, b}, class: class, name: eastward})
			}
			if a, b := at(k, n), at(k, n+1); d.land.onLand(a.lonLat(), b.lonLat()) {
				d.edges = append(d.edges, edge{line: []xy{a, b}, class: class, name: northward})
			}
		}
	}
}

// ring lays an expressway around a seat, where there is land.
func (d *draft) ring(middle xy, radius float64) {
	const corners = 28
	at := func(k int) xy {
		angle := 2 * math.Pi * float64(k) / corners
		r := radius * (1 + 0.18*math.Cos(2*angle))
		return middle.plus(xy{r, 0}.turned(angle))
	}
	for k := range corners {
		if a, b := at(k), at(k+1); d.land.onLand(a.lonLat(), b.lonLat()) {
			d.edges = append(d.edges, edge{line: []xy{a, b}, class: "expressway", name: "环城快速路"})
		}
	}
}

// lane is the street of a village: half its length in metres and its direction.
func (l *land) lane(i int) (half, angle float64) {
	v := &l.villages[i]
	h := float64((i*2654435761)%1000) / 1000 // of the village, not of the seed's course
	half = 120 + 130*h + 60*math.Sqrt(v.km2)
	switch {
	case l.inCity(v.middle):
		return half, cityTurn
	case v.urban > 0.45:
		return half, l.towns[v.town].turn
	}
	return half, (h - 0.5) * 0.7
}

// lanes gives each village outside the towns' middles a street of its own.
func (d *draft) lanes() {
	l := d.land
	for i := range l.villages {
		v := &l.villages[i]
		if l.towns[v.town].hub == i || v.urban > 0.6 || l.inCity(v.middle) {
			continue
		}
		half, angle := l.lane(i)
		along := xy{half, 0}.turned(angle)
		name := short(v.name) + "中心路"
		for _, end := range []xy{v.middle.plus(along), v.middle.minus(along)} {
			if l.onLand(end.lonLat()) {
				d.edges = append(d.edges, edge{line: []xy{v.middle, end}, class: "village", name: name})
			}
		}
	}
}

// motorways have a node at each waypoint only, with a slip road to the nearest node of
// the other roads; between them they pass over everything.
func (d *draft) motorways(r *roads) {
	lines := []struct {
		number, name string
		way          [][2]float64
	}{
		{"G15", "沈海高速", [][2]float64{{120.47, 32.66}, {120.56, 32.50}, {120.66, 32.36}, {120.78, 32.24}, {120.89, 32.13}, {120.99, 32.03}, {121.03, 31.93}, {121.04, 31.87}}},
		{"G40", "沪陕高速", [][2]float64{{120.33, 32.43}, {120.50, 32.33}, {120.69, 32.22}, {120.89, 32.13}, {121.05, 32.10}, {121.20, 32.02}, {121.38, 31.95}, {121.53, 31.88}, {121.60, 31.78}, {121.58, 31.70}}},
		{"S28", "启扬高速", [][2]float64{{120.30, 32.53}, {120.48, 32.50}, {120.70, 32.47}, {120.90, 32.42}, {121.10, 32.36}, {121.22, 32.25}, {121.36, 32.12}, {121.52, 32.03}, {121.66, 31.95}, {121.76, 31.86}}},
		{"S19", "通洋高速", [][2]float64{{120.99, 32.03}, {121.02, 32.17}, {121.10, 32.36}, {121.12, 32.47}}},
	}
	for _, line := range lines {
		last := int32(-1)
		for _, w := range line.way {
			here := at(w[0], w[1])
			if d.land.locate(here.lonLat()) < 0 {
				continue
			}
			near, best := int32(0), math.Inf(1)
			mine := int32(-1)
			for i, p := range r.nodes {
				if p == here {
					mine = int32(i)
				} else if dist := p.distance(here); dist < best && dist > 60 {
					near, best = int32(i), dist
				}
			}
			if mine < 0 {
				mine = int32(len(r.nodes))
				r.nodes = append(r.nodes, here)
				r.edges = append(r.edges, edge{from: mine, to: near, line: []xy{here, r.nodes[near]}, class: "service", name: line.name + "互通匝道"})
			}
			if last >= 0 {
				r.edges = append(r.edges, edge{from: last, to: mine, line: curve(r.nodes[last], here), class: "motorway", name: line.name, number: line.number})
			}
			last = mine
		}
	}
}

// curve is a line with one soft bend.
func curve(a, b xy) []xy {
	across := b.minus(a).turned(math.Pi / 2).times(0.05)
	return []xy{a, a.towards(b, 0.25).plus(across.times(0.75)), a.towards(b, 0.5).plus(across), a.towards(b, 0.75).plus(across.times(0.75)), b}
}
