package data_test

import (
	"context"
	"testing"
)

// TestAnchorsAgreeWithPostGIS compares the anchors that records bring with what PostGIS
// computes from the stored geometry: equal for points, within a unit (a centimetre)
// elsewhere, as sums round differently.
func TestAnchorsAgreeWithPostGIS(t *testing.T) {
	s := open(t)
	for layer, allowed := range map[string]int64{"dot": 0, "path": 4, "plot": 4} {
		publish(t, s, layer, random(layer, 2000, 21))
		centroid, extent, err := s.AnchorErrors(context.Background(), layer)
		if err != nil {
			t.Fatal(err)
		}
		if centroid > allowed || extent > 0 {
			t.Errorf("%s: anchors are up to %d units off, extents %d", layer, centroid, extent)
		}
	}
}
