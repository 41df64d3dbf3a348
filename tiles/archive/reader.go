package archive

import (
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"sort"
	"sync"

	"github.com/paulmach/orb/maptile"

	"onemap/layers/fault"
)

// Limits of what a reader takes out of a file into memory, bytes after decompression.
const (
	directoryLimit = 64 << 20
	metadataLimit  = 16 << 20
	tileLimit      = 64 << 20
)

const (
	depth      = 4  // root directory and three rows of leaves
	leavesKept = 64 // leaf directories in memory
)

// Reader reads an archive. Its methods may be used by several at once.
type Reader struct {
	Header

	file  io.ReaderAt
	close func() error
	root  []entry

	mu     sync.Mutex
	leaves map[uint64][]entry // by offset
}

// Open opens an archive. The error is NotFound where there is no such file, Invalid where
// it is no archive or a damaged one, and Unsupported for a kind that is not read.
func Open(name string) (*Reader, error) {
	f, err := os.Open(name)
	if err != nil {
		code := fault.Unavailable
		if errors.Is(err, os.ErrNotExist) {
			code = fault.NotFound
		}
		return nil, fault.Wrap(err, code, "The archive can't be opened")
	}
	info, err := f.Stat()
	if err == nil {
		var r *Reader
		if r, err = NewReader(f, info.Size()); err == nil {
			r.close = f.Close
			return r, nil
		}
	}
	f.Close()
	return nil, err
}

// NewReader reads an archive out of a file of that size in bytes. Errors are those of Open.
func NewReader(file io.ReaderAt, size int64) (*Reader, error) {
	r := &Reader{file: file, leaves: map[uint64][]entry{}}
	head := make([]byte, min(headerSize, size))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.Wrap(err, fault.Unavailable, "The archive can't be read")
	}
	var err error
	if r.Header, err = parseHeader(head, uint64(size)); err != nil {
		return nil, err
	}
	r.root, err = r.directory(r.Header.root)
	return r, err
}

// Close closes the file that Open has opened.
func (r *Reader) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}

// read takes a part of the file that the header's checks have found to be in it.
func (r *Reader) read(s section) ([]byte, error) {
	b := make([]byte, s.Length)
	if n, err := r.file.ReadAt(b, int64(s.Offset)); n < len(b) {
		return nil, fault.Wrap(err, fault.Unavailable, "The archive can't be read")
	}
	return b, nil
}

func (r *Reader) directory(s section) ([]entry, error) {
	packed, err := r.read(s)
	if err != nil {
		return nil, err
	}
	plain, err := unpack(packed, r.Internal, directoryLimit)
	if err != nil {
		return nil, err
	}
	return parseDirectory(plain, r.data.Length, r.Header.leaves.Length)
}

// leaf returns the leaf directory of a pointer, whose ids begin with the pointer's.
func (r *Reader) leaf(pointer entry) ([]entry, error) {
	r.mu.Lock()
	entries := r.leaves[pointer.Offset]
	r.mu.Unlock()
	if entries == nil {
		var err error
		if entries, err = r.directory(section{r.Header.leaves.Offset + pointer.Offset, uint64(pointer.Length)}); err != nil {
			return nil, err
		}
		r.mu.Lock()
		if len(r.leaves) >= leavesKept {
			clear(r.leaves)
		}
		r.leaves[pointer.Offset] = entries
		r.mu.Unlock()
	}
	if entries[0].ID < pointer.ID {
		return nil, broken("a leaf directory begins with id %d, before its pointer's %d.", entries[0].ID, pointer.ID)
	}
	return entries, nil
}

// Packed returns a tile as it is in the archive, compressed as Tiles says; no bytes where
// it holds none.
func (r *Reader) Packed(t maptile.Tile) ([]byte, error) {
	if !t.Valid() || int(t.Z) < r.MinZoom || int(t.Z) > r.MaxZoom {
		return nil, nil
	}
	id, entries := ID(t), r.root
	for range depth {
		i := sort.Search(len(entries), func(i int) bool { return entries[i].ID > id }) - 1
		if i < 0 {
			return nil, nil
		}
		e := entries[i]
		if e.Run > 0 {
			if id-e.ID >= uint64(e.Run) {
				return nil, nil
			}
			return r.content(e)
		}
		var err error
		if entries, err = r.leaf(e); err != nil {
			return nil, err
		}
	}
	return nil, broken("its directories are more than %d deep.", depth)
}

func (r *Reader) content(e entry) ([]byte, error) {
	if e.Length > tileLimit {
		return nil, broken("a tile is said to have %d bytes.", e.Length)
	}
	return r.read(section{r.data.Offset + e.Offset, uint64(e.Length)})
}

// Tile returns a tile's bytes without compression; none where the archive holds none. The
// error is Unsupported where tiles are compressed in a way that is not read.
func (r *Reader) Tile(t maptile.Tile) ([]byte, error) {
	packed, err := r.Packed(t)
	if err != nil || len(packed) == 0 {
		return nil, err
	}
	return r.Unpack(packed)
}

// Unpack takes the archive's compression off a tile of it.
func (r *Reader) Unpack(packed []byte) ([]byte, error) {
	if r.Tiles != Gzip && r.Tiles != None {
		return nil, fault.New(fault.Unsupported, "The archive's tiles are compressed in a way (%d) that is not read; gzip and none are.", r.Tiles)
	}
	return unpack(packed, r.Tiles, tileLimit)
}

// Content is what the archive holds for one tile, compressed as Tiles says.
type Content struct {
	Tile   maptile.Tile
	ID     uint64
	Packed []byte
}

// All goes over all tiles in the order of their ids. An error ends it.
func (r *Reader) All() iter.Seq2[Content, error] {
	return func(yield func(Content, error) bool) {
		w := walk{r: r, yield: yield}
		if err := w.directory(r.root, depth); err != nil && !w.left {
			yield(Content{}, err)
		}
	}
}

// walk is one going over all tiles.
type walk struct {
	r     *Reader
	yield func(Content, error) bool
	next  uint64 // least id that may come
	left  bool   // nobody takes more
}

func (w *walk) directory(entries []entry, deep int) error {
	if deep == 0 {
		return broken("its directories are more than %d deep.", depth)
	}
	for _, e := range entries {
		if e.ID < w.next {
			return broken("the id %d comes after id %d.", e.ID, w.next-1)
		}
		if e.Run == 0 {
			leaf, err := w.r.leaf(e)
			if err == nil {
				err = w.directory(leaf, deep-1)
			}
			if err != nil || w.left {
				return err
			}
			continue
		}
		packed, err := w.r.content(e)
		if err != nil {
			return err
		}
		for i := range uint64(e.Run) {
			t, _ := Tile(e.ID + i)
			if w.left = !w.yield(Content{Tile: t, ID: e.ID + i, Packed: packed}, nil); w.left {
				return nil
			}
		}
		w.next = e.ID + uint64(e.Run)
	}
	return nil
}

// Metadata reads the archive's JSON metadata into a value.
func (r *Reader) Metadata(into any) error {
	if r.metadata.Length == 0 {
		return nil
	}
	if r.metadata.Length > metadataLimit {
		return broken("its metadata are said to have %d bytes.", r.metadata.Length)
	}
	packed, err := r.read(r.metadata)
	if err != nil {
		return err
	}
	plain, err := unpack(packed, r.Internal, metadataLimit)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return broken("its metadata are no JSON of the right form.")
	}
	return nil
}
