// Package mvt writes Mapbox Vector Tiles 2.1 by appending: one Writer makes one layer of a
// tile after another without allocating for a feature. It also brings geometry into a
// tile's grid: rings and lines are clipped to a box and kept valid.
package mvt

import (
	"encoding/binary"
	"math"
)

// GeomType is the type of a feature's geometry (MVT 2.1, 4.3.4).
type GeomType byte

// The geometry types.
const (
	Point      GeomType = 1
	LineString GeomType = 2
	Polygon    GeomType = 3
)

// Vertex is a position in tile units, x to the right and y downwards.
type Vertex struct{ X, Y int32 }

// Protobuf keys (field number and wire type) of the messages Layer and Feature.
const (
	tileLayer       = 3<<3 | 2
	layerName       = 1<<3 | 2
	layerFeature    = 2<<3 | 2
	layerKey        = 3<<3 | 2
	layerValue      = 4<<3 | 2
	layerExtent     = 5 << 3
	layerVersion    = 15 << 3
	featureID       = 1 << 3
	featureTags     = 2<<3 | 2
	featureType     = 3 << 3
	featureGeometry = 4<<3 | 2
)

// Commands of a geometry (MVT 2.1, 4.3.1).
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// Writer collects the features of one layer. Reset starts a layer, AppendTo ends it; in
// between come keys, values and features. A Writer may be used again and again, which
// spares its buffers; it may not be used by two at once.
type Writer struct {
	name     string
	extent   uint32
	keys     []byte
	values   []byte
	features []byte
	nKeys    uint32
	nValues  uint32
	count    int

	id     uint64
	tags   []byte
	geom   []byte
	cursor Vertex
}

// Reset starts a layer of that name whose tile is extent units wide.
func (w *Writer) Reset(name string, extent uint32) {
	w.name, w.extent = name, extent
	w.keys, w.values, w.features = w.keys[:0], w.values[:0], w.features[:0]
	w.nKeys, w.nValues, w.count = 0, 0, 0
}

// Count is the number of features so far.
func (w *Writer) Count() int { return w.count }

// Key adds an attribute's name and returns its number. Each name is to be added once.
func (w *Writer) Key(name string) uint32 {
	w.keys = append(w.keys, layerKey)
	w.keys = binary.AppendUvarint(w.keys, uint64(len(name)))
	w.keys = append(w.keys, name...)
	w.nKeys++
	return w.nKeys - 1
}

// Value adds an attribute's value, made by AppendText and the like, and returns its number.
func (w *Writer) Value(message []byte) uint32 {
	w.values = append(w.values, layerValue)
	w.values = binary.AppendUvarint(w.values, uint64(len(message)))
	w.values = append(w.values, message...)
	w.nValues++
	return w.nValues - 1
}

// Begin starts a feature.
func (w *Writer) Begin(id uint64) {
	w.id = id
	w.tags, w.geom = w.tags[:0], w.geom[:0]
	w.cursor = Vertex{}
}

// Tag gives the feature an attribute, by the numbers of its key and value.
func (w *Writer) Tag(key, value uint32) {
	w.tags = appendUvarint(w.tags, key)
	w.tags = appendUvarint(w.tags, value)
}

// Point makes the feature a point. It is called once: several points would be one command.
func (w *Writer) Point(v Vertex) {
	w.geom = append(w.geom, 1<<3|moveTo)
	w.to(v)
}

// Line adds a line of at least two vertices.
func (w *Writer) Line(line []Vertex) {
	w.geom = append(w.geom, 1<<3|moveTo)
	w.to(line[0])
	w.geom = appendUvarint(w.geom, uint32(len(line)-1)<<3|lineTo)
	for _, v := range line[1:] {
		w.to(v)
	}
}

// Ring adds a ring of at least three vertices; the last is not the first again. Outer
// rings run clockwise as seen on the screen, inner ones follow theirs the other way round.
func (w *Writer) Ring(ring []Vertex) {
	w.Line(ring)
	w.geom = append(w.geom, 1<<3|closePath)
}

func (w *Writer) to(v Vertex) {
	w.geom = appendUvarint(w.geom, zigzag(v.X-w.cursor.X))
	w.geom = appendUvarint(w.geom, zigzag(v.Y-w.cursor.Y))
	w.cursor = v
}

// End finishes the feature. One without geometry is left out.
func (w *Writer) End(t GeomType) {
	if len(w.geom) == 0 {
		return
	}
	length := 1 + size(w.id) + 2 + 1 + size(uint64(len(w.geom))) + len(w.geom)
	if len(w.tags) > 0 {
		length += 1 + size(uint64(len(w.tags))) + len(w.tags)
	}
	f := append(w.features, layerFeature)
	f = appendUvarint(f, uint32(length))
	f = append(f, featureID)
	f = binary.AppendUvarint(f, w.id)
	if len(w.tags) > 0 {
		f = append(f, featureTags)
		f = appendUvarint(f, uint32(len(w.tags)))
		f = append(f, w.tags...)
	}
	f = append(f, featureType, byte(t), featureGeometry)
	f = appendUvarint(f, uint32(len(w.geom)))
	w.features = append(f, w.geom...)
	w.count++
}

// Len is the number of bytes that AppendTo adds: none without features.
func (w *Writer) Len() int {
	if w.count == 0 {
		return 0
	}
	n := w.inner()
	return 1 + size(uint64(n)) + n
}

func (w *Writer) inner() int {
	return 2 + 1 + size(uint64(len(w.name))) + len(w.name) + len(w.features) + len(w.keys) + len(w.values) + 1 + size(uint64(w.extent))
}

// AppendTo appends the layer, as a field of the message Tile, and returns the longer
// slice. A layer without features adds nothing (MVT 2.1, 4.1: a layer should have one).
func (w *Writer) AppendTo(dst []byte) []byte {
	if w.count == 0 {
		return dst
	}
	dst = append(dst, tileLayer)
	dst = binary.AppendUvarint(dst, uint64(w.inner()))
	dst = append(dst, layerVersion, 2, layerName)
	dst = binary.AppendUvarint(dst, uint64(len(w.name)))
	dst = append(dst, w.name...)
	dst = append(dst, w.features...)
	dst = append(dst, w.keys...)
	dst = append(dst, w.values...)
	dst = append(dst, layerExtent)
	return binary.AppendUvarint(dst, uint64(w.extent))
}

// AppendText appends a Value message with a string.
func AppendText(dst []byte, s string) []byte {
	dst = append(dst, 1<<3|2)
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// AppendNumber appends a Value message with a double.
func AppendNumber(dst []byte, v float64) []byte {
	dst = append(dst, 3<<3|1)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

// AppendInteger appends a Value message with an integer: as uint, or as sint below zero.
func AppendInteger(dst []byte, n int64) []byte {
	if n < 0 {
		dst = append(dst, 6<<3)
		return binary.AppendVarint(dst, n)
	}
	dst = append(dst, 5<<3)
	return binary.AppendUvarint(dst, uint64(n))
}

// AppendBool appends a Value message with a boolean.
func AppendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 7<<3, 1)
	}
	return append(dst, 7<<3, 0)
}

func zigzag(n int32) uint32 { return uint32(n<<1) ^ uint32(n>>31) }

// appendUvarint is binary.AppendUvarint with the common short forms first.
func appendUvarint(dst []byte, v uint32) []byte {
	switch {
	case v < 1<<7:
		return append(dst, byte(v))
	case v < 1<<14:
		return append(dst, byte(v)|0x80, byte(v>>7))
	}
	return binary.AppendUvarint(dst, uint64(v))
}

// size is the length of a varint in bytes.
func size(v uint64) int {
	n := 1
	for v >= 1<<7 {
		v >>= 7
		n++
	}
	return n
}
