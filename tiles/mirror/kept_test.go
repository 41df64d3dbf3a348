package mirror_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb/maptile"

	"onemap/data/storetest"
	"onemap/tiles/mirror"
)

// TestChanged tells which tiles a change touches; what is not known of counts as changed.
func TestChanged(t *testing.T) {
	store, _ := storetest.Empty(t)
	rnd := rand.New(rand.NewPCG(1, 1))
	if err := publish(t.Context(), store, "building", "a", buildings(rnd, "a", 3000)); err != nil {
		t.Fatal(err)
	}
	m := mirrored(t, store, mirror.Options{Memory: 100_000})
	far, all := maptile.New(0, 0, 5), maptile.New(0, 0, 0)
	if m.Changed("no such layer", far) != math.MaxUint64 {
		t.Error("a layer that is not there counts as unchanged")
	}
	before := m.Seq()
	wait(t, func() bool { return m.Changed("shelter", all) <= before })
	if err := publish(t.Context(), store, "shelter", "a", shelters(rnd, "a", 3)); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { return m.Changed("shelter", all) > before })
	if m.Changed("shelter", far) > before {
		t.Error("a tile far from the change counts as changed")
	}
}
