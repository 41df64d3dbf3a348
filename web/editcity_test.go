package web_test

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestRecordsOfTheCityAreEdited puts records of every layer that the program carries back
// as they were, and moves them by a metre.
func TestRecordsOfTheCityAreEdited(t *testing.T) {
	w, _ := newCity(t)
	c := counterOn(t, w, t.TempDir())
	for _, l := range c.cat.Layers() {
		var page struct{ Features []edited }
		c.read("/api/collections/"+l.ID+"/items?limit=4", &page)
		before := c.editions(l.ID)
		moved := 0
		for _, f := range page.Features {
			at := fmt.Sprintf("/api/collections/%s/items/%d", l.ID, f.ID)
			got := c.get(at)
			tag := got.Header.Get("ETag")
			c.edit("PUT", at, string(got.body), 200, nil, "If-Match", tag)
			if c.editions(l.ID) != before+moved {
				t.Errorf("%s %d: an edition without a change", l.ID, f.ID)
			}
			var g map[string]any
			if err := json.Unmarshal(f.Geometry, &g); err != nil || g == nil {
				continue
			}
			eastward(g["coordinates"])
			patch, err := json.Marshal(map[string]any{"geometry": g})
			if err != nil {
				t.Fatal(err)
			}
			var after edited
			c.edit("PATCH", at, string(patch), 200, &after, "If-Match", tag, "Content-Type", merge)
			if string(after.Geometry) == string(f.Geometry) || after.Properties["position_quality"] != "image" {
				t.Errorf("%s %d: %s %v", l.ID, f.ID, after.Geometry, after.Properties["position_quality"])
			}
			moved++
		}
		if n := c.editions(l.ID); n != before+moved {
			t.Errorf("%s: %d editions of %d edits", l.ID, n-before, moved)
		}
	}
}

// eastward moves coordinates by a metre.
func eastward(coordinates any) {
	list, _ := coordinates.([]any)
	if x, ok := list[0].(float64); ok {
		list[0] = x + 1e-5
		return
	}
	for _, item := range list {
		eastward(item)
	}
}
