package archive

import (
	"encoding/binary"
	"math"
)

// entry of a directory: Run tiles from ID on have the content at Offset of the tiles; or,
// where Run is 0, the ids from ID on are in the leaf directory at Offset of the leaves.
type entry struct {
	ID     uint64
	Offset uint64
	Length uint32
	Run    uint32
}

// appendDirectory writes a directory, not compressed: the number of entries, then column
// by column the steps between ids, the runs, the lengths, and the offsets plus one, 0 for
// the place right after the entry before.
func appendDirectory(b []byte, entries []entry) []byte {
	b = binary.AppendUvarint(b, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.ID-last)
		last = e.ID
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.Run))
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.Length))
	}
	next := uint64(math.MaxUint64) // the first entry has none before it
	for _, e := range entries {
		if e.Offset == next {
			b = append(b, 0)
		} else {
			b = binary.AppendUvarint(b, e.Offset+1)
		}
		next = e.Offset + uint64(e.Length)
	}
	return b
}

// parseDirectory reads a directory, not compressed, and checks it: ids rise and lie in the
// format's zooms, runs don't overlap, and what an entry points to lies within data or
// leaves, the lengths of those parts of the file. The error is Invalid.
func parseDirectory(b []byte, data, leaves uint64) ([]entry, error) {
	r := varints{b: b}
	n := r.next()
	if n == 0 || n > uint64(len(b))/4 { // an entry takes four bytes at least
		return nil, broken("a directory of %d bytes is said to have %d entries.", len(b), n)
	}
	entries := make([]entry, n)
	id, end := uint64(0), firstID(MaxZoom+1)
	for i := range entries {
		step := r.next()
		if step >= end-id || i > 0 && step == 0 {
			return nil, broken("the tile ids of a directory do not rise, or are beyond zoom %d.", MaxZoom)
		}
		id += step
		entries[i].ID = id
	}
	for i := range entries {
		e := &entries[i]
		limit := end
		if i+1 < len(entries) {
			limit = entries[i+1].ID
		}
		run := r.next()
		if run > math.MaxUint32 || run > limit-e.ID {
			return nil, broken("the run of %d tiles from id %d reaches beyond the next entry.", run, e.ID)
		}
		e.Run = uint32(run)
	}
	for i := range entries {
		length := r.next()
		if length == 0 || length > math.MaxUint32 {
			return nil, broken("the entry of id %d has a length of %d.", entries[i].ID, length)
		}
		entries[i].Length = uint32(length)
	}
	for i := range entries {
		e := &entries[i]
		switch at := r.next(); {
		case at > 0:
			e.Offset = at - 1
		case i > 0:
			e.Offset = entries[i-1].Offset + uint64(entries[i-1].Length)
		default:
			return nil, broken("the first entry of a directory has no offset.")
		}
		within := data
		if e.Run == 0 {
			within = leaves
		}
		if e.Offset > within || uint64(e.Length) > within-e.Offset {
			return nil, broken("the entry of id %d points to %d bytes at %d of a part of %d bytes.", e.ID, e.Length, e.Offset, within)
		}
	}
	if r.bad || len(r.b) > 0 {
		return nil, broken("a directory is cut off, or has bytes to spare.")
	}
	return entries, nil
}

// varints reads one varint after another; after a bad one all are 0.
type varints struct {
	b   []byte
	bad bool
}

func (r *varints) next() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[n:]
	return v
}

// directories arranges entries as one root of at most limit bytes, compressed, and, where
// they are too many for that, leaves under it.
func directories(entries []entry, limit int) (root, leaves []byte) {
	if root = Pack(appendDirectory(nil, entries)); len(root) <= limit {
		return root, nil
	}
	for size := 4096; ; size *= 2 {
		var pointers []entry
		leaves = leaves[:0]
		for i := 0; i < len(entries); i += size {
			leaf := Pack(appendDirectory(nil, entries[i:min(i+size, len(entries))]))
			pointers = append(pointers, entry{ID: entries[i].ID, Offset: uint64(len(leaves)), Length: uint32(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		if root = Pack(appendDirectory(nil, pointers)); len(root) <= limit {
			return root, leaves
		}
	}
}
