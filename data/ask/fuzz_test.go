package ask_test

import (
	"encoding/json"
	"math"
	"testing"

	"onemap/data/ask"
	"onemap/layers/fault"
)

// Whatever a best-track file says, its points are on the earth or it is refused.
func FuzzBestTrack(f *testing.F) {
	f.Add("66666 2106   81 0008 2106 0 3 In-fa                              20220410\n2021072500 5 300 1224 965 38\n", "2106")
	f.Add("66666 0000    1 0001 0000 0 6 (nameless)                         20220410\n2018123100 1  50 1800 1002 13\n", "0001")
	f.Fuzz(func(t *testing.T, text, typhoon string) {
		points, err := ask.ReadBestTrack(text, typhoon)
		if err != nil {
			if fault.CodeOf(err) == fault.Internal {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		for _, p := range points {
			if !(math.Abs(p.Place[0]) <= 180 && math.Abs(p.Place[1]) <= 90) {
				t.Fatalf("a point at %v", p.Place)
			}
		}
	})
}

// Whatever comes as an input is read or refused by name.
func FuzzInputs(f *testing.F) {
	f.Add("around", "shape", `{"type": "Circle", "coordinates": [120.8, 32], "radius": 3000}`)
	f.Add("nearest", "place", `[120.8, 32]`)
	f.Add("service-area", "minutes", `[5, 10, 1e308]`)
	f.Add("exposure", "track", `{"points": [{"time": "2021-07-25T00:00:00Z", "place": [122, 30]}]}`)
	f.Add("coverage", "filter", `{"op": "=", "args": [{"property": "status"}, "open"]}`)
	f.Fuzz(func(t *testing.T, question, name, value string) {
		q := ask.ByID(question)
		if q == nil || !json.Valid([]byte(value)) {
			return
		}
		err := q.Check(map[string]json.RawMessage{name: json.RawMessage(value)})
		if err == nil {
			return
		}
		if _, field := fault.MessageOf(err); field == "" || fault.CodeOf(err) == fault.Internal {
			t.Fatalf("%s %s = %s: %v", question, name, value, err)
		}
	})
}
