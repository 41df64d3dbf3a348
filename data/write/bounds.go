package write

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"

	"onemap/layers/fault"
)

// bounds is the box of a geometry in well-known binary as PostGIS writes it for two
// dimensions; ok is false where it has no points. It builds no geometry.
func bounds(wkb []byte) (box orb.Bound, ok bool, err error) {
	s := scan{box: orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}}
	if rest := s.geometry(wkb, 0); s.broken || len(rest) != 0 {
		return box, false, fault.New(fault.Internal, "A geometry from the database can't be read")
	}
	return s.box, s.box.Min[0] <= s.box.Max[0], nil
}

type scan struct {
	box    orb.Bound
	broken bool
}

func (s *scan) geometry(b []byte, depth int) []byte {
	if len(b) < 5 || depth > 4 || b[0] > 1 {
		s.broken = true
		return nil
	}
	order := binary.ByteOrder(binary.BigEndian)
	if b[0] == 1 {
		order = binary.LittleEndian
	}
	kind := order.Uint32(b[1:])
	b = b[5:]
	switch kind {
	case 1:
		return s.points(b, order, 1)
	case 2:
		n, b := s.count(b, order)
		return s.points(b, order, n)
	case 3:
		n, b := s.count(b, order)
		for i := 0; i < n && !s.broken; i++ {
			var m int
			m, b = s.count(b, order)
			b = s.points(b, order, m)
		}
		return b
	case 4, 5, 6, 7:
		n, b := s.count(b, order)
		for i := 0; i < n && !s.broken; i++ {
			b = s.geometry(b, depth+1)
		}
		return b
	}
	s.broken = true
	return nil
}

func (s *scan) count(b []byte, order binary.ByteOrder) (int, []byte) {
	if len(b) < 4 {
		s.broken = true
		return 0, nil
	}
	return int(order.Uint32(b)), b[4:]
}

func (s *scan) points(b []byte, order binary.ByteOrder, n int) []byte {
	if len(b)/16 < n {
		s.broken = true
		return nil
	}
	for range n {
		x, y := math.Float64frombits(order.Uint64(b)), math.Float64frombits(order.Uint64(b[8:]))
		b = b[16:]
		if x == x && y == y {
			s.box.Min[0], s.box.Min[1] = min(s.box.Min[0], x), min(s.box.Min[1], y)
			s.box.Max[0], s.box.Max[1] = max(s.box.Max[0], x), max(s.box.Max[1], y)
		}
	}
	return b
}
