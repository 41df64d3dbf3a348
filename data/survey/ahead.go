package survey

import (
	"github.com/paulmach/orb"

	"onemap/data/read"
)

// Rows are handed on in bundles of so many rows, or of so many bytes of text and
// positions, whichever comes first, and so many bundles wait at most: the reader is kept
// busy in memory that stays bounded however large a row is.
const (
	bundleRows     = 256
	bundleBytes    = 1 << 20
	bundlesWaiting = 2
)

// bundle is some rows of a file, in their order, and how far the file has been read.
type bundle struct {
	rows        []*read.Row
	done, total int64
	err         error // after the rows; io.EOF at the end of the file
}

// ahead reads a file in a goroutine of its own. The last bundle has an error. stop ends
// it, and has to be called before the source is used again.
func ahead(in read.Source) (bundles <-chan bundle, stop func()) {
	out, quit := make(chan bundle, bundlesWaiting), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			b := fill(in)
			select {
			case out <- b:
			case <-quit:
				return
			}
			if b.err != nil {
				return
			}
		}
	}()
	return out, func() {
		close(quit)
		<-ended
	}
}

func fill(in read.Source) bundle {
	b := bundle{rows: make([]*read.Row, 0, bundleRows)}
	for size := 0; len(b.rows) < bundleRows && size < bundleBytes; {
		row, err := in.Next()
		if err != nil {
			b.err = err
			break
		}
		b.rows = append(b.rows, row)
		size += weight(row)
	}
	b.done, b.total = in.Progress()
	return b
}

// weight is about how many bytes a row takes.
func weight(row *read.Row) int {
	n := 64 + 32*len(row.Values)
	for i := range row.Values {
		n += len(row.Values[i].Raw)
	}
	return n + 16*points(row.Geometry)
}

// points counts the points of a geometry.
func points(g orb.Geometry) (n int) {
	eachPart(g, func(part []orb.Point) bool {
		n += len(part)
		return true
	})
	return n
}

// onEarth reports whether all points of a geometry are longitudes and latitudes.
func onEarth(g orb.Geometry) bool {
	return eachPart(g, func(part []orb.Point) bool {
		for _, p := range part {
			if !(p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90) {
				return false
			}
		}
		return true
	})
}

// eachPart calls f with the points of each point, line and ring of a geometry until it
// returns false, and reports whether it never did.
func eachPart(g orb.Geometry, f func([]orb.Point) bool) bool {
	switch g := g.(type) {
	case orb.Point:
		return f([]orb.Point{g})
	case orb.MultiPoint:
		return f(g)
	case orb.LineString:
		return f(g)
	case orb.Ring:
		return f(g)
	case orb.MultiLineString:
		for _, line := range g {
			if !f(line) {
				return false
			}
		}
	case orb.Polygon:
		for _, ring := range g {
			if !f(ring) {
				return false
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			if !eachPart(p, f) {
				return false
			}
		}
	case orb.Collection:
		for _, member := range g {
			if !eachPart(member, f) {
				return false
			}
		}
	}
	return true
}
