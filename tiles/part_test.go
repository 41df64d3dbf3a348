package tiles_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"onemap/tiles"
)

func TestPart(t *testing.T) {
	a, b, label := part(t, "a"), part(t, "b"), part(t, "a.label")
	whole := slices.Concat(a, b, label)
	if got, err := tiles.Part(whole, "a", "a.label"); err != nil || !bytes.Equal(got, slices.Concat(a, label)) {
		t.Errorf("%x, %v", got, err)
	}
	if got, err := tiles.Part(whole, "c"); err != nil || len(got) > 0 {
		t.Errorf("%x of a layer that is not there, %v", got, err)
	}
	if got, err := tiles.Part(nil, "a"); err != nil || len(got) > 0 {
		t.Errorf("%x of an empty tile, %v", got, err)
	}
	if _, err := tiles.Part(whole[:len(whole)-1], "a"); err == nil {
		t.Error("a tile that is cut off is taken")
	}
}

func FuzzPart(f *testing.F) {
	f.Add([]byte{0x1a, 3, 0x0a, 1, 'a'})
	f.Add([]byte{0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := tiles.Part(b, "a", ""); err == nil && len(got) > len(b) {
			t.Fatalf("%d bytes out of %d", len(got), len(b))
		}
	})
}

func TestDifference(t *testing.T) {
	tile := func(features ...any) []byte {
		layer := &mvt.Layer{Name: "l", Version: 2, Extent: 4096}
		for _, what := range features {
			f := geojson.NewFeature(orb.Point{10, 20})
			if n, gathered := what.(string); gathered {
				f.Properties["point_count"] = n
			} else {
				f.ID = what
			}
			layer.Features = append(layer.Features, f)
		}
		body, err := mvt.Marshal(mvt.Layers{layer})
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	tests := []struct {
		name      string
		kept, now []byte
		want      []string // in the sentence; none: no difference
	}{
		{"the same in another order", tile(uint64(1), uint64(2), "7"), tile(uint64(2), "7", uint64(1)), nil},
		{"both empty", nil, nil, nil},
		{"one gone", tile(uint64(1), uint64(2)), tile(uint64(2)), []string{"l: id 1 only in the archive", "none only in the database"}},
		{"another count", tile("7"), tile("8"), []string{"×7 only in the archive", "×8 only in the database"}},
		{"the same count twice", tile("7", "7"), tile("7"), []string{"×7 only in the archive"}},
		{"new tile", nil, tile(uint64(5)), []string{"id 5 only in the database"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tiles.Difference(tt.kept, tt.now)
			if err != nil || (got == "") != (tt.want == nil) {
				t.Fatalf("%q, %v", got, err)
			}
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q lacks %q", got, want)
				}
			}
		})
	}
	if _, err := tiles.Difference([]byte("no tile"), nil); err == nil {
		t.Error("something else than a tile is compared")
	}
}
