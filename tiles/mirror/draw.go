package mirror

import (
	"math/bits"
	"strconv"
	"sync"

	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
	"onemap/tiles/mvt"
)

// drawer makes one layer's part of a tile out of parts of the mirror. It follows the rules
// of layers.Query.TileSQL, which makes the same tile in PostGIS. Drawers are used again.
type drawer struct {
	view   *layers.View
	z      int
	tile   maptile.Tile
	shift  uint // world units a tile, as a power of two
	ox, oy int64
	home   geo.WorldBox // the tile
	around geo.WorldBox // with its buffer
	box    mvt.Box

	main   sheet
	labels sheet
	named  bool // the tile has labels

	cellBits uint
	cells    []cell
	used     []uint32
	codes    int
	counts   []uint32 // [cell × codes + code of the list]
	toList   []int16  // code list index by the dictionary of the part at hand; -1: none
	names    []string

	vs    []mvt.Vertex
	flat  []mvt.Vertex
	rings [][]mvt.Vertex
	ends  []int
	clip  mvt.Clipper
	xs    []float64
}

// cell is a square of the grid in which features gather.
type cell struct {
	n          uint64
	sumX, sumY uint64 // from the tile's corner
	part       *part  // of the one feature
	at         uint32
}

var drawers = sync.Pool{New: func() any { return &drawer{} }}

// draw appends the layer's part of the tile to dst. fit chooses features; nil: all.
func draw(dst []byte, parts []*part, q layers.Query, fit []matcher, t maptile.Tile) []byte {
	d := drawers.Get().(*drawer)
	dst = d.draw(dst, parts, q, fit, t)
	drawers.Put(d) // not after a panic, which leaves it as it was in the middle
	return dst
}

func (d *drawer) draw(dst []byte, parts []*part, q layers.Query, fit []matcher, t maptile.Tile) []byte {
	view := q.View
	d.begin(q, t)
	thin := view.Thin != nil && d.z <= view.Thin.Until
	if thin {
		d.openCells()
		for k, p := range parts {
			if d.enter(p) {
				d.gather(p, matcherOf(fit, k), len(p.tree.levels)-1, 0)
			}
		}
		d.closeCells()
	}
	if !thin || view.Geometry != layers.Point {
		for k, p := range parts {
			if d.enter(p) {
				d.main.use(p)
				if d.named {
					d.labels.use(p)
				}
				d.visit(p, matcherOf(fit, k), len(p.tree.levels)-1, 0, false)
			}
		}
	}
	if dst == nil {
		dst = make([]byte, 0, d.main.Len()+d.labels.Len())
	}
	return d.labels.AppendTo(d.main.AppendTo(dst))
}

func matcherOf(fit []matcher, k int) matcher {
	if fit == nil {
		return nil
	}
	return fit[k]
}

func (d *drawer) begin(q layers.Query, t maptile.Tile) {
	view := q.View
	d.view, d.tile, d.z, d.shift = view, t, int(t.Z), uint(32-t.Z)
	d.ox, d.oy = int64(t.X)<<d.shift, int64(t.Y)<<d.shift
	d.home = geo.TileWorld(t)
	d.around = buffered(t)
	d.box = mvt.TileBox(layers.TileExtent, layers.TileBuffer)
	fields := q.TileFields(d.z)
	d.main.reset(view.ID, fields)
	label := view.Named()
	d.named = view.Geometry.Dimension() == 2 && view.Style.Labels > 0 && view.Style.Labels <= d.z && label != nil
	d.labels.reset(view.LabelLayer(), nil)
	if d.named {
		with := append(make([]*layers.Field, 0, len(fields)+1), label)
		for _, f := range fields {
			if f != label {
				with = append(with, f)
			}
		}
		d.labels.reset(view.LabelLayer(), with)
	}
}

const tileBits = 12 // log2 of layers.TileExtent

// buffered is a tile with its buffer.
func buffered(t maptile.Tile) geo.WorldBox {
	home, buffer := geo.TileWorld(t), int64(layers.TileBuffer)<<(32-t.Z)>>tileBits
	return geo.WorldBox{
		MinX: uint32(max(int64(home.MinX)-buffer, 0)), MaxX: uint32(min(int64(home.MaxX)+buffer, 1<<32-1)),
		MinY: uint32(max(int64(home.MinY)-buffer, 0)), MaxY: uint32(min(int64(home.MaxY)+buffer, 1<<32-1)),
	}
}

// enter makes ready for a part; false where it has nothing for the tile.
func (d *drawer) enter(p *part) bool {
	if len(p.tree.levels) == 0 {
		return false
	}
	if d.codes > 0 {
		d.toList = d.toList[:0]
		if c := p.styled(); c != nil {
			for code := range uint32(c.distinct()) {
				at := int16(-1)
				for k, name := range d.names {
					if code > 0 && name == c.text(code) {
						at = int16(k)
					}
				}
				d.toList = append(d.toList, at)
			}
		}
	}
	return true
}

func (d *drawer) openCells() {
	side := d.view.Thin.Cells
	d.cellBits = d.shift
	for c := side; c > 1; c >>= 1 {
		d.cellBits--
	}
	d.codes, d.names = 0, nil
	if by := d.view.By(); by != nil {
		d.names = by.List.Codes()
		d.codes = len(d.names)
	}
	if n := side * side; len(d.cells) < n {
		d.cells = make([]cell, n)
	}
	if n := side * side * d.codes; len(d.counts) < n {
		d.counts = make([]uint32, n)
	}
	d.used = d.used[:0]
}

// cellOf is the cell of an anchor in the tile.
func (d *drawer) cellOf(x, y uint32) (*cell, uint32) {
	side := uint32(d.view.Thin.Cells)
	k := uint32((int64(y)-d.oy)>>d.cellBits)*side + uint32((int64(x)-d.ox)>>d.cellBits)
	c := &d.cells[k]
	if c.n == 0 {
		d.used = append(d.used, k)
	}
	return c, k
}

// gather counts what is below a node into the cells.
func (d *drawer) gather(p *part, fit matcher, level, k int) {
	nd := &p.tree.levels[level][k]
	if !nd.home.Intersects(d.home) || int(nd.maxOwn) <= d.z {
		return
	}
	if fit == nil && int(nd.minOwn) > d.z && nd.home.MinX>>d.cellBits == nd.home.MaxX>>d.cellBits &&
		nd.home.MinY>>d.cellBits == nd.home.MaxY>>d.cellBits && p.clean(level, k) {
		from, to := span(level, k, p.len())
		n := uint64(to - from)
		c, at := d.cellOf(nd.home.MinX, nd.home.MinY)
		c.n += n
		c.sumX += nd.sumX + n*uint64(int64(nd.home.MinX)-d.ox)
		c.sumY += nd.sumY + n*uint64(int64(nd.home.MinY)-d.oy)
		c.part, c.at = p, from
		if d.codes > 0 {
			sums := p.tree.counts[level][k*p.tree.codes : (k+1)*p.tree.codes]
			for code, sum := range sums {
				if to := d.toList[code]; to >= 0 {
					d.counts[int(at)*d.codes+int(to)] += sum
				}
			}
		}
		return
	}
	if level > 0 {
		for child := k << fanBits; child < min((k+1)<<fanBits, len(p.tree.levels[level-1])); child++ {
			d.gather(p, fit, level-1, child)
		}
		return
	}
	var styled *column
	if d.codes > 0 && len(d.toList) > 0 {
		styled = p.styled()
	}
	for mask := d.mask(p, fit, k); mask != 0; mask &= mask - 1 {
		i := uint32(k<<blockBits + bits.TrailingZeros64(mask))
		a := p.anchor[i]
		if int(p.alone[i]) <= d.z || !d.home.Contains(a.X, a.Y) {
			continue
		}
		c, at := d.cellOf(a.X, a.Y)
		c.n++
		c.sumX += uint64(int64(a.X) - d.ox)
		c.sumY += uint64(int64(a.Y) - d.oy)
		c.part, c.at = p, i
		if styled != nil {
			if to := d.toList[styled.code(i)]; to >= 0 {
				d.counts[int(at)*d.codes+int(to)]++
			}
		}
	}
}

// mask is the bit set of the features of a block that are to be looked at.
func (d *drawer) mask(p *part, fit matcher, block int) uint64 {
	mask := ^uint64(0)
	if rest := p.len() - block<<blockBits; rest < 64 {
		mask = 1<<rest - 1
	}
	mask &^= p.hidden(block)
	if fit != nil && mask != 0 {
		mask &= fit.block(block)
	}
	return mask
}

// closeCells writes one feature a cell.
func (d *drawer) closeCells() {
	side := uint32(d.view.Thin.Cells)
	var now *part
	for _, k := range d.used {
		c := &d.cells[k]
		if c.n == 1 {
			if now != c.part {
				now = c.part
				d.main.use(now)
			}
			a := c.part.anchor[c.at]
			d.main.Begin(uint64(c.part.ids[c.at]))
			d.main.tags(c.at)
			d.main.Point(d.point(int64(a.X), int64(a.Y)))
			d.main.End(mvt.Point)
		} else {
			d.cluster(k, k%side, k/side)
		}
		*c = cell{}
		clear(d.counts[int(k)*d.codes : (int(k)+1)*d.codes])
	}
}

// cluster writes a cell of several features.
func (d *drawer) cluster(k, column, row uint32) {
	c := &d.cells[k]
	size := int64(1) << d.cellBits
	// The mean of the anchors, kept off the cell's edges so that neighbours stay apart.
	mean := func(sum uint64, place uint32) int64 {
		low := int64(place) << d.cellBits
		return min(max(int64((2*sum+c.n)/(2*c.n)), low+size/4), low+3*size/4)
	}
	cx, cy := uint64(d.ox>>d.cellBits)+uint64(column), uint64(d.oy>>d.cellBits)+uint64(row)
	d.main.Begin(1<<52 | uint64(d.z)<<46 | cx&8388607<<23 | cy&8388607)
	d.main.flag("cluster")
	d.main.count("point_count", c.n)
	d.main.word("point_count_abbreviated", c.n)
	for code := range d.codes {
		if n := d.counts[int(k)*d.codes+code]; n > 0 {
			d.main.sum(d.names, code, uint64(n))
		}
	}
	d.main.Point(d.point(d.ox+mean(c.sumX, column), d.oy+mean(c.sumY, row)))
	d.main.End(mvt.Point)
}

// point is a world position in tile units. It stays below the extent, so that a client
// that drops points on the far edge drops none.
func (d *drawer) point(x, y int64) mvt.Vertex {
	return mvt.Vertex{X: int32((x - d.ox) << tileBits >> d.shift), Y: int32((y - d.oy) << tileBits >> d.shift)}
}

// visit draws the features below a node that are drawn for themselves. inside says that
// the node lies in the tile with its buffer entirely.
func (d *drawer) visit(p *part, fit matcher, level, k int, inside bool) {
	nd := &p.tree.levels[level][k]
	if int(nd.minOwn) > d.z {
		return
	}
	if !inside {
		if !nd.box.Intersects(d.around) {
			return
		}
		inside = d.around.MinX <= nd.box.MinX && nd.box.MaxX <= d.around.MaxX && d.around.MinY <= nd.box.MinY && nd.box.MaxY <= d.around.MaxY
	}
	if level > 0 {
		for child := k << fanBits; child < min((k+1)<<fanBits, len(p.tree.levels[level-1])); child++ {
			d.visit(p, fit, level-1, child, inside)
		}
		return
	}
	for mask := d.mask(p, fit, k); mask != 0; mask &= mask - 1 {
		i := uint32(k<<blockBits + bits.TrailingZeros64(mask))
		if int(p.alone[i]) <= d.z {
			d.feature(p, i, inside)
		}
	}
}

// feature draws one feature for itself, if the tile shows any of it.
func (d *drawer) feature(p *part, i uint32, inside bool) {
	a := p.anchor[i]
	at := d.home.Contains(a.X, a.Y)
	var kind mvt.GeomType
	switch d.view.Geometry.Dimension() {
	case 0:
		if !at {
			return
		}
	case 1:
		if !inside && !p.box(i).Intersects(d.around) {
			return
		}
		d.main.Begin(uint64(p.ids[i]))
		if d.lines(p, i) {
			kind = mvt.LineString
		}
	default:
		if !inside && !p.box(i).Intersects(d.around) {
			return
		}
		d.main.Begin(uint64(p.ids[i]))
		if d.polygon(p, i) {
			kind = mvt.Polygon
		}
		if d.named && d.labels.named(i) {
			if x, y := d.middle(p.segment, i); d.home.Contains(x, y) {
				d.labels.Begin(uint64(p.ids[i]))
				d.labels.tags(i)
				d.labels.Point(d.point(int64(x), int64(y)))
				d.labels.End(mvt.Point)
			}
		}
	}
	if kind == 0 {
		// Too small for the tile's grid, or a point: it shows where it is counted.
		if !at {
			return
		}
		kind = mvt.Point
		d.main.Begin(uint64(p.ids[i]))
		d.main.Point(d.point(int64(a.X), int64(a.Y)))
	}
	d.main.tags(i)
	d.main.End(kind)
}

// abbreviated writes a count as map clients know it: 950, 1.2k, 12k, 3.4M.
func abbreviated(dst []byte, n uint64) []byte {
	tenths := func(t uint64) []byte {
		dst = strconv.AppendUint(dst, t/10, 10)
		if t%10 != 0 {
			dst = append(dst, '.', byte('0'+t%10))
		}
		return dst
	}
	switch {
	case n < 1000:
		return strconv.AppendUint(dst, n, 10)
	case n < 10000:
		return append(tenths((n+50)/100), 'k')
	case n < 1000000:
		return append(strconv.AppendUint(dst, (n+500)/1000, 10), 'k')
	}
	return append(tenths((n+50000)/100000), 'M')
}
