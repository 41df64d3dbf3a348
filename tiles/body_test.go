package tiles_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"onemap/tiles"
)

func TestBodyRepresentations(t *testing.T) {
	long := []byte(strings.Repeat("南通市 one map ", 500))
	tests := []struct {
		name     string
		plain    []byte
		taken    tiles.Encodings
		encoding string
	}{
		{"identity", long, 0, ""},
		{"gzip", long, tiles.Gzip, "gzip"},
		{"zstd", long, tiles.Zstd, "zstd"},
		{"brotli", long, tiles.Brotli, "br"},
		{"zstd before the others", long, tiles.Zstd | tiles.Gzip | tiles.Brotli, "zstd"},
		{"an empty tile is never wrapped", nil, tiles.Gzip, ""},
		{"bytes that gzip makes longer", []byte{0x1a, 0x02, 0x78, 0x02}, tiles.Zstd, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tiles.NewBody(tt.plain).As(tt.taken)
			if got.Encoding != tt.encoding {
				t.Fatalf("encoding %q, want %q", got.Encoding, tt.encoding)
			}
			plain := got.Bytes
			if got.Encoding != "" {
				r, err := unpack(got)
				if err != nil {
					t.Fatal(err)
				}
				if plain, err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
				if len(got.Bytes) >= len(tt.plain) {
					t.Errorf("%s made %d bytes of %d", got.Encoding, len(got.Bytes), len(tt.plain))
				}
			}
			if !bytes.Equal(plain, tt.plain) {
				t.Error("the bytes are others than those put in")
			}
		})
	}
}

func unpack(r tiles.Representation) (io.Reader, error) {
	switch in := bytes.NewReader(r.Bytes); r.Encoding {
	case "zstd":
		return zstd.NewReader(in)
	case "br":
		return brotli.NewReader(in), nil
	default:
		return gzip.NewReader(in)
	}
}

func TestBodyTags(t *testing.T) {
	a, again := tiles.NewBody([]byte(strings.Repeat("a", 500))), tiles.NewBody([]byte(strings.Repeat("a", 500)))
	b := tiles.NewBody([]byte(strings.Repeat("b", 500)))
	for _, gzip := range []tiles.Encodings{0, tiles.Gzip, tiles.Zstd} {
		if a.As(gzip).ETag != again.As(gzip).ETag {
			t.Error("equal bytes have unequal tags")
		}
		if a.As(gzip).ETag == b.As(gzip).ETag {
			t.Error("unequal bytes have equal tags")
		}
	}
	if a.As(tiles.Gzip).ETag == a.As(0).ETag {
		t.Error("two encodings have one strong tag")
	}
	if tag := a.As(tiles.Gzip).ETag; !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) {
		t.Errorf("%s is no strong tag", tag)
	}
}

func TestBodyCompressesOnce(t *testing.T) {
	body := tiles.NewBody([]byte(strings.Repeat("abc", 10000)))
	first := body.As(tiles.Gzip).Bytes
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if got := body.As(tiles.Gzip).Bytes; &got[0] != &first[0] {
				t.Error("compressed a second time")
			}
		})
	}
	wait.Wait()
}
