package tiles

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Type is the media type of a tile, as registered for Mapbox Vector Tiles.
const Type = "application/vnd.mapbox-vector-tile"

// Encodings are the content codings that a client takes (RFC 9110, 8.4.1; RFC 8878; RFC 7932).
type Encodings uint8

// The content codings, the one that is sent where several are taken first: by what they
// cost to make, as tiles are made much more often than their size differs.
const (
	Zstd Encodings = 1 << iota
	Gzip
	Brotli
)

// Levels of compression. On a dense tile gzip's level 6 costs twice its level 1 and sends
// a tenth less.
const (
	gzipLevel   = 1
	brotliLevel = 2
)

// coding is one content coding.
type coding struct {
	bit      Encodings
	name     string // of Content-Encoding
	compress func([]byte) []byte
}

var codings = [...]coding{{Zstd, "zstd", packZstd}, {Gzip, "gzip", packGzip}, {Brotli, "br", packBrotli}}

// Body is a finished tile. All its methods may be used by several requests at once.
type Body struct {
	plain  Representation // with its ETag
	hash   string
	packed [len(codings)]struct {
		once sync.Once
		rep  Representation
	}
}

// NewBody makes a Body of a tile's bytes, which the caller gives away.
func NewBody(plain []byte) *Body {
	hash := strconv.FormatUint(xxhash.Sum64(plain), 16)
	return &Body{plain: Representation{Bytes: plain, ETag: `"` + hash + `"`}, hash: hash}
}

// Representation is a tile as one client takes it.
type Representation struct {
	Bytes    []byte
	Encoding string // Content-Encoding, or empty for identity
	ETag     string // strong, with its quotes
}

// As returns the representation for a client that takes some encodings. Each has an ETag
// of its own, as RFC 9110 section 8.8.1 asks of strong validators: equal tags mean equal
// bytes. A tile that compression does not shorten, such as an empty one, is sent as it is.
// Compression happens once, with the first client that asks for it.
func (b *Body) As(taken Encodings) Representation {
	for i, c := range codings {
		if taken&c.bit == 0 {
			continue
		}
		p := &b.packed[i]
		p.once.Do(func() {
			if packed := c.compress(b.plain.Bytes); len(packed) < b.Len() {
				p.rep = Representation{Bytes: packed, Encoding: c.name, ETag: `"` + b.hash + "-" + c.name + `"`}
			}
		})
		if p.rep.Encoding != "" {
			return p.rep
		}
		break
	}
	return b.plain
}

// Len returns the length of the tile in bytes before compression.
func (b *Body) Len() int { return len(b.plain.Bytes) }

var gzips = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzipLevel)
	if err != nil {
		panic(fmt.Sprintf("gzip level %d: %v", gzipLevel, err))
	}
	return w
}}

func packGzip(plain []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(plain)/2 + 64)
	w := gzips.Get().(*gzip.Writer)
	defer gzips.Put(w)
	w.Reset(&out)
	_, _ = w.Write(plain) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

var zstds = sync.OnceValue(func() *zstd.Encoder {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		panic(err)
	}
	return w
})

func packZstd(plain []byte) []byte {
	return zstds().EncodeAll(plain, make([]byte, 0, len(plain)/2+64))
}

var brotlis = sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, brotliLevel) }}

func packBrotli(plain []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(plain)/2 + 64)
	w := brotlis.Get().(*brotli.Writer)
	defer brotlis.Put(w)
	w.Reset(&out)
	_, _ = w.Write(plain)
	_ = w.Close()
	return out.Bytes()
}
