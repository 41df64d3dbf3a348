package tiles_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/maptile"

	"onemap/layers/fault"
	"onemap/tiles"
)

func TestParseAddress(t *testing.T) {
	tests := []struct {
		name    string
		z, x, y string
		want    maptile.Tile
		field   string // of the error; empty: none
	}{
		{"whole world", "0", "0", "0", maptile.New(0, 0, 0), ""},
		{"city", "12", "3423", "1663", maptile.New(3423, 1663, 12), ""},
		{"last of the deepest zoom", "22", "4194303", "4194303", maptile.New(4194303, 4194303, 22), ""},
		{"too deep", "23", "0", "0", maptile.Tile{}, "z"},
		{"deeper than 32 bits", "4294967296", "0", "0", maptile.Tile{}, "z"},
		{"negative", "3", "-1", "0", maptile.Tile{}, "x"},
		{"column outside", "3", "8", "0", maptile.Tile{}, "x"},
		{"row outside", "3", "7", "8", maptile.Tile{}, "y"},
		{"row of a tile at zoom 0", "0", "0", "1", maptile.Tile{}, "y"},
		{"leading zero", "03", "1", "1", maptile.Tile{}, "z"},
		{"plus sign", "3", "+1", "1", maptile.Tile{}, "x"},
		{"fraction", "3", "1.5", "1", maptile.Tile{}, "x"},
		{"empty", "3", "1", "", maptile.Tile{}, "y"},
		{"full-width digit", "3", "１", "1", maptile.Tile{}, "x"},
		{"very long", "3", "1", strings.Repeat("9", 1000), maptile.Tile{}, "y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tiles.ParseAddress(tt.z, tt.x, tt.y)
			checkField(t, err, tt.field)
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestParseLayers(t *testing.T) {
	many := make([]string, tiles.MaxLayers)
	for i := range many {
		many[i] = "l" + strconv.Itoa(i)
	}
	tests := []struct {
		name, list string
		want       []string
		field      string
	}{
		{"one", "shelter", []string{"shelter"}, ""},
		{"order is kept", "road,building,admin_unit", []string{"road", "building", "admin_unit"}, ""},
		{"as many as allowed", strings.Join(many, ","), many, ""},
		{"one too many", strings.Join(many, ",") + ",more", nil, "layers"},
		{"none", "", nil, "layers"},
		{"gap", "road,,building", nil, "layers"},
		{"repeated", "road,road", nil, "layers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tiles.ParseLayers(tt.list)
			checkField(t, err, tt.field)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// checkField asserts an Invalid error about the field, or none where field is empty.
func checkField(t *testing.T, err error, field string) {
	t.Helper()
	if field == "" {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if fault.CodeOf(err) != fault.Invalid {
		t.Fatalf("got error %v, want an invalid one", err)
	}
	if _, got := fault.MessageOf(err); got != field {
		t.Errorf("the error is about %q, want %q", got, field)
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("0", "0", "0")
	f.Add("12", "3423", "1663")
	f.Add("22", "4194304", "-1")
	f.Add("1e1", "0x3", " 1")
	f.Fuzz(func(t *testing.T, z, x, y string) {
		tile, err := tiles.ParseAddress(z, x, y)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if !tile.Valid() || tile.Z > tiles.MaxZoom {
			t.Fatalf("%q/%q/%q was taken for %v", z, x, y, tile)
		}
		back := [3]string{
			strconv.Itoa(int(tile.Z)),
			strconv.FormatUint(uint64(tile.X), 10),
			strconv.FormatUint(uint64(tile.Y), 10),
		}
		if want := [3]string{z, x, y}; back != want {
			t.Fatalf("%v has a second address %v", want, back)
		}
	})
}
