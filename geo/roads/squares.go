package roads

import "math"

// squares find the pieces of lines near a place: a grid over the plane, its rows
// compressed. A piece is named by its first vertex.
type squares struct {
	min        [2]float64
	side       float64 // metres of the plane
	cols, rows int32
	first      []int32 // of each square, its first piece; one more at the end
	pieces     []int32
}

const (
	smallestSquare = 60.0    // metres
	mostSquares    = 1 << 22 // a stray edge far away must not make the grid huge
)

func newSquares(g *Graph) squares {
	s := squares{min: [2]float64{math.Inf(1), math.Inf(1)}, side: smallestSquare}
	limit := [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, p := range g.at {
		for k := range p {
			s.min[k], limit[k] = min(s.min[k], p[k]), max(limit[k], p[k])
		}
	}
	if len(g.at) == 0 {
		return squares{side: smallestSquare, first: make([]int32, 1)}
	}
	width, height := limit[0]-s.min[0], limit[1]-s.min[1]
	most := min(float64(mostSquares), 1024+2*float64(len(g.at)))
	for (width/s.side+1)*(height/s.side+1) > most {
		s.side *= 1.25
	}
	s.cols, s.rows = int32(width/s.side)+1, int32(height/s.side)+1
	s.first = make([]int32, s.cols*s.rows+1)
	each := func(f func(square, v int32)) {
		for i := range g.edges {
			for v := g.start[i]; v+1 < g.start[i+1]; v++ {
				s.across(g.at[v], g.at[v+1], func(square int32) { f(square, v) })
			}
		}
	}
	each(func(square, _ int32) { s.first[square+1]++ })
	for i := range s.cols * s.rows {
		s.first[i+1] += s.first[i]
	}
	s.pieces = make([]int32, s.first[s.cols*s.rows])
	free := append([]int32(nil), s.first...)
	each(func(square, v int32) {
		s.pieces[free[square]] = v
		free[square]++
	})
	return s
}

func (s *squares) column(x float64) int32 { return squareOf((x-s.min[0])/s.side, s.cols) }
func (s *squares) row(y float64) int32    { return squareOf((y-s.min[1])/s.side, s.rows) }

func squareOf(v float64, n int32) int32 {
	return int32(min(max(v, 0), float64(n-1)))
}

// across calls f for the squares that a piece passes, and at its sides for some more.
func (s *squares) across(a, b [2]float64, f func(square int32)) {
	if a[0] > b[0] {
		a, b = b, a
	}
	c0, c1 := s.column(a[0]), s.column(b[0])
	for c := c0; c <= c1; c++ {
		y0, y1 := a[1], b[1]
		if c0 != c1 { // the heights at the column's sides, within the piece
			slope := (b[1] - a[1]) / (b[0] - a[0])
			left := s.min[0] + float64(c)*s.side
			if c > c0 {
				y0 = a[1] + (left-a[0])*slope
			}
			if c < c1 {
				y1 = a[1] + (left+s.side-a[0])*slope
			}
		}
		for r, last := s.row(min(y0, y1)-1e-6), s.row(max(y0, y1)+1e-6); r <= last; r++ {
			f(r*s.cols + c)
		}
	}
}
