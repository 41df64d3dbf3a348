package mirror

import (
	"math"

	"onemap/geo"
	"onemap/layers"
)

// Features stand in blocks of 64, one word of a bit set; nodes above hold 16 of those below.
const (
	blockBits = 6
	fanBits   = 4
)

// node sums up a run of features.
type node struct {
	box    geo.WorldBox // of the geometries
	home   geo.WorldBox // of the anchors
	sumX   uint64       // of the anchors, from home's corner
	sumY   uint64
	minOwn uint8 // smallest and largest zoom at which one is drawn for itself
	maxOwn uint8
}

// tree is a packed box tree over a segment whose nodes also add up what is below them:
// it finds the features of a tile, and gathers those of a cell without visiting them.
type tree struct {
	levels [][]node   // [0]: blocks of 64 features; the last has one node
	codes  int        // entries of the styled field's dictionary; 0: nothing is styled
	counts [][]uint32 // [level][node × codes + code]
}

// span is the run of features below a node.
func span(level, k, n int) (from, to uint32) {
	shift := blockBits + level*fanBits
	return uint32(k << shift), uint32(min((k+1)<<shift, n))
}

// plant builds the tree of a segment.
func plant(s *segment) tree {
	n := s.len()
	if n == 0 {
		return tree{}
	}
	var t tree
	styled := s.styled()
	if styled != nil {
		t.codes = styled.distinct()
	}
	blocks := (n + 63) >> blockBits
	row := make([]node, blocks)
	counts := make([]uint32, blocks*t.codes)
	for b := range row {
		from, to := span(0, b, n)
		nd := empty
		for i := from; i < to; i++ {
			nd.box = union(nd.box, s.box(i))
			a := s.anchor[i]
			nd.home = union(nd.home, geo.WorldBox{MinX: a.X, MinY: a.Y, MaxX: a.X, MaxY: a.Y})
			nd.minOwn, nd.maxOwn = min(nd.minOwn, s.alone[i]), max(nd.maxOwn, s.alone[i])
			if styled != nil {
				counts[b*t.codes+int(styled.code(i))]++
			}
		}
		for i := from; i < to; i++ {
			nd.sumX += uint64(s.anchor[i].X - nd.home.MinX)
			nd.sumY += uint64(s.anchor[i].Y - nd.home.MinY)
		}
		row[b] = nd
	}
	t.levels, t.counts = append(t.levels, row), append(t.counts, counts)
	for len(row) > 1 {
		level := len(t.levels)
		above := make([]node, (len(row)+15)>>fanBits)
		sums := make([]uint32, len(above)*t.codes)
		for k := range above {
			nd := empty
			children := row[k<<fanBits : min((k+1)<<fanBits, len(row))]
			for j, c := range children {
				nd.box, nd.home = union(nd.box, c.box), union(nd.home, c.home)
				nd.minOwn, nd.maxOwn = min(nd.minOwn, c.minOwn), max(nd.maxOwn, c.maxOwn)
				for code := range t.codes {
					sums[k*t.codes+code] += t.counts[level-1][(k<<fanBits+j)*t.codes+code]
				}
			}
			for j, c := range children {
				from, to := span(level-1, k<<fanBits+j, n)
				nd.sumX += c.sumX + uint64(to-from)*uint64(c.home.MinX-nd.home.MinX)
				nd.sumY += c.sumY + uint64(to-from)*uint64(c.home.MinY-nd.home.MinY)
			}
			above[k] = nd
		}
		t.levels, t.counts = append(t.levels, above), append(t.counts, sums)
		row = above
	}
	return t
}

// styled is the column that gives colour and symbol, or nil.
func (s *segment) styled() *column {
	by := s.layer.By()
	if by == nil {
		return nil
	}
	c := s.column(by)
	if c == nil || c.raw != nil || c.distinct() > math.MaxUint8 {
		return nil
	}
	return c
}

// empty is the node of no features.
var empty = node{
	box:    geo.WorldBox{MinX: math.MaxUint32, MinY: math.MaxUint32},
	home:   geo.WorldBox{MinX: math.MaxUint32, MinY: math.MaxUint32},
	minOwn: math.MaxUint8,
}

func union(a, b geo.WorldBox) geo.WorldBox {
	return geo.WorldBox{MinX: min(a.MinX, b.MinX), MinY: min(a.MinY, b.MinY), MaxX: max(a.MaxX, b.MaxX), MaxY: max(a.MaxY, b.MaxY)}
}

// aloneAt is the first zoom at which a feature of that extent, in world units, is drawn
// for itself: see layers.Thin.
func aloneAt(l *layers.Layer, extent uint32) uint8 {
	if l.Thin == nil {
		return 0
	}
	for z := range l.Thin.Until + 1 {
		if l.Geometry != layers.Point && int64(extent) >= l.Thin.Threshold(z) {
			return uint8(z)
		}
	}
	return uint8(l.Thin.Until + 1)
}
