package archive

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// level is the compression: an archive is written once, and carried and read often.
const level = 9

var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, level)
	if err != nil {
		panic(fmt.Sprintf("gzip level %d: %v", level, err))
	}
	return w
}}

// Pack compresses bytes with gzip. Equal bytes give equal bytes.
func Pack(plain []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(plain)/2 + 64)
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&out)
	_, _ = w.Write(plain) // a buffer takes all
	_ = w.Close()
	return out.Bytes()
}

// unpack undoes a compression. The error is Invalid where the bytes are no gzip or more
// than limit bytes come out.
func unpack(b []byte, c Compression, limit int64) ([]byte, error) {
	if c != Gzip {
		return b, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, broken("a part of it is no gzip.")
	}
	plain, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, broken("a part of it can't be decompressed.")
	}
	if int64(len(plain)) > limit {
		return nil, broken("a part of it is more than %d bytes when decompressed.", limit)
	}
	return plain, nil
}
