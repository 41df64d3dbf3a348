package ask

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

// Unit is a district, township or functional area.
type Unit struct {
	Code string
	Name string
}

// units divides the city in two ways: by statutory districts and their townships, and by
// functional areas with what is left of the districts. Each place is in exactly one unit of
// a level of each, or outside all.
type units struct {
	county, township, functional *division
	parent                       []int32 // county of each township; -1: none
	revision                     uint64  // of the layer
}

// division is the units of one level.
type division struct {
	units []Unit
	areas []*banded
}

// located says in which units the records of a set are: places in the divisions, -1 for none.
type located struct {
	*units
	county, township, functional []int32
}

// units are those of now, as the reader may see them.
func (s *Session) units() (*units, error) {
	set, err := s.layer("admin_unit", "", "")
	if err != nil {
		return nil, err
	}
	return derive(s, set, "units", func() (*units, error) {
		u := &units{county: &division{}, township: &division{}, functional: &division{}, revision: set.Revision()}
		code, level, kind := set.field("code"), set.field("level"), set.field("kind")
		text := func(i int, f *layers.Field) string {
			if f == nil {
				return ""
			}
			t, _ := set.Value(i, f).(string)
			return t
		}
		order := make([]int, set.Len())
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return strings.Compare(text(a, code), text(b, code)) })
		for _, i := range order {
			var d *division
			switch l := text(i, level); {
			case text(i, kind) == "functional":
				d = u.functional
			case l == "county":
				d = u.county
			case l == "township":
				d = u.township
			default:
				continue
			}
			d.units = append(d.units, Unit{text(i, code), nameOf(set, i)})
			d.areas = append(d.areas, bandsOf(set.Geometry(i)))
		}
		for _, t := range u.township.units {
			u.parent = append(u.parent, int32(slices.IndexFunc(u.county.units, func(c Unit) bool {
				return len(t.Code) >= 6 && len(c.Code) >= 6 && c.Code[:6] == t.Code[:6]
			})))
		}
		return u, nil
	})
}

// place finds the units of one place, those of the place before first: records that follow
// each other lie near each other, and units of a level do not overlap.
func (u *units) place(p orb.Point, before [3]int32) (at [3]int32) {
	at = [3]int32{-1, u.township.find(p, before[1]), u.functional.find(p, before[2])}
	if at[1] >= 0 {
		at[0] = u.parent[at[1]] // so that townships add up to their district
	}
	if at[0] < 0 {
		at[0] = u.county.find(p, before[0])
	}
	return at
}

// locate finds the units of the anchors of a set.
func (s *Session) locate(set *Set) (*located, error) {
	u, err := s.units()
	if err != nil {
		return nil, err
	}
	return derive(s, set, fmt.Sprintf("located %d", u.revision), func() (*located, error) {
		n := set.Len()
		l := &located{u, make([]int32, n), make([]int32, n), make([]int32, n)}
		var group sync.WaitGroup
		parts := runtime.GOMAXPROCS(0)
		for k := range parts {
			group.Go(func() {
				at := [3]int32{-1, -1, -1}
				for i := k * n / parts; i < (k+1)*n/parts; i++ {
					x, y := set.Anchor(i)
					at = u.place(geo.LonLat(x, y), at)
					l.county[i], l.township[i], l.functional[i] = at[0], at[1], at[2]
				}
			})
		}
		group.Wait()
		return l, nil
	})
}

// find is the unit that holds a place, looked for in one first; -1: none does.
func (d *division) find(p orb.Point, first int32) int32 {
	if first >= 0 && d.areas[first].bound.Contains(p) && d.areas[first].holds(p) {
		return first
	}
	for k, a := range d.areas {
		if a.bound.Contains(p) && a.holds(p) {
			return int32(k)
		}
	}
	return -1
}

// banded is an area whose edges stand in bands of latitude, so that a place is compared with
// few of them.
type banded struct {
	bound orb.Bound
	bands [][][2]orb.Point
}

func bandsOf(g orb.Geometry) *banded {
	var polygons orb.MultiPolygon
	switch g := g.(type) {
	case orb.Polygon:
		polygons = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		polygons = g
	}
	n := 0
	for _, p := range polygons {
		for _, r := range p {
			n += len(r)
		}
	}
	b := &banded{bound: g.Bound(), bands: make([][][2]orb.Point, n/8+1)}
	for _, p := range polygons {
		for _, r := range p {
			for k := 1; k < len(r); k++ {
				low, high := b.band(min(r[k-1][1], r[k][1])), b.band(max(r[k-1][1], r[k][1]))
				for j := low; j <= high; j++ {
					b.bands[j] = append(b.bands[j], [2]orb.Point{r[k-1], r[k]})
				}
			}
		}
	}
	return b
}

func (b *banded) band(lat float64) int {
	height := b.bound.Max[1] - b.bound.Min[1]
	if !(height > 0) {
		return 0
	}
	n := float64(len(b.bands))
	return int(min(max((lat-b.bound.Min[1])/height*n, 0), n-1))
}

// holds reports whether a place is inside; of areas that share an edge exactly one holds a
// place on it.
func (b *banded) holds(p orb.Point) bool {
	in := false
	for _, e := range b.bands[b.band(p[1])] {
		u, v := e[0], e[1]
		if (u[1] > p[1]) == (v[1] > p[1]) {
			continue
		}
		if u[1] > v[1] { // the same sum for both areas along an edge
			u, v = v, u
		}
		if p[0] < u[0]+(p[1]-u[1])/(v[1]-u[1])*(v[0]-u[0]) {
			in = !in
		}
	}
	return in
}

// Partitions of the city.
const (
	statutory  = "statutory"
	functional = "functional"
)

// breakdown makes a table of figures by district and township of a partition. figure yields
// the unit of each thing that counts and its figures, one a column. Townships add up to
// their district, districts with what is outside all to the total.
func (u *units) breakdown(partition string, columns []Column, figure func(yield func(county, township, functional int32, figures []float64))) *Table {
	t := &Table{ID: "by_unit." + partition, Title: layers.Text{Zh: "按行政区（法定）", En: "By district and township (statutory)"}}
	if partition == functional {
		t.Title = layers.Text{Zh: "按功能区", En: "By functional area, and what is left of the districts"}
	}
	t.Columns = append([]Column{textColumn("code", "代码", "Code"), textColumn("district", "县（市、区）", "District"), textColumn("township", "乡镇（街道）", "Township")}, columns...)
	// A functional area's number comes after those of the districts.
	by := map[[2]int32][]float64{}
	total := make([]float64, len(columns))
	figure(func(county, township, area int32, figures []float64) {
		key := [2]int32{county, township}
		if partition == functional && area >= 0 {
			key[0] = int32(len(u.county.units)) + area
		}
		for _, k := range [][2]int32{key, {key[0], whole}} {
			sum := by[k]
			if sum == nil {
				sum = make([]float64, len(columns))
				by[k] = sum
			}
			for c, x := range figures {
				sum[c] += x
			}
		}
		for c, x := range figures {
			total[c] += x
		}
	})
	keys := make([][2]int32, 0, len(by))
	for k := range by {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]int32) int { return slices.Compare(ordered(a), ordered(b)) })
	for _, k := range keys {
		row := Row{Values: u.titles(k)}
		for _, x := range by[k] {
			row.Values = append(row.Values, figureOf(x))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Total = []any{"", "", ""}
	for _, x := range total {
		t.Total = append(t.Total, figureOf(x))
	}
	return t
}

// whole stands for all townships of a district.
const whole = int32(-2)

// ordered puts the whole district before its townships, and what is in no unit last.
func ordered(k [2]int32) []int32 {
	last := func(x int32) int32 {
		if x == -1 {
			return 1 << 30
		}
		return x
	}
	return []int32{last(k[0]), last(k[1])}
}

// titles are the code and names of a row of a breakdown.
func (u *units) titles(k [2]int32) []any {
	district, code := any(layers.Text{Zh: "区划之外", En: "Outside all units"}), ""
	switch n := int32(len(u.county.units)); {
	case k[0] >= n:
		district, code = u.functional.units[k[0]-n].Name, u.functional.units[k[0]-n].Code
	case k[0] >= 0:
		district, code = u.county.units[k[0]].Name, u.county.units[k[0]].Code
	}
	switch {
	case k[1] == whole:
		return []any{code, district, layers.Text{Zh: "合计", En: "All"}}
	case k[1] < 0:
		return []any{code, district, layers.Text{Zh: "乡镇之外", En: "Outside all townships"}}
	}
	return []any{u.township.units[k[1]].Code, district, u.township.units[k[1]].Name}
}

// figureOf is a sum as answers write it: whole where it is, else to a thousandth.
func figureOf(x float64) any {
	if r := float64(int64(x)); r == x {
		return int64(x)
	}
	return math.Round(x*1000) / 1000
}
