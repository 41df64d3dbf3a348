package ask

import (
	"math"
	"testing"
)

// The limits of GB 18218-2018, tables 5 and 6.
func TestFactorsAndGrades(t *testing.T) {
	for people, want := range map[float64]float64{0: 0.5, 0.4: 0.5, 1: 1, 29: 1, 30: 1.2, 49: 1.2, 50: 1.5, 99: 1.5, 100: 2, 5000: 2} {
		if got := alphaOf(people); got != want {
			t.Errorf("%v people: α %v, not %v", people, got, want)
		}
	}
	for r, want := range map[float64]string{0: "fourth", 9.99: "fourth", 10: "third", 49.99: "third", 50: "second", 99.99: "second", 100: "first"} {
		if got := gradeOf(r); got != want {
			t.Errorf("R %v: %s, not %s", r, got, want)
		}
	}
	for _, wrong := range []map[string]any{nil, {"chlorine": 5.0}} {
		if r := ratioOf(wrong, map[string]any{"chlorine": 0.0}, map[string]any{"chlorine": 4.0}); !math.IsNaN(r.ratio) || r.en == "" {
			t.Errorf("%v: %v", wrong, r)
		}
	}
	r := ratioOf(map[string]any{"chlorine": 10.0, "other": 2.0}, map[string]any{"chlorine": 5.0, "other": 4.0}, map[string]any{"chlorine": 3.0, "other": 1.0})
	if r.ratio != 6.5 || r.en == "" {
		t.Errorf("%v: the β of chlorine is 4", r)
	}
}
