package tiles_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"sync"
	"testing"

	"onemap/tiles"
)

func TestBodyRepresentations(t *testing.T) {
	long := []byte(strings.Repeat("南通市 one map ", 500))
	tests := []struct {
		name     string
		plain    []byte
		gzip     bool
		encoding string
	}{
		{"identity", long, false, ""},
		{"gzip", long, true, "gzip"},
		{"an empty tile is never wrapped", nil, true, ""},
		{"bytes that gzip makes longer", []byte{0x1a, 0x02, 0x78, 0x02}, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tiles.NewBody(tt.plain).As(tt.gzip)
			if got.Encoding != tt.encoding {
				t.Fatalf("encoding %q, want %q", got.Encoding, tt.encoding)
			}
			plain := got.Bytes
			if got.Encoding == "gzip" {
				r, err := gzip.NewReader(bytes.NewReader(got.Bytes))
				if err != nil {
					t.Fatal(err)
				}
				if plain, err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
				if len(got.Bytes) >= len(tt.plain) {
					t.Errorf("gzip made %d bytes of %d", len(got.Bytes), len(tt.plain))
				}
			}
			if !bytes.Equal(plain, tt.plain) {
				t.Error("the bytes are others than those put in")
			}
		})
	}
}

func TestBodyTags(t *testing.T) {
	a, again := tiles.NewBody([]byte(strings.Repeat("a", 500))), tiles.NewBody([]byte(strings.Repeat("a", 500)))
	b := tiles.NewBody([]byte(strings.Repeat("b", 500)))
	for _, gzip := range []bool{false, true} {
		if a.As(gzip).ETag != again.As(gzip).ETag {
			t.Error("equal bytes have unequal tags")
		}
		if a.As(gzip).ETag == b.As(gzip).ETag {
			t.Error("unequal bytes have equal tags")
		}
	}
	if a.As(true).ETag == a.As(false).ETag {
		t.Error("two encodings have one strong tag")
	}
	if tag := a.As(true).ETag; !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) {
		t.Errorf("%s is no strong tag", tag)
	}
}

func TestBodyCompressesOnce(t *testing.T) {
	body := tiles.NewBody([]byte(strings.Repeat("abc", 10000)))
	first := body.As(true).Bytes
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if got := body.As(true).Bytes; &got[0] != &first[0] {
				t.Error("compressed a second time")
			}
		})
	}
	wait.Wait()
}
