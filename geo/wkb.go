package geo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// maxDepth bounds collections inside collections in the geometry readers.
const maxDepth = 16

// GeoJSONOptions say how AppendGeoJSON writes coordinates.
type GeoJSONOptions struct {
	// SwapAxes writes the second ordinate first: latitude, longitude for EPSG:4490.
	SwapAxes bool
	// Digits is the number of decimals, 1 to 9; trailing zeros are left out.
	// Zero means 7, which is about a centimetre in degrees.
	Digits int
}

// errWKBShort is given for bytes that end before their geometry does.
var errWKBShort = errors.New("well-known binary ends in the middle of a geometry")

// AppendGeoJSON appends to dst the GeoJSON text (RFC 7946 section 3.1) of one
// geometry given as WKB or EWKB (OGC 06-103r4 clause 8, PostGIS), and returns the
// longer slice. Z and M are left out; an empty point gets empty coordinates. Nothing
// is allocated besides dst. It returns dst unchanged and an error for truncated or
// trailing bytes, curves and surfaces, nesting over 16, and ordinates that are not finite.
func AppendGeoJSON(dst, wkb []byte, opts GeoJSONOptions) ([]byte, error) {
	if opts.Digits == 0 {
		opts.Digits = 7
	}
	if opts.Digits < 1 || opts.Digits > 9 {
		return dst, fmt.Errorf("%d decimals were asked for; 1 to 9 are possible", opts.Digits)
	}
	w := wkbText{src: wkb, opts: opts, scale: math.Pow10(opts.Digits)}
	out := w.geometry(dst, 0)
	if w.err == nil && len(w.src) != 0 {
		w.err = fmt.Errorf("%d bytes follow the geometry in well-known binary", len(w.src))
	}
	if w.err != nil {
		return dst, w.err
	}
	return out, nil
}

// wkbText walks WKB and writes GeoJSON. The first error stays.
type wkbText struct {
	src   []byte
	opts  GeoJSONOptions
	scale float64
	err   error
}

// wkbHead is what starts each geometry: byte order, kind, number of ordinates.
type wkbHead struct {
	order binary.ByteOrder
	kind  uint32
	size  int // bytes of one position
}

const (
	wkbPoint = iota + 1
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon
	wkbCollection
)

// wkbOpening is the text before the coordinates of each kind.
var wkbOpening = [...]string{
	wkbPoint:           `{"type":"Point","coordinates":`,
	wkbLineString:      `{"type":"LineString","coordinates":`,
	wkbPolygon:         `{"type":"Polygon","coordinates":`,
	wkbMultiPoint:      `{"type":"MultiPoint","coordinates":`,
	wkbMultiLineString: `{"type":"MultiLineString","coordinates":`,
	wkbMultiPolygon:    `{"type":"MultiPolygon","coordinates":`,
	wkbCollection:      `{"type":"GeometryCollection","geometries":`,
}

func (w *wkbText) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// head reads the start of a geometry. Dimension and SRID flags are those of EWKB,
// thousands in the kind those of ISO.
func (w *wkbText) head() wkbHead {
	if len(w.src) < 5 {
		w.fail(errWKBShort)
		return wkbHead{}
	}
	h := wkbHead{order: binary.BigEndian, size: 16}
	switch w.src[0] {
	case 0:
	case 1:
		h.order = binary.LittleEndian
	default:
		w.fail(fmt.Errorf("well-known binary starts with byte %d, not with a byte order of 0 or 1", w.src[0]))
		return wkbHead{}
	}
	h.kind = h.order.Uint32(w.src[1:])
	w.src = w.src[5:]
	z, m := h.kind&0x80000000 != 0, h.kind&0x40000000 != 0
	if h.kind&0x20000000 != 0 {
		if len(w.src) < 4 {
			w.fail(errWKBShort)
			return wkbHead{}
		}
		w.src = w.src[4:]
	}
	h.kind &= 0x0fffffff
	switch h.kind / 1000 {
	case 1:
		z = true
	case 2:
		m = true
	case 3:
		z, m = true, true
	}
	h.kind %= 1000
	if z {
		h.size += 8
	}
	if m {
		h.size += 8
	}
	if h.kind < wkbPoint || h.kind > wkbCollection {
		w.fail(fmt.Errorf("geometry kind %d has no GeoJSON form; make it points, lines or polygons first", h.kind))
	}
	return h
}

// count reads a number of members, each at least size bytes long, and refuses one
// that the bytes left cannot hold.
func (w *wkbText) count(h wkbHead, size int) int {
	if w.err != nil {
		return 0
	}
	if len(w.src) < 4 {
		w.fail(errWKBShort)
		return 0
	}
	n := h.order.Uint32(w.src)
	w.src = w.src[4:]
	if uint64(n)*uint64(size) > uint64(len(w.src)) {
		w.fail(errWKBShort)
		return 0
	}
	return int(n)
}

func (w *wkbText) geometry(dst []byte, depth int) []byte {
	if depth > maxDepth {
		w.fail(fmt.Errorf("collections are nested deeper than %d", maxDepth))
		return dst
	}
	h := w.head()
	if w.err != nil {
		return dst
	}
	dst = append(dst, wkbOpening[h.kind]...)
	switch h.kind {
	case wkbPoint, wkbLineString, wkbPolygon:
		dst = w.coordinates(dst, h)
	default:
		n := w.count(h, 5)
		dst = append(dst, '[')
		for i := 0; i < n && w.err == nil; i++ {
			if i > 0 {
				dst = append(dst, ',')
			}
			if h.kind == wkbCollection {
				dst = w.geometry(dst, depth+1)
				continue
			}
			member := w.head()
			if w.err == nil && member.kind != h.kind-3 {
				w.fail(fmt.Errorf("a geometry of kind %d has a member of kind %d", h.kind, member.kind))
			}
			dst = w.coordinates(dst, member)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// coordinates writes the nested arrays of a point, line or polygon.
func (w *wkbText) coordinates(dst []byte, h wkbHead) []byte {
	if w.err != nil {
		return dst
	}
	switch h.kind {
	case wkbPoint:
		if len(w.src) < h.size {
			w.fail(errWKBShort)
			return dst
		}
		if w.isEmptyPoint(h) {
			w.src = w.src[h.size:]
			return append(dst, '[', ']')
		}
		return w.position(dst, h)
	case wkbLineString:
		return w.line(dst, h)
	}
	n := w.count(h, 4)
	dst = append(dst, '[')
	for i := 0; i < n && w.err == nil; i++ {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = w.line(dst, h)
	}
	return append(dst, ']')
}

// isEmptyPoint reports whether the next position is all NaN, as PostGIS writes POINT EMPTY.
func (w *wkbText) isEmptyPoint(h wkbHead) bool {
	return math.IsNaN(math.Float64frombits(h.order.Uint64(w.src))) &&
		math.IsNaN(math.Float64frombits(h.order.Uint64(w.src[8:])))
}

func (w *wkbText) line(dst []byte, h wkbHead) []byte {
	n := w.count(h, h.size)
	dst = append(dst, '[')
	for i := 0; i < n && w.err == nil; i++ {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = w.position(dst, h)
	}
	return append(dst, ']')
}

// position writes the next position, of which enough bytes are known to be left.
func (w *wkbText) position(dst []byte, h wkbHead) []byte {
	x := math.Float64frombits(h.order.Uint64(w.src))
	y := math.Float64frombits(h.order.Uint64(w.src[8:]))
	w.src = w.src[h.size:]
	if w.opts.SwapAxes {
		x, y = y, x
	}
	dst = append(dst, '[')
	dst = w.number(dst, x)
	dst = append(dst, ',')
	dst = w.number(dst, y)
	return append(dst, ']')
}

// number writes v with at most opts.Digits decimals.
func (w *wkbText) number(dst []byte, v float64) []byte {
	scaled := math.Round(v * w.scale)
	if math.Abs(scaled) < 1<<53 {
		return appendDecimal(dst, int64(scaled), w.opts.Digits)
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		w.fail(fmt.Errorf("an ordinate is %v", v))
		return dst
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// appendDecimal writes n / 10^digits without trailing zeros.
func appendDecimal(dst []byte, n int64, digits int) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	var buf [24]byte
	end, i := len(buf), len(buf)
	for d := 0; d < digits; d++ {
		i--
		buf[i] = byte('0' + n%10)
		n /= 10
		if buf[i] == '0' && end == i+1 {
			end = i
		}
	}
	if end > i {
		i--
		buf[i] = '.'
	} else {
		end, i = len(buf), len(buf)
	}
	for {
		i--
		buf[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return append(dst, buf[i:end]...)
		}
	}
}
