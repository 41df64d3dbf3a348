// Package archive keeps tiles in one file: PMTiles version 3, written and read, and MBTiles,
// written. An archive is baked from any maker of tiles, holds each content once, and is put
// in place when it is finished; a baking that was broken off goes on where it stood.
//
// Source: PMTiles Version 3 Specification, Protomaps; MBTiles 1.3, Mapbox.
package archive

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"

	"onemap/layers/fault"
)

const (
	magic      = "PMTiles"
	version    = 3
	headerSize = 127
	rootEnd    = 16 << 10 // a reader fetches header and root directory with its first 16 KiB
)

// Compression of directories and metadata, or of tiles.
type Compression byte

// The compressions of the format. This package reads None and Gzip.
const (
	None Compression = 1
	Gzip Compression = 2
)

// MVT is the type of tiles that hold Mapbox Vector Tiles.
const MVT = 1

// section is a part of the file: offset from its beginning and length, in bytes.
type section struct{ Offset, Length uint64 }

// Header is the head of an archive.
type Header struct {
	root, metadata, leaves, data section

	Addressed uint64 // tiles that have an address
	Entries   uint64 // entries of directories that stand for tiles
	Contents  uint64 // different contents

	Clustered bool        // contents lie in the order of tile ids
	Internal  Compression // of directories and metadata
	Tiles     Compression
	Type      byte

	MinZoom, MaxZoom int
	Bound            orb.Bound // longitude and latitude, degrees
	Center           orb.Point
	CenterZoom       int
}

// bytes is the header as it stands in the file, 127 bytes, little endian.
func (h Header) bytes() []byte {
	b := append(make([]byte, 0, headerSize), magic...)
	b = append(b, version)
	for _, s := range []section{h.root, h.metadata, h.leaves, h.data} {
		b = binary.LittleEndian.AppendUint64(b, s.Offset)
		b = binary.LittleEndian.AppendUint64(b, s.Length)
	}
	for _, n := range []uint64{h.Addressed, h.Entries, h.Contents} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	clustered := byte(0)
	if h.Clustered {
		clustered = 1
	}
	b = append(b, clustered, byte(h.Internal), byte(h.Tiles), h.Type, byte(h.MinZoom), byte(h.MaxZoom))
	for _, p := range []orb.Point{h.Bound.Min, h.Bound.Max} {
		b = appendPoint(b, p)
	}
	b = append(b, byte(h.CenterZoom))
	return appendPoint(b, h.Center)
}

// Positions stand as degrees × 10⁷.
const perDegree = 1e7

func appendPoint(b []byte, p orb.Point) []byte {
	for _, v := range p {
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(v*perDegree))))
	}
	return b
}

func readPoint(b []byte) orb.Point {
	at := func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) / perDegree }
	return orb.Point{at(b), at(b[4:])}
}

// broken is the error of a file that can't be an archive, or is damaged.
func broken(format string, args ...any) error {
	return fault.New(fault.Invalid, "The archive is damaged: "+format, args...)
}

// parseHeader reads a header and checks it against the size of the file. The error is
// Invalid where the file is no archive or damaged, Unsupported for a kind this package
// does not read.
func parseHeader(b []byte, size uint64) (h Header, err error) {
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return h, fault.New(fault.Invalid, "The file is no PMTiles archive.")
	}
	if b[7] != version {
		return h, fault.New(fault.Unsupported, "The archive is PMTiles version %d; only version %d is read.", b[7], version)
	}
	for i, part := range []struct {
		name string
		*section
	}{{"root directory", &h.root}, {"metadata", &h.metadata}, {"leaf directories", &h.leaves}, {"tiles", &h.data}} {
		part.Offset = binary.LittleEndian.Uint64(b[8+16*i:])
		part.Length = binary.LittleEndian.Uint64(b[16+16*i:])
		if part.Length > 0 && (part.Offset < headerSize || part.Offset > size || part.Length > size-part.Offset) {
			return h, broken("the %s are said to be %d bytes at %d of a file of %d bytes.", part.name, part.Length, part.Offset, size)
		}
	}
	if h.root.Length == 0 || h.root.Offset+h.root.Length > rootEnd {
		return h, broken("the root directory does not end within the first %d bytes.", rootEnd)
	}
	h.Addressed, h.Entries, h.Contents = binary.LittleEndian.Uint64(b[72:]), binary.LittleEndian.Uint64(b[80:]), binary.LittleEndian.Uint64(b[88:])
	h.Clustered, h.Internal, h.Tiles, h.Type = b[96] == 1, Compression(b[97]), Compression(b[98]), b[99]
	h.MinZoom, h.MaxZoom = int(b[100]), int(b[101])
	h.Bound = orb.Bound{Min: readPoint(b[102:]), Max: readPoint(b[110:])}
	h.CenterZoom, h.Center = int(b[118]), readPoint(b[119:])
	if h.Internal != None && h.Internal != Gzip {
		return h, fault.New(fault.Unsupported, "The archive's directories are compressed in a way (%d) that is not read; gzip and none are.", h.Internal)
	}
	if h.MinZoom > h.MaxZoom || h.MaxZoom > MaxZoom {
		return h, broken("its zooms are said to be %d to %d.", h.MinZoom, h.MaxZoom)
	}
	return h, nil
}
