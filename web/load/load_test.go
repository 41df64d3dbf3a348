package load_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"onemap/web/load"
)

var city = load.Walk{
	Centres: []orb.Point{{120.86, 32.01}, {121.66, 31.81}},
	Bound:   orb.Bound{Min: orb.Point{120.15, 31.55}, Max: orb.Point{122.4, 32.95}},
	From:    8, To: 16, Seed: 1,
}

func TestWalkIsFixed(t *testing.T) {
	first, second := city.Tiles(1500), city.Tiles(1500)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Fatalf("the same walk differs: %s", diff)
	}
	other := city
	other.Seed = 2
	if cmp.Equal(first, other.Tiles(1500)) {
		t.Error("another seed gives the same list")
	}
	// The beginning, so that a change of the walk, which makes old figures incomparable, is seen.
	want := []maptile.Tile{{X: 3432, Y: 1653, Z: 12}, {X: 3434, Y: 1651, Z: 12}, {X: 27382, Y: 13305, Z: 15}, {X: 13681, Y: 6676, Z: 14}}
	if diff := cmp.Diff(want, first[:4]); diff != "" {
		t.Error(diff)
	}
}

func TestWalkFollowsWeights(t *testing.T) {
	const n = 20000
	seen := map[maptile.Zoom]int{}
	near := 0
	for _, tile := range city.Tiles(n) {
		if !tile.Valid() {
			t.Fatalf("%v is no tile", tile)
		}
		seen[tile.Z]++
		if tile.Z >= 14 {
			for _, c := range city.Centres {
				if d := tile.Center(); orbDistance(d, c) < 0.1 {
					near++
					break
				}
			}
		}
	}
	for z, weight := range load.ZoomWeights {
		share := float64(seen[z]) / n
		if want := float64(weight) / 100; share < want*0.6-0.005 || share > want*1.5+0.005 {
			t.Errorf("zoom %d: %.3f of the tiles, its weight is %.2f", z, share, want)
		}
	}
	if share := float64(near) / float64(seen[14]+seen[15]+seen[16]); share < 0.7 || share > 0.95 {
		t.Errorf("%.2f of the tiles up close are around a centre", share)
	}
}

func orbDistance(a, b orb.Point) float64 {
	return max(a[0]-b[0], b[0]-a[0], a[1]-b[1], b[1]-a[1])
}

func TestWalkOfNothing(t *testing.T) {
	for name, w := range map[string]load.Walk{
		"no place":   {From: 8, To: 16},
		"no weights": {Centres: city.Centres, From: 17, To: 22},
	} {
		if tiles := w.Tiles(10); len(tiles) > 0 {
			t.Errorf("%s: %v", name, tiles)
		}
	}
	edge := load.Walk{Centres: []orb.Point{{180, 85}, {-180, -85}}, From: 8, To: 9}
	for _, tile := range edge.Tiles(100) {
		if !tile.Valid() {
			t.Errorf("%v is no tile", tile)
		}
	}
}

func TestPercentile(t *testing.T) {
	values := []time.Duration{50, 10, 40, 20, 30}
	for _, test := range []struct {
		p    float64
		want time.Duration
	}{{0, 10}, {20, 10}, {21, 20}, {50, 30}, {99, 50}, {100, 50}} {
		if got := load.Percentile(values, test.p); got != test.want {
			t.Errorf("%v %%: %d, want %d", test.p, got, test.want)
		}
	}
	if load.Percentile(nil, 50) != 0 {
		t.Error("no values have a percentile")
	}
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(0, 1000).Draw(t, "value"))
		}), 1, 200).Draw(t, "values")
		p := rapid.Float64Range(0, 100).Draw(t, "p")
		got, below, upTo := load.Percentile(values, p), 0, 0
		for _, v := range values {
			if v < got {
				below++
			}
			if v <= got {
				upTo++
			}
		}
		n := float64(len(values))
		if float64(upTo) < p/100*n-1e-9 || p > 0 && float64(below) >= p/100*n+1e-9 {
			t.Fatalf("%v of %v is not %v %%", got, values, p)
		}
	})
}

// server answers /plain/N with N bytes, and with gzip where it is asked for.
func server(t *testing.T, most *atomic.Int64) string {
	t.Helper()
	var now atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); at > old && !most.CompareAndSwap(old, at); old = most.Load() {
		}
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/plain/%d", &n); err != nil {
			http.NotFound(w, r)
			return
		}
		body := bytes.Repeat([]byte{'x'}, n)
		if r.Header.Get("Accept-Encoding") == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Write(body)
			z.Close()
			return
		}
		w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestRunAsksEachOnce(t *testing.T) {
	var most atomic.Int64
	client, err := load.NewClient(server(t, &most), 3)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	const n = 200
	var asked [n]atomic.Int64
	r, err := load.Run(t.Context(), load.Plan{Connections: 3, Count: n}, func(ctx context.Context, i int) (int, error) {
		asked[i].Add(1)
		return client.Get(ctx, fmt.Sprintf("/plain/%d", 1000+i), false)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range asked {
		if k := asked[i].Load(); k != 1 {
			t.Errorf("question %d was asked %d times", i, k)
		}
	}
	if r.Count != n || r.Bytes != n*1000+n*(n-1)/2 || r.Largest != 1000+n-1 || r.MeanBytes() != int(r.Bytes/n) {
		t.Errorf("%+v", r)
	}
	if r.P50 <= 0 || r.P99 < r.P50 || r.Max < r.P99 || r.Took < r.Max || r.PerSecond() <= 0 {
		t.Errorf("times out of order: %+v", r)
	}
	if most.Load() > 3 {
		t.Errorf("%d connections, 3 were allowed", most.Load())
	}
}

func TestRunStops(t *testing.T) {
	broken := errors.New("broken")
	_, err := load.Run(t.Context(), load.Plan{Connections: 2, Count: 1000}, func(_ context.Context, i int) (int, error) {
		if i == 5 {
			return 0, broken
		}
		return 1, nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the question", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err = load.Run(ended, load.Plan{Connections: 2, Count: 5}, func(context.Context, int) (int, error) { return 1, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v after the end", err)
	}
	// A limit leaves the beginning of the list, whole.
	done := 0
	r, err := load.Run(t.Context(), load.Plan{Connections: 1, Count: 1 << 20, Limit: 20 * time.Millisecond}, func(context.Context, int) (int, error) {
		done++
		time.Sleep(time.Millisecond)
		return 1, nil
	})
	if err != nil || r.Count != done || r.Count == 0 || r.Count == 1<<20 {
		t.Errorf("%d done: %+v, %v", done, r, err)
	}
}

func TestClient(t *testing.T) {
	var most atomic.Int64
	base := server(t, &most)
	client, err := load.NewClient(base+"/", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if n, err := client.Get(t.Context(), "/plain/5000", false); err != nil || n != 5000 {
		t.Errorf("plain: %d, %v", n, err)
	}
	if n, err := client.Get(t.Context(), "/plain/5000", true); err != nil || n == 0 || n >= 5000 {
		t.Errorf("gzip: %d, %v", n, err)
	}
	if _, err := client.Get(t.Context(), "/elsewhere", false); err == nil {
		t.Error("404 is no error")
	}
	for _, address := range []string{"http://192.0.2.1:8080", "http://example.com", "https://127.0.0.1", "http://localhost:80", "", "http://[::2]:1", "%"} {
		if _, err := load.NewClient(address, 1); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
	if _, err := load.NewClient("http://[::1]:8080", 1); err != nil {
		t.Error(err)
	}
}
